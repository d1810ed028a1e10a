"""Ways between units and places, raised as the objective raises them, in blocks that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.geodata.matrix import DistanceMatrix

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK = 2_000_000
"""Ways held in memory at once."""


class Ways:
    """What the way between two places counts in a problem's objective.

    Parameters
    ----------
    problem : TerritoryProblem
        Gives places, distance and power.
    """

    def __init__(self, problem: TerritoryProblem) -> None:
        self.power = problem.objective.power
        self.matrix = problem.distance if isinstance(problem.distance, DistanceMatrix) else None
        if self.matrix is not None:
            self.rows = self.matrix.rows(problem.units.ids)
        else:
            assert not isinstance(problem.distance, DistanceMatrix)
            self.distance = problem.distance
            placed = self.distance.place(problem.units.xy)
            self.points, self.sphere, self.scale = placed.points, placed.kind == "sphere", placed.scale_km
        self.counted = 0
        """How many ways were measured, for who wants to know what an answer cost."""

    def cost(self, a: Ints, b: Ints) -> Floats:
        """Return the ways between units `a` and units `b`, in what is minimised and raised to the power.

        Shape (len(a), len(b)).
        """
        self.counted += len(a) * len(b)
        if self.matrix is not None:
            first, second = np.repeat(self.rows[a], len(b)), np.tile(self.rows[b], len(a))
            return self._raised(self.matrix.trip(first, second).reshape(len(a), len(b)))
        return self._raised(self._apart(self.points[a], self.points[b]))

    def km(self, a: Ints, b: Ints) -> Floats:
        """Return the kilometres between units, shape (len(a), len(b))."""
        if self.matrix is not None:
            first, second = np.repeat(self.rows[a], len(b)), np.tile(self.rows[b], len(a))
            return self.matrix.trip(first, second, "km").reshape(len(a), len(b))
        return self._apart(self.points[a], self.points[b])

    def from_places(self, places: Floats, b: Ints) -> Floats:
        """Return the same as `cost` from places, points in space of shape (m, 3), such as `points`."""
        self.counted += len(places) * len(b)
        return self._raised(self._apart(places, self.points[b]))

    def blocks(self, size: int, width: int) -> Iterator[slice]:
        """Yield slices of `size` rows that hold at most `BLOCK` ways with `width` others each."""
        step = max(1, BLOCK // max(1, width))
        for first in range(0, size, step):
            yield slice(first, min(size, first + step))

    def _raised(self, ways: Floats) -> Floats:
        return ways if self.power == 1 else ways * ways

    def _apart(self, a: Floats, b: Floats) -> Floats:
        square = np.zeros((len(a), len(b)))
        for axis in range(3 if self.sphere else 2):
            square += (a[:, axis, None] - b[None, :, axis]) ** 2
        chord = np.sqrt(square)
        ways: Floats = 2.0 * np.arcsin(np.minimum(1.0, chord / 2.0)) * self.scale if self.sphere else chord * self.scale
        return ways
