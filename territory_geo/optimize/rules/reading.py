"""A problem's constraints turned into rules: ids become rows, prices become what stands beside the objective."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.errors import OptionError
from territory_geo.geodata.ids import texts
from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.optimize.rules.building import Budget, Kind, budgeted, containers, grouped, kept_apart
from territory_geo.optimize.rules.tables import NO_TABLES, NONE, UNLIMITED, Rules
from territory_geo.plan import places
from territory_geo.plan.constraints import (
    AccountRange,
    Apart,
    BorderLength,
    KeepWhole,
    MaxRadius,
    OverlapCost,
    Together,
)
from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


MOST_ENTRIES = 200_000_000
"""Units times territories for which a table is made: 1.6 GB."""


def check_size(problem: TerritoryProblem) -> None:
    """Check that what constraints need a table of fits into memory.

    Raises
    ------
    OptionError
        If there are too many units times territories for a constraint that tells each unit from each territory.
    """
    n, k = len(problem.units), problem.n_territories
    light = (AccountRange, KeepWhole, BorderLength)
    heavy = sorted({type(c).__name__ for c in problem.constraints if not isinstance(c, light)})
    if heavy and n * k > MOST_ENTRIES:
        raise OptionError(
            f"{n:,} units and {k:,} territories are too many for {', '.join(heavy)}: a table of all units by all "
            f"territories would take {n * k * 8 / 1e9:,.1f} GB. Take larger units (BasicUnits.from_hexagons or "
            f"from_areas), solve parts of the map one by one, or leave these constraints out."
        )


def rules_of(problem: TerritoryProblem, indptr: Ints, indices: Ints) -> Rules:
    """Return what a problem asks besides bounds, locks, forbidden pairs and contiguity.

    Parameters
    ----------
    problem : TerritoryProblem
        The question.
    indptr, indices : int array
        Neighbours of the units, as in `ProblemArrays`.
    """
    if not problem.constraints and problem.alignment is None:
        return NONE
    n, tables = len(problem.units), dict[str, Any]()
    groups, apart = problem.of_kind(Together), problem.of_kind(Apart)
    if groups or apart:
        position = {id_: i for i, id_ in enumerate(problem.units.ids)}
        tables |= grouped(n, [[position[id_] for id_ in c.units] for c in groups])
        rows = [[position[id_] for id_ in c.units] for c in apart]
        tables |= kept_apart(n, [(a, b) for units in rows for x, a in enumerate(units) for b in units[:x]])
    tables |= containers(n, [_kind(problem, c) for c in problem.of_kind(KeepWhole)])
    tables |= budgeted(n, problem.n_territories, _budgets(problem))
    border = _border(problem, indptr, indices)
    if border.size:
        tables["border"] = border
    overlaps = problem.of_kind(OverlapCost)
    nearer, hulls = (float(sum(c.cost for c in overlaps if c.by == by)) for by in ("nearer", "hulls"))
    return Rules(
        NO_TABLES._replace(**tables),
        radius=min((c.km for c in problem.of_kind(MaxRadius)), default=np.inf),
        ways=_ways(problem),
        overlap=nearer * problem.weight if nearer else np.empty(0),
        hulls=hulls * problem.price_scale,
        hull_points=_account_places(problem) if hulls else np.empty((0, 2)),
        hull_units=_account_rows(problem) if hulls else np.empty(0, dtype=np.int64),
        today=_today(problem),
    )


def prices(problem: TerritoryProblem) -> Floats | None:
    """Return what it costs that a unit changes rep, per territory, shape (n, k); None where that has no price."""
    priced = [term for term in problem.budget_terms if term.price > 0]
    if not priced:
        return None
    number = territory_of_rep(problem)
    cost = np.zeros((len(problem.units), problem.n_territories))
    for term in priced:
        each = term.price * problem.price_scale / term.total
        cost += each * np.asarray(term.held.sum(axis=1)).reshape(-1, 1)
        held = term.held.tocoo()
        known = number[held.col] >= 0
        np.add.at(cost, (held.row[known], number[held.col[known]]), -each * held.data[known])
    return np.maximum(cost, 0.0)


def territory_of_rep(problem: TerritoryProblem) -> Ints:
    """Return the number of the territory that each of today's reps keeps, -1 for one who gets none.

    Where there are fewer territories than reps, those with most of what is capped (else: with most accounts) keep one.
    """
    alignment = problem.alignment
    assert alignment is not None
    number = np.full(len(alignment.reps), -1, dtype=np.int64)
    named = np.flatnonzero(problem.territory_reps >= 0)
    number[problem.territory_reps[named]] = named
    held = next((t.held for t in problem.budget_terms), alignment.held(np.ones(len(alignment.owner))))
    free = np.arange(len(problem.named_territories), problem.n_territories)
    waiting = np.flatnonzero(number < 0)
    amount = np.asarray(held.sum(axis=0)).reshape(-1)[waiting]
    first = waiting[np.argsort(-amount, kind="stable")][: len(free)]
    number[first] = free[: len(first)]
    return number


def _kind(problem: TerritoryProblem, constraint: KeepWhole) -> Kind:
    members = list(places.containers(problem.units, constraint.column).values())
    limit = UNLIMITED if constraint.limit is None else constraint.limit
    return Kind(members, constraint.cost * problem.price_scale, limit)


def _budgets(problem: TerritoryProblem) -> list[Budget]:
    budgets = []
    for term in problem.budget_terms:
        if term.cap is not None:
            held = term.held.tocoo()
            owner = territory_of_rep(problem)[held.col]
            budgets.append(Budget(held.row.astype(np.int64), owner, held.data.astype(float), term.cap))
    return budgets


def _border(problem: TerritoryProblem, indptr: Ints, indices: Ints) -> Floats:
    """Return what each edge costs where it is cut, aligned with `indices`; empty without a price."""
    asked = problem.of_kind(BorderLength)
    if not asked or problem.graph is None:
        return np.empty(0)
    pairs = np.asarray(problem.graph.pairs, dtype=np.int64)
    price = np.zeros(len(pairs))
    for constraint in asked:
        length = problem.border_km if constraint.by == "km" else np.ones(len(pairs))
        price += constraint.cost * problem.price_scale * length
    n = len(problem.units)
    key = pairs.min(axis=1) * n + pairs.max(axis=1)
    order = np.argsort(key, kind="stable")
    source = np.repeat(np.arange(n), np.diff(indptr))
    wanted = np.minimum(source, indices) * n + np.maximum(source, indices)
    border: Floats = price[order[np.searchsorted(key[order], wanted)]]
    return border


def _ways(problem: TerritoryProblem) -> Floats:
    """Return the table of kilometres that a radius is held against where hours are minimised."""
    distance = problem.distance
    if not problem.of_kind(MaxRadius) or not isinstance(distance, DistanceMatrix) or distance.measure == "km":
        return np.empty((0, 0))
    rows = distance.rows(problem.units.ids)
    if problem.objective.center == "home":
        rows = np.concatenate([rows, distance.rows(problem.named_territories, "reps")])
    return np.ascontiguousarray(distance.trip(rows[:, None], rows[None, :], "km"))


def _today(problem: TerritoryProblem) -> Ints:
    """Return the territory that has most of each unit today, -1 where none of those to come has any; else empty."""
    alignment = problem.alignment
    if alignment is None:
        return np.empty(0, dtype=np.int64)
    held = alignment.held(np.ones(len(alignment.owner))) * (1e-6 / max(len(alignment.owner), 1))
    for term in problem.budget_terms:
        held = held + term.held / term.total
    held = held.tocsr()
    held.eliminate_zeros()
    today = np.asarray(held.argmax(axis=1)).reshape(-1)
    return np.where(held.getnnz(axis=1) > 0, territory_of_rep(problem)[today], -1)


def _account_places(problem: TerritoryProblem) -> Floats:
    geometry = problem.units.members.geometry
    points = geometry.representative_point() if (geometry.geom_type != "Point").any() else geometry
    xy = np.column_stack([points.x, points.y])
    return np.asarray(problem.units.plane.to_plane(xy), dtype=float)


def _account_rows(problem: TerritoryProblem) -> Ints:
    position = {id_: i for i, id_ in enumerate(problem.units.ids)}
    return np.array([position[id_] for id_ in texts(problem.units.members["unit"])], dtype=np.int64)
