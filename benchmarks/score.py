"""The judge of every plan, ours and theirs: pieces, balance and travel, computed from labels alone.

It shares no code with territory_geo, so that no method is measured with its own ruler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Cost = Callable[[Floats, Floats], Floats]
"""Gives the cost of a trip for places of shape (a, 2) and (b, 2), shape (a, b)."""

EARTH_KM = 6371.0088
BLOCK = 2_000_000
"""Costs held in memory at once."""


def as_numbers(labels: Any) -> Ints:
    """Return any labels as numbers 0, 1, …, shape (n,)."""
    numbers: Ints = np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int64).ravel()
    return numbers


def split_territories(labels: Any, pairs: Ints) -> int:
    """Count the territories that are not in one piece.

    Parameters
    ----------
    labels : sequence, shape (n,)
        Territory of each unit.
    pairs : int array, shape (e, 2)
        Positions of units that touch.
    """
    numbers = as_numbers(labels)
    inside = pairs[numbers[pairs[:, 0]] == numbers[pairs[:, 1]]]
    n = len(numbers)
    graph = coo_matrix((np.ones(len(inside)), (inside[:, 0], inside[:, 1])), shape=(n, n))
    _, piece = connected_components(graph, directed=False)
    pieces = np.unique(np.column_stack([numbers, piece]), axis=0)
    return int((np.bincount(pieces[:, 0]) > 1).sum())


def loads(labels: Any, values: Floats) -> Floats:
    """Return the sum of a measure per territory; territories without units are not in it."""
    load: Floats = np.bincount(as_numbers(labels), np.asarray(values, dtype=float)).astype(float)
    return load


def largest_deviation(labels: Any, values: Floats, k: int) -> float:
    """Return how far a territory lies from the mean at most, as a share of the mean.

    A missing territory counts as an empty one. The mean is always the total divided by `k`.
    """
    load = loads(labels, values)
    mean = float(np.sum(values)) / k
    worst = float(np.abs(load / mean - 1.0).max())
    return max(worst, 1.0) if len(load) < k else worst


def outside_bounds(labels: Any, values: Floats, lower: float, upper: float) -> float:
    """Return by how much the worst territory misses its bounds, in the measure's unit; 0.0 if none does."""
    load = loads(labels, values)
    missed = float(np.maximum(lower - load, load - upper).max())
    return missed if missed > 1e-9 * max(1.0, abs(upper)) else 0.0


def great_circle_km(a: Floats, b: Floats) -> Floats:
    """Return kilometres along the Earth's surface between longitudes and latitudes in degrees (haversine)."""
    lon_a, lat_a = np.radians(a[:, 0])[:, None], np.radians(a[:, 1])[:, None]
    lon_b, lat_b = np.radians(b[:, 0])[None, :], np.radians(b[:, 1])[None, :]
    h = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    kilometres: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return kilometres


def straight(a: Floats, b: Floats) -> Floats:
    """Return straight distances in the coordinates' own unit."""
    distances: Floats = np.hypot(a[:, 0][:, None] - b[:, 0][None, :], a[:, 1][:, None] - b[:, 1][None, :])
    return distances


def hess_cost(a: Floats, b: Floats) -> Floats:
    """Return the published cost per head: whole metres, as kilometres, squared, in millions."""
    cost: Floats = (np.floor(straight(a, b)) / 1000.0) ** 2 / 1e6
    return cost


def travel_per_territory(labels: Any, xy: Floats, weight: Floats, cost: Cost) -> Floats:
    """Return the least weighted travel of each territory over all choices of its centre unit.

    Parameters
    ----------
    labels : sequence, shape (n,)
        Territory of each unit.
    xy : array, shape (n, 2)
        Places, in what `cost` reads.
    weight : array, shape (n,)
        Trips per unit.
    cost : callable
        Of one trip.
    """
    numbers = as_numbers(labels)
    best = np.empty(int(numbers.max()) + 1)
    for territory in range(len(best)):
        members = np.flatnonzero(numbers == territory)
        step = max(1, BLOCK // len(members))
        blocks = (members[start : start + step] for start in range(0, len(members), step))
        best[territory] = min(float((cost(xy[b], xy[members]) @ weight[members]).min()) for b in blocks)
    return best


def total_travel(labels: Any, xy: Floats, weight: Floats, cost: Cost) -> float:
    """Return the weighted travel of all territories, each from its best centre unit."""
    return float(travel_per_territory(labels, xy, weight, cost).sum())


def mean_km(labels: Any, lonlat: Floats, weight: Floats) -> float:
    """Return the weighted mean of the kilometres to the best centre unit, along the Earth's surface."""
    return total_travel(labels, lonlat, weight, great_circle_km) / float(np.sum(weight))
