"""Lower bounds: how good any plan can be at best, so that a solution can carry a gap.

The assignment of units is priced out of the model (Lagrangian relaxation); what remains falls apart into one
knapsack per possible centre. Contiguity and names of territories are left out, which can only lower the value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import ProblemArrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAFETY = 1e-9
"""Share by which a bound is lowered, so that rounding never puts it above a plan."""
PATIENCE, SHRINK = 8, 0.7
"""Steps without a better bound before the step size shrinks, and by what."""
MOMENTUM = 0.7
"""Share of the last direction that is kept, against zigzagging."""
SMALLEST_STEP = 1e-4
"""Step size at which the search for better prices ends."""


@dataclass(frozen=True, eq=False)
class Lagrangian:
    """The best prices found, and what they prove.

    Parameters
    ----------
    bound : float
        No plan costs less.
    unit_price : float array, shape (n,)
        Price of serving each unit.
    center_value : float array, shape (n,)
        What opening each unit as a centre brings at these prices; the k lowest are in the bound.
    reduced : float array, shape (n, n)
        Cost of each unit at each centre at these prices; negative where the relaxation assigns it.
    """

    bound: float
    unit_price: Floats
    center_value: Floats
    reduced: Floats

    def could_open(self, k: int, ceiling: float) -> NDArray[np.bool_]:
        """Tell which units can be centres of a plan that costs at most `ceiling`."""
        kth = np.sort(self.center_value)[k - 1]
        could: NDArray[np.bool_] = self.bound + np.maximum(0.0, self.center_value - kth) <= ceiling
        return could

    def could_serve(self, k: int, ceiling: float) -> NDArray[np.bool_]:
        """Tell which unit (row) can be with which centre (column) in a plan that costs at most `ceiling`."""
        kth = np.sort(self.center_value)[k - 1]
        least = self.bound + np.maximum(0.0, self.center_value - kth)
        could: NDArray[np.bool_] = least[None, :] + np.maximum(0.0, self.reduced) <= ceiling
        np.fill_diagonal(could, least <= ceiling)
        return could


def pairwise_cost(arrays: ProblemArrays) -> Floats:
    """Return the (n, n) cost of serving each unit (row) from each unit (column)."""
    a = arrays
    cost: Floats = kernels.cost_to_centers(np.arange(a.n), a.points, a.weight, a.metric, a.scale, a.power)
    return cost


def anonymous_loads(arrays: ProblemArrays) -> tuple[Floats, Floats, Floats]:
    """Return loads and bounds that hold for every territory, whichever it is: (n, m'), (m',) and (m',).

    Where loads depend on the territory, the least of them must not exceed the most that any may hold, and the most of
    them must reach the least that any needs: each measure then counts twice.
    """
    lower, upper = arrays.lower.min(axis=0), arrays.upper.max(axis=0)
    if arrays.fixed:
        return arrays.usual, lower, upper
    least, most = arrays.measures.min(axis=1), arrays.measures.max(axis=1)
    loads = np.ascontiguousarray(np.hstack([least, most]))
    return loads, np.concatenate([np.zeros(arrays.m), lower]), np.concatenate([upper, most.sum(axis=0)])


def lagrangian_bound(arrays: ProblemArrays, cost: Floats, ceiling: float, steps: int) -> Lagrangian:
    """Return a lower bound on the travel of every plan, for free centres.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem; every territory must have the same bounds.
    cost : array, shape (n, n)
        From `pairwise_cost`.
    ceiling : float
        Travel of a known plan, or a guess of it: it scales the steps and has no part in the proof.
    steps : int
        Most price updates; each is O(n²) and stops early where prices settle.

    References
    ----------
    Held, Wolfe & Crowder 1974 (subgradient steps); Validi, Buchanan & Lykhovyd 2022 (this relaxation).
    """
    n, k = arrays.n, arrays.k
    lower, upper = arrays.lower[0], arrays.upper[0]
    measures, prices = arrays.usual, np.zeros((n, arrays.m))
    value = np.sort(cost, axis=1)[:, max(1, n // k // 2) - 1].copy()
    best_value, best_prices, best = value.copy(), prices.copy(), -np.inf
    direction = np.zeros(n)
    size, stalled = 1.0, 0
    for _ in range(steps):
        bound, slope = _evaluate(cost, value, prices, measures, lower, upper, k)
        if not np.isfinite(best) or bound > best + 1e-7 * abs(best):
            best, best_value, best_prices, stalled = bound, value.copy(), prices.copy(), 0
        else:
            stalled += 1
            if stalled >= PATIENCE:
                size, stalled = size * SHRINK, 0
                value, prices, direction = best_value.copy(), best_prices.copy(), np.zeros(n)
                if size < SMALLEST_STEP:
                    break
                continue
        direction = slope + MOMENTUM * direction
        length = float(direction @ direction)
        if length < 1e-12:
            break
        value = value + size * max(ceiling - bound, 1e-6 * abs(ceiling)) / length * direction
    values = _center_values(cost, best_value, best_prices, measures, lower, upper)
    reduced = cost - best_value[:, None] + measures @ best_prices.T
    proven = best_value.sum() + np.sort(values)[:k].sum()
    return Lagrangian(proven - SAFETY * abs(proven), best_value, values, reduced)


@njit(cache=True)
def _center_value(
    j: int, cost: Floats, value: Floats, price: Floats, measures: Floats, lower: Floats, upper: Floats
) -> float:
    """Return the least reduced cost of a territory with centre j at given prices of its loads."""
    total = 0.0
    for q in range(len(price)):
        total -= (upper[q] if price[q] > 0 else lower[q]) * price[q]
    for i in range(len(value)):
        reduced = cost[i, j] - value[i]
        for q in range(len(price)):
            reduced += price[q] * measures[i, q]
        if i == j or reduced < 0:
            total += reduced
    return total


@njit(cache=True)
def _center_values(
    cost: Floats, value: Floats, prices: Floats, measures: Floats, lower: Floats, upper: Floats
) -> Floats:
    """Return `_center_value` of every unit, O(n²)."""
    n = len(value)
    values = np.empty(n)
    for j in range(n):
        values[j] = _center_value(j, cost, value, prices[j], measures, lower, upper)
    return values


@njit(cache=True)
def _best_price(
    j: int, q: int, cost: Floats, value: Floats, price: Floats, measures: Floats, lower: float, upper: float
) -> float:
    """Return the price of measure q that makes centre j's value highest: the break ratio of its knapsack."""
    n = len(value)
    ratio = np.empty(n)
    held = 0.0
    for i in range(n):
        rest = cost[i, j] - value[i]
        for other in range(len(price)):
            if other != q:
                rest += price[other] * measures[i, other]
        if i == j:
            ratio[i] = np.inf
        elif measures[i, q] > 0:
            ratio[i] = -rest / measures[i, q]
        else:
            ratio[i] = -np.inf
        if ratio[i] > 0:
            held += measures[i, q]
    if lower <= held <= upper:
        return 0.0
    limit = upper if held > upper else lower
    order = np.argsort(-ratio)
    total = 0.0
    for a in range(n):
        total += measures[order[a], q]
        if total > limit:
            return float(ratio[order[a]] if np.isfinite(ratio[order[a]]) else price[q])
    return float(price[q])


@njit(cache=True)
def _evaluate(
    cost: Floats, value: Floats, prices: Floats, measures: Floats, lower: Floats, upper: Floats, k: int
) -> tuple[float, Floats]:
    """Return the relaxation's value and how it changes with each unit's price; improves `prices` in place.

    Only the centres among the k lowest get the best prices for their loads: any price is valid for the others.
    """
    n, m = measures.shape
    values = _center_values(cost, value, prices, measures, lower, upper)
    tuned = np.zeros(n, np.bool_)
    while True:
        chosen = np.argsort(values)[:k]
        settled = True
        for j in chosen:
            if tuned[j]:
                continue
            tuned[j] = True
            settled = False
            for q in range(m):
                trial = prices[j].copy()
                trial[q] = _best_price(j, q, cost, value, prices[j], measures, lower[q], upper[q])
                reached = _center_value(j, cost, value, trial, measures, lower, upper)
                if reached > values[j]:
                    values[j] = reached
                    prices[j] = trial
        if settled:
            break
    slope = np.ones(n)
    for j in chosen:
        for i in range(n):
            reduced = cost[i, j] - value[i]
            for q in range(m):
                reduced += prices[j, q] * measures[i, q]
            if i == j or reduced < 0:
                slope[i] -= 1.0
    return value.sum() + values[chosen].sum(), slope
