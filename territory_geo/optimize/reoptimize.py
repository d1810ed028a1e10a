"""Two neighbouring territories solved anew: the exact fixed-centre model on the units near their border.

Contiguity enters as cuts, only when a solution breaks it; the effort is counted in steps, never in seconds,
and the answer is never worse than what was there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.binary import NODES, solve_binary
from territory_geo.optimize.centers import recenter_one, travel_to
from territory_geo.optimize.groups import GoOn, improve_groups
from territory_geo.optimize.local_search import Score, kept_bounds
from territory_geo.optimize.rules.part import alone, pair_spending

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Labels = NDArray[np.int32]

HOPS = 4
"""Units further from the common border than this many steps stay where they are."""
PASSES = 4
"""Most times that all pairs which changed are solved again."""
CUT_ROUNDS = 12
"""Most times a model is solved again with new contiguity cuts, each time with less effort: later ones bring nothing."""


@dataclass(frozen=True)
class _Cut:
    """If `unit` is in the territory, at least one of `gate` must be."""

    unit: int
    first: bool
    gate: tuple[int, ...]


def neighbouring_pairs(arrays: ProblemArrays, labels: Labels) -> list[tuple[int, int]]:
    """Return the pairs of territories that touch, smaller number first, sorted."""
    source = labels[np.repeat(np.arange(arrays.n), np.diff(arrays.indptr))]
    target = labels[arrays.indices]
    across = source < target
    found = np.unique(np.column_stack([source[across], target[across]]), axis=0)
    return [(int(s), int(t)) for s, t in found]


def improve_pairs(arrays: ProblemArrays, labels: Labels, best: Score, go_on: GoOn) -> tuple[Labels, Score]:
    """Reoptimise all pairs of neighbouring territories, and those that changed again, until nothing changes.

    Parameters are those of `improve_groups`.

    References
    ----------
    Contiguity cuts: Oehrlein & Haunert 2017; Validi, Buchanan & Lykhovyd 2022.
    """

    def anew(labels: Labels, pair: tuple[int, int]) -> Labels | None:
        return reoptimize_pair(arrays, labels, *pair)

    waiting = neighbouring_pairs(arrays, labels)
    for _ in range(PASSES):
        labels, best, changed, going = improve_groups(arrays, labels, best, waiting, anew, go_on)
        if not going:
            break
        waiting = [pair for pair in neighbouring_pairs(arrays, labels) if changed & set(pair)]
    return labels, best


def pair_bounds(arrays: ProblemArrays, labels: Labels, s: int, t: int) -> tuple[Floats, Floats]:
    """Return the least and the most of the rows of `pair_loads` at which neither s nor t misses its bounds by more.

    What t holds is all that the pair would be in t, less what the units of s would be there.
    """
    own, other = labels == s, labels == t
    first, second = arrays.measures[own, s].sum(axis=0), arrays.measures[other, t].sum(axis=0)
    total = arrays.measures[own, t].sum(axis=0) + second
    lower, upper = kept_bounds(arrays, first, s)
    most, least = (total - side for side in kept_bounds(arrays, second, t))
    if arrays.fixed:
        return np.maximum(lower, least), np.minimum(upper, most)
    return np.concatenate([lower, least]), np.concatenate([upper, most])


def pair_loads(arrays: ProblemArrays, units: Ints, s: int, t: int) -> Floats:
    """Return what each unit adds to the loads that are bounded, if it is in s: shape (units, m) or (units, 2 m).

    Where loads depend on the territory, what it takes away from t is bounded by rows of its own.
    """
    if arrays.fixed:
        return arrays.usual[units]
    return np.hstack([arrays.measures[units, s], arrays.measures[units, t]])


def reoptimize_pair(
    arrays: ProblemArrays, labels: Labels, s: int, t: int, bounds: tuple[Floats, Floats] | None = None
) -> Labels | None:
    """Return labels with territories s and t divided anew at their present centres, or None if nothing is found.

    Parameters
    ----------
    arrays, labels
        As in `improve_groups`.
    s, t : int
        The two territories.
    bounds : (lower, upper), optional
        Of the rows of `pair_loads`; left out, the problem's own bounds hold for both, or are missed by no more than
        before.
    """
    lower, upper = pair_bounds(arrays, labels, s, t) if bounds is None else bounds
    units = np.flatnonzero((labels == s) | (labels == t))
    free = _near_border(arrays, labels, units, s, t)
    if not free.any():
        return None
    centers = np.array([recenter_one(arrays, np.flatnonzero(labels == own), own) for own in (s, t)])
    cost = travel_to(arrays, centers)[units] + arrays.extra[units][:, [s, t]]
    free &= np.isfinite(cost).all(axis=1) & alone(arrays)[units]
    core = [np.flatnonzero((labels[units] == own) & ~free) for own in (s, t)]
    roots = []
    for side, (own, fixed) in enumerate(zip((s, t), core, strict=True)):
        # The unit that is cheapest stands for the territory: the centre, where that is a unit and fixed.
        among = fixed if fixed.size else np.flatnonzero(labels[units] == own)
        roots.append(int(among[cost[among, side].argmin()]))
    free[roots] = False
    if not free.any():
        return None
    graph = _subgraph(arrays, units)
    cuts: list[_Cut] = []
    now = labels[units] == s
    measures, saving = pair_loads(arrays, units, s, t), (cost[:, 0] - cost[:, 1])[free]
    if arrays.rules.tables.cap.size:
        spent, least, most = pair_spending(arrays, labels, units, s, t)
        measures, lower, upper = np.hstack([measures, spent]), np.append(lower, least), np.append(upper, most)
    fixed = measures[now & ~free].sum(axis=0)
    present = measures[now].sum(axis=0)
    known = now[free] if ((lower <= present) & (present <= upper)).all() else None
    for turn in range(CUT_ROUNDS):
        clauses = list(_clauses(now, free, cuts))
        effort = NODES // (1 + turn)
        chosen = solve_binary(saving, measures[free], lower - fixed, upper - fixed, clauses, known, effort)
        if chosen is None:
            return None
        inside = now.copy()
        inside[free] = chosen
        broken = list(_broken(graph, inside, roots)) if arrays.contiguous else []
        if not broken:
            result = labels.copy()
            result[units[inside]] = s
            result[units[~inside]] = t
            return None if (result == labels).all() else result
        cuts.extend(broken)
    return None


def _near_border(arrays: ProblemArrays, labels: Labels, units: Ints, s: int, t: int) -> Bools:
    """Tell which units lie within `HOPS` steps of the border between s and t; locked ones never count."""
    graph = _subgraph(arrays, units)
    own = labels[units] == s
    source, target = np.repeat(np.arange(len(units)), np.diff(graph.indptr)), graph.indices
    near = np.zeros(len(units), dtype=bool)
    near[source[own[source] != own[target]]] = True
    for _ in range(HOPS - 1):
        near = near | (graph @ near.astype(np.int8) > 0)
    return near & (arrays.locked[units] < 0)


def _subgraph(arrays: ProblemArrays, units: Ints) -> csr_matrix:
    whole = csr_matrix(
        (np.ones(len(arrays.indices), np.int8), arrays.indices, arrays.indptr), shape=(arrays.n, arrays.n)
    )
    return whole[units][:, units]


def _clauses(now: Bools, free: Bools, cuts: list[_Cut]) -> Iterator[list[tuple[int, bool]]]:
    """Yield each cut over the free units, "the unit is elsewhere, or one of its gate is here", fixed units put in."""
    number = np.cumsum(free) - 1
    for cut in cuts:
        literals = [(cut.unit, not cut.first)] + [(i, cut.first) for i in cut.gate]
        if not any(not free[i] and bool(now[i]) == value for i, value in literals):
            yield [(int(number[i]), value) for i, value in literals if free[i]]


def _broken(graph: csr_matrix, inside: Bools, roots: list[int]) -> Iterator[_Cut]:
    """Yield a cut for units of each piece that does not hold its territory's root.

    A gate is the set of units around the piece: to belong, the piece must reach out through one of them.
    """
    for first, root in zip((True, False), roots, strict=True):
        members = np.flatnonzero(inside == first)
        _, number = connected_components(graph[members][:, members], directed=False)
        home = number[np.searchsorted(members, root)]
        for piece in range(int(number.max()) + 1):
            if piece == home:
                continue
            units = members[number == piece]
            around = np.unique(graph[units].indices)
            gate = tuple(int(i) for i in np.setdiff1d(around, units))
            for unit in units:
                yield _Cut(int(unit), first, gate)
