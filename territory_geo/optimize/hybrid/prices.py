"""What an hour of a rep is worth in the geography: the prices by which teams and territories speak to each other.

Of a transport problem with today's centres: accounts may be shared between nearby reps, hours keep their bounds. The
prices only guide the search; every plan is judged by its own cost.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from territory_geo.plan.hybrid.problem import HybridProblem
from territory_geo.plan.measures import home_table
from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]

NEAR = 5
"""Reps that each account may go to, besides its own."""


def hour_prices(problem: HybridProblem, plan: TerritoryPlan) -> dict[str, float]:
    """Return for each rep what the geography pays, currency, where teams take one hour more of them.

    Parameters
    ----------
    problem : HybridProblem
    plan : TerritoryPlan
        Territories that keep their bounds; none are worked out for plans with fewer territories than reps.
    """
    asked, centers = plan.problem, plan.centers
    n, k = len(asked.units), asked.n_territories
    distance = asked.distance if hasattr(asked.distance, "between") else asked.straight
    xy = asked.units.xy
    km = np.column_stack([distance.between(np.broadcast_to(c, xy.shape), xy) for c in centers.xy])
    each = home_table(asked) if problem.hours == "workload" else None
    hours = asked.units.frame[problem.hours].to_numpy(dtype=float)
    table = np.repeat(hours[:, None], k, axis=1) if each is None else each
    near = np.argsort(km, axis=1, kind="stable")[:, : min(k, NEAR)]
    offered = np.zeros((n, k), dtype=bool)
    offered[np.arange(n)[:, None], near] = True
    offered[np.arange(n), plan.codes] = True
    rows, columns = np.nonzero(offered)
    m = len(rows)
    lower, target, upper = asked.bounds(problem.hours)
    cost = problem.per_visit_km * km[rows, columns] * asked.weight[rows]
    load = csr_array((table[rows, columns], (columns, np.arange(m))), shape=(k, m))
    once = csr_array((np.ones(m), (rows, np.arange(m))), shape=(n, m))
    from scipy.sparse import vstack

    done = linprog(
        cost, A_ub=vstack([load, -load], format="csr"), b_ub=np.concatenate([upper, -lower]), A_eq=once,
        b_eq=np.ones(n), bounds=(0, 1), method="highs",
    )  # fmt: skip
    if done.status != 0:
        return {}
    marginal = np.asarray(done.ineqlin.marginals)
    # What the cost changes by where a rep's fair hours grow by one: both bounds move with them.
    grows = marginal[:k] * upper / target - marginal[k:] * lower / target
    shares = problem.capacity.to_numpy() / problem.capacity.sum()
    # An hour more in a team lowers the rep's own territory by one hour, and raises everybody's by their share of it.
    worth = float(grows @ shares) - grows
    return {str(name): float(worth[t]) for t, name in enumerate(plan.territory_ids)}
