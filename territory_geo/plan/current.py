"""Who has what today: a table of accounts, turned into what each rep holds in each unit.

Ownership belongs to accounts, also where units are areas: a unit may hold accounts of several reps, and of nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import id_text
from territory_geo.geodata.columns import plain
from territory_geo.geodata.ids import texts

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PROSPECTS = ("prospect", "prospects", "lead", "leads")
"""Kinds of accounts that have no revenue yet."""

NOBODY, GONE = -1, -2
"""In `CurrentAlignment.owner`: no rep today, and a rep who is no longer there."""


@dataclass(frozen=True, eq=False)
class CurrentAlignment:
    """The current alignment of the accounts.

    Parameters
    ----------
    reps : tuple of str
        Today's reps who can still have a territory, sorted.
    gone : tuple of str
        Today's reps who are not among the problem's `reps`, sorted.
    owner : int array, shape (members,)
        Per account, in the order of the units' `members`: the position of its rep in `reps`, `NOBODY` or `GONE`.
    unit : int array, shape (members,)
        The row of the unit that holds it.
    n_units : int
        How many units there are.
    """

    reps: tuple[str, ...]
    gone: tuple[str, ...]
    owner: Ints
    unit: Ints
    n_units: int

    def held(self, values: Floats) -> csr_matrix:
        """Return what each rep holds in each unit, shape (units, reps), of the accounts' values, shape (members,)."""
        mine = self.owner >= 0
        shape = (self.n_units, len(self.reps))
        return csr_matrix((values[mine], (self.unit[mine], self.owner[mine])), shape=shape)

    def counts(self) -> dict[str, int]:
        """Return how many accounts have a rep, have none, and have one who is gone."""
        return {
            "held": int((self.owner >= 0).sum()),
            "nobody": int((self.owner == NOBODY).sum()),
            "gone": int((self.owner == GONE).sum()),
        }


def owners_of(units: BasicUnits, current: Any) -> NDArray[np.object_]:
    """Return the id of each account's current rep as text, empty where there is none, shape (members,).

    Parameters
    ----------
    units : BasicUnits
        Their members are the accounts (or areas).
    current : str, Series or mapping
        A column of the accounts; or account id → rep id. One that names the units, each once, holds for all
        accounts of each unit.

    Raises
    ------
    DataError
        If there is no such column, an id is unknown or there twice, or nobody has anything.
    """
    members = units.members
    if isinstance(current, str):
        if current not in members.columns or current == members.geometry.name:
            raise DataError(
                f"There is no column {current!r} (in current) that says who has each account today. "
                f"Columns: {', '.join(_columns(members))}."
            )
        owner = _stripped(members[current])
    elif isinstance(current, (pd.Series, Mapping)):
        owner = _owners_by_id(units, pd.Series(current, dtype=object))
    else:
        raise OptionError(
            f"The 'current' parameter must be a column of the accounts, or a Series of account id → rep id. "
            f"Got {type(current).__name__} instead."
        )
    if not (owner != "").any():
        raise DataError("The current alignment (current) names no rep at all. Name the column with the reps' ids.")
    return owner


def _owners_by_id(units: BasicUnits, current: pd.Series) -> NDArray[np.object_]:
    ids = texts(current.index)
    named = pd.Series(_stripped(current), index=ids, dtype=object)
    if not named.index.is_unique:
        raise DataError(f"The current alignment names {named.index[named.index.duplicated()][0]} more than once.")
    member, unit = texts(units.members["id"]), texts(units.members["unit"])
    by_unit = set(ids) == set(units.ids) != set(member)
    strangers = sorted(set(ids) - set(units.ids if by_unit else member) - set(texts(units.rejects["id"])))
    if strangers:
        raise DataError(
            f"The current alignment names {len(strangers)} unknown accounts, such as {strangers[0]}. "
            f"It needs the accounts' ids (or the id of each unit)."
        )
    owner: NDArray[np.object_] = named.reindex(unit if by_unit else member).fillna("").to_numpy(dtype=object)
    return owner


def alignment_of(units: BasicUnits, owner: NDArray[np.object_], reps: tuple[str, ...] | None) -> CurrentAlignment:
    """Return the alignment of owners; with `reps` others are gone, without them everybody of today is there."""
    today = sorted(set(owner) - {""})
    there = today if reps is None else [rep for rep in today if rep in set(reps)]
    gone = sorted(set(today) - set(there))
    number = {"": NOBODY} | dict.fromkeys(gone, GONE) | {rep: i for i, rep in enumerate(there)}
    codes = np.array([number[rep] for rep in owner], dtype=np.int64)
    rows = pd.Index(units.ids, dtype=object).get_indexer(pd.Index(texts(units.members["unit"]), dtype=object))
    return CurrentAlignment(tuple(there), tuple(gone), codes, rows.astype(np.int64), len(units))


def account_values(units: BasicUnits, measure: str) -> Floats:
    """Return a measure of each account, shape (members,); revenue of prospects is 0.

    Raises
    ------
    DataError
        If no numeric column has the name, or values are missing or negative.
    """
    members, column = units.members, column_of(units, measure)
    values = members[column].to_numpy(dtype=float) if column in members else np.ones(len(members))
    if plain(column).startswith("revenue") and "kind" in members:
        code, kinds = pd.factorize(members["kind"])
        prospect = np.array([plain(id_text(kind)) in PROSPECTS for kind in kinds] + [False], dtype=bool)
        values = np.where(prospect[code], 0.0, values)
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        raise DataError(
            f"{column!r} (in a DisruptionBudget) is missing or negative for {bad.size} accounts, such as "
            f"{id_text(members['id'].iloc[int(bad[0])])}. Build the units with measures=[{column!r}] to turn those "
            f"rows into rejects."
        )
    return values


def column_of(units: BasicUnits, measure: str) -> str:
    """Return the accounts' column that a measure's name or first word stands for."""
    members = units.members
    known = [
        str(c)
        for c in members.columns
        if c not in ("row", "id", "unit") and pd.api.types.is_numeric_dtype(members[c])
        and not pd.api.types.is_bool_dtype(members[c])
    ]  # fmt: skip
    if measure in known or measure == "accounts":
        return measure
    begins = [name for name in known if name.startswith(f"{measure}_")]
    if len(begins) == 1:
        return begins[0]
    several = f" {' and '.join(begins)} begin with it; name one." if begins else ""
    raise DataError(
        f"There is no number {measure!r} of the accounts (in a DisruptionBudget).{several} Columns: {', '.join(known)}."
    )


def _stripped(values: Any) -> NDArray[np.object_]:
    return np.array([text.strip() for text in texts(values)], dtype=object)


def _columns(members: pd.DataFrame) -> list[str]:
    return [str(c) for c in members.columns if c not in ("row", "unit", "geometry")]
