"""A plan ready for trials: what each move would cost in all, and what stands in its way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.explain.obstacles import Obstacle, Obstacles
from territory_geo.analyze.explain.travel import Travels, Trials
from territory_geo.plan import metrics
from territory_geo.plan.constraints import BorderLength, KeepWhole, OverlapCost
from territory_geo.plan.metrics.costs import penalties
from territory_geo.plan.plan import TerritoryPlan

if TYPE_CHECKING:
    from territory_geo.plan.budget import BudgetTerm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Judged:
    """Trials with all that is known of them.

    Parameters
    ----------
    trials : Trials
    change : array, shape (m,)
        What the objective rises by, prices of soft constraints included; negative where it falls.
    obstacles : list of Obstacle
        Those that stand in the way of any.
    km_now, km_then : arrays, shape (m,)
        From the unit to its centre, now and after the move.
    deviation_now, deviation_then : arrays, shape (m,)
        The largest deviation of the two territories from their targets, of all balanced measures, a share.
    """

    trials: Trials
    change: Floats
    obstacles: list[Obstacle]
    km_now: Floats
    km_then: Floats
    deviation_now: Floats
    deviation_then: Floats

    @cached_property
    def blocked(self) -> NDArray[np.bool_]:
        """Which moves something stands in the way of, shape (m,)."""
        found = np.zeros(len(self.change), dtype=bool)
        for obstacle in self.obstacles:
            found |= obstacle.blocks
        return found

    def reasons(self, i: int) -> list[str]:
        """Return what stands in the way of a move, a clause each; the first of each constraint."""
        found: dict[str, str] = {}
        for obstacle in self.obstacles:
            if obstacle.blocks[i]:
                found.setdefault(obstacle.id, obstacle.words(i))
        return list(found.values())

    def ids(self, i: int) -> list[str]:
        """Return the ids of the constraints that stand in the way of a move."""
        return list(dict.fromkeys(obstacle.id for obstacle in self.obstacles if obstacle.blocks[i]))


class Trial:
    """A plan ready for trials.

    Parameters
    ----------
    plan : TerritoryPlan
        With as many territories as its problem asks for.
    called : list of str, optional
        What the territories are called in words, in the order of their ids; left out, their ids.
    """

    def __init__(self, plan: TerritoryPlan, called: list[str] | None = None) -> None:
        # Says what is wrong with a plan of another number of territories.
        plan.centers  # noqa: B018
        self.plan = plan
        self.travels = Travels(plan)
        self.obstacles = Obstacles(plan, self.travels, called)

    def touching(self, unit: int) -> set[int]:
        """Return the codes of the territories that a unit touches, its own included."""
        k = self.travels.k
        first, last = np.searchsorted(self._beside, [unit * k, (unit + 1) * k])
        return {int(key) - unit * k for key in self._beside[first:last]}

    @cached_property
    def _beside(self) -> Ints:
        """Units and territories that touch, as unit × k + code, sorted."""
        graph, codes, k = self.plan.problem.graph, self.plan.codes, self.travels.k
        if graph is None:
            return np.zeros(0, dtype=np.int64)
        u, v = graph.pairs.T
        return np.unique(np.concatenate([u * k + codes[v], v * k + codes[u]]))

    def ranked(self, unit: Ints, to: Ints) -> tuple[Trials, Floats]:
        """Return trials and what the objective rises by, but for the price of overlap."""
        trials = self.travels.trials(unit, to)
        return trials, trials.change + self._prices(trials)

    def judged(self, unit: Ints, to: Ints) -> Judged:
        """Return everything about some moves, each tried by itself."""
        trials, change = self.ranked(unit, to)
        if any(rule.cost for rule in self.plan.problem.of_kind(OverlapCost)):
            change = change + self._overlap(trials)
        obstacles, after = self.obstacles.of(trials)
        codes = self.plan.codes
        km = metrics.travel_km(self.plan.problem, codes, self.plan.centers)
        now, then = np.zeros(len(unit)), np.zeros(len(unit))
        for bound in self.obstacles.loads.bounds:
            if bound.measure not in self.plan.problem.balance or bound.id != bound.measure:
                continue
            here = self.obstacles.loads.now[bound.measure]
            scale = self.obstacles.loads.scale(bound, trials, after)
            for code, load in ((codes[unit], after.left), (to, after.joined)):
                target = np.where(bound.target[code] > 0, bound.target[code], np.nan)
                now = np.fmax(now, np.abs(here[code] - target) / target)
                then = np.fmax(then, np.abs(load[bound.measure] - target * scale) / (target * scale))
        return Judged(trials, change, obstacles, km[unit], self._then_km(trials), now, then)

    def _then_km(self, trials: Trials) -> Floats:
        """Return the kilometres from each unit to the centre of the territory that it would join."""
        problem, centers = self.plan.problem, self.plan.centers
        found = np.empty(len(trials.unit))
        own = trials.joined >= 0
        ways = self.travels.ways
        for block in ways.blocks(len(found), 1):
            rows = np.flatnonzero(own[block]) + block.start
            for center in np.unique(trials.joined[rows]):
                mine = rows[trials.joined[rows] == center]
                found[mine] = ways.km(np.array([center]), trials.unit[mine])[0]
        for t in np.unique(trials.to[~own]):
            mine = np.flatnonzero(~own & (trials.to == t))
            codes = np.full(len(self.plan.codes), t, dtype=np.int64)
            found[mine] = metrics.travel_km(problem, codes, centers)[trials.unit[mine]]
        return found

    def _prices(self, trials: Trials) -> Floats:
        """Return by how much the prices of soft constraints rise, but for overlap's."""
        problem = self.plan.problem
        total = np.zeros(len(trials.unit))
        for rule in problem.constraints:
            if isinstance(rule, KeepWhole) and rule.cost:
                total += rule.cost * self.obstacles.further(rule.column, trials)[0]
            elif isinstance(rule, BorderLength) and rule.cost:
                total += rule.cost * self._borders(trials, rule.by)
        for term in problem.budget_terms:
            if term.price:
                total += term.price * self._share(term, trials)
        return problem.price_scale * total

    def _share(self, term: BudgetTerm, trials: Trials) -> Floats:
        return self.obstacles.changes_hands(term.held, trials) / term.total

    def _borders(self, trials: Trials, by: str) -> Floats:
        """Return by how much the borders between territories grow."""
        problem, codes = self.plan.problem, self.plan.codes
        assert problem.graph is not None
        u, v = problem.graph.pairs.T
        length = problem.border_km if by == "km" else np.ones(len(u))
        k = len(self.plan.territory_ids)
        key = np.concatenate([u * k + codes[v], v * k + codes[u]])
        order = np.argsort(key, kind="stable")
        key, sums = key[order], np.concatenate([[0.0], np.cumsum(np.concatenate([length, length])[order])])

        def shared(code: Ints) -> Floats:
            wanted = trials.unit * k + code
            first, last = np.searchsorted(key, wanted), np.searchsorted(key, wanted, side="right")
            return np.asarray(sums[last] - sums[first])

        return shared(codes[trials.unit]) - shared(trials.to)

    def _overlap(self, trials: Trials) -> Floats:
        """Return by how much the price of overlap rises: each move made, and everything counted anew."""
        found = np.zeros(len(trials.unit))
        ids = {rule.id for rule in self.plan.problem.of_kind(OverlapCost)}

        def cost(plan: TerritoryPlan) -> float:
            return sum(value for name, value in penalties(plan).items() if name in ids)

        now = cost(self.plan)
        for i, (u, t) in enumerate(zip(trials.unit.tolist(), trials.to.tolist(), strict=True)):
            if (self.plan.codes == self.plan.codes[u]).sum() > 1:
                labels = self.plan.labels.copy()
                labels.iloc[u] = self.plan.territory_ids[t]
                found[i] = cost(TerritoryPlan(self.plan.problem, labels)) - now
        return found
