"""Numba kernels of the rules: what a move changes, in O(degree), with the counts and sums that this needs.

A move is made on this state first and judged by what it returns; to take it back, it is made the other way.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize.kernels import Floats, Ints, Labels
from territory_geo.optimize.rules.tables import APART, SPLIT, TOGETHER, Tables

Bools = NDArray[np.bool_]


class State(NamedTuple):
    """What is kept up to date.

    Parameters
    ----------
    held : int array, shape (containers, k)
        Units of each container in each territory.
    splits : int array, shape (kinds,)
        Further territories in containers of each kind.
    used : float array, shape (budgets,)
        What each budget has lost.
    """

    held: Ints
    splits: Ints
    used: Floats


GROUPED, KEPT_APART, CONTAINED, SPENDING, BORDERING = 1, 2, 4, 8, 16
"""Which rules a unit has to do with: bits of its entry in `ties_of`. Others are not looked at."""


@njit(cache=True)
def ties_of(n: int, tables: Tables) -> Ints:
    """Return which rules each unit has to do with, shape (n,)."""
    ties = np.zeros(n, np.int64)
    for i in range(n):
        if tables.group.size and tables.group[i] >= 0:
            ties[i] += GROUPED
        if tables.apart_units.size and tables.apart_start[i + 1] > tables.apart_start[i]:
            ties[i] += KEPT_APART
        if tables.split_cost.size and tables.container[i].max() >= 0:
            ties[i] += CONTAINED
        if tables.cap.size and tables.spent_start[i + 1] > tables.spent_start[i]:
            ties[i] += SPENDING
        if tables.border.size:
            ties[i] += BORDERING
    return ties


@njit(cache=True)
def start_state(labels: Labels, k: int, tables: Tables) -> State:
    """Return the state of labels, O(n)."""
    held = np.zeros((tables.split_cost.size, k if tables.split_cost.size else 0), np.int64)
    splits = np.zeros(tables.split_limit.size, np.int64)
    used = np.zeros(tables.cap.size)
    for i in range(labels.size):
        if tables.split_cost.size:
            for q in range(tables.container.shape[1]):
                c = tables.container[i, q]
                if c >= 0:
                    held[c, labels[i]] += 1
        if tables.cap.size:
            for e in range(tables.spent_start[i], tables.spent_start[i + 1]):
                if tables.spent_owner[e] != labels[i]:
                    used[tables.spent_budget[e]] += tables.spent_amount[e]
    for c in range(held.shape[0]):
        parts = 0
        for t in range(k):
            if held[c, t] > 0:
                parts += 1
        splits[tables.kind[c]] += max(parts - 1, 0)
    return State(held, splits, used)


@njit(cache=True, inline="always")
def _excess(b: int, tables: Tables, state: State) -> float:
    over = state.used[b] - tables.cap[b]
    return over * tables.budget_scale[b] if over > 0.0 else 0.0


@njit(cache=True, inline="always")
def _too_many(q: int, tables: Tables, state: State) -> int:
    return int(max(state.splits[q] - tables.split_limit[q], 0))


@njit(cache=True, inline="always")
def missed_change(i: int, s: int, t: int, labels: Labels, tie: int, tables: Tables, state: State) -> float:
    """Move unit i from territory s to t in `state` and return the change of the hard rules' violation.

    `labels` of all other units count; that of i may be either. `tie` is the unit's entry in `ties_of`.
    """
    change = 0.0
    if tie & GROUPED:
        g = tables.group[i]
        first, last = tables.group_start[g], tables.group_start[g + 1]
        gone = 0
        for e in range(first, last):
            j = tables.group_units[e]
            if j != i:
                if labels[j] == s:
                    gone += 1
                elif labels[j] == t:
                    gone -= 1
        change += TOGETHER * gone / (last - first - 1)
    if tie & KEPT_APART:
        met = 0
        for e in range(tables.apart_start[i], tables.apart_start[i + 1]):
            j = tables.apart_units[e]
            if labels[j] == t:
                met += 1
            elif labels[j] == s:
                met -= 1
        change += APART * met
    if tie & CONTAINED:
        change += SPLIT * _divided(i, s, t, tables, state)
    if tie & SPENDING:
        for e in range(tables.spent_start[i], tables.spent_start[i + 1]):
            owner, b = tables.spent_owner[e], tables.spent_budget[e]
            if owner == s or owner == t:  # noqa: SIM109 - numbers of two kinds
                before = _excess(b, tables, state)
                state.used[b] += tables.spent_amount[e] if owner == s else -tables.spent_amount[e]
                change += _excess(b, tables, state) - before
    return change


@njit(cache=True, inline="always")
def _divided(i: int, s: int, t: int, tables: Tables, state: State) -> int:
    """Move unit i from s to t in the counts of its containers; return by how many more splits limits are passed."""
    change = 0
    for q in range(tables.container.shape[1]):
        c = tables.container[i, q]
        if c < 0:
            continue
        kind = tables.kind[c]
        change -= _too_many(kind, tables, state)
        state.held[c, s] -= 1
        state.held[c, t] += 1
        if state.held[c, s] == 0:
            state.splits[kind] -= 1
        if state.held[c, t] == 1:
            state.splits[kind] += 1
        change += _too_many(kind, tables, state)
    return change


@njit(cache=True, inline="always")
def cost_change(
    i: int, s: int, t: int, labels: Labels, indptr: Ints, indices: Ints, tie: int, tables: Tables, state: State
) -> float:
    """Return the change of what containers and borders cost once `missed_change` has moved unit i from s to t."""
    change = 0.0
    if tie & CONTAINED:
        for q in range(tables.container.shape[1]):
            c = tables.container[i, q]
            if c >= 0:
                if state.held[c, s] == 0:
                    change -= tables.split_cost[c]
                if state.held[c, t] == 1:
                    change += tables.split_cost[c]
    if tie & BORDERING:
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            if j != i:
                if labels[j] == s:
                    change += tables.border[e]
                elif labels[j] == t:
                    change -= tables.border[e]
    return change


@njit(cache=True)
def missed_in_all(labels: Labels, k: int, tables: Tables) -> float:
    """Return the violation of groups, pairs apart and budgets, counted anew; O(n + groups * k)."""
    total = 0.0
    count = np.zeros(k, np.int64)
    for g in range(tables.group_start.size - 1):
        first, last = tables.group_start[g], tables.group_start[g + 1]
        size = last - first
        split = size * size
        count[:] = 0
        for a in range(first, last):
            count[labels[tables.group_units[a]]] += 1
        for t in range(k):
            split -= count[t] * count[t]
        total += TOGETHER * split / (2 * (size - 1))
    if tables.apart_units.size:
        met = 0
        for i in range(labels.size):
            for e in range(tables.apart_start[i], tables.apart_start[i + 1]):
                if labels[tables.apart_units[e]] == labels[i]:
                    met += 1
        total += APART * met / 2
    state = start_state(labels, k, tables)
    for b in range(tables.cap.size):
        total += _excess(b, tables, state)
    for q in range(tables.split_limit.size):
        total += SPLIT * _too_many(q, tables, state)
    return total


@njit(cache=True)
def cost_in_all(labels: Labels, k: int, indptr: Ints, indices: Ints, tables: Tables) -> float:
    """Return what split containers and borders cost, counted anew."""
    total = 0.0
    state = start_state(labels, k, tables)
    for c in range(tables.split_cost.size):
        parts = 0
        for t in range(k):
            if state.held[c, t] > 0:
                parts += 1
        total += tables.split_cost[c] * max(parts - 1, 0)
    if tables.border.size:
        for i in range(labels.size):
            for e in range(indptr[i], indptr[i + 1]):
                if labels[indices[e]] != labels[i]:
                    total += tables.border[e] / 2
    return total
