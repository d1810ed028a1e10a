"""Starts from what is there today: the present alignment, mended as far as balance asks for it.

Moving an account away from who has it gets a price; the higher it is, the more stays. The price is found by halving,
so that the budgets are used and not passed (Lagrangian relaxation of the budgets).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.balance import assign
from territory_geo.optimize.centers import centers_cost, unit_centers
from territory_geo.optimize.rules.place import grown

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

STEPS = 8
"""Prices that are tried."""
HIGHEST = 1e3
"""The highest price of a territory's whole budget, in mean travel of a territory; the lowest is its inverse."""


def spent_shares(arrays: ProblemArrays) -> Floats:
    """Return what each unit takes from all budgets in each territory, in shares of a territory, shape (n, k)."""
    tables = arrays.rules.tables
    unit = np.repeat(np.arange(arrays.n), np.diff(tables.spent_start))
    amount = tables.spent_amount * tables.budget_scale[tables.spent_budget]
    whole = np.bincount(unit, amount, minlength=arrays.n)
    taken = np.repeat(whole[:, None], arrays.k, axis=1)
    owned = tables.spent_owner >= 0
    np.add.at(taken, (unit[owned], tables.spent_owner[owned]), -amount[owned])
    return np.maximum(taken, 0.0)


def today_labels(arrays: ProblemArrays, cost: Floats) -> Labels:
    """Return the present territory of each unit where it is one of those to come and allowed, else the cheapest."""
    labels: Labels = cost.argmin(axis=1).astype(np.int32)
    today = arrays.rules.today
    known = np.flatnonzero(today >= 0)
    known = known[np.isfinite(arrays.extra[known, today[known]])]
    labels[known] = today[known]
    return labels


def middle_units(arrays: ProblemArrays, owner: Ints | Labels) -> Ints:
    """Return where territories are centred, given each unit's or -1; one that has no unit starts far from the others.

    Homes, where trips start there; else the unit next to the weighted mean place.
    """
    if arrays.centering == HOME:
        return np.arange(arrays.n, arrays.n + arrays.k)
    known = np.flatnonzero(owner >= 0)
    centers = np.full(arrays.k, -1, dtype=np.int64)
    for t in np.unique(owner[known]):
        own = known[owner[known] == t]
        middle = (arrays.weight[own, None] + 1e-12) * arrays.places[own]
        mean = middle.sum(axis=0) / (arrays.weight[own] + 1e-12).sum()
        centers[t] = own[int(((arrays.places[own] - mean) ** 2).sum(axis=1).argmin())]
    for t in np.flatnonzero(centers < 0):
        there = centers[centers >= 0]
        if not there.size:
            centers[t] = int(arrays.weight.argmax())
            continue
        away = ((arrays.places[:, None] - arrays.places[there]) ** 2).sum(axis=2).min(axis=1)
        centers[t] = int((away * arrays.weight).argmax())
    return centers


def today_starts(arrays: ProblemArrays) -> Iterator[Labels]:
    """Yield labels in one piece per territory that start from today's, the most faithful first.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem; without `rules.today` nothing comes.

    Notes
    -----
    Today as it is, then the cheapest balanced assignments at falling prices of change: `STEPS` minimum-cost flows.
    """
    rules = arrays.rules
    if not rules.today.size or not (rules.today >= 0).any():
        return
    centers = middle_units(arrays, rules.today)
    cost = centers_cost(arrays, centers)
    labels = today_labels(arrays, cost)
    if arrays.centering != HOME and len(np.unique(labels)) == arrays.k:
        centers, _ = unit_centers(arrays, labels)
        cost = centers_cost(arrays, centers)
    first = grown(arrays, labels, cost, centers)
    if first is not None:
        yield first
    spent = spent_shares(arrays) if rules.tables.cap.size else _left(arrays)
    usual = float(cost[np.arange(arrays.n), cost.argmin(axis=1)].sum()) / arrays.k
    caps = rules.tables.cap * rules.tables.budget_scale
    low, high = -np.log(HIGHEST), np.log(HIGHEST)
    for _ in range(STEPS):
        middle = (low + high) / 2
        priced = cost + np.exp(middle) * usual * spent
        found = assign(arrays, priced)
        if found is None:
            return
        labels = found[0]
        start = grown(arrays, labels, priced, centers)
        if start is not None:
            yield start
            labels = start
        if not caps.size:
            # Without a budget one compromise is enough: travel alone is what the other starts are for.
            return
        used = (rules.spent(labels) - rules.tables.cap) * rules.tables.budget_scale
        low, high = (low, middle) if (used <= 0).all() else (middle, high)


def _left(arrays: ProblemArrays) -> Floats:
    """Return each unit's share of trips wherever it is not today, in shares of a territory, shape (n, k)."""
    today = arrays.rules.today
    share = arrays.k * arrays.weight / max(float(arrays.weight.sum()), 1e-300)
    moved = (today[:, None] != np.arange(arrays.k)) & (today >= 0)[:, None]
    return np.where(moved, share[:, None], 0.0)


def matched_centers(arrays: ProblemArrays, centers: Ints) -> Ints:
    """Return centres dealt out to the territories that have most of what lies around them today."""
    if arrays.centering == HOME or not arrays.rules.tables.cap.size:
        return centers
    nearest = centers_cost(arrays, centers).argmin(axis=1)
    spent, price = spent_shares(arrays), np.zeros((arrays.k, arrays.k))
    np.add.at(price, nearest, spent)
    free = np.setdiff1d(np.arange(arrays.k), arrays.locked)
    # Rows are centres, columns the territories that they are dealt out to; locked territories keep theirs.
    rows, columns = linear_sum_assignment(price[np.ix_(free, free)])
    dealt = centers.copy()
    dealt[free[columns]] = centers[free[rows]]
    return dealt
