"""The exact model for small problems whose territories differ: each unit is with one territory, known by its name.

Where territories have homes, travel is linear in the assignment and the best plan is proven; with rules on few units,
centres are part of the model. Elsewhere the model only says whether there is a plan at all. Contiguity enters as cuts
where it is broken.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.centers import centers_cost
from territory_geo.optimize.cutting import CutModel, Pair, Variables, solve_and_cut
from territory_geo.optimize.provable import names_provable
from territory_geo.optimize.rules.judge import overlap_cost
from territory_geo.optimize.rules.rows import add_rules, fixed_costs
from territory_geo.optimize.verdict import Exact, Verdict

Labels = NDArray[np.int32]

FEW = 3
"""Units on the far side of a gap that are named in cuts for each unit on the near side."""


def solve_named(arrays: ProblemArrays, known: Labels | None, seconds: float | None) -> Exact:
    """Prove the best plan for given homes, or find out whether there is any plan.

    Parameters
    ----------
    arrays : ProblemArrays
        A problem that `names_fit`.
    known
        As in `solve_exactly`.
    seconds : float or None
        Most time; what is known by then is returned, with the verdict "open". None: nodes of the tree are counted
        instead, so that the outcome repeats.

    Returns
    -------
    Exact
        Where it does not prove the best plan, the verdict is "infeasible", or "open" with a plan.

    References
    ----------
    Separators of two units: Carvajal et al. 2013; Oehrlein & Haunert 2017.
    """
    started, priced = time.monotonic(), names_provable(arrays)
    if arrays.rules.stuck.size:
        return Exact(Verdict.INFEASIBLE, None, None, "exact model")
    if not priced and known is not None:
        return Exact(Verdict.OPEN, known, None, "exact model")
    model, chosen = _model(arrays, priced)
    asked = CutModel(
        model, chosen, partial(_labels, arrays.n), lambda pairs: _cuts(arrays, pairs, chosen), priced=priced
    )
    return solve_and_cut(arrays, asked, known, -np.inf, seconds, started)


def _model(arrays: ProblemArrays, priced: bool) -> tuple[mathopt.Model, Variables]:
    """Return the model and its variables by unit and territory; what is forbidden has none."""
    model = mathopt.Model()
    homes = np.arange(arrays.n, arrays.n + arrays.k)
    cost = centers_cost(arrays, homes) if arrays.centering == HOME else np.array(arrays.extra)
    if fixed_costs(arrays):
        cost += overlap_cost(arrays, homes)
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
    terms = add_rules(model, chosen, arrays, priced=priced)
    if priced:
        terms += [float(cost[pair]) * variable for pair, variable in chosen.items()]
        model.minimize(mathopt.fast_sum(terms))
    return model, chosen


def _labels(n: int, pairs: list[Pair]) -> Labels:
    """Return the chosen pairs of unit and territory as labels."""
    labels = np.full(n, -1, dtype=np.int32)
    for i, t in pairs:
        labels[i] = t
    return labels


def _cuts(arrays: ProblemArrays, pairs: list[Pair], chosen: Variables) -> Iterator[Any]:
    """Yield that two units are in one territory only if one of the gate is there too.

    The gate is all that surrounds the piece of the first unit; the second lies beyond it. It holds in any territory.
    """
    n, labels = arrays.n, _labels(arrays.n, pairs)
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
            for pair in product(units.tolist(), members[number == main][:FEW].tolist()):
                yield from _apart(pair, gate, chosen, arrays.k)


def _apart(units: Pair, gate: list[int], chosen: Variables, k: int) -> Iterator[Any]:
    """Yield, for each territory that may hold both units, that it holds one of the gate or not both of them."""
    for t in range(k):
        if all((unit, t) in chosen for unit in units):
            around = [chosen[v, t] for v in gate if (v, t) in chosen]
            yield mathopt.fast_sum(chosen[unit, t] for unit in units) <= 1 + mathopt.fast_sum(around)
