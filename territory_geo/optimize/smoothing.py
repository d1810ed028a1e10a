"""Numba kernels of the smoothed relaxation: units that matter, values, shares of centres, how often units are taken.

With the k cheapest centres open in full, the bound has a kink wherever two centres are equally cheap. Here cheap
centres are open by shares instead, so that steep ascent works.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize.relaxation import tune

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Lists(NamedTuple):
    """The units that each active centre could take: centre number a has units[start[a]:start[a + 1]].

    Parameters
    ----------
    active : int array, shape (a,)
        Centres.
    start : int array, shape (a + 1,)
        Where each centre's units begin.
    units : int array, shape (p,)
        The units.
    costs : float array, shape (p,)
        What each of them costs there.
    """

    active: Ints
    start: Ints
    units: Ints
    costs: Floats


class State(NamedTuple):
    """Prices at which centres are valued: of units, shape (n,), of loads, (n, m), the loads and the rounding.

    Each as in `tune`; `prices` has a row per centre.
    """

    value: Floats
    prices: Floats
    measures: Floats
    width: Floats


@njit(cache=True)
def nearby(active: Ints, cost: Floats, value: Floats, prices: Floats, measures: Floats, slack: Floats) -> Lists:
    """Return the units that each active centre could take while prices stay within some limits.

    Parameters
    ----------
    active : int array, shape (a,)
        Centres.
    cost : float array, shape (n, n)
        Centres are rows.
    value, prices, measures
        As in `State`.
    slack : float array, shape (n,)
        Reduced cost up to which a unit is listed.

    Returns
    -------
    Lists
        O(a n).
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
    return Lists(active, start, units, costs)


@njit(cache=True)
def smooth_values(lists: Lists, state: State, lower: Floats, upper: Floats, least: Floats, most: Floats) -> Floats:
    """Return the smoothed value of each active centre, shape (a,), and set its load prices (rows of `state.prices`)."""
    values = np.empty(lists.active.size)
    for a in range(lists.active.size):
        j, s, e = lists.active[a], lists.start[a], lists.start[a + 1]
        values[a] = tune(
            j, lists.units[s:e], lists.costs[s:e], state.value, state.prices[j], state.measures, state.width,
            lower, upper, least[a], most[a],
        )  # fmt: skip
    return values


@njit(cache=True)
def coverage(lists: Lists, state: State, opened: Floats) -> Floats:
    """Return how often each unit is taken, shape (n,), when each centre is open by a share."""
    (active, start, units, costs), (value, prices, measures, width) = lists, state
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
