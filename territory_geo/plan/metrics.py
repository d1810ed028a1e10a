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
    Every member is tried: O(sum of squared territory sizes). Equal travel goes to the first id.
    """
    xy, weight, power = problem.units.xy, problem.weight, problem.objective.power
    centers = np.full(problem.n_territories, -1, dtype=np.int64)
    for territory in range(problem.n_territories):
        members = np.flatnonzero(codes == territory)
        size = len(members)
        if size == 0:
            continue
        block = max(1, _BLOCK // size)
        totals = np.empty(size)
        for start in range(0, size, block):
            candidates = members[start : start + block]
            a = np.repeat(xy[candidates], size, axis=0)
            b = np.tile(xy[members], (len(candidates), 1))
            kilometres = problem.distance.between(a, b).reshape(len(candidates), size)
            totals[start : start + block] = (kilometres**power) @ weight[members]
        # Rounding must not choose between equal candidates: the first within a hair of the best is taken.
        centers[territory] = members[int(np.flatnonzero(totals <= totals.min() * (1 + 1e-12))[0])]
    return centers


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
