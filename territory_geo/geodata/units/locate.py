"""Which area each point lies in: ties by the smallest id, points outside by the nearest area within a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.geodata.plane import LocalPlane

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Located:
    """Where points lie.

    Parameters
    ----------
    area : array, shape (n,)
        Position of the area that holds the point or is nearest to it; -1 where there is none.
    holding : array, shape (n,)
        How many areas hold the point, border included: more than one on a shared border or in an overlap.
    distance_km : array, shape (n,)
        To that area; 0 inside, infinite where it cannot be told.
    """

    area: Ints
    holding: Ints
    distance_km: Floats


def locate(xy: Floats, shapes: NDArray[Any], ids: list[str], *, geographic: bool) -> Located:
    """Find the area of each point.

    Parameters
    ----------
    xy : array, shape (n, 2)
        Points, in the areas' coordinates.
    shapes : array of polygons, shape (m,)
        Valid areas; missing ones hold nothing.
    ids : list of str, length m
        The smallest of these, as text, wins where several areas hold a point or are equally near.
    geographic : bool
        Whether coordinates are degrees; distances are then taken in a local plane.

    Notes
    -----
    The tree holds the points and the areas ask it, because GEOS prepares what asks: O((n + vertices) log n).
    """
    n = len(xy)
    rank = np.empty(len(ids), dtype=np.int64)
    by_rank = np.argsort(np.array(ids, dtype=str), kind="stable")
    rank[by_rank] = np.arange(len(ids))
    points = shapely.points(xy)
    asked, found = shapely.STRtree(points).query(shapes, predicate="intersects")
    holding = np.bincount(found, minlength=n).astype(np.int64)
    best = np.full(n, len(ids), dtype=np.int64)
    np.minimum.at(best, found, rank[asked])
    distance = np.zeros(n)
    outside = np.flatnonzero(holding == 0)
    if len(outside):
        best[outside], distance[outside] = _nearest(xy[outside], shapes, rank, geographic=geographic)
    area = np.full(n, -1, dtype=np.int64)
    known = best < len(ids)
    area[known] = by_rank[best[known]]
    return Located(area, holding, distance)


def _nearest(xy: Floats, shapes: NDArray[Any], rank: Ints, *, geographic: bool) -> tuple[Ints, Floats]:
    """Return the rank of the area nearest to each point, and the distance in km."""
    bounds = shapely.bounds(shapes)
    corners = bounds[np.isfinite(bounds).all(axis=1)].reshape(-1, 2)
    plane = LocalPlane.around(np.vstack([corners, xy]), geographic=geographic)
    flat, places = plane.shapes_to_plane(shapes), plane.to_plane(xy)
    best = np.full(len(xy), len(shapes), dtype=np.int64)
    distance = np.full(len(xy), np.inf)
    # The far side of the globe has no place in the plane.
    seen = np.flatnonzero(np.isfinite(places).all(axis=1))
    tree = shapely.STRtree(flat)
    asked, found = tree.query_nearest(shapely.points(places[seen]), all_matches=True)
    np.minimum.at(best, seen[asked], rank[found])
    distance[seen[asked]] = shapely.distance(shapely.points(places[seen[asked]]), flat[found]) / 1000.0
    return best, distance
