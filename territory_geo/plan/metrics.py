"""Measures of a plan, as pure functions of a problem and its territory numbers.

Everything is computed from the problem's tables; the optimiser's arrays are not used here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK = 4_000_000
"""Distances held in memory at once."""

SCREENED = 300
"""From this many units on, a territory's candidates are screened before they are measured."""
TANGENTS = 50
"""Most candidates that are measured for the screening."""


def best_centers(problem: TerritoryProblem, codes: Ints) -> Ints:
    """Return, per territory, the unit from which the weighted travel to all its units is least, shape (k,).

    Parameters
    ----------
    problem : TerritoryProblem
        Gives places, distance, power and weights.
    codes : int array, shape (n,)
        Territory number of each unit.

    Notes
    -----
    Every member is tried, in large territories after a quick screening: O(sum of squared territory sizes). Equal
    travel goes to the first id.
    """
    xy, weight, power = problem.units.xy, problem.weight, problem.objective.power
    centers = np.full(problem.n_territories, -1, dtype=np.int64)
    for territory in range(problem.n_territories):
        members = np.flatnonzero(codes == territory)
        size = len(members)
        if size == 0:
            continue
        promising = members if size < SCREENED else _promising(problem, members)
        block = max(1, _BLOCK // size)
        totals = np.empty(len(promising))
        for start in range(0, len(promising), block):
            candidates = promising[start : start + block]
            a = np.repeat(xy[candidates], size, axis=0)
            b = np.tile(xy[members], (len(candidates), 1))
            kilometres = problem.distance.between(a, b).reshape(len(candidates), size)
            totals[start : start + block] = (kilometres**power) @ weight[members]
        # Rounding must not choose between equal candidates: the first within a hair of the best is taken.
        centers[territory] = promising[int(np.flatnonzero(totals <= totals.min() * (1 + 1e-12))[0])]
    return centers


def _promising(problem: TerritoryProblem, members: Ints) -> Ints:
    """Return the members of a large territory that can be its best centre, in their order.

    The travel to a place is a convex function of it (an arc is convex and rising in its chord, a chord convex in
    its end), so that the tangent at one candidate bounds the travel to all others from below: O(size) for each of
    a dozen tangents (Kelley 1960).
    """
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


def travel_km(problem: TerritoryProblem, codes: Ints, centers: Ints) -> Floats:
    """Return the kilometres from each unit to its territory's centre, shape (n,)."""
    return problem.distance.between(problem.units.xy, problem.units.xy[centers[codes]])


def weighted_mean(values: Floats, weight: Floats) -> float:
    """Return the weighted mean, or the plain one where all weights are zero."""
    total = float(weight.sum())
    return float(values @ weight / total) if total > 0 else float(values.mean())


def loads(problem: TerritoryProblem, codes: Ints, measure: str) -> Floats:
    """Return the sum of a measure per territory, shape (k,)."""
    values = problem.units.frame[measure].to_numpy(dtype=float)
    return np.bincount(codes, values, minlength=problem.n_territories).astype(float)


def balance_table(problem: TerritoryProblem, codes: Ints) -> pd.DataFrame:
    """Return one row per balanced measure: total, target, allowed range, least, most, largest deviation."""
    rows = []
    for measure in problem.balance:
        lower, target, upper = problem.bounds(measure)
        load = loads(problem, codes, measure)
        deviation = (load - target) / target
        rows.append(
            {
                "measure": measure,
                "total": float(load.sum()),
                "target": target,
                "lower": lower,
                "upper": upper,
                "least": float(load.min()),
                "most": float(load.max()),
                "max_deviation": float(np.abs(deviation).max()),
            }
        )
    return pd.DataFrame(rows)
