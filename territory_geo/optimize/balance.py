"""Balanced assignment to fixed centres: a transportation problem, solved as a minimum-cost flow.

Splitting of units is allowed in the flow; only about k - 1 units are split, and each goes to the territory
that takes most of it. What that unbalances is mended by the steps that follow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.centers import centers_cost, unit_centers
from territory_geo.optimize.seeds import load_share

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

LOAD_STEPS = 1_000_000
"""Whole numbers per territory target in which the flow counts load."""
COST_STEPS = 100_000_000
"""Whole numbers in which the flow counts the largest cost per load."""
ROUNDS = 20
"""Most alternations of assignment and recentring; a handful is usual."""
HOPELESS = ((3, 1.01), (1, 1.04))
"""A seed that after so many alternations still costs so many times the best other one is given up."""
GAIN = 2e-4
"""Least relative gain of an alternation that is worth another one."""
NEAR = 8
"""Cheapest territories that a unit may go to; more only where these cannot meet the bounds."""


@dataclass(frozen=True)
class Balanced:
    """Centres in balance with their territories.

    Parameters
    ----------
    centers : int array, shape (k,)
        Units, or homes, by their rows in `points`.
    labels : int32 array, shape (n,)
        Territory of each unit; not yet in one piece, nor exactly within bounds.
    cost : float
        Travel of the flow that may split units.
    """

    centers: Ints
    labels: Labels
    cost: float


def assign(arrays: ProblemArrays, cost: Floats, near: int = NEAR) -> tuple[Labels, float] | None:
    """Return labels of least cost within the bounds of the mean load, and the flow's cost.

    Parameters
    ----------
    arrays : ProblemArrays
        With several measures, the mean of their shares is balanced.
    cost : array, shape (n, k)
        Infinite where a unit must not go.
    near : int
        How many of its cheapest territories a unit may go to; where that is too few to meet the bounds, all.

    Returns
    -------
    (labels, cost) or None
        None where the bounds cannot be met even by splitting units.

    References
    ----------
    Hess et al. 1965 (transportation step); Goldberg 1997 (cost scaling), as implemented in OR-Tools.
    """
    k = cost.shape[1]
    share = load_share(arrays)
    lower = (arrays.lower / arrays.mean_target).mean(axis=1)
    upper = (arrays.upper / arrays.mean_target).mean(axis=1)
    labels = np.argmin(cost, axis=1).astype(np.int32)
    loaded = np.flatnonzero(share > 0)
    base = float(cost[np.flatnonzero(share <= 0), labels[share <= 0]].sum())
    supply = np.maximum(1, np.round(share[loaded] * LOAD_STEPS)).astype(np.int64)
    per_load = cost[loaded] / supply[:, None]
    step = COST_STEPS / max(float(per_load[np.isfinite(per_load)].max(initial=0.0)), 1e-300)
    allowed = np.isfinite(per_load)
    if near < k:
        allowed &= per_load <= np.partition(per_load, near - 1, axis=1)[:, near - 1 : near]
    unit, territory = np.nonzero(allowed)
    flow = min_cost_flow.SimpleMinCostFlow()
    prices = np.round(per_load[unit, territory] * step).astype(np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(unit, len(loaded) + territory, supply[unit], prices)
    least = np.floor(lower * LOAD_STEPS).astype(np.int64)
    most = np.minimum(np.ceil(upper * LOAD_STEPS), supply.sum()).astype(np.int64)
    sink = len(loaded) + k
    nodes = np.arange(len(loaded), sink)
    flow.add_arcs_with_capacity_and_unit_cost(
        nodes, np.full(k, sink), np.maximum(most - least, 0), np.zeros(k, np.int64)
    )
    flow.set_nodes_supplies(np.arange(len(loaded)), supply)
    flow.set_nodes_supplies(nodes, -least)
    flow.set_nodes_supplies(np.array([sink]), np.array([least.sum() - supply.sum()]))
    if flow.solve() != flow.OPTIMAL:
        return assign(arrays, cost, k) if near < k else None
    amount = np.zeros((len(loaded), k), dtype=np.int64)
    amount[unit, territory] = flow.flows(arcs)
    labels[loaded] = amount.argmax(axis=1)
    return labels, base + flow.optimal_cost() / step


def balanced_centers(arrays: ProblemArrays, centers: Ints, rival: float = np.inf) -> Balanced | None:
    """Alternate balanced assignment and recentring until travel stops falling; None where bounds cannot be met.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    centers : int array, shape (k,)
        Where to start.
    rival : float
        Travel of the best other seed: the search ends early once it is unlikely to come near it.

    Notes
    -----
    Each alternation lowers the cost or ends the search, so it ends (Hojati 1996).
    """
    best: Balanced | None = None
    for step in range(ROUNDS):
        found = assign(arrays, centers_cost(arrays, centers))
        if found is None:
            return best
        labels, cost = found
        settled = best is not None and cost >= best.cost * (1 - GAIN)
        if best is None or cost < best.cost:
            best = Balanced(centers, labels, cost)
        allowed = next((times for rounds, times in HOPELESS if step >= rounds), np.inf)
        if settled or best.cost > allowed * rival:
            return best
        if arrays.centering == HOME:
            return best
        moved, _ = unit_centers(arrays, labels)
        centers = np.where(moved >= 0, moved, centers)
    return best
