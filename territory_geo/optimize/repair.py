"""Contiguity made an invariant: every territory becomes one piece that holds its locked units.

Stray pieces go, unit by unit, to the touching territory where they cost least; balance that is lost on the
way is won back by the moves of the local search, which never give contiguity up again.
"""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.seeds import load_share

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]
Bools = NDArray[np.bool_]


def pieces(arrays: ProblemArrays, labels: Labels) -> Ints:
    """Return the number of the connected piece of its own territory that each unit lies in, shape (n,)."""
    n = arrays.n
    source = np.repeat(np.arange(n), np.diff(arrays.indptr))
    same = labels[source] == labels[arrays.indices]
    graph = csr_matrix((np.ones(int(same.sum()), np.int8), (source[same], arrays.indices[same])), shape=(n, n))
    numbers: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return numbers


def make_contiguous(arrays: ProblemArrays, labels: Labels, cost: Floats, centers: Ints) -> Labels | None:
    """Return labels in which each territory is one non-empty piece, or None where locks leave no way.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem; without contiguity only empty territories are filled.
    labels : int32 array, shape (n,)
        Any assignment that honours locks and forbidden territories.
    cost : array, shape (n, k)
        Cost of each unit in each territory, infinite where forbidden.
    centers : int array, shape (k,)
        Where an empty territory starts.

    Notes
    -----
    Strays grow from the kept pieces in the order of their extra cost (Dijkstra's frontier),
    O((n + edges) log n).
    """
    labels = labels.copy()
    _fill_empty(arrays, labels, cost, centers)
    if not arrays.contiguous:
        return labels
    kept = _join_locked(arrays, labels)
    if kept is None:
        return None
    for _ in range(2 * arrays.k + 1):
        grown = _grow(arrays, _main_pieces(arrays, labels, kept), cost)
        if (grown >= 0).all():
            return grown
        if not _make_way(arrays, labels, kept, cost, grown):
            return None
        _fill_empty(arrays, labels, cost, centers, kept)
    return None


def _main_pieces(arrays: ProblemArrays, labels: Labels, kept: Bools) -> Labels:
    """Return labels with -1 for all units outside of their territory's main piece: what is kept, else the heaviest."""
    number = pieces(arrays, labels)
    weight = np.bincount(number, load_share(arrays) + 1e-12)
    holds = np.unique(number[kept])
    weight[holds] = weight[holds] + (arrays.k + 1.0)
    main = np.zeros(len(weight), dtype=bool)
    for t in range(arrays.k):
        own = np.unique(number[labels == t])
        if own.size:
            main[own[weight[own].argmax()]] = True
    return np.where(main[number], labels, -1).astype(np.int32)


def _grow(arrays: ProblemArrays, labels: Labels, cost: Floats) -> Labels:
    """Return labels with strays (-1) given to touching territories, cheapest first; -1 stays where none may."""
    best = cost.min(axis=1)
    heap: list[tuple[float, int, int]] = []

    def offer(unit: int) -> None:
        t = int(labels[unit])
        for v in arrays.indices[arrays.indptr[unit] : arrays.indptr[unit + 1]]:
            if labels[v] < 0 and np.isfinite(cost[v, t]):
                heapq.heappush(heap, (float(cost[v, t] - best[v]), int(v), t))

    around = {
        int(u) for v in np.flatnonzero(labels < 0) for u in arrays.indices[arrays.indptr[v] : arrays.indptr[v + 1]]
    }
    for unit in sorted(around):
        if labels[unit] >= 0:
            offer(unit)
    while heap:
        _, unit, t = heapq.heappop(heap)
        if labels[unit] < 0:
            labels[unit] = t
            offer(unit)
    return labels


def _make_way(arrays: ProblemArrays, labels: Labels, kept: Bools, cost: Floats, grown: Labels) -> bool:
    """Let a territory that may take a walled-in unit reach it, by a path or by moving there; tell whether one can."""
    unit = int(np.flatnonzero(grown < 0)[0])
    for t in np.argsort(cost[unit], kind="stable"):
        if not np.isfinite(cost[unit, t]):
            return False
        path = _path(arrays, unit, int(t), kept, grown == t)
        if path is not None:
            labels[path] = t
            kept[path] = True
            return True
        if not (kept & (labels == t)).any():
            # Nothing holds this territory where it is: it starts anew around the walled-in unit.
            labels[labels == t] = -1
            labels[unit], kept[unit] = t, True
            return True
    return False


def _fill_empty(arrays: ProblemArrays, labels: Labels, cost: Floats, centers: Ints, kept: Bools | None = None) -> None:
    """Give each empty territory the unit that is cheapest for it, from a territory that keeps others."""
    held = arrays.locked >= 0 if kept is None else kept
    size = np.bincount(labels[labels >= 0], minlength=arrays.k)
    for t in np.flatnonzero(size == 0):
        free = np.flatnonzero(~held & (labels >= 0) & (size[labels] > 1) & np.isfinite(cost[:, t]))
        if free.size:
            unit = int(centers[t]) if centers[t] in free else int(free[cost[free, t].argmin()])
            size[labels[unit]] -= 1
            labels[unit], size[t] = t, 1


def _join_locked(arrays: ProblemArrays, labels: Labels) -> Bools | None:
    """Connect the locked units of each territory by shortest paths; return the units this holds fast."""
    kept = arrays.locked >= 0
    for t in np.unique(arrays.locked[kept]):
        held = np.flatnonzero(arrays.locked == t)
        while True:
            number = pieces(arrays, labels)
            main = number[held[0]]
            apart = held[number[held] != main]
            if apart.size == 0:
                break
            path = _path(arrays, int(apart[0]), int(t), kept, number == main)
            if path is None:
                return None
            labels[path] = t
            kept[path] = True
    return kept


def _path(arrays: ProblemArrays, start: int, t: int, kept: Bools, goal: Bools) -> list[int] | None:
    """Return a shortest path of units from `start` to the goal that crosses no unit held by another territory."""
    before = {start: -1}
    queue = deque([start])
    while queue:
        unit = queue.popleft()
        if goal[unit]:
            path = []
            while unit >= 0:
                path.append(unit)
                unit = before[unit]
            return path
        for v in arrays.indices[arrays.indptr[unit] : arrays.indptr[unit + 1]]:
            v = int(v)
            passable = goal[v] or arrays.locked[v] == t or (not kept[v] and np.isfinite(arrays.extra[v, t]))
            if v not in before and passable:
                before[v] = unit
                queue.append(v)
    return None
