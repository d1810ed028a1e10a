"""Where territories of point units may lie: the land mask.

Inside the United States it is the shipped outline; elsewhere, and for planar data, what the user brings, or the
surroundings of the points themselves.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.plane import LocalPlane

Floats = NDArray[np.float64]

LOWER_48_BOX = (-125.0, 24.3, -66.8, 49.5)
"""Longitudes and latitudes that contain the lower 48 states."""

_BEYOND = 1 / 4
"""How far beyond the points territories go, as a share of their extent."""

_STEP_M = 20_000.0


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


def given_land(land: Any, *, geographic: bool) -> tuple[Any, str]:
    """Return the land that a user brings as "auto", None or a polygon, and what to call it.

    Parameters
    ----------
    land : "auto", path, GeoDataFrame, GeoSeries, polygon, or None
        A file or frame holds polygons, such as a country's outline; all of them together are the land.
    geographic : bool
        Whether the places are longitude and latitude; polygons of a file are brought there.

    Raises
    ------
    DataError
        If a file cannot be read, or has no polygon.
    OptionError
        If the polygons and the places are not in the same kind of coordinates, or `land` is none of these.
    """
    import geopandas as gpd

    from territory_geo.geodata.readers.vectors import in_degrees, read_vector

    if land is None or (isinstance(land, str) and land == "auto"):
        return land, ""
    if isinstance(land, (str, os.PathLike)):
        name, frame = Path(land).name, read_vector(Path(land))
    elif isinstance(land, (gpd.GeoDataFrame, gpd.GeoSeries)):
        name = "the given land"
        whole = land if isinstance(land, gpd.GeoDataFrame) else land.to_frame("geometry").set_geometry("geometry")
        frame = whole if whole.crs is None else in_degrees(whole, name)
    else:
        return _polygon(land), "a given polygon"
    if (frame.crs is not None) != geographic:
        have = (
            "longitude and latitude" if frame.crs is not None else "no reference system, which makes it planar metres"
        )
        need = "longitude and latitude" if geographic else "planar metres"
        raise OptionError(
            f"The 'land' parameter must fit the accounts, which are in {need}. {name} has {have}. State the system of "
            "the one that lacks it."
        )
    shapes = frame.geometry.to_numpy()
    areas = shapes[np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)]
    if not len(areas):
        raise DataError(f"{name} holds no polygon. Land is needed as areas, such as the outline of a country.")
    return _polygon(shapely.union_all(shapely.make_valid(areas))), name


def _polygon(land: Any) -> Any:
    """Return a polygon as it is; anything else cannot be land."""
    if not isinstance(land, shapely.Geometry) or land.geom_type not in ("Polygon", "MultiPolygon") or land.is_empty:
        raise OptionError(
            f"The 'land' parameter must be 'auto', None, a polygon, or a file or GeoDataFrame of polygons. "
            f"Got {land!r} instead."
        )
    return land


def land_near(xy: Floats, plane: LocalPlane, land: Any) -> Any:
    """Return the part of a land mask that territories of the points may cover, in the units' coordinates.

    As with the shipped outline, it ends a quarter of the points' extent beyond them: a mask of the whole continent
    must not give accounts of one country territories from coast to coast.
    """
    around = shapely.segmentize(_surroundings(plane.to_plane(xy), _BEYOND), _STEP_M)
    near = shapely.intersection(land, plane.shapes_from_plane(np.array([around], dtype=object))[0])
    parts = shapely.get_parts(near)
    areas = parts[np.isin(shapely.get_type_id(parts), (3, 6)) & ~shapely.is_empty(parts)]
    if not len(areas):
        raise OptionError("The 'land' parameter names land that lies nowhere near the accounts. Check the file.")
    return shapely.union_all(areas)


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
    return _polygon(land)


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
            _polygon(land)
        if land == "auto" and plane.geographic and _in_lower_48(xy):
            # Accounts of one state must not get territories from coast to coast. A quarter is wide enough
            # to go around a lake or a bay that lies between the points.
            return shapely.intersection(_densified(_outline(), plane), _surroundings(plane.to_plane(xy), _BEYOND))
        return _surroundings(plane.to_plane(xy), 1 / 20)
    return _densified(_polygon(land), plane)


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
