"""Names at the end of a search: reps go to the territories nearest to their homes; units without a place are named."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.centers import recenter
from territory_geo.plan.problem import TerritoryProblem

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]


def nothing_left(problem: TerritoryProblem, stuck: Ints) -> str:
    """Say that some units have no territory left that they may be in."""
    listed = ", ".join(problem.units.ids[i] for i in stuck[:5])
    many = f"{len(stuck)} units, such as {listed}," if len(stuck) > 1 else f"unit {listed}"
    return (
        f"the constraints on units (locks, forbidden territories, groups, units kept apart, homes and their radius) "
        f"leave no territory for {many} taken together"
    )


def only_names(arrays: ProblemArrays) -> Bools:
    """Tell of each pair of territories whether they differ by nothing but their name.

    Returns
    -------
    bool array, shape (k, k)
    """
    bounds = np.concatenate([arrays.lower, arrays.upper], axis=1)
    same = (bounds[:, None] == bounds).all(axis=2)
    if arrays.extra.strides != (0, 0):
        _, column = np.unique(arrays.extra, axis=1, return_inverse=True)
        column = column.reshape(-1)
        same &= column[:, None] == column
    plain = ~np.isin(np.arange(arrays.k), arrays.locked) & arrays.fixed & arrays.rules.alike
    plain &= arrays.centering != HOME
    pairs: Bools = (same & plain[:, None] & plain) | np.eye(arrays.k, dtype=np.bool_)
    return pairs


def to_nearest_homes(problem: TerritoryProblem, arrays: ProblemArrays, labels: Labels) -> Labels:
    """Return labels with territories given to reps so that homes lie near centres, where only names differ.

    Parameters
    ----------
    problem : TerritoryProblem
        Without reps, or with trips from their homes, nothing changes; nor where today's alignment decides who gets
        what.
    arrays : ProblemArrays
        The same problem.
    labels : int32 array, shape (n,)
        Not changed.

    Notes
    -----
    Least sum of straight distances from homes to centres: Crouse 2016, as implemented in scipy.
    """
    if problem.homes is None or arrays.centering == HOME or problem.alignment is not None:
        return labels
    centers, _ = recenter(arrays, labels)
    places = arrays.places[centers.astype(np.int64)] if centers.ndim == 1 else centers
    homes = problem.straight.place(problem.homes).points
    away = np.sqrt(((places[:, None] - homes[None]) ** 2).sum(axis=2))
    away[~only_names(arrays)] = 1e6 * (away.max() + 1.0)
    territory, rep = linear_sum_assignment(away)
    name = np.empty(arrays.k, dtype=np.int32)
    name[territory] = rep
    given: Labels = name[labels]
    return given
