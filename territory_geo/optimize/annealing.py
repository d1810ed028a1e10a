"""Numba kernels of the local search: random shifts and swaps along borders that keep territories in one piece.

The list of border units and each unit's count of foreign neighbours are kept up to date move by move, so
that a proposal costs O(degree) and a contiguity check rarely leaves the unit's own neighbourhood.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize.costs import Ways, cost_at
from territory_geo.optimize.kernels import Floats, Ints, Labels, State, random_below, random_unit, territory_loads

Bools = NDArray[np.bool_]


@njit(cache=True, inline="always")
def violation(loads: Floats, t: int, lower: Floats, upper: Floats, target: Floats) -> float:
    """How far territory t lies outside its bounds: the sum over measures, as shares of its `target`."""
    total = 0.0
    for q in range(loads.shape[1]):
        if loads[t, q] > upper[t, q]:
            total += (loads[t, q] - upper[t, q]) / target[t, q]
        elif loads[t, q] < lower[t, q]:
            total += (lower[t, q] - loads[t, q]) / target[t, q]
    return total


@njit(cache=True, inline="always")
def shift_load(loads: Floats, measures: Floats, i: int, s: int, t: int) -> None:
    """Take unit i out of territory s's loads and into t's."""
    for q in range(loads.shape[1]):
        loads[s, q] -= measures[i, s, q]
        loads[t, q] += measures[i, t, q]


@njit(cache=True)
def stays_connected(
    i: int, labels: Labels, indptr: Ints, indices: Ints, stamp: Ints, clock: Ints, queue: Ints, limit: int
) -> bool:
    """Tell whether the territory of unit i stays in one piece without i.

    Looks first among i's own neighbours, which settles nearly all cases on a planar graph, then searches
    from one of them until all others are found or `limit` units were touched (then the answer is no).
    """
    s = labels[i]
    kin = 0
    first = -1
    for e in range(indptr[i], indptr[i + 1]):
        if labels[indices[e]] == s:
            kin += 1
            if first < 0:
                first = indices[e]
    if kin <= 1:
        return True
    # Mark i's kin with clock, those reached with clock + 1; walk within the kin only.
    clock[0] += 3
    kin_mark, near_mark, seen_mark = clock[0], clock[0] + 1, clock[0] + 2
    for e in range(indptr[i], indptr[i + 1]):
        if labels[indices[e]] == s:
            stamp[indices[e]] = kin_mark
    stamp[first] = near_mark
    queue[0] = first
    head, tail = 0, 1
    while head < tail:
        u = queue[head]
        head += 1
        for e in range(indptr[u], indptr[u + 1]):
            v = indices[e]
            if stamp[v] == kin_mark:
                stamp[v] = near_mark
                queue[tail] = v
                tail += 1
    missing = kin - tail
    if missing == 0:
        return True
    # The kin found so far are the start of a search through the territory for the missing ones.
    head = 0
    while head < tail and tail < limit:
        u = queue[head]
        head += 1
        for e in range(indptr[u], indptr[u + 1]):
            v = indices[e]
            if labels[v] != s or v == i or stamp[v] == near_mark or stamp[v] == seen_mark:
                continue
            if stamp[v] == kin_mark:
                missing -= 1
                if missing == 0:
                    return True
            stamp[v] = seen_mark
            queue[tail] = v
            tail += 1
    return False


@njit(cache=True)
def foreign_neighbours(labels: Labels, indptr: Ints, indices: Ints) -> Ints:
    """Return, per unit, how many of its neighbours lie in another territory."""
    n = labels.shape[0]
    foreign = np.zeros(n, np.int64)
    for i in range(n):
        for e in range(indptr[i], indptr[i + 1]):
            if labels[indices[e]] != labels[i]:
                foreign[i] += 1
    return foreign


@njit(cache=True, inline="always")
def _enter(unit: int, members: Ints, position: Ints, size: Ints) -> None:
    if position[unit] < 0:
        position[unit] = size[0]
        members[size[0]] = unit
        size[0] += 1


@njit(cache=True, inline="always")
def _leave(unit: int, members: Ints, position: Ints, size: Ints) -> None:
    at = position[unit]
    if at >= 0:
        size[0] -= 1
        last = members[size[0]]
        members[at] = last
        position[last] = at
        position[unit] = -1


@njit(cache=True)
def move_unit(
    i: int,
    t: int,
    labels: Labels,
    foreign: Ints,
    members: Ints,
    position: Ints,
    size: Ints,
    indptr: Ints,
    indices: Ints,
) -> None:
    """Give unit i to territory t and keep the list of border units up to date, in O(degree)."""
    s = labels[i]
    labels[i] = t
    for e in range(indptr[i], indptr[i + 1]):
        v = indices[e]
        if labels[v] == s:
            foreign[v] += 1
            foreign[i] += 1
            _enter(v, members, position, size)
        elif labels[v] == t:
            foreign[v] -= 1
            foreign[i] -= 1
            if foreign[v] == 0:
                _leave(v, members, position, size)
    if foreign[i] == 0:
        _leave(i, members, position, size)
    else:
        _enter(i, members, position, size)


@njit(cache=True)
def touches(unit: int, s: int, labels: Labels, indptr: Ints, indices: Ints) -> bool:
    """Tell whether a unit has a neighbour in territory s."""
    for e in range(indptr[unit], indptr[unit + 1]):  # noqa: SIM110 - compiled code has no generators
        if labels[indices[e]] == s:
            return True
    return False


@njit(cache=True)
def border_walk(
    start: int, s: int, t: int, labels: Labels, indptr: Ints, indices: Ints, state: State, hops: int
) -> int:
    """Walk at random through territory t from `start`; return a unit there that touches s, or -1."""
    unit = start
    for _ in range(hops):
        degree = indptr[unit + 1] - indptr[unit]
        v = indices[indptr[unit] + random_below(state, degree)]
        if labels[v] == t:
            unit = v
    return unit if touches(unit, s, labels, indptr, indices) else -1


@njit(cache=True)
def anneal(
    labels: Labels,
    cost: Floats | Ways,
    measures: Floats,
    lower: Floats,
    upper: Floats,
    target: Floats,
    movable: Bools,
    indptr: Ints,
    indices: Ints,
    contiguous: bool,
    temperature: float,
    penalty: float,
    proposals: int,
    state: State,
) -> tuple[Ints, Floats, float]:
    """Run `proposals` random shifts and swaps at one temperature, changing `labels` in place.

    A move keeps both territories in one piece and takes its cost change plus `penalty` times the change of
    the bounds' violation through Metropolis' rule. A shift that would raise the violation is tried as a
    swap with a unit from across the border. Returns counts (evaluated, accepted, refused for contiguity), the
    loads and the cost change as they were kept up move by move.

    References
    ----------
    Kirkpatrick, Gelatt & Vecchi 1983; contiguity by neighbourhood first, as in Ricca & Simeone 2008.
    """
    n, k = labels.shape[0], lower.shape[0]
    loads = territory_loads(labels, k, measures)
    count = np.zeros(k, np.int64)
    for i in range(n):
        count[labels[i]] += 1
    foreign = foreign_neighbours(labels, indptr, indices)
    members = np.empty(n, np.int64)
    position = np.full(n, -1, np.int64)
    size = np.zeros(1, np.int64)
    for i in range(n):
        if foreign[i] > 0:
            _enter(i, members, position, size)
    stamp = np.zeros(n, np.int64)
    clock = np.zeros(1, np.int64)
    queue = np.empty(n + 1, np.int64)
    tally = np.zeros(3, np.int64)
    gained = 0.0
    for _ in range(proposals):
        if size[0] == 0:
            break
        i = members[random_below(state, size[0])]
        if not movable[i]:
            continue
        neighbour = indices[indptr[i] + random_below(state, indptr[i + 1] - indptr[i])]
        s, t = labels[i], labels[neighbour]
        if s == t or count[s] == 1 or cost_at(cost, i, t) == np.inf:
            continue
        tally[0] += 1
        before = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
        shift_load(loads, measures, i, s, t)
        after = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
        change = cost_at(cost, i, t) - cost_at(cost, i, s) + penalty * (after - before)
        partner = -1
        if after > before:
            partner = border_walk(neighbour, s, t, labels, indptr, indices, state, random_below(state, 6))
            if partner >= 0 and (not movable[partner] or cost_at(cost, partner, s) == np.inf):
                partner = -1
            if partner >= 0:
                shift_load(loads, measures, partner, t, s)
                swapped = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
                with_swap = (
                    cost_at(cost, i, t)
                    - cost_at(cost, i, s)
                    + cost_at(cost, partner, s)
                    - cost_at(cost, partner, t)
                    + penalty * (swapped - before)
                )
                if with_swap < change:
                    change = with_swap
                else:
                    shift_load(loads, measures, partner, s, t)
                    partner = -1
        take = change <= 0.0 or (temperature > 0.0 and random_unit(state) < np.exp(-change / temperature))
        if take and contiguous and not stays_connected(i, labels, indptr, indices, stamp, clock, queue, n):
            tally[2] += 1
            take = False
        if take:
            move_unit(i, t, labels, foreign, members, position, size, indptr, indices)
            if partner >= 0:
                if not contiguous or (
                    touches(partner, s, labels, indptr, indices)
                    and stays_connected(partner, labels, indptr, indices, stamp, clock, queue, n)
                ):
                    move_unit(partner, s, labels, foreign, members, position, size, indptr, indices)
                else:
                    move_unit(i, s, labels, foreign, members, position, size, indptr, indices)
                    tally[2] += 1
                    take = False
        if take:
            tally[1] += 1
            gained += cost_at(cost, i, t) - cost_at(cost, i, s)
            if partner >= 0:
                gained += cost_at(cost, partner, s) - cost_at(cost, partner, t)
            if partner < 0:
                count[s] -= 1
                count[t] += 1
        else:
            shift_load(loads, measures, i, t, s)
            if partner >= 0:
                shift_load(loads, measures, partner, s, t)
    return tally, loads, gained
