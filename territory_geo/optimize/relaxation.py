"""Numba kernels of the smoothed Lagrangian relaxation: what each possible centre is worth at given prices.

A centre takes units at reduced cost (cost - unit price + load prices × loads). Near zero, where a unit is neither
clearly taken nor clearly left, it is taken in part; that makes the value smooth in the prices, so that steep
ascent works. Rows are centres, so that each centre's costs lie side by side in memory.
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
def nearby(
    active: Ints, cost: Floats, value: Floats, prices: Floats, measures: Floats, slack: Floats
) -> tuple[Ints, Ints, Floats]:
    """Return the units that each active centre could take while prices stay within some limits.

    Parameters
    ----------
    active : int array, shape (a,)
        Centres.
    cost : float array, shape (n, n)
        Centres are rows.
    value, prices, measures
        As in `tune`; `prices` has shape (n, m).
    slack : float array, shape (n,)
        Reduced cost up to which a unit is listed.

    Returns
    -------
    (start, units, costs)
        Centre number a has units[start[a]:start[a + 1]]. O(a n).
    """
    n, m = measures.shape
    start = np.zeros(active.size + 1, np.int64)
    for turn in range(2):
        if turn == 1:
            for a in range(active.size):
                start[a + 1] += start[a]
            units, costs = np.empty(start[-1], np.int64), np.empty(start[-1])
        for a in range(active.size):
            j = active[a]
            count = 0
            for i in range(n):
                reduced = cost[j, i] - value[i]
                for q in range(m):
                    reduced += prices[j, q] * measures[i, q]
                if i == j or reduced < slack[i]:
                    if turn == 1:
                        units[start[a] + count] = i
                        costs[start[a] + count] = cost[j, i]
                    count += 1
            if turn == 0:
                start[a + 1] = count
    return start, units, costs


@njit(cache=True)
def smooth_values(
    active: Ints,
    start: Ints,
    units: Ints,
    costs: Floats,
    value: Floats,
    prices: Floats,
    measures: Floats,
    width: Floats,
    lower: Floats,
    upper: Floats,
    least: Floats,
    most: Floats,
) -> Floats:
    """Return the smoothed value of each active centre, shape (a,), and set its load prices (rows of `prices`)."""
    values = np.empty(active.size)
    for a in range(active.size):
        j, s, e = active[a], start[a], start[a + 1]
        values[a] = tune(
            j, units[s:e], costs[s:e], value, prices[j], measures, width, lower, upper, least[a], most[a]
        )  # fmt: skip
    return values


@njit(cache=True)
def coverage(
    active: Ints,
    start: Ints,
    units: Ints,
    costs: Floats,
    value: Floats,
    prices: Floats,
    measures: Floats,
    width: Floats,
    opened: Floats,
) -> Floats:
    """Return how often each unit is taken, shape (n,), when each centre is open by a share."""
    taken = np.zeros(value.size)
    for a in range(active.size):
        if opened[a] < 1e-12:
            continue
        j = active[a]
        for p in range(start[a], start[a + 1]):
            i = units[p]
            reduced = costs[p] - value[i]
            for q in range(measures.shape[1]):
                reduced += prices[j, q] * measures[i, q]
            if i == j or reduced <= -width[i]:
                taken[i] += opened[a]
            elif reduced < width[i]:
                taken[i] += opened[a] * (0.5 - 0.5 * reduced / width[i])
    return taken


@njit(cache=True)
def open_shares(values: Floats, k: int, heat: float) -> Floats:
    """Return by which share each centre is open: k in all, the cheaper the more (Fermi's distribution).

    Parameters
    ----------
    values : float array, shape (a,)
        Of the centres; a is at least k.
    k : int
        How many open.
    heat : float
        Difference of value within which centres share.
    """
    count = values.size
    shares = np.ones(count)
    if count <= k:
        return shares
    low, high = values.min() - 60 * heat, values.max() + 60 * heat
    level = np.sort(values)[k - 1]
    for _ in range(200):
        total, steep = 0.0, 0.0
        for a in range(count):
            z = min(max((values[a] - level) / heat, -60.0), 60.0)
            shares[a] = 1.0 / (1.0 + np.exp(z))
            total += shares[a]
            steep += shares[a] * (1.0 - shares[a]) / heat
        if abs(total - k) <= 1e-11 * k:
            break
        if total > k:
            high = level
        else:
            low = level
        level = level + (k - total) / steep if steep > 0 else low
        if not low < level < high:
            level = 0.5 * (low + high)
    return shares


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
                j, everything, cost[j], value, trial, measures, sharp + 1e-6 * np.abs(value), lower, upper,
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
    for j in range(n):
        filled, travel, trips = 0.0, 0.0, 0.0
        for i in np.argsort(cost[j] / weight, kind="mergesort"):
            filled += load[i]
            travel += cost[j, i]
            trips += weight[i]
            if filled >= target:
                break
        around[j] = travel / trips
    return around
