"""Three real designs of one company, each solved and verified, and what each does for each account.

Territory: a rep for every account. Account-based: everybody works in teams, for as many accounts as their hours reach,
most value for an hour first. Hybrid: as its problem says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.sizing import covered
from territory_geo.errors import DataError
from territory_geo.geodata.ids import id_text
from territory_geo.geodata.reps import Reps
from territory_geo.optimize.hybrid import solve_hybrid
from territory_geo.optimize.solution import Status
from territory_geo.optimize.solve import solve
from territory_geo.optimize.stop import Stop
from territory_geo.optimize.teams import solve_teams
from territory_geo.plan import metrics
from territory_geo.plan.hybrid.plan import HybridPlan
from territory_geo.plan.hybrid.problem import HybridProblem
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.teams.plan import TeamPlan
from territory_geo.plan.teams.problem import TeamProblem
from territory_geo.progress import Progress

Floats = NDArray[np.float64]

FILLED = 0.92
"""Share of everybody's hours up to which teams are first asked for; less where they do not fit."""
STEP = 0.06
LEAST = 0.3


@dataclass(frozen=True, eq=False)
class Design:
    """One model as it would be run.

    Parameters
    ----------
    model : str
    status : Status
    plan : TerritoryPlan, TeamPlan, HybridPlan or None
    accounts : DataFrame
        Index the account ids; `hours`, `travel` (currency), `covered` (share of the work that hours reach), `team`.
    capacity : float
        Hours of everybody the model uses.
    people : int
    reason : str
        Why there is no plan.
    """

    model: str
    status: Status
    plan: TerritoryPlan | TeamPlan | HybridPlan | None
    accounts: pd.DataFrame
    capacity: float
    people: int
    reason: str = ""


def territory_design(
    problem: TerritoryProblem, hybrid: HybridProblem, value: pd.Series, stop: Stop | None, seed: int, progress: Progress
) -> Design:
    """Return the design in which every account is in a rep's territory."""
    solution = solve(problem, stop=stop, seed=seed, progress=progress)
    assert problem.reps is not None
    capacity = problem.reps.frame["capacity_hours"].astype(float)
    plan = solution.plan
    table = _empty(value.index)
    if plan is not None:
        table = _in_territories(plan, hybrid, value, capacity, {}).reindex(value.index)
        table["team"] = False
    return Design(
        "territory", solution.status, plan, table, float(capacity.sum()), len(capacity), solution.reason
    )  # fmt: skip


def hybrid_design(problem: HybridProblem, value: pd.Series, progress: Progress, **options: Any) -> Design:
    """Return the design of named accounts with teams and territories for all others."""
    solution = solve_hybrid(problem, progress=progress, **options)
    capacity = problem.capacity
    everybody = float(capacity.sum()) + float(problem.teams.capacity.drop(list(problem.shared)).sum())
    count = len(set(capacity.index) | set(map(str, problem.teams.people.index)))
    plan, table = solution.plan, _empty(value.index)
    if plan is not None:
        area = _in_territories(plan.territories, problem, value, capacity, plan.teams.people["hours"].to_dict())
        table = pd.concat([area.assign(team=False), _in_teams(plan.teams)]).reindex(value.index)
    return Design("hybrid", solution.status, plan, table, everybody, count, solution.reason)


def team_design(
    accounts: pd.DataFrame, problem: HybridProblem, value: pd.Series, *, gap: float, work: float, seed: int,
    progress: Progress,
) -> Design:  # fmt: skip
    """Return the design in which everybody works in teams, for the accounts that are worth most for an hour."""
    teams, reps = problem.teams, problem.territories.reps
    assert reps is not None
    names = ";".join(role.name for role in teams.roles)
    staff = teams.people.drop(columns="roles")
    more = reps.frame.drop(index=staff.index.intersection(reps.frame.index))
    # A rep takes whatever place a team has: without territories there is nothing else to do.
    everybody = pd.concat([staff, more.assign(role=names)])
    everybody.loc[list(problem.shared), "role"] = names
    everybody = everybody.drop(columns=["skills", "industries", "max_accounts"], errors="ignore")
    roles = [replace(role, skills="ignore", industry="ignore", current=None) for role in teams.roles]
    today = [name for name in accounts.columns if str(name).startswith("current_")]
    table = accounts.drop(columns=[*today, "id", "account_id"], errors="ignore").assign(account_id=accounts.index)

    def asked(chosen: pd.Index) -> TeamProblem:
        return TeamProblem(
            table.loc[chosen], Reps(everybody), roles, prices=teams.prices, together=teams.together,
            distance=teams.distance,
        )  # fmt: skip

    hours = sum(float(role.hours) for role in roles if not isinstance(role.hours, str))
    if any(isinstance(role.hours, str) for role in roles):
        raise DataError("The account-based design needs roles with hours of their own, not those of a column.")
    capacity = float(everybody["capacity_hours"].astype(float).sum())
    order = value.sort_values(ascending=False, kind="stable").index
    family = asked(order).family
    ranked = value.groupby(family).sum().sort_values(ascending=False, kind="stable")
    first = family.reset_index().groupby("family")["account"].apply(list)
    share, found, problem_now = FILLED, None, None
    while share >= LEAST and (found is None or found.plan is None):
        room, chosen = share * capacity, []
        for name in ranked.index:
            members = first[name]
            # Ways are not known before the teams are: a third on top of the hours of the roles stands for them.
            room -= hours * 4 / 3 * (1 + 0.1 * (len(members) - 1))
            if room < 0:
                break
            chosen += members
        if not chosen:
            break
        progress("advise", 0.4, f"teams for {len(chosen):,} accounts")
        problem_now = asked(pd.Index(chosen))
        found = solve_teams(problem_now, gap=gap, work=work, seed=seed)
        share -= STEP
    result = _empty(value.index)
    if found is None or found.plan is None:
        why = (
            "; ".join(text.rstrip(".") for text in found.reasons)
            if found is not None
            else "nobody has the hours for a single team"
        )
        status = Status.NOT_FOUND if found is None else found.status
        return Design("account-based", status, None, result, capacity, len(everybody), why)
    inside = _in_teams(found.plan)
    result = result.assign(hours=0.0, travel=0.0, covered=0.0, team=False)
    result.loc[inside.index] = inside
    return Design("account-based", found.status, found.plan, result, capacity, len(everybody))


def _empty(index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame({"hours": np.nan, "travel": np.nan, "covered": np.nan, "team": False}, index=index)


def _in_territories(
    plan: TerritoryPlan, hybrid: HybridProblem, value: pd.Series, capacity: pd.Series, taken: dict[Any, float]
) -> pd.DataFrame:
    """Return hours, travel and coverage of each account of a territory plan."""
    problem = plan.problem
    members, units = problem.units.members, problem.units.frame
    row = units.index.get_indexer(pd.Index(members["unit"]))
    per_unit = np.bincount(row, minlength=len(units))
    km = metrics.travel_km(problem, plan.codes, plan.centers)
    share = 1.0 / per_unit[row]
    table = pd.DataFrame(
        {
            "hours": units[hybrid.hours].to_numpy(dtype=float)[row] * share,
            "travel": hybrid.per_visit_km * (km * problem.weight)[row] * share,
        },
        index=pd.Index([id_text(name) for name in members["id"]], name="account"),
    )
    territory = plan.labels.to_numpy()[row]
    worth = value.reindex(table.index).to_numpy()
    table["covered"] = 0.0
    for name in plan.territory_ids:
        mine = territory == name
        left = max(0.0, float(capacity[name]) - float(taken.get(name, 0.0)))
        reached = covered(table["hours"].to_numpy()[mine], worth[mine], left)
        table.loc[mine, "covered"] = reached
    # What is not done takes neither hours nor ways.
    table["hours"] *= table["covered"]
    table["travel"] *= table["covered"]
    return table


def _in_teams(plan: TeamPlan) -> pd.DataFrame:
    """Return hours and travel of each account of a team plan, those of a family shared by its accounts."""
    seats = plan.seats
    parts: dict[str, list[float]] = {}
    for seat, hours, travel in zip(plan.problem.seats, seats["hours"], seats["travel"], strict=True):
        for account in seat.accounts:
            held = parts.setdefault(account, [0.0, 0.0])
            held[0] += float(hours) / len(seat.accounts)
            held[1] += float(travel) / len(seat.accounts)
    table = pd.DataFrame.from_dict(parts, orient="index", columns=["hours", "travel"]).rename_axis("account")
    return table.assign(covered=1.0, team=True)
