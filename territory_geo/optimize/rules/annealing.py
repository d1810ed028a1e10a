"""The annealing kernel for problems with rules: moves of whole groups, judged by loads, rules and costs together.

It does what `optimize.annealing` does, and more slowly: a move may take several units along, and what is asked of them
is priced until it holds. Contiguity holds before and after every move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize.annealing import (
    border_walk,
    foreign_neighbours,
    move_unit,
    shift_load,
    stays_connected,
    touches,
    violation,
)
from territory_geo.optimize.costs import Ways, cost_at
from territory_geo.optimize.kernels import Floats, Ints, Labels, random_below, random_unit, territory_loads
from territory_geo.optimize.kernels import State as Random
from territory_geo.optimize.rules.state import (
    GROUPED,
    KEPT_APART,
    State,
    cost_change,
    missed_change,
    start_state,
    ties_of,
)
from territory_geo.optimize.rules.tables import Tables

Bools = NDArray[np.bool_]

ALONE = 4
"""One in so many moves takes a unit out of its group alone: a group may have to pass through the eye of a needle."""
ANYWHERE = 4
"""Without contiguity, one in so many moves is between any two territories."""


@njit(cache=True, inline="always")
def whole(number: Any) -> Any:
    """Return a number as a 64-bit integer: mixed kinds of integers would become floats."""
    return np.int64(number)


@njit(cache=True)
def gather(
    i: int, t: int, labels: Labels, ties: Ints, tables: Tables, unit: Ints, source: Ints, goal: Ints, many: int
) -> int:  # fmt: skip
    """List unit i and those of its group that are in its territory as moves to t; return how many are listed now."""
    unit[many], source[many], goal[many] = i, labels[i], t
    many += 1
    if ties[i] & GROUPED:
        g = tables.group[i]
        for e in range(tables.group_start[g], tables.group_start[g + 1]):
            j = tables.group_units[e]
            if j != i and labels[j] == labels[i]:
                unit[many], source[many], goal[many] = j, labels[i], t
                many += 1
    return many


@njit(cache=True)
def allowed(first: int, many: int, unit: Ints, goal: Ints, cost: Floats | Ways, movable: Bools) -> bool:
    """Tell whether all listed units may go where they are to go."""
    for a in range(first, many):  # noqa: SIM110 - compiled code has no generators
        if not movable[unit[a]] or cost_at(cost, unit[a], goal[a]) == np.inf:
            return False
    return True


@njit(cache=True, inline="always")
def shift(
    i: int, t: int, labels: Labels, cost: Floats | Ways, over: Floats, measures: Floats, loads: Floats
) -> tuple[float, float]:  # fmt: skip
    """Give unit i to t in labels and loads; return the change of cost and of what misses the radius.

    `over` is what each unit misses it by in each territory, of shape (0, 0) where none is asked for.
    """
    s = whole(labels[i])
    worth, missed = cost_at(cost, i, t) - cost_at(cost, i, s), 0.0
    if over.size:
        missed = over[i, t] - over[i, s]
    shift_load(loads, measures, i, s, t)
    labels[i] = t
    return worth, missed


@njit(cache=True)
def shift_tied(
    i: int, s: int, t: int, labels: Labels, indptr: Ints, indices: Ints, tie: int, tables: Tables, state: State
) -> tuple[float, float]:  # fmt: skip
    """Move unit i from s to t in the rules' state; return the change of cost and of violation.

    Apart from `shift`, and only for units with ties: handing over so many arrays takes longer than all else.
    """
    missed = missed_change(i, s, t, labels, tie, tables, state)
    return cost_change(i, s, t, labels, indptr, indices, tie, tables, state), missed


@njit(cache=True, inline="always")
def shift_listed(
    first: int, last: int, unit: Ints, source: Ints, goal: Ints, labels: Labels, cost: Floats | Ways, over: Floats,
    measures: Floats, loads: Floats, ties: Ints, indptr: Ints, indices: Ints, tables: Tables, state: State,
) -> tuple[float, float]:  # fmt: skip
    """Make the listed moves in labels, loads and the rules' state; return the change of cost and of violation.

    With `source` and `goal` exchanged it takes them back.
    """
    worth, missed = 0.0, 0.0
    for a in range(first, last):
        more, less = shift(unit[a], goal[a], labels, cost, over, measures, loads)
        worth += more
        missed += less
        if ties[unit[a]]:
            more, less = shift_tied(
                unit[a], source[a], goal[a], labels, indptr, indices, ties[unit[a]], tables, state
            )  # fmt: skip
            worth += more
            missed += less
    return worth, missed


@njit(cache=True)
def conflicting(i: int, t: int, labels: Labels, tables: Tables) -> int:
    """Return a unit in territory t that must not be with unit i, or -1."""
    for e in range(tables.apart_start[i], tables.apart_start[i + 1]):
        if labels[tables.apart_units[e]] == t:
            return int(tables.apart_units[e])
    return -1


@njit(cache=True)
def carry_out(
    many: int, unit: Ints, goal: Ints, done: Ints, labels: Labels, foreign: Ints, members: Ints, position: Ints,
    size: Ints, indptr: Ints, indices: Ints, contiguous: bool, stamp: Ints, clock: Ints, queue: Ints,
) -> bool:  # fmt: skip
    """Make the listed moves in an order that keeps all territories in one piece; undo them if there is none.

    `done` is work space: the moves in the order in which they were made.
    """
    made = 0
    waiting = True
    while waiting and made < many:
        waiting = False
        for a in range(many):
            i, t = unit[a], goal[a]
            if labels[i] == t:
                continue
            if contiguous and not (
                touches(i, t, labels, indptr, indices)
                and stays_connected(i, labels, indptr, indices, stamp, clock, queue, labels.size)
            ):
                continue
            done[made, 0], done[made, 1] = i, labels[i]
            made += 1
            move_unit(i, t, labels, foreign, members, position, size, indptr, indices)
            waiting = True
    if made == many:
        return True
    for a in range(made - 1, -1, -1):
        move_unit(done[a, 0], done[a, 1], labels, foreign, members, position, size, indptr, indices)
    return False


@njit(cache=True)
def anneal_ruled(
    labels: Labels, cost: Floats | Ways, over: Floats, measures: Floats, lower: Floats, upper: Floats, target: Floats,
    movable: Bools, indptr: Ints, indices: Ints, contiguous: bool, temperature: float, penalty: float,
    proposals: int, tables: Tables, random: Random,
) -> tuple[Ints, Floats, State, float, float]:  # fmt: skip
    """Run `proposals` random moves of units or groups at one temperature, changing `labels` in place.

    A move takes its change of cost plus `penalty` times the change of all violations through Metropolis' rule. One
    that would raise the violation is tried as a swap: with a unit that must not be where it goes, else with one from
    across the border.

    Returns
    -------
    (counts, loads, state, gained, missed)
        Moves evaluated, accepted and refused for contiguity; loads, rules' state, change of cost and of the rules'
        violation as they were kept up move by move.

    References
    ----------
    Kirkpatrick, Gelatt & Vecchi 1983.
    """
    n, k = labels.shape[0], lower.shape[0]
    loads, state = territory_loads(labels, k, measures), start_state(labels, k, tables)
    ties = ties_of(n, tables)
    count = np.zeros(k, np.int64)
    for i in range(n):
        count[labels[i]] += 1
    foreign = foreign_neighbours(labels, indptr, indices)
    members, position, size = np.empty(n, np.int64), np.full(n, -1, np.int64), np.zeros(1, np.int64)
    for i in range(n):
        if foreign[i] > 0:
            position[i] = size[0]
            members[size[0]] = i
            size[0] += 1
    stamp, clock, queue = np.zeros(n, np.int64), np.zeros(1, np.int64), np.empty(n + 1, np.int64)
    unit, goal, source = np.empty(2 * n + 2, np.int64), np.empty(2 * n + 2, np.int64), np.empty(2 * n + 2, np.int64)
    done, tally = np.empty((2 * n + 2, 2), np.int64), np.zeros(3, np.int64)
    gained, missed = 0.0, 0.0
    for _ in range(proposals):
        if not contiguous and k > 1 and random_below(random, ANYWHERE) == 0:
            i = whole(random_below(random, n))
            t = whole(random_below(random, k))
            neighbour = whole(-1)
        else:
            if size[0] == 0:
                continue
            i = members[random_below(random, size[0])]
            neighbour = indices[indptr[i] + random_below(random, indptr[i + 1] - indptr[i])]
            t = whole(labels[neighbour])
        s = whole(labels[i])
        if s == t or not movable[i] or cost_at(cost, i, t) == np.inf:
            continue
        if ties[i] & GROUPED and random_below(random, ALONE) > 0:
            many = gather(i, t, labels, ties, tables, unit, source, goal, 0)
            if not allowed(0, many, unit, goal, cost, movable):
                continue
        else:
            unit[0], source[0], goal[0], many = i, s, t, 1
        if count[s] <= many:
            continue
        tally[0] += 1
        partner = conflicting(i, t, labels, tables) if ties[i] & KEPT_APART else -1
        before = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
        worth, broken = shift_listed(
            0, many, unit, source, goal, labels, cost, over, measures, loads, ties, indptr, indices, tables, state
        )  # fmt: skip
        after = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
        change = worth + penalty * (after - before + broken)
        first = many
        if after - before + broken > 0.0:
            if partner < 0 and neighbour >= 0:
                partner = border_walk(neighbour, s, t, labels, indptr, indices, random, random_below(random, 6))
            for a in range(many):
                if unit[a] == partner:
                    partner = -1
            if partner >= 0 and labels[partner] == t:
                many = gather(partner, s, labels, ties, tables, unit, source, goal, many)
                for a in range(first, many):
                    for b in range(first):
                        if unit[a] == unit[b]:
                            many = first
                            break
                    if many == first:
                        break
                if not allowed(first, many, unit, goal, cost, movable) or count[t] + first <= many - first:
                    many = first
            if many > first:
                extra_worth, extra_broken = shift_listed(
                    first, many, unit, source, goal, labels, cost, over, measures, loads, ties, indptr, indices,
                    tables, state,
                )  # fmt: skip
                swapped = violation(loads, s, lower, upper, target) + violation(loads, t, lower, upper, target)
                with_swap = worth + extra_worth + penalty * (swapped - before + broken + extra_broken)
                if with_swap < change:
                    change, worth, broken = with_swap, worth + extra_worth, broken + extra_broken
                else:
                    shift_listed(
                        first, many, unit, goal, source, labels, cost, over, measures, loads, ties, indptr, indices,
                        tables, state,
                    )  # fmt: skip
                    many = first
        take = change <= 0.0 or (temperature > 0.0 and random_unit(random) < np.exp(-change / temperature))
        if take:
            # Judged: now back, and one by one in an order that keeps every territory in one piece.
            for a in range(many):
                labels[unit[a]] = source[a]
            take = carry_out(
                many, unit, goal, done, labels, foreign, members, position, size, indptr, indices, contiguous,
                stamp, clock, queue,
            )  # fmt: skip
            if not take:
                tally[2] += 1
                for a in range(many):
                    labels[unit[a]] = goal[a]
        if take:
            tally[1] += 1
            gained += worth
            missed += broken
            for a in range(many):
                count[source[a]] -= 1
                count[goal[a]] += 1
        else:
            shift_listed(
                0, many, unit, goal, source, labels, cost, over, measures, loads, ties, indptr, indices, tables, state
            )  # fmt: skip
    return tally, loads, state, gained, missed
