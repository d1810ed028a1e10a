"""Which distance a study takes: straight lines, a table of ways, or the roads of an OpenStreetMap extract.

Up to a number of places the roads between all of them are followed; for more, straight lines are fitted to the roads.
What was chosen is a finding of the units, so that it reaches plan.json and the outcome.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from territory_geo.progress import Progress

if TYPE_CHECKING:
    from territory_geo.geodata.distance import Distance
    from territory_geo.geodata.matrix import DistanceMatrix
    from territory_geo.geodata.reps import Reps
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.study.asked import Design

DRIVING = "driving"
"""The finding that says how ways are measured."""

MOST_IN_TABLE = 2_000
"""Places up to which each way is found on the roads: a table of four million ways, 64 MB."""

SAMPLE = 300
"""Places whose ways the straight lines are fitted to."""

CREDIT = "roads © OpenStreetMap contributors, ODbL 1.0"


def distance_of(
    asked: Design, units: BasicUnits, reps: Reps | None, base: Path, progress: Progress
) -> tuple[Distance | DistanceMatrix, BasicUnits]:
    """Return the distance that a study asks for, and the units with what is to be said about it.

    Raises
    ------
    DataError
        If a file cannot be used, or places are too far from any road.
    MissingDependency
        If roads are asked for and osmium is not installed.
    """
    from territory_geo.geodata.distance import GreatCircle, Planar
    from territory_geo.geodata.matrix import DistanceMatrix

    if asked.distances is not None:
        return DistanceMatrix.read(base / asked.distances, symmetric=asked.symmetric).by(asked.minimise), units
    if asked.roads is None:
        return (GreatCircle(asked.detour) if units.geographic else Planar(asked.detour)), units
    return _on_roads(asked, units, reps if asked.center == "home" else None, base, progress)


def _on_roads(
    asked: Design, units: BasicUnits, homes: Reps | None, base: Path, progress: Progress
) -> tuple[Distance | DistanceMatrix, BasicUnits]:
    from territory_geo.geodata.roads import RoadNetwork, calibrate

    assert asked.roads is not None
    file = base / asked.roads
    progress("roads", 0.0, file.name)
    network = RoadNetwork.from_osm(file)
    snap_km = 1.0 if asked.snap_km is None else asked.snap_km
    places = len(units) + (0 if homes is None else len(homes))
    km = f"{network.pieces.open_km:,.0f} km of roads in {file.name}"
    distance: Distance | DistanceMatrix
    if places <= asked.most_on_roads:
        cache = None if asked.roads_cache is None else base / asked.roads_cache
        distance = network.matrix(units, homes, measure=asked.minimise, snap_km=snap_km, cache=cache)
        said = f"fastest ways between all {places:,} places on {km}"
        done = f"{asked.minimise} are minimised; {CREDIT}"
    else:
        fit = calibrate(network, units, sample=SAMPLE, snap_km=snap_km)
        distance = fit.distance
        off = float(fit.errors["median"].loc["hours"])
        said = (
            f"straight lines × {fit.distance.detour:.2f}, with speeds fitted to {km}: {places:,} places are more than "
            f"{asked.most_on_roads:,}; half of the driving times are within {100 * off:.0f} %"
        )
        done = f"km are minimised, hours are told; {CREDIT}"
    progress("roads", 1.0, said)
    entry = {"rule": DRIVING, "rows": 0, "example": said, "action": done}
    return distance, replace(units, findings=pd.concat([units.findings, pd.DataFrame([entry])], ignore_index=True))
