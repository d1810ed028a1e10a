"""The one border between tables and kernels: ids become integers, measures and bounds become arrays.

Nothing behind this file knows ids, columns or data frames; nothing before it knows row numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory_geo.geodata.contiguity import adjacency
from territory_geo.geodata.topology import delaunay_pairs
from territory_geo.optimize import kernels
from territory_geo.plan.constraints import Lock
from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SLACK = 5e-10
"""Share of the target by which sums may pass a bound through rounding; the check of a plan allows twice that."""


@dataclass(frozen=True, eq=False)
class ProblemArrays:
    """A territory problem as arrays: n units, k territories, m measures.

    Parameters
    ----------
    points : float array, shape (n, 3)
        Placed coordinates; `metric` says how they are measured, `scale` gives kilometres.
    weight : float array, shape (n,)
        Trips per unit.
    measures : float array, shape (n, m)
        What is balanced.
    lower, upper : float array, shape (k, m)
        Bounds per territory.
    target : float array, shape (m,)
        Mean load; violations are counted in shares of it.
    indptr, indices : int array
        Neighbours of each unit in compressed rows. Without contiguity (`contiguous` is False) these are the
        Delaunay neighbours, which then only propose moves.
    component : int array, shape (n,)
        The separate part of the contiguity graph that a unit lies in; all zero without contiguity.
    extra : float array, shape (n, k)
        Added cost per unit and territory; infinite where a unit is forbidden.
    locked : int array, shape (n,)
        The territory a unit must be in, or -1.
    """

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

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.weight)

    @property
    def k(self) -> int:
        """Number of territories."""
        return len(self.lower)

    @classmethod
    def from_problem(cls, problem: TerritoryProblem) -> ProblemArrays:
        """Return the arrays of a problem; territory numbers follow `named_territories`, the rest are unnamed."""
        units, k = problem.units, problem.n_territories
        n = len(units)
        placed = problem.distance.place(units.xy)
        measures = units.frame[list(problem.balance)].to_numpy(dtype=float)
        bounds = np.array([problem.bounds(name) for name in problem.balance])
        slack = SLACK * bounds[:, 1]
        locked = np.full(n, -1, dtype=np.int64)
        # Without constraints one zero stands for all: a full table would take 8 GB for a million units.
        extra = np.zeros((n, k)) if problem.constraints else np.broadcast_to(0.0, (n, k))
        position = {id_: i for i, id_ in enumerate(units.ids)}
        number = {name: t for t, name in enumerate(problem.named_territories)}
        for constraint in problem.constraints:
            rows = [position[id_] for id_ in constraint.units]
            if isinstance(constraint, Lock):
                locked[rows] = number[constraint.territory]
            else:
                extra[rows, number[constraint.territory]] = np.inf
        held = np.flatnonzero(locked >= 0)
        if held.size:
            extra[held] = np.inf
            extra[held, locked[held]] = 0.0
        if problem.graph is not None:
            graph, component = problem.graph.matrix, problem.graph.components
        else:
            graph = adjacency(delaunay_pairs(units.plane.to_plane(units.xy)), n)
            component = np.zeros(n, dtype=np.int64)
        return cls(
            points=placed.points,
            metric=kernels.SPHERE if placed.kind == "sphere" else kernels.PLANAR,
            scale=placed.scale_km,
            power=problem.objective.power,
            weight=problem.weight,
            measures=np.ascontiguousarray(measures),
            lower=np.tile(bounds[:, 0] - slack, (k, 1)),
            upper=np.tile(bounds[:, 2] + slack, (k, 1)),
            target=bounds[:, 1].copy(),
            indptr=graph.indptr.astype(np.int64),
            indices=graph.indices.astype(np.int64),
            component=component,
            contiguous=problem.graph is not None,
            extra=extra,
            locked=locked,
        )
