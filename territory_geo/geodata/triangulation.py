"""Neighbours of many points: Delaunay's triangulation alone, in little more than its own time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CIRCLE_WIDTH = 1e-11
"""Triangles whose centres are nearer than this share of the points' extent have their corners on one circle."""


def triangulated_pairs(xy: Floats, helpers: Floats, apart: float) -> Ints | None:
    """Return the Delaunay edges of points as a Voronoi diagram with helpers around the points has them, shape (e, 2).

    Parameters
    ----------
    xy : array, shape (n, 2)
        Points.
    helpers : array, shape (h, 2)
        Far around the points; edges that exist only beyond them are left out.
    apart : float
        Least distance of distinct points.

    Returns
    -------
    array or None
        Smaller position first, sorted; None where points lie on one spot or the triangulation leaves some out.

    Notes
    -----
    Helpers in the triangulation itself would cost half its time again. Adding a point removes the triangles whose
    circles hold it, and the edges between two of these. Where four or more points lie on a circle, the edges
    across it, between triangles with one centre, are left out too. The nearest two points share an edge, so that
    the shortest edge tells whether all are distinct. O(n log n).
    """
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
    mesh = Delaunay(xy - middle)
    if len(mesh.coplanar):
        return None
    corners, neighbors = mesh.simplices.astype(np.int64), mesh.neighbors
    centers, cut = _circles(mesh.points, corners, helpers - middle)
    width = CIRCLE_WIDTH * float(np.ptp(xy, axis=0).max())
    codes = []
    for side in range(3):
        other = neighbors[:, side]
        # Each inner edge is seen from its triangle of the smaller number, an outer one from its only triangle.
        own = np.flatnonzero((other > np.arange(len(corners))) | (other < 0))
        beyond = other[own]
        outer = beyond < 0
        across = centers[beyond] - centers[own]
        circle = ~outer & (squares(across) < width**2)
        kept = own[~circle & ~(cut[own] & (cut[beyond] | outer))]
        u, v = corners[kept, (side + 1) % 3], corners[kept, (side + 2) % 3]
        codes.append(np.minimum(u, v) * len(xy) + np.maximum(u, v))
    # As one whole number per edge: sorted many times faster than two columns.
    pairs = np.column_stack(np.divmod(np.sort(np.concatenate(codes)), len(xy)))
    lengths = squares(mesh.points[pairs[:, 0]] - mesh.points[pairs[:, 1]])
    seen = np.zeros(len(xy), dtype=bool)
    seen[pairs] = True
    return pairs if seen.all() and lengths.min() > apart**2 else None


def _circles(points: Floats, corners: Ints, helpers: Floats) -> tuple[Floats, Bools]:
    """Return the centres of the triangles' circles, shape (t, 2), and which circles hold a helper, shape (t,)."""
    a = points[corners[:, 0]]
    b, c = points[corners[:, 1]] - a, points[corners[:, 2]] - a
    double = 2.0 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    # Corners on one line have no circle: one without end, which holds helpers.
    double[double == 0.0] = 1e-300
    bb, cc = squares(b), squares(c)
    with np.errstate(over="ignore", invalid="ignore"):
        across = (c[:, 1] * bb - b[:, 1] * cc) / double
        up = (b[:, 0] * cc - c[:, 0] * bb) / double
        square = across * across + up * up
        centers = a + np.column_stack([across, up])
        # A circle goes through points: it must be as wide as the way from them to a helper to hold it.
        gap = min((np.hypot(*(points - helper).T).min() for helper in helpers), default=np.inf)
        wide = np.flatnonzero(~(square < gap * gap / 4.1))
        cut = np.zeros(len(corners), dtype=bool)
        for helper in helpers:
            cut[wide] |= ~(squares(centers[wide] - helper) >= square[wide])
    return centers, cut


def squares(vectors: Floats) -> Floats:
    """Return the squared length of each vector in a plane, shape (n,)."""
    length: Floats = vectors[:, 0] * vectors[:, 0] + vectors[:, 1] * vectors[:, 1]
    return length
