"""Names for places: a territory's centre is a town or an account before it is an id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan


def center_name(plan: TerritoryPlan, t: int) -> str:
    """Return a name for a territory's centre: the rep's home, its town or own name where the data has one, else its id.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    t : int
        Which territory, in the order of `plan.territory_ids`.
    """
    problem = plan.problem
    unit, units = int(plan.centers.unit[t]), problem.units
    if unit < 0:
        home = problem.reps.frame.loc[plan.territory_ids[t]].get("home") if problem.reps is not None else None
        at_home = problem.objective.center == "home" and home is not None and pd.notna(home)
        return str(home) if at_home else problem.objective.center
    held = units.members[units.members["unit"] == units.frame.index[unit]]
    return units.ids[unit] if held.empty else place_of(held.iloc[0].to_dict()) or units.ids[unit]


def place_of(account: Mapping[Any, Any]) -> str:
    """Return an account's town with its state, else its name, else an empty text."""
    state = account.get("state")
    for column in ("city", "town", "name"):
        name = account.get(column)
        if name is not None and pd.notna(name):
            return f"{name}, {state}" if state is not None and pd.notna(state) else str(name)
    return ""
