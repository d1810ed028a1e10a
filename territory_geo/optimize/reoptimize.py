"""Two neighbouring territories solved anew: the exact fixed-centre model on the units near their border.

Contiguity enters as cuts, only when a solution breaks it; the answer is optimal or within a deterministic
effort, and never worse than what was there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.balance import centers_cost, recenter
from territory_geo.optimize.local_search import Score, score

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Labels = NDArray[np.int32]

HOPS = 4
"""Units further from the common border than this many steps stay where they are."""
PASSES = 4
"""Most times that all pairs which changed are solved again."""
CUT_ROUNDS = 30
"""Most times a model is solved again with new contiguity cuts."""
EFFORT, NEAR_ENOUGH = 0.25, 1e-5
"""Deterministic effort of the solver per pair (its own unit, about a second), and the gap that ends a model."""
BACKSTOP_S = 1.5
"""Seconds after which a model is given up and its answer not used: some work escapes the deterministic count."""
COST_STEPS, LOAD_STEPS = 1_000_000, 1_000_000
"""Whole numbers in which the model counts the largest cost and a territory's target."""


@dataclass(frozen=True)
class _Cut:
    """If `unit` is in the territory, at least one of `gate` must be."""

    unit: int
    first: bool
    gate: tuple[int, ...]


def neighbouring_pairs(arrays: ProblemArrays, labels: Labels) -> list[tuple[int, int]]:
    """Return the pairs of territories that touch, smaller number first, sorted."""
    source = labels[np.repeat(np.arange(arrays.n), np.diff(arrays.indptr))]
    target = labels[arrays.indices]
    across = source < target
    found = np.unique(np.column_stack([source[across], target[across]]), axis=0)
    return [(int(s), int(t)) for s, t in found]


def improve_pairs(
    arrays: ProblemArrays, labels: Labels, best: Score, go_on: Callable[[Labels, Score], bool]
) -> tuple[Labels, Score]:
    """Reoptimise all pairs of neighbouring territories, and those that changed again, until nothing changes.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    labels : int32 array, shape (n,)
        Territories in one piece each; not changed.
    best : Score
        Their score.
    go_on : callable
        Receives labels and score after each pair and says whether to go on.

    References
    ----------
    Contiguity cuts: Oehrlein & Haunert 2017; Validi, Buchanan & Lykhovyd 2022.
    """
    labels = labels.copy()
    waiting = neighbouring_pairs(arrays, labels)
    for _ in range(PASSES):
        changed: set[int] = set()
        for s, t in waiting:
            candidate = reoptimize_pair(arrays, labels, s, t)
            if candidate is not None:
                now = score(arrays, candidate)
                if now.violation < best.violation or (now.better(best) and now.travel < best.travel * (1 - 1e-7)):
                    labels, best = candidate, now
                    changed |= {s, t}
            if not go_on(labels, best):
                return labels, best
        waiting = [pair for pair in neighbouring_pairs(arrays, labels) if changed & set(pair)]
    return labels, best


def kept_bounds(arrays: ProblemArrays, labels: Labels, s: int, t: int) -> tuple[Floats, Floats]:
    """Return the least and the most load of s, shape (m,) each, at which neither s nor t misses its bounds by more.

    What t holds is the pair's total less the load of s.
    """
    first = arrays.measures[labels == s].sum(axis=0)
    total = first + arrays.measures[labels == t].sum(axis=0)
    lower = np.maximum(np.minimum(arrays.lower[s], first), np.minimum(total - arrays.upper[t], first))
    upper = np.minimum(np.maximum(arrays.upper[s], first), np.maximum(total - arrays.lower[t], first))
    return lower, upper


def reoptimize_pair(
    arrays: ProblemArrays, labels: Labels, s: int, t: int, bounds: tuple[Floats, Floats] | None = None
) -> Labels | None:
    """Return labels with territories s and t divided anew at their present centres, or None if nothing is found.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    labels : int32 array, shape (n,)
        Territories in one piece each; not changed.
    s, t : int
        The two territories.
    bounds : (lower, upper), shape (m,) each, optional
        Of the load of s; left out, the problem's own bounds hold for both, or are missed by no more than before.
    """
    lower, upper = kept_bounds(arrays, labels, s, t) if bounds is None else bounds
    units = np.flatnonzero((labels == s) | (labels == t))
    free = _near_border(arrays, labels, units, s, t)
    if not free.any():
        return None
    centers, _ = recenter(arrays, labels)
    cost = centers_cost(arrays, centers)[units][:, [s, t]]
    free &= np.isfinite(cost).all(axis=1)
    core = [np.flatnonzero((labels[units] == own) & ~free) for own in (s, t)]
    roots = []
    for own, fixed in zip((s, t), core, strict=True):
        position = int(np.searchsorted(units, centers[own]))
        if fixed.size and position not in fixed:
            position = int(fixed[0])
        roots.append(position)
    free[roots] = False
    if not free.any():
        return None
    graph = _subgraph(arrays, units)
    cuts: list[_Cut] = []
    effort = EFFORT
    for _ in range(CUT_ROUNDS):
        solved = _solve_model(arrays, units, labels[units] == s, free, cost, lower, upper, cuts, effort)
        if solved is None:
            return None
        inside, spent = solved
        effort -= spent
        broken = list(_broken(graph, inside, roots)) if arrays.contiguous else []
        if not broken:
            result = labels.copy()
            result[units[inside]] = s
            result[units[~inside]] = t
            return None if (result == labels).all() else result
        cuts.extend(broken)
        if effort <= 0:
            return None
    return None


def _near_border(arrays: ProblemArrays, labels: Labels, units: Ints, s: int, t: int) -> Bools:
    """Tell which units lie within `HOPS` steps of the border between s and t; locked ones never count."""
    graph = _subgraph(arrays, units)
    own = labels[units] == s
    source, target = np.repeat(np.arange(len(units)), np.diff(graph.indptr)), graph.indices
    near = np.zeros(len(units), dtype=bool)
    near[source[own[source] != own[target]]] = True
    for _ in range(HOPS - 1):
        near = near | (graph @ near.astype(np.int8) > 0)
    return near & (arrays.locked[units] < 0)


def _subgraph(arrays: ProblemArrays, units: Ints) -> csr_matrix:
    whole = csr_matrix(
        (np.ones(len(arrays.indices), np.int8), arrays.indices, arrays.indptr), shape=(arrays.n, arrays.n)
    )
    return whole[units][:, units]


def _solve_model(
    arrays: ProblemArrays, units: Ints, now: Bools, free: Bools, cost: Floats, lower: Floats, upper: Floats,
    cuts: list[_Cut], effort: float,
) -> tuple[Bools, float] | None:  # fmt: skip
    """Return which units belong to the first territory of the pair and the effort, or None if nothing is found."""
    model = cp_model.CpModel()
    variable = {int(i): model.new_bool_var("") for i in np.flatnonzero(free)}
    chosen = list(variable.values())
    positions = np.array(list(variable), dtype=np.int64)
    saving = cost[positions, 0] - cost[positions, 1]
    model.minimize(
        cp_model.LinearExpr.weighted_sum(
            chosen,
            np.round(saving * (COST_STEPS / max(float(np.abs(saving).max()), 1e-300))).astype(np.int64).tolist(),
        )
    )
    measures = arrays.measures[units]
    for q in range(measures.shape[1]):
        # Whole numbers are counted as they are; others are rounded, which may add up to half a step per unit:
        # that much stays free inside the bounds, but what is there is never cut off.
        # Several measures in large whole numbers make hard models: these are rounded too.
        whole = bool((measures[:, q] == np.round(measures[:, q])).all())
        whole &= measures.shape[1] == 1 or arrays.target[q] < LOAD_STEPS / 10
        step = 1.0 if whole else LOAD_STEPS / arrays.target[q]
        room = 0.0 if whole else len(positions) / 2 + 1
        fixed = float(measures[now & ~free, q].sum())
        loads = np.round(measures[positions, q] * step).astype(np.int64)
        present = int(loads[now[positions]].sum())
        least, most = (lower[q] - fixed) * step + room, (upper[q] - fixed) * step - room
        if lower[q] <= float(measures[now, q].sum()) <= upper[q]:
            least, most = min(least, present), max(most, present)
        if np.ceil(least) > np.floor(most):
            return None
        total = cp_model.LinearExpr.weighted_sum(chosen, loads.tolist())
        model.add_linear_constraint(total, int(np.ceil(least)), int(np.floor(most)))
    for cut in cuts:
        _add_cut(model, variable, now, cut)
    for i, x in variable.items():
        model.add_hint(x, bool(now[i]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    solver.parameters.max_time_in_seconds = BACKSTOP_S
    solver.parameters.relative_gap_limit = NEAR_ENOUGH
    # Otherwise the solver takes Ctrl-C for itself and does not give Python's handler back.
    solver.parameters.catch_sigint_signal = False
    # Models are small and solved by their linear relaxation: looking for structure costs more than it saves.
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE) or solver.wall_time >= BACKSTOP_S:
        return None
    inside = now.copy()
    inside[positions] = [solver.boolean_value(x) for x in chosen]
    return inside, solver.response_proto.deterministic_time


def _add_cut(model: cp_model.CpModel, variable: dict[int, cp_model.IntVar], now: Bools, cut: _Cut) -> None:
    """Add "the unit is not in this territory, or one of its gate is", with fixed units put in."""

    def literal(i: int) -> cp_model.IntVar | bool:
        if i not in variable:
            return bool(now[i]) == cut.first
        return variable[i] if cut.first else variable[i].negated()  # type: ignore[return-value]

    own = literal(cut.unit)
    gate = [literal(i) for i in cut.gate]
    if any(value is True for value in gate) or own is False:
        return
    literals = [value for value in gate if not isinstance(value, bool)]
    if not isinstance(own, bool):
        literals.append(own.negated())  # type: ignore[arg-type]
    model.add_bool_or(literals)


def _broken(graph: csr_matrix, inside: Bools, roots: list[int]) -> Iterator[_Cut]:
    """Yield a cut for units of each piece that does not hold its territory's root.

    A gate is the set of units around the piece: to belong, the piece must reach out through one of them.
    """
    for first, root in zip((True, False), roots, strict=True):
        members = np.flatnonzero(inside == first)
        _, number = connected_components(graph[members][:, members], directed=False)
        home = number[np.searchsorted(members, root)]
        for piece in range(int(number.max()) + 1):
            if piece == home:
                continue
            units = members[number == piece]
            around = np.unique(graph[units].indices)
            gate = tuple(int(i) for i in np.setdiff1d(around, units))
            for unit in units:
                yield _Cut(int(unit), first, gate)
