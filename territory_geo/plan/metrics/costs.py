"""What a plan's constraints come to: a row each, and the price of the soft ones beside the travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.plan.constraints import (
    AccountRange,
    BorderLength,
    DisruptionBudget,
    KeepWhole,
    MaxRadius,
    OverlapCost,
)
from territory_geo.plan.metrics import borders, overlap
from territory_geo.plan.metrics.disruption import disruption_table
from territory_geo.plan.metrics.travel import loads, travel_km

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

SOFT = (KeepWhole, BorderLength, OverlapCost, DisruptionBudget)


def penalties(plan: TerritoryPlan) -> dict[str, float]:
    """Return what each soft constraint costs, in the objective's unit (km × weight), by the constraint's id.

    The whole cost of a plan is its travel plus their sum. A price in km of mean travel is multiplied with the sum of
    weights (`TerritoryProblem.price_scale`) and with what there is of it: further territories of containers, km (or
    edges) of border, the share of overlap, the share that changes rep.
    """
    problem = plan.problem
    found: dict[str, float] = {}
    for constraint in problem.constraints:
        if isinstance(constraint, DisruptionBudget):
            cost = sum(price * _share(plan, measure) for measure, price in constraint.price)
        elif isinstance(constraint, (KeepWhole, BorderLength, OverlapCost)):
            cost = constraint.cost * _amount(plan, constraint) if constraint.cost else 0.0
        else:
            continue
        found[constraint.id] = found.get(constraint.id, 0.0) + problem.price_scale * cost
    return found


def constraint_table(plan: TerritoryPlan) -> pd.DataFrame:
    """Return one row per constraint: `id`, `statement`, `value`, `limit`, `cost`.

    `value` is what it comes to where that is a number: the largest distance, the fewest and the most accounts, further
    territories, border, overlap, the largest share that changes rep; `cost` is in km of mean travel, all of it.
    """
    scale, costs = plan.problem.price_scale, penalties(plan)
    rows = []
    for constraint in plan.problem.constraints:
        value, limit = _figures(plan, constraint)
        cost = costs.get(constraint.id, 0.0) / scale if isinstance(constraint, SOFT) else None
        rows.append((constraint.id, str(constraint), value, limit, cost))
    return pd.DataFrame(rows, columns=["id", "statement", "value", "limit", "cost"]).astype({"cost": float})


def _figures(plan: TerritoryPlan, constraint: Any) -> tuple[str, str]:
    problem, codes = plan.problem, plan.codes
    if isinstance(constraint, MaxRadius):
        return f"{travel_km(problem, codes, plan.centers).max():,.1f} km", f"{constraint.km:,g} km"
    if isinstance(constraint, AccountRange):
        count = loads(problem, codes, "accounts")
        return f"{count.min():,g} to {count.max():,g}", f"{constraint.lower:,} to {constraint.upper:,}"
    if isinstance(constraint, DisruptionBudget):
        shares = [
            (measure, disruption_table(plan, [measure], constraint.per)["share"].max(), cap)
            for measure, cap in [*constraint.caps, *((m, None) for m, _ in constraint.price)]
        ]
        shares = [(m, 0.0 if np.isnan(share) else share, cap) for m, share, cap in shares]
        limits = [f"{m} {100 * cap:g} %" for m, _, cap in shares if cap is not None]
        return ", ".join(f"{m} {100 * share:.2f} %" for m, share, _ in shares), ", ".join(limits)
    if isinstance(constraint, KeepWhole):
        limit = "" if constraint.limit is None else f"{constraint.limit:,}"
        return f"{_amount(plan, constraint):,.0f} further territories", limit
    if isinstance(constraint, BorderLength):
        return f"{_amount(plan, constraint):,.0f} {constraint.by}", ""
    if isinstance(constraint, OverlapCost):
        return f"{100 * _amount(plan, constraint):.2f} %", ""
    return "", ""


def _amount(plan: TerritoryPlan, constraint: KeepWhole | BorderLength | OverlapCost) -> float:
    """Return how much there is of what a soft constraint prices."""
    problem, codes = plan.problem, plan.codes
    if isinstance(constraint, KeepWhole):
        return float(borders.splits(problem, codes, constraint.column)["further"].sum())
    if isinstance(constraint, BorderLength):
        return borders.cut_km(problem, codes) if constraint.by == "km" else float(borders.cut_edges(problem, codes))
    if constraint.by == "hulls":
        return overlap.hull_overlap(problem, codes)
    return overlap.overlap_nearer(problem, codes, plan.centers)


def _share(plan: TerritoryPlan, measure: str) -> float:
    table = disruption_table(plan, [measure])
    return float(table["share"].iloc[0]) if len(table) else 0.0
