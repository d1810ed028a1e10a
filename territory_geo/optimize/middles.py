"""Best centre units of large territories: a few tangent planes instead of comparing all pairs.

The travel to a place is a convex function of it: for straight lines, for arcs (the arc is convex and rising in
the chord, the chord convex in the place), and for the squares of both. A tangent at one unit therefore bounds
the travel at all others from below.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize.kernels import PLANAR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

ROUNDING = 1e-11
"""Share of the travel by which a bound may be wrong through rounding."""


@njit(cache=True)
def tangent(
    members: Ints, at: int, points: Floats, weight: Floats, metric: int, scale: float, power: int, slope: Floats
) -> float:
    """Return the weighted travel of all members to the unit `at`, and its slope in place, shape (3,); O(size)."""
    total = 0.0
    slope[:] = 0.0
    for b in members:
        dx = points[at, 0] - points[b, 0]
        dy = points[at, 1] - points[b, 1]
        dz = points[at, 2] - points[b, 2]
        chord = np.sqrt(dx * dx + dy * dy + dz * dz)
        if chord <= 0.0:
            continue
        way, rise = chord, 1.0
        if metric != PLANAR:
            half = min(1.0, 0.5 * chord)
            way = 2.0 * np.arcsin(half)
            rise = 1.0 / np.sqrt(max(1e-12, 1.0 - half * half))
        way *= scale
        rise *= scale
        pull = weight[b] * rise / chord
        if power == 2:
            pull *= 2.0 * way
            way *= way
        total += weight[b] * way
        slope[0] += pull * dx
        slope[1] += pull * dy
        slope[2] += pull * dz
    return total


@njit(cache=True)
def middle(
    members: Ints, points: Floats, weight: Floats, metric: int, scale: float, power: int
) -> tuple[int, float, int]:
    """Return the member with the least weighted travel to all members, that travel, and how many were tried.

    Exact, as `centers.best_center`: members are tried in the order of their bound until none is below the best
    travel found. O(size * tried), with about a dozen tried.

    References
    ----------
    Kelley 1960 (cutting planes); (-1, 0, 0) for no members.
    """
    size = members.size
    if size == 0:
        return -1, 0.0, 0
    mean, mass = np.zeros(3), 0.0
    for b in members:
        mass += weight[b] + 1e-300
        for c in range(3):
            mean[c] += (weight[b] + 1e-300) * points[b, c]
    mean /= mass
    # The first is the one nearest to the mean: its distance is a bound as good as any to begin with.
    least = np.empty(size)
    for a in range(size):
        least[a] = -np.inf
    first, near = 0, np.inf
    for a in range(size):
        b = members[a]
        away = (points[b, 0] - mean[0]) ** 2 + (points[b, 1] - mean[1]) ** 2 + (points[b, 2] - mean[2]) ** 2
        if away < near:
            near, first = away, a
    best, center, tried, a = np.inf, -1, 0, first
    slope = np.empty(3)
    while True:
        at = members[a]
        total = tangent(members, at, points, weight, metric, scale, power, slope)
        tried += 1
        if total < best or (total == best and at < center):
            best, center = total, at
        following, lowest = -1, np.inf
        for b in range(size):
            j = members[b]
            bound = total
            for c in range(3):
                bound += slope[c] * (points[j, c] - points[at, c])
            least[b] = max(least[b], bound)
        least[a] = np.inf
        for b in range(size):
            if least[b] < lowest:
                lowest, following = least[b], b
        if following < 0 or lowest >= best * (1.0 - ROUNDING):
            return center, best, tried
        a = following


@njit(cache=True)
def middles(
    labels: Labels, k: int, points: Floats, weight: Floats, metric: int, scale: float, power: int
) -> tuple[Ints, Floats, int]:
    """Return each territory's `middle` and the travel to it, -1 and 0 for an empty one, and how many were tried."""
    n = labels.shape[0]
    size = np.zeros(k + 1, np.int64)
    for i in range(n):
        size[labels[i] + 1] += 1
    start = np.cumsum(size)
    order, fill = np.empty(n, np.int64), start[:k].copy()
    for i in range(n):
        order[fill[labels[i]]] = i
        fill[labels[i]] += 1
    centers, travel, tried = np.empty(k, np.int64), np.empty(k), 0
    for t in range(k):
        own = order[start[t] : start[t + 1]]
        centers[t], travel[t], more = middle(own, points, weight, metric, scale, power)
        tried += more
    return centers, travel, tried
