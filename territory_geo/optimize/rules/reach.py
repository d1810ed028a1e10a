"""Centres under a radius: among the units from which all others of the territory lie within it, the best one."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize.kernels import distance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDING = 1e-9
"""Share by which a distance may pass the radius through rounding."""
HAIR = 1e-12
"""Share by which travel must be less to count: of equal centres the first is taken."""


@njit(cache=True)
def center_within(
    members: Ints, points: Floats, weight: Floats, metric: int, scale: float, power: int, ways: Floats, radius: float
) -> tuple[int, float]:
    """Return the best centre from which all members lie within the radius, else the best of all, and the travel.

    Parameters
    ----------
    members : int array
        Units of one territory; (-1, 0) for none.
    points, weight, metric, scale, power
        As in `ProblemArrays`.
    ways : array, shape (N, N) or (0, 0)
        Distances to hold against the radius, where they are others than the minimised ones.
    radius : float
        In what `ways` or `scale` gives.

    Notes
    -----
    O(size²).
    """
    best, center, covers = np.inf, -1, False
    most = radius * (1 + ROUNDING)
    for j in members:
        total, reach = 0.0, 0.0
        for i in members:
            d = distance(points, i, j, metric, scale)
            total += weight[i] * (d if power == 1 else d * d)
            reach = max(reach, ways[i, j] if ways.size else d)
            if reach > most and covers:
                break
        if reach <= most and not covers:
            best, center, covers = total, j, True
        elif (reach <= most or not covers) and total < best * (1 - HAIR):
            best, center = total, j
    return center, 0.0 if center < 0 else best


@njit(cache=True)
def centers_within(
    labels: Ints, k: int, points: Floats, weight: Floats, metric: int, scale: float, power: int, ways: Floats,
    radius: float,
) -> tuple[Ints, Floats]:  # fmt: skip
    """Return each territory's `center_within` and the travel to it, shape (k,) each."""
    order = np.argsort(labels, kind="mergesort")
    centers, travel = np.empty(k, np.int64), np.empty(k)
    start = np.searchsorted(labels[order], np.arange(k + 1))
    for t in range(k):
        members = order[start[t] : start[t + 1]]
        centers[t], travel[t] = center_within(members, points, weight, metric, scale, power, ways, radius)
    return centers, travel
