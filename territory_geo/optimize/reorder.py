"""Units renumbered along Hilbert's curve: near units lie near one another in memory, which large problems feel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.geodata.hilbert import flat_places, hilbert_order
from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import ProblemArrays, spread

Ints = NDArray[np.int64]


def curve_order(arrays: ProblemArrays) -> Ints:
    """Return the units in the order of the curve, shape (n,)."""
    return hilbert_order(flat_places(arrays.places, arrays.metric == kernels.SPHERE), np.zeros(arrays.n, np.int64))


@njit(cache=True)
def renumbered(indptr: Ints, indices: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Return the neighbours of units that are taken in another order, under their new numbers; O(edges)."""
    n = order.shape[0]
    number, start = np.empty(n, np.int64), np.zeros(n + 1, np.int64)
    for a in range(n):
        number[order[a]] = a
        start[a + 1] = start[a] + indptr[order[a] + 1] - indptr[order[a]]
    ends = np.empty_like(indices)
    for a in range(n):
        first = indptr[order[a]]
        for e in range(start[a], start[a + 1]):
            # Few neighbours: put in order one by one.
            new, at = number[indices[first + e - start[a]]], e
            while at > start[a] and ends[at - 1] > new:
                ends[at] = ends[at - 1]
                at -= 1
            ends[at] = new
    return start, ends


def reordered(arrays: ProblemArrays, order: Ints) -> ProblemArrays:
    """Return the same problem with its units in another order; distances must come from coordinates."""
    indptr, indices = renumbered(arrays.indptr, arrays.indices, order)
    # A table of zeros that is one zero seen often stays that.
    extra = arrays.extra if arrays.extra.strides == (0, 0) else arrays.extra[order]
    measures = spread(arrays.usual[order], arrays.k) if arrays.fixed else arrays.measures[order]
    points = np.concatenate([arrays.points[order], arrays.points[arrays.n :]])
    edges = _old_edges(arrays, indptr, indices, order) if arrays.rules.tables.border.size else indices[:0]
    return replace(
        arrays, places=arrays.places[order], points=points, weight=arrays.weight[order], measures=measures,
        indptr=indptr, indices=indices, component=arrays.component[order], extra=extra, locked=arrays.locked[order],
        rules=arrays.rules.reordered(order, edges),
    )  # fmt: skip


def _old_edges(arrays: ProblemArrays, indptr: Ints, indices: Ints, order: Ints) -> Ints:
    """Return the position in the old neighbour lists of each edge of the new ones."""
    n = arrays.n
    old = np.repeat(np.arange(n), np.diff(arrays.indptr)) * n + arrays.indices
    new = order[np.repeat(np.arange(n), np.diff(indptr))] * n + order[indices]
    by_pair = np.argsort(old, kind="stable")
    edges: Ints = by_pair[np.searchsorted(old[by_pair], new)]
    return edges
