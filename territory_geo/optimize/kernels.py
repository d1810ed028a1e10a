"""Numba kernels of the optimiser: plain arrays in, plain arrays out, one idea per function.

A unit is a row number 0..n-1, a territory a column number 0..k-1. Labels are int32, everything that is
added up is float64. Kernels draw random numbers from a state that the caller passes in, never from a
global generator, and are compiled once and cached on disk.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]
State = NDArray[np.uint64]

PLANAR, SPHERE, MATRIX = 0, 1, 2
"""How `distance` reads its coordinates: metres in a plane, points on the unit sphere, or rows of a matrix."""


@njit(cache=True, inline="always")
def random_below(state: State, bound: int) -> int:
    """Return a random integer in [0, bound) and advance `state` (splitmix64, Steele et al. 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return int((z >> np.uint64(11)) % np.uint64(bound))


@njit(cache=True, inline="always")
def random_unit(state: State) -> float:
    """Return a random float in [0, 1) and advance `state`."""
    return random_below(state, 1 << 53) / 9007199254740992.0


@njit(cache=True, inline="always")
def distance(points: Floats, i: int, j: int, metric: int, scale: float) -> float:
    """Distance between units i and j: kilometres once multiplied by `scale`."""
    if metric == MATRIX:
        return float(points[i, j] * scale)
    dx = points[i, 0] - points[j, 0]
    dy = points[i, 1] - points[j, 1]
    dz = points[i, 2] - points[j, 2]
    chord = np.sqrt(dx * dx + dy * dy + dz * dz)
    if metric == PLANAR:
        return float(chord * scale)
    return float(2.0 * np.arcsin(min(1.0, 0.5 * chord)) * scale)


@njit(cache=True)
def cheapest(
    members: Ints, order: Ints, least: Floats, points: Floats, weight: Floats, metric: int, scale: float, power: int
) -> tuple[int, float]:
    """Return the member with the least weighted travel to all members and that travel; (-1, 0) for no members.

    Members are tried in `order` until their lower bound `least` passes the best, and each is given up as soon as
    its running sum does.
    """
    best, center = np.inf, -1
    for a in order:
        if least[a] * (1 - 1e-9) >= best:
            break
        candidate, total = members[a], 0.0
        for b in members:
            d = distance(points, b, candidate, metric, scale)
            total += weight[b] * (d if power == 1 else d * d)
            if total >= best:
                break
        if total < best:
            best, center = total, candidate
    return center, 0.0 if center < 0 else best


@njit(cache=True)
def cost_to_centers(centers: Ints, points: Floats, weight: Floats, metric: int, scale: float, power: int) -> Floats:
    """Return the (n, k) matrix of weighted travel from each unit to each centre."""
    n, k = weight.shape[0], centers.shape[0]
    cost = np.empty((n, k))
    for i in range(n):
        for t in range(k):
            d = distance(points, i, centers[t], metric, scale)
            cost[i, t] = weight[i] * (d if power == 1 else d * d)
    return cost


@njit(cache=True)
def travel_of(
    labels: Labels, centers: Ints, points: Floats, weight: Floats, metric: int, scale: float, power: int
) -> Floats:
    """Return the weighted travel of each territory's units to its given centre, shape (k,)."""
    travel = np.zeros(centers.shape[0])
    for i in range(labels.shape[0]):
        d = distance(points, i, centers[labels[i]], metric, scale)
        travel[labels[i]] += weight[i] * (d if power == 1 else d * d)
    return travel


@njit(cache=True)
def territory_loads(labels: Labels, k: int, measures: Floats) -> Floats:
    """Return the (k, m) sums of the measures, shape (n, k, m), over each territory's units."""
    loads = np.zeros((k, measures.shape[2]))
    for i in range(labels.shape[0]):
        for q in range(measures.shape[2]):
            loads[labels[i], q] += measures[i, labels[i], q]
    return loads
