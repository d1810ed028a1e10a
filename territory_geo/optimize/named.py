"""The exact model for small problems whose territories differ: each unit is with one territory, known by its name.

Where territories have homes, travel is linear in the assignment and the best plan is proven. Elsewhere the model
only says whether there is a plan at all. Contiguity enters as cuts where it is broken.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.centers import centers_cost
from territory_geo.optimize.exact import CUT_ROUNDS, MOST_UNITS, NODES, PROOF_GAP, Exact, Verdict
from territory_geo.optimize.local_search import Score, score

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]
Variables = dict[tuple[int, int], Any]

MOST_PAIRS = 4_000
"""Units times territories up to which the model is tried."""
FEW = 3
"""Units on the far side of a gap that are named in cuts for each unit on the near side."""


def applies(arrays: ProblemArrays) -> bool:
    """Tell whether the model fits."""
    return arrays.n <= MOST_UNITS and arrays.n * arrays.k <= MOST_PAIRS


def solve_named(arrays: ProblemArrays, known: Labels | None, seconds: float | None) -> Exact:
    """Prove the best plan for given homes, or find out whether there is any plan.

    Parameters
    ----------
    arrays : ProblemArrays
        A problem that `applies`.
    known : int32 array, shape (n,), optional
        Labels within all bounds.
    seconds : float or None
        Most time; what is known by then is returned, with the verdict "open". None: nodes of the tree are counted
        instead, so that the outcome repeats.

    Returns
    -------
    Exact
        Without homes the verdict is "infeasible", or "open" with a plan.

    References
    ----------
    Separators of two units: Carvajal et al. 2013; Oehrlein & Haunert 2017.
    """
    started, at_home = time.monotonic(), arrays.centering == HOME
    best: Score | None = None if known is None else score(arrays, known)
    if not at_home and best is not None:
        return Exact(Verdict.OPEN, known, None, "exact model")
    model, chosen = _model(arrays, at_home)
    bound = -np.inf
    for _ in range(CUT_ROUNDS):
        parameters = mathopt.SolveParameters(relative_gap_tolerance=PROOF_GAP / 10)
        if seconds is None:
            parameters.node_limit = NODES
        else:
            parameters.time_limit = timedelta(seconds=max(seconds - (time.monotonic() - started), 0.1))
        result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
        reason = result.termination.reason
        if reason in (mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED):
            if best is None:
                return Exact(Verdict.INFEASIBLE, None, None, "exact model")
            # The model allows a hair less than the arrays do; a plan known to be allowed is no contradiction.
            return Exact(Verdict.OPEN, known, None, "exact model, stopped")
        dual = result.termination.objective_bounds.dual_bound
        if at_home and np.isfinite(dual):
            bound = max(bound, dual - 1e-9 * abs(dual))
        if reason is not mathopt.TerminationReason.OPTIMAL:
            break
        values = result.variable_values()
        labels = np.full(arrays.n, -1, dtype=np.int32)
        for (i, t), variable in chosen.items():
            if values[variable] > 0.5:
                labels[i] = t
        cuts = list(_cuts(arrays, labels)) if arrays.contiguous else []
        if not cuts:
            return _settled(arrays, labels, known, best, bound)
        for units, gate in cuts:
            for t in range(arrays.k):
                if all((unit, t) in chosen for unit in units):
                    around = [chosen[v, t] for v in gate if (v, t) in chosen]
                    model.add_linear_constraint(
                        mathopt.fast_sum(chosen[unit, t] for unit in units) <= 1 + mathopt.fast_sum(around)
                    )
        if seconds is not None and time.monotonic() - started >= seconds:
            break
    proven = None if best is None or not np.isfinite(bound) else min(bound, best.travel)
    return Exact(Verdict.OPEN, known, proven, "exact model, stopped")


def _model(arrays: ProblemArrays, at_home: bool) -> tuple[mathopt.Model, Variables]:
    """Return the model and its variables by unit and territory; what is forbidden has none."""
    model = mathopt.Model()
    homes = np.arange(arrays.n, arrays.n + arrays.k)
    cost = centers_cost(arrays, homes) if at_home else np.array(arrays.extra)
    chosen: Variables = {(int(i), int(t)): model.add_binary_variable() for i, t in np.argwhere(np.isfinite(cost))}
    for i in range(arrays.n):
        model.add_linear_constraint(mathopt.fast_sum(chosen[i, t] for t in range(arrays.k) if (i, t) in chosen) == 1)
    for t in range(arrays.k):
        inside = [(i, chosen[i, t]) for i in range(arrays.n) if (i, t) in chosen]
        model.add_linear_constraint(mathopt.fast_sum(variable for _, variable in inside) >= 1)
        for q in range(arrays.m):
            step = 1000.0 / arrays.target[t, q]
            load = mathopt.fast_sum(arrays.measures[i, t, q] * step * variable for i, variable in inside)
            model.add_linear_constraint(load <= arrays.upper[t, q] * step)
            model.add_linear_constraint(load >= arrays.lower[t, q] * step)
    if at_home:
        model.minimize(mathopt.fast_sum(float(cost[pair]) * variable for pair, variable in chosen.items()))
    return model, chosen


def _cuts(arrays: ProblemArrays, labels: Labels) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """Yield (two units, gate): in one territory only if one of the gate is there too.

    The gate is all that surrounds the piece of the first unit; the second lies beyond it. It holds in any territory.
    """
    n = arrays.n
    graph = csr_matrix((np.ones(len(arrays.indices), np.int8), arrays.indices, arrays.indptr), shape=(n, n))
    for t in range(arrays.k):
        members = np.flatnonzero(labels == t)
        count, number = connected_components(graph[members][:, members], directed=False)
        sizes = np.bincount(number)
        main = int(sizes.argmax())
        for piece in range(count):
            if piece == main:
                continue
            units = members[number == piece]
            gate = np.setdiff1d(np.unique(graph[units].indices), units).tolist()
            others = members[number == main][:FEW]
            for unit in units.tolist():
                for other in others.tolist():
                    yield (unit, other), gate


def _settled(arrays: ProblemArrays, labels: Labels, known: Labels | None, best: Score | None, bound: float) -> Exact:
    """Return the model's plan, if it keeps the bounds beyond the solver's tolerances."""
    found = score(arrays, labels)
    if not found.feasible:
        return Exact(Verdict.OPEN, known, bound if np.isfinite(bound) else None, "exact model, stopped")
    if arrays.centering != HOME:
        return Exact(Verdict.OPEN, labels, None, "exact model")
    if best is not None and best.travel <= found.travel * (1 + 1e-12):
        labels, found = known if known is not None else labels, best
    return Exact(Verdict.OPTIMAL, labels, min(bound, found.travel), "exact model")
