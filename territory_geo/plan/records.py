"""Distances and workloads as plain records for a saved plan's JSON file, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from territory_geo.demand.rules import WorkRules
from territory_geo.demand.tours.estimate import TourModel
from territory_geo.demand.workload import Workload
from territory_geo.errors import OptionError
from territory_geo.geodata.distance import Distance, GreatCircle, Planar
from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.geodata.speed import SpeedProfile

_DISTANCES: dict[str, type[GreatCircle] | type[Planar]] = {"great_circle": GreatCircle, "planar": Planar}


def distance_record(distance: Distance | DistanceMatrix | None) -> dict[str, Any] | None:
    """Return straight lines as a record, None for None.

    Raises
    ------
    OptionError
        If it is a distance of another kind.
    """
    for kind, made in _DISTANCES.items():
        if isinstance(distance, made):
            speed = distance.speed
            return {
                "kind": kind, "detour": distance.detour,
                "speed": None if speed is None else {"kmh": list(speed.kmh), "upto_km": list(speed.upto_km)},
            }  # fmt: skip
    if distance is not None:
        raise OptionError(f"A plan with the distance {distance!r} cannot be saved.")
    return None


def distance_of(record: dict[str, Any] | None) -> GreatCircle | Planar | None:
    """Return the straight lines of a record."""
    if record is None:
        return None
    speed = record.get("speed")
    profile = None if speed is None else SpeedProfile(**speed)
    return _DISTANCES[record["kind"]](detour=record["detour"], speed=profile)


def workload_record(workload: Workload) -> dict[str, Any]:
    """Return a workload as a record."""
    rules = {f.name: getattr(workload.rules, f.name) for f in fields(WorkRules) if f.name != "distance"}
    return {
        "rules": {**rules, "distance": matrix_record(workload.rules.distance)},
        "tours": asdict(workload.tours), "visits": workload.visits, "minutes": workload.minutes,
    }  # fmt: skip


def matrix_record(distance: Distance | DistanceMatrix | None) -> dict[str, Any] | None:
    """Return a distance as a record; a table's numbers are stored apart."""
    if isinstance(distance, DistanceMatrix):
        return {"kind": "matrix", "measure": distance.measure, "hours": distance.hours is not None}
    return distance_record(distance)


def workload_of(
    record: dict[str, Any] | None, distance: Callable[[dict[str, Any] | None], Any] = distance_of
) -> Workload | None:
    """Return the workload of a record; `distance` reads its distance."""
    if record is None:
        return None
    rules = {**record["rules"], "distance": distance(record["rules"]["distance"])}
    return Workload(WorkRules(**rules), TourModel(**record["tours"]), record["visits"], record["minutes"])
