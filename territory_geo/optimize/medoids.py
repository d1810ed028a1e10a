"""Annealing without contiguity, on the true objective: every move is judged with the best centres it leads to.

For each territory the travel to every possible centre is kept up to date, so that the best centre after a shift or
a swap is found by one look at the members. O(n²) memory for the costs, O(n k) for the sums.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from territory_geo.optimize import kernels
from territory_geo.optimize.annealing import shift_load, violation
from territory_geo.optimize.arrays import UNIT, ProblemArrays
from territory_geo.optimize.kernels import Floats, Ints, Labels, State, random_below, random_unit
from territory_geo.optimize.local_search import Score, score

Bools = NDArray[np.bool_]

MOST_UNITS = 4_000
"""Units up to which the costs between all of them are held in memory (128 MB at most)."""
NEAR = 32
"""How many nearest units a unit may follow into their territory."""
ROUNDS, PROPOSALS, MOST_PROPOSALS = 120, 50, 50_000
"""Rounds from hot to cold, and moves proposed in each: per unit, and in all, in the shortest cycle."""
HOT, COLD = 3.0, 1e-2
"""First and last temperature, in shares of the mean travel of a unit."""
TELLING = 0.4
"""Share of a cycle from which on its labels are worth remembering."""
FREEZE = 0.9
"""Share of the time from which on a cycle cools faster, so that it ends cold."""
PRICE, PRICE_RISE = 30.0, 10.0
"""Price of missing a bound by a whole target, in mean travel of a territory; it rises over a cycle."""


def applies(arrays: ProblemArrays) -> bool:
    """Tell whether the problem is small enough and free of contiguity and rules."""
    free = not arrays.contiguous and not arrays.rules.asked
    return free and arrays.n <= MOST_UNITS and arrays.k > 1 and arrays.centering == UNIT


@njit(cache=True)
def _without(t: int, u: int, members: Ints, size: Ints, sums: Floats, cost: Floats) -> float:
    """Return the travel of territory t from its best centre once unit u has left."""
    best = np.inf
    for a in range(size[t]):
        i = members[t, a]
        if i != u:
            best = min(best, sums[t, i] - cost[u, i])
    return float(best) if best < np.inf else 0.0


@njit(cache=True)
def _with(t: int, u: int, members: Ints, size: Ints, sums: Floats, cost: Floats) -> float:
    """Return the travel of territory t from its best centre once unit u has joined."""
    best = sums[t, u] + cost[u, u]
    for a in range(size[t]):
        i = members[t, a]
        best = min(best, sums[t, i] + cost[u, i])
    return float(best)


@njit(cache=True)
def _exchanged(t: int, out: int, new: int, members: Ints, size: Ints, sums: Floats, cost: Floats) -> float:
    """Return the travel of territory t from its best centre once one unit was exchanged for another."""
    best = sums[t, new] - cost[out, new] + cost[new, new]
    for a in range(size[t]):
        i = members[t, a]
        if i != out:
            best = min(best, sums[t, i] - cost[out, i] + cost[new, i])
    return float(best)


@njit(cache=True)
def _give(u: int, t: int, labels: Labels, members: Ints, size: Ints, place: Ints, sums: Floats, cost: Floats) -> None:
    """Move unit u to territory t and keep members and sums up to date, in O(n)."""
    s = labels[u]
    size[s] -= 1
    last = members[s, size[s]]
    members[s, place[u]] = last
    place[last] = place[u]
    members[t, size[t]] = u
    place[u] = size[t]
    size[t] += 1
    labels[u] = t
    for i in range(cost.shape[0]):
        sums[s, i] -= cost[u, i]
        sums[t, i] += cost[u, i]


@njit(cache=True)
def anneal_medoids(
    labels: Labels, cost: Floats, extra: Floats, measures: Floats, lower: Floats, upper: Floats, target: Floats,
    movable: Bools, near: Ints, temperature: float, penalty: float, proposals: int, state: State,
    best: Labels, best_value: float,
) -> tuple[float, float, int]:  # fmt: skip
    """Propose shifts and swaps at one temperature, changing `labels` in place.

    A shift that would raise the violation of the bounds is tried as a swap with a unit of the other territory.
    The best labels within the bounds seen on the way go to `best` if they cost less than `best_value`.

    Returns
    -------
    (travel, best_value, moves)
        Of the last labels, of the best, and how many moves were made.

    References
    ----------
    Kirkpatrick, Gelatt & Vecchi 1983; candidate lists of near units as in Stefanello, de Araújo & Müller 2015.
    """
    n, k = cost.shape[0], lower.shape[0]
    members, size, place = np.empty((k, n), np.int64), np.zeros(k, np.int64), np.empty(n, np.int64)
    sums, loads, moves = np.zeros((k, n)), kernels.territory_loads(labels, k, measures), 0
    for u in range(n):
        t = labels[u]
        members[t, size[t]] = u
        place[u] = size[t]
        size[t] += 1
        for i in range(n):
            sums[t, i] += cost[u, i]
    travel, added, missed = np.zeros(k), 0.0, 0.0
    for t in range(k):
        travel[t] = np.inf if size[t] else 0.0
        for a in range(size[t]):
            travel[t] = min(travel[t], sums[t, members[t, a]])
        missed += violation(loads, t, lower, upper, target)
    for u in range(n):
        added += extra[u, labels[u]]
    total = travel.sum() + added
    for _ in range(proposals):
        u = random_below(state, n)
        v = near[u, random_below(state, near.shape[1])]
        s, t = labels[u], labels[v]
        if s == t or size[s] == 1 or not movable[u] or extra[u, t] == np.inf:
            continue
        before = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
        shift_load(loads, measures, u, s, t)
        after = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
        swap = after > before
        if swap and random_below(state, 2) == 0:
            v = members[t, random_below(state, size[t])]
        if swap:
            swap = movable[v] and extra[v, s] < np.inf
        if swap:
            shift_load(loads, measures, v, t, s)
            after = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
            left = _exchanged(s, u, v, members, size, sums, cost)
            right = _exchanged(t, v, u, members, size, sums, cost)
            more = extra[u, t] - extra[u, s] + extra[v, s] - extra[v, t]
        else:
            left = _without(s, u, members, size, sums, cost)
            right = _with(t, u, members, size, sums, cost)
            more = extra[u, t] - extra[u, s]
        change = left + right + more - travel[s] - travel[t]
        worth = change + penalty * (after - before)
        if worth <= 0.0 or random_unit(state) < np.exp(-worth / temperature):
            _give(u, t, labels, members, size, place, sums, cost)
            if swap:
                _give(v, s, labels, members, size, place, sums, cost)
            travel[s], travel[t] = left, right
            total += change
            missed += after - before
            moves += 1
            if missed < 1e-12 and total < best_value * (1 - 1e-12):
                best_value = total
                best[:] = labels
        else:
            if swap:
                shift_load(loads, measures, v, s, t)
            shift_load(loads, measures, u, t, s)
    return total, best_value, moves


def unit_costs(arrays: ProblemArrays) -> Floats:
    """Return the travel of each unit to each other one as its centre, shape (n, n)."""
    return kernels.cost_to_centers(
        np.arange(arrays.n), arrays.points, arrays.weight, arrays.metric, arrays.scale, arrays.power
    )


def near_units(arrays: ProblemArrays) -> Ints:
    """Return the nearest other units of each unit, shape (n, min(NEAR, n - 1))."""
    count = min(NEAR, arrays.n - 1)
    _, found = cKDTree(arrays.places).query(arrays.places, count + 1)
    # Units in one place may list another one first: each row loses itself, or its last entry.
    own = found == np.arange(arrays.n)[:, None]
    own[~own.any(axis=1), -1] = True
    return np.ascontiguousarray(found[~own].reshape(arrays.n, count))


def medoid_cycle(
    arrays: ProblemArrays,
    labels: Labels,
    state: NDArray[np.uint64],
    *,
    effort: float,
    share: Callable[[], float],
    after_round: Callable[[Labels, Score], bool],
    cost: Floats,
    seen: Callable[[Labels], None] = lambda labels: None,
) -> tuple[Labels, Score]:
    """Anneal labels from hot to cold and return the best seen.

    Parameters
    ----------
    arrays, state, share, after_round
        As in `anneal_cycle`; there is no contiguity.
    labels : int32 array, shape (n,)
        Where to start; not changed. The start is hot, so that little of it remains.
    effort : float
        Length of the cycle as a multiple of the shortest one.
    cost : array, shape (n, n)
        What `unit_costs` returns.
    seen : callable, optional
        Receives the labels of the cooler rounds, whatever bounds they miss.
    """
    near, movable = near_units(arrays), arrays.locked < 0
    current, best = labels.copy(), labels.copy()
    best_score = score(arrays, labels)
    value = best_score.travel if best_score.feasible else np.inf
    total = best_score.travel
    for step in range(ROUNDS):
        done = max(step / ROUNDS, (min(share(), 1.0) - FREEZE) / (1 - FREEZE))
        mean = total / arrays.n
        total, value, _ = anneal_medoids(
            current, cost, arrays.extra, arrays.measures, arrays.lower, arrays.upper, arrays.target, movable, near,
            HOT * mean * (COLD / HOT) ** done + 1e-300,
            PRICE * (1 + (PRICE_RISE - 1) * done) * max(total, 1e-9) / arrays.k,
            int(effort * min(PROPOSALS * arrays.n, MOST_PROPOSALS)), state, best, value,
        )  # fmt: skip
        if step >= TELLING * ROUNDS:
            seen(current)
            seen(best)
        if np.isfinite(value):
            if value < best_score.travel or not best_score.feasible:
                best_score = score(arrays, best)
        else:
            now = score(arrays, current)
            if now.better(best_score):
                best, best_score = current.copy(), now
        if not after_round(best, best_score):
            break
    return best, best_score
