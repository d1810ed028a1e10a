"""Where a search begins: given plans, coarse plans of large problems, the linear model, today, drawn centres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import HOME
from territory_geo.optimize.coarse import applies
from territory_geo.optimize.combine import GoodPlans
from territory_geo.optimize.journal import Journal
from territory_geo.optimize.linear import start as linear
from territory_geo.optimize.local_search import Score, score
from territory_geo.optimize.rules.large import first_start
from territory_geo.optimize.rules.today import today_starts
from territory_geo.optimize.starts import DRAWS, MOVES, Starts
from territory_geo.optimize.sweeps import sweep
from territory_geo.optimize.transfer import push_surplus

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]

SEED_SHARE = 0.3
"""Share of the budget that seeds may take."""
DRAW_SHARE = 0.05
"""Share of the budget after which no more sets are drawn: moves from the best one then find more."""


@dataclass
class Seeding(Journal):
    """A search that knows where to begin.

    Parameters
    ----------
    good : GoodPlans
        Plans to combine.
    initial : sequence of int32 array, shape (n,)
        Plans to begin at, of which `initial.stands` is true; each gets a cycle before any other start.
    resumed : bool
        Whether the search goes on from its initial plan, cold and without seeds of its own.
    priced : float array, shape (n, k), optional
        What the loads and the spending of units cost at the prices that the linear model found.
    """

    good: GoodPlans = field(default_factory=GoodPlans)
    initial: Sequence[Labels] = ()
    resumed: bool = False
    priced: Floats | None = None
    seeds: Starts = field(init=False, repr=False)
    rng: np.random.Generator = field(init=False, repr=False)
    state: NDArray[np.uint64] = field(init=False, repr=False)

    def _given(self) -> list[Labels]:
        """Return the plans to begin at, the best first; of a large problem the best alone is worked on."""
        found: list[tuple[Score, int, Labels]] = []
        for number, labels in enumerate(self.initial):
            now = score(self.arrays, labels)
            self._keep(labels, now, "initial plan")
            if not applies(self.arrays):
                self.good.add(labels, now)
            found.append((now, number, labels))
            self._tell("seeds", 0.0, "initial plan")
        return [labels for _, _, labels in sorted(found, key=lambda item: (item[0].violation, item[0].travel, item[1]))]

    def _coarse_start(self) -> list[Labels]:
        """Return the labels of a coarse start where the problem is large, else none."""
        if not applies(self.arrays):
            return []
        self._tell("seeds", 0.0, "clusters of units")
        labels = first_start(self.arrays, lambda found: sweep(self.arrays, found, self.state)[0])
        if labels is None:
            return []
        now = score(self.arrays, labels)
        self._keep(labels, now, "seeds")
        if not now.feasible and not self.quick:
            labels, now = push_surplus(self.arrays, labels, now, self._pair)
            self._keep(labels, now, "push surplus")
        return [labels]

    def _starts(self) -> list[Labels]:
        """Return contiguous labels from several seeds, the most promising first."""
        self.seeds = Starts(self.arrays, self.rng)
        used = self.stop.share(self.clock)
        found: list[tuple[float, float, int, Labels]] = []
        for number, (stage, labels) in enumerate(self._present_starts()):
            now = score(self.arrays, labels)
            self._keep(labels, now, stage)
            found.append((self._lost(now), now.travel, number - DRAWS - MOVES, labels))
            self._tell("seeds", 0.0, stage)
        single = self.arrays.k in (1, self.arrays.n) or self.arrays.centering == HOME
        # Budgets bind a plan to today's: sets of centres drawn at random lead nowhere near it.
        bound = self.resumed or (bool(found) and not self.arrays.rules.alike)
        for number in range(0 if bound else 1 if single else DRAWS + MOVES):
            self._tell("seeds", number / (DRAWS + MOVES), f"start {number + 1} of {DRAWS + MOVES}")
            drawn = number < (DRAWS if self.stop.share(self.clock) <= used + DRAW_SHARE * (1 - used) else 1)
            if not drawn and not self.seeds.movable:
                break
            balanced = self.seeds.draw() if drawn else self.seeds.move()
            begun = None if balanced is None else self.seeds.grown(balanced)
            if balanced is None or begun is None:
                continue
            now = score(self.arrays, begun)
            self._keep(begun, now, "seeds")
            found.append((self._lost(now), min(balanced.cost, now.travel), number, begun))
            late = self.stop.share(self.clock) > used + SEED_SHARE * (1 - used)
            if late or (self.best is not None and self.stop.met(self.clock)):
                break
        self._tell("seeds", 1.0, f"{len(found)} first plan{'' if len(found) == 1 else 's'}")
        return [labels for _, _, _, labels in sorted(found, key=lambda item: item[:3])]

    def _present_starts(self) -> Iterator[tuple[str, Labels]]:
        """Yield starts that homes or today's alignment lead to, with their names in the history.

        What the linear model proves and its prices are remembered. With homes its start is nearer to the best than
        all others can be: today's alignment is then kept only as a plan, where it is one.
        """

        def go_on() -> bool:
            self._tell("seeds", 0.0, "linear model")
            return self.time_used() < SEED_SHARE

        if not linear.applies(self.arrays):
            yield from (("today", labels) for labels in today_starts(self.arrays))
            return
        start = linear.linear_start(self.arrays, go_on)
        self.floor, self.priced = start.bound, start.priced
        if start.labels is not None:
            yield "linear model", start.labels
        for labels in islice(today_starts(self.arrays), 1):
            self._keep(labels, score(self.arrays, labels), "today")

    def _lost(self, now: Score) -> float:
        """Return what counts first among starts: violation, where budgets bind a plan to today's, else nothing."""
        return 0.0 if self.arrays.rules.alike else now.violation

    def _pair(self, labels: Labels, now: Score) -> bool:
        self._keep(labels, now, "reoptimise pairs")
        self._tell("reoptimise", self.stop.share(self.clock), self._text())
        return not self._out_of_time()

    def _seeding(self, done: float) -> bool:
        self._tell("seeds", done, self._text())
        return not self._out_of_time()
