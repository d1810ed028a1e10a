"""Where territories of point units may lie: the land mask.

Inside the United States it is the shipped outline; elsewhere, and for planar data, the surroundings of the
points themselves.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.errors import OptionError
from territory_geo.geodata.plane import LocalPlane

Floats = NDArray[np.float64]

LOWER_48_BOX = (-125.0, 24.3, -66.8, 49.5)
"""Longitudes and latitudes that contain the lower 48 states."""


@cache
def _outline() -> Any:
    """The shipped outline of the lower 48 states, longitude and latitude."""
    from territory_geo.geodata.samples import us_outline

    land = shapely.make_valid(shapely.union_all(us_outline().geometry.to_numpy()))
    return shapely.intersection(land, shapely.box(*LOWER_48_BOX))


@cache
def _whole_outline() -> Any:
    """The shipped outline of all states, longitude and latitude."""
    from territory_geo.geodata.samples import us_outline

    # One valid shape already.
    return us_outline().geometry.to_numpy()[0]


def mask_for(xy: Floats, land: Any = "auto") -> Any:
    """Return the land that places can be checked against, in degrees, or None where none is known.

    Parameters
    ----------
    xy : array, shape (n, 2)
        Longitudes and latitudes.
    land : "auto", polygon in degrees, or None
        "auto" is the shipped outline of the United States where four in five places lie in the box of the lower
        48 states, and three in four of those on land; elsewhere nothing is known.

    Raises
    ------
    OptionError
        If `land` is none of these.
    """
    if land is None:
        return None
    if isinstance(land, str) and land == "auto":
        west, south, east, north = LOWER_48_BOX
        inside = (xy[:, 0] > west) & (xy[:, 0] < east) & (xy[:, 1] > south) & (xy[:, 1] < north)
        if inside.mean() < 0.8:
            return None
        mask = _whole_outline()
        shapely.prepare(mask)
        return mask if shapely.contains_xy(mask, xy[inside, 0], xy[inside, 1]).mean() >= 0.75 else None
    if not isinstance(land, shapely.Geometry) or land.geom_type not in ("Polygon", "MultiPolygon") or land.is_empty:
        raise OptionError(f"The 'land' parameter must be 'auto', None or a polygon. Got {land!r} instead.")
    return land


def land_around(xy: Floats, plane: LocalPlane, land: Any = "auto") -> Any:
    """Return the land mask in plane metres.

    Parameters
    ----------
    xy : array, shape (n, 2)
        The units' places in their own coordinates.
    plane : LocalPlane
        Where the mask is wanted.
    land : "auto", polygon in the units' coordinates, or None
        None, and "auto" outside the United States: the convex hull of the points, wider by a twentieth of
        their extent. "auto" inside: the shipped outline within the hull, wider by a quarter.
    """
    if land is None or isinstance(land, str):
        if land not in (None, "auto"):
            raise OptionError(f"The 'land' parameter must be 'auto', None or a polygon. Got {land!r} instead.")
        if land == "auto" and plane.geographic and _in_lower_48(xy):
            # Accounts of one state must not get territories from coast to coast. A quarter is wide enough
            # to go around a lake or a bay that lies between the points.
            return shapely.intersection(_densified(_outline(), plane), _surroundings(plane.to_plane(xy), 1 / 4))
        return _surroundings(plane.to_plane(xy), 1 / 20)
    if not isinstance(land, shapely.Geometry) or land.geom_type not in ("Polygon", "MultiPolygon") or land.is_empty:
        raise OptionError(f"The 'land' parameter must be 'auto', None or a polygon. Got {land!r} instead.")
    return _densified(land, plane)


def mask_name(xy: Floats, plane: LocalPlane, land: Any = "auto") -> str:
    """Return in words which mask `land_around` takes."""
    if isinstance(land, str) and land == "auto" and plane.geographic and _in_lower_48(xy):
        return "the shipped outline of the United States"
    return "none, the surroundings of the points" if land is None or isinstance(land, str) else "a given polygon"


def _surroundings(points: Floats, margin: float) -> Any:
    extent = float(np.ptp(points, axis=0).max())
    return shapely.buffer(shapely.convex_hull(shapely.multipoints(points)), max(margin * extent, 1.0))


def _in_lower_48(xy: Floats) -> bool:
    west, south, east, north = LOWER_48_BOX
    inside = (xy[:, 0] > west) & (xy[:, 0] < east) & (xy[:, 1] > south) & (xy[:, 1] < north)
    if inside.mean() < 0.98:
        return False
    return float(shapely.contains_xy(_outline(), xy[inside, 0], xy[inside, 1]).mean()) > 0.9


def _densified(land: Any, plane: LocalPlane) -> Any:
    """Project a mask whose long straight borders (parallels) must not become chords."""
    dense = shapely.segmentize(land, 0.25) if plane.geographic else land
    mask = plane.shapes_to_plane(np.array([dense], dtype=object))[0]
    return shapely.make_valid(mask)
