"""Starts that keep groups whole and pairs apart: both are placed first, then every territory is made one piece."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.repair import make_contiguous

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]


def placed(arrays: ProblemArrays, labels: Labels, cost: Floats) -> Labels:
    """Return labels with groups in one territory each and pairs apart, as far as one look at each can do it.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    labels : int32 array, shape (n,)
        Not changed.
    cost : array, shape (n, k)
        Infinite where forbidden.

    Notes
    -----
    Those that lose most if they do not get their first choice are placed first. O(tied units * k).
    """
    rules, labels = arrays.rules, labels.copy()
    tables = rules.tables
    own = cost[np.arange(arrays.n), labels]
    single = [i for i in rules.tied.tolist() if not tables.group.size or tables.group[i] < 0]
    parts = [*rules.groups, *(np.array([i]) for i in single)]
    # Where the balanced assignment has a unit is worth a little: it knows of prices that the costs do not.
    stays = np.zeros((len(parts), arrays.k))
    worth = np.empty((len(parts), arrays.k))
    for number, part in enumerate(parts):
        np.add.at(stays[number], labels[part], 1.0)
        worth[number] = (cost[part] - own[part, None]).sum(axis=0)
    usual = float(np.abs(own).mean()) + 1e-300
    worth -= usual * stays
    ranked = np.sort(worth, axis=1)
    regret = ranked[:, 1] - ranked[:, 0] if arrays.k > 1 else ranked[:, 0]
    order = np.argsort(-np.where(np.isfinite(regret), regret, np.inf), kind="stable")
    settled = np.full(arrays.n, -1, dtype=np.int64)
    for number in order:
        part, value = parts[number], worth[number].copy()
        for i in part if tables.apart_units.size else []:
            near = settled[tables.apart_units[tables.apart_start[i] : tables.apart_start[i + 1]]]
            value[near[near >= 0]] = np.inf
        if not np.isfinite(value).any():
            value = worth[number]
        settled[part] = int(value.argmin())
    tied = settled >= 0
    labels[tied] = settled[tied]
    return labels


def grown(arrays: ProblemArrays, labels: Labels, cost: Floats, centers: Ints) -> Labels | None:
    """Return labels in one piece per territory, with groups and pairs placed where that can be done, or None.

    Parameters
    ----------
    arrays, labels, cost, centers
        As in `make_contiguous`, which does all where there are no rules.
    """
    if not arrays.rules.tied.size:
        return make_contiguous(arrays, labels, cost, centers)
    labels = placed(arrays, labels, cost)
    held = arrays.locked.copy()
    tied = arrays.rules.tied
    held[tied] = labels[tied]
    kept = make_contiguous(replace(arrays, locked=held), labels, cost, centers)
    # Groups may wall one another in: then they are priced together until the search has found a way.
    return make_contiguous(arrays, labels, cost, centers) if kept is None else kept
