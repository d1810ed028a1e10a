"""What a solve returns: a status, a plan where there is one, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from territory_geo.plan.metrics import minimised
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

if TYPE_CHECKING:
    from territory_geo.optimize.conflicts import Conflict


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INTERRUPTED = "interrupted"
    INFEASIBLE = "infeasible"
    NOT_FOUND = "not_found"

    @property
    def exit_code(self) -> int:
        """The command line's exit code."""
        return {"optimal": 0, "feasible": 0, "interrupted": 130, "infeasible": 3, "not_found": 4}[self.value]


@dataclass(frozen=True, eq=False)
class Solution:
    """The outcome of a solve.

    Parameters
    ----------
    status : Status
        optimal, feasible, interrupted (best so far), infeasible (proven) or not_found (the search ended).
    plan : TerritoryPlan or None
        Present for the first three.
    nearest : TerritoryPlan or None
        For the last two: the plan that misses the bounds by least, not verified, never written as a result.
    objective : float or None
        Weighted travel of the plan, kilometres (or hours, where they are minimised; or their squares) × weight.
    bound, gap : float or None
        No plan can be below `bound`; gap = (objective - bound) / objective, and 0 where the plan is proven to be the
        best (to a millionth). None where there was no time for a bound
        (thousands of units need half a minute), or the problem is too large for one.
    bound_kind : str or None
        What the bound rests on: "exact model" (nothing is left out), "Lagrangian" (units may be divided; it says what
        else is left out), or "transportation" (the same for given homes). Where hours depend on the territories and
        there is no bound, it begins with "none:" and says why.
    reason : str
        Why there is no plan, in words; empty otherwise.
    problem : TerritoryProblem or None
        What was asked.
    tries : tuple of str
        Further tries that were made because the first search found no plan: what each of them decided.
    history : DataFrame
        `seconds`, `stage`, `iteration`, `objective`, `worst_deviation` (of a territory from its target, a share),
        `missed` (by how much bounds are missed in all, in shares of a target), `start`, one row per improvement; rows
        that miss bounds are no plans yet. Several searches have numbers
        in `start`; where combining their plans brought something better, those rows have -1.
    """

    status: Status
    plan: TerritoryPlan | None
    nearest: TerritoryPlan | None
    objective: float | None
    reason: str
    history: pd.DataFrame
    seed: int
    iterations: int
    runtime_s: float
    bound: float | None = None
    bound_kind: str | None = None
    problem: TerritoryProblem | None = field(default=None, repr=False)
    tries: tuple[str, ...] = ()

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Why there is no plan: the demands that cannot hold together, and what would do instead.

        Empty only with a plan, or after an interruption. Where it turns out that all demands do hold together, the only
        conflict holds that plan (`Conflict.plan`).

        Worked out when first asked for, in at most a minute, by searching for plans of weaker problems; each has a
        text form. `explain` takes a budget of its own.
        """
        return self.explain()

    def explain(self, *, seconds: float = 60.0) -> tuple[Conflict, ...]:
        """Return the conflicts, worked out within a time limit; see `conflicts`.

        Parameters
        ----------
        seconds : float, default 60
            Most time for it; what was found until then is returned.
        """
        from territory_geo.optimize.answer import NEAREST
        from territory_geo.optimize.conflicts import ITERATIONS, conflicts_of, everything

        if self.problem is None or self.status not in (Status.INFEASIBLE, Status.NOT_FOUND):
            return ()
        reason = self.reason.partition(NEAREST)[0]
        searched = reason if self.iterations >= ITERATIONS else ""
        found = conflicts_of(self.problem, seed=self.seed, seconds=seconds, nearest=self.nearest, searched=searched)
        all_of_it = everything(self.problem, proven=self.status is Status.INFEASIBLE, reason=reason)
        if not found:
            return (all_of_it,)
        # What is proven of all demands is proven, though a short explanation does not come to it again.
        return tuple(
            replace(c, proven=all_of_it.proven, reason=reason) if c.demands == all_of_it.demands and not c.proven else c
            for c in found
        )

    @cached_property
    def advice(self) -> tuple[str, ...]:
        """What to try next where the search ended without a plan and without a proof; empty otherwise.

        Sentences: with which weaker demands the nearest plan would do (checked), what was tried, what may help.
        """
        from territory_geo.optimize.conflicts.advice import advice_of

        return advice_of(self) if self.problem is not None and self.status is Status.NOT_FOUND else ()

    @property
    def gap(self) -> float | None:
        """(objective - bound) / objective, a share, or None while no bound is known."""
        if self.bound is None or self.objective is None:
            return None
        if self.status is Status.OPTIMAL:
            return 0.0
        return (self.objective - self.bound) / self.objective if self.objective > 0 else 0.0

    def __repr__(self) -> str:
        end = f": {self.reason}" if self.reason else ""
        value = "" if self.objective is None else f", objective {self._amount()}"
        gap = "" if not self.gap else f", gap {100 * self.gap:.2g} %"
        rounds = f"{self.iterations:,} iteration{'' if self.iterations == 1 else 's'}"
        return f"<Solution {self.status}{value}{gap}, {rounds} in {self.runtime_s:.1f} s{end}>"

    def _amount(self) -> str:
        """Return the objective with its unit, such as "172.4 km × visits"."""
        assert self.plan is not None
        problem = self.plan.problem
        unit = minimised(problem) + ("²" if problem.objective.power == 2 else "")
        return f"{self.objective:,.6g} {unit} × {problem.weight_name or 'unit'}"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {
            "status": str(self.status),
            "iterations": str(self.iterations),
            "seconds": f"{self.runtime_s:.1f}",
        }
        if self.reason:
            entries["reason"] = self.reason
        if self.objective is not None:
            entries["objective"] = self._amount()
        if self.gap is not None:
            entries["gap"] = "0 %: proven to be the best plan" if self.gap == 0 else f"{100 * self.gap:.2g} % at most"
        return definition_table("Solution", entries, None if self.plan is None else self.plan.summary())
