"""The search for labels: several seeds, then cycles of annealing and pairwise reoptimisation.

It knows arrays only. The best labels so far are always at hand, so that an interruption loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.balance import Balanced, balanced_centers, centers_cost
from territory_geo.optimize.interrupt import noted_interrupt
from territory_geo.optimize.local_search import HOT, REHEAT, Score, anneal_cycle, score
from territory_geo.optimize.reoptimize import improve_pairs
from territory_geo.optimize.repair import make_contiguous
from territory_geo.optimize.seeds import start_centers, territory_parts
from territory_geo.optimize.stop import Clock, MaxRuntime, Stop, rules
from territory_geo.optimize.transfer import push_surplus
from territory_geo.progress import Progress

if TYPE_CHECKING:
    from territory_geo.optimize.unit_prices import Prices

Labels = NDArray[np.int32]

STARTS = 6
"""Seeds that are balanced; the search begins from the best and may come back to the others."""


@dataclass
class Search:
    """One run of the search.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    stop : Stop
        When to end.
    seed : int
        Of every random number.
    progress : Progress
        Told about each round.
    quick : bool
        Leave out the exact pair models: enough to see what comes near where no plan can exist.
    watch : callable, optional
        Told of the search after each round; keeps the gap up to date where the rule looks at it.
    """

    arrays: ProblemArrays
    stop: Stop
    seed: int
    progress: Progress
    quick: bool = False
    watch: Callable[[Search], None] | None = None
    prices: Prices | None = None
    clock: Clock = field(init=False)
    labels: Labels | None = None
    best: Score | None = None
    interrupted: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        """Search until the stopping rule is met or the user interrupts; the best is in `labels`."""
        self.clock = Clock(started=time.monotonic())
        self.rng = np.random.default_rng(self.seed)
        self.state = self.rng.integers(1, 2**63 - 1, size=1).astype(np.uint64)
        with noted_interrupt() as self._pressed:
            try:
                self._search()
            except KeyboardInterrupt:
                self.interrupted = True

    def adopt(self, labels: Labels, stage: str) -> None:
        """Take labels that another method found, if they are better."""
        self._keep(labels, score(self.arrays, labels), stage)

    def _search(self) -> None:
        starts = self._starts()
        if not starts:
            return
        cycle = 0
        while True:
            # The seeds in turn, then the best plan and the seeds alternately: deeper and wider.
            if cycle >= len(starts) and cycle % 2 == 0 and self.labels is not None:
                begin = self.labels
            else:
                begin = starts[cycle % len(starts)]
            labels, best = anneal_cycle(
                self.arrays,
                begin,
                self.state,
                hot=HOT if cycle < len(starts) else REHEAT,
                share=lambda: self.stop.share(self.clock),
                after_round=self._round,
            )
            self._keep(labels, best, "local search")
            if self.quick:
                return
            if not best.feasible:
                labels, best = push_surplus(self.arrays, labels, best, self._pair)
                self._keep(labels, best, "push surplus")
            labels, best = improve_pairs(self.arrays, labels, best, self._pair)
            self._keep(labels, best, "reoptimise pairs")
            cycle += 1
            if self.stop.met(self.clock) or self.arrays.k == 1:
                return

    def _starts(self) -> list[Labels]:
        """Return contiguous labels from several seeds, the most promising first."""
        parts = territory_parts(self.arrays)
        apart = parts[None, :] != self.arrays.component[:, None]
        found: list[tuple[Score, int, Labels]] = []
        rival = np.inf
        for number in range(1 if self.arrays.k in (1, self.arrays.n) else STARTS):
            self._tell("seeds", number / STARTS, f"start {number + 1} of {STARTS}")
            centers = start_centers(self.arrays, parts, self.rng)
            balanced = balanced_centers(self.arrays, centers, rival) if not apart.any() else None
            if balanced is None:
                cost = np.where(apart, np.inf, centers_cost(self.arrays, centers))
                balanced = Balanced(centers, cost.argmin(axis=1).astype(np.int32), np.inf)
            rival = min(rival, balanced.cost)
            cost = np.where(apart, np.inf, centers_cost(self.arrays, balanced.centers))
            labels = make_contiguous(self.arrays, balanced.labels, cost, balanced.centers)
            if labels is None:
                continue
            now = score(self.arrays, labels)
            self._keep(labels, now, "seeds")
            found.append((Score(0.0, min(balanced.cost, now.travel)), number, labels))
            if self.stop.share(self.clock) > 0.15 or (self.best is not None and self.stop.met(self.clock)):
                break
        self._tell("seeds", 1.0, f"{len(found)} starts")
        return [labels for _, _, labels in sorted(found, key=lambda item: (item[0].travel, item[1]))]

    def _round(self, labels: Labels, now: Score) -> bool:
        self.clock.iterations += 1
        self.clock.since_better += 1
        self._keep(labels, now, "local search")
        if self.watch is not None:
            self.watch(self)
        self._tell("local search", self.stop.share(self.clock), self._text())
        return not self.stop.met(self.clock)

    def _pair(self, labels: Labels, now: Score) -> bool:
        self._keep(labels, now, "reoptimise pairs")
        self._tell("reoptimise", self.stop.share(self.clock), self._text())
        return not self._out_of_time()

    def _out_of_time(self) -> bool:
        """Tell whether the clock (not the count of rounds) ends the run: rounds do not pass while pairs are solved."""
        return any(rule.met(self.clock) for rule in rules(self.stop) if isinstance(rule, MaxRuntime))

    def _tell(self, stage: str, share: float, text: str) -> None:
        """Pass progress on; between two steps is also the moment to act on Ctrl-C."""
        self.progress(stage, share, text)
        if self._pressed():
            raise KeyboardInterrupt

    def _keep(self, labels: Labels, now: Score, stage: str) -> None:
        """Remember labels if they are the best so far."""
        if not now.better(self.best):
            return
        self.labels, self.best = labels.copy(), now
        self.clock.since_better = 0
        self.clock.feasible = now.feasible
        self.history.append(
            {
                "seconds": self.clock.seconds,
                "stage": stage,
                "iteration": self.clock.iterations,
                "objective": now.travel,
                "worst_deviation": now.violation,
            }
        )

    def _text(self) -> str:
        if self.best is None:
            return ""
        missed = "" if self.best.feasible else f", bounds missed by {100 * self.best.violation:.2f} %"
        unit = "km" if self.arrays.power == 1 else "km²"
        return f"{self.best.travel / max(self.arrays.weight.sum(), 1e-300):,.2f} {unit} a trip{missed}"
