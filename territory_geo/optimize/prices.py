"""Balance by prices: each territory asks a price per load, and every place goes where travel and price are least.

Prices rise where too much comes and fall where too little does, which solves the dual of the transportation
problem without a network; only a few near territories are looked at for each place.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Near = NDArray[np.int32]
Bools = NDArray[np.bool_]
Labels = NDArray[np.int32]

ROUNDING = 1e-9
"""Loads (as shares of a target) missed by no more than this are not missed."""


@njit(cache=True, inline="always")
def travel(places: Floats, i: int, centers: Floats, t: int, scale: float, power: int) -> float:
    """Distance (or its square) from place i to the free centre t, straight through the ground."""
    dx = places[i, 0] - centers[t, 0]
    dy = places[i, 1] - centers[t, 1]
    dz = places[i, 2] - centers[t, 2]
    square = (dx * dx + dy * dy + dz * dz) * scale * scale
    return float(np.sqrt(square) if power == 1 else square)


@njit(cache=True, inline="always")
def ranked(value: float, item: int, found: int, values: Floats, items: Ints) -> int:
    """Insert an item into a short list in rising order of values, if it belongs there; return the list's length."""
    many = values.shape[0]
    if found == many and value >= values[many - 1]:
        return found
    at = min(found, many - 1)
    while at > 0 and values[at - 1] > value:
        values[at] = values[at - 1]
        items[at] = items[at - 1]
        at -= 1
    values[at] = value
    items[at] = item
    return int(min(found + 1, many))


@njit(cache=True)
def nearest(
    places: Floats, weight: Floats, share: Floats, kind: Ints, barred: Bools, centers: Floats, prices: Floats,
    scale: float, power: int, many: int,
) -> Near:  # fmt: skip
    """Return for each place the `many` territories where travel and price are least, shape (c, many), -1 for none.

    All territories are looked at: O(c k). Distance alone would miss those whose price is low.
    """
    count, k = places.shape[0], centers.shape[0]
    near = np.full((count, many), -1, np.int32)
    values, best = np.empty(many), np.empty(many, np.int64)
    for g in range(count):
        found = 0
        for t in range(k):
            if not barred[kind[g], t]:
                value = weight[g] * travel(places, g, centers, t, scale, power) + share[g] * prices[t]
                found = ranked(value, t, found, values, best)
        for a in range(found):
            near[g, a] = best[a]
    return near


@njit(cache=True)
def narrowed(
    parent: Ints, above: Near, places: Floats, weight: Floats, share: Floats, centers: Floats, prices: Floats,
    scale: float, power: int, many: int,
) -> tuple[Near, Floats]:  # fmt: skip
    """Return for each place the best `many` of its parent's territories and the weighted travel to them, (c, many)."""
    count, wide = parent.shape[0], above.shape[1]
    near = np.full((count, many), -1, np.int32)
    cost = np.full((count, many), np.inf)
    ways, values, best = np.empty(wide), np.empty(many), np.empty(many, np.int64)
    for i in range(count):
        found = 0
        for e in range(wide):
            t = above[parent[i], e]
            if t < 0:
                break
            ways[e] = weight[i] * travel(places, i, centers, t, scale, power)
            found = ranked(ways[e] + share[i] * prices[t], e, found, values, best)
        for a in range(found):
            near[i, a] = above[parent[i], best[a]]
            cost[i, a] = ways[best[a]]
    return near, cost


@njit(cache=True)
def choose(near: Near, cost: Floats, share: Floats, prices: Floats, loads: Floats) -> Labels:
    """Return the cheapest near territory of each place, shape (c,), and add up `loads` in place, shape (k,)."""
    labels = np.empty(near.shape[0], np.int32)
    loads[:] = 0.0
    for i in range(near.shape[0]):
        best, chosen = np.inf, near[i, 0]
        for e in range(near.shape[1]):
            t = near[i, e]
            if t < 0:
                break
            value = cost[i, e] + share[i] * prices[t]
            if value < best:
                best, chosen = value, t
        labels[i] = chosen
        loads[chosen] += share[i]
    return labels


@njit(cache=True)
def settle(
    near: Near, cost: Floats, share: Floats, held: Floats, prices: Floats, lower: Floats, upper: Floats,
    reach: Floats, steps: int, first: float,
) -> tuple[Labels, Floats, float, int]:  # fmt: skip
    """Move prices for a number of steps towards loads within bounds; return labels, prices, loads missed, steps made.

    Parameters
    ----------
    near, cost : arrays, shape (c, near)
        From `narrowed`.
    share : array, shape (c,)
        Load of each place.
    held : array, shape (k,)
        Loads of places that are not among these and do not move.
    prices : array, shape (k,)
        Where to begin; not changed.
    lower, upper : arrays, shape (k,)
        Bounds of the loads.
    reach : array, shape (k,)
        Price that moves about a whole load.
    steps : int
        Most steps; it ends early once all bounds hold.
    first : float
        First step, as a share of the reach. A territory whose price turns round halves its step.

    Notes
    -----
    A step is the proximal step of the dual: the price of a territory well within its bounds goes to zero. The
    prices with the least load missed are returned. O(c * near) per step.

    References
    ----------
    Hojati 1996 (transportation prices); Cohen-Addad, Klein & Young 2018 (balanced power diagrams).
    """
    k = prices.shape[0]
    current, best = prices.copy(), prices.copy()
    size, moved = np.full(k, first), np.zeros(k)
    loads, least, made = np.zeros(k), np.inf, 0
    for _ in range(steps):
        choose(near, cost, share, current, loads)
        loads += held
        made += 1
        missed = 0.0
        for t in range(k):
            missed += max(0.0, loads[t] - upper[t]) + max(0.0, lower[t] - loads[t])
        if missed < least:
            least = missed
            best[:] = current
        if missed <= ROUNDING:
            break
        for t in range(k):
            step = size[t] * reach[t]
            level = current[t] / step + loads[t]
            after = step * (level - min(max(level, lower[t]), upper[t]))
            change = after - current[t]
            if change * moved[t] < 0.0:
                size[t] *= 0.5
            else:
                size[t] = min(1.2 * size[t], 2.0 * first)
            moved[t] = change
            current[t] = after
    labels = choose(near, cost, share, best, loads)
    return labels, best, least, made


@njit(cache=True)
def undecided(near: Near, cost: Floats, share: Floats, prices: Floats, reach: Floats, part: float) -> Bools:
    """Tell which places would go elsewhere if prices moved by a part of their territory's reach, shape (c,)."""
    open_ = np.zeros(near.shape[0], np.bool_)
    for i in range(near.shape[0]):
        best, second, chosen = np.inf, np.inf, -1
        for e in range(near.shape[1]):
            t = near[i, e]
            if t < 0:
                break
            value = cost[i, e] + share[i] * prices[t]
            if value < best:
                second, best, chosen = best, value, t
            elif value < second:
                second = value
        open_[i] = chosen >= 0 and second - best <= part * reach[chosen] * share[i]
    return open_


@njit(cache=True)
def drawn_centers(
    labels: Labels, places: Floats, weight: Floats, centers: Floats, scale: float, power: int
) -> tuple[Floats, Floats]:
    """Return free centres one step nearer to the best ones, shape (k, 3), and the travel to the old, shape (k,).

    For squares the mean is the best centre; for lengths the step is Weiszfeld's (1937). O(c).
    """
    k = centers.shape[0]
    pulled, mass, total, load = np.zeros((k, 3)), np.zeros(k), np.zeros(k), np.zeros(k)
    way = np.empty(labels.shape[0])
    for i in range(labels.shape[0]):
        t = labels[i]
        way[i] = travel(places, i, centers, t, scale, power)
        total[t] += weight[i] * way[i]
        load[t] += weight[i]
    for i in range(labels.shape[0]):
        t = labels[i]
        pull = weight[i]
        if power == 1:
            # A place at the centre itself must not hold it fast.
            pull /= max(way[i], 0.02 * total[t] / max(load[t], 1e-300), 1e-300)
        mass[t] += pull
        for c in range(3):
            pulled[t, c] += pull * places[i, c]
    moved = centers.copy()
    for t in range(k):
        if mass[t] > 0.0:
            moved[t] = pulled[t] / mass[t]
    return moved, total
