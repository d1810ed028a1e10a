"""What stands in the way of a move: each constraint that it would break, or break more than it is broken now.

A constraint that the plan breaks already stands in nobody's way as long as the move does not make it worse.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.explain.loads import Bound, Loads, TrialLoads
from territory_geo.analyze.explain.travel import Travels, Trials
from territory_geo.plan import places
from territory_geo.plan.constraints import Apart, Forbid, HomeInside, KeepWhole, Lock, MaxRadius, Together
from territory_geo.plan.metrics.travel import RADIUS_SLACK

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SLACK = 1e-9
"""Share by which a bound may be passed through rounding."""


@dataclass(frozen=True, eq=False)
class Obstacle:
    """A constraint, and which trials it stands in the way of.

    Parameters
    ----------
    id : str
        Of the constraint: the measure's name for balance, "one piece" for contiguity.
    blocks : bool array, shape (m,)
    words : callable
        Position of a trial → a clause, such as "T03's visit hours would be 1,332 h, above their cap of 1,320 h".
    """

    id: str
    blocks: Bools
    words: Callable[[int], str] = field(repr=False)


class Obstacles:
    """All constraints of a plan's problem, ready to judge trials.

    Parameters
    ----------
    plan : TerritoryPlan
    travels : Travels
        Of the same plan.
    called : list of str, optional
        What the territories are called in words, in the order of their ids; left out, their ids.
    """

    def __init__(self, plan: TerritoryPlan, travels: Travels, called: list[str] | None = None) -> None:
        self.plan, self.problem, self.codes, self.travels = plan, plan.problem, plan.codes, travels
        self.names = called or plan.territory_ids
        self.loads = Loads(plan, travels)

    def of(self, trials: Trials) -> tuple[list[Obstacle], TrialLoads]:
        """Return what stands in the way of each trial, and the loads that it would lead to."""
        after = self.loads.after(trials)
        found = [*self._empty(trials), *self._pinned(trials), *self._groups(trials), *self._bounds(trials, after)]
        found += [*self._radius(trials), *self._pieces(trials), *self._containers(trials), *self._budgets(trials)]
        return [obstacle for obstacle in found if obstacle.blocks.any()], after

    def _empty(self, trials: Trials) -> list[Obstacle]:
        size = np.bincount(self.codes, minlength=len(self.names))
        last = size[self.codes[trials.unit]] == 1
        return [Obstacle("no territory empty", last, lambda i: f"{self._from(trials, i)} would be empty")]

    def _pinned(self, trials: Trials) -> list[Obstacle]:
        """Return locks, bans and homes."""
        found = []
        position, number = self._position, {name: t for t, name in enumerate(self.plan.territory_ids)}
        for rule in self.problem.of_kind(Lock):
            mine = np.isin(trials.unit, [position[u] for u in rule.units])
            held = mine & (self.codes[trials.unit] == number.get(rule.territory, -1))
            found.append(Obstacle(rule.id, held, _saying(f"it is locked to {rule.territory}")))
        for ban in self.problem.of_kind(Forbid):
            mine = np.isin(trials.unit, [position[u] for u in ban.units])
            barred = mine & (trials.to == number.get(ban.territory, -1))
            found.append(Obstacle(ban.id, barred, _saying(f"it is kept out of {ban.territory}")))
        homes = self.problem.home_units
        for inside in self.problem.of_kind(HomeInside)[:1]:
            assert homes is not None
            at_home = homes[self.codes[trials.unit]] == trials.unit
            found.append(Obstacle(inside.id, at_home, lambda i: f"the home of {self._from(trials, i)} is there"))
        return found

    def _groups(self, trials: Trials) -> list[Obstacle]:
        found = []
        k = len(self.names)
        groups: list[Together | Apart] = [*self.problem.of_kind(Together), *self.problem.of_kind(Apart)]
        for rule in groups:
            rows = np.array([self._position[u] for u in rule.units], dtype=np.int64)
            count = np.bincount(self.codes[rows], minlength=k)
            mine = np.isin(trials.unit, rows)
            others, there = count[self.codes[trials.unit]] - 1, count[trials.to]
            if isinstance(rule, Together):
                said = self._company("it stays together with", rule.units, trials)
                found.append(Obstacle(rule.id, mine & (others > 0) & (there == 0), said))
            else:
                said = self._company("it is kept apart from", rule.units, trials)
                found.append(Obstacle(rule.id, mine & (there > others), said))
        return found

    def _company(self, what: str, units: tuple[str, ...], trials: Trials) -> Callable[[int], str]:
        """Return what tells of a trial's unit whom else of these it has to do with."""

        def said(i: int) -> str:
            own = self.problem.units.ids[int(trials.unit[i])]
            return f"{what} {_some(tuple(unit for unit in units if unit != own))}"

        return said

    def _bounds(self, trials: Trials, after: TrialLoads) -> list[Obstacle]:
        """Return balance and numbers of accounts: the territory left, and the one joined, each by itself."""
        found = []
        for bound in self.loads.bounds:
            scale = self.loads.scale(bound, trials, after)
            for which, code, load in (
                ("left", self.codes[trials.unit], after.left),
                ("joined", trials.to, after.joined),
            ):
                now, then = self.loads.now[bound.measure][code], load[bound.measure]
                lower, upper = bound.lower[code], bound.upper[code]
                hair = SLACK * np.maximum(1.0, np.where(np.isfinite(upper), upper, lower))
                before = np.maximum(0.0, np.maximum(now - upper, lower - now))
                least, most = lower * scale, upper * scale
                missed = np.maximum(0.0, np.maximum(then - most, least - then))
                words = _bound_words(bound, [self.names[c] for c in code], then, least, most)
                blocks = missed > before + hair

                # The same measure blocks once: what overflows is told before what falls short.
                found.append((which, Obstacle(bound.id, blocks, words)))
        found.sort(key=lambda pair: pair[0] != "joined")
        return [obstacle for _, obstacle in found]

    def _radius(self, trials: Trials) -> list[Obstacle]:
        rules = self.problem.of_kind(MaxRadius)
        if not rules:
            return []
        rule = min(rules, key=lambda c: c.km)
        now, left, joined = self.loads.reach(trials)
        origin, limit = self.codes[trials.unit], rule.km * (1 + RADIUS_SLACK)
        hair = RADIUS_SLACK * rule.km
        far = (joined > limit) & (joined > now[trials.to] + hair)
        further = (left > limit) & (left > now[origin] + hair)

        def words(i: int) -> str:
            name, km = (self.names[trials.to[i]], joined[i]) if far[i] else (self._from(trials, i), left[i])
            return f"{name} would reach {km:,.1f} km from its centre, more than {rule.km:g} km"

        return [Obstacle(rule.id, far | further, words)]

    def _pieces(self, trials: Trials) -> list[Obstacle]:
        if self.problem.graph is None:
            return []
        u, v = self.problem.graph.pairs.T
        k = len(self.names)
        touching = np.unique(np.concatenate([u * k + self.codes[v], v * k + self.codes[u]]))
        alone = ~np.isin(trials.unit * k + trials.to, touching)
        cut = np.isin(trials.unit, self._joints)

        def apart(i: int) -> str:
            return f"it does not touch {self.names[trials.to[i]]}"

        def broken(i: int) -> str:
            return f"{self._from(trials, i)} would fall apart without it"

        return [Obstacle("one piece", cut, broken), Obstacle("one piece", alone, apart)]

    @cached_property
    def _joints(self) -> Ints:
        """The units without which their territory falls apart."""
        assert self.problem.graph is not None
        pairs = self.problem.graph.pairs
        inner = pairs[self.codes[pairs[:, 0]] == self.codes[pairs[:, 1]]]
        return np.array(sorted(nx.articulation_points(nx.Graph(inner.tolist()))), dtype=np.int64)

    def _containers(self, trials: Trials) -> list[Obstacle]:
        found = []
        for rule in self.problem.of_kind(KeepWhole):
            if rule.limit is None:
                continue
            change, total = self.further(rule.column, trials)
            blocks = (change > 0) & (total + change > rule.limit)
            found.append(Obstacle(rule.id, blocks, _saying(f"a {rule.column} would be divided once more")))
        return found

    def further(self, column: str, trials: Trials) -> tuple[Floats, float]:
        """Return by how many the further territories of containers change with each trial, and how many there are."""
        change, k = np.zeros(len(trials.unit)), len(self.names)
        total, n = 0, len(self.codes)
        for rows in places.containers(self.problem.units, column).values():
            count = np.bincount(self.codes[rows], minlength=k)
            total += int((count > 0).sum()) - 1
            inside = np.zeros(n, dtype=bool)
            inside[rows] = True
            mine = inside[trials.unit]
            change += mine & (count[trials.to] == 0)
            change -= mine & (count[self.codes[trials.unit]] == 1)
        return change, float(total)

    def _budgets(self, trials: Trials) -> list[Obstacle]:
        found = []
        for term in self.problem.budget_terms:
            if term.cap is None:
                continue
            rep = self.rep_of
            change = self.changes_hands(term.held, trials)
            then = term.moved(rep[self.codes]) + change
            blocks = (change > SLACK * term.total) & (then > term.cap + SLACK * term.total)
            whose = f" of {term.whose}" if term.whose else ""
            cap = 100 * term.cap / term.total

            def words(i: int, then: Floats = then, term: Any = term, whose: str = whose, cap: float = cap) -> str:
                return (f"{100 * then[i] / term.total:.4g} % of {term.measure}{whose} would change rep, more than "
                        f"{cap:g} %")  # fmt: skip

            found.append(Obstacle(term.budget.id, blocks, words))
        return found

    @cached_property
    def rep_of(self) -> Ints:
        """The position in `alignment.reps` of each territory's rep, -1 for one who holds nothing today."""
        alignment = self.problem.alignment
        position = {} if alignment is None else {rep: i for i, rep in enumerate(alignment.reps)}
        return np.array([position.get(name, -1) for name in self.plan.territory_ids], dtype=np.int64)

    def changes_hands(self, held: Any, trials: Trials) -> Floats:
        """Return by how much what changes rep rises with each trial, of what reps hold in units."""
        table = held.tocsr()

        def kept(code: Ints) -> Floats:
            rep = self.rep_of[code]
            found = np.asarray(table[trials.unit, np.maximum(rep, 0)]).ravel()
            return np.where(rep >= 0, found, 0.0)

        return kept(self.codes[trials.unit]) - kept(trials.to)

    @cached_property
    def _position(self) -> dict[str, int]:
        return {id_: i for i, id_ in enumerate(self.problem.units.ids)}

    def _from(self, trials: Trials, i: int) -> str:
        return str(self.names[self.codes[trials.unit[i]]])


def _bound_words(bound: Bound, names: list[str], then: Floats, least: Floats, most: Floats) -> Callable[[int], str]:
    return lambda i: bound.words(names[i], float(then[i]), float(least[i]), float(most[i]))


def _saying(text: str) -> Callable[[int], str]:
    return lambda _: text


def _some(units: tuple[str, ...]) -> str:
    return ", ".join(units[:3]) + (", …" if len(units) > 3 else "")
