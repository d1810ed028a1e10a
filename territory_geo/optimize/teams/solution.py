"""What a search for account teams returns: status, plan, bound, and who is short of what."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from territory_geo.optimize.solution import Status
from territory_geo.plan.teams.plan import TeamPlan


@dataclass(frozen=True, eq=False)
class TeamSolution:
    """The outcome.

    Parameters
    ----------
    status : Status
        optimal (proven), feasible (with a gap), interrupted (the best so far), infeasible (proven) or not_found (the
        work allowed was not enough).
    plan : TeamPlan or None
        Present for the first two, and for the third where there is one; verified by separate code.
    nearest : TeamPlan or None
        For the last two: as many places filled as the search could, the others empty.
    cost, bound : float or None
        Currency a year; no teams can cost less than `bound`.
    shortages : DataFrame
        Where teams are impossible, a row per reason: `role`, `needs`, `accounts`, `people`, `hours_needed`,
        `hours_available`, `reason` in words.
    notes : tuple of str
        What could not be compared because a column is not there.
    work : float
        Deterministic seconds of work that the search took.
    """

    status: Status
    plan: TeamPlan | None
    nearest: TeamPlan | None
    cost: float | None
    bound: float | None
    shortages: pd.DataFrame
    notes: tuple[str, ...]
    work: float
    runtime_s: float
    reasons: tuple[str, ...] = field(default=())

    @property
    def gap(self) -> float | None:
        """(cost - bound) / cost, a share; 0 where the plan is proven to be the best."""
        if self.cost is None or self.bound is None:
            return None
        if self.status is Status.OPTIMAL or self.cost <= 0:
            return 0.0
        return max(0.0, (self.cost - self.bound) / self.cost)

    def __repr__(self) -> str:
        if self.plan is None:
            return f"<TeamSolution {self.status}: {'; '.join(self.reasons)}>"
        return f"<TeamSolution {self.status}, cost {self.cost:,.0f} a year, gap {100 * (self.gap or 0.0):.2g} %>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"status": str(self.status)}
        if self.cost is not None:
            entries |= {"cost a year": f"{self.cost:,.0f}", "gap": f"{100 * (self.gap or 0.0):.2g} %"}
        entries |= {f"reason {i}": text for i, text in enumerate(self.reasons, 1)}
        entries |= {f"note {i}": text for i, text in enumerate(self.notes, 1)}
        return definition_table("Account teams", entries, None if self.plan is None else self.plan.people.reset_index())
