"""The land under a plan: states from the outline that ships, cut to the surroundings of the map.

Plans on a plane and plans outside of the shipped outline have no background.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory_geo.geodata.readers.topojson import read_topojson
from territory_geo.geodata.samples import data_path
from territory_geo.render.shapes import Frame, Shapes, pack_shape, polygonal, simplify_coverage

CREDIT = "Boundaries: U.S. Census Bureau"
"""Source of the outline, shown in the corner of the map."""

# How far around the plan the land reaches, as a share of the plan's extent: enough to pan a screen.
_SURROUNDINGS = 0.75
# Land is there for orientation: it may be coarser than the territories on it.
_COARSER = 2.0
# Specks of land below one pixel of a fitted map only cost bytes.
_SPECK_SHARE = 1 / 1200


@cache
def _states() -> Shapes:
    return polygonal(read_topojson(data_path("us.topojson"), "states").geometry)


def background(frame: Frame) -> dict[str, object] | None:
    """Return the packed states around a frame, or None where the outline has nothing to show.

    Parameters
    ----------
    frame : Frame
        What the map shows.

    Returns
    -------
    dict or None
        ``grid`` (degrees) and ``shapes``, each packed by `pack_shape`.
    """
    states = states_around(frame)
    if states is None:
        return None
    packed = [pack_shape(shape, grid=frame.grid) for shape in states]
    return {"grid": frame.grid, "shapes": [shape for shape in packed if shape]}


def states_around(frame: Frame) -> Shapes | None:
    """Return the states around a frame, simplified together and without specks, or None where there are none.

    Parameters
    ----------
    frame : Frame
        What is shown.

    Returns
    -------
    ndarray of MultiPolygon or None
        In the frame's degrees; they reach beyond it.
    """
    if not frame.geographic:
        return None
    states = frame.place(_states())
    view = shapely.box(*frame.bounds)
    window = shapely.box(*_widened(frame))
    # Land that the plan does not reach (Alaska, for a plan of Texas) would only hang about in the corners.
    masses = shapely.get_parts(shapely.union_all(states))
    masses = masses[shapely.intersects(masses, view)]
    if not len(masses):
        return None
    land = shapely.multipolygons(masses)
    states = states[shapely.intersects(states, window)]
    simple = simplify_coverage(states, tolerance=frame.tolerance * _COARSER, grid=frame.grid)
    kept = np.empty(len(simple), dtype=object)
    kept[:] = [_of_interest(shape, land, window, frame.extent * _SPECK_SHARE) for shape in simple]
    return kept


def _widened(frame: Frame) -> tuple[float, float, float, float]:
    west, south, east, north = frame.bounds
    reach = frame.extent * _SURROUNDINGS
    return west - reach, south - reach, east + reach, north + reach


def _of_interest(shape: BaseGeometry, land: BaseGeometry, window: BaseGeometry, speck: float) -> shapely.MultiPolygon:
    """Keep the parts that are large enough to see, in the window and on land that the plan reaches."""
    parts = shapely.get_parts(shape)
    keep = (shapely.area(parts) > speck**2) & shapely.intersects(parts, window)
    return shapely.MultiPolygon(list(parts[keep & shapely.intersects(parts, land)]))
