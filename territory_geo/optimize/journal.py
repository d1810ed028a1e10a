"""What a search is told and what it remembers: its rule and clock, the best labels so far, and how it came to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.local_search import Score, score, worst_deviation
from territory_geo.optimize.rules.broken import broken, in_words
from territory_geo.optimize.stop import Clock, Stop, time_used
from territory_geo.progress import Progress

if TYPE_CHECKING:
    from territory_geo.optimize.unit_prices import Prices

Labels = NDArray[np.int32]


@dataclass
class Journal:
    """The best of a search at any time.

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
    prices : Prices, optional
        What it works with.
    start : int
        Number of this search among several, for the history.
    floor : float
        What no plan can cost less than, as far as the search found out by itself.
    """

    arrays: ProblemArrays
    stop: Stop
    seed: int
    progress: Progress
    quick: bool = False
    watch: Callable[[Any], None] | None = None
    prices: Prices | None = None
    start: int = 0
    floor: float = -np.inf
    clock: Clock = field(init=False)
    labels: Labels | None = None
    best: Score | None = None
    interrupted: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)
    _pressed: Callable[[], bool] = field(init=False, repr=False)
    _missing: str | None = field(default=None, init=False, repr=False)

    def judge(self, arrays: ProblemArrays) -> None:
        """Score the best labels by other weights, where the search was guided by its own; its proofs do not hold."""
        if arrays is self.arrays:
            return
        self.arrays, self.prices, self.floor, self._missing = arrays, None, -np.inf, None
        if self.labels is not None:
            self.best = score(arrays, self.labels)

    def adopt(self, labels: Labels, stage: str) -> None:
        """Take labels that another method found, if they are better."""
        self._keep(labels, score(self.arrays, labels), stage)

    def time_used(self) -> float:
        """Return the used share of a time limit, 0 where the rule has none: then effort never depends on the clock."""
        return time_used(self.stop, self.clock)

    def _out_of_time(self) -> bool:
        """Tell whether the clock (not the count of rounds) ends the run: rounds do not pass while pairs are solved."""
        return self.time_used() >= 1.0

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
        self._missing = None
        self.clock.since_better = 0
        self.clock.feasible = now.feasible
        self.history.append(
            {
                "start": self.start,
                "seconds": self.clock.seconds,
                "stage": stage,
                "iteration": self.clock.iterations,
                "objective": now.travel,
                "worst_deviation": worst_deviation(self.arrays, labels),
                "missed": now.violation,
            }
        )

    def _text(self) -> str:
        if self.best is None:
            return ""
        return self.text(self.best) if self.best.feasible else f"{self.text(self.best)}: {self.missing()}"

    def missing(self) -> str:
        """Say which rules the best plan breaks, and by how much."""
        if self._missing is None and self.labels is not None and self.best is not None:
            self._missing = in_words(broken(self.arrays, self.labels, self.best.violation))
        return self._missing or ""

    def text(self, best: Score) -> str:
        """Say in a few words how good a plan is."""
        missed = "" if best.feasible else f", {100 * best.violation:.2f} % of a territory amiss"
        unit = self.arrays.unit if self.arrays.power == 1 else f"{self.arrays.unit}²"
        a_trip = best.travel / max(self.arrays.weight.sum(), 1e-300)
        decimals = 2 if self.arrays.unit == "km" else 4
        priced = ", prices included" if self.arrays.priced else ""
        return f"{a_trip:,.{decimals}f} {unit} a trip{priced}{missed}"
