"""solve_nested(): all connected sets of whole groups, their travel, and the cheapest exact cover of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.nested.choice import choices_of
from territory_geo.optimize.nested.cover import exact_cover
from territory_geo.optimize.solution import Status

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Nested:
    """The outcome.

    Parameters
    ----------
    status : Status
        optimal, feasible (the work allowed was not enough for the proof), interrupted, infeasible (proven) or
        not_found.
    labels : int array, shape (n,), or None
        Territory of each unit.
    cost, bound : float or None
        Travel, and what no choice of whole groups can be below.
    sets : int
        How many sets of groups were within bounds.
    """

    status: Status
    labels: Ints | None
    cost: float | None
    bound: float | None
    sets: int


def solve_nested(
    arrays: ProblemArrays,
    group: Ints,
    count: int,
    span: tuple[int, int],
    *,
    work: float,
    seed: int,
    pressed: Callable[[], bool] = lambda: False,
) -> Nested:
    """Give each group of units, whole, to one of `arrays.k` territories.

    Parameters
    ----------
    arrays : ProblemArrays
        Bounds, neighbours, and travel from the best unit or from homes.
    group : int array, shape (n,)
        Group of each unit, 0 to count - 1; each in one piece where contiguity is asked for.
    count : int
        How many groups.
    span : (int, int)
        Least and most groups of a territory.
    work : float
        Deterministic seconds for the choice.
    seed : int
    pressed : callable
        Tells whether somebody asked to stop; the best so far is returned then.

    Raises
    ------
    TooMany
        Beyond `MOST` sets.
    """
    choices = choices_of(arrays, group, count, span)
    cover = exact_cover(choices, work=work, seed=seed, pressed=pressed)
    sets = len(np.unique(choices.which))
    if cover.chosen is None:
        ended = Status.INTERRUPTED if pressed() else Status.NOT_FOUND
        return Nested(Status.INFEASIBLE if cover.finished else ended, None, None, None, sets)
    territory = np.empty(count, dtype=np.int64)
    for number, choice in enumerate(cover.chosen):
        holder = int(choices.person[choice]) if choices.named else number
        territory[list(choices.sets[choices.which[choice]])] = holder
    ended = Status.INTERRUPTED if pressed() else Status.FEASIBLE
    return Nested(Status.OPTIMAL if cover.finished else ended, territory[group], cover.cost, cover.bound, sets)
