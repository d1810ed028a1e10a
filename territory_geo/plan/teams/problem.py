"""The question of account teams: named accounts, people, roles, and what must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.distance import GreatCircle, Planar
from territory_geo.geodata.families import account_table, families
from territory_geo.geodata.ids import id_text, texts
from territory_geo.geodata.reps import Reps
from territory_geo.plan.teams.roles import TeamPrices, TeamRole, check_roles, usual_roles
from territory_geo.plan.teams.tables import PRODUCTS, REVENUE, amounts, entries, first_of, people_table

if TYPE_CHECKING:
    from territory_geo.plan.teams.fit import Fit

ROADS = 1.3
"""Road kilometres per straight one, where no distance is given."""


@dataclass(frozen=True, eq=False)
class Seat:
    """One place in a team: a role (for one product, where specialists are asked) at the accounts of a family."""

    family: str
    role: str
    product: str
    accounts: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.role}{f' for {self.product}' if self.product else ''} at {self.family}"


@dataclass(frozen=True, eq=False)
class TeamProblem:
    """Which people look after which named accounts?

    Parameters
    ----------
    accounts : Accounts or DataFrame
        The named accounts. Used where there: `parent_id`, `revenue_usd`, `products` (or `product_line`), `industry`,
        `language`, `time_zone`, places, and for each role `current_…`. Entries of one field are parted by semicolons.
    people : Reps
        With `role` and `capacity_hours`; used where there: `skills`, `industries`, `languages`, `time_zone`,
        `max_accounts` (all roles together), homes. A person may hold several roles, parted by semicolons, but only one
        of them at one account.
    roles : sequence of TeamRole, optional
        The team of each account. Left out: `usual_roles`.
    prices : TeamPrices, optional
        What travel costs.
    conflicts : sequence of groups of ids, or str
        Accounts of one group compete: nobody works for two of them. Or the column that names each account's group.
    forbidden : sequence of (account, person)
        Pairs that must not be.
    fixed : mapping of (account, role) to person
        Who must have a role.
    together : bool, default True
        Parent and subsidiaries get the same person in each role.
    distance : GreatCircle or Planar, optional
        Left out: straight lines × 1.3.

    Attributes
    ----------
    notes : list of str
        What could not be compared because a column is not there.

    Raises
    ------
    DataError, OptionError
        If tables or options cannot be used; all problems of a table at once.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": ["A", "B"], "revenue_usd": [100, 200], "current_rep": ["P2", ""]})
    >>> people = pd.DataFrame({"rep_id": ["P1", "P2"], "role": "rep", "capacity_hours": 100, "lon": 1, "lat": 0})
    >>> from territory_geo.geodata.reps import read_reps
    >>> TeamProblem(accounts, read_reps(people), [TeamRole("rep", 50, "owns", skills="ignore")])
    <TeamProblem: 2 accounts in 2 families, 2 places in teams, 2 people>
    """

    accounts: Any
    people: Any
    roles: Sequence[TeamRole] = ()
    prices: TeamPrices = field(default_factory=TeamPrices)
    conflicts: Sequence[Sequence[str]] | str = ()
    forbidden: Sequence[tuple[str, str]] = ()
    fixed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    together: bool = True
    distance: Any = None
    notes: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if not isinstance(self.people, Reps):
            raise OptionError(f"The 'people' parameter must be Reps (read_reps). Got {type(self.people).__name__}.")
        put = object.__setattr__
        put(self, "roles", check_roles(self.roles or usual_roles()))
        put(self, "accounts", account_table(self.accounts).sort_index())
        if self.accounts.empty:
            raise DataError("There is no named account: the table is empty. Lower the threshold, or name accounts.")
        if self.distance is None:
            lonlat = self.people.frame.crs is not None
            put(self, "distance", GreatCircle(detour=ROADS) if lonlat else Planar(detour=ROADS))
        staff = people_table(self.people, [role.name for role in self.roles])
        put(self, "people", staff)
        problems: list[str] = []
        put(self, "conflicts", self._groups(problems))
        put(self, "forbidden", tuple((id_text(a), id_text(p)) for a, p in self.forbidden))
        put(self, "fixed", {(id_text(a), role): id_text(p) for (a, role), p in self.fixed.items()})
        pairs = [("forbidden", a, p) for a, p in self.forbidden] + [("fixed", a, p) for (a, _), p in self.fixed.items()]
        problems += [f"{what}: there is no account {a!r}" for what, a, _ in pairs if a not in self.accounts.index]
        problems += [f"{what}: there is no person {p!r}" for what, _, p in pairs if p not in staff.index]
        names = {role.name for role in self.roles}
        problems += [f"fixed: there is no role {role!r}" for _, role in self.fixed if role not in names]
        if problems:
            raise DataError(f"The teams cannot be asked for like this: {'; '.join(problems)}.")
        _ = self.fit  # tables are checked here, not in the middle of a search

    def _groups(self, problems: list[str]) -> tuple[tuple[str, ...], ...]:
        """Return the groups of accounts that compete."""
        if isinstance(self.conflicts, str):
            if self.conflicts not in self.accounts.columns:
                raise DataError(
                    f"The accounts have no column {self.conflicts!r} for the conflicts. "
                    f"Columns: {', '.join(map(str, self.accounts.columns))}."
                )
            named = pd.Series(texts(self.accounts[self.conflicts]), index=self.accounts.index)
            groups = [tuple(map(str, rows)) for name, rows in named.groupby(named).groups.items() if name]
        else:
            groups = [tuple(sorted({id_text(a) for a in group})) for group in self.conflicts]
            problems += [
                f"conflicts: there is no account {a!r}"
                for group in groups
                for a in group
                if a not in self.accounts.index
            ]
        return tuple(group for group in groups if len(group) > 1)

    @cached_property
    def family(self) -> pd.Series:
        """The family of each account; its own where families are not kept together."""
        if self.together:
            return families(self.accounts)
        return pd.Series(self.accounts.index, index=self.accounts.index, name="family")

    @cached_property
    def first(self) -> pd.Series:
        """Whether an account is the first of its family: the one of most revenue, of several the smallest id."""
        order = pd.DataFrame({"family": self.family, "revenue": self.revenue}).sort_values(
            ["family", "revenue"], ascending=[True, False], kind="stable"
        )
        return ~order["family"].duplicated().reindex(self.accounts.index)

    @cached_property
    def products(self) -> list[frozenset[str]]:
        """The products of each account; none where no column has them."""
        column = first_of(PRODUCTS, self.accounts)
        if column is not None:
            return entries(self.accounts[column])
        asking = [role.name for role in self.roles if role.per_product or role.products]
        if asking:
            self.notes.append(f"products: the accounts have no such column, so none asks for {' or '.join(asking)}")
        return [frozenset()] * len(self.accounts)

    @cached_property
    def revenue(self) -> pd.Series:
        """Revenue a year of each account; 0 where it is not known."""
        column = first_of(REVENUE, self.accounts)
        problems: list[str] = []
        if column is None:
            self.notes.append("the accounts have no column 'revenue_usd': changes of person have no price")
            return pd.Series(0.0, index=self.accounts.index)
        values = amounts(self.accounts, column, problems, empty=0.0)
        if problems:
            raise DataError(f"The accounts cannot be used: {'; '.join(problems)}.")
        return pd.Series(values, index=self.accounts.index)

    def products_for(self, role: TeamRole, products: frozenset[str]) -> frozenset[str]:
        """Return those products of an account that concern a role."""
        wanted = frozenset(product.strip().casefold() for product in role.products)
        return products & wanted if wanted else products

    def needs(self, role: TeamRole, products: frozenset[str]) -> bool:
        """Tell whether an account with these products needs a role at all."""
        return bool(self.products_for(role, products)) or not (role.per_product or role.products)

    @cached_property
    def seats(self) -> tuple[Seat, ...]:
        """All places in teams, by family, in the order of the roles."""
        members: dict[str, list[int]] = {}
        for i, family in enumerate(self.family):
            members.setdefault(family, []).append(i)
        ids, found = self.accounts.index, []
        for family in sorted(members):
            for role in self.roles:
                there = [i for i in members[family] if self.needs(role, self.products[i])]
                if role.per_product:
                    for product in sorted({p for i in there for p in self.products_for(role, self.products[i])}):
                        held = tuple(str(ids[i]) for i in there if product in self.products[i])
                        found.append(Seat(family, role.name, product, held))
                elif there:
                    found.append(Seat(family, role.name, "", tuple(str(ids[i]) for i in there)))
        return tuple(found)

    @cached_property
    def fit(self) -> Fit:
        """How each person fits each place: hours, cost, and what stands against it."""
        from territory_geo.plan.teams.fit import measure_fit

        return measure_fit(self)

    @cached_property
    def capacity(self) -> pd.Series:
        """Hours a year of each person."""
        return self._limit("capacity_hours")

    @cached_property
    def most_accounts(self) -> pd.Series:
        """Most accounts of each person; infinite where nothing is said."""
        if "max_accounts" not in self.people.columns:
            return pd.Series(np.inf, index=self.people.index)
        return self._limit("max_accounts")

    def _limit(self, column: str) -> pd.Series:
        problems: list[str] = []
        values = amounts(self.people, column, problems, empty=np.inf if column == "max_accounts" else None)
        if problems:
            raise DataError(f"The people cannot be used: {'; '.join(problems)}.")
        return pd.Series(values, index=self.people.index)

    def role(self, name: str) -> TeamRole:
        """Return the role of this name."""
        return next(role for role in self.roles if role.name == name)

    def __repr__(self) -> str:
        return (
            f"<TeamProblem: {len(self.accounts):,} accounts in {self.family.nunique():,} families, "
            f"{len(self.seats):,} places in teams, {len(self.people):,} people>"
        )
