"""How each person fits each place in a team: hours, cost in parts, and what stands against it, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata.ids import texts
from territory_geo.plan.teams.roles import Need
from territory_geo.plan.teams.tables import ZONES, amounts, entries, first_of, offsets, places

if TYPE_CHECKING:
    from territory_geo.plan.teams.problem import TeamProblem
    from territory_geo.plan.teams.roles import TeamRole

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OBSTACLES = ("product", "industry", "language", "time zone", "forbidden", "fixed", "hours", "accounts")
"""What may stand against a person who has the role."""
LANGUAGES = (("language", "languages"), ("languages", "language"))
INDUSTRIES = (("industry",), ("industries", "industry"))
USUAL_INDUSTRY = 0.02
"""Share of revenue that not knowing the industry costs, where nothing is said."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Places (rows) by people (columns).

    Parameters
    ----------
    has_role : bool array, shape (s, p)
        Whether the person has the role at all.
    against : dict of str to bool array, shape (s, p)
        What stands against the person, by name (`OBSTACLES`).
    hours : array, shape (s, p)
        Hours a year that the place takes of the person, ways included.
    changes, travel, misfit : array, shape (s, p)
        Cost a year in parts: revenue at risk where someone else takes over, trips, a poor fit.
    km : array, shape (s, p)
        Kilometres a year, there and back.
    """

    has_role: Flags
    against: dict[str, Flags]
    hours: Floats
    changes: Floats
    travel: Floats
    misfit: Floats
    km: Floats

    @property
    def allowed(self) -> Flags:
        """Whether a person may have a place."""
        return np.asarray(self.has_role & ~np.logical_or.reduce(list(self.against.values())), dtype=bool)

    @property
    def cost(self) -> Floats:
        """Cost a year."""
        return self.changes + self.travel + self.misfit


def measure_fit(problem: TeamProblem) -> Fit:
    """Return how people fit places; raise DataError for columns that are asked for and not there."""
    people, accounts, seats = problem.people, problem.accounts, problem.seats
    shape = (len(seats), len(people))
    parts = {name: np.zeros(shape) for name in ("hours", "changes", "travel", "misfit", "km")}
    against = {name: np.zeros(shape, dtype=bool) for name in OBSTACLES}
    has_role = np.zeros(shape, dtype=bool)
    row_of = {name: i for i, name in enumerate(accounts.index)}
    column_of = {name: j for j, name in enumerate(people.index)}
    lacking = {
        "language": _lacking(problem, *LANGUAGES),
        "industry": _lacking(problem, *INDUSTRIES),
    }
    skills = entries(people["skills"]) if "skills" in people.columns else None
    apart, (km, way) = _hours_apart(problem), _ways(problem)
    revenue = problem.revenue.to_numpy()
    for role in problem.roles:
        mine = np.array([role.name.casefold() in has for has in people["roles"]])
        need = _needs(problem, role, lacking, skills is not None)
        hours, trips = _per_account(problem, role)
        current = _current(problem, role)
        if role.most_hours_apart is not None and apart is None:
            raise DataError(f"Role {role.name!r} limits time zones: accounts and people need a column time_zone.")
        for s, seat in enumerate(seats):
            if seat.role != role.name:
                continue
            rows = np.array([row_of[name] for name in seat.accounts])
            has_role[s] = mine
            parts["hours"][s] = (hours[rows, None] + trips[rows, None] * 2 * way[rows]).sum(axis=0)
            parts["km"][s] = (trips[rows, None] * 2 * km[rows]).sum(axis=0)
            ways = trips[rows, None] * 2 * (km[rows] * problem.prices.per_km + way[rows] * problem.prices.per_trip_hour)
            parts["travel"][s] = ways.sum(axis=0)
            for row in rows:
                if current is not None and current[row]:
                    stays = np.array([name in current[row] for name in people.index])
                    parts["changes"][s] += ~stays * revenue[row] * role.revenue_at_risk
            missing = {name: table[rows] for name, table in lacking.items() if table is not None}
            if skills is not None:
                missing["product"] = _lacking_products(problem, role, seat.product, rows, skills)
            for name, table in missing.items():
                wanted = need["skills" if name == "product" else name]
                if wanted == "must":
                    against[name][s] |= table.any(axis=0)
                elif wanted != "ignore":
                    parts["misfit"][s] += (table * revenue[rows, None] * float(wanted)).sum(axis=0)
            if role.most_hours_apart is not None and apart is not None:
                against["time zone"][s] = (apart[rows] > role.most_hours_apart + 1e-9).any(axis=0)
            if role.most_accounts is not None and len(rows) > role.most_accounts:
                against["accounts"][s] = True
    for s, seat in enumerate(seats):
        for account in seat.accounts:
            person = problem.fixed.get((account, seat.role))
            if person is not None:
                against["fixed"][s] |= np.arange(len(people)) != column_of[person]
    for s, seat in enumerate(seats):
        for account, person in problem.forbidden:
            if account in seat.accounts:
                against["forbidden"][s, column_of[person]] = True
    against["hours"] = parts["hours"] > problem.capacity.to_numpy() + 1e-6
    size = np.array([len(seat.accounts) for seat in seats])
    against["accounts"] |= size[:, None] > problem.most_accounts.to_numpy()
    return Fit(has_role, against, **parts)


def _needs(problem: TeamProblem, role: TeamRole, lacking: dict[str, Flags | None], skills: bool) -> dict[str, Need]:
    """Return what a role asks, with what is usual where nothing is said; note what cannot be compared."""
    found: dict[str, Need] = {}
    known = {"skills": skills, **{name: table is not None for name, table in lacking.items()}}
    usual: dict[str, Need] = {"skills": "must", "language": "must", "industry": USUAL_INDUSTRY}
    for name, there in known.items():
        asked = getattr(role, name)
        if not there and asked not in (None, "ignore"):
            column = "skills" if name == "skills" else f"{name} (accounts) or {name}s (people)"
            raise DataError(f"Role {role.name!r} asks for {name}: there is no column {column}.")
        if not there and asked is None:
            text = f"{name}: a table has no such column, so nobody's was compared"
            if text not in problem.notes:
                problem.notes.append(text)
        found[name] = usual[name] if asked is None else asked
    return found


def _lacking(problem: TeamProblem, of_accounts: tuple[str, ...], of_people: tuple[str, ...]) -> Flags | None:
    """Return where a person has not all that an account has, such as its language; None without columns."""
    one, other = first_of(of_accounts, problem.accounts), first_of(of_people, problem.people)
    if one is None or other is None:
        return None
    asked, held = entries(problem.accounts[one]), entries(problem.people[other])
    return np.array([[not want <= has for has in held] for want in asked])


def _lacking_products(
    problem: TeamProblem, role: TeamRole, product: str, rows: NDArray[np.int64], skills: list[frozenset[str]]
) -> Flags:
    if product:
        return np.array([[product not in has for has in skills]] * len(rows))
    asked = [problem.products_for(role, problem.products[row]) for row in rows]
    return np.array([[not want <= has for has in skills] for want in asked])


def _hours_apart(problem: TeamProblem) -> Floats | None:
    """Return the hours between the time zones of accounts and people; 0 where one is not known."""
    one, other = first_of(ZONES, problem.accounts), first_of(ZONES, problem.people)
    if one is None or other is None:
        return None
    problems: list[str] = []
    here, there = offsets(problem.accounts[one], problems), offsets(problem.people[other], problems)
    if problems:
        raise DataError(f"The time zones cannot be used: {'; '.join(problems)}.")
    gap = np.abs(here[:, None] - there)
    # Going east or west around the globe, whichever is nearer.
    return np.asarray(np.nan_to_num(np.minimum(gap, 24 - gap)), dtype=float)


def _ways(problem: TeamProblem) -> tuple[Floats, Floats]:
    """Return kilometres and hours one way between accounts and homes; nothing where accounts have no place."""
    xy = places(problem.accounts)
    shape = (len(problem.accounts), len(problem.people))
    if xy is None:
        problem.notes.append("the accounts have no lon and lat: travel was not counted")
        return np.zeros(shape), np.zeros(shape)
    shapes = problem.people.geometry
    homes = np.column_stack([shapes.x, shapes.y])
    a, b = np.repeat(xy, len(homes), axis=0), np.tile(homes, (len(xy), 1))
    km = problem.distance.between(a, b).reshape(shape)
    hours = problem.distance.hours_between(a, b).reshape(shape)
    return km, np.minimum(hours, problem.prices.most_hours_one_way)


def _per_account(problem: TeamProblem, role: TeamRole) -> tuple[Floats, Floats]:
    """Return hours and trips a year of each account."""
    found: list[Floats] = []
    problems: list[str] = []
    first = problem.first.to_numpy()
    for value, further in ((role.hours, role.further_hours), (role.trips, role.further_trips)):
        if isinstance(value, str):
            if value not in problem.accounts.columns:
                raise DataError(
                    f"Role {role.name!r} takes its amounts from column {value!r}, which the accounts do not have. "
                    f"Columns: {', '.join(map(str, problem.accounts.columns))}."
                )
            found.append(amounts(problem.accounts, value, problems))
        else:
            found.append(np.full(len(problem.accounts), float(value)))
        if further is not None:
            found[-1] = np.where(first, found[-1], float(further))
    if problems:
        raise DataError(f"The accounts cannot be used: {'; '.join(problems)}.")
    return found[0], found[1]


def _current(problem: TeamProblem, role: TeamRole) -> list[frozenset[str]] | None:
    """Return who has the role today at each account; None where no column says so."""
    if role.current_column not in problem.accounts.columns:
        if role.current is not None:
            raise DataError(f"Role {role.name!r}: the accounts have no column {role.current!r}.")
        return None
    column: pd.Series = problem.accounts[role.current_column]
    return [frozenset(e.strip() for e in text.split(";") if e.strip()) for text in texts(column)]
