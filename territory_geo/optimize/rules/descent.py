"""Descent where a price depends on whole shapes: moves along borders are judged by the plan's full cost, one by one.

Annealing keeps up sums over units; that hulls of territories lie in each other is no such sum, so that it is only seen
when a plan is scored. A few moves at the end of each cycle are scored therefore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.repair import pieces

if TYPE_CHECKING:
    from territory_geo.optimize.arrays import ProblemArrays
    from territory_geo.optimize.local_search import Score

Labels = NDArray[np.int32]
Move = list[tuple[int, int]]
"""Units, and the territories that they go to."""

EFFORT = 1_000_000
"""Units that are looked at in one descent: each plan that is scored counts all of its units."""
MOST_PLANS = 2_000
"""Plans that are scored in one descent at most."""


def descended(
    arrays: ProblemArrays, labels: Labels, now: Score, judged: Callable[[Labels], Score]
) -> tuple[Labels, Score]:
    """Return labels that no tried shift or swap along a border makes better, and their score.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    labels : int32 array, shape (n,)
        Territories in one piece each; not changed.
    now : Score
        Of the labels.
    judged : callable
        The score of labels.

    Notes
    -----
    First improvement, in the order of the units: at most `MOST_PLANS` scores, fewer for many units.
    """
    left = min(MOST_PLANS, EFFORT // max(arrays.n, 1))
    better = True
    while better and left > 0:
        better = False
        for move in _moves(arrays, labels):
            if left <= 0:
                break
            left -= 1
            trial = labels.copy()
            for unit, territory in move:
                trial[unit] = territory
            if not _possible(arrays, trial, move):
                continue
            value = judged(trial)
            if value.gains(now):
                labels, now, better = trial, value, True
                break
    return labels, now


def _moves(arrays: ProblemArrays, labels: Labels) -> Iterator[Move]:
    """Yield shifts of units to territories they touch, each followed by its swaps with what touches back."""
    source = np.repeat(np.arange(arrays.n), np.diff(arrays.indptr))
    across = labels[source] != labels[arrays.indices]
    touching = np.unique(np.column_stack([source[across], labels[arrays.indices[across]]]), axis=0)
    back: dict[tuple[int, int], list[int]] = {}
    for unit, territory in touching.tolist():
        back.setdefault((int(labels[unit]), territory), []).append(unit)
    for unit, territory in touching.tolist():
        own = int(labels[unit])
        yield [(unit, territory)]
        for other in back.get((territory, own), []):
            yield [(unit, territory), (other, own)]


def _possible(arrays: ProblemArrays, trial: Labels, move: Move) -> bool:
    """Tell whether all units may be where they went, and each territory is one piece that is not empty."""
    if any(arrays.locked[unit] >= 0 or np.isinf(arrays.extra[unit, territory]) for unit, territory in move):
        return False
    if np.bincount(trial, minlength=arrays.k).min() == 0:
        return False
    return not arrays.contiguous or int(pieces(arrays, trial).max()) + 1 == arrays.k
