"""Centres, travel and balance of a plan, as pure functions of a problem and its territory numbers.

Everything is computed from the problem's tables; the optimiser's arrays are not used here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.plan.constraints import MaxRadius
from territory_geo.plan.metrics.promising import promising

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK = 4_000_000
"""Distances held in memory at once."""

SCREENED = 50
"""From this many units on, a territory's candidates are screened before they are measured."""
RADIUS_SLACK = 1e-9
"""Share by which a radius may be passed by rounding alone."""


@dataclass(frozen=True, eq=False)
class Centers:
    """Where trips start, per territory.

    Parameters
    ----------
    xy : array, shape (k, 2)
        Coordinates as those of the units.
    unit : int array, shape (k,)
        The row of the unit that is the centre; -1 where it is none (a centroid, a home).
    """

    xy: Floats
    unit: Ints

    def taken(self, order: Ints) -> Centers:
        """Return the same centres in another order."""
        return Centers(self.xy[order], self.unit[order])


def centers_of(problem: TerritoryProblem, codes: Ints) -> Centers:
    """Return the centres that the problem's objective measures from; codes follow the order of territory ids."""
    none = np.full(problem.n_territories, -1, dtype=np.int64)
    if problem.objective.center == "home":
        assert problem.homes is not None
        return Centers(problem.homes, none)
    if problem.objective.center == "centroid":
        return Centers(centroids(problem, codes), none)
    units = best_units(problem, codes)
    return Centers(problem.units.xy[units], units)


def centroids(problem: TerritoryProblem, codes: Ints) -> Floats:
    """Return the weighted mean place of each territory, shape (k, 2).

    In longitude and latitude it is the point of the surface above the mean of the units' points in space. Units of
    no weight count only where all of a territory's are.
    """
    assert not isinstance(problem.distance, DistanceMatrix)
    placed = problem.distance.place(problem.units.xy)
    means = np.full((problem.n_territories, 3), np.nan)
    for territory in range(problem.n_territories):
        members = np.flatnonzero(codes == territory)
        weight = problem.weight[members]
        if members.size:
            means[territory] = np.average(placed.points[members], axis=0, weights=weight if weight.any() else None)
    if placed.kind == "sphere":
        x, y, z = means.T
        means = np.degrees(np.column_stack([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))]))
    places: Floats = means[:, :2]
    return places


def best_units(problem: TerritoryProblem, codes: Ints) -> Ints:
    """Return, per territory, the unit from which the weighted travel to all its units is least, shape (k,).

    Parameters
    ----------
    problem : TerritoryProblem
        Gives places, distance, power and weights.
    codes : int array, shape (n,)
        Territory number of each unit.

    Notes
    -----
    Every member is tried, in large territories after a quick screening where there are coordinates: O(sum of squared
    territory sizes). Equal travel goes to the first id. Under a `MaxRadius` only members from which all others lie
    within it are tried, where there are any.
    """
    weight, power = problem.weight, problem.objective.power
    radius = min((c.km for c in problem.of_kind(MaxRadius)), default=None)
    centers = np.full(problem.n_territories, -1, dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    start = np.searchsorted(codes[order], np.arange(problem.n_territories + 1))
    candidates = _screened(problem, order, start) if radius is None else np.ones(len(codes), dtype=bool)
    for territory in np.flatnonzero(np.diff(start)).tolist():
        members = order[start[territory] : start[territory + 1]]
        hopeful, size = members[candidates[members]], len(members)
        block = max(1, _BLOCK // size)
        totals, reach = np.empty(len(hopeful)), np.zeros(len(hopeful))
        for first in range(0, len(hopeful), block):
            some = hopeful[first : first + block]
            a, b = np.repeat(some, size), np.tile(members, len(some))
            kilometres = between_units(problem, a, b).reshape(len(some), size)
            totals[first : first + block] = (kilometres**power) @ weight[members]
            if radius is not None:
                reach[first : first + block] = _reach_km(problem, a, b, kilometres).max(axis=1)
        if radius is not None and (reach <= radius * (1 + RADIUS_SLACK)).any():
            totals[reach > radius * (1 + RADIUS_SLACK)] = np.inf
        # Rounding must not choose between equal candidates: the first within a hair of the best is taken.
        centers[territory] = hopeful[int(np.flatnonzero(totals <= totals.min() * (1 + 1e-12))[0])]
    return centers


def _screened(problem: TerritoryProblem, order: Ints, start: Ints) -> NDArray[np.bool_]:
    """Return which units are tried as centres, shape (n,): all but those of large territories that cannot be best."""
    tried = np.ones(len(order), dtype=bool)
    large = np.flatnonzero(np.diff(start) >= SCREENED)
    if large.size and not isinstance(problem.distance, DistanceMatrix):
        rows = np.concatenate([order[start[t] : start[t + 1]] for t in large])
        size = np.diff(start)[large]
        placed = problem.distance.place(problem.units.xy[rows])
        sphere, power = placed.kind == "sphere", problem.objective.power
        tried[rows] = promising(
            placed.points, problem.weight[rows], np.cumsum(size) - size, sphere=sphere, power=power
        )  # fmt: skip
    return tried


def between_units(problem: TerritoryProblem, a: Ints, b: Ints) -> Floats:
    """Return what is minimised between the units of rows `a` and `b`, shape of both: kilometres or driving hours."""
    if isinstance(problem.distance, DistanceMatrix):
        rows = problem.distance.rows(problem.units.ids)
        return problem.distance.trip(rows[a], rows[b])
    return problem.distance.between(problem.units.xy[a], problem.units.xy[b])


def _reach_km(problem: TerritoryProblem, a: Ints, b: Ints, minimised: Floats) -> Floats:
    """Return the kilometres of ways of which `minimised` (kilometres or hours) is known, in its shape."""
    if isinstance(problem.distance, DistanceMatrix) and problem.distance.measure != "km":
        rows = problem.distance.rows(problem.units.ids)
        return problem.distance.trip(rows[a], rows[b], "km").reshape(minimised.shape)
    return minimised


def travel_km(problem: TerritoryProblem, codes: Ints, centers: Centers) -> Floats:
    """Return the kilometres from each unit to its territory's centre, shape (n,)."""
    if isinstance(problem.distance, DistanceMatrix):
        return _looked_up(problem, problem.distance, codes, centers, "km")
    return problem.distance.between(problem.units.xy, centers.xy[codes])


def travel_hours(problem: TerritoryProblem, codes: Ints, centers: Centers) -> Floats | None:
    """Return the driving hours from each unit to its territory's centre, shape (n,), or None where none are known."""
    distance = problem.distance
    if isinstance(distance, DistanceMatrix):
        return None if distance.hours is None else _looked_up(problem, distance, codes, centers, "hours")
    if getattr(distance, "speed", None) is None:
        return None
    return distance.hours_between(problem.units.xy, centers.xy[codes])


def minimised(problem: TerritoryProblem) -> str:
    """Return what the objective counts: "km", or "hours" where a table of driving times says so."""
    return problem.distance.measure if isinstance(problem.distance, DistanceMatrix) else "km"


def _looked_up(
    problem: TerritoryProblem, distance: DistanceMatrix, codes: Ints, centers: Centers, measure: str
) -> Floats:
    if problem.objective.center == "home":
        places = distance.rows(problem.named_territories, "reps")
    else:
        places = distance.rows(problem.units.ids)[centers.unit]
    return distance.trip(distance.rows(problem.units.ids), places[codes], measure)


def weighted_mean(values: Floats, weight: Floats) -> float:
    """Return the weighted mean, or the plain one where all weights are zero."""
    total = float(weight.sum())
    return float(values @ weight / total) if total > 0 else float(values.mean())


def loads(problem: TerritoryProblem, codes: Ints, measure: str) -> Floats:
    """Return the sum of a measure per territory, shape (k,)."""
    values = problem.units.frame[measure].to_numpy(dtype=float)
    return np.bincount(codes, values, minlength=problem.n_territories).astype(float)


def balance_table(problem: TerritoryProblem, codes: Ints) -> pd.DataFrame:
    """Return one row per balanced measure: total, target, allowed range, least, most, largest deviation.

    Where targets differ by rep, `target` is their mean, and `lower` and `upper` are the widest.
    """
    rows = []
    for measure in problem.balance:
        lower, target, upper = problem.bounds(measure)
        load = loads(problem, codes, measure)
        deviation = (load - target) / target
        rows.append(
            {
                "measure": measure,
                "total": float(load.sum()),
                "target": float(target.mean()),
                "lower": float(lower.min()),
                "upper": float(upper.max()),
                "least": float(load.min()),
                "most": float(load.max()),
                "max_deviation": float(np.abs(deviation).max()),
            }
        )
    return pd.DataFrame(rows)
