"""Whether a plan exists: arithmetic first, then a search that ends with the first plan; every question is counted."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Enum

from territory_geo.optimize.solution import Status
from territory_geo.optimize.stop import FirstFeasible, MaxIterations, MaxRuntime
from territory_geo.plan.check import impossibility
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

MOST_PROVEN = 120
"""Units up to which the exact model is asked for a proof."""

PART = 0.25
"""Share of the whole time that one search may take: a question without an answer must not stop all others."""


SLOW = 0.25
"""Share of the time that is left above which one question is slow."""


class Answer(Enum):
    """What is known about a problem."""

    YES = "a plan was found and checked"
    NO = "proven impossible"
    UNKNOWN = "no plan was found"


@dataclass
class Oracle:
    """Answers whether problems have plans, within a budget.

    Parameters
    ----------
    seed : int
        Of the searches.
    iterations : int
        Most iterations of each search.
    searches : int
        Most searches in all; arithmetic is free.
    until : float
        `time.monotonic()` after which nothing is searched any more.
    seconds : float
        Time in all; one search gets at most `PART` of it.
    """

    seed: int
    iterations: int
    searches: int
    until: float
    seconds: float
    reason: str = ""
    plans: list[TerritoryPlan] = field(default_factory=list)
    slow: bool = field(default=False, init=False)
    """Whether the last question took much of the time that is left: few more can be asked."""

    @property
    def spent(self) -> bool:
        """Whether the budget is used up."""
        return self.searches <= 0 or time.monotonic() >= self.until

    def ask(self, problem: TerritoryProblem, *, search: bool = True, near: TerritoryPlan | None = None) -> Answer:
        """Return whether a plan exists; `reason` says why not, and the last of `plans` is the plan.

        Where too many units are there for a proof, a search begins at the plan `near`.
        """
        begun, self.slow = time.monotonic(), False
        told = impossibility(problem)
        if told is not None:
            self.reason = told
            return Answer.NO
        if not search or self.spent:
            self.reason = "the search for it was cut short"
            return Answer.UNKNOWN
        from territory_geo.optimize.solve import solve

        self.searches -= 1
        found = solve(
            problem, stop=FirstFeasible() | MaxIterations(self.iterations) | self._rest(), seed=self.seed,
            initial_plan=near if len(problem.units) > MOST_PROVEN else None,
        )  # fmt: skip
        if found.plan is None and found.status is Status.NOT_FOUND and len(problem.units) <= MOST_PROVEN:
            # A search for the first plan proves nothing; a short one leaves its time to the exact model.
            found = solve(problem, stop=MaxIterations(1) | self._rest(), seed=self.seed)
        self.reason = found.reason
        now = time.monotonic()
        self.slow = now - begun > SLOW * (self.until - now)
        if found.plan is not None:
            self.plans.append(found.plan)
            return Answer.YES
        return Answer.NO if found.status is Status.INFEASIBLE else Answer.UNKNOWN

    def _rest(self) -> MaxRuntime:
        return MaxRuntime(max(0.1, min(self.until - time.monotonic(), PART * self.seconds)))
