"""Which accounts change rep, counted row by row from the table of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from territory_geo.geodata.ids import texts
from territory_geo.plan.current import account_values, owners_of

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem


def changes_of(problem: TerritoryProblem, territory: Sequence[str]) -> pd.DataFrame:
    """Return one row per account: `was` (its rep today) and `now` (its territory's), in the order of the members."""
    was = owners_of(problem.units, problem.current)
    return pd.DataFrame({"was": was, "now": list(territory)})


def shares_changed(
    problem: TerritoryProblem, changes: pd.DataFrame, measure: str, per: str = "plan"
) -> dict[str, tuple[float, float]]:
    """Return (moved, held) of a measure, by group: of accounts whose rep of today can still have a territory."""
    there = changes["was"] != ""
    if problem.reps is not None:
        there &= changes["was"].isin(set(texts(problem.reps.frame.index)))
    group = pd.Series("", index=changes.index)
    if per == "territory":
        group = changes["was"]
    elif per != "plan":
        group = pd.Series(texts(problem.units.members[per]), index=changes.index).replace("", f"no {per}")
    table = changes.assign(group=group, value=account_values(problem.units, measure))[there]
    held = table.groupby("group")["value"].sum()
    moved = table[table["was"] != table["now"]].groupby("group")["value"].sum()
    return {str(name): (float(moved.get(name, 0.0)), float(total)) for name, total in held.items()}
