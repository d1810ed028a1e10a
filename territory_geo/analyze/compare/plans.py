"""One row per plan: weighted means and sums of its territories', what changes hands, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from territory_geo.analyze.compare.options import CompareOptions
from territory_geo.analyze.compare.sides import Side, Sides

SLACK = 1e-9
"""Share by which a bound may be passed through rounding."""


def plan_figures(
    sides: Sides,
    names: list[str],
    territories: pd.DataFrame,
    disruption: pd.DataFrame,
    splits: pd.DataFrame,
    options: CompareOptions,
) -> pd.DataFrame:
    """Return `Comparison.plans`: one row per plan, from the tables of its territories and changes."""
    rows = []
    for side in sides.sides:
        mine = territories[territories["plan"] == side.name]
        all_of = disruption[(disruption["plan"] == side.name) & (disruption["tier"] == "")]
        moved, share = (dict(zip(all_of["measure"], all_of[c], strict=True)) for c in ("moved", "moved_share"))
        row = _summary(side, mine, names)
        row |= {f"{name}_moved": value for name, value in share.items() if name != "relationships"}
        row["relationships_kept"] = 1.0 - share["relationships"]
        for part in splits[splits["plan"] == side.name].itertuples():
            row[f"{part.column}_split"] = int(str(part.further))
        row |= _money(row, moved, options)
        rows.append(row)
    return pd.DataFrame(rows, index=pd.Index([side.name for side in sides.sides], name="plan"))


def _summary(side: Side, mine: pd.DataFrame, names: list[str]) -> dict[str, Any]:
    """Return a plan's own figures: weighted means and sums of its territories', and what only the whole has."""
    plan = side.plan
    problem, weight = plan.problem, np.bincount(plan.codes, plan.problem.weight)
    row: dict[str, Any] = {
        "status": str(plan.provenance.get("status", "edited")),
        "territories": len(mine), "accounts": int(mine["accounts"].sum()),
    }  # fmt: skip
    for name in names:
        row[f"{name}_deviation"] = float(mine[f"{name}_deviation"].abs().max())
        row[f"{name}_within"] = np.nan
        if name in problem.balance:
            lower, _, upper = problem.bounds(name)
            load, slack = mine[name].to_numpy(dtype=float), SLACK * float(mine[name].mean())
            row[f"{name}_within"] = float(((load >= lower - slack) & (load <= upper + slack)).mean())
    row["pieces"] = np.nan
    if problem.graph is not None:
        from territory_geo.plan.verify.pieces import pieces_with_scipy

        found = pieces_with_scipy(problem.graph.pairs, plan.codes, len(mine))
        row["pieces"] = int((np.array(found) > 1).sum())
    weighed = weight if weight.sum() > 0 else np.ones(len(mine))
    for name in ("mean_km", "mean_hours", "overlap_nearer"):
        row[name] = float(np.average(mine[name], weights=weighed))
    row["max_km"] = float(mine["max_km"].max())
    row |= {name: float(mine[name].sum(skipna=False)) for name in ("trip_km", "trip_hours", "driving_hours")}
    row |= {name: float(mine[name].mean()) for name in ("overlap_hulls", "hull_reock", "polsby_popper")}
    row["hours"] = float(mine["hours"].sum(skipna=False))
    for name, by in (("covered_visits", "hours"), ("covered_accounts", "accounts")):
        known = bool(mine[name].notna().all() and mine[by].sum() > 0)
        row[name] = float(np.average(mine[name], weights=mine[by])) if known else np.nan
    return row


def _money(row: Mapping[str, Any], moved: Mapping[str, float], options: CompareOptions) -> dict[str, float]:
    if not options.priced:
        return {}
    found: dict[str, float] = {}
    revenue = next((name for name in moved if name.startswith("revenue")), None)
    if options.loss_rate is not None:
        found["revenue_at_risk"] = options.loss_rate * moved[revenue] if revenue else np.nan
    if options.km_cost is not None or options.hour_cost is not None:
        hours = row["driving_hours"] if row["driving_hours"] == row["driving_hours"] else row["trip_hours"]
        found["travel_cost"] = options.km_cost * row["trip_km"] if options.km_cost else 0.0
        found["travel_cost"] += options.hour_cost * hours if options.hour_cost else 0.0
    return {**found, "cost": float(sum(found.values()))}
