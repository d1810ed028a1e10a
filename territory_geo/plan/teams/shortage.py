"""A shortage checked by counting, from the tables alone: does it prove that there can be no teams?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from territory_geo.plan.teams.verify import SLACK_HOURS, _records, _text, firsts, hours_of, obstacles

if TYPE_CHECKING:
    from territory_geo.plan.teams.problem import TeamProblem


def holds(problem: TeamProblem, row: dict[str, Any]) -> bool:
    """Tell whether a shortage is true, with code that shares nothing with the search.

    Parameters
    ----------
    problem : TeamProblem
    row : dict
        `kind` ("nobody", "hours" or "accounts"), `places` as (role, product, accounts), `people` who fit any of them,
        parted by semicolons.
    """
    accounts = {str(n): r for n, r in zip(problem.accounts.index, _records(problem.accounts), strict=True)}
    people = {str(n): r for n, r in zip(problem.people.index, _records(problem.people), strict=True)}
    roles = {role.name: role for role in problem.roles}
    named = set(filter(None, row["people"].split(";")))
    first = firsts(problem, accounts)
    least: list[float] = []
    fitting: set[str] = set()
    for role, product, members in row["places"]:
        hours = {}
        for name, person in people.items():
            alone = math.fsum(
                hours_of(problem, roles[role], accounts[account], person, account in first) for account in members
            )
            if _fits(problem, roles[role], product, members, accounts, name, person) and (
                alone <= float(person["capacity_hours"]) + SLACK_HOURS
            ):
                hours[name] = alone
        fitting |= set(hours)
        least.append(min(hours.values(), default=math.inf))
    if row["kind"] == "nobody":
        return not fitting
    if not fitting <= named:
        return False
    if row["kind"] == "hours":
        return math.fsum(least) > math.fsum(float(people[name]["capacity_hours"]) for name in named)
    most = [min(_most(people[name]), _role_limit(problem, row["places"][0][0])) for name in named]
    return sum(len(members) for _, _, members in row["places"]) > sum(most)


def _fits(
    problem: TeamProblem, role: Any, product: str, members: tuple[str, ...], accounts: dict[str, Any], name: str,
    person: dict[str, Any],
) -> bool:  # fmt: skip
    if len(members) > min(_most(person), _role_limit(problem, role.name)):
        return False
    for account in members:
        if obstacles(role, accounts[account], person, product) or (account, name) in set(problem.forbidden):
            return False
        if problem.fixed.get((account, role.name), name) != name:
            return False
    return True


def _most(person: dict[str, Any]) -> float:
    text = _text(person.get("max_accounts"))
    return float(text) if text else math.inf


def _role_limit(problem: TeamProblem, role: str) -> float:
    most = next(found.most_accounts for found in problem.roles if found.name == role)
    return math.inf if most is None else most
