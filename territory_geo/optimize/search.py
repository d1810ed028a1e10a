"""The search for labels: several seeds, then cycles of annealing and pairwise reoptimisation.

It knows arrays only. The best labels so far are always at hand, so that an interruption loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize import medoids, names
from territory_geo.optimize.arrays import HOME
from territory_geo.optimize.coarse import applies
from territory_geo.optimize.combine import GoodPlans
from territory_geo.optimize.interrupt import noted_interrupt
from territory_geo.optimize.journal import Journal
from territory_geo.optimize.kick import kicked
from territory_geo.optimize.local_search import HOT, REHEAT, Score, anneal_cycle, score
from territory_geo.optimize.reoptimize import improve_pairs
from territory_geo.optimize.reorder import curve_order, reordered
from territory_geo.optimize.rules.large import first_start
from territory_geo.optimize.rules.today import today_starts
from territory_geo.optimize.seen import SeenTerritories
from territory_geo.optimize.starts import DRAWS, MOVES, Starts
from territory_geo.optimize.stop import Clock, FirstFeasible, rules, seconds_left
from territory_geo.optimize.sweeps import sweep
from territory_geo.optimize.transfer import push_surplus
from territory_geo.optimize.triples import improve_triples

Labels = NDArray[np.int32]

HOT_MANY = 0.1
"""First temperature on large problems, whose seed is good and whose rounds are dear."""
FREEZE = 0.9
"""Share of the budget from which on a cycle cools faster, so that it ends cold."""
RULED_FREEZE = 0.8
"""Share of the budget at which the first cycle is cold where there are rules."""
LAST_CYCLE = 200.0
"""Where less than so many times the last cycle with exact centres is left, one cycle takes it all: one long cooling
finds more than several short ones whose territories cannot be combined."""
FIRST_CYCLES = 3
"""Seeds that get a cycle of their own before the best plan is worked on, where centres cannot move."""
COMBINE_EVERY = 3
"""Cycles after which the best plans are combined."""
PAIR_UNITS = 200_000
"""Units in the pairs that are solved anew after each cycle on large problems."""
SEED_SHARE = 0.3
CYCLES = 8.5
"""Cycles with exact centres whose territories are combined: a little more, so that the last can still be combined."""
"""Share of the budget that seeds may take."""


@dataclass
class Search(Journal):
    """One run of the search; see `Journal` for what it is told and what it remembers.

    Parameters
    ----------
    effort : float
        Length of the next cycle with exact centres, as a multiple of the shortest.
    good : GoodPlans
        Plans to combine.
    seen : SeenTerritories, optional
        Territories to combine where nothing need be contiguous.
    initial : sequence of int32 array, shape (n,)
        Plans to begin at, of which `initial.stands` is true; each gets a cycle before any other start.
    resumed : bool
        Whether the search goes on from its initial plan, cold and without seeds of its own.
    """

    effort: float = 1.0
    good: GoodPlans = field(default_factory=GoodPlans)
    seen: SeenTerritories | None = None
    initial: Sequence[Labels] = ()
    resumed: bool = False

    def run(self) -> None:
        """Search until the stopping rule is met or the user interrupts; the best is in `labels`."""
        self.clock = Clock(started=time.monotonic())
        self.rng = np.random.default_rng(self.seed)
        self.state = self.rng.integers(1, 2**63 - 1, size=1).astype(np.uint64)
        given, begin, order = self.arrays, self.initial, curve_order(self.arrays) if applies(self.arrays) else None
        if order is not None:
            self.arrays = reordered(given, order)
            self.initial = [labels[order] for labels in begin]
        with noted_interrupt() as self._pressed:
            try:
                self._search()
            except KeyboardInterrupt:
                self.interrupted = True
        self.arrays, self.initial = given, begin
        if order is not None and self.labels is not None:
            found, self.labels = self.labels, np.empty_like(self.labels)
            self.labels[order] = found

    def finish(self) -> None:
        """Combine the plans that several searches brought together, until nothing better comes of it."""
        enough = applies(self.arrays) or any(isinstance(rule, FirstFeasible) for rule in rules(self.stop))
        if enough or self.best is None or not self.best.feasible:
            return
        with noted_interrupt() as self._pressed:
            try:
                while not self._out_of_time() and self.combine():
                    pass
            except KeyboardInterrupt:
                self.interrupted = True

    def _search(self) -> None:
        starts = self._given() or self._coarse_start() or self._starts()
        if not starts or ((applies(self.arrays) or self.initial) and self.stop.met(self.clock)):
            return
        cycle = 0
        while True:
            begin, fresh = self._begin(starts, cycle)
            labels, best = self._cycle(begin, fresh=fresh)
            self._keep(labels, best, "local search")
            if self.quick:
                return
            if names.applies(self.arrays):
                labels, best = names.exchange_names(self.arrays, labels, best)
                self._keep(labels, best, "exchange names")
            if not best.feasible:
                labels, best = push_surplus(self.arrays, labels, best, self._pair)
                self._keep(labels, best, "push surplus")
            self._pairs_left = int(max(1, PAIR_UNITS * self.arrays.k / (2 * self.arrays.n)))
            labels, best = improve_pairs(self.arrays, labels, best, self._counted_pair)
            self._keep(labels, best, "reoptimise pairs")
            cycle += 1
            if not applies(self.arrays) and not self._out_of_time():
                self._finish(labels, best, cycle)
            if self.stop.met(self.clock) or self.arrays.k == 1:
                return

    def _begin(self, starts: list[Labels], cycle: int) -> tuple[Labels, bool]:
        """Return where a cycle starts (by turns promising centres and the best plan), and whether it may be hot."""
        if cycle == 0 or self.labels is None:
            return starts[cycle % len(starts)], not self.resumed
        if applies(self.arrays):
            return self.labels, False
        given = len(self.initial)
        if cycle < given:
            return starts[cycle], True
        if given and cycle == given:
            starts += self._starts()
        if not self.seeds.movable or medoids.applies(self.arrays) or not self.arrays.rules.alike:
            if cycle < min(given + FIRST_CYCLES, len(starts)):
                return starts[cycle], True
            movable = self.seeds.movable and self.arrays.rules.alike
            moved = kicked(self.arrays, self.labels, self.rng) if cycle % 2 and movable else None
            return (self.labels if moved is None else moved), moved is not None
        if cycle % 4 == 0:
            return self.labels, False
        known = self.best.travel if self.best is not None and self.best.feasible else np.inf
        again = self.seeds.promising(known, self._seeding if cycle % 2 else None)
        return (self.labels if again is None else again), again is not None

    def _finish(self, labels: Labels, best: Score, cycle: int) -> None:
        """Remember what a cycle found, and combine the best plans now and then."""
        self.good.add(labels, best)
        if cycle % COMBINE_EVERY == 0 and not self._out_of_time():
            self.combine()

    def combine(self) -> bool:
        """Combine the best plans and reoptimise what comes out; tell whether something did."""
        self._tell("combine", self.stop.share(self.clock), self._text())
        found = self.good.combined(self.arrays, lambda: seconds_left(self.stop, self.clock))
        if found is not None:
            self._keep(*found, "combine plans")
            labels, best = improve_pairs(self.arrays, *found, self._pair)
            self._keep(labels, best, "reoptimise pairs")
            labels, best = improve_triples(
                self.arrays, labels, best, self._triple, lambda: seconds_left(self.stop, self.clock)
            )
            self._keep(labels, best, "reoptimise triples")
            self.good.add(labels, best)
        return found is not None

    def _cycle(self, begin: Labels, *, fresh: bool) -> tuple[Labels, Score]:
        """Anneal once: with exact centres where nothing need be contiguous and all costs fit, else along borders."""
        if not medoids.applies(self.arrays):
            return anneal_cycle(
                self.arrays,
                begin,
                self.state,
                hot=(HOT_MANY if applies(self.arrays) else HOT) if fresh else REHEAT,
                share=self._cooled(self.stop.share(self.clock)),
                after_round=self._round,
            )
        if self.seen is None:
            self.seen = SeenTerritories(self.arrays, medoids.unit_costs(self.arrays))
        before = self.time_used()
        labels, best = medoids.medoid_cycle(
            self.arrays, begin, self.state, effort=self.effort, share=self.time_used, after_round=self._round,
            cost=self.seen.cost, seen=self.seen.add,
        )  # fmt: skip
        self._lengthen(self.time_used() - before)
        self._keep(labels, best, "local search")
        self._tell("combine", self.stop.share(self.clock), self._text())
        below = self.best.travel if self.best is not None and self.best.feasible else np.inf
        found = self.seen.combined(below, lambda: seconds_left(self.stop, self.clock))
        if found is not None:
            labels, best = found, score(self.arrays, found)
            self._keep(labels, best, "combine territories")
        return labels, best

    def _lengthen(self, took: float) -> None:
        """Say how long the next cycle with exact centres is, from the share of the time that the last one took.

        The first is short, so that a plan is there. Several of the same length follow where their territories can be
        combined; else lengths double until one takes all the time that is left.
        """
        if took <= 0:
            return
        left = (1 - self.time_used()) / took
        if self.seen is None or not self.seen.applies:
            self.effort *= 2.0 if left > LAST_CYCLE else max(0.1, 0.9 * left)
        elif self.effort == 1.0:
            self.effort = max(0.1, left / CYCLES)

    def _cooled(self, begun: float) -> Callable[[], float]:
        """Return how far a cycle must have cooled: in its last part, and with rules from the beginning, by the budget.

        A round with rules takes longer: a cycle is cut to what is left, and ends early enough for pairs.
        """
        first, last = (begun, max(RULED_FREEZE, (1 + begun) / 2)) if self.arrays.rules.asked else (FREEZE, 1.0)
        return lambda: (self.stop.share(self.clock) - first) / (last - first)

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
        for number, labels in enumerate(today_starts(self.arrays)):
            now = score(self.arrays, labels)
            self._keep(labels, now, "today")
            found.append((self._lost(now), now.travel, number - DRAWS - MOVES, labels))
            self._tell("seeds", 0.0, "today's alignment")
        single = self.arrays.k in (1, self.arrays.n) or self.arrays.centering == HOME
        # Budgets bind a plan to today's: sets of centres drawn at random lead nowhere near it.
        bound = self.resumed or (bool(found) and not self.arrays.rules.alike)
        for number in range(0 if bound else 1 if single else DRAWS + MOVES):
            self._tell("seeds", number / (DRAWS + MOVES), f"start {number + 1} of {DRAWS + MOVES}")
            if number >= DRAWS and not self.seeds.movable:
                break
            balanced = self.seeds.draw() if number < DRAWS else self.seeds.move()
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

    def _lost(self, now: Score) -> float:
        """Return what counts first among starts: violation, where budgets bind a plan to today's, else nothing."""
        return 0.0 if self.arrays.rules.alike else now.violation

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

    def _triple(self, labels: Labels, now: Score) -> bool:
        self._keep(labels, now, "reoptimise triples")
        return self._pair(labels, now)

    def _seeding(self, done: float) -> bool:
        self._tell("seeds", done, self._text())
        return not self._out_of_time()

    def _counted_pair(self, labels: Labels, now: Score) -> bool:
        """Go on until the pairs of a large problem have touched enough units: no clock may have to end that."""
        self._pairs_left -= 1
        return self._pair(labels, now) and (self._pairs_left > 0 or not applies(self.arrays))
