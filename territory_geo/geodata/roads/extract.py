"""Reading the roads of an OpenStreetMap extract (.osm.pbf, .osm) with osmium.

Only ways that a car may use are kept; what is left out is counted, by reason.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.errors import DataError, MissingDependency
from territory_geo.geodata.roads.tags import CLASS_KMH, Drive, drive

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".o5m")
"""Names of files that osmium reads."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Drivable ways as arrays: `offsets` cut the nodes into ways.

    Parameters
    ----------
    nodes : int array, shape (m,)
        Node ids of all ways, one way after the other.
    lonlat : array, shape (m, 2)
        Where they are, in degrees.
    offsets : int array, shape (w + 1,)
        Way i has the nodes `offsets[i]` to `offsets[i + 1]`.
    kmh : array, shape (w, 2)
        Speed with and against a way's direction; 0 where closed.
    passing : bool array, shape (w,)
        Whether one cannot stop there.
    notes : dict
        What was left out or not understood, and how often.
    """

    nodes: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    offsets: NDArray[np.int64]
    kmh: NDArray[np.float64]
    passing: NDArray[np.bool_]
    notes: dict[str, int]


def read_ways(path: str | os.PathLike[str], class_kmh: Mapping[str, float] = CLASS_KMH) -> Ways:
    """Return the drivable ways of an extract, in the file's order.

    Raises
    ------
    MissingDependency
        If osmium is not installed.
    DataError
        If the file does not exist, is no OpenStreetMap file or holds no drivable way.
    """
    file = Path(path)
    if not file.is_file():
        raise DataError(f"{file} does not exist or is no file. Check the spelling, or give the full path.")
    if not file.name.lower().endswith(SUFFIXES):
        raise DataError(f"{file} is no OpenStreetMap extract by its name. Allowed endings: {', '.join(SUFFIXES)}.")
    osmium = _osmium()
    found = _Found()
    try:
        for way in (
            osmium.FileProcessor(str(file), osmium.osm.NODE | osmium.osm.WAY)
            .with_locations()
            .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
            .with_filter(osmium.filter.KeyFilter("highway"))
        ):
            rule = drive(dict(way.tags), class_kmh)
            if isinstance(rule, Drive):
                found.add(rule, way.nodes)
            else:
                found.notes["ways not for cars" if rule is None else f"ways closed to cars: {rule}"] += 1
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise DataError(f"{file} cannot be read as OpenStreetMap data: {error}. Download the extract anew.") from error
    if not found.kmh:
        raise DataError(f"{file} holds no road that a car may use ({found.notes.total():,} other ways).")
    return found.ways()


class _Found:
    """Ways while they are read."""

    def __init__(self) -> None:
        self.nodes: list[int] = []
        self.lonlat: list[tuple[float, float]] = []
        self.offsets = [0]
        self.kmh: list[tuple[float, float]] = []
        self.passing: list[bool] = []
        self.notes: Counter[str] = Counter()

    def add(self, rule: Drive, nodes: Any) -> None:
        """Add a way; where the extract lacks nodes (beyond its border) the way is cut in two."""
        run: list[tuple[int, float, float]] = []
        for node in nodes:
            place = node.location
            if place.valid():
                run.append((node.ref, place.lon, place.lat))
            else:
                self.notes["nodes missing in the extract: the way is cut there"] += 1
                self._keep(rule, run)
                run = []
        self._keep(rule, run)
        if rule.unread is not None:
            self.notes[f"limits not understood: maxspeed={rule.unread}"] += 1

    def _keep(self, rule: Drive, run: list[tuple[int, float, float]]) -> None:
        if len(run) < 2:
            return
        self.nodes += [ref for ref, _, _ in run]
        self.lonlat += [(lon, lat) for _, lon, lat in run]
        self.offsets.append(len(self.nodes))
        self.kmh.append((rule.forward_kmh, rule.backward_kmh))
        self.passing.append(rule.passing)

    def ways(self) -> Ways:
        return Ways(
            np.array(self.nodes, dtype=np.int64),
            np.array(self.lonlat, dtype=float),
            np.array(self.offsets, dtype=np.int64),
            np.array(self.kmh, dtype=float),
            np.array(self.passing, dtype=bool),
            dict(sorted(self.notes.items())),
        )


def _osmium() -> Any:
    try:
        import osmium
        import osmium.filter
    except ImportError as error:
        raise MissingDependency(
            "Road networks need the package osmium, which is not installed. Install it with: "
            "pip install 'territory-geo[roads]'"
        ) from error
    return osmium
