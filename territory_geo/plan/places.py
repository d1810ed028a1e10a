"""Where constraints meet the map: the unit of each home, the units of each container, the border of each pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.geodata.clean import id_text
from territory_geo.geodata.contiguity.borders import border_km
from territory_geo.geodata.ids import texts

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def home_units(units: BasicUnits, homes: Floats) -> Ints:
    """Return the row of the unit of each home, shape (k,).

    Parameters
    ----------
    units : BasicUnits
        Areas or hexagons, points, or both.
    homes : array, shape (k, 2)
        In the units' coordinates.

    Notes
    -----
    The area or hexagon that contains the home; where there is none, and among points, the unit that lies nearest.
    Ties go to the first id.
    """
    places = shapely.points(units.plane.to_plane(homes))
    spots = shapely.points(units.plane.to_plane(units.xy))
    found = np.full(len(homes), -1, dtype=np.int64)
    shapes = spots
    if not units.on_their_own.all():
        # Accounts on their own lie over the areas: a home belongs to the land.
        shapes = units.shapes.copy()
        shapes[units.on_their_own] = None
        home, area = shapely.STRtree(shapes).query(places, predicate="intersects")
        for h, a in sorted(zip(home.tolist(), area.tolist(), strict=True), reverse=True):
            found[h] = a
    lost = np.flatnonzero(found < 0)
    if lost.size:
        near, unit = shapely.STRtree(shapes).query_nearest(places[lost])
        for h, u in sorted(zip(near.tolist(), unit.tolist(), strict=True), reverse=True):
            found[lost[h]] = u
    return found


def containers(units: BasicUnits, column: str) -> dict[str, Ints]:
    """Return the rows of the units of each value of a column of the accounts, by value as text, sorted.

    A unit that holds accounts of several values is part of each; rows without a value are in none.
    """
    values = np.array([id_text(value).strip() for value in units.members[column]], dtype=object)
    position = {id_: i for i, id_ in enumerate(units.ids)}
    rows = np.array([position[id_] for id_ in texts(units.members["unit"])], dtype=np.int64)
    return {value: np.unique(rows[values == value]) for value in sorted(set(values) - {""})}


def border_lengths(problem: TerritoryProblem) -> Floats:
    """Return the length of the border of each pair of the contiguity graph, km, shape (e,).

    It is 0 for neighbours whose shapes have no common border: those joined by a bridge, accounts on their own.
    """
    assert problem.graph is not None
    units = problem.units
    plane = units.plane
    shapes = units.shapes
    pairs = problem.graph.pairs
    # `border_km` projects from degrees; the shapes are in the plane already.
    flat = type(plane)(plane.lon, plane.lat, geographic=False)
    return border_km(shapes, pairs, flat) if len(pairs) else np.zeros(0)
