"""Rules where a part of a plan is solved anew: what stays put, and rows for what may still be spent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Labels = NDArray[np.int32]


def alone(arrays: ProblemArrays) -> Bools:
    """Tell which units may move without regard to others, shape (n,): those in groups or kept apart stay put."""
    free = np.ones(arrays.n, dtype=np.bool_)
    free[arrays.rules.tied] = False
    return free


def spending_rows(arrays: ProblemArrays, unit: Ints, territory: Ints) -> Floats:
    """Return what pairs of unit and territory take from each budget, in shares of a territory, (pairs, budgets)."""
    tables = arrays.rules.tables
    rows = np.zeros((len(unit), tables.cap.size))
    count = np.diff(tables.spent_start)[unit]
    pair = np.repeat(np.arange(len(unit)), count)
    # The rows of one unit follow one another: the first of each, and how far on.
    first = np.repeat(tables.spent_start[unit] - (np.cumsum(count) - count), count)
    entry = first + np.arange(len(pair))
    entry, pair = (kept[tables.spent_owner[entry] != territory[pair]] for kept in (entry, pair))
    budget = tables.spent_budget[entry]
    np.add.at(rows, (pair, budget), tables.spent_amount[entry] * tables.budget_scale[budget])
    return rows


def left_to_spend(arrays: ProblemArrays, labels: Labels) -> Floats:
    """Return what each budget has left, in shares of a territory, shape (budgets,); 0 where it is passed."""
    tables = arrays.rules.tables
    return np.maximum((tables.cap - arrays.rules.spent(labels)) * tables.budget_scale, 0.0)


def pair_spending(arrays: ProblemArrays, labels: Labels, units: Ints, s: int, t: int) -> tuple[Floats, Floats, Floats]:
    """Return rows of what each unit adds to the budgets in s rather than in t, and their least and most.

    Returns
    -------
    (rows, lower, upper)
        Of shape (units, budgets) and (budgets,); budgets that none of the units touches are left out.
    """
    rows = spending_rows(arrays, units, np.full(len(units), s)) - spending_rows(arrays, units, np.full(len(units), t))
    present = rows[labels[units] == s].sum(axis=0)
    used = np.abs(rows).sum(axis=0) > 0
    upper = (present + left_to_spend(arrays, labels))[used]
    return rows[:, used], -np.abs(rows[:, used]).sum(axis=0), upper
