"""Neighbours among polygons: those that share a border (rook), or at least a corner (queen)."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.geodata.plane import LocalPlane

Ints = NDArray[np.int64]
Shapes = NDArray[Any]

RULES = ("rook", "queen")
"""What makes neighbours of two areas: a border, or a corner as well."""


def shared_border_pairs(shapes: Shapes) -> Ints:
    """Return the pairs of polygons that share a border of positive length (rook contiguity), shape (e, 2).

    The shapes must lie on one precision grid (`topology.clean_polygons`).

    Notes
    -----
    On a clean coverage neighbours have the same vertices along their border: a segment that two shapes have
    settles a pair by sorting, O(v log v) in vertices. Only pairs that meet without one are intersected.
    """
    pairs = touching_pairs(shapes)
    settled = _have_common_segment(shapes, pairs)
    rest = np.flatnonzero(~settled)
    settled[rest] = shapely.length(shapely.intersection(shapes[pairs[rest, 0]], shapes[pairs[rest, 1]])) > 0
    return pairs[settled]


def touching_pairs(shapes: Shapes) -> Ints:
    """Return the pairs of shapes with at least a point in common (queen contiguity), sorted, shape (e, 2)."""
    tree = shapely.STRtree(shapes)
    u, v = tree.query(shapes, predicate="intersects")
    pairs = np.column_stack([u[u < v], v[u < v]]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def border_km(shapes: Shapes, pairs: Ints, plane: LocalPlane) -> NDArray[np.float64]:
    """Return the length of the border that each pair shares, in km, shape (e,); of an overlap, its outline."""
    common = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    lengths: NDArray[np.float64] = shapely.length(plane.shapes_to_plane(common)) / 1000.0
    return lengths


def area_pairs(shapes: Shapes, known: Ints | None, *, rule: str, min_border_km: float, plane: LocalPlane) -> Ints:
    """Return the neighbours among areas, shape (e, 2).

    Parameters
    ----------
    shapes : array of polygons, shape (n,)
        On one precision grid.
    known : array, shape (k, 2), or None
        Neighbours by shared arcs, where the source states them; taken instead of the shapes' borders.
    rule : {"rook", "queen"}
        A border, or a corner as well.
    min_border_km : float
        Borders shorter than this do not count; with "queen" too, so that corners then do not.
    plane : LocalPlane
        Where lengths are taken.
    """
    if rule == "queen":
        pairs = touching_pairs(shapes)
        pairs = pairs if known is None else np.unique(np.vstack([pairs, known]), axis=0)
    else:
        pairs = shared_border_pairs(shapes) if known is None else known
    return pairs if min_border_km <= 0 else pairs[border_km(shapes, pairs, plane) >= min_border_km]


def coverage_faults(shapes: Shapes) -> tuple[Ints, float]:
    """Return the positions of polygons that overlap or do not fit their neighbours, and the overlap's area.

    The area is a share of all shapes' area.
    """
    solid = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (3, 6)))
    if shapely.coverage_is_valid(shapes[solid]):
        return np.empty(0, dtype=np.int64), 0.0
    wrong = solid[~shapely.is_empty(shapely.coverage_invalid_edges(shapes[solid]))]
    total = float(shapely.area(shapes[solid]).sum())
    pairs = touching_pairs(shapes[wrong])
    over = shapely.area(shapely.intersection(shapes[wrong[pairs[:, 0]]], shapes[wrong[pairs[:, 1]]])).sum()
    return wrong.astype(np.int64), float(over) / total if total else 0.0


def _have_common_segment(shapes: Shapes, pairs: Ints) -> NDArray[np.bool_]:
    """Return which pairs have a segment from vertex to vertex in common, shape (e,)."""
    # Only polygons have rings; files of areas mostly hold multipolygons.
    parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    owner = shape[part]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    along = np.flatnonzero(ring[1:] == ring[:-1])
    _, vertex = np.unique(xy, axis=0, return_inverse=True)
    vertex = vertex.ravel().astype(np.int64)
    ends = np.sort(np.column_stack([vertex[along], vertex[along + 1]]), axis=1)
    code = ends[:, 0] * (int(vertex.max(initial=0)) + 1) + ends[:, 1]
    holder = owner[ring[along]].astype(np.int64)
    order = np.lexsort((holder, code))
    code, holder = code[order], holder[order]
    same = np.flatnonzero((code[1:] == code[:-1]) & (holder[1:] != holder[:-1]))
    common = holder[same] * len(shapes) + holder[same + 1]
    found: NDArray[np.bool_] = np.isin(pairs[:, 0] * len(shapes) + pairs[:, 1], common)
    return found
