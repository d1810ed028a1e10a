"""Neighbours of many points from their triangulation, without a diagram of cells."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.geodata.delaunay import following, triangulate
from territory_geo.geodata.hilbert import hilbert_order

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CIRCLE_WIDTH = 1e-11
"""Triangles whose centres are nearer than this share of the points' extent have their corners on one circle."""


def triangulated_pairs(xy: Floats, frame: Floats, apart: float) -> Ints | None:
    """Return the Delaunay edges of points as a Voronoi diagram with helpers around the points has them, shape (e, 2).

    Parameters
    ----------
    xy : array, shape (n, 2)
        Points.
    frame : array, shape (4, 2)
        Far around the points, turning to the left; edges that exist only beyond them are left out.
    apart : float
        Least distance of distinct points.

    Returns
    -------
    array or None
        Smaller position first, sorted; None where points lie on one spot or rounding leaves the triangulation open.

    Notes
    -----
    Where four or more points lie on a circle, the edges across it, between triangles with one centre, are left out.
    The nearest two points share an edge, so that the shortest edge tells whether all are distinct. O(n log n).
    """
    order = hilbert_order(xy, np.zeros(len(xy), dtype=np.int64))
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
    x, y = np.ascontiguousarray((np.concatenate([xy[order], frame]) - middle).T)
    start, twin, count, _ = triangulate(x, y)
    if count == 0:
        return None
    width = CIRCLE_WIDTH * float(np.ptp(xy, axis=0).max())
    codes, shortest = _codes(x, y, start, twin, count, order, width)
    if shortest <= apart**2:
        return None
    # As one whole number per edge: sorted many times faster than two columns.
    codes.sort()
    return np.column_stack(np.divmod(codes, len(xy)))


@njit(cache=True)
def _codes(
    x: Floats, y: Floats, start: NDArray[np.int32], twin: NDArray[np.int32], count: int, order: Ints, width: float
) -> tuple[Ints, float]:
    """Return smaller position * n + larger position of each edge that stands, and the least square of their lengths."""
    n, held = order.shape[0], 0
    codes, shortest = np.empty(3 * n, np.int64), np.inf
    across, up = np.empty(count), np.empty(count)
    for t in range(count):
        a, b, c = start[3 * t], start[3 * t + 1], start[3 * t + 2]
        bx, by, cx, cy = x[b] - x[a], y[b] - y[a], x[c] - x[a], y[c] - y[a]
        double = 2.0 * (bx * cy - by * cx)
        bb, cc = bx * bx + by * by, cx * cx + cy * cy
        across[t] = x[a] + (cy * bb - by * cc) / double
        up[t] = y[a] + (bx * cc - cx * bb) / double
    for e in range(3 * count):
        f = twin[e]
        a, b = start[e], start[following(e)]
        # Each edge is seen from its triangle of the smaller number; the frame's own edges have no other side.
        if f < e or a >= n or b >= n:
            continue
        dx, dy = across[e // 3] - across[f // 3], up[e // 3] - up[f // 3]
        if dx * dx + dy * dy < width * width:
            continue
        u, v = order[a], order[b]
        codes[held] = min(u, v) * n + max(u, v)
        held += 1
        dx, dy = x[a] - x[b], y[a] - y[b]
        shortest = min(shortest, dx * dx + dy * dy)
    return codes[:held], shortest
