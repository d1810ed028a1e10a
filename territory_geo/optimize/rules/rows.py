"""The rules as linear constraints of the exact model with named territories, and their costs as its objective."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import HOME, UNIT, ProblemArrays
from territory_geo.optimize.provable import centers_fit
from territory_geo.optimize.rules.judge import reach_of
from territory_geo.optimize.rules.reach import ROUNDING
from territory_geo.optimize.rules.tables import UNLIMITED

Bools = NDArray[np.bool_]
Variables = dict[tuple[int, int], Any]


def add_rules(model: mathopt.Model, chosen: Variables, arrays: ProblemArrays, *, priced: bool) -> list[Any]:
    """Add all rules that are linear, and return the terms of what the soft ones cost (none unless `priced`).

    Parameters
    ----------
    model : mathopt.Model
        Holds a binary variable for each unit and territory that are possible.
    chosen : dict
        These variables.
    arrays : ProblemArrays
        The problem.
    priced : bool
        Whether costs matter: else any plan will do.

    Notes
    -----
    Overlap is left out unless centres are homes, the radius where centres are centroids: what the model proves to be
    impossible is impossible all the same.
    """
    _groups(model, chosen, arrays)
    _budgets(model, chosen, arrays)
    terms = _containers(model, chosen, arrays)
    if arrays.rules.tables.border.size and priced:
        terms += _borders(model, chosen, arrays)
    if arrays.centering == UNIT and (np.isfinite(arrays.rules.radius) or (priced and centers_fit(arrays))):
        terms += _centers(model, chosen, arrays, priced and centers_fit(arrays))
    return terms


def _groups(model: mathopt.Model, chosen: Variables, arrays: ProblemArrays) -> None:
    for units in arrays.rules.groups:
        for i, j in zip(units[:-1].tolist(), units[1:].tolist(), strict=True):
            for t in range(arrays.k):
                model.add_linear_constraint(
                    mathopt.fast_sum([chosen[i, t]] if (i, t) in chosen else [])
                    == mathopt.fast_sum([chosen[j, t]] if (j, t) in chosen else [])
                )
    for i, j in arrays.rules.pairs_apart.tolist():
        for t in range(arrays.k):
            if (i, t) in chosen and (j, t) in chosen:
                model.add_linear_constraint(chosen[i, t] + chosen[j, t] <= 1)


def _budgets(model: mathopt.Model, chosen: Variables, arrays: ProblemArrays) -> None:
    tables = arrays.rules.tables
    if not tables.cap.size:
        return
    for spending, cap, scale in zip(
        arrays.rules.spending(arrays.n, arrays.k), tables.cap, tables.budget_scale, strict=True
    ):
        step = 1000.0 * scale
        spent = mathopt.fast_sum(float(spending[pair]) * step * variable for pair, variable in chosen.items())
        model.add_linear_constraint(spent <= cap * step)


def _containers(model: mathopt.Model, chosen: Variables, arrays: ProblemArrays) -> list[Any]:
    tables, terms = arrays.rules.tables, list[Any]()
    splits: dict[int, list[Any]] = {q: [] for q in range(tables.split_limit.size)}
    for c in range(tables.split_cost.size):
        units = np.flatnonzero((tables.container == c).any(axis=1)).tolist()
        inside = {t: model.add_variable(lb=0.0, ub=1.0) for t in range(arrays.k)}
        for i in units:
            for t in range(arrays.k):
                if (i, t) in chosen:
                    model.add_linear_constraint(inside[t] >= chosen[i, t])
        further = mathopt.fast_sum(inside.values()) - 1
        splits[int(tables.kind[c])].append(further)
        terms.append(float(tables.split_cost[c]) * further)
    for q, limit in enumerate(tables.split_limit.tolist()):
        if limit < UNLIMITED:
            model.add_linear_constraint(mathopt.fast_sum(splits[q]) <= limit)
    return terms


def _borders(model: mathopt.Model, chosen: Variables, arrays: ProblemArrays) -> list[Any]:
    terms = []
    source = np.repeat(np.arange(arrays.n), np.diff(arrays.indptr))
    border = arrays.rules.tables.border
    for e in np.flatnonzero((source < arrays.indices) & (border > 0)):
        i, j = int(source[e]), int(arrays.indices[e])
        cut = model.add_variable(lb=0.0, ub=1.0)
        for t in range(arrays.k):
            if (i, t) in chosen:
                other = mathopt.fast_sum([chosen[j, t]] if (j, t) in chosen else [])
                model.add_linear_constraint(cut >= chosen[i, t] - other)
        terms.append(float(border[e]) * cut)
    return terms


def _centers(model: mathopt.Model, chosen: Variables, arrays: ProblemArrays, priced: bool) -> list[Any]:
    """Give each territory a centre among its units, within the radius of all of them; return travel if `priced`."""
    n, k, a = arrays.n, arrays.k, arrays
    within = _within(arrays)
    way = kernels.cost_to_centers(np.arange(n), a.points, a.weight, a.metric, a.scale, a.power)
    terms = []
    for t in range(k):
        center = {j: model.add_binary_variable() for j in range(n) if (j, t) in chosen}
        model.add_linear_constraint(mathopt.fast_sum(center.values()) == 1)
        for j, variable in center.items():
            model.add_linear_constraint(variable <= chosen[j, t])
        for i in center:
            near = [j for j in center if within[i, j]]
            if not priced:
                model.add_linear_constraint(chosen[i, t] <= mathopt.fast_sum(center[j] for j in near))
                continue
            ways = {j: model.add_variable(lb=0.0, ub=1.0) for j in near}
            model.add_linear_constraint(mathopt.fast_sum(ways.values()) == chosen[i, t])
            for j, variable in ways.items():
                model.add_linear_constraint(variable <= center[j])
                terms.append(float(way[i, j]) * variable)
    return terms


def _within(arrays: ProblemArrays) -> Bools:
    """Tell which units lie within the radius of each other, shape (n, n)."""
    radius = arrays.rules.radius
    if not np.isfinite(radius):
        return np.ones((arrays.n, arrays.n), dtype=np.bool_)
    close: Bools = reach_of(arrays, np.arange(arrays.n)) <= radius * (1 + ROUNDING)
    return close


def add_to_hess(model: mathopt.Model, serve: Variables, arrays: ProblemArrays) -> None:
    """Add groups and pairs apart to Hess' model, whose variables are units and centres."""
    for units in arrays.rules.groups:
        for i, j in zip(units[:-1].tolist(), units[1:].tolist(), strict=True):
            for center in range(arrays.n):
                model.add_linear_constraint(
                    mathopt.fast_sum([serve[i, center]] if (i, center) in serve else [])
                    == mathopt.fast_sum([serve[j, center]] if (j, center) in serve else [])
                )
    for i, j in arrays.rules.pairs_apart.tolist():
        for center in range(arrays.n):
            if (i, center) in serve and (j, center) in serve:
                model.add_linear_constraint(serve[i, center] + serve[j, center] <= 1)


def could_reach(arrays: ProblemArrays) -> Bools | None:
    """Return which units a centre could serve within the radius, shape (n, n); None where none is asked."""
    return _within(arrays) if np.isfinite(arrays.rules.radius) else None


def fixed_costs(arrays: ProblemArrays) -> bool:
    """Tell whether overlap is a matter of units and territories alone: centres are homes."""
    return arrays.centering == HOME and arrays.rules.overlap.size > 0
