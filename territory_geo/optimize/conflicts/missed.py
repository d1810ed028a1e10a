"""What a nearest plan misses most among the demands: a share of what is asked, so that kinds can be compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from territory_geo.optimize.conflicts.demands import Demand
from territory_geo.optimize.conflicts.dials import broken, dial_of
from territory_geo.plan import metrics
from territory_geo.plan.constraints import Apart, Forbid, Lock, MaxRadius, Together
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

EACH = 0.1
"""What a broken pair, group, lock or split counts, against shares of a territory."""


def missed_most(problem: TerritoryProblem, demands: Sequence[Demand], nearest: TerritoryPlan) -> Demand | None:
    """Return the demand that a plan misses most, None where it misses none; the first of equals."""
    if len(nearest.territory_ids) != problem.n_territories:
        return None
    missed = [missed_by(problem, demand, nearest) for demand in demands]
    return demands[int(np.argmax(missed))] if missed and max(missed) > 0 else None


def missed_by(problem: TerritoryProblem, demand: Demand, plan: TerritoryPlan) -> float:
    """Return by how much a plan misses a demand, as a share: 0 where it keeps it."""
    if demand.measure is not None:
        load = metrics.loads(plan.problem, plan.codes, demand.measure)
        lower, target, upper = problem.bounds(demand.measure)
        missed = np.maximum(load - upper, lower - load) / np.where(target > 0, target, 1.0)
        return float(missed.max()) if missed.max() > 1e-9 else 0.0
    one = demand.constraints[0] if demand.constraints else None
    if isinstance(one, (Apart, Together)):
        return EACH * sum(_parted(plan, c) for c in demand.constraints if isinstance(c, (Apart, Together)))
    if isinstance(one, (Lock, Forbid)):
        return EACH * len(broken(plan, [c for c in demand.constraints if isinstance(c, (Lock, Forbid))]))
    dial = dial_of(problem, demand)
    if dial is None:
        return 0.0
    over = dial.needed(plan) - dial.now
    if isinstance(one, MaxRadius):
        over /= dial.now
    return max(0.0, EACH * over if dial.digits == 0 else over) if over > 1e-9 else 0.0


def _parted(plan: TerritoryPlan, group: Apart | Together) -> bool:
    """Tell whether a plan breaks a pair or a group."""
    held = plan.labels[list(group.units)]
    return bool(held.duplicated().any()) if isinstance(group, Apart) else held.nunique() > 1
