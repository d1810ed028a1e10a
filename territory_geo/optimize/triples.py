"""Three neighbouring territories solved anew: what pairs cannot pass on directly, a third can take and hand on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.groups import GoOn, improve_groups
from territory_geo.optimize.local_search import Score
from territory_geo.optimize.reoptimize import neighbouring_pairs
from territory_geo.optimize.restricted import no_clock, solve_restricted

Labels = NDArray[np.int32]
Triple = tuple[int, int, int]

HOPS = 3
"""Units further from a border than this many steps stay where they are."""
NODES = 5
"""Nodes of each model's tree."""


def neighbouring_triples(arrays: ProblemArrays, labels: Labels) -> list[Triple]:
    """Return the triples of territories that all touch one another, sorted."""
    pairs = set(neighbouring_pairs(arrays, labels))
    beside: dict[int, list[int]] = {}
    for s, t in sorted(pairs):
        beside.setdefault(s, []).append(t)
    return [(s, t, u) for s, more in sorted(beside.items()) for t, u in combinations(more, 2) if (t, u) in pairs]


def improve_triples(
    arrays: ProblemArrays,
    labels: Labels,
    best: Score,
    go_on: GoOn,
    left: Callable[[], float] = no_clock,
) -> tuple[Labels, Score]:
    """Solve each triple of neighbouring territories anew once, and return the labels and their score.

    Parameters
    ----------
    arrays, labels, best, go_on
        As in `improve_groups`.
    left : callable
        How many seconds are left.
    """

    def anew(labels: Labels, triple: Triple) -> Labels | None:
        return reoptimize_triple(arrays, labels, triple, left)

    labels, best, _, _ = improve_groups(arrays, labels, best, neighbouring_triples(arrays, labels), anew, go_on)
    return labels, best


def reoptimize_triple(
    arrays: ProblemArrays, labels: Labels, triple: Triple, left: Callable[[], float] = no_clock
) -> Labels | None:
    """Return labels with three territories divided anew near their borders, or None if nothing better was found."""
    inside = np.isin(labels, triple)
    source = np.repeat(np.arange(arrays.n), np.diff(arrays.indptr))
    within = inside[source] & inside[arrays.indices]
    near = np.zeros(arrays.n, dtype=np.bool_)
    near[source[within & (labels[source] != labels[arrays.indices])]] = True
    for _ in range(HOPS - 1):
        near[arrays.indices[within & near[source]]] = True
    options = np.zeros((arrays.n, arrays.k), dtype=np.bool_)
    options[near[:, None] & np.isin(np.arange(arrays.k), triple)] = True
    return solve_restricted(arrays, labels, options, NODES, left)
