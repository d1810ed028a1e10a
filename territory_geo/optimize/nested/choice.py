"""What may be chosen: each connected set of groups with each person who may have it, what it lacks and costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.nested.costs import set_travel
from territory_geo.optimize.nested.sets import TooMany, connected_sets

__all__ = ["MOST", "Choices", "TooMany", "choices_of", "touching"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MOST = 200_000
"""Sets, and sets times people, beyond which the model is not tried."""


@dataclass(frozen=True, eq=False)
class Choices:
    """Sets of groups, with the person or for anyone.

    Parameters
    ----------
    sets : tuple of tuples
        Groups of each set.
    which : int array, shape (c,)
        The set of each choice.
    person : int array, shape (c,)
        Whose it would be; all 0 where people are alike.
    lack : float array, shape (c,)
        How far the load is out of bounds, in shares of the target: the worst measure; 0 within bounds.
    cost : float array, shape (c,)
        Travel; infinite where it was not asked for.
    groups, people : int
        How many groups there are, and how many sets are to be chosen.
    named : bool
        Whether people differ, so that each gets exactly one choice.
    """

    sets: tuple[tuple[int, ...], ...]
    which: Ints
    person: Ints
    lack: Floats
    cost: Floats
    groups: int
    people: int
    named: bool

    def within(self, lack: float = 0.0) -> Choices:
        """Return those that lack no more than this."""
        kept = self.lack <= lack
        return Choices(
            self.sets, self.which[kept], self.person[kept], self.lack[kept], self.cost[kept], self.groups, self.people,
            self.named,
        )  # fmt: skip

    def reached(self) -> Bools:
        """Return which groups are in some choice, shape (groups,)."""
        found = np.zeros(self.groups, dtype=bool)
        for s in np.unique(self.which):
            found[list(self.sets[s])] = True
        return found


def touching(arrays: ProblemArrays, group: Ints, count: int) -> Bools:
    """Return which groups have units that are neighbours, shape (count, count); all, without contiguity."""
    if not arrays.contiguous:
        return ~np.eye(count, dtype=bool)
    touch = np.zeros((count, count), dtype=bool)
    here = np.repeat(group, np.diff(arrays.indptr))
    touch[here, group[arrays.indices]] = True
    touch |= touch.T
    np.fill_diagonal(touch, False)
    return touch


def choices_of(
    arrays: ProblemArrays, group: Ints, count: int, span: tuple[int, int], *, bounded: bool = True, priced: bool = True
) -> Choices:
    """Return all choices.

    Parameters
    ----------
    arrays : ProblemArrays
        Bounds, travel and neighbours.
    group : int array, shape (n,)
        Group of each unit, 0 to count - 1.
    count : int
        How many groups.
    span : (int, int)
        Least and most groups of a set.
    bounded : bool, default True
        Whether choices out of bounds are left out.
    priced : bool, default True
        Whether travel is worked out.

    Raises
    ------
    TooMany
        Beyond `MOST` sets, or choices.
    """
    load = group_loads(arrays, group, count)
    named = arrays.at_home
    people = arrays.k if named else 1
    lightest = load.min(axis=1)
    ceiling = arrays.upper.max(axis=0) if bounded else np.full(arrays.m, np.inf)
    touch = touching(arrays, group, count)
    sets = tuple(connected_sets(touch, *span, load=lightest, ceiling=ceiling, limit=MOST))
    if len(sets) * people > 10 * MOST:
        raise TooMany(MOST)
    held = np.zeros((len(sets), people, arrays.m))
    for s, chosen in enumerate(sets):
        held[s] = load[list(chosen)][:, :people].sum(axis=0)
    lower, upper, target = (table[:people] for table in (arrays.lower, arrays.upper, arrays.target))
    short = np.maximum(lower - held, held - upper) / np.maximum(target, 1e-300)
    lack = np.maximum(short.max(axis=2), 0.0)
    which, person = (part.astype(np.int64) for part in np.nonzero(lack <= 0.0 if bounded else np.isfinite(lack)))
    if len(which) > MOST:
        raise TooMany(MOST)
    cost = np.full(len(which), np.inf)
    if priced and len(which):
        used, back = np.unique(which, return_inverse=True)
        cost = _cost(arrays, group, count, [sets[s] for s in used], back, person)
    return Choices(sets, which, person, lack[which, person], cost, count, arrays.k, named)


def group_loads(arrays: ProblemArrays, group: Ints, count: int) -> Floats:
    """Return what each group is to each person, shape (count, people, m); one person where there are no homes."""
    people = arrays.k if arrays.at_home else 1
    load = np.zeros((count, people, arrays.m))
    np.add.at(load, group, arrays.measures[:, :people])
    return load


def _cost(
    arrays: ProblemArrays, group: Ints, count: int, sets: list[tuple[int, ...]], back: Ints, person: Ints
) -> Floats:
    """Return the travel of each choice: to the person's home, or to the best unit of the set."""
    a = arrays
    if a.centering != HOME:
        travel = set_travel(sets, group, count, a.points, a.weight, a.metric, a.scale, a.power)
        return np.asarray(travel[back])
    each = kernels.cost_to_centers(np.arange(a.n, a.n + a.k), a.points, a.weight, a.metric, a.scale, a.power)
    from_home = np.zeros((count, a.k))
    np.add.at(from_home, group, each)
    total = np.stack([from_home[list(chosen)].sum(axis=0) for chosen in sets])
    return np.asarray(total[back, person])
