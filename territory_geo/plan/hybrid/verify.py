"""The independent check of a hybrid plan: plain sums over its tables, sharing no code with what made them.

Territories and teams pass their own checks; here both are looked at together: hours, and who covers what.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from territory_geo.geodata.ids import id_text
from territory_geo.plan.teams.verify import SLACK_HOURS, firsts, hours_of, verify_teams
from territory_geo.plan.verify import Verification, verify_plan

if TYPE_CHECKING:
    from territory_geo.plan.hybrid.problem import HybridProblem
    from territory_geo.plan.plan import TerritoryPlan


def verify_hybrid(
    problem: HybridProblem, territories: TerritoryPlan, teams: pd.DataFrame, coverage: pd.DataFrame
) -> Verification:
    """Check territories, teams and the table of who covers what.

    Parameters
    ----------
    problem : HybridProblem
    territories : TerritoryPlan
    teams : DataFrame
        `account`, `role`, `product`, `person`, as `TeamPlan.table` or read back from a file.
    coverage : DataFrame
        `account`, `covered_by`, `owner`, `lies_in`, as `HybridPlan.coverage` or read back from a file.

    Returns
    -------
    Verification
    """
    check = Verification()
    for side, inner in (("territories", verify_plan(territories)), ("teams", verify_teams(problem.teams, teams))):
        check.checks += [(f"{side}: {name}", passed, detail) for name, passed, detail in inner.checks]
    check.add("hours of both", _overworked(problem, territories, teams), "nobody has more work than hours")
    check.add("fair territories", _unfair(problem, territories, teams), "loads follow from the hours that are left")
    check.add("one owner", _owners(problem, territories, teams, coverage), "each account has exactly one owner")
    check.add("named accounts on the map", _lost(problem, territories, coverage), "each lies in a territory")
    return check


def _team_hours(problem: HybridProblem, teams: pd.DataFrame) -> dict[str, float]:
    """Return the hours that teams take of each person, from rows."""
    asked = problem.teams
    accounts = {str(n): dict(row) for n, row in asked.accounts.iterrows()}
    people = {str(n): dict(row) for n, row in asked.people.iterrows()}
    roles = {role.name: role for role in asked.roles}
    first, parts = firsts(asked, accounts), defaultdict(list)
    for account, role, person in zip(teams["account"], teams["role"], teams["person"], strict=True):
        if str(person) in people:
            hours = hours_of(asked, roles[role], accounts[str(account)], people[str(person)], str(account) in first)
            parts[str(person)].append(hours)
    return {person: math.fsum(found) for person, found in parts.items()}


def _territory_hours(problem: HybridProblem, plan: TerritoryPlan) -> dict[str, float]:
    parts = defaultdict(list)
    frame = plan.problem.units.frame
    for unit, hours in zip(frame.index, frame[problem.hours], strict=True):
        parts[str(plan.labels[unit])].append(float(hours))
    return {rep: math.fsum(found) for rep, found in parts.items()}


def _overworked(problem: HybridProblem, plan: TerritoryPlan, teams: pd.DataFrame) -> list[str]:
    assert problem.territories.reps is not None
    limit = {str(n): float(h) for n, h in problem.teams.people["capacity_hours"].astype(float).items()}
    limit |= {str(n): float(h) for n, h in problem.territories.reps.frame["capacity_hours"].astype(float).items()}
    area, team = _territory_hours(problem, plan), _team_hours(problem, teams)
    return [
        f"{person} has {area.get(person, 0.0):,.2f} hours in the territory and {team.get(person, 0.0):,.2f} in teams, "
        f"of {limit.get(person, 0.0):,.2f}"
        for person in sorted(set(area) | set(team))
        if area.get(person, 0.0) + team.get(person, 0.0) > limit.get(person, 0.0) + max(SLACK_HOURS, 1e-9)
    ]


def _unfair(problem: HybridProblem, plan: TerritoryPlan, teams: pd.DataFrame) -> list[str]:
    """Compare each territory with the common share of all reps' hours, less what teams take of its rep."""
    assert problem.territories.reps is not None
    capacity = {str(n): float(h) for n, h in problem.territories.reps.frame["capacity_hours"].astype(float).items()}
    area, team = _territory_hours(problem, plan), _team_hours(problem, teams)
    mine = {rep: team.get(rep, 0.0) for rep in capacity}
    # Hours that depend on the territories move a little with each plan: the plan says what was left for each rep.
    assert plan.problem.reps is not None
    left = {str(n): float(h) for n, h in plan.problem.reps.frame["capacity_hours"].astype(float).items()}
    share = (math.fsum(left.values()) + math.fsum(mine.values())) / math.fsum(capacity.values())
    found = [
        f"{rep}: {left[rep]:,.2f} hours were left, it should be {share * capacity[rep] - mine[rep]:,.2f}"
        for rep in sorted(capacity)
        if abs(left[rep] - (share * capacity[rep] - mine[rep])) > 1e-6 * capacity[rep]
    ]
    tolerance = problem.territories.balance[problem.hours]
    total, all_left = math.fsum(area.values()), math.fsum(left.values())
    assert isinstance(tolerance, (int, float))
    for rep in sorted(capacity):
        target = total * left[rep] / all_left
        if abs(area.get(rep, 0.0) - target) > tolerance * target + 1e-6 * total:
            found.append(f"{rep} has {area.get(rep, 0.0):,.2f} hours in the territory, fair are {target:,.2f}")
    return found


def _owners(problem: HybridProblem, plan: TerritoryPlan, teams: pd.DataFrame, coverage: pd.DataFrame) -> list[str]:
    """Check who owns each account against the labels and the teams, one row each."""
    owning = {role.name for role in problem.teams.roles if role.duty == "owns"}
    found = []
    wanted: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for account, role, person in zip(teams["account"], teams["role"], teams["person"], strict=True):
        if role in owning:
            wanted[str(account)].append(("team", str(person)))
    members = plan.problem.units.members
    for account, unit in zip(members["id"], members["unit"], strict=True):
        wanted[id_text(account)].append(("territory", str(plan.labels[unit])))
    found += [f"{account} has {len(who)} owners" for account, who in sorted(wanted.items()) if len(who) != 1]
    rows = Counter(map(str, coverage["account"]))
    found += [f"{account} is there {n} times" for account, n in sorted(rows.items()) if n > 1]
    found += [f"{account} is not covered" for account in sorted(set(wanted) - set(rows))]
    found += [f"{account} is not known" for account in sorted(set(rows) - set(wanted))]
    for account, how, owner in zip(coverage["account"], coverage["covered_by"], coverage["owner"], strict=True):
        if str(account) in wanted and (str(how), str(owner)) not in wanted[str(account)]:
            found.append(f"{account}: {owner} by {how} is written, {wanted[str(account)]} in fact")
    return found


def _lost(problem: HybridProblem, plan: TerritoryPlan, coverage: pd.DataFrame) -> list[str]:
    ids, named = set(plan.territory_ids), set(map(str, problem.teams.accounts.index))
    there = {"geometry"} <= set(problem.teams.accounts.columns) or {"lon", "lat"} <= set(problem.teams.accounts.columns)
    return [
        f"{account} lies in {where or 'no territory'}"
        for account, where in zip(map(str, coverage["account"]), map(str, coverage["lies_in"]), strict=True)
        if account in named and there and where not in ids
    ]
