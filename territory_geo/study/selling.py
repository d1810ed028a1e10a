"""The parts of a study about how it is sold: segments, account teams, both in one plan, and which model fits.

`segments` says which accounts are named, `teams` who looks after them, `hybrid` that they leave the territories and
draw on the same hours, `advise` that the three models are compared.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from territory_geo.errors import DataError
from territory_geo.study.parts import Amount, Part, Share, Text

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.demand.segments import Segments
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.reps import Reps
    from territory_geo.plan.teams.problem import TeamProblem

Segment = Literal["named", "enterprise", "mid-market"]
Positive = Annotated[float, Field(gt=0)]
Growth = Annotated[float, Field(gt=-1)]


class TraitKeys(Part):
    """One line of the ideal-customer profile; see `Trait`."""

    weight: Positive
    low: float | None = None
    high: float | None = None
    among: list[Text] = []


class SegmentKeys(Part):
    """Which accounts are named, enterprise, mid-market; all others are small.

    Either `thresholds` (see `SegmentRules`), or `traits` and `cuts` (see `IdealProfile`), or `named_file`: a table with
    `account_id`, and perhaps `owner`, who has the account today.
    """

    thresholds: dict[Segment, dict[str, Amount]] = {}
    needs: Literal["any", "all"] = "any"
    traits: dict[str, TraitKeys] = {}
    cuts: dict[Segment, Annotated[float, Field(ge=0, le=100)]] = {}
    named_file: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> SegmentKeys:
        ways = [name for name in ("thresholds", "traits", "named_file") if getattr(self, name)]
        if len(ways) != 1 or bool(self.traits) != bool(self.cuts):
            raise ValueError(
                "needs exactly one of thresholds, traits (with cuts), named_file. "
                f"Got {' and '.join([*ways, *(['cuts'] if self.cuts else [])]) or 'none'}"
            )
        return self


class TeamKeys(Part):
    """The people for named accounts, and what a team is (`roles`: TOML as for the command ``teams``)."""

    people: Text
    roles: Text | None = None
    conflicts: Text | None = None
    together: bool = True
    gap: Annotated[float, Field(ge=0, lt=1)] = 0.0
    work: Positive = 5.0


class HybridKeys(Part):
    """Named accounts leave the territories, their teams draw on the same hours; see `solve_hybrid`.

    `hours` is the balanced measure that is hours a year. `reps_own` says which reps may own named accounts as well:
    none, those who have one today (the owners of `named_file`), or all. With `quick`, each search of territories ends
    with the first plan within all bounds.
    """

    hours: Text = "workload"
    reps_own: Literal["none", "today", "all"] = "none"
    per_visit_km: Amount = 0.4
    turns: Annotated[int, Field(ge=1)] = 8
    exchanges: Annotated[int, Field(ge=0)] = 8
    quick: bool = False


class AdviseKeys(Part):
    """Territory, account-based or hybrid; see `advise` and `AdviceTerms`.

    `segment` is the accounts' column where `segments` only name accounts; `contacts` and `opportunities` are files of
    the CRM.
    """

    value: Text
    segment: Text = "segment"
    contacts: Text | None = None
    opportunities: Text | None = None
    growth: dict[str, Growth] = {"*": 0.05}
    years: Annotated[int, Field(ge=1)] = 3
    cost_per_hour: Amount = 75.0
    margin: Share = 0.3
    depth: Share = 0.15
    reach: Positive = 3.0
    gap: Annotated[float, Field(ge=0, lt=1)] = 0.02


def sorted_accounts(
    keys: SegmentKeys, accounts: Accounts, base: Path
) -> tuple[Segments | None, list[str], dict[str, str]]:
    """Return segments (None with a file of named accounts), the ids of named accounts, and who has them today.

    Raises
    ------
    DataError
        If nothing is named, or the file of named accounts cannot be used.
    """
    from territory_geo.demand.profile import IdealProfile, SegmentRules, Trait
    from territory_geo.demand.segments import segment_accounts
    from territory_geo.geodata.readers.tables import read_delimited

    if keys.named_file is not None:
        path = base / keys.named_file
        if not path.is_file():
            raise DataError(f"{path} does not exist or is no file. Check the spelling, or give the full path.")
        table = read_delimited(path).astype(str)
        if "account_id" not in table.columns:
            raise DataError(f"{path} has no column 'account_id'. Columns: {', '.join(map(str, table.columns))}.")
        ids = table["account_id"].tolist()
        return None, ids, dict(zip(ids, table["owner"], strict=True)) if "owner" in table.columns else {}
    if keys.thresholds:
        profile: Any = SegmentRules({str(name): least for name, least in keys.thresholds.items()}, needs=keys.needs)
    else:
        traits = {n: Trait(t.weight, t.low, t.high, tuple(t.among)) for n, t in keys.traits.items()}
        profile = IdealProfile(traits, {str(name): cut for name, cut in keys.cuts.items()})
    segments = segment_accounts(accounts, profile)
    return segments, segments.accounts("named"), {}


def team_problem(
    keys: TeamKeys, named: pd.DataFrame, owners: dict[str, str], base: Path, reps: Reps | None = None
) -> tuple[TeamProblem, list[str]]:
    """Return the question of teams, and what is to be said about it.

    Parameters
    ----------
    keys : TeamKeys
    named : DataFrame
        The named accounts.
    owners : dict
        Who has each of them today; those who are not among the people are counted.
    base : path
        Where files are.
    reps : Reps, optional
        Reps who may own named accounts as well, besides the people.
    """
    from territory_geo.geodata.reps import Reps, read_reps
    from territory_geo.plan.teams.problem import TeamProblem
    from territory_geo.study.roles import roles_of

    planar = reps is not None and reps.frame.crs is None
    staff = read_reps(base / keys.people, crs=None if planar else "EPSG:4326")
    roles, prices, absent = roles_of(None if keys.roles is None else base / keys.roles, staff)
    notes = [f"nobody is {name}: the teams have none" for name in absent]
    owner = next(role for role in roles if role.duty == "owns")
    if reps is not None:
        staff = Reps(joined_people(staff.frame, reps.frame, owner.name))
    if owners:
        known = {a: person for a, person in owners.items() if person in staff.frame.index}
        if lost := len(owners) - len(known):
            notes.append(f"{lost:,} named accounts have an owner today who is not among the people")
        roles = [replace(role, current="owner_today") if role is owner else role for role in roles]
        named = named.assign(owner_today=[known.get(str(a), "") for a in named["account_id"]])
    asked = TeamProblem(
        named, staff, roles, prices=prices, conflicts=keys.conflicts or (), together=keys.together
    )  # fmt: skip
    return asked, notes


def owning_reps(keys: HybridKeys, reps: Reps | None, owners: dict[str, str]) -> Reps | None:
    """Return the reps who may own named accounts; None where nobody may."""
    from territory_geo.geodata.reps import Reps

    if reps is None or keys.reps_own == "none":
        return None
    if keys.reps_own == "all":
        return reps
    today = reps.frame[reps.frame.index.isin(set(owners.values()))]
    return Reps(today) if len(today) else None


def joined_people(people: Any, reps: Any, role: str) -> Any:
    """Return people and reps in one table; reps get a further role, and who is in both is one person.

    Raises
    ------
    DataError
        If somebody in both has two capacities.
    """
    import pandas as pd

    both = people.index.intersection(reps.index)
    wrong = [n for n in both if float(people.at[n, "capacity_hours"]) != float(reps.at[n, "capacity_hours"])]
    if wrong:
        raise DataError(f"A person has one amount of hours: capacity_hours of {', '.join(wrong[:10])} differ.")
    had = reps["role"].astype(str) if "role" in reps.columns else pd.Series("rep", index=reps.index)
    found = pd.concat([people.drop(index=both), reps.assign(role=had + f";{role}")])
    # Limits on industries and products are those of the people who have them; a rep is not limited by an empty field.
    for column in ("industries", "languages"):
        if column in found.columns:
            every = sorted({e for text in people[column].astype(str) for e in text.split(";") if e})
            found[column] = found[column].where(found[column].notna(), ";".join(every))
    return found
