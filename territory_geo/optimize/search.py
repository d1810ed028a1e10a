"""The search for labels: several seeds, then cycles of annealing and pairwise reoptimisation.

It knows arrays only. The best labels so far are always at hand, so that an interruption loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize import medoids, names
from territory_geo.optimize.coarse import applies
from territory_geo.optimize.interrupt import noted_interrupt
from territory_geo.optimize.kick import kicked
from territory_geo.optimize.local_search import COLD, HOT, REHEAT, Score, anneal_cycle, score
from territory_geo.optimize.reoptimize import improve_pairs
from territory_geo.optimize.reorder import curve_order, reordered
from territory_geo.optimize.rules import gathering
from territory_geo.optimize.seeding import Seeding
from territory_geo.optimize.seen import SeenTerritories
from territory_geo.optimize.stop import Clock, FirstFeasible, rules, seconds_left
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
CYCLES = 8.5
"""Cycles with exact centres whose territories are combined: a little more, so that the last can still be combined."""


@dataclass
class Search(Seeding):
    """One run of the search; see `Journal` and `Seeding` for what it is told and what it remembers.

    Parameters
    ----------
    effort : float
        Length of the next cycle with exact centres, as a multiple of the shortest.
    seen : SeenTerritories, optional
        Territories to combine where nothing need be contiguous.
    """

    effort: float = 1.0
    seen: SeenTerritories | None = None

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
            if fresh and cycle >= len(self.initial) and gathering.applies(self.arrays):
                begin = self._gathered(begin)
            labels, best = self._cycle(begin, fresh=fresh)
            self._keep(labels, best, "local search")
            # Who asks for the first plan within all bounds does not wait for pairs to be solved anew.
            if self.quick or (best.feasible and any(isinstance(rule, FirstFeasible) for rule in rules(self.stop))):
                return
            if names.applies(self.arrays):
                labels, best = names.exchange_names(self.arrays, labels, best)
                self._keep(labels, best, "exchange names")
            if not best.feasible:
                labels, best = push_surplus(self.arrays, labels, best, self._pair)
                self._keep(labels, best, "push surplus")
            if best.feasible or not self.arrays.rules.asked:
                # Pairs mend no rule that is broken: another cycle is worth more then.
                self._pairs_left = int(max(1, PAIR_UNITS * self.arrays.k / (2 * self.arrays.n)))
                labels, best = improve_pairs(self.arrays, labels, best, self._counted_pair)
                self._keep(labels, best, "reoptimise pairs")
            cycle += 1
            if not applies(self.arrays) and not self._out_of_time():
                self._finish(labels, best, cycle)
            if self.stop.met(self.clock) or self.arrays.k == 1:
                return

    def _gathered(self, begin: Labels) -> Labels:
        """Return a start with fewer containers split, where there is one."""
        found = gathering.gathered(self.arrays, begin)
        if found is None:
            return begin
        self._keep(found, score(self.arrays, found), "whole containers")
        return found

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
            labels, best = anneal_cycle(
                self.arrays,
                begin,
                self.state,
                hot=self._hot(fresh) if self.priced is None else self._warm(score(self.arrays, begin)),
                share=self._cooled(self.stop.share(self.clock)),
                after_round=self._round,
                priced=self.priced,
            )
            if not best.feasible:
                # Prices that led to no plan are of units that may be divided: the next cycle goes without.
                self.priced = None
            return labels, best
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

    def _hot(self, fresh: bool) -> float:
        """Return the first temperature of a cycle of which nothing is known but whether its start is new."""
        return (HOT_MANY if applies(self.arrays) else HOT) if fresh else REHEAT

    def _warm(self, begin: Score) -> float:
        """Return the first temperature where a bound tells how far a start is from the best: the nearer, the colder.

        In equilibrium, what a plan costs above the best one grows with the square of the temperature.
        """
        excess = 1 - self.floor / begin.travel if begin.travel > 0 else 0.0
        return HOT * float(np.sqrt(np.clip(excess + begin.violation / self.arrays.k, COLD**2, 1.0)))

    def _cooled(self, begun: float) -> Callable[[], float]:
        """Return how far a cycle must have cooled: in its last part, and with rules from the beginning, by the budget.

        A round with rules takes longer: a cycle is cut to what is left, and ends early enough for pairs.
        """
        if begun >= 1:
            return lambda: 1.0
        first, last = (begun, max(RULED_FREEZE, (1 + begun) / 2)) if self.arrays.rules.asked else (FREEZE, 1.0)
        return lambda: (self.stop.share(self.clock) - first) / (last - first)

    def _round(self, labels: Labels, now: Score) -> bool:
        self.clock.iterations += 1
        self.clock.since_better += 1
        self._keep(labels, now, "local search")
        if self.watch is not None:
            self.watch(self)
        self._tell("local search", self.stop.share(self.clock), self._text())
        return not self.stop.met(self.clock)

    def _triple(self, labels: Labels, now: Score) -> bool:
        self._keep(labels, now, "reoptimise triples")
        return self._pair(labels, now)

    def _counted_pair(self, labels: Labels, now: Score) -> bool:
        """Go on until the pairs of a large problem have touched enough units: no clock may have to end that."""
        self._pairs_left -= 1
        return self._pair(labels, now) and (self._pairs_left > 0 or not applies(self.arrays))
