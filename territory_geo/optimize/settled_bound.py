"""A bound for plans whose hours depend on the territories: travel with the balance of hours left out.

Every plan that keeps the bounds of the hours keeps all the others too; so the least travel without them is a bound.
Where only hours are balanced that leaves the best centres for so many territories, each unit going to its nearest.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from territory_geo.optimize import free_bound
from territory_geo.optimize.answer import Request
from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.local_search import Score
from territory_geo.optimize.proof import bounded
from territory_geo.optimize.search import Search
from territory_geo.optimize.stop import Clock, FirstFeasible, rules
from territory_geo.plan.measures import depends
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.tables import travel_figures


def bound_without_hours(plan: TerritoryPlan, asked: Request, *, iterations: int) -> tuple[float | None, str]:
    """Return a bound on the travel of any plan and what it leaves out; or None, and why there is none.

    Parameters
    ----------
    plan : TerritoryPlan
        The best one known, with its own hours.
    asked : Request
        Of the solve.
    iterations : int
        What its searches have used.
    """
    if any(isinstance(rule, FirstFeasible) for rule in rules(asked.stop)):
        return None, "none: the first plan within all bounds was asked for"
    arrays = without_bounds_on_hours(plan)
    search = Search(arrays, asked.stop, asked.seed, asked.progress)
    search.clock = Clock(started=asked.started)
    search.clock.iterations, search.clock.feasible = iterations, True
    search.labels = plan.codes.astype(np.int32)
    search.best = Score(0.0, float(travel_figures(plan)["objective"]))
    found = bounded(arrays, search, asked.stop, asked.progress)
    if found is not None and found.bound is not None:
        return found.bound, f"{found.kind}, balance of hours left out"
    if arrays.centering != HOME and not free_bound.applies(arrays):
        return None, f"none: {arrays.n:,} units are too many for the table of all pairs that it needs"
    return None, "none: no time was left for one"


def without_bounds_on_hours(plan: TerritoryPlan) -> ProblemArrays:
    """Return the arrays of a plan's problem, any load allowed in what depends on the territories, and no prices."""
    arrays = ProblemArrays.from_problem(plan.problem)
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    for column, name in enumerate(plan.problem.balance):
        if depends(plan.problem, name):
            lower[:, column] = 0.0
            upper[:, column] = 2.0 * float(arrays.measures[:, :, column].max(axis=1).sum())
    return replace(arrays, lower=lower, upper=upper, extra=np.where(np.isinf(arrays.extra), np.inf, 0.0))
