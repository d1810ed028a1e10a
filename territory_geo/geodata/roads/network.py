"""A road network that one can drive: from an OpenStreetMap extract to kilometres and hours between places."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.matrix import MEASURES, DistanceMatrix
from territory_geo.geodata.roads.cache import RowCache
from territory_geo.geodata.roads.extract import read_ways
from territory_geo.geodata.roads.pieces import Pieces, between_junctions, strongest
from territory_geo.geodata.roads.places import ids_and_lonlat
from territory_geo.geodata.roads.snapping import snapped
from territory_geo.geodata.roads.tags import CLASS_KMH
from territory_geo.geodata.roads.travel import RoadTravel

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.geodata.reps import Reps
    from territory_geo.geodata.units import BasicUnits

SNAP_KM = 1.0
"""Kilometres that a place may lie from its road."""


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Roads for cars, directed, with speeds; every junction can be reached from every other.

    Parameters
    ----------
    pieces : Pieces
        The roads between junctions.
    report : DataFrame
        What was kept, left out and not understood: `what`, `count`, `km` (NaN where it is not known).

    Notes
    -----
    Fastest means by time. A signed limit counts with 85 % of it, other roads with a speed of their class. Traffic,
    traffic lights, turn restrictions, gates and ferries are not considered: hours are those of free roads.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import pandas as pd
    >>> from territory_geo.geodata.units import BasicUnits
    >>> corners = {1: (1.0, 0.0), 2: (1.1, 0.0), 3: (1.1, 0.1)}
    >>> nodes = "".join(f'<node id="{i}" lon="{x}" lat="{y}"/>' for i, (x, y) in corners.items())
    >>> way = '<way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>'
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "corner.osm")
    >>> _ = path.write_text(f'<osm version="0.6">{nodes}{way}</osm>')
    >>> network = RoadNetwork.from_osm(path)
    >>> network
    <RoadNetwork: 2 junctions, 1 roads, 22.2 km>
    >>> table = pd.DataFrame({"id": ["a", "b"], "lon": [1.0, 1.1], "lat": [0.0, 0.1]})
    >>> units = BasicUnits.from_table(table, id="id", x="lon", y="lat", crs="EPSG:4326", measures=[])
    >>> network.matrix(units)
    <DistanceMatrix: 2 places, 22.2 km, 0.34 hours between two of them on average>
    >>> folder.cleanup()
    """

    pieces: Pieces
    report: pd.DataFrame

    @classmethod
    def from_osm(
        cls, path: str | os.PathLike[str], *, class_kmh: Mapping[str, float] = MappingProxyType({})
    ) -> RoadNetwork:
        """Return the road network of an OpenStreetMap extract.

        Parameters
        ----------
        path : path
            A file .osm.pbf or .osm, such as a country's from a download service. Its data is © OpenStreetMap
            contributors (ODbL 1.0): say so where you show what was made from it.
        class_kmh : mapping, optional
            Speeds of road classes without a signed limit, such as ``{"residential": 20}``; the other classes keep
            theirs (`territory_geo.geodata.roads.tags.CLASS_KMH`).

        Raises
        ------
        MissingDependency
            If osmium is not installed.
        DataError
            If the file cannot be read or holds no road on which one can drive there and back.
        OptionError
            If a class or a speed is unusable.
        """
        for kind, kmh in class_kmh.items():
            if kind not in CLASS_KMH:
                raise OptionError(f"'class_kmh' names the class {kind!r}. Allowed are {', '.join(CLASS_KMH)}.")
            if not (np.isfinite(kmh) and kmh > 0):
                raise OptionError(f"'class_kmh' of {kind!r} must be a positive number of km/h. Got {kmh!r} instead.")
        ways = read_ways(path, {**CLASS_KMH, **class_kmh})
        every = between_junctions(ways)
        pieces = strongest(every)
        if not len(pieces.km):
            raise DataError(f"{os.fspath(path)} has no roads on which one can drive there and back.")
        entries: list[tuple[str, int, float]] = [
            ("roads kept", len(pieces.km), pieces.open_km),
            (
                "roads left out: not reached there and back from the largest connected part",
                len(every.km) - len(pieces.km),
                every.open_km - pieces.open_km,
            ),
        ]
        entries += [(what, count, float("nan")) for what, count in ways.notes.items()]
        return cls(pieces, pd.DataFrame(entries, columns=["what", "count", "km"]))

    def travel(
        self,
        *places: BasicUnits | Reps | gpd.GeoDataFrame,
        snap_km: float = SNAP_KM,
        cache: RowCache | str | os.PathLike[str] | None = None,
    ) -> RoadTravel:
        """Return travel between places, computed row by row when asked for.

        Parameters
        ----------
        *places : BasicUnits, Reps or GeoDataFrame of points
            In longitude and latitude, or any CRS; the index of a GeoDataFrame is the id.
        snap_km : float, default 1.0
            How far a place may lie from its road. The way from the place to the road is not counted; `places` of the
            result tells it.
        cache : path or RowCache, optional
            Where computed rows are kept for the next time.

        Raises
        ------
        DataError
            Naming the places that are too far from any road, or have an id in common.
        """
        if not (np.isfinite(snap_km) and snap_km > 0):
            raise OptionError(f"The 'snap_km' parameter must be a positive number of km. Got {snap_km!r} instead.")
        ids, lonlat = ids_and_lonlat(*places)
        kept = cache if cache is None or isinstance(cache, RowCache) else RowCache(cache)
        return RoadTravel(self.pieces, snapped(self.pieces, ids, lonlat, snap_km), kept)

    def matrix(
        self,
        units: BasicUnits | gpd.GeoDataFrame,
        reps: Reps | None = None,
        *,
        measure: str = "km",
        snap_km: float = SNAP_KM,
        cache: RowCache | str | os.PathLike[str] | None = None,
    ) -> DistanceMatrix:
        """Return kilometres and hours between all units, and the reps' homes where they are given.

        Parameters
        ----------
        units : BasicUnits or GeoDataFrame of points
            In longitude and latitude.
        reps : Reps, optional
            Needed for a design whose trips start at home.
        measure : {"km", "hours"}, default "km"
            What a design with this matrix minimises. Paths are the fastest either way.
        snap_km, cache
            As in `travel`.
        """
        if measure not in MEASURES:
            raise OptionError(f"The 'measure' parameter must be one of {MEASURES}. Got {measure!r} instead.")
        places = [units] if reps is None else [units, reps]
        return self.travel(*places, snap_km=snap_km, cache=cache).matrix(measure)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all that travel depends on."""
        return self.pieces.fingerprint()

    def __repr__(self) -> str:
        return (
            f"<RoadNetwork: {len(self.pieces.junctions):,} junctions, {len(self.pieces.km):,} roads, "
            f"{self.pieces.open_km:,.1f} km>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"junctions": f"{len(self.pieces.junctions):,}", "roads": f"{len(self.pieces.km):,}"}
        return definition_table("Road network", entries, self.report.round(1))
