"""Groups of territories solved anew one after the other: what is better is kept, and the next group starts from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.local_search import Score, score

Labels = NDArray[np.int32]
Group = TypeVar("Group", bound=tuple[int, ...])
GoOn = Callable[[Labels, Score], bool]
"""Receives the best labels so far and their score after each group and says whether to go on."""


def improve_groups(
    arrays: ProblemArrays,
    labels: Labels,
    best: Score,
    groups: Iterable[Group],
    anew: Callable[[Labels, Group], Labels | None],
    go_on: GoOn,
) -> tuple[Labels, Score, set[int], bool]:
    """Solve each group of territories anew once.

    Parameters
    ----------
    arrays, labels
        As in `anneal_cycle`.
    best : Score
        Their score.
    groups : iterable of tuple of int
        Territories that are solved together.
    anew : callable
        Gives other labels for a group, or None.
    go_on : callable
        See `GoOn`.

    Returns
    -------
    (labels, score, changed, going)
        The best labels, which territories changed, and whether all groups had their turn and more may follow.
    """
    changed: set[int] = set()
    for group in groups:
        candidate = anew(labels, group)
        if candidate is not None:
            now = score(arrays, candidate)
            if now.gains(best):
                labels, best = candidate, now
                changed |= set(group)
        if not go_on(labels, best):
            return labels, best, changed, False
    return labels, best, changed, True
