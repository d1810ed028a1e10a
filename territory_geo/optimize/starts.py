"""Where cycles start: sets of centres, improved one move at a time while units may still be split.

That relaxed problem is solved in milliseconds, and what it likes is close to what whole plans like: so most of the
search for centres happens here, and annealing only has to find the borders.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.balance import Balanced, balanced_centers
from territory_geo.optimize.centers import centers_cost
from territory_geo.optimize.kick import neighbour
from territory_geo.optimize.rules.place import grown
from territory_geo.optimize.rules.today import matched_centers
from territory_geo.optimize.seeds import start_centers, territory_parts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

DRAWS, MOVES = 4, 20
"""Random sets that are balanced at first, and moves of one centre tried from the best of them."""
MORE_MOVES = 30
"""Moves tried between two cycles."""


class Starts:
    """Sets of centres in balance, the cheapest of them first, and the labels that grow from them.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    rng : Generator
        Draws sets and moves.

    References
    ----------
    Iterated local search over sets of centres: Resende & Werneck 2007 (exchange step); Hojati 1996 (balance).
    """

    def __init__(self, arrays: ProblemArrays, rng: np.random.Generator) -> None:
        self.arrays, self.rng = arrays, rng
        self.parts = territory_parts(arrays)
        self.apart = self.parts[None, :] != arrays.component[:, None]
        self.waiting: dict[tuple[int, ...], Balanced] = {}
        self.seen: set[tuple[int, ...]] = set()
        self.best: Balanced | None = None

    @property
    def movable(self) -> bool:
        """Whether centres can move: there are several, the map is in one part, and some set is in balance."""
        free = self.arrays.k > 1 and self.arrays.centering != HOME
        return self.best is not None and free and not self.apart.any()

    def draw(self) -> Balanced:
        """Return a random set, in balance where that is possible."""
        arrays = self.arrays
        centers = matched_centers(arrays, start_centers(arrays, self.parts, self.rng))
        balanced = None
        if not self.apart.any():
            balanced = balanced_centers(arrays, centers, np.inf if self.best is None else self.best.cost)
        if balanced is None:
            return Balanced(centers, self._cost(centers).argmin(axis=1).astype(np.int32), np.inf)
        self._note(balanced)
        return balanced

    def move(self) -> Balanced | None:
        """Return the best set with one centre moved if that is cheaper, and continue from it; else None."""
        if self.best is None:
            return None
        rival = self.best.cost
        found = neighbour(self.arrays, self.best.centers, rival, self.rng)
        if found is None:
            return None
        self._note(found)
        return found if found.cost < rival else None

    def search(self, go_on: Callable[[float], bool], moves: int = MORE_MOVES) -> None:
        """Try so many moves; what is found waits to be grown. `go_on` is told the share that is done before each."""
        for number in range(moves):
            if not self.movable or not go_on(number / moves):
                return
            self.move()

    def grown(self, balanced: Balanced) -> Labels | None:
        """Return labels in one piece per territory, or None where locks leave no way."""
        self.waiting.pop(self._key(balanced.centers), None)
        return grown(self.arrays, balanced.labels, self._cost(balanced.centers), balanced.centers)

    def take(self, below: float) -> Balanced | None:
        """Return the cheapest set that no cycle began at, if it costs less than `below`: no plan costs less than it."""
        cheapest = min(self.waiting.values(), key=lambda balanced: balanced.cost, default=None)
        return None if cheapest is None or cheapest.cost >= below else cheapest

    def promising(self, below: float, go_on: Callable[[float], bool] | None) -> Labels | None:
        """Return labels grown from a set that may lead to a plan with less travel than `below`, or None.

        Moves are tried first if `go_on` is given. Without a new set the best one gets another go: annealing at
        random does not come out the same twice.
        """
        if go_on is not None:
            self.search(go_on)
        while (cheapest := self.take(below)) is not None:
            labels = self.grown(cheapest)
            if labels is not None:
                return labels
        return None if self.best is None else self.grown(self.best)

    def _note(self, balanced: Balanced) -> None:
        key = self._key(balanced.centers)
        if key not in self.seen:
            self.seen.add(key)
            self.waiting[key] = balanced
        if self.best is None or balanced.cost < self.best.cost:
            self.best = balanced

    def _key(self, centers: Ints) -> tuple[int, ...]:
        return tuple(int(center) for center in np.sort(centers))

    def _cost(self, centers: Ints) -> Floats:
        return np.where(self.apart, np.inf, centers_cost(self.arrays, centers))
