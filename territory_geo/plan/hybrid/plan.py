"""The answer of hybrid selling: territories and teams as one plan; who covers each account, and everybody's hours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from shapely import STRtree

from territory_geo.errors import OptionError
from territory_geo.geodata.ids import id_text
from territory_geo.plan import metrics
from territory_geo.plan.hybrid.problem import HybridProblem
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.teams.plan import TeamPlan
from territory_geo.plan.teams.tables import REVENUE, first_of, places

if TYPE_CHECKING:
    from territory_geo.plan.verify import Verification

TERRITORY, TEAM = "territory", "team"
"""What covers an account."""


@dataclass(frozen=True, eq=False)
class HybridPlan:
    """Territories and account teams over one pool of hours.

    Parameters
    ----------
    problem : HybridProblem
        What was asked.
    territories : TerritoryPlan
        Who has which part of the geography.
    teams : TeamPlan
        Who is on the team of each named account.
    """

    problem: HybridProblem
    territories: TerritoryPlan
    teams: TeamPlan

    def __post_init__(self) -> None:
        if self.teams.problem is not self.problem.teams:
            raise OptionError("The teams answer another question than the hybrid problem's.")
        if list(self.territories.problem.units.ids) != list(self.problem.territories.units.ids):
            raise OptionError("The territories are of other units than the hybrid problem's.")

    @cached_property
    def people(self) -> pd.DataFrame:
        """A row per person: `name`, `role`, `territory_accounts`, `named_accounts`, `territory_hours`, `team_hours`,
        `hours` (both), `capacity_hours`, `use_share`, `revenue` of both.
        """
        teams, plan = self.teams.people, self.territories
        assert self.problem.territories.reps is not None
        frame = self.problem.territories.reps.frame
        index = pd.Index(sorted(set(map(str, frame.index)) | set(map(str, teams.index))), name="person")
        table = pd.DataFrame(index=index)
        for column in ("name", "role"):
            known: dict[str, list[str]] = {}
            for source in (frame, self.problem.teams.people):
                if column in source.columns:
                    for person, value in zip(source.index, source[column], strict=True):
                        known.setdefault(str(person), []).extend(part.strip() for part in id_text(value).split(";"))
            # Who is in both tables has the roles of both; a name is a name, and counts once.
            table[column] = [";".join(dict.fromkeys(filter(None, known.get(name, [])))) for name in index]
        held = plan.accounts
        count = held["territory"].value_counts()
        table["territory_accounts"] = count.reindex(index, fill_value=0)
        table["named_accounts"] = teams["accounts"].reindex(index, fill_value=0)
        table["territory_hours"] = self.territory_hours.reindex(index, fill_value=0.0)
        table["team_hours"] = teams["hours"].reindex(index, fill_value=0.0)
        table["hours"] = table["territory_hours"] + table["team_hours"]
        capacity = self.problem.capacity.reindex(index)
        table["capacity_hours"] = capacity.fillna(self.problem.teams.capacity.reindex(index))
        table["use_share"] = table["hours"] / table["capacity_hours"].where(table["capacity_hours"] > 0)
        revenue = teams["revenue"].reindex(index, fill_value=0.0)
        money = first_of(REVENUE, held)
        if money is not None:
            worth = pd.to_numeric(held[money], errors="coerce").fillna(0.0)
            revenue = revenue + worth.groupby(held["territory"]).sum().reindex(index, fill_value=0.0)
        table["revenue"] = revenue
        return table

    @cached_property
    def territory_hours(self) -> pd.Series:
        """Hours a year of each territory."""
        plan = self.territories
        values = plan.problem.units.frame[self.problem.hours].to_numpy(dtype=float)
        sums = np.bincount(plan.codes, values, minlength=len(plan.territory_ids))
        return pd.Series(sums, index=pd.Index(plan.territory_ids, name="person"))

    @cached_property
    def lies_in(self) -> dict[str, str]:
        """The territory in which each named account lies: that of the nearest unit; empty without places."""
        table = self.problem.teams.accounts
        xy = places(table)
        if xy is None:
            return {}
        units = self.territories.problem.units
        shapes = units.shapes
        points = shapely.points(units.plane.to_plane(xy))
        found = STRtree(shapes).query_nearest(points, all_matches=True)
        nearest = pd.Series(found[1]).groupby(found[0]).min()
        owners = self.territories.labels.to_numpy()[nearest.to_numpy()]
        return {str(account): str(owner) for account, owner in zip(table.index, owners, strict=True)}

    @property
    def travel_cost(self) -> float:
        """Currency a year for the ways to the accounts of the territories."""
        plan = self.territories
        km = metrics.travel_km(plan.problem, plan.codes, plan.centers)
        return float(self.problem.per_visit_km * (km * plan.problem.weight).sum())

    @property
    def cost(self) -> float:
        """Currency a year: travel in the territories, and the teams' revenue at risk, travel and poor fit."""
        return self.travel_cost + self.teams.cost

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """A row per account: `account`, `account_name`, `covered_by` (team or territory), `owner`, `owner_name`,
        `lies_in` (territory), `supports`, `informed` (people, parted by semicolons). Each account is there once.
        """
        duties = self.duties()
        people = self.people["name"].to_dict()
        territory = dict(
            zip(map(id_text, self.territories.accounts["id"]), self.territories.accounts["territory"], strict=True)
        )
        territory |= self.lies_in
        named = set(self.problem.teams.accounts.index)
        # Who has which duty, in the order of the duties, each once; a dict keeps both.
        called: dict[str, str] = {}
        does: dict[str, dict[str, dict[str, None]]] = {}
        columns = (duties[name].tolist() for name in ("account", "account_name", "duty", "person"))
        for account, name, duty, person in zip(*columns, strict=True):
            called.setdefault(account, name)
            does.setdefault(account, {}).setdefault(duty, {})[person] = None
        rows = []
        for account, who in does.items():
            owner = next(iter(who["owns"]))
            rows.append(
                (
                    account, called[account], TEAM if account in named else TERRITORY, owner, people.get(owner, ""),
                    territory.get(str(account), ""), ";".join(who.get("supports", ())),
                    ";".join(who.get("informed", ())),
                )
            )  # fmt: skip
        names = ["account", "account_name", "covered_by", "owner", "owner_name", "lies_in", "supports", "informed"]
        return pd.DataFrame(rows, columns=names)

    def duties(self) -> pd.DataFrame:
        """Return who owns, who supports and who is informed, for every account; columns as `TeamPlan.duties`.

        The rep of the territory in which a named account lies is informed, unless they are on its team.
        """
        named = self.teams.duties(territories=self.lies_in)
        held, people = self.territories.accounts, self.people["name"]
        rest = pd.DataFrame(
            {
                "account": [id_text(value) for value in held["id"]],
                "account_name": [id_text(value) for value in held["name"]] if "name" in held.columns else "",
                "duty": "owns", "role": "territory", "products": "", "person": held["territory"].to_numpy(),
            }
        )  # fmt: skip
        rest["person_name"] = rest["person"].map(people).fillna("")
        # Who is informed by where they live has a name on the other side only.
        empty = named["person_name"] == ""
        named.loc[empty, "person_name"] = named.loc[empty, "person"].map(people).fillna("")
        found = pd.concat([named, rest], ignore_index=True)
        return found.sort_values("account", kind="stable", ignore_index=True)

    def verify(self) -> Verification:
        """Check the plan by code that shares nothing with the search: hours over both, skills, one owner for each."""
        from territory_geo.plan.hybrid.verify import verify_hybrid

        return verify_hybrid(self.problem, self.territories, self.teams.table, self.coverage)

    def __repr__(self) -> str:
        return (
            f"<HybridPlan: {len(self.territories.accounts):,} accounts in {len(self.territories.territory_ids)} "
            f"territories, {len(self.problem.teams.accounts):,} with teams, cost {self.cost:,.0f} a year>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {
            "accounts in territories": f"{len(self.territories.accounts):,}",
            "named accounts": f"{len(self.problem.teams.accounts):,}",
            "cost a year": f"{self.cost:,.0f}",
            "of which travel in territories": f"{self.travel_cost:,.0f}",
        }
        return definition_table("Hybrid plan", entries, self.people.reset_index())
