"""The answer of account teams: who has which place, what it costs, and who does what for each account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.ids import id_text
from territory_geo.plan.teams.problem import TeamProblem

if TYPE_CHECKING:
    from territory_geo.plan.verify import Verification

COLUMNS = ("account", "role", "product", "person")


@dataclass(frozen=True, eq=False)
class TeamPlan:
    """Who is on the team of each named account.

    Parameters
    ----------
    problem : TeamProblem
        The question.
    members : sequence of str
        The person in each of `problem.seats`, in their order; empty where nobody has the place.
    """

    problem: TeamProblem
    members: tuple[str, ...]

    def __post_init__(self) -> None:
        strange = sorted(set(self.members) - set(self.problem.people.index) - {""})
        if len(self.members) != len(self.problem.seats) or strange:
            raise DataError(
                f"A team plan needs a person for each of {len(self.problem.seats)} places. "
                f"Got {len(self.members)}, of whom not known: {', '.join(strange) or 'none'}."
            )

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row per account and place: `account`, `role`, `product`, `person` (empty: nobody)."""
        rows = [
            (account, seat.role, seat.product, person)
            for seat, person in zip(self.problem.seats, self.members, strict=True)
            for account in seat.accounts
        ]
        order = {role.name: i for i, role in enumerate(self.problem.roles)}
        rows.sort(key=lambda row: (row[0], order[row[1]], row[2]))
        return pd.DataFrame(rows, columns=list(COLUMNS))

    @cached_property
    def seats(self) -> pd.DataFrame:
        """A row per place: `family`, `role`, `product`, `accounts`, `person`, `hours`, `km`, cost in parts."""
        fit, place = self.problem.fit, {name: j for j, name in enumerate(self.problem.people.index)}
        rows = []
        for s, (seat, person) in enumerate(zip(self.problem.seats, self.members, strict=True)):
            j = place.get(person)
            figures = [0.0] * 5 if j is None else [part[s, j] for part in _parts(fit)]
            rows.append((seat.family, seat.role, seat.product, len(seat.accounts), person, *map(float, figures)))
        names = ["family", "role", "product", "accounts", "person", "hours", "km", "changes", "travel", "misfit"]
        return pd.DataFrame(rows, columns=names)

    @property
    def cost(self) -> float:
        """Cost a year: revenue at risk, travel, poor fit, and uneven loads where a role has a price for them."""
        return float(self.seats[["changes", "travel", "misfit"]].to_numpy().sum()) + self.uneven_cost

    @property
    def uneven_cost(self) -> float:
        """Cost a year of uneven loads: each role's price times the largest share of hours taken of its people."""
        share = self.largest_share
        return float(sum(role.even * share[role.name] for role in self.problem.roles if role.even))

    @cached_property
    def largest_share(self) -> pd.Series:
        """The share of hours taken of the fullest person of each role; index `role`."""
        use, held = self.people["use_share"].to_numpy(), self.problem.people["roles"]
        found = {
            role.name: float(use[[role.name.casefold() in roles for roles in held]].max(initial=0.0))
            for role in self.problem.roles
        }
        return pd.Series(found, dtype=float).rename_axis("role")

    @cached_property
    def people(self) -> pd.DataFrame:
        """A row per person: `role`, `accounts`, `hours`, `capacity_hours`, `use_share`, `km`, `revenue`."""
        held = self.table[self.table["person"] != ""].drop_duplicates(["account", "person"])
        revenue = held["account"].map(self.problem.revenue).groupby(held["person"]).sum()
        sums = self.seats.groupby("person")[["hours", "km"]].sum()
        index, capacity = self.problem.people.index, self.problem.capacity
        table = pd.DataFrame({"role": [str(role) for role in self.problem.people["role"]]}, index=index)
        table["accounts"] = held["person"].value_counts().reindex(index, fill_value=0)
        table["hours"] = sums["hours"].reindex(index, fill_value=0.0)
        table["capacity_hours"] = capacity
        table["use_share"] = np.divide(
            table["hours"], capacity, out=np.zeros(len(index)), where=capacity.to_numpy() > 0
        )
        table["km"] = sums["km"].reindex(index, fill_value=0.0)
        table["revenue"] = revenue.reindex(index, fill_value=0.0)
        return table.rename_axis("person")

    def duties(self, *, territories: Mapping[str, str] | pd.Series | None = None) -> pd.DataFrame:
        """Return who owns, who supports and who is informed, for each account.

        Parameters
        ----------
        territories : mapping of account to territory or rep, optional
            Who has the territory in which the account lies; they are informed, unless they are on the team already.

        Returns
        -------
        DataFrame
            A row per account and person: `account`, `account_name`, `duty` (owns, supports, informed), `role`,
            `products`, `person`, `person_name`. Each account has exactly one row that owns. A person who has
            several places at one account has one row, with all products. A place that nobody has is a row with the
            person empty.
        """
        duty = {role.name: role.duty for role in self.problem.roles}
        order = {"owns": 0, "supports": 1, "informed": 2}
        place = {role.name: i for i, role in enumerate(self.problem.roles)}
        rows: dict[tuple[str, str, str, str], list[str]] = {}
        for row in self.table.to_dict("records"):
            # Empty places stay apart, one row for each product that nobody looks after.
            key = (row["account"], row["role"], row["person"], "" if row["person"] else row["product"])
            rows.setdefault(key, []).append(row["product"])
        found = [
            (order[duty[role]], place[role], account, duty[role], role, ";".join(p for p in products if p), person)
            for (account, role, person, _), products in rows.items()
        ]
        if territories is not None:
            on_team = {(account, person) for account, _, person, _ in rows}
            for account in self.problem.accounts.index:
                owner = id_text(territories.get(account))
                if owner and (account, owner) not in on_team:
                    found.append((2, len(place), account, "informed", "territory", "", owner))
        found.sort(key=lambda row: (row[2], row[0], row[1], row[5], row[6]))
        names = _names(self.problem.accounts), _names(self.problem.people)
        return pd.DataFrame(
            [
                (account, names[0].get(account, ""), what, role, products, person, names[1].get(person, ""))
                for _, _, account, what, role, products, person in found
            ],
            columns=["account", "account_name", "duty", "role", "products", "person", "person_name"],
        )

    def verify(self) -> Verification:
        """Check the plan by code that shares nothing with the search."""
        from territory_geo.plan.teams.verify import verify_teams

        return verify_teams(self.problem, self.table)

    def __repr__(self) -> str:
        empty = self.members.count("")
        left = f", {empty:,} places empty" if empty else ""
        return f"<TeamPlan: {len(self.problem.accounts):,} accounts, cost {self.cost:,.0f} a year{left}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"accounts": f"{len(self.problem.accounts):,}", "cost a year": f"{self.cost:,.0f}"}
        return definition_table("Account teams", entries, self.people.reset_index())


def _parts(fit: object) -> list[np.ndarray]:
    return [getattr(fit, name) for name in ("hours", "km", "changes", "travel", "misfit")]


def _names(table: pd.DataFrame) -> dict[str, str]:
    """Return the name of each row, where the table has names."""
    if "name" not in table.columns:
        return {}
    return {str(index): id_text(name) for index, name in zip(table.index, table["name"], strict=True)}
