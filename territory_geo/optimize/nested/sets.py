"""All connected sets of a few nodes of a small graph, each exactly once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class TooMany(Exception):
    """There are more sets than asked for; how many there may be is its argument."""


def connected_sets(
    touch: Bools, least: int, most: int, *, load: Floats, ceiling: Floats, limit: int
) -> list[tuple[int, ...]]:
    """Return all connected sets of `least` to `most` nodes whose load does not pass the ceiling, in order.

    Parameters
    ----------
    touch : bool array, shape (t, t)
        Which nodes are neighbours; symmetric.
    least, most : int
        Sizes of the sets.
    load : float array, shape (t, m)
        Never negative, so that a set that is too large already cannot be part of one that is not.
    ceiling : float array, shape (m,)
    limit : int
        Most sets of one size.

    Raises
    ------
    TooMany
        Beyond the limit.

    Notes
    -----
    A set of one more node is a smaller connected one and a neighbour of it; sets are told apart by the bits of an
    integer. O(sets × neighbours).
    """
    t = len(touch)
    neighbours = [sum(1 << int(j) for j in np.flatnonzero(row)) for row in touch]
    heavy = np.asarray(np.any(load > ceiling, axis=1))
    # What each set holds and whom it touches, by the bits of its nodes.
    sets = {1 << i: (neighbours[i] & ~(1 << i), load[i]) for i in range(t) if not heavy[i]}
    found = [nodes_of(bits) for bits in sets] if least <= 1 else []
    for size in range(2, most + 1):
        larger: dict[int, tuple[int, Floats]] = {}
        for bits, (around, held) in sets.items():
            for j in nodes_of(around):
                joined = bits | 1 << j
                if joined in larger:
                    continue
                total = held + load[j]
                if (total <= ceiling).all():
                    larger[joined] = ((around | neighbours[j]) & ~joined, total)
                    if len(larger) > limit:
                        raise TooMany(limit)
        sets = larger
        if size >= least:
            found += [nodes_of(bits) for bits in sets]
    return sorted(found)


def nodes_of(bits: int) -> tuple[int, ...]:
    """Return the positions of the bits that are set, in order.

    >>> nodes_of(0b1011)
    (0, 1, 3)
    """
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return tuple(found)
