"""Numba kernels of the Lagrangian relaxation: what each possible centre is worth at given prices.

A centre takes units at reduced cost (cost - unit price + load prices × loads). Where the width is not zero, a unit
that is neither clearly taken nor clearly left is taken in part; that makes the value smooth in the prices. Rows are
centres, so that each centre's costs lie side by side in memory.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SWEEPS = 3
"""Most times that a centre's load prices are set in turn; with one measure, once is enough."""
TRIES = 40
"""Most values that are tried for one load price; Newton steps usually need two."""
RINGS = 200
"""Distances around a unit that are told apart where a guess is enough."""
SETTLED = 1e-9
"""Share of the bound by which a load may miss it at a settled price."""


@njit(cache=True)
def _taken(
    j: int, units: Ints, cost: Floats, value: Floats, price: Floats, measures: Floats, width: Floats, q: int
) -> tuple[float, float, float]:
    """Return the smoothed reduced cost of what centre j takes, its load of measure q, and the load's steepness."""
    total, load, steep = 0.0, 0.0, 0.0
    for p in range(units.size):
        i = units[p]
        reduced = cost[p] - value[i]
        for other in range(price.size):
            reduced += price[other] * measures[i, other]
        if i == j or reduced <= -width[i]:
            total += reduced
            load += measures[i, q]
        elif reduced < width[i]:
            share = 0.5 - 0.5 * reduced / width[i]
            total -= width[i] * share * share
            load += measures[i, q] * share
            steep += measures[i, q] * measures[i, q] * 0.5 / width[i]
    return total, load, steep


@njit(cache=True)
def _slope(price: float, load: float, lower: float, upper: float) -> float:
    """Return how a centre's value changes with the price of a load."""
    if price > 0 or (price == 0 and load > upper):
        return load - upper
    if price < 0 or load < lower:
        return load - lower
    return 0.0


@njit(cache=True)
def charge(price: Floats, lower: Floats, upper: Floats) -> float:
    """Return what the prices of the loads pay back: the bound that each of them pulls towards, times the price."""
    total = 0.0
    for q in range(price.size):
        total += price[q] * (upper[q] if price[q] > 0 else lower[q])
    return total


@njit(cache=True)
def tune(
    j: int,
    units: Ints,
    cost: Floats,
    value: Floats,
    price: Floats,
    measures: Floats,
    width: Floats,
    lower: Floats,
    upper: Floats,
    least: Floats,
    most: Floats,
) -> float:
    """Set the load prices of centre j to their best within limits and return its smoothed value.

    The value is concave in each price: Newton steps, kept between the prices known to be too low and too high.

    Parameters
    ----------
    j : int
        The centre.
    units : int array, shape (p,)
        Units that it may take.
    cost : float array, shape (p,)
        Of these units.
    value : float array, shape (n,)
        Unit prices.
    price : float array, shape (m,)
        Load prices; changed in place.
    measures : float array, shape (n, m)
        Loads.
    width : float array, shape (n,)
        Reduced cost within which a unit is taken in part.
    lower, upper : float array, shape (m,)
        Bounds of a territory.
    least, most : float array, shape (m,)
        Limits of the load prices.
    """
    total = 0.0
    m = price.size
    for q in range(m):
        price[q] = min(max(price[q], least[q]), most[q])
    for _ in range(SWEEPS if m > 1 else 1):
        settled = True
        for q in range(m):
            low, high = least[q], most[q]
            for tried in range(TRIES):
                total, load, steep = _taken(j, units, cost, value, price, measures, width, q)
                slope = _slope(price[q], load, lower[q], upper[q])
                if abs(slope) <= SETTLED * upper[q]:
                    break
                if slope > 0:
                    low = price[q]
                else:
                    high = price[q]
                if high - low <= 1e-13 * abs(high) or tried == TRIES - 1:
                    break
                settled = False
                new = price[q] + slope / steep if steep > 0 else (high if slope > 0 else low)
                if (price[q] > 0 > new and low < 0) or (price[q] < 0 < new and high > 0):
                    new = 0.0
                if new >= high:
                    new = high if tried == 0 else 0.5 * (price[q] + high)
                elif new <= low:
                    new = low if tried == 0 else 0.5 * (price[q] + low)
                price[q] = new
        if settled:
            break
    return total - charge(price, lower, upper)


@njit(cache=True)
def center_values(
    cost: Floats,
    value: Floats,
    prices: Floats,
    measures: Floats,
    lower: Floats,
    upper: Floats,
    k: int,
    window: float,
    width: Floats,
    reach: Floats,
) -> Floats:
    """Return a lower bound of each centre's value at given unit prices, shape (n,): a proof for any load prices.

    Load prices of the centres that are, or could soon be, among the k cheapest are first improved. O(n²).

    Parameters
    ----------
    cost : float array, shape (n, n)
        Centres are rows.
    value, prices, measures, lower, upper
        As in `tune`; `prices` has shape (n, m) and is improved in place.
    k : int
        How many centres open.
    window : float
        How far above the k-th value a centre still gets better load prices.
    width : float array, shape (n,)
        As in `tune`, for the search for load prices only.
    reach : float array, shape (m,)
        How far load prices may move at once.
    """
    n = measures.shape[0]
    everything = np.arange(n)
    sharp = np.zeros(n)
    values = np.empty(n)
    for j in range(n):
        values[j], _, _ = _taken(j, everything, cost[j], value, prices[j], measures, sharp, 0)
        values[j] -= charge(prices[j], lower, upper)
    tuned = np.zeros(n, np.bool_)
    while True:
        edge = np.sort(values)[k - 1] + window
        settled = True
        for j in range(n):
            if tuned[j] or values[j] > edge:
                continue
            tuned[j] = True
            settled = False
            trial = prices[j].copy()
            reached = tune(
                j, everything, cost[j], value, trial, measures, width, lower, upper,
                trial - reach, trial + reach,
            )  # fmt: skip
            reached, _, _ = _taken(j, everything, cost[j], value, trial, measures, sharp, 0)
            reached -= charge(trial, lower, upper)
            if reached > values[j]:
                values[j] = reached
                prices[j] = trial
        if settled:
            return values


@njit(cache=True)
def travel_around(cost: Floats, weight: Floats, load: Floats, target: float) -> Floats:
    """Return the mean travel per weight to each unit from the units around it that fill a territory, shape (n,).

    Units are counted in rings, which is precise enough for a first guess. O(n²).

    Parameters
    ----------
    cost : float array, shape (n, n)
        Centres are rows.
    weight, load : float array, shape (n,)
        Trips, and what fills a territory.
    target : float
        Load of a territory.
    """
    n = weight.size
    around = np.empty(n)
    loads, travels, trips = np.empty(RINGS), np.empty(RINGS), np.empty(RINGS)
    for j in range(n):
        furthest = 1e-300
        for i in range(n):
            furthest = max(furthest, cost[j, i] / weight[i])
        loads[:], travels[:], trips[:] = 0.0, 0.0, 0.0
        for i in range(n):
            ring = int((RINGS - 1) * (cost[j, i] / weight[i] / furthest))
            loads[ring] += load[i]
            travels[ring] += cost[j, i]
            trips[ring] += weight[i]
        filled, travel, total, ring = 0.0, 0.0, 0.0, 0
        while ring < RINGS and (filled < target or total <= 0.0):
            filled += loads[ring]
            travel += travels[ring]
            total += trips[ring]
            ring += 1
        around[j] = travel / total
    return around
