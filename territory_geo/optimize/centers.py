"""Centres of territories and the travel to them: best units, centroids or homes.

Centres are rows of `points` (units, homes), shape (k,), or coordinates (centroids), shape (k, 3).
The best unit of a territory is the member with the least weighted travel to all members; members are tried in the
order of a lower bound, so that few of them are measured to the end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import CENTROID, HOME, ProblemArrays
from territory_geo.optimize.middles import middles
from territory_geo.optimize.rules.reach import center_within, centers_within

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]
Centers = Ints | Floats

MANY = 20_000
"""From this many units on, tangent planes find the best centres; both ways are exact, equal travel apart."""
FEW = 32
"""Members up to which trying all of them is quicker than a bound."""


def measured(arrays: ProblemArrays, centers: Centers) -> tuple[Floats, Ints]:
    """Return points that hold the units and the centres, and the centres' rows in them."""
    if centers.ndim == 1:
        return arrays.points, centers.astype(np.int64, copy=False)
    rows = np.arange(arrays.n, arrays.n + len(centers))
    return np.concatenate([arrays.points[: arrays.n], centers]), rows


def travel_to(arrays: ProblemArrays, centers: Centers) -> Floats:
    """Return the weighted travel of each unit to each of some centres, shape (n, number of centres)."""
    a, (points, rows) = arrays, measured(arrays, centers)
    travel: Floats = kernels.cost_to_centers(rows, points, a.weight, a.metric, a.scale, a.power)
    return travel


def centers_cost(arrays: ProblemArrays, centers: Centers) -> Floats:
    """Return the (n, k) cost of each unit in each territory, infinite where it is forbidden."""
    return travel_to(arrays, centers) + arrays.extra


def added_cost(arrays: ProblemArrays, labels: Labels) -> float:
    """Return what the units cost in their territories besides travel."""
    if arrays.extra.strides == (0, 0):
        return 0.0
    return float(arrays.extra[np.arange(arrays.n), labels].sum())


def unit_centers(arrays: ProblemArrays, labels: Labels) -> tuple[Ints, Floats]:
    """Return the best unit of each territory (its home where it has one) and the travel to it, shape (k,) each."""
    a = arrays
    if a.centering == HOME:
        homes = np.arange(a.n, a.n + a.k)
        return homes, _own_travel(a, labels, homes)
    if np.isfinite(a.rules.radius):
        found: tuple[Ints, Floats] = centers_within(
            labels.astype(np.int64), a.k, a.points, a.weight, a.metric, a.scale, a.power, a.rules.ways, a.rules.radius
        )
        return found
    if a.n >= MANY and a.metric != kernels.MATRIX:
        centers, travel, _ = middles(labels, a.k, a.points, a.weight, a.metric, a.scale, a.power)
        return centers, travel
    return best_centers(labels, a.k, a.points, a.weight, a.metric, a.scale, a.power)


def recenter(arrays: ProblemArrays, labels: Labels) -> tuple[Centers, Floats]:
    """Return the centre of each territory, as the problem defines it, and the travel to it, shape (k,)."""
    if arrays.centering != CENTROID:
        return unit_centers(arrays, labels)
    means = centroids(labels, arrays.k, arrays.places, arrays.weight, arrays.metric == kernels.SPHERE)
    return means, _own_travel(arrays, labels, means)


def recenter_one(arrays: ProblemArrays, members: Ints, t: int) -> Centers:
    """Return the centre of territory t, given its units; O(size) but for best units."""
    a = arrays
    if a.centering == HOME:
        return np.array(a.n + t)
    if a.centering == CENTROID:
        alone = np.zeros(len(members), dtype=np.int32)
        mean: Floats = centroids(alone, 1, a.places[members], a.weight[members], a.metric == kernels.SPHERE)[0]
        return mean
    if np.isfinite(a.rules.radius):
        within = center_within(members, a.points, a.weight, a.metric, a.scale, a.power, a.rules.ways, a.rules.radius)
        return np.array(within[0])
    return np.array(best_center(members, a.points, a.weight, a.metric, a.scale, a.power)[0])


def centroids(labels: Labels, k: int, places: Floats, weight: Floats, sphere: bool) -> Floats:
    """Return the weighted mean place of each territory, shape (k, 3); on the sphere, the point below it.

    Units without weight count only where no other is there.
    """
    means = np.empty((k, 3))
    mass, count = np.bincount(labels, weight, k), np.bincount(labels, minlength=k)
    pull = np.where(mass[labels] > 0, weight, 1.0)
    mass = np.where(mass > 0, mass, np.maximum(count, 1))
    for axis in range(3):
        means[:, axis] = np.bincount(labels, pull * places[:, axis], k) / mass
    if sphere:
        length = np.sqrt((means**2).sum(axis=1))
        means /= np.maximum(length, 1e-300)[:, None]
    return means


def _own_travel(arrays: ProblemArrays, labels: Labels, centers: Centers) -> Floats:
    """Return each territory's travel to its centre, shape (k,)."""
    a, (points, rows) = arrays, measured(arrays, centers)
    travel: Floats = kernels.travel_of(labels, rows, points, a.weight, a.metric, a.scale, a.power)
    return travel


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
