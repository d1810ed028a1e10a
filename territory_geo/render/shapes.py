"""Shapes for display: simplified as one coverage, put on one grid, packed as small integers.

Borders stay shared because all shapes are simplified together and every vertex is rounded by the same
rule afterwards; a shape is never simplified on its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    import geopandas as gpd

Shapes = NDArray[np.object_]

# A fitted map shows about extent / 1000 per pixel. Finer than four zooms in, because an account beside a
# border must not be seen on the other side of it.
_TOLERANCE_SHARE = 1 / 16_000
_GRID_SHARE = 1 / 100_000
_NEAR_SHARE = 1 / 400
_SNAP_SHARE = 1e-9

NEAR = 0.3
"""Weight of two territories that come close without sharing a border."""


@dataclass(frozen=True)
class Frame:
    """The part of the plane that a map shows, and the grid on which its shapes are drawn.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north: degrees when geographic, else the plan's own units.
    geographic : bool
        Longitude and latitude (True) or a plane in metres (False).
    wraps : bool
        True when the shapes lie on both sides of the 180° meridian: eastern longitudes are then moved by
        -360° so that they stay together.
    """

    bounds: tuple[float, float, float, float]
    geographic: bool
    wraps: bool = False

    @classmethod
    def around(cls, shapes: Shapes, *, geographic: bool) -> Frame:
        """Return the frame that holds all `shapes` (longitude/latitude when `geographic`)."""
        bounds = shapely.total_bounds(shapes)
        wraps = geographic and bounds[2] - bounds[0] > 300
        if wraps:
            bounds = shapely.total_bounds(_moved(shapes))
        if not np.isfinite(bounds).all():
            bounds = np.array([0.0, 0.0, 1.0, 1.0])
        west, south, east, north = (float(b) for b in bounds)
        return cls((west, south, east, north), geographic, bool(wraps))

    @property
    def extent(self) -> float:
        """The longer side of the bounds, in their units."""
        west, south, east, north = self.bounds
        return max(east - west, north - south) or 1.0

    @property
    def tolerance(self) -> float:
        """Tolerance of the simplification, in the units of the bounds."""
        return self.extent * _TOLERANCE_SHARE

    @property
    def grid(self) -> float:
        """Cell of the grid for shapes: a power of ten, in the units of the bounds."""
        return float(10.0 ** math.floor(math.log10(self.extent * _GRID_SHARE)))

    def place(self, shapes: Shapes) -> Shapes:
        """Return the shapes where this frame draws them (moved over the 180° meridian where it must)."""
        return _moved(shapes) if self.wraps else shapes


def geographic(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the table in longitude and latitude, or unchanged when it is on a plane of its own."""
    return table if table.crs is None else table.to_crs(4326)


def _moved(shapes: Shapes) -> Shapes:
    def west(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([np.where(xy[:, 0] > 0, xy[:, 0] - 360, xy[:, 0]), xy[:, 1]])

    return np.asarray(shapely.transform(shapes, west), dtype=object)


def polygonal(shapes: Iterable[BaseGeometry | None]) -> Shapes:
    """Keep the polygons of each shape; anything else, and nothing at all, becomes an empty polygon."""
    result = [_polygons(shape) for shape in shapes]
    array = np.empty(len(result), dtype=object)
    array[:] = result
    return array


def _polygons(shape: BaseGeometry | None) -> BaseGeometry:
    if shape is None or shape.is_empty:
        return shapely.Polygon()
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def simplify_coverage(shapes: Shapes, *, tolerance: float, grid: float) -> Shapes:
    """Simplify shapes that tile an area, all together, and round them to one grid.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        Shapes that share their borders. Vertices that differ by less than a billionth of the extent are
        snapped together first; if the shapes overlap even then, they are only rounded.
    tolerance : float
        Square root of the area (in the shapes' units) of the largest detail that is dropped.
    grid : float
        Cell of the grid, in the shapes' units.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        New shapes; neighbours still share their borders vertex by vertex.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> two = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    >>> float(shapely.area(simplify_coverage(two, tolerance=0.01, grid=0.001)).sum())
    2.0
    """
    filled = ~shapely.is_empty(shapes)
    if not filled.any():
        return shapes
    work = shapes[filled]
    if not _is_sound(work):
        bounds = shapely.total_bounds(work)
        snap = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) * _SNAP_SHARE
        work = polygonal(shapely.set_precision(shapely.make_valid(work), snap))
    if _is_sound(work):
        work = np.asarray(shapely.coverage_simplify(work, tolerance), dtype=object)
    result = shapes.copy()
    result[filled] = shapely.set_precision(work, grid, mode="pointwise")
    return result


def _is_sound(shapes: Shapes) -> bool:
    # Both: a coverage can be valid while one of its polygons touches itself, which simplification refuses.
    return bool(shapely.is_valid(shapes).all()) and bool(shapely.coverage_is_valid(shapes))


def neighbour_graph(shapes: Shapes, *, frame: Frame) -> nx.Graph[int]:
    """Join shapes that share a border (weight 1) or lie so close that the eye compares them (weight `NEAR`).

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        Shapes in the frame's coordinates.
    frame : Frame
        Where they are drawn; gives the distance that counts as close.

    Returns
    -------
    networkx.Graph
        Nodes 0 … n-1, edges with ``weight``.
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(shapes)))
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="dwithin", distance=frame.extent * _NEAR_SHARE)
    first, second = left[left < right], right[left < right]
    # Lines, not areas: rounding may leave a shape that touches itself, which overlay of areas refuses.
    lines = shapely.boundary(shapes)
    border = shapely.length(shapely.intersection(lines[first], lines[second])) > frame.grid
    for i, j, shared in sorted(zip(first.tolist(), second.tolist(), border.tolist(), strict=True)):
        graph.add_edge(i, j, weight=1.0 if shared else NEAR)
    return graph


def pack_shape(shape: BaseGeometry, *, grid: float) -> list[list[list[int]]]:
    """Pack a shape as integers: polygons → rings → first vertex (x, y), then steps from vertex to vertex.

    Rings that the grid has collapsed to a line are left out.
    """
    packed = []
    for polygon in shapely.get_parts(shape):
        rings = [_pack_ring(ring, grid) for ring in shapely.get_rings(polygon)]
        if rings and rings[0]:
            packed.append([ring for ring in rings if ring])
    return packed


def _pack_ring(ring: BaseGeometry, grid: float) -> list[int]:
    xy = np.rint(shapely.get_coordinates(ring) / grid).astype(np.int64)
    # The last vertex repeats the first; so does every vertex that rounding has moved onto the one before.
    xy = xy[:-1][(np.diff(xy, axis=0) != 0).any(axis=1)]
    if len(xy) < 3:
        return []
    return np.concatenate([xy[:1], np.diff(xy, axis=0)]).ravel().tolist()
