"""Order along Hilbert's curve: units that follow one another in it are near one another on the map."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS = 16
"""Times that the square is quartered: 65,536 steps along each side."""


@njit(cache=True)
def hilbert_index(x: int, y: int, levels: int) -> int:
    """Return the number of cell (x, y) along Hilbert's curve through a square of 2**levels cells a side.

    References
    ----------
    Hilbert 1891; the turning of quadrants as in Warren, Hacker's Delight (2012), section 16.
    """
    index = 0
    side = 1 << (levels - 1)
    while side > 0:
        right, up = (x & side) > 0, (y & side) > 0
        index += side * side * ((3 if right else 0) ^ (1 if up else 0))
        if not up:
            if right:
                x, y = side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1))
            x, y = y, x
        side >>= 1
    return index


@njit(cache=True)
def hilbert_indices(x: Floats, y: Floats, levels: int) -> Ints:
    """Return the number along the curve of each place, shape (n,); the square fits around all places."""
    n = x.shape[0]
    width = max(x.max() - x.min(), y.max() - y.min())
    step = ((1 << levels) - 1) / width if width > 0 else 0.0
    index, west, south = np.empty(n, np.int64), x.min(), y.min()
    for i in range(n):
        index[i] = hilbert_index(int((x[i] - west) * step), int((y[i] - south) * step), levels)
    return index


def flat_places(points: Floats, sphere: bool) -> Floats:
    """Return points of shape (n, 3) as places in a plane, shape (n, 2).

    Points on the sphere are seen from above their mean (equal area, Lambert), which keeps near what is near.
    """
    if not sphere:
        return points[:, :2]
    up = points.mean(axis=0)
    length = float(np.linalg.norm(up))
    up = up / length if length > 1e-9 else np.array([0.0, 0.0, 1.0])
    east = np.cross([0.0, 0.0, 1.0], up)
    length = float(np.linalg.norm(east))
    east = east / length if length > 1e-9 else np.array([1.0, 0.0, 0.0])
    spread = np.sqrt(2.0 / np.maximum(1.0 + points @ up, 1e-9))
    return np.column_stack([points @ east * spread, points @ np.cross(up, east) * spread])


def hilbert_order(places: Floats, group: Ints) -> Ints:
    """Return the units in the order of the curve, group after group, shape (n,); O(n log n).

    Parameters
    ----------
    places : array, shape (n, 2)
        In a plane.
    group : int array, shape (n,)
        Units of one group stay together.
    """
    index = hilbert_indices(np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1]), LEVELS)
    order: Ints = np.lexsort((index, group)) if group.any() else np.argsort(index, kind="stable")
    return order
