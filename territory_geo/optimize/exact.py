"""The exact model for small problems: every unit may be a centre, contiguity enters as cuts where it is broken.

Prices from the Lagrangian bound first rule out most centres and assignments that no better plan can use.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.bounds import lagrangian_bound, pairwise_cost
from territory_geo.optimize.cutting import CutModel, Pair, Variables, solve_and_cut
from territory_geo.optimize.local_search import Score, score
from territory_geo.optimize.rules.rows import add_to_hess, could_reach
from territory_geo.optimize.verdict import PROOF_GAP, Exact, Verdict

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Labels = NDArray[np.int32]

STEPS = 2_000
"""Of the Lagrangian bound; it usually settles after a few hundred."""
MOST_VARIABLES = 4_000
"""Size up to which the model is solved where no clock may decide."""
ROOM = 1e-7
"""Share by which assignments slightly above the known plan stay in the model."""


def solve_exactly(arrays: ProblemArrays, known: Labels | None, seconds: float | None) -> Exact:
    """Prove the best plan, or that there is none.

    Parameters
    ----------
    arrays : ProblemArrays
        A problem that is `centers_provable`.
    known : int32 array, shape (n,), optional
        Labels within all bounds.
    seconds : float or None
        Most time; what is known by then is returned, with the verdict "open". None: the size of the model and
        the nodes of its tree are limited instead, so that the outcome repeats.

    Returns
    -------
    Exact
        Labels are None only without `known` and without a proof to the contrary.

    References
    ----------
    Hess et al. 1965 (model); Oehrlein & Haunert 2017, Validi, Buchanan & Lykhovyd 2022 (cuts, fixing by prices).
    """
    started = time.monotonic()
    if arrays.rules.stuck.size:
        return Exact(Verdict.INFEASIBLE, None, None, "exact model")
    cost = pairwise_cost(arrays)
    best: Score | None = None if known is None else score(arrays, known)
    ceiling = float(cost.sum()) if best is None else best.travel
    guess = (
        float(np.sort(cost, axis=1)[:, : max(1, arrays.n // arrays.k)].mean(axis=1).sum()) if best is None else ceiling
    )
    relaxed = lagrangian_bound(arrays, cost, guess, STEPS)
    if best is not None and relaxed.bound >= best.travel * (1 - PROOF_GAP):
        return Exact(Verdict.OPTIMAL, known, min(relaxed.bound, best.travel), "lagrangian")
    could = relaxed.could_serve(arrays.k, ceiling * (1 + ROOM))
    within = could_reach(arrays)
    if within is not None:
        could = could & within
    model, serve = _model(arrays, cost, could)
    add_to_hess(model, serve, arrays)
    bound = relaxed.bound
    if seconds is None and len(serve) > MOST_VARIABLES:
        return Exact(Verdict.OPEN, known, bound if best is None else min(bound, best.travel), "lagrangian")
    asked = CutModel(
        model,
        serve,
        partial(_labels, arrays.n),
        lambda chosen: _cuts(arrays, chosen, serve),
        better_only=best is not None,
    )
    return solve_and_cut(arrays, asked, known, bound, seconds, started)


def _model(arrays: ProblemArrays, cost: Floats, could: Bools) -> tuple[mathopt.Model, Variables]:
    """Return Hess' model over the assignments that are still possible: serve[unit, centre]."""
    model = mathopt.Model()
    centers = [int(j) for j in np.flatnonzero(np.diag(could))]
    serve: Variables = {}
    for j in centers:
        for i in np.flatnonzero(could[:, j]):
            serve[int(i), j] = model.add_binary_variable()
    by_unit: dict[int, list[Any]] = {i: [] for i in range(arrays.n)}
    for pair, variable in serve.items():
        by_unit[pair[0]].append(variable)
    for variables in by_unit.values():
        model.add_linear_constraint(mathopt.fast_sum(variables) == 1)
    model.add_linear_constraint(mathopt.fast_sum(serve[j, j] for j in centers) == arrays.k)
    for j in centers:
        opened = serve[j, j]
        served = [(int(i), serve[int(i), j]) for i in np.flatnonzero(could[:, j])]
        for q in range(arrays.m):
            step = 1000.0 / arrays.mean_target[q]
            load = mathopt.fast_sum(arrays.usual[i, q] * step * variable for i, variable in served)
            model.add_linear_constraint(load <= arrays.upper[0, q] * step * opened)
            model.add_linear_constraint(load >= arrays.lower[0, q] * step * opened)
        for unit, variable in served:
            if unit != j:
                model.add_linear_constraint(variable <= opened)
    model.minimize(mathopt.fast_sum(float(cost[pair]) * variable for pair, variable in serve.items()))
    return model, serve


def _cuts(arrays: ProblemArrays, chosen: list[Pair], serve: Variables) -> Iterator[Any]:
    """Yield that units cut off from their centre are with it only if one of those around them, their gate, is too.

    What separates a piece from one centre separates it from every centre outside of the piece.
    """
    n = arrays.n
    graph = csr_matrix((np.ones(len(arrays.indices), np.int8), arrays.indices, arrays.indptr), shape=(n, n))
    for j in sorted({center for _, center in chosen}):
        members = np.array(sorted(i for i, center in chosen if center == j))
        count, number = connected_components(graph[members][:, members], directed=False)
        home = number[np.searchsorted(members, j)]
        for piece in range(count):
            if piece == home:
                continue
            units = members[number == piece]
            gate = np.setdiff1d(np.unique(graph[units].indices), units).tolist()
            outside = set(range(n)) - set(units.tolist())
            for center in sorted(outside):
                around = [serve[other, center] for other in gate if (other, center) in serve]
                for unit in units.tolist():
                    if (unit, center) in serve:
                        yield serve[unit, center] <= mathopt.fast_sum(around)


def _labels(n: int, chosen: list[Pair]) -> Labels:
    """Return the plan as labels, numbered in the order of the centres."""
    centers = sorted({center for _, center in chosen})
    labels = np.empty(n, dtype=np.int32)
    for i, center in chosen:
        labels[i] = centers.index(center)
    return labels
