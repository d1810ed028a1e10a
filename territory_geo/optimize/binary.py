"""Small 0-1 programmes: the linear relaxation, then enumeration near it, both with a counted effort.

The relaxation's reduced costs say what it costs at least to set a variable against it. A depth-first search
takes the expensive ones first and follows the relaxation there, so that it spends its effort on the core:
the variables about which the relaxation is undecided.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Clause = Sequence[tuple[int, bool]]
"""Pairs (variable, value): at least one of these variables must have its value."""

NODES = 200_000
"""Most decisions tried, in about ten milliseconds; with one row mostly enough for the optimum."""
LP_SCALE = 1000.0
"""Size of the rows that the linear programme sees: its tolerance of 1e-7 is then 1e-10 of a row."""


def solve_binary(
    cost: Floats, weights: Floats, lower: Floats, upper: Floats, clauses: Sequence[Clause] = (),
    known: Bools | None = None, nodes: int = NODES,
) -> Bools | None:  # fmt: skip
    """Return x that minimises cost @ x with lower <= x @ weights <= upper and every clause true, or None.

    Parameters
    ----------
    cost : float64 array, shape (n,)
        Of setting each variable to one; finite.
    weights : float64 array, shape (n, m)
        What each variable adds to each row.
    lower, upper : float64 array, shape (m,)
        Bounds of the rows.
    clauses : sequence of clauses
        See `Clause`; an empty one can never be true.
    known : bool array, shape (n,), optional
        A solution that is allowed; only better ones are returned.
    nodes : int
        Most decisions tried. If they run out, the result is the best found, not proven.

    Returns
    -------
    bool array, shape (n,), or None
        None if nothing (better) was found.

    Examples
    --------
    >>> import numpy as np
    >>> value, size = np.array([-6.0, -5.0, -5.0]), np.array([[4.0], [3.0], [3.0]])
    >>> solve_binary(value, size, np.array([0.0]), np.array([6.0]))
    array([False,  True,  True])

    References
    ----------
    Reduced-cost bounds and cores of knapsack problems: Balas & Zemel 1980; Pisinger 1997.
    """
    n = len(cost)
    if not all(clauses):
        return None
    relaxed = _relax(cost, weights, lower, upper, clauses)
    if relaxed is None:
        return None
    base, preferred, step = relaxed
    # Undecided ones with a small cost last: there the search is exhaustive.
    order = np.lexsort((-np.abs(cost), -step))
    entries = sorted((variable, number, value) for number, c in enumerate(clauses) for variable, value in c)
    start = np.searchsorted(np.array([e[0] for e in entries], np.int64), np.arange(n + 1)).astype(np.int64)
    best = np.zeros(n, dtype=np.bool_)
    limit = np.inf if known is None else float(cost[known].sum()) - 1e-9 * float(np.abs(cost).max(initial=0.0))
    found = _enumerate(
        order, preferred, step, cost, np.ascontiguousarray(weights), lower, upper,
        start, np.array([e[1] for e in entries], np.int64), np.array([e[2] for e in entries], np.bool_),
        np.array([len(c) for c in clauses], np.int64), base, limit, nodes, best,
    )  # fmt: skip
    return best if found else None


def _relax(
    cost: Floats, weights: Floats, lower: Floats, upper: Floats, clauses: Sequence[Clause]
) -> tuple[float, Bools, Floats] | None:
    """Return a lower bound, each variable's preferred value and the least it costs to depart from it."""
    unit = LP_SCALE / np.maximum(np.abs(weights).sum(axis=0), 1e-300)
    rows, bounds = [csr_matrix((weights * unit).T), csr_matrix((-weights * unit).T)], [upper * unit, -lower * unit]
    if clauses:
        number = [i for i, clause in enumerate(clauses) for _ in clause]
        sign = [-1.0 if value else 1.0 for clause in clauses for _, value in clause]
        variable = [i for clause in clauses for i, _ in clause]
        rows.append(csr_matrix((sign, (number, variable)), shape=(len(clauses), len(cost))))
        bounds.append(np.array([sum(not value for _, value in clause) - 1.0 for clause in clauses]))
    scale = LP_SCALE / max(float(np.abs(cost).max(initial=0.0)), 1e-300)
    found = linprog(
        cost * scale, A_ub=vstack(rows, format="csr"), b_ub=np.concatenate(bounds), bounds=(0, 1), method="highs-ds"
    )
    if found.status == 2:
        return None
    if found.status != 0:
        # No relaxation: the cheapest values without any row are a bound as well.
        return float(np.minimum(cost, 0.0).sum()), cost < 0, np.abs(cost)
    step = np.abs(found.lower.marginals + found.upper.marginals) / scale
    step[(found.x > 1e-7) & (found.x < 1 - 1e-7)] = 0.0
    return float(found.fun) / scale, found.x > 0.5, step


@njit(cache=True)
def _enumerate(
    order: Ints, preferred: Bools, step: Floats, cost: Floats, weights: Floats, lower: Floats, upper: Floats,
    start: Ints, clause: Ints, value: Bools, alive: Ints, base: float, limit: float, nodes: int, best: Bools,
) -> bool:  # fmt: skip
    """Write the best solution cheaper than `limit` into `best` and tell whether there is one.

    ``base`` plus the steps taken is a lower bound of every completion. ``alive`` counts the literals of each
    clause that are not false yet. `least` and `most` are what the rows can still reach.
    """
    n, m = order.size, lower.size
    least, most, bound = np.zeros((n + 1, m)), np.zeros((n + 1, m)), np.full(n + 1, base)
    for i in range(n):
        for q in range(m):
            least[0, q] += min(weights[i, q], 0.0)
            most[0, q] += max(weights[i, q], 0.0)
    tried, x = np.zeros(n + 1, np.int8), np.zeros(n, np.bool_)
    depth, spent, found = 0, 0, False
    while True:
        if depth == n:
            total = 0.0
            for i in range(n):
                if x[i]:
                    total += cost[i]
            if total < limit:
                limit, found = total, True
                best[:] = x
        if depth == n or tried[depth] == 2 or spent >= nodes:
            tried[depth] = 0
            depth -= 1
            if depth < 0:
                return found
            i = order[depth]
            for e in range(start[i], start[i + 1]):
                if value[e] != x[i]:
                    alive[clause[e]] += 1
            continue
        i = order[depth]
        x[i] = preferred[i] == (tried[depth] == 0)
        bound[depth + 1] = bound[depth] + (0.0 if tried[depth] == 0 else step[i])
        tried[depth] += 1
        spent += 1
        if bound[depth + 1] >= limit:
            continue
        allowed = True
        for q in range(m):
            w = weights[i, q]
            least[depth + 1, q] = least[depth, q] + (max(w, 0.0) if x[i] else -min(w, 0.0))
            most[depth + 1, q] = most[depth, q] + (min(w, 0.0) if x[i] else -max(w, 0.0))
            allowed &= least[depth + 1, q] <= upper[q] and most[depth + 1, q] >= lower[q]
        for e in range(start[i], start[i + 1]):
            if value[e] != x[i]:
                alive[clause[e]] -= 1
                allowed &= alive[clause[e]] > 0
        if allowed:
            depth += 1
        else:
            for e in range(start[i], start[i + 1]):
                if value[e] != x[i]:
                    alive[clause[e]] += 1
