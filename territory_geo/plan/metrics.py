"""Measures of a plan, as pure functions of a problem and its territory numbers.

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

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK = 4_000_000
"""Distances held in memory at once."""

SCREENED = 300
"""From this many units on, a territory's candidates are screened before they are measured."""
RADIUS_SLACK = 1e-9
"""Share by which a radius may be passed by rounding alone."""
TANGENTS = 50
"""Most candidates that are measured for the screening."""


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
    for territory in range(problem.n_territories):
        members = np.flatnonzero(codes == territory)
        size = len(members)
        if size == 0:
            continue
        screened = size >= SCREENED and radius is None and not isinstance(problem.distance, DistanceMatrix)
        promising = _promising(problem, members) if screened else members
        block = max(1, _BLOCK // size)
        totals, reach = np.empty(len(promising)), np.zeros(len(promising))
        for start in range(0, len(promising), block):
            candidates = promising[start : start + block]
            a, b = np.repeat(candidates, size), np.tile(members, len(candidates))
            kilometres = between_units(problem, a, b).reshape(len(candidates), size)
            totals[start : start + block] = (kilometres**power) @ weight[members]
            if radius is not None:
                reach[start : start + block] = _reach_km(problem, a, b, kilometres).max(axis=1)
        if radius is not None and (reach <= radius * (1 + RADIUS_SLACK)).any():
            totals[reach > radius * (1 + RADIUS_SLACK)] = np.inf
        # Rounding must not choose between equal candidates: the first within a hair of the best is taken.
        centers[territory] = promising[int(np.flatnonzero(totals <= totals.min() * (1 + 1e-12))[0])]
    return centers


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


def _promising(problem: TerritoryProblem, members: Ints) -> Ints:
    """Return the members of a large territory that can be its best centre, in their order.

    The travel to a place is a convex function of it (an arc is convex and rising in its chord, a chord convex in
    its end), so that the tangent at one candidate bounds the travel to all others from below: O(size) for each of
    a dozen tangents (Kelley 1960).
    """
    assert not isinstance(problem.distance, DistanceMatrix)
    placed, weight = problem.distance.place(problem.units.xy[members]), problem.weight[members]
    points, power, best = placed.points, problem.objective.power, float("inf")
    least = ((points - np.average(points, axis=0, weights=weight + 1e-300)) ** 2).sum(axis=1) - 1e300
    tried = np.zeros(len(members), dtype=bool)
    for _ in range(TANGENTS):
        candidate = int(np.where(tried, np.inf, least).argmin())
        if least[candidate] > best * (1 + 1e-9):
            break
        tried[candidate] = True
        apart = points[candidate] - points
        chord = np.sqrt((apart**2).sum(axis=1))
        way, rise = chord, np.ones(len(members))
        if placed.kind == "sphere":
            half = np.minimum(1.0, chord / 2.0)
            way, rise = 2.0 * np.arcsin(half), 1.0 / np.sqrt(np.maximum(1e-12, 1.0 - half**2))
        pull = weight * rise / np.where(chord > 0, chord, np.inf) * (1.0 if power == 1 else 2.0 * way)
        total = float(way**power @ weight)
        best = min(best, total)
        least = np.maximum(least, total + (points - points[candidate]) @ (pull @ apart))
    promising: Ints = members[least <= best * (1 + 1e-9)]
    return promising


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
