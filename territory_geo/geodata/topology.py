"""Shapes that fit together: clean polygons, Voronoi cells of points on land, dissolved territories.

Lengths and areas of cells are taken in a local equal-area plane (`plane.LocalPlane`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Voronoi, cKDTree

from territory_geo.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[Any]

CELL_GRID_M = 1e-3
"""Vertices of Voronoi cells are rounded to this many metres, so that neighbours share them exactly."""

MANY_POINTS = 20_000
"""From this many points on, neighbours come from the triangulation, without a diagram."""

SPOT_WIDTH = 1e-9
"""Points nearer than this share of the points' extent lie on one spot."""


def clean_polygons(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Return valid (multi)polygons on one precision grid, and the positions of those that had to be mended.

    Mending keeps what encloses area (self-crossings are resolved, spikes vanish); a shape that encloses none
    becomes the line it collapsed to, which still has a place and neighbours. The grid is a hundred
    thousandth of the typical shape's width: float noise between neighbours is closed, nothing visible moves.

    Raises
    ------
    DataError
        If a shape is missing, empty, or no polygon.
    """
    kinds = shapely.get_type_id(shapes)
    wrong = np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes) | ~np.isin(kinds, (3, 6)))
    if wrong.size:
        raise DataError(f"{wrong.size} shapes are missing, empty or no polygon, the first in row {wrong[0] + 1}.")
    invalid = np.flatnonzero(~shapely.is_valid(shapes))
    mended = shapes.copy()
    mended[invalid] = shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False)
    width = float(np.sqrt(np.median(shapely.area(mended))))
    grid = 10.0 ** np.floor(np.log10(max(width, 1e-12) * 1e-5))
    snapped: Shapes = shapely.set_precision(mended, grid)
    flat = np.flatnonzero(shapely.is_empty(snapped))
    collapsed = shapely.make_valid(shapes[flat], method="structure", keep_collapsed=True)
    on_grid = shapely.set_precision(collapsed, grid, mode="keep_collapsed")
    # A shape smaller than one step of the grid stays as it is.
    snapped[flat] = np.where(shapely.is_empty(on_grid), collapsed, on_grid)
    return snapped, invalid


def inner_points(shapes: Shapes) -> Floats:
    """Return one point per shape, shape (n, 2): the centroid where it lies inside, else a point on the surface."""
    points = shapely.centroid(shapes)
    outside = ~shapely.contains(shapes, points)
    points[outside] = shapely.point_on_surface(shapes[outside])
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


@dataclass(frozen=True, eq=False)
class Cells:
    """The parts of the plane nearest to each point, clipped to land.

    Parameters
    ----------
    shapes : array of polygons, shape (n,)
        In plane metres; parts of a cell cut off from its point by water belong to the neighbour they
        border on, islands stay with their cell. Empty where a point is too near to another to have a cell.
    pairs : array, shape (e, 2)
        Points whose cells share a border on land, each pair once, smaller position first.
    all_pairs : array, shape (d, 2)
        Points whose cells would share a border if there were no water (the Delaunay edges).
    moved_parts, island_parts : int
        Parts handed to a neighbour, and parts that stayed apart from their point.
    """

    shapes: Shapes
    pairs: Ints
    all_pairs: Ints
    moved_parts: int
    island_parts: int


def same_spot(xy: Floats) -> Ints:
    """Return for each point the first point that lies on its spot (itself, mostly), shape (n,).

    A spot is a billionth of the points' extent wide (5 mm in the United States): nearer points differ only by
    the noise of a geocoder or a projection.
    """
    distinct, first, inverse = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    near = cKDTree(distinct).query_pairs(SPOT_WIDTH * float(np.ptp(distinct, axis=0).max()), output_type="ndarray")
    ends = (near[:, 0], near[:, 1])
    noise = coo_matrix((np.ones(len(near), dtype=np.int8), ends), shape=(len(distinct), len(distinct)))
    spot = connected_components(noise, directed=False)[1]
    leader = np.full(len(distinct), len(xy), dtype=np.int64)
    np.minimum.at(leader, spot, first)
    leaders: Ints = leader[spot][inverse]
    return leaders


def _helpers(xy: Floats, around: float) -> tuple[Floats, Floats]:
    """Return the middle of points and four places far around them, shape (4, 2)."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    extent = float(max(high[0] - low[0], high[1] - low[1], 1.0))
    reach = 2.0 * max(extent, around) + extent
    middle = (low + high) / 2
    return middle, middle + reach * np.array([[-1.0, -1.1], [1.1, -1.0], [1.0, 1.1], [-1.1, 1.0]])


def voronoi_diagram(xy: Floats, *, around: float = 0.0) -> tuple[Voronoi, Ints, Ints]:
    """Return the Voronoi diagram of distinct points with bounded cells, its Delaunay edges, and hidden points.

    Four helpers close the outer cells; they are the last four points of the diagram. The other points' cells
    cover at least the square of half width `around` about the middle of the points. Helpers stand no farther
    than that asks for: precision falls with their distance. A point so near to another (a ten-millionth
    of the extent) that Qhull cannot tell them apart is hidden: it has no cell. The third result, of shape (h, 2),
    has the nearest point with a cell, and the hidden one.
    """
    middle, helpers = _helpers(xy, around)
    diagram = Voronoi(np.vstack([xy - middle, helpers - middle]))
    # Divided, as GEOS does: multiplied by the grid, a third of them would differ from its roundings in the last bit.
    scale = 1.0 / CELL_GRID_M
    diagram.vertices[:] = np.round((diagram.vertices + middle) * scale) / scale
    pairs = np.sort(diagram.ridge_points.astype(np.int64), axis=1)
    seen = np.isin(np.arange(len(xy)), pairs)
    kept, hidden = np.flatnonzero(seen), np.flatnonzero(~seen)
    nearest = kept[cKDTree(xy[kept]).query(xy[hidden])[1]] if len(hidden) else hidden
    return diagram, pairs, np.column_stack([nearest, hidden]).astype(np.int64)


def delaunay_pairs(xy: Floats) -> Ints:
    """Return the Delaunay edges of points, shape (e, 2); points on one spot are joined to the first of them."""
    if len(xy) >= MANY_POINTS:
        # Imported here: compiled code takes a while to load, and few tables have so many rows.
        from territory_geo.geodata.triangulation import triangulated_pairs

        _, frame = _helpers(xy, 0.0)
        found = triangulated_pairs(xy, frame, SPOT_WIDTH * float(np.ptp(xy, axis=0).max()))
        if found is not None:
            return found
    leader = same_spot(xy)
    distinct = np.unique(leader)
    stacked = np.flatnonzero(leader != np.arange(len(xy)))
    ties = np.column_stack([leader[stacked], stacked]).astype(np.int64)
    if len(distinct) < 2:
        return ties.reshape(-1, 2)
    _, pairs, hidden = voronoi_diagram(xy[distinct])
    pairs = distinct[np.vstack([pairs[pairs[:, 1] < len(distinct)], hidden])]
    edges = np.sort(np.vstack([pairs, ties]), axis=1)
    return edges[np.lexsort((edges[:, 1], edges[:, 0]))].astype(np.int64)


def voronoi_cells(xy: Floats, land: Any) -> Cells:
    """Return the Voronoi cells of distinct points, clipped to land, and which of them share a border there.

    Parameters
    ----------
    xy : array, shape (n, 2)
        Distinct points in plane metres.
    land : polygon
        Where cells may lie, in plane metres.

    Raises
    ------
    DataError
        If two points lie on one spot.
    """
    n = len(xy)
    if len(np.unique(xy, axis=0)) < n:
        raise DataError("Points on one spot have no cells of their own: merge them into one unit first.")
    west, south, east, north = shapely.bounds(land)
    middle = (xy.min(axis=0) + xy.max(axis=0)) / 2
    widest = float(np.abs(np.array([west, south, east, north]) - np.tile(middle, 2)).max())
    diagram, ridges, hidden = voronoi_diagram(xy, around=widest)
    rings = [diagram.vertices[diagram.regions[diagram.point_region[i]]] for i in range(n)]
    cells = shapely.polygons([shapely.linearrings(ring) for ring in rings])
    cells[hidden[:, 1]] = shapely.Polygon()
    points = shapely.points(xy)
    shapely.prepare(land)
    whole = shapely.contains_properly(land, cells)
    clipped = np.where(whole, cells, shapely.Polygon())
    shore = ~whole & shapely.intersects(land, cells)
    clipped[shore] = _clip(cells[shore], land)
    at_sea = (shapely.area(clipped) == 0) & ~shapely.is_empty(cells)
    if at_sea.any():
        # A point at sea gets a small island, so that it is on the map at all.
        discs = shapely.get_parts(shapely.union_all(shapely.buffer(points[at_sea], 2000.0)))
        around = np.flatnonzero(~whole)
        cell, disc = shapely.STRtree(discs).query(cells[around], predicate="intersects")
        pieces = _clip(cells[around[cell]], discs[disc])
        cell, first = np.unique(around[cell], return_index=True)
        for i, some in zip(cell.tolist(), np.split(pieces, first[1:]), strict=True):
            clipped[i] = shapely.union_all([clipped[i], *some], grid_size=CELL_GRID_M)

    real = ridges[:, 1] < n
    pairs, ends = ridges[real], np.asarray(diagram.ridge_vertices, dtype=np.int64)[real]
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs, ends = pairs[order], ends[order]
    clipped, main, moved, islands = _hand_over_parts(clipped, points, pairs)

    # Between two whole cells the ridge is the border; elsewhere measure what is left of it.
    standing = whole[pairs[:, 0]] & whole[pairs[:, 1]]
    standing &= np.linalg.norm(diagram.vertices[ends[:, 0]] - diagram.vertices[ends[:, 1]], axis=1) > CELL_GRID_M
    doubtful = np.flatnonzero(~(whole[pairs[:, 0]] & whole[pairs[:, 1]]))
    a, b = main[pairs[doubtful, 0]], main[pairs[doubtful, 1]]
    standing[doubtful] = shared_length(a, b) > 1.0
    hidden = np.sort(hidden, axis=1)
    together = np.vstack([pairs[standing], hidden])
    together = together[np.lexsort((together[:, 1], together[:, 0]))]
    return Cells(clipped, together, np.vstack([pairs, hidden]), moved, islands)


def _clip(cells: Shapes, land: Any) -> Shapes:
    """Return the polygons of cells on land (one for all, or one each)."""
    clipped: Shapes = shapely.intersection(cells, land, grid_size=CELL_GRID_M)
    # Where a cell and the land meet in a line or a point, that comes as a part of its own.
    for i in np.flatnonzero(shapely.get_type_id(clipped) == 7).tolist():
        parts = shapely.get_parts(clipped[i])
        clipped[i] = shapely.union_all(parts[shapely.area(parts) > 0])
    return clipped


def shared_length(a: Shapes, b: Any) -> Floats:
    """Return the length of the border that two cells share, in metres."""
    # Borders, not areas: an overlay of areas that meet at a very sharp angle can fail in GEOS.
    common = shapely.intersection(shapely.boundary(a), shapely.boundary(b), grid_size=10 * CELL_GRID_M)
    lengths: Floats = shapely.length(common)
    return lengths


def _hand_over_parts(shapes: Shapes, points: Shapes, pairs: Ints) -> tuple[Shapes, Shapes, int, int]:
    """Give parts of a cell that water cuts off from its point to the neighbour they border on.

    Returns the new shapes, the part of each that its point lies in (with what it was given), and the numbers
    of parts handed over and of islands that stayed.
    """
    main = shapes.copy()
    loose: list[tuple[int, Any]] = []
    for i in np.flatnonzero(shapely.get_num_geometries(shapes) > 1).tolist():
        parts = shapely.get_parts(shapes[i])
        nearest = int(np.argmin(shapely.distance(parts, points[i])))
        main[i] = parts[nearest]
        loose.extend((i, part) for j, part in enumerate(parts) if j != nearest)
    neighbours: dict[int, list[int]] = {}
    for u, v in pairs:
        neighbours.setdefault(int(u), []).append(int(v))
        neighbours.setdefault(int(v), []).append(int(u))
    several, waiting = len(loose), -1
    # A part may border only on another loose part: once that one is handed over, it has a neighbour.
    while waiting != len(loose):
        waiting, islands = len(loose), list[tuple[int, Any]]()
        for i, part in loose:
            others = neighbours.get(i, [])
            shared = shared_length(main[others], part)
            if len(others) and shared.max() > 1.0:
                j = others[int(np.argmax(shared))]
                main[j] = shapely.union(main[j], part, grid_size=CELL_GRID_M)
            else:
                islands.append((i, part))
        loose = islands
    final = main.copy()
    for i, part in loose:
        final[i] = shapely.union(final[i], part, grid_size=CELL_GRID_M)
    return final, main, several - len(loose), len(loose)


def dissolve(shapes: Shapes, labels: Ints, count: int) -> Shapes:
    """Return one shape per label 0..count-1: the union of its members, without inner borders.

    Shapes that form a clean coverage are joined by their shared borders (fast and exact), others by a
    general union.
    """
    joined = np.empty(count, dtype=object)
    area = np.isin(shapely.get_type_id(shapes), (3, 6))
    area &= ~shapely.is_empty(shapes)
    shapes, labels = shapes[area], labels[area]
    clean = bool(shapely.coverage_is_valid(shapes))
    for label in range(count):
        members = shapes[labels == label]
        joined[label] = shapely.coverage_union_all(members) if clean else shapely.union_all(members)
    touching = ~shapely.is_valid(joined)
    joined[touching] = shapely.make_valid(joined[touching], method="structure", keep_collapsed=False)
    return joined
