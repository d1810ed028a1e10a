"""The best centre of a territory: the member unit with the least weighted travel to all members.

Members are tried in the order of a lower bound, so that few of them are measured to the end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize import kernels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

FEW = 32
"""Members up to which trying all of them is quicker than a bound."""


def best_centers(
    labels: Labels, k: int, points: Floats, weight: Floats, metric: int, scale: float, power: int
) -> tuple[Ints, Floats]:
    """Return each territory's `best_center` and the travel to it: (centers, travel), -1 and 0 for an empty one."""
    order = np.argsort(labels, kind="stable")
    start = np.searchsorted(labels[order], np.arange(k + 1))
    centers, travel = np.empty(k, np.int64), np.empty(k)
    for t in range(k):
        members = order[start[t] : start[t + 1]]
        centers[t], travel[t] = best_center(members, points, weight, metric, scale, power)
    return centers, travel


def best_center(
    members: Ints, points: Floats, weight: Floats, metric: int, scale: float, power: int
) -> tuple[int, float]:
    """Return the member with the least weighted travel to all members and that travel; (-1, 0) for no members.

    Exact: members are tried in the order of a lower bound until it passes the best travel found, and each is
    given up as soon as its running sum does. O(n log n + n * tried), nearly always far less than n squared.
    """
    if metric == kernels.MATRIX or len(members) <= FEW:
        least, order = np.zeros(len(members)), np.arange(len(members))
    else:
        least = _least_travel(points[members], weight[members], metric, scale, power)
        order = np.argsort(least, kind="stable")
    center, travel = kernels.cheapest(members, order, least, points, weight, metric, scale, power)
    return int(center), float(travel)


def _least_travel(places: Floats, weight: Floats, metric: int, scale: float, power: int) -> Floats:
    """Return a lower bound of the weighted travel of all places to each of them.

    Straight lines through the ground are no longer than arcs. Their squares add up as around the mean (parallel
    axes); for the lengths, the sums along two axes at right angles are the sides of a vector that is no longer
    than the sum of the lengths (triangle inequality).
    """
    total = float(weight.sum())
    # Plain sums: a linear algebra library may add in another order with another number of threads.
    mean = (weight[:, None] * places).sum(axis=0) / max(total, 1e-300)
    if power == 2:
        apart = ((places - mean) ** 2).sum(axis=1)
        around: Floats = ((weight * apart).sum() + total * apart) * (scale * scale)
        return around
    axes = np.eye(3)[:2]
    if metric == kernels.SPHERE:
        east = np.array([-mean[1], mean[0], 0.0])
        length = float(np.hypot(mean[0], mean[1]))
        east = east / length if length > 1e-9 else axes[0]
        north = np.cross(mean, east)
        axes = np.array([east, north / max(float(np.linalg.norm(north)), 1e-300)])
    across, along = ((places * axis).sum(axis=1) for axis in axes)
    sides: Floats = np.hypot(_one_axis(across, weight), _one_axis(along, weight)) * scale
    return sides


def _one_axis(position: Floats, weight: Floats) -> Floats:
    """Return, for each point on a line, the weighted sum of its distances to all of them, in O(n log n)."""
    order = np.argsort(position, kind="stable")
    place, load = position[order] - position[order[0]], weight[order]
    passed, pulled = np.cumsum(load), np.cumsum(load * place)
    result = np.empty(len(position))
    result[order] = place * (2 * passed - passed[-1]) + pulled[-1] - 2 * pulled
    return result
