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
def _one_axis(position: Floats, weight: Floats) -> Floats:
    """Return, for each point on a line, the weighted sum of its distances to all of them, in O(n log n)."""
    order = np.argsort(position, kind="mergesort")
    result = np.empty(position.size)
    right, total = 0.0, weight.sum()
    for a in order:
        right += weight[a] * (position[a] - position[order[0]])
    left, passed, previous = 0.0, 0.0, position[order[0]]
    for a in order:
        gap = position[a] - previous
        left += passed * gap
        right -= (total - passed) * gap
        result[a] = left + right
        passed += weight[a]
        previous = position[a]
    return result


@njit(cache=True)
def _least_travel(members: Ints, points: Floats, weight: Floats, metric: int, scale: float, power: int) -> Floats:
    """Return a lower bound of the weighted travel of all members to each of them.

    Straight lines through the ground are no longer than arcs. Their squares add up as around the mean (parallel
    axes); for the lengths, the sums along two axes at right angles are the sides of a vector that is no longer
    than the sum of the lengths (triangle inequality).
    """
    n = members.size
    if metric == MATRIX:
        return np.zeros(n)
    place, load = points[members], weight[members]
    mean = np.zeros(3)
    for a in range(n):
        mean += load[a] * place[a]
    mean /= max(load.sum(), 1e-300)
    if power == 2:
        apart = np.empty(n)
        for a in range(n):
            apart[a] = ((place[a] - mean) ** 2).sum()
        around: Floats = ((load * apart).sum() + load.sum() * apart) * (scale * scale)
        return around
    east, north = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    if metric == SPHERE:
        east = np.array([-mean[1], mean[0], 0.0])
        length = np.sqrt((east**2).sum())
        east = east / length if length > 1e-9 else np.array([1.0, 0.0, 0.0])
        north = np.array([-mean[2] * east[1], mean[2] * east[0], mean[0] * east[1] - mean[1] * east[0]])
        north /= max(np.sqrt((north**2).sum()), 1e-300)
    across, along = np.empty(n), np.empty(n)
    for a in range(n):
        across[a], along[a] = (place[a] * east).sum(), (place[a] * north).sum()
    sides: Floats = np.sqrt(_one_axis(across, load) ** 2 + _one_axis(along, load) ** 2) * scale
    return sides


@njit(cache=True)
def best_center(
    members: Ints, points: Floats, weight: Floats, metric: int, scale: float, power: int
) -> tuple[int, float]:
    """Return the member with the least weighted travel to all members and that travel; (-1, 0) for no members.

    Exact: members are tried in the order of a lower bound until it passes the best travel found, and each is
    given up as soon as its running sum does. O(n log n + n * tried), nearly always far less than n squared.
    """
    least = _least_travel(members, points, weight, metric, scale, power)
    best, center = np.inf, -1
    for a in np.argsort(least, kind="mergesort"):
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
def best_centers(
    labels: Labels, k: int, points: Floats, weight: Floats, metric: int, scale: float, power: int
) -> tuple[Ints, Floats]:
    """Return each territory's `best_center` and the travel to it: (centers, travel), -1 and 0 for an empty one."""
    n = labels.shape[0]
    size = np.zeros(k + 1, np.int64)
    for i in range(n):
        size[labels[i] + 1] += 1
    start = np.cumsum(size)
    order = np.empty(n, np.int64)
    fill = start[:k].copy()
    for i in range(n):
        order[fill[labels[i]]] = i
        fill[labels[i]] += 1
    centers, travel = np.empty(k, np.int64), np.empty(k)
    for t in range(k):
        centers[t], travel[t] = best_center(order[start[t] : start[t + 1]], points, weight, metric, scale, power)
    return centers, travel


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
def territory_loads(labels: Labels, k: int, measures: Floats) -> Floats:
    """Return the (k, m) sums of the measures over each territory's units."""
    loads = np.zeros((k, measures.shape[1]))
    for i in range(labels.shape[0]):
        for q in range(measures.shape[1]):
            loads[labels[i], q] += measures[i, q]
    return loads
