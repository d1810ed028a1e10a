"""How far units lie from the centres of their territories, worked out anew from coordinates or the table of ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.plan.verify.result import TOLERANCE

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def too_far(problem: TerritoryProblem, owner: Mapping[str, str], km: float) -> Iterator[str]:
    """Yield the territories whose units do not all lie within `km` of the centre (of some unit, where it is a unit)."""
    territory = np.array([owner.get(unit, "") for unit in problem.units.ids], dtype=object)
    allowed, center = km * (1 + 2 * TOLERANCE), problem.objective.center
    for name in sorted(set(territory) - {""}):
        members = np.flatnonzero(territory == name)
        if center == "unit":
            if not _some_unit_reaches(problem, members, allowed):
                yield f"{name} has no unit from which all its others lie within {km:g} km"
            continue
        ways = _from_home(problem, members, str(name)) if center == "home" else _from_middle(problem, members)
        far = int(np.argmax(ways)) if len(ways) else -1
        if far >= 0 and ways[far] > allowed:
            unit = problem.units.ids[members[far]]
            yield f"unit {unit} is {ways[far]:,.1f} km from the {center} of {name}, allowed {km:g}"


def between_rows(problem: TerritoryProblem, a: Ints, b: int) -> Floats:
    """Return the kilometres from the units of rows `a` to the unit of row `b`, shape of `a`."""
    distance, units = problem.distance, problem.units
    if isinstance(distance, DistanceMatrix):
        row = {id_: i for i, id_ in enumerate(distance.ids)}
        there = [row[units.ids[i]] for i in a]
        here = row[units.ids[b]]
        ways: Floats = (distance.km[there, here] + distance.km[here, there]) / 2
        return ways
    return distance.between(units.xy[a], np.repeat(units.xy[[b]], len(a), axis=0))


def _some_unit_reaches(problem: TerritoryProblem, members: Ints, allowed: float) -> bool:
    """Tell whether one of the members has all others within reach; those near the middle are tried first."""
    spots = problem.units.plane.to_plane(problem.units.xy[members])
    middle = (spots.min(axis=0) + spots.max(axis=0)) / 2
    order = np.argsort(((spots - middle) ** 2).sum(axis=1), kind="stable")
    return any(between_rows(problem, members, int(unit)).max() <= allowed for unit in members[order])


def _from_home(problem: TerritoryProblem, members: Ints, name: str) -> Floats:
    assert problem.reps is not None
    if name not in problem.reps.frame.index:
        # Whoever is no rep has no home; another check says so.
        return np.zeros(0)
    distance, units = problem.distance, problem.units
    if isinstance(distance, DistanceMatrix):
        home = int(distance.rows([name], "reps")[0])
        there = distance.rows([units.ids[i] for i in members])
        ways: Floats = (distance.km[there, home] + distance.km[home, there]) / 2
        return ways
    place = problem.reps.frame.geometry[name]
    return distance.between(units.xy[members], np.tile([place.x, place.y], (len(members), 1)))


def _from_middle(problem: TerritoryProblem, members: Ints) -> Floats:
    """Return the kilometres from the weighted mean place (on the globe, the point above the mean in space)."""
    distance, xy = problem.distance, problem.units.xy[members]
    assert not isinstance(distance, DistanceMatrix)
    weight = problem.weight[members]
    share = weight / weight.sum() if weight.sum() > 0 else np.full(len(members), 1 / len(members))
    middle = share @ xy
    if problem.units.geographic:
        lon, lat = np.radians(xy).T
        x, y, z = share @ (np.cos(lat) * np.cos(lon)), share @ (np.cos(lat) * np.sin(lon)), share @ np.sin(lat)
        middle = np.degrees([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))])
    return distance.between(xy, np.tile(middle, (len(members), 1)))
