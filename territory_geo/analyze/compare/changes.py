"""What changes hands between the first plan and another: per tier, per rep, per container, and account by account."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.compare.sides import Side, Sides
from territory_geo.geodata.clean import id_text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DISRUPTION = ["plan", "tier", "measure", "held", "moved", "kept", "moved_share", "kept_share"]
SPLITS = ["plan", "column", "containers", "divided", "further"]


def disruption(sides: Sides, values: pd.DataFrame, tier: str | None) -> pd.DataFrame:
    """Return what changes hands, one row per plan, tier and measure; the tier is empty for all of them.

    Parameters
    ----------
    sides : Sides
    values : DataFrame
        Of each common account, a column per measure.
    tier : str or None
        Column of the first plan's accounts.
    """
    groups: list[tuple[str, Bools]] = [("", sides.held)]
    if tier is not None:
        column = sides.first.plan.problem.units.members[tier].iloc[sides.first.member]
        code, found = pd.factorize(column)
        words = [*(id_text(value) or f"no {tier}" for value in found), f"no {tier}"]
        for name in sorted({words[i] for i in np.unique(code)}):
            mine = np.array([word == name for word in words])[code]
            groups.append((name, sides.held & mine))
    rows = []
    worth = values.to_numpy(dtype=float)
    total = {name: chosen.astype(float) @ worth for name, chosen in groups}
    for side in sides.sides:
        moved = sides.moved(side)
        for name, chosen in groups:
            gone = (chosen & moved).astype(float) @ worth
            for measure, held, lost in zip(values.columns, total[name].tolist(), gone.tolist(), strict=True):
                share = lost / held if held > 0 else 0.0
                rows.append((side.name, name, measure, held, lost, held - lost, share, 1.0 - share))
    return pd.DataFrame(rows, columns=DISRUPTION)


def holders(sides: Sides, tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return what each rep has in each plan, one row per plan and rep of the first plan, and per new one.

    `tables` has for each plan what the common accounts are worth there, a column per measure. Columns of the answer:
    `rep`; `territory` (its name in that plan, empty where there is none); what is held of each measure;
    `accounts_kept`, `accounts_gained`, `accounts_lost`, against the first plan.
    """
    found = []
    base = sides.first.holders
    for side, values in zip(sides.sides, tables, strict=True):
        new = {name for name, old in zip(side.called, side.base, strict=True) if not old}
        name = [*side.called, ""]
        rows = list(dict.fromkeys([*base, *name[:-1]]))
        number = {rep: i for i, rep in enumerate(rows)}
        now = np.array([number.get(rep, -1) for rep in name], dtype=np.int64)[side.holder]
        was = np.where(sides.held, sides.first.holder, -1)
        territory = dict(zip(name[:-1], side.holders, strict=True))
        kept = (now == was) & (now >= 0)
        table = {"plan": side.name, "rep": rows, "territory": [territory.get(rep, "") for rep in rows]}
        counts = (("kept", now, kept), ("gained", now, (now >= 0) & ~kept), ("lost", was, (was >= 0) & ~kept))
        held = {m: _sums(now, now >= 0, values[m].to_numpy(dtype=float), len(rows)) for m in values.columns}
        ones = np.ones(len(now))
        changed = {f"accounts_{what}": _sums(who, which, ones, len(rows)) for what, who, which in counts}
        found.append(pd.DataFrame({**table, **held, **changed}).assign(new=[rep in new for rep in rows]))
    return pd.concat(found, ignore_index=True)


def _sums(who: Ints, chosen: Bools, worth: Floats, size: int) -> Floats:
    return np.bincount(who[chosen], worth[chosen], minlength=size).astype(float)


def splits(sides: Sides, columns: list[str]) -> pd.DataFrame:
    """Return how containers are divided: in each plan, of how many how many lie in several territories."""
    rows = []
    members = sides.first.plan.problem.units.members
    for column in columns:
        values = members[column].iloc[sides.first.member]
        code, found = pd.factorize(values)
        words = [id_text(value).strip() for value in found]
        number = {word: i for i, word in enumerate(sorted(set(words) - {""}))}
        container = np.array([*(number.get(word, -1) for word in words), -1], dtype=np.int64)[code]
        for side in sides.sides:
            k = len(side.plan.territory_ids)
            pair = np.unique(container[container >= 0] * k + side.territory[container >= 0])
            parts = np.bincount(pair // k, minlength=len(number))
            further = int((parts - 1).sum())
            rows.append((side.name, column, len(number), int((parts > 1).sum()), further))
    return pd.DataFrame(rows, columns=SPLITS)


def account_rows(sides: Sides, side: Side, kilometres: Floats, nearer: Bools) -> pd.DataFrame:
    """Return one row per common account of one plan.

    Parameters
    ----------
    sides : Sides
    side : Side
    kilometres, nearer : arrays, shape (units,)
        To the own centre; whether another centre is nearer.

    Returns
    -------
    DataFrame
        `id`, `territory`, `was` (who has it in the first plan), `now` (who has it here), `moves`, `km`,
        `nearer_elsewhere`.
    """
    return pd.DataFrame(
        {
            "id": sides.ids,
            "territory": named(side.territory, side.plan.territory_ids),
            "was": named(sides.first.holder, sides.first.holders),
            "now": named(side.holder, side.called),
            "moves": sides.moved(side),
            "km": kilometres[side.unit],
            "nearer_elsewhere": nearer[side.unit],
        }
    )


def move_rows(sides: Sides, side: Side, values: pd.DataFrame) -> pd.DataFrame:
    """Return one row per account that changes hands: `plan`, `id`, `from`, `to`, then what it is worth; by id."""
    moved = np.flatnonzero(sides.moved(side))
    table: dict[str, Any] = {
        "plan": side.name,
        "id": sides.ids[moved],
        "from": np.array([*sides.first.holders, ""], dtype=object)[sides.first.holder[moved]],
        "to": np.array([*side.called, ""], dtype=object)[side.holder[moved]],
    }
    worth = {name: values[name].to_numpy(dtype=float)[moved] for name in values.columns if name != "accounts"}
    return pd.DataFrame({**table, **worth}).sort_values("id", kind="stable", ignore_index=True)


def named(codes: Ints, names: list[str]) -> Any:
    """Return names by their positions as a categorical column; -1 is nobody."""
    return pd.Categorical.from_codes(codes, pd.Index(names, dtype=object))
