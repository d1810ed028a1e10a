"""What each set of groups of units travels from its best unit, exactly: sums of travel between pairs of groups.

A set's travel to a unit is the sum over its groups of each one's travel to that unit; these are worked out once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize.kernels import distance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def set_travel(
    sets: Sequence[tuple[int, ...]], group: Ints, count: int, points: Floats, weight: Floats, metric: int,
    scale: float, power: int,
) -> Floats:  # fmt: skip
    """Return the least weighted travel of each set's units to one of them, shape (sets,).

    Parameters
    ----------
    sets : sequence of tuples
        Groups of each set.
    group : int array, shape (n,)
        Group of each unit, 0 to count - 1, none without units.
    points, weight, metric, scale, power
        As in `ProblemArrays`.

    Notes
    -----
    O(sum over pairs of groups that share a set of the product of their sizes), then O(size of the set) for each set.
    """
    if not sets:
        return np.zeros(0)
    member, first = _by_group(group, count)
    beside = np.zeros((count, count), dtype=bool)
    start = np.concatenate([[0], np.cumsum([len(chosen) for chosen in sets])]).astype(np.int64)
    flat = np.fromiter((g for chosen in sets for g in chosen), dtype=np.int64, count=int(start[-1]))
    for chosen in sets:
        beside[np.ix_(chosen, chosen)] = True
    slot = np.where(beside, np.cumsum(beside, axis=1) - 1, -1).astype(np.int64)
    width = int(beside.sum(axis=1).max())
    pulled = np.flatnonzero(weight[member] > 0)
    heavy = member[pulled]
    heavy_first = np.searchsorted(group[heavy], np.arange(count + 1)).astype(np.int64)
    travel = _travel_between(
        slot, width, group, heavy, heavy_first, points, weight, metric, scale, power
    )  # fmt: skip
    least: Floats = _least_travel(start, flat, slot, member, first, travel)
    return least


def _by_group(group: Ints, count: int) -> tuple[Ints, Ints]:
    """Return units in the order of their groups, and where each group begins."""
    member = np.argsort(group, kind="stable").astype(np.int64)
    return member, np.searchsorted(group[member], np.arange(count + 1)).astype(np.int64)


@njit(cache=True)
def _travel_between(
    slot: Ints, width: int, group: Ints, heavy: Ints, heavy_first: Ints, points: Floats, weight: Floats, metric: int,
    scale: float, power: int,
) -> Floats:  # fmt: skip
    """Return the travel of each group beside a unit's own to that unit, shape (n, width)."""
    n, count = group.shape[0], slot.shape[0]
    travel = np.zeros((n, width))
    for c in range(n):
        for g in range(count):
            place = slot[group[c], g]
            if place < 0:
                continue
            total = 0.0
            for row in range(heavy_first[g], heavy_first[g + 1]):
                i = heavy[row]
                d = distance(points, i, c, metric, scale)
                total += weight[i] * (d if power == 1 else d * d)
            travel[c, place] = total
    return travel


@njit(cache=True)
def _least_travel(start: Ints, flat: Ints, slot: Ints, member: Ints, first: Ints, travel: Floats) -> Floats:
    """Return for each set the least sum, over its units, of its groups' travel to the unit."""
    count = start.shape[0] - 1
    least = np.full(count, np.inf)
    for s in range(count):
        for a in range(start[s], start[s + 1]):
            own = flat[a]
            for row in range(first[own], first[own + 1]):
                c = member[row]
                total = 0.0
                for b in range(start[s], start[s + 1]):
                    total += travel[c, slot[own, flat[b]]]
                if total < least[s]:
                    least[s] = total
    return least
