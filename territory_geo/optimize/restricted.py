"""Part of a plan solved anew: a few units may go to a few territories each, all others stay where they are.

The fixed-centre model for HiGHS, with contiguity as cuts that enter only when a solution breaks it. The linear
relaxation first rules out what no better plan can use. The effort is counted in nodes, never in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

from territory_geo.optimize.arrays import UNIT, ProblemArrays
from territory_geo.optimize.centers import Centers, centers_cost, recenter
from territory_geo.optimize.local_search import GAIN, kept_bounds
from territory_geo.optimize.rules.part import alone, left_to_spend, spending_rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Labels = NDArray[np.int32]

Cut = tuple[int | None, list[int]]
"""If this variable is one (None: in any case), at least one variable of the gate is."""

MOST_VARIABLES = 600
"""Above this, the model is not tried."""
CUT_ROUNDS = 8
"""Most times a model is solved again with new contiguity cuts."""
GAP = 1e-5
"""Relative gap at which the solver stops."""
SCALE = 10_000.0
"""Size of the objective that the solver sees: its tolerances are absolute."""


def no_clock() -> float:
    """Return the seconds that are left where no clock decides."""
    return np.inf


def solve_restricted(
    arrays: ProblemArrays, labels: Labels, options: Bools, nodes: int, left: Callable[[], float] = no_clock
) -> Labels | None:
    """Return better labels at the present centres that use the options only, or None if none were found.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    labels : int32 array, shape (n,)
        Territories in one piece each; bounds that they miss may be missed by no more.
    options : bool array, shape (n, k)
        Where a unit may go besides where it is. Centres and locked units stay in any case.
    nodes : int
        Most nodes of the solver's tree, in each of at most `CUT_ROUNDS` solutions.
    left : callable
        How many seconds are left.

    References
    ----------
    Hess et al. 1965 (model); Oehrlein & Haunert 2017 (cuts).
    """
    centers, _ = recenter(arrays, labels)
    cost = centers_cost(arrays, centers)
    options = options & np.isfinite(cost) & ((arrays.locked < 0) & alone(arrays))[:, None]
    roots = _roots(arrays, labels, cost, centers)
    options[roots] = False
    options[np.arange(arrays.n), labels] = True
    free = np.flatnonzero(options.sum(axis=1) > 1)
    at, territory = np.nonzero(options[free])
    unit = free[at]
    if not free.size:
        return None
    value, now = cost[unit, territory], float(cost[free, labels[free]].sum())
    scale = SCALE / max(now, 1e-300)
    once = csr_matrix((np.ones(len(unit)), (at, np.arange(len(unit)))))
    rows, lower, upper = _rows(arrays, labels, free, unit, territory)
    relaxed = linprog(
        value * scale, A_ub=vstack([rows, -rows]), b_ub=np.concatenate([upper, -lower]), A_eq=once,
        b_eq=np.ones(len(free)), bounds=(0, None), method="highs-ds",
    )  # fmt: skip
    if relaxed.x is None or relaxed.fun >= now * scale * (1 - GAIN):
        return None
    kept = np.flatnonzero(relaxed.lower.marginals <= now * scale - relaxed.fun)
    if len(kept) > MOST_VARIABLES:
        return None
    unit, territory, value = unit[kept], territory[kept], value[kept] * scale
    rules = [
        LinearConstraint(once[:, kept], 1, 1),
        LinearConstraint(rows[:, kept], lower, upper),
        LinearConstraint(value[None, :], -np.inf, now * scale * (1 - GAIN)),
    ]
    number = {pair: v for v, pair in enumerate(zip(unit.tolist(), territory.tolist(), strict=True))}
    graph = csr_matrix((np.ones(len(arrays.indices), np.int8), arrays.indices, arrays.indptr))
    for _ in range(CUT_ROUNDS):
        seconds = left()
        if seconds <= 0:
            return None
        found = milp(
            value, constraints=rules, integrality=np.ones(len(unit)), bounds=Bounds(0, 1),
            options={"node_limit": nodes, "mip_rel_gap": GAP, "time_limit": seconds},
        )  # fmt: skip
        if found.x is None:
            return None
        result = labels.copy()
        chosen = np.flatnonzero(found.x > 0.5)
        result[unit[chosen]] = territory[chosen]
        broken = list(_broken(graph, result, roots, number)) if arrays.contiguous else []
        if not broken:
            return result
        rules.append(_cut_rows(broken, len(unit)))
    return None


def _roots(arrays: ProblemArrays, labels: Labels, cost: Floats, centers: Centers) -> Ints:
    """Return a unit of each territory that stays: its centre, or where that is no unit the cheapest one."""
    if arrays.centering == UNIT:
        return centers.astype(np.int64)
    own = cost[np.arange(arrays.n), labels]
    order = np.lexsort((own, labels))
    roots: Ints = order[np.searchsorted(labels[order], np.arange(arrays.k))]
    return roots


def _rows(
    arrays: ProblemArrays, labels: Labels, free: Ints, unit: Ints, territory: Ints
) -> tuple[csr_matrix, Floats, Floats]:
    """Return the rows of the loads, all measures of all territories in shares of the target, and their bounds."""
    m = arrays.lower.shape[1]
    held = np.zeros((arrays.k, m))
    fixed = np.setdiff1d(np.arange(arrays.n), free)
    np.add.at(held, labels[fixed], arrays.measures[fixed, labels[fixed]])
    present = held.copy()
    np.add.at(present, labels[free], arrays.measures[free, labels[free]])
    lower, upper = ((side - held) / arrays.target for side in kept_bounds(arrays, present))
    share = arrays.measures[unit, territory] / arrays.target[territory]
    row = (territory[:, None] * m + np.arange(m)).ravel()
    column = np.repeat(np.arange(len(unit)), m)
    rows = csr_matrix((share.ravel(), (row, column)), shape=(arrays.k * m, len(unit)))
    if not arrays.rules.tables.cap.size:
        return rows, lower.ravel(), upper.ravel()
    spent = spending_rows(arrays, unit, territory).T
    most = left_to_spend(arrays, labels) + spent[:, territory == labels[unit]].sum(axis=1)
    least = np.concatenate([lower.ravel(), np.zeros(len(most))])
    return vstack([rows, csr_matrix(spent)]).tocsr(), least, np.concatenate([upper.ravel(), most])


def _broken(graph: csr_matrix, labels: Labels, roots: Ints, number: dict[tuple[int, int], int]) -> Iterator[Cut]:
    """Yield cuts for the units of pieces without their root: to belong, a piece must reach out by its gate.

    A gate is the set of variables of the units around the piece. Units that cannot leave have no variable: one of
    their gate must be there in any case.
    """
    ends = graph.tocoo()
    inside = labels[ends.row] == labels[ends.col]
    own = csr_matrix((ends.data[inside], (ends.row[inside], ends.col[inside])), shape=graph.shape)
    piece = connected_components(own, directed=False)[1]
    stray = np.flatnonzero(piece != piece[roots[labels]])
    for part in np.unique(piece[stray]):
        units = stray[piece[stray] == part]
        t = int(labels[units[0]])
        around = np.setdiff1d(np.unique(graph[units].indices), units)
        gate = [number[int(i), t] for i in around if (int(i), t) in number]
        if any((i, t) not in number for i in units.tolist()):
            yield None, gate
            continue
        for i in units.tolist():
            yield number[i, t], gate


def _cut_rows(cuts: list[Cut], size: int) -> LinearConstraint:
    """Return a row per cut: the gate's variables are together at least the unit's own, or at least one."""
    entries = [(row, v, 1.0) for row, (_, gate) in enumerate(cuts) for v in gate]
    entries += [(row, own, -1.0) for row, (own, _) in enumerate(cuts) if own is not None]
    row, column, sign = (np.array([entry[part] for entry in entries]) for part in range(3))
    rows = csr_matrix((sign, (row.astype(np.int64), column.astype(np.int64))), shape=(len(cuts), size))
    return LinearConstraint(rows, np.array([1.0 if own is None else 0.0 for own, _ in cuts]), np.inf)
