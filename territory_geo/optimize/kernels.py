"""Numba kernels of the optimiser: plain arrays in, plain arrays out, one idea per function.

A unit is a row number 0..n-1, a territory a column number 0..k-1. Labels are int32, everything that is
added up is float64. Kernels draw random numbers from a state that the caller passes in, never from a
global generator, and are compiled once and cached on disk.
"""

from __future__ import annotations

import numpy as np
from numba import njit

PLANAR, SPHERE, MATRIX = 0, 1, 2
"""How `distance` reads its coordinates: metres in a plane, points on the unit sphere, or rows of a matrix."""


@njit(cache=True, inline="always")
def random_below(state, bound):
    """Return a random integer in [0, bound) and advance `state` (splitmix64, Steele et al. 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.int64((z >> np.uint64(11)) % np.uint64(bound))


@njit(cache=True, inline="always")
def random_unit(state):
    """Return a random float in [0, 1) and advance `state`."""
    return random_below(state, 1 << 53) / 9007199254740992.0


@njit(cache=True, inline="always")
def distance(points, i, j, metric, scale):
    """Distance between units i and j: kilometres once multiplied by `scale`."""
    if metric == MATRIX:
        return points[i, j] * scale
    dx = points[i, 0] - points[j, 0]
    dy = points[i, 1] - points[j, 1]
    dz = points[i, 2] - points[j, 2]
    chord = np.sqrt(dx * dx + dy * dy + dz * dz)
    if metric == PLANAR:
        return chord * scale
    return 2.0 * np.arcsin(min(1.0, 0.5 * chord)) * scale


@njit(cache=True)
def best_centers(labels, k, points, weight, metric, scale, power):
    """Return, per territory, the member unit with the least weighted travel to all members.

    Exact: every member is tried, O(sum of squared territory sizes) distances; a candidate is given up as
    soon as its running sum passes the best one. Returns (centers, travel), -1 and 0 for an empty territory.
    """
    n = labels.shape[0]
    size = np.zeros(k + 1, np.int64)
    for i in range(n):
        size[labels[i] + 1] += 1
    start = np.cumsum(size)
    order = np.empty(n, np.int64)
    fill = start[:k].copy()
    for i in range(n):
        order[fill[labels[i]]] = i
        fill[labels[i]] += 1
    centers = np.full(k, -1, np.int64)
    travel = np.zeros(k)
    for t in range(k):
        best = np.inf
        for a in range(start[t], start[t + 1]):
            candidate = order[a]
            total = 0.0
            for b in range(start[t], start[t + 1]):
                d = distance(points, order[b], candidate, metric, scale)
                total += weight[order[b]] * (d if power == 1 else d * d)
                if total >= best:
                    break
            if total < best:
                best = total
                centers[t] = candidate
        travel[t] = 0.0 if centers[t] < 0 else best
    return centers, travel


@njit(cache=True)
def cost_to_centers(centers, points, weight, metric, scale, power):
    """Return the (n, k) matrix of weighted travel from each unit to each centre."""
    n, k = weight.shape[0], centers.shape[0]
    cost = np.empty((n, k))
    for i in range(n):
        for t in range(k):
            d = distance(points, i, centers[t], metric, scale)
            cost[i, t] = weight[i] * (d if power == 1 else d * d)
    return cost


@njit(cache=True)
def territory_loads(labels, k, measures):
    """Return the (k, m) sums of the measures over each territory's units."""
    loads = np.zeros((k, measures.shape[1]))
    for i in range(labels.shape[0]):
        for q in range(measures.shape[1]):
            loads[labels[i], q] += measures[i, q]
    return loads


@njit(cache=True, inline="always")
def violation(loads, t, lower, upper, target):
    """How far territory t lies outside its bounds: the sum over measures, as shares of `target`."""
    total = 0.0
    for q in range(loads.shape[1]):
        if loads[t, q] > upper[t, q]:
            total += (loads[t, q] - upper[t, q]) / target[q]
        elif loads[t, q] < lower[t, q]:
            total += (lower[t, q] - loads[t, q]) / target[q]
    return total


@njit(cache=True, inline="always")
def shift_load(loads, measures, i, s, t):
    """Take unit i out of territory s's loads and into t's."""
    for q in range(loads.shape[1]):
        loads[s, q] -= measures[i, q]
        loads[t, q] += measures[i, q]


@njit(cache=True)
def stays_connected(i, labels, indptr, indices, stamp, clock, queue, limit):
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
def foreign_neighbours(labels, indptr, indices):
    """Return, per unit, how many of its neighbours lie in another territory."""
    n = labels.shape[0]
    foreign = np.zeros(n, np.int64)
    for i in range(n):
        for e in range(indptr[i], indptr[i + 1]):
            if labels[indices[e]] != labels[i]:
                foreign[i] += 1
    return foreign


@njit(cache=True, inline="always")
def _enter(unit, members, position, size):
    if position[unit] < 0:
        position[unit] = size[0]
        members[size[0]] = unit
        size[0] += 1


@njit(cache=True, inline="always")
def _leave(unit, members, position, size):
    at = position[unit]
    if at >= 0:
        size[0] -= 1
        last = members[size[0]]
        members[at] = last
        position[last] = at
        position[unit] = -1


@njit(cache=True)
def move_unit(i, t, labels, foreign, members, position, size, indptr, indices):
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
def touches(unit, s, labels, indptr, indices):
    """Tell whether a unit has a neighbour in territory s."""
    for e in range(indptr[unit], indptr[unit + 1]):
        if labels[indices[e]] == s:
            return True
    return False


@njit(cache=True)
def border_walk(start, s, t, labels, indptr, indices, state, hops):
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
    labels, cost, measures, lower, upper, target, movable, indptr, indices, contiguous,
    temperature, penalty, proposals, state,
):
    """Run `proposals` random shifts and swaps at one temperature, changing `labels` in place.

    A move keeps both territories in one piece and takes its cost change plus `penalty` times the change of
    the bounds' violation through Metropolis' rule. A shift that would raise the violation is tried as a
    swap with a unit from across the border. Returns counts (evaluated, accepted, refused for contiguity).

    References
    ----------
    Kirkpatrick, Gelatt & Vecchi 1983; contiguity by neighbourhood first, as in Ricca & Simeone 2008.
    """
    n, k = cost.shape
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
    for _ in range(proposals):
        if size[0] == 0:
            break
        i = members[random_below(state, size[0])]
        if not movable[i]:
            continue
        neighbour = indices[indptr[i] + random_below(state, indptr[i + 1] - indptr[i])]
        s, t = labels[i], labels[neighbour]
        if s == t or count[s] == 1 or cost[i, t] == np.inf:
            continue
        tally[0] += 1
        before = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
        shift_load(loads, measures, i, s, t)
        after = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
        change = cost[i, t] - cost[i, s] + penalty * (after - before)
        partner = -1
        if after > before:
            partner = border_walk(neighbour, s, t, labels, indptr, indices, state, random_below(state, 6))
            if partner >= 0 and (not movable[partner] or cost[partner, s] == np.inf):
                partner = -1
            if partner >= 0:
                shift_load(loads, measures, partner, t, s)
                swapped = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
                with_swap = (
                    cost[i, t] - cost[i, s] + cost[partner, s] - cost[partner, t] + penalty * (swapped - before)
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
            if partner < 0:
                count[s] -= 1
                count[t] += 1
        else:
            shift_load(loads, measures, i, t, s)
            if partner >= 0:
                shift_load(loads, measures, partner, s, t)
    return tally
