"""What a search for a hybrid plan returns: status, plan, and what each turn brought."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from territory_geo.optimize.answer import HISTORY
from territory_geo.optimize.solution import Solution, Status
from territory_geo.optimize.teams.solution import TeamSolution
from territory_geo.plan.hybrid.plan import HybridPlan

TURNS = ("turn", "step", "team_cost", "travel_cost", "cost", "shared_hours", "moved_hours", "outcome")


@dataclass(frozen=True, eq=False)
class HybridSolution:
    """The outcome.

    Parameters
    ----------
    status : Status
        feasible (a plan, verified), interrupted (the best so far), infeasible (the teams alone are proven impossible,
        or nobody does both and the geography is) or not_found (the hours did not settle).
    plan : HybridPlan or None
    reason : str
        Why there is no plan.
    turns : DataFrame
        A row per turn: `turn`, `step` (teams, fewer hours, more hours, exchange), `team_cost`, `travel_cost`, `cost`,
        `shared_hours` (that teams take of people with a territory), `moved_hours` (how far these changed since the
        turn before), `outcome` in words.
    teams : TeamSolution or None
        The last search for teams: its shortages where there are no teams, its notes.
    settled : bool
        Whether the teams stayed the same from one turn to the next; else the turns ended first, and the plan is the
        cheapest of those found.
    """

    status: Status
    plan: HybridPlan | None
    reason: str
    turns: pd.DataFrame
    teams: TeamSolution | None
    settled: bool
    seed: int
    runtime_s: float

    @property
    def cost(self) -> float | None:
        """Currency a year, of the plan."""
        return None if self.plan is None else self.plan.cost

    def of_territories(self) -> Solution:
        """Return what the geography alone came to, as `solve` would say it."""
        plan = None if self.plan is None else self.plan.territories
        made = {} if plan is None else plan.provenance
        return Solution(
            status=self.status, plan=plan, nearest=None, objective=made.get("objective"), reason=self.reason,
            history=pd.DataFrame(columns=HISTORY), seed=self.seed, iterations=int(made.get("iterations", 0)),
            runtime_s=self.runtime_s,
        )  # fmt: skip

    def __repr__(self) -> str:
        if self.plan is None:
            return f"<HybridSolution {self.status}: {self.reason}>"
        turns = f"{len(self.turns)} turn{'' if len(self.turns) == 1 else 's'}"
        return f"<HybridSolution {self.status}, cost {self.plan.cost:,.0f} a year after {turns}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"status": str(self.status), "hours settled": "yes" if self.settled else "no"}
        if self.plan is not None:
            entries["cost a year"] = f"{self.plan.cost:,.0f}"
        if self.reason:
            entries["reason"] = self.reason
        return definition_table("Hybrid plan", entries, self.turns)
