"""The one border between tables and kernels: ids become integers, measures and bounds become arrays.

Nothing behind this file knows ids, columns or data frames; nothing before it knows row numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from territory_geo.geodata.contiguity import adjacency
from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.geodata.topology import delaunay_pairs
from territory_geo.optimize import kernels
from territory_geo.optimize.rules.closure import closed
from territory_geo.optimize.rules.reading import check_size, prices, rules_of
from territory_geo.optimize.rules.tables import NONE, Rules
from territory_geo.plan.constraints import AccountRange, Forbid, HomeInside, Lock
from territory_geo.plan.measures import NAME, home_table
from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNIT, CENTROID, HOME = 0, 1, 2
"""Where trips start."""

SLACK = 5e-10
"""Share of the target by which sums may pass a bound through rounding; the check of a plan allows twice that."""


def spread(table: Floats, k: int) -> Floats:
    """Return an (n, m) table as (n, k, m), the same for each of k territories, without copying it."""
    table = np.ascontiguousarray(table, dtype=float)
    n, m = table.shape
    # Writeable, unlike numpy's broadcasts: kernels are compiled once for both kinds of tables.
    return np.lib.stride_tricks.as_strided(table, (n, k, m), (table.strides[0], 0, table.strides[1]))


@dataclass(frozen=True, eq=False)
class ProblemArrays:
    """A territory problem as arrays: n units, k territories, m measures.

    Parameters
    ----------
    places : float array, shape (n, 3)
        Coordinates of the units, on the unit sphere or in a plane: for clusters and curves.
    points : float array, shape (n + homes, 3) or (n + homes, n + homes)
        What `metric` measures: coordinates, or a table of distances between all places. `scale` gives kilometres
        (hours, where a table of hours is minimised).
    weight : float array, shape (n,)
        Trips per unit.
    measures : float array, shape (n, k, m)
        What is balanced: the load that a unit is in each territory. Where it is the same in all of them this is one
        table of (n, m) seen k times (see `spread`).
    lower, upper : float array, shape (k, m)
        Bounds per territory.
    target : float array, shape (k, m)
        Load that each territory should have; violations are counted in shares of it.
    indptr, indices : int array
        Neighbours of each unit in compressed rows. Without contiguity (`contiguous` is False) these are the
        Delaunay neighbours, which then only propose moves.
    component : int array, shape (n,)
        The separate part of the contiguity graph that a unit lies in; all zero without contiguity.
    extra : float array, shape (n, k)
        Added cost per unit and territory, never negative; infinite where a unit is forbidden.
    locked : int array, shape (n,)
        The territory a unit must be in, or -1.
    centering : {UNIT, CENTROID, HOME}
        Where trips start: at the best unit, at the weighted mean of the units' coordinates, or at the territory's
        home, which is row n + t of `points`.
    unit : {"km", "hours"}
        What `scale` gives, for messages.
    rules : Rules
        What is asked besides.
    """

    places: Floats
    points: Floats
    metric: int
    scale: float
    power: int
    weight: Floats
    measures: Floats
    lower: Floats
    upper: Floats
    target: Floats
    indptr: Ints
    indices: Ints
    component: Ints
    contiguous: bool
    extra: Floats
    locked: Ints
    centering: int = UNIT
    unit: str = "km"
    rules: Rules = NONE

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.weight)

    @property
    def k(self) -> int:
        """Number of territories."""
        return len(self.lower)

    @property
    def m(self) -> int:
        """Number of measures."""
        return int(self.lower.shape[1])

    @property
    def at_home(self) -> bool:
        """Whether trips start at homes."""
        return self.centering == HOME

    @property
    def fixed(self) -> bool:
        """Whether a unit is the same load in every territory."""
        return bool(self.k == 1 or self.measures.strides[1] == 0)

    @cached_property
    def usual(self) -> Floats:
        """Each unit's load, in the mean over territories where it depends on them, shape (n, m)."""
        load: Floats = self.measures[:, 0] if self.fixed else self.measures.mean(axis=1)
        return np.ascontiguousarray(load)

    @cached_property
    def mean_target(self) -> Floats:
        """The mean of the targets, shape (m,)."""
        mean: Floats = self.target.mean(axis=0)
        return mean

    @property
    def alike(self) -> bool:
        """Whether territories could be exchanged: same bounds and loads; no locks, added costs, homes or budgets."""
        same = bool((self.lower == self.lower[0]).all() and (self.upper == self.upper[0]).all())
        free = self.extra.strides == (0, 0) or not self.extra.any()
        return same and self.fixed and free and self.rules.alike and self.centering != HOME

    @cached_property
    def priced(self) -> bool:
        """Whether a plan pays for something besides travel: costs of units in territories, or rules with a price."""
        if self.rules.priced or self.extra.strides == (0, 0):
            return self.rules.priced
        return bool((np.isfinite(self.extra) & (self.extra != 0)).any())

    @classmethod
    def from_problem(cls, problem: TerritoryProblem) -> ProblemArrays:
        """Return the arrays of a problem; territory numbers follow `named_territories`, the rest are unnamed."""
        check_size(problem)
        units, k = problem.units, problem.n_territories
        n = len(units)
        ranges = problem.of_kind(AccountRange)
        measures = units.frame[[*problem.balance, *("accounts" for _ in ranges)]].to_numpy(dtype=float)
        sides = [*map(problem.bounds, problem.balance), *(_range(problem, asked) for asked in ranges)]
        lower, target, upper = (np.column_stack(side) for side in zip(*sides, strict=True))
        extra, locked, torn = _pairs(problem)
        if problem.graph is not None:
            graph, component = problem.graph.matrix, problem.graph.components
        else:
            graph = adjacency(delaunay_pairs(units.plane.to_plane(units.xy)), n)
            component = np.zeros(n, dtype=np.int64)
        places, points, metric, scale = _placed(problem)
        indptr, indices = graph.indptr.astype(np.int64), graph.indices.astype(np.int64)
        rules = rules_of(problem, indptr, indices)
        arrays = cls(
            places=places,
            points=points,
            metric=metric,
            scale=scale,
            power=problem.objective.power,
            weight=problem.weight,
            measures=_loads(problem, measures, k),
            lower=lower - SLACK * target,
            upper=upper + SLACK * target,
            target=target,
            indptr=indptr,
            indices=indices,
            component=component,
            contiguous=problem.graph is not None,
            extra=extra,
            locked=locked,
            centering={"unit": UNIT, "centroid": CENTROID, "home": HOME}[problem.objective.center],
            unit=problem.distance.measure if isinstance(problem.distance, DistanceMatrix) else "km",
            rules=replace(rules, stuck=torn) if torn.size else rules,
        )
        return closed(arrays)


def _range(problem: TerritoryProblem, asked: AccountRange) -> tuple[Floats, Floats, Floats]:
    """Return (lower, target, upper) of the number of accounts, shape (k,) each."""
    target = np.maximum(float(problem.units.frame["accounts"].sum()) * problem.shares, 1.0)
    return np.full(len(target), float(asked.lower)), target, np.full(len(target), float(asked.upper))


def _pairs(problem: TerritoryProblem) -> tuple[Floats, Ints, Ints]:
    """Return what units cost in territories besides travel, where they are locked, and those locked to two."""
    n, k = len(problem.units), problem.n_territories
    locked, torn = np.full(n, -1, dtype=np.int64), []
    priced = prices(problem)
    named = [c for c in problem.constraints if isinstance(c, (Lock, Forbid))]
    at_home = problem.home_units if problem.of_kind(HomeInside) else None
    if not named and at_home is None:
        # Without constraints one zero stands for all: a full table would take 8 GB for a million units.
        return np.broadcast_to(0.0, (n, k)) if priced is None else priced, locked, np.empty(0, dtype=np.int64)
    extra = np.zeros((n, k)) if priced is None else priced
    position = {id_: i for i, id_ in enumerate(problem.units.ids)}
    number = {name: t for t, name in enumerate(problem.named_territories)}
    for constraint in named:
        rows = [position[id_] for id_ in constraint.units]
        if isinstance(constraint, Lock):
            locked[rows] = number[constraint.territory]
        else:
            extra[rows, number[constraint.territory]] = np.inf
    for t, unit in enumerate(() if at_home is None else at_home.tolist()):
        if locked[unit] not in (-1, t) or np.isinf(extra[unit, t]):
            torn.append(unit)
        else:
            locked[unit] = t
    held = np.flatnonzero(locked >= 0)
    if held.size:
        own = extra[held, locked[held]]
        extra[held] = np.inf
        extra[held, locked[held]] = np.where(np.isfinite(own), own, 0.0)
    return extra, locked, np.array(torn, dtype=np.int64)


def _loads(problem: TerritoryProblem, measures: Floats, k: int) -> Floats:
    """Return the load of each unit in each territory, shape (n, k, m): hours from home differ by rep."""
    table = home_table(problem)
    if table is None or NAME not in problem.balance:
        return spread(measures, k)
    loads = np.repeat(measures[:, None, :], k, axis=1)
    loads[:, :, list(problem.balance).index(NAME)] = table
    return loads


def _placed(problem: TerritoryProblem) -> tuple[Floats, Floats, int, float]:
    """Return the units' coordinates, what is measured (with homes where trips start there), metric and scale."""
    xy = problem.units.xy
    at_home = problem.objective.center == "home" and problem.homes is not None
    if isinstance(problem.distance, DistanceMatrix):
        rows = problem.distance.rows(problem.units.ids)
        if at_home:
            rows = np.concatenate([rows, problem.distance.rows(problem.named_territories, "reps")])
        table = problem.distance.trip(rows[:, None], rows[None, :])
        return problem.straight.place(xy).points, np.ascontiguousarray(table), kernels.MATRIX, 1.0
    placed = problem.distance.place(xy)
    points = placed.points
    if at_home:
        assert problem.homes is not None
        points = np.concatenate([points, problem.distance.place(problem.homes).points])
    metric = kernels.SPHERE if placed.kind == "sphere" else kernels.PLANAR
    return placed.points, points, metric, placed.scale_km
