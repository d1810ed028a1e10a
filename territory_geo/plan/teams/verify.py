"""The independent check of account teams: row by row from the tables, sharing no code with what made them.

It reads accounts and people anew, in plain Python: roles, skills, languages, zones, hours with their ways, limits,
conflicts, families, and that each place has exactly one person.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd

from territory_geo.geodata.clean import numbers
from territory_geo.plan.verify import Verification

if TYPE_CHECKING:
    from territory_geo.plan.teams.problem import TeamProblem
    from territory_geo.plan.teams.roles import TeamRole

SLACK_HOURS = 1e-6


def verify_teams(problem: TeamProblem, table: pd.DataFrame) -> Verification:
    """Check a table of teams.

    Parameters
    ----------
    problem : TeamProblem
        What was asked.
    table : DataFrame
        `account`, `role`, `product`, `person`: a row per account and place, as `TeamPlan.table`, or as it was read
        back from a file.

    Returns
    -------
    Verification
        `ok`, `failures` in words.
    """
    rows = [{name: _text(row[name]) for name in ("account", "role", "product", "person")} for row in _records(table)]
    accounts = {str(name): row for name, row in zip(problem.accounts.index, _records(problem.accounts), strict=True)}
    people = {str(name): row for name, row in zip(problem.people.index, _records(problem.people), strict=True)}
    check = Verification()
    known = [row for row in rows if row["account"] in accounts and row["person"] in people]
    strange = [f"{r['account']}, {r['role']}: {r['person'] or 'nobody'}" for r in rows if r not in known]
    check.add("people and accounts", strange, "every place has a person of the list")
    check.add("one person for each place", _places(problem, accounts, rows), "each place of each account is there once")
    check.add("roles and skills", _unfit(problem, accounts, people, known), "everyone fits what they do")
    check.add("hours", _overworked(problem, accounts, people, known), "nobody has more work than hours")
    check.add("limits on accounts", _crowded(problem, people, known), "nobody has more accounts than allowed")
    check.add("conflicts of interest", _conflicts(problem, known), "nobody works for two that compete")
    check.add("one role for each person", _doubled(known), "nobody has two roles at one account")
    check.add("families", _torn(problem, accounts, known), "parent and subsidiaries have the same people")
    return check


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]


def _text(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _list(row: dict[str, Any], *columns: str) -> set[str] | None:
    """Return the entries of the first of these columns that is there."""
    for column in columns:
        if column in row:
            return {part.strip().casefold() for part in _text(row[column]).split(";") if part.strip()}
    return None


def _amount(row: dict[str, Any], value: float | str) -> float:
    if not isinstance(value, str):
        return float(value)
    return float(row[value]) if isinstance(row[value], (int, float)) else float(numbers(pd.Series([row[value]]))[0])


def _concerned(role: TeamRole, account: dict[str, Any]) -> set[str]:
    """Return the products of an account that concern a role."""
    held = _list(account, "products", "product_line") or set()
    return {p for p in held if not role.products or p in {q.strip().casefold() for q in role.products}}


def _places(problem: TeamProblem, accounts: dict[str, dict[str, Any]], rows: list[dict[str, str]]) -> list[str]:
    wanted = set()
    for name, account in accounts.items():
        for role in problem.roles:
            concerned = _concerned(role, account)
            if role.per_product:
                wanted |= {(name, role.name, product) for product in concerned}
            elif concerned or not role.products:
                wanted.add((name, role.name, ""))
    count: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows:
        count[row["account"], row["role"], row["product"]] += 1
    found = [f"{' '.join(key).strip()} is missing" for key in sorted(wanted - set(count))]
    found += [f"{' '.join(key).strip()} is not asked for" for key in sorted(set(count) - wanted)]
    return found + [f"{' '.join(key).strip()} is there {n} times" for key, n in sorted(count.items()) if n > 1]


def _unfit(
    problem: TeamProblem,
    accounts: dict[str, dict[str, Any]],
    people: dict[str, dict[str, Any]],
    rows: list[dict[str, str]],
) -> list[str]:
    found, roles = [], {role.name: role for role in problem.roles}
    for row in rows:
        account, person, role = accounts[row["account"]], people[row["person"]], roles.get(row["role"])
        if role is None:
            continue
        found += [
            f"{row['person']} at {row['account']}: {text}" for text in obstacles(role, account, person, row["product"])
        ]
        if (row["account"], row["person"]) in set(problem.forbidden):
            found.append(f"{row['person']} at {row['account']}: forbidden")
        fixed = problem.fixed.get((row["account"], row["role"]), row["person"])
        if fixed != row["person"]:
            found.append(f"{row['person']} at {row['account']}: {fixed} is fixed as {row['role']}")
    return found


def obstacles(role: TeamRole, account: dict[str, Any], person: dict[str, Any], product: str) -> list[str]:
    """Return what a person lacks for a role at an account, in words, from a row of each table."""
    found = []
    if role.name.casefold() not in (_list(person, "role") or set()):
        found.append(f"is no {role.name}")
    asked = {product} if product else _concerned(role, account)
    tongues = ("language", "languages")
    pairs = (
        ("skills", "the skill", asked, _list(person, "skills"), "must"),
        ("language", "the language", _list(account, *tongues), _list(person, *reversed(tongues)), "must"),
        ("industry", "the industry", _list(account, "industry"), _list(person, "industries", "industry"), "price"),
    )
    for name, word, wanted, held, usual in pairs:
        need = getattr(role, name)
        if (usual if need is None else need) == "must" and wanted is not None and held is not None and wanted - held:
            found.append(f"lacks {word} {', '.join(sorted(wanted - held))}")
    if role.most_hours_apart is not None:
        gap = _zone_gap(account, person)
        if gap > role.most_hours_apart + 1e-9:
            found.append(f"is {gap:g} hours apart")
    return found


def _zone_gap(account: dict[str, Any], person: dict[str, Any]) -> float:
    import datetime
    import zoneinfo

    ahead = []
    for row in (account, person):
        text = _text(row.get("time_zone", row.get("utc_offset")))
        if not text:
            return 0.0
        try:
            ahead.append(float(text))
        except ValueError:
            moment = datetime.datetime(2025, 1, 1, tzinfo=zoneinfo.ZoneInfo(text))
            offset, summer = moment.utcoffset(), moment.dst()
            assert offset is not None
            ahead.append((offset - (summer or datetime.timedelta(0))) / datetime.timedelta(hours=1))
    return min(abs(ahead[0] - ahead[1]), 24 - abs(ahead[0] - ahead[1]))


def hours_of(
    problem: TeamProblem, role: TeamRole, account: dict[str, Any], person: dict[str, Any], first: bool
) -> float:
    """Return the hours a year that one account takes of one person in a role, ways included.

    `first` tells whether the account is the first of its family.
    """
    trips, hours = _amount(account, role.trips), _amount(account, role.hours)
    if not first:
        trips = trips if role.further_trips is None else role.further_trips
        hours = hours if role.further_hours is None else role.further_hours
    here = None
    if "geometry" in account:
        here = (account["geometry"].x, account["geometry"].y)
    elif "lon" in account and "lat" in account:
        here = (_amount(account, "lon"), _amount(account, "lat"))
    way = 0.0
    if here is not None and trips:
        home = np.array([[person["geometry"].x, person["geometry"].y]])
        way = float(problem.distance.hours_between(np.array([here], dtype=float), home)[0])
    return hours + 2 * trips * min(way, problem.prices.most_hours_one_way)


def _overworked(
    problem: TeamProblem,
    accounts: dict[str, dict[str, Any]],
    people: dict[str, dict[str, Any]],
    rows: list[dict[str, str]],
) -> list[str]:
    total: dict[str, list[float]] = defaultdict(list)
    first = firsts(problem, accounts)
    roles = {role.name: role for role in problem.roles}
    for row in rows:
        if row["role"] in roles:
            account = row["account"]
            hours = hours_of(problem, roles[row["role"]], accounts[account], people[row["person"]], account in first)
            total[row["person"]].append(hours)
    limit = {name: _amount(row, "capacity_hours") for name, row in people.items()}
    return [
        f"{name} has {math.fsum(parts):,.2f} hours of work and {limit[name]:,.2f} hours"
        for name, parts in sorted(total.items())
        if math.fsum(parts) > limit[name] + SLACK_HOURS
    ]


def _crowded(problem: TeamProblem, people: dict[str, dict[str, Any]], rows: list[dict[str, str]]) -> list[str]:
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        held[row["person"], ""].add(row["account"])
        held[row["person"], row["role"]].add(row["account"])
    role_limit = {role.name: role.most_accounts for role in problem.roles}
    found = []
    for (person, role), accounts in sorted(held.items()):
        most: float | None = role_limit.get(role) if role else None
        if not role and _text(people[person].get("max_accounts")):
            most = _amount(people[person], "max_accounts")
        if most is not None and len(accounts) > most:
            found.append(f"{person} has {len(accounts)} accounts{f' as {role}' if role else ''}, at most {most:g}")
    return found


def _conflicts(problem: TeamProblem, rows: list[dict[str, str]]) -> list[str]:
    team: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        team[row["account"]].add(row["person"])
    found = []
    for group in problem.conflicts:
        for i, one in enumerate(group):
            for other in group[i + 1 :]:
                found += [f"{person} works for {one} and {other}" for person in sorted(team[one] & team[other])]
    return found


def _doubled(rows: list[dict[str, str]]) -> list[str]:
    roles: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        roles[row["account"], row["person"]].add(row["role"])
    return [f"{p} is {' and '.join(sorted(has))} at {a}" for (a, p), has in sorted(roles.items()) if len(has) > 1]


def _kin(problem: TeamProblem, accounts: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Return a number for each account, the same within a family."""
    graph = nx.Graph()
    graph.add_nodes_from(accounts)
    if problem.together:
        graph.add_edges_from((name, up) for name, row in accounts.items() if (up := _text(row.get("parent_id"))))
    return {name: n for n, part in enumerate(nx.connected_components(graph)) for name in part}


def firsts(problem: TeamProblem, accounts: dict[str, dict[str, Any]]) -> set[str]:
    """Return the account of most revenue of each family; of several, the smallest id."""
    kin = _kin(problem, accounts)
    best: dict[int, tuple[float, str]] = {}
    for name, row in accounts.items():
        text = _text(row.get("revenue_usd", row.get("revenue")))
        worth = float(numbers(pd.Series([text]))[0]) if text else 0.0
        best[kin[name]] = min(best.get(kin[name], (math.inf, "")), (-worth, name))
    return {name for _, name in best.values()}


def _torn(problem: TeamProblem, accounts: dict[str, dict[str, Any]], rows: list[dict[str, str]]) -> list[str]:
    kin = _kin(problem, accounts)
    people: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    for row in rows:
        people[kin[row["account"]], row["role"], row["product"]].add(row["person"])
    return [
        f"{role}{f' for {product}' if product else ''}: {' and '.join(sorted(held))} in one family"
        for (_, role, product), held in sorted(people.items())
        if len(held) > 1
    ]
