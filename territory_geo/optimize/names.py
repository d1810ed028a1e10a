"""Names exchanged: whose territory is whose, chosen anew for the same pieces of map.

Where territories differ by bounds, homes, locks or costs, a search can end with the right pieces under the wrong
names; no shift of a border leads from there to the exchange.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.centers import centers_cost, recenter
from territory_geo.optimize.local_search import Score, score

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]

MOST_ENTRIES = 50_000_000
"""Units times territories up to which names are exchanged: a table of that size is made."""
FIRST = 1e6
"""What a whole target that is missed weighs, in shares of all travel: bounds come first."""


def applies(arrays: ProblemArrays) -> bool:
    """Tell whether names matter, and the table fits."""
    return arrays.k > 1 and not arrays.alike and arrays.n * arrays.k <= MOST_ENTRIES


def exchange_names(arrays: ProblemArrays, labels: Labels, best: Score) -> tuple[Labels, Score]:
    """Return the labels with the names that suit their pieces best, and their score; the same where none do better.

    Parameters
    ----------
    arrays : ProblemArrays
        A problem that `applies`.
    labels : int32 array, shape (n,)
        Not changed.
    best : Score
        Their score.

    Notes
    -----
    O(n k + k³).

    References
    ----------
    Assignment problem: Kuhn 1955; Crouse 2016 (the algorithm in scipy).
    """
    travel = _costs(arrays, labels)
    whole = max(float(np.diagonal(travel).sum()), 1e-300)
    pieces, name = linear_sum_assignment(travel + FIRST * whole * _missed(arrays, labels))
    if (pieces == name).all():
        return labels, best
    names = np.empty(arrays.k, dtype=np.int32)
    names[pieces] = name
    renamed: Labels = names[labels]
    now = score(arrays, renamed)
    return (renamed, now) if now.gains(best) else (labels, best)


def _costs(arrays: ProblemArrays, labels: Labels) -> Floats:
    """Return what each piece (row) costs under each name: travel and added costs, infinite where a unit is barred."""
    if arrays.centering == HOME:
        cost, travel = centers_cost(arrays, np.arange(arrays.n, arrays.n + arrays.k)), np.zeros(arrays.k)
    else:
        cost, travel = arrays.extra, recenter(arrays, labels)[1]
    sums = np.column_stack([np.bincount(labels, cost[:, t], arrays.k) for t in range(arrays.k)])
    return sums + travel[:, None]


def _missed(arrays: ProblemArrays, labels: Labels) -> Floats:
    """Return by how much each piece (row) would miss the bounds of each name, in shares of the target."""
    missed = np.zeros((arrays.k, arrays.k))
    for t in range(arrays.k):
        for q in range(arrays.m):
            load = np.bincount(labels, arrays.measures[:, t, q], arrays.k)
            beyond = np.maximum(0.0, load - arrays.upper[t, q]) + np.maximum(0.0, arrays.lower[t, q] - load)
            missed[:, t] += beyond / arrays.target[t, q]
    return missed
