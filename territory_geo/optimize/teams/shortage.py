"""Why there are no teams: who is short of what, in words, each reason checked by separate code.

Three kinds: a place that nobody fits; a set of places that asks more hours, or more accounts, of the people who fit
them than these have; and, where only whole numbers or conflicts stand in the way, what would help.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ortools.graph.python import max_flow

from territory_geo.errors import VerificationError
from territory_geo.optimize.teams.program import SECONDS, programs
from territory_geo.optimize.teams.search import solve_program
from territory_geo.plan.teams.problem import Seat, TeamProblem
from territory_geo.plan.teams.shortage import holds

if TYPE_CHECKING:
    from territory_geo.plan.teams.plan import TeamPlan

COLUMNS = ("role", "needs", "accounts", "people", "hours_needed", "hours_available", "reason")
SHOWN = 8
"""Ids that a sentence lists before it counts the rest."""
_LACKS = {
    "product": ("lacks the skill", "lack the skill"),
    "industry": ("does not know the industry", "do not know the industry"),
    "language": ("does not speak the language", "do not speak the language"),
    "time zone": ("lives too many hours away", "live too many hours away"),
    "forbidden": ("is forbidden there", "are forbidden there"),
    "fixed": ("is not who is fixed there", "are not who is fixed there"),
    "hours": ("has too few hours for it alone", "have too few hours for it alone"),
    "accounts": ("may not have so many accounts", "may not have so many accounts"),
}
"""What one person or several lack."""


def shortages(problem: TeamProblem) -> pd.DataFrame:
    """Return reasons why teams are impossible that counting can prove; empty where there are none."""
    rows = _nobody(problem)
    if not rows:
        rows = [*_too_little(problem, "hours"), *_too_little(problem, "accounts")]
    for row in rows:
        if not holds(problem, row):
            raise VerificationError(f"A shortage fails its check: {row['reason']}")
    return pd.DataFrame([{name: row[name] for name in COLUMNS} for row in rows], columns=list(COLUMNS))


def listed(names: list[str]) -> str:
    """Return names in a sentence: the first few, and how many more.

    >>> listed(["A", "B"]), listed(list("ABCDEFGHIJ"))
    ('A and B', 'A, B, C, D, E, F, G, H and 2 more')
    """
    if len(names) > SHOWN:
        return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN:,} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _row(
    kind: str, role: str, seats: list[Seat], people: list[str], needed: float, there: float, why: str
) -> dict[str, Any]:
    products = sorted({seat.product for seat in seats} - {""})
    accounts = sorted({account for seat in seats for account in seat.accounts})
    return {
        "kind": kind, "role": role, "needs": ";".join(products), "accounts": ";".join(accounts),
        "people": ";".join(people), "hours_needed": needed, "hours_available": there, "reason": why,
        "places": [(seat.role, seat.product, seat.accounts) for seat in seats],
    }  # fmt: skip


def _nobody(problem: TeamProblem) -> list[dict[str, Any]]:
    """Return a reason for places that nobody fits: one for all of a role and product with the same cause."""
    fit = problem.fit
    alike: dict[tuple[str, str, str], list[int]] = {}
    for s in np.flatnonzero(~fit.allowed.any(axis=1)):
        seat = problem.seats[s]
        has = fit.has_role[s]
        if has.any():
            count = Counter(name for name, table in fit.against.items() for j in np.flatnonzero(has) if table[s, j])
            lacks = ", ".join(f"{n:,} {_LACKS[name][n > 1]}" for name, n in count.items())
            why = f"of {has.sum():,} with the role, {lacks}"
        else:
            why = "nobody has the role"
        alike.setdefault((seat.role, seat.product, why), []).append(int(s))
    rows = []
    for (role, product, why), places in alike.items():
        seats = [problem.seats[s] for s in places]
        kin = [
            f"{seat.accounts[0]} (one person for all of {listed(list(seat.accounts))})"
            if len(seat.accounts) > 1
            else seat.accounts[0]
            for seat in seats
        ]
        need, what = "needs" if len(kin) == 1 else "need", f"{role} for {product}" if product else role
        text = f"{listed(kin)} {need} someone as {what}, and nobody fits: {why}."
        asked = there = np.nan
        able = np.flatnonzero(fit.has_role[places[0]])
        if all(fit.against["hours"][s, able].all() for s in places) and len(able):
            asked = float(fit.hours[places][:, able].min())
            there = float(problem.capacity.to_numpy()[able].max())
            text += (
                f" The least that one takes is {asked:,.1f} hours a year, the most that anybody has is {there:,.1f}."
            )
        rows.append(_row("nobody", role, seats, [], asked, there, text))
    return rows


def _too_little(problem: TeamProblem, what: str) -> list[dict[str, Any]]:
    """Return sets of places that ask more of the people who fit them than these have (a minimum cut shows one)."""
    fit, rows = problem.fit, []
    allowed = fit.allowed
    if what == "hours":
        need = np.ceil(np.where(allowed, fit.hours, np.inf).min(axis=1) * SECONDS - 1e-3).astype(np.int64)
        have = np.floor(problem.capacity.to_numpy() * SECONDS + 1e-3).astype(np.int64)
        groups = [np.arange(len(problem.seats))]
    else:
        need = np.array([len(seat.accounts) for seat in problem.seats], dtype=np.int64)
        have = np.minimum(problem.most_accounts.to_numpy(), 2**40).astype(np.int64)
        # Role by role, without specialists: one person may have several places at one account and it counts once.
        simple = [role for role in problem.roles if not role.per_product]
        groups = [
            np.array([s for s, seat in enumerate(problem.seats) if seat.role == r.name], dtype=int) for r in simple
        ]
    for group in groups:
        limit = have
        if what == "accounts" and len(group):
            most = problem.role(problem.seats[group[0]].role).most_accounts
            limit = have if most is None else np.minimum(have, most)
        for seats, people in _short_sets(allowed, need, limit, group):
            rows.append(_sentence(problem, what, seats, people, need, limit))
    return rows


def _short_sets(
    allowed: NDArray[np.bool_], need: NDArray[np.int64], have: NDArray[np.int64], group: NDArray[np.int64]
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return sets of places and all the people who fit them, where the people have too little."""
    flow = max_flow.SimpleMaxFlow()
    n, p = len(group), allowed.shape[1]
    source, sink = n + p, n + p + 1
    for i, s in enumerate(group):
        flow.add_arc_with_capacity(source, i, int(need[s]))
        for fitting in np.flatnonzero(allowed[s]):
            flow.add_arc_with_capacity(i, n + int(fitting), int(need[s]))
    for j in range(p):
        flow.add_arc_with_capacity(n + j, sink, int(have[j]))
    flow.add_arc_with_capacity(source, sink, 0)
    if n == 0 or flow.solve(source, sink) != flow.OPTIMAL or flow.optimal_flow() >= int(need[group].sum()):
        return []
    short = sorted(i for i in flow.get_source_side_min_cut() if i < n)
    seats = group[short]
    found = []
    # Places that share people belong to one reason; others get one of their own.
    while len(seats):
        mine, before = np.zeros(len(seats), dtype=bool), -1
        mine[0] = True
        while mine.sum() != before:
            before = int(mine.sum())
            people: NDArray[np.bool_] = np.asarray(allowed[seats[mine]].any(axis=0), dtype=bool)
            mine = np.asarray(mine | (allowed[seats] & people).any(axis=1), dtype=bool)
        here, able = seats[mine], np.flatnonzero(allowed[seats[mine]].any(axis=0))
        if need[here].sum() > have[able].sum():
            found.append((here, able))
        seats = seats[np.flatnonzero(~mine)]
    return found


def _sentence(
    problem: TeamProblem, what: str, seats: NDArray[np.int64], people: NDArray[np.int64], need: NDArray[np.int64],
    have: NDArray[np.int64],
) -> dict[str, Any]:  # fmt: skip
    chosen = [problem.seats[s] for s in seats]
    names = [str(problem.people.index[j]) for j in people]
    accounts = sorted({account for seat in chosen for account in seat.accounts})
    roles = [role.name for role in problem.roles if any(seat.role == role.name for seat in chosen)]
    products = sorted({seat.product for seat in chosen} - {""})
    who = listed(roles) + (f" for {listed(products)}" if products else "")
    unit = SECONDS if what == "hours" else 1
    asked, there = need[seats].sum() / unit, have[people].sum() / unit
    only = f"only {listed(names)} fit{'s' if len(names) == 1 else ''}"
    if what == "hours":
        text = (
            f"{who}: {listed(accounts)} need{'s' if len(accounts) == 1 else ''} {asked:,.1f} hours a year at least, "
            f"and {only}, with {there:,.1f} hours. {asked - there:,.1f} hours are missing."
        )
        return _row("hours", ";".join(roles), chosen, names, asked, there, text)
    text = (
        f"{who}: there are {asked:,.0f} accounts ({listed(accounts)}), and {only}, who may have {there:,.0f}. "
        f"{asked - there:,.0f} places are missing."
    )
    return _row("accounts", ";".join(roles), chosen, names, np.nan, np.nan, text)


def what_would_help(problem: TeamProblem, nearest: TeamPlan, *, work: float, seed: int) -> pd.DataFrame:
    """Return what stands in the way where counting does not show it: which single demand, dropped, allows teams."""
    empty = [seat for seat, person in zip(problem.seats, nearest.members, strict=True) if not person]
    texts = [
        f"No teams keep to everything. As many places as possible filled leaves {len(empty):,} empty: "
        f"{listed([str(seat) for seat in empty])}."
    ]
    rows = [_row("whole", ";".join(sorted({seat.role for seat in empty})), empty, [], np.nan, np.nan, texts[0])]
    for name, without in _relaxed(problem):
        outcomes = [solve_program(part, gap=0.99, work=work, seed=seed) for part in programs(without)]
        if all(outcome.chosen is not None for outcome in outcomes):
            rows.append(_row("helps", "", empty, [], np.nan, np.nan, f"There are teams without {name}."))
    return pd.DataFrame([{name: row[name] for name in COLUMNS} for row in rows], columns=list(COLUMNS))


def _relaxed(problem: TeamProblem) -> list[tuple[str, TeamProblem]]:
    """Return the problem without each of its demands in turn."""
    from territory_geo.geodata.reps import Reps

    frame = problem.people.drop(columns="roles")
    base: dict[str, Any] = {
        "accounts": problem.accounts.reset_index(drop=True).assign(account_id=problem.accounts.index.to_numpy()),
        "people": Reps(frame),
        **{
            name: getattr(problem, name)
            for name in ("roles", "prices", "conflicts", "forbidden", "fixed", "together", "distance")
        },
    }
    found: list[tuple[str, dict[str, Any]]] = []
    if problem.conflicts:
        found.append(("the conflicts of interest", {"conflicts": ()}))
    if problem.together and problem.family.nunique() < len(problem.accounts):
        found.append(("keeping families together", {"together": False}))
    if problem.fixed or problem.forbidden:
        found.append(("fixed and forbidden pairs", {"fixed": {}, "forbidden": ()}))
    if "max_accounts" in frame.columns or any(role.most_accounts is not None for role in problem.roles):
        free = tuple(replace(role, most_accounts=None) for role in problem.roles)
        people = Reps(frame.drop(columns="max_accounts", errors="ignore"))
        found.append(("limits on accounts", {"roles": free, "people": people}))
    found.append(("limits on hours", {"people": Reps(frame.assign(capacity_hours=1e9))}))
    return [(name, TeamProblem(**{**base, **change})) for name, change in found]
