"""Manual edits from a table `id,action,to,reason,by`, and what such statements mean for the units.

People name accounts; where accounts on one spot form one unit, what is said of an account holds for its unit.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.clean import id_text
from territory_geo.geodata.readers.tables import read_delimited
from territory_geo.plan.constraints import Constraint, Forbid, Lock

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits

COLUMNS = ("id", "action", "to", "reason", "by")
"""Of every table of edits; `reason` and `by` may be left out."""
ACTIONS = ("move", "lock", "challenge")
"""What an edit of a plan may say."""
SAID = ("lock", "forbid")
"""What may be said before there is a plan: an account stays in a territory, or is kept out of it."""
MOST_PROBLEMS = 10
"""Listed in one message."""


@dataclass(frozen=True)
class Statement:
    """What someone insists on, in the ids of accounts or areas.

    Parameters
    ----------
    ids : tuple of str
        Account ids, or area ids.
    territory : str
        The territory that is meant.
    forbid : bool
        Whether they are kept out of it instead of locked to it.
    where : str
        Where it stands, for messages.
    """

    ids: tuple[str, ...]
    territory: str
    forbid: bool
    where: str


@dataclass(frozen=True)
class Edit:
    """One row of a table of edits.

    Parameters
    ----------
    row : int
        Its number in the table, from 1.
    id : str
        Of an account or a unit.
    action : {"move", "lock", "challenge"}
    to : str
        The territory that is meant; may be empty for a lock (where it is) and a challenge (the next best).
    reason, by : str
        As written.
    where : str
        Table and row, for messages.
    """

    row: int
    id: str
    action: str
    to: str
    reason: str = ""
    by: str = ""
    where: str = ""


def read_edits(source: str | os.PathLike[str] | pd.DataFrame) -> list[Edit]:
    """Read a table of manual edits.

    Parameters
    ----------
    source : path or DataFrame
        CSV or TSV, or a table, with the columns `id`, `action` (move, lock or challenge), `to` and, if there, `reason`
        and `by`. A lock without `to` keeps an account where it is, a challenge without `to` asks for its next best.

    Returns
    -------
    list of Edit
        In the order of the rows.

    Raises
    ------
    DataError
        If a column is missing or unknown, an action is not known, or an id or a territory is missing; each row is
        named.

    Examples
    --------
    >>> import pandas as pd
    >>> read_edits(pd.DataFrame({"id": ["A7"], "action": ["move"], "to": ["T03"]}))[0].to
    'T03'
    """
    name, rows = _rows(source)
    edits, problems = [], []
    for row, (id_, action, to, reason, by) in enumerate(rows, 1):
        if action not in ACTIONS:
            problems.append(f"row {row} ({id_}): the action {action!r} is not known; actions are {', '.join(ACTIONS)}")
        elif not id_ or not (to or action != "move"):
            problems.append(f"row {row}: the {'id' if not id_ else 'territory (to)'} is missing")
        else:
            edits.append(Edit(row, id_, action, to, reason, by, f"{name} row {row}"))
    _refuse(f"{name if isinstance(source, pd.DataFrame) else source} cannot be used", problems)
    return edits


def read_locks(path: str | os.PathLike[str]) -> list[Statement]:
    """Read a table of edits whose actions are `lock` (stays in a territory) or `forbid` (is kept out of it).

    Parameters
    ----------
    path : path
        CSV or TSV with the columns `id`, `action`, `to` and, if there, `reason` and `by`.

    Raises
    ------
    DataError
        If a column is missing or unknown, or a row has another action or lacks its id or territory; each
        row is named.
    """
    file = Path(path)
    name, rows = _rows(file)
    statements, problems = [], []
    for row, (id_, action, to, *_) in enumerate(rows, 1):
        if action not in SAID:
            known = "needs a plan to change" if action in ACTIONS else "is not known"
            problems.append(f"row {row} ({id_}): the action {action!r} {known}; a design takes 'lock' and 'forbid'")
        elif not id_ or not to:
            problems.append(f"row {row}: the {'id' if not id_ else 'territory (to)'} is missing")
        else:
            statements.append(Statement((id_,), to, action == "forbid", f"{name} row {row}"))
    _refuse(f"{file} cannot be used", problems)
    return statements


def locks_from(
    path: str | os.PathLike[str], units: BasicUnits, reps: Collection[str] | None = None
) -> list[Constraint]:
    """Return the locks and bans that a table of edits asks for, as constraints of a problem.

    Parameters
    ----------
    path : path
        CSV or TSV with the columns `id`, `action` ("lock" or "forbid"), `to` and, if there, `reason` and `by`.
    units : BasicUnits
        Their members are the accounts (or areas) that the table names.
    reps : collection of str, optional
        The ids of the reps that there will be territories of; left out, territories may have any name.

    Returns
    -------
    list of Lock, Forbid
        One per territory and action.

    Raises
    ------
    DataError
        As `read_locks`; and if an account or a rep is unknown, an account was rejected, or rows contradict each other.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from territory_geo.geodata.units import BasicUnits
    >>> table = pd.DataFrame({"id": ["a", "b"], "x": [0, 1], "y": [0, 0], "visits": [1, 1]})
    >>> units = BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> file = Path(tempfile.mkdtemp()) / "locks.csv"
    >>> asked = pd.DataFrame({"id": ["a", "b"], "action": ["lock", "forbid"], "to": ["R03", "R03"]})
    >>> asked.to_csv(file, index=False)
    >>> print(*locks_from(file, units), sep="; ")
    unit a stays in R03; unit b is kept out of R03
    """
    return constraints_on(units, read_locks(path), reps)


def _rows(source: str | os.PathLike[str] | pd.DataFrame) -> tuple[str, list[tuple[str, ...]]]:
    """Return what a table of edits is called, and its rows as text: all columns, empty where there are none."""
    if isinstance(source, pd.DataFrame):
        name, where, table = "the table of edits", "The table of edits", source
    else:
        file = Path(source)
        if not file.is_file():
            raise DataError(f"{file} {'is a folder' if file.exists() else 'does not exist'}. Name a table of edits.")
        name, where, table = file.name, str(file), read_delimited(file)
    missing = [column for column in COLUMNS[:3] if column not in table.columns]
    strangers = [str(column) for column in table.columns if column not in COLUMNS]
    if missing or strangers:
        what = f"has no column {', '.join(missing)}" if missing else f"has the unknown column {', '.join(strangers)}"
        raise DataError(f"{where} {what}. A table of edits has the columns {', '.join(COLUMNS)}.")
    columns = [
        table[column].map(id_text).str.strip() if column in table.columns else pd.Series("", index=table.index)
        for column in COLUMNS
    ]
    return name, list(zip(*columns, strict=True))


def constraints_on(
    units: BasicUnits, statements: Sequence[Statement], reps: Collection[str] | None = None
) -> list[Constraint]:
    """Return what statements about accounts mean for their units, as constraints.

    Parameters
    ----------
    units : BasicUnits
        Their members say which account belongs to which unit.
    statements : sequence of Statement
        In the ids of accounts, or of areas.
    reps : collection of str, optional
        The ids of the reps that there will be territories of; left out, territories may have any name.

    Returns
    -------
    list of Lock, Forbid
        One per territory and kind, in the order of the statements; units in the order of their ids.

    Raises
    ------
    DataError
        If an id or a rep is unknown, a row was rejected, or accounts of one unit are locked to different territories.
    """
    refused = {str(row.id): f"row {row.row} was rejected: {row.reason}" for row in units.rejects.itertuples()}
    problems: list[str] = []
    locked: dict[str, tuple[str, str, str]] = {}
    meant: dict[tuple[bool, str], dict[str, None]] = {}
    for statement in statements:
        if reps is not None and statement.territory not in reps:
            close = get_close_matches(statement.territory, list(reps), 1) or sorted(reps)[:1]
            problems.append(
                f"{statement.where}: no rep has the id {statement.territory!r}. There are {len(reps)} reps, such as "
                f"{close[0]}; with reps, territories carry their ids"
            )
        for id_ in statement.ids:
            unit = units.unit_of.get(id_)
            if unit is None:
                problems.append(f"{statement.where}: {id_!r} {_unknown(units, refused.get(id_))}")
                continue
            meant.setdefault((statement.forbid, statement.territory), {})[unit] = None
            if statement.forbid:
                continue
            first = locked.setdefault(unit, (statement.territory, id_, statement.where))
            if first[0] != statement.territory:
                shared = "" if first[1] == id_ else f", on one spot with {first[1]!r} (unit {unit}),"
                problems.append(
                    f"{statement.where}: {id_!r}{shared} is locked to {statement.territory}, "
                    f"but {first[2]} says {first[0]}"
                )
    for statement in statements:
        for id_ in statement.ids if statement.forbid else ():
            lock = locked.get(units.unit_of.get(id_, ""))
            if lock is not None and lock[0] == statement.territory:
                problems.append(f"{statement.where}: {id_!r} is kept out of {lock[0]}, but {lock[2]} locks it there")
    _refuse("The locks and bans cannot be used", problems)
    return [(Forbid if forbid else Lock)(sorted(found), territory) for (forbid, territory), found in meant.items()]


def _unknown(units: BasicUnits, refused: str | None) -> str:
    if refused is not None:
        return f"cannot be assigned ({refused})"
    return f"is no {'area' if units.rows_are_areas else 'account'} of {units.source}"


def _refuse(what: str, problems: Iterable[str]) -> None:
    """Raise `DataError` with every problem on a line of its own, if there is one."""
    listed = list(dict.fromkeys(problems))
    if listed:
        more = [f"… and {len(listed) - MOST_PROBLEMS} more"] if len(listed) > MOST_PROBLEMS else []
        raise DataError(f"{what}:\n" + "\n".join(f"  {line}" for line in [*listed[:MOST_PROBLEMS], *more]))
