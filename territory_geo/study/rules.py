"""The rules of a study: what it may say beside balance and locks, and the constraints that this makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from territory_geo.study.parts import Amount, Part, Share, Text

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.plan.constraints import Constraint

Count = Annotated[int, Field(ge=0)]


class Group(Part):
    """Accounts or areas that stay together, or apart."""

    units: Annotated[list[Text], Field(min_length=2)]


class Counts(Part):
    """The least and the most accounts of a territory."""

    lower: Count
    upper: Count

    @model_validator(mode="after")
    def _ordered(self) -> Counts:
        if self.lower > self.upper:
            raise ValueError(f"needs lower <= upper. Got lower {self.lower}, upper {self.upper}")
        return self


class Whole(Part):
    """A container and what each further territory of it costs (km of mean travel), or how many there may be."""

    column: Text
    cost: Amount = 0.0
    limit: Count | None = None

    @model_validator(mode="after")
    def _something(self) -> Whole:
        if self.cost == 0 and self.limit is None:
            raise ValueError("needs a cost above 0 or a limit (0: never divided)")
        return self


class Budget(Part):
    """How much may change rep: shares by measure, of the plan, of each rep of today, or of each value of a column."""

    share: dict[str, Share] = {}
    price: dict[str, Amount] = {}
    per: Text = "plan"

    @model_validator(mode="after")
    def _something(self) -> Budget:
        if not self.share and not self.price:
            raise ValueError("needs share or price, such as share = { revenue = 0.05 }")
        if self.price and self.per != "plan":
            raise ValueError(f"has a price per {self.per!r}; prices are for the plan as a whole")
        return self


class Rules(Part):
    """What else is insisted on, or has a price.

    `together` are columns whose values keep accounts together, `apart_file` is a table of accounts to keep apart.
    Costs are in km of mean travel (see `KeepWhole`, `BorderLength`, `OverlapCost`).
    """

    together: list[Text] = []
    apart_file: Text | None = None
    max_radius_km: Annotated[float, Field(gt=0)] | None = None
    accounts: Counts | None = None
    home_inside: bool = False
    keep_whole: list[Whole] = []
    border_cost: Amount | None = None
    border_by: Literal["km", "edges"] = "km"
    overlap_cost: Amount | None = None
    overlap_by: Literal["nearer", "hulls"] = "nearer"
    disruption: list[Budget] = []

    @model_validator(mode="after")
    def _priced(self) -> Rules:
        for name, cost in (("border", self.border_cost), ("overlap", self.overlap_cost)):
            if f"{name}_by" in self.model_fields_set and cost is None:
                raise ValueError(f"has {name}_by without {name}_cost. Give a cost")
        return self


def rules_of(
    rules: Rules, together: list[Group], apart: list[Group], units: BasicUnits, base: Path
) -> list[Constraint]:
    """Return the constraints that a study's rules and groups make; files are found from `base`."""
    from territory_geo.plan.constraints import (
        AccountRange,
        Apart,
        BorderLength,
        DisruptionBudget,
        HomeInside,
        KeepWhole,
        MaxRadius,
        OverlapCost,
        Together,
    )
    from territory_geo.plan.grouping import read_apart, together_by

    found: list[Constraint] = [Together(group.units, name=f"together[{i}]") for i, group in enumerate(together, 1)]
    for column in rules.together:
        found += together_by(units, column)
    found += [Apart(group.units, name=f"apart[{i}]") for i, group in enumerate(apart, 1)]
    if rules.apart_file is not None:
        found += read_apart(base / rules.apart_file)
    if rules.max_radius_km is not None:
        found.append(MaxRadius(rules.max_radius_km))
    if rules.accounts is not None:
        found.append(AccountRange(rules.accounts.lower, rules.accounts.upper))
    if rules.home_inside:
        found.append(HomeInside())
    found += [KeepWhole(whole.column, whole.cost, whole.limit) for whole in rules.keep_whole]
    if rules.border_cost is not None:
        found.append(BorderLength(rules.border_cost, rules.border_by))
    if rules.overlap_cost is not None:
        found.append(OverlapCost(rules.overlap_cost, rules.overlap_by))
    found += [DisruptionBudget(budget.share, price=budget.price or None, per=budget.per) for budget in rules.disruption]
    return found
