"""What a study file may say of its scenarios: what each changes, how they are compared, what is asserted of them.

A scenario inherits the study's own content, or that of another scenario, and changes some of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model, model_validator

from territory_geo.errors import DataError
from territory_geo.study.asked import Design, NewRep, Said, SearchOptions
from territory_geo.study.parts import Amount, Part, Range, Share, Text
from territory_geo.study.rules import Budget, Rules


def _changes_of(model: type[BaseModel], name: str) -> Any:
    """Return a model with the same keys, none of them needed: what is given replaces what was inherited."""
    fields: dict[str, Any] = {}
    for key, field in model.model_fields.items():
        kind: Any = field.annotation
        fields[key] = (Annotated[(kind, *field.metadata)] | None if field.metadata else kind | None, None)
    doc = f"Keys of [{name}] that a scenario changes; the others stay as they are."
    return create_model(f"{model.__name__}Change", __base__=Part, __doc__=doc, **fields)


DesignChange: Any = _changes_of(Design, "design")
RulesChange: Any = _changes_of(Rules, "rules")
SearchChange: Any = _changes_of(SearchOptions, "search")


class Scenario(Part):
    """The study with something changed.

    `like` is another scenario that it inherits from; left out, the study's own content. `balance` changes the tolerance
    of the measures that it names; `territories` and `weight` (the measure that counts trips) replace the study's,
    `disruption` replaces its budgets; `lock`, `forbid`, `add_rep` and `remove_rep` are added. Anything else of
    `design`, `rules` and `search` is replaced key by key. A scenario with a name alone is the study as it is.
    """

    name: Text
    like: Text | None = None
    territories: Annotated[int, Field(ge=1)] | None = None
    balance: dict[str, Share | Range] = {}
    weight: Text | None = None
    disruption: list[Budget] = []
    lock: list[Said] = []
    forbid: list[Said] = []
    add_rep: list[NewRep] = []
    remove_rep: list[Text] = []
    design: DesignChange = None
    rules: RulesChange = None
    search: SearchChange = None


class ComparisonKeys(Part):
    """How scenarios are compared (see `compare`): with today's alignment where `design.current` says it."""

    loss_rate: Share | None = None
    km_cost: Amount | None = None
    hour_cost: Amount | None = None
    tier: Text | None = None
    containers: list[Text] = []
    capacity_hours: Annotated[float, Field(gt=0)] | None = None


class Assertion(Part):
    """What must hold: a figure of the comparison is at most, or at least, a value, in the scenarios named (or in all).

    Figures are the columns of plans.csv, and of each balanced measure NAME also NAME_gini (0: all territories alike)
    and NAME_spread (the largest territory as a multiple of the smallest).
    """

    figure: Text
    most: float | None = None
    least: float | None = None
    scenarios: list[Text] = []

    @model_validator(mode="after")
    def _something(self) -> Assertion:
        if self.most is None and self.least is None:
            raise ValueError("needs most or least, such as most = 0.1")
        return self


def inherited(own: Mapping[str, Any], scenarios: Sequence[Scenario], number: int) -> dict[str, Any]:
    """Return the content of a scenario: the study's own, changed by those that it is like, then by itself.

    Parameters
    ----------
    own : mapping
        The study's own content.
    scenarios : sequence of Scenario
        All of them.
    number : int
        Which one.

    Raises
    ------
    DataError
        If it is like none of them, or like itself by way of others.
    """
    names = [one.name for one in scenarios]
    chain = [number]
    while (like := scenarios[chain[-1]].like) is not None:
        if like not in names:
            raise DataError(f"is like {like!r}, which is no scenario. Scenarios are {', '.join(names)}.")
        chain.append(names.index(like))
        if chain[-1] in chain[:-1]:
            raise DataError(f"is like itself: {' → '.join(names[i] for i in chain)}.")
    content = dict(own)
    for i in reversed(chain):
        content = _changed(content, scenarios[i])
    return content


def _changed(content: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """Return content with a scenario's changes."""
    said = scenario.model_dump(exclude_unset=True)
    found = {key: dict(value) if isinstance(value, dict) else value for key, value in content.items()}
    for part in ("design", "rules", "search"):
        found[part] = {**found.get(part, {}), **(said.get(part) or {})}
    design = found["design"]
    design["balance"] = {**design.get("balance", {}), **said.get("balance", {})}
    for key in ("add_rep", "remove_rep"):
        design[key] = [*design.get(key, []), *said.get(key, [])]
    if design.get("reps") is None and design.get("territories") is not None:
        design["territories"] += len(scenario.add_rep) - len(scenario.remove_rep)
    design |= {key: said[key] for key in ("territories", "weight") if key in said}
    if "disruption" in said:
        found["rules"]["disruption"] = said["disruption"]
    for key in ("lock", "forbid"):
        found[key] = [*found.get(key, []), *said.get(key, [])]
    return found
