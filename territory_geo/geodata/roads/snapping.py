"""Joining places to the road: the nearest point of a road on which one can stop.

How far each place lies from its road is kept and reported; places farther than a limit are refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata.plane import LocalPlane
from territory_geo.geodata.roads.pieces import Pieces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AT_JUNCTION_KM = 0.001
"""Nearer than this to a junction, a place is at the junction itself."""


@dataclass(frozen=True, eq=False)
class Snapped:
    """Where places meet the road.

    Parameters
    ----------
    table : DataFrame
        Index `id`; `lon`, `lat` (the place), `road_lon`, `road_lat` (the point on the road), `off_km` between them.
    road : int array, shape (p,)
        The road of each place.
    share : array, shape (p,)
        How much of the road lies before it, 0 to 1; 0 and 1 are its junctions.
    """

    table: pd.DataFrame
    road: Ints
    share: Floats


def snapped(pieces: Pieces, ids: list[str], xy: Floats, limit_km: float) -> Snapped:
    """Return where places meet the road.

    Raises
    ------
    DataError
        Naming the places that are farther from a road than the limit.
    """
    stopping = np.flatnonzero(~pieces.passing)
    if not stopping.size:
        raise DataError("The road network holds only motorways and trunk roads, where nobody can stop.")
    plane = LocalPlane.around(pieces.junctions, geographic=True)
    vertices = plane.to_plane(pieces.lonlat)
    run = np.repeat(np.arange(len(pieces.km)), np.diff(pieces.offsets))
    lines = shapely.linestrings(vertices, indices=run)[stopping]
    points = shapely.points(plane.to_plane(xy))
    if not np.isfinite(shapely.get_coordinates(points)).all():
        raise DataError("Some places have no finite coordinates near the road network. Check longitude and latitude.")
    place, line = shapely.STRtree(lines).query_nearest(points, all_matches=True)
    # Several roads at one distance (they meet there): the first in the network's own order.
    order = np.lexsort((line, place))
    first = order[np.unique(place[order], return_index=True)[1]]
    nearest = line[first]
    share = shapely.line_locate_point(lines[nearest], points, normalized=True)
    road = stopping[nearest]
    length = pieces.km[road]
    share = np.where(share * length < AT_JUNCTION_KM, 0.0, np.where((1 - share) * length < AT_JUNCTION_KM, 1.0, share))
    on_road = shapely.line_interpolate_point(lines[nearest], share, normalized=True)
    off = shapely.distance(points, on_road) / 1000.0
    met = shapely.get_coordinates(plane.shapes_from_plane(on_road))
    table = pd.DataFrame(
        {"lon": xy[:, 0], "lat": xy[:, 1], "road_lon": met[:, 0], "road_lat": met[:, 1], "off_km": off},
        index=pd.Index(ids, name="id"),
    )
    far = table["off_km"].to_numpy() > limit_km
    if far.any():
        worst = table[far].sort_values("off_km", ascending=False, kind="stable")["off_km"]
        listed = ", ".join(f"{id_} ({km:,.1f} km)" for id_, km in worst.head(5).items())
        raise DataError(
            f"{int(far.sum()):,} of {len(table):,} places are more than {limit_km:g} km from a road of the network: "
            f"{listed}. Take an extract that covers them, leave them out, or allow more with snap_km=… (--snap-km"
            " on the command line)."
        )
    return Snapped(table, road, share)
