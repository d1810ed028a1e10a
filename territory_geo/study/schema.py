"""What a study file may say, checked with pydantic.

Paths of data start from the study file's folder, the output folder from where the command is run.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, model_validator

from territory_geo.errors import DataError
from territory_geo.study.asked import Data, Design, NewRep, Said, SearchOptions
from territory_geo.study.extend import ExtendKeys
from territory_geo.study.figures import KpiKeys
from territory_geo.study.lines import Place, line_of, lines_of
from territory_geo.study.overlays import OverlayKeys
from territory_geo.study.parts import Part, Range, Text
from territory_geo.study.rules import Budget, Counts, Group, Rules, Whole
from territory_geo.study.scenario_keys import (
    Assertion,
    ComparisonKeys,
    DesignChange,
    RulesChange,
    Scenario,
    SearchChange,
    inherited,
)
from territory_geo.study.selling import AdviseKeys, HybridKeys, SegmentKeys, TeamKeys, TraitKeys
from territory_geo.study.wording import said
from territory_geo.study.work_keys import GrowthKeys, QuotaKeys, RouteKeys, SizeKeys, WorkKeys


class Outputs(Part):
    """What is written where; without a directory, the command must name one.

    `save_plan` keeps the plan itself in saved/, `report` writes report.html and report.xlsx.
    """

    directory: Text | None = None
    title: str | None = None
    save_graph: bool = False
    save_plan: bool = False
    report: bool = False


class Study(Part):
    """Everything that a design run needs to know.

    With `workload` there is a measure of that name, hours a year with driving; `size`, `growth`, `extend`, `quotas`,
    `routes` and `kpis` are further work on the accounts and on the plan, written beside it. `segments`, `teams`,
    `hybrid` and `advise` are how it is sold. With `scenario` the study is run once for each of them, changed as it
    says, and the plans are compared as `comparison` says; `assertion` is what must hold of them.
    """

    name: str = "territories"
    data: Data
    design: Design
    lock: list[Said] = []
    forbid: list[Said] = []
    together: list[Group] = []
    apart: list[Group] = []
    rules: Rules = Rules()
    search: SearchOptions = SearchOptions()
    outputs: Outputs = Outputs()
    workload: WorkKeys | None = None
    size: SizeKeys | None = None
    routes: RouteKeys | None = None
    growth: GrowthKeys | None = None
    extend: ExtendKeys | None = None
    overlay: list[OverlayKeys] = []
    quotas: QuotaKeys | None = None
    kpis: KpiKeys | None = None
    segments: SegmentKeys | None = None
    teams: TeamKeys | None = None
    hybrid: HybridKeys | None = None
    advise: AdviseKeys | None = None
    scenario: list[Scenario] = []
    comparison: ComparisonKeys = ComparisonKeys()
    assertion: list[Assertion] = []

    @model_validator(mode="after")
    def _sold(self) -> Study:
        needs = {"teams": ("segments",), "hybrid": ("segments", "teams"), "advise": ("segments", "teams")}
        for name, others in needs.items():
            lacking = [other for other in others if getattr(self, other) is None]
            if getattr(self, name) is not None and lacking:
                raise ValueError(f"has {name} without {' and '.join(lacking)}, which say who is named and for whom")
        if (self.hybrid is not None or self.advise is not None) and self.design.reps is None:
            raise ValueError("has hybrid or advise without design.reps, a file with the reps' homes and hours")
        if self.segments is not None and self.data.areas is not None and not (self.data.accounts or self.data.source):
            raise ValueError("has segments, and data.areas without accounts. Only accounts have segments")
        return self

    @model_validator(mode="after")
    def _known_scenarios(self) -> Study:
        names = [one.name for one in self.scenario]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"has two scenarios called {twice[0]!r}. Give each a name of its own")
        if self.assertion and not names:
            raise ValueError("has assertions but no scenarios. Add [[scenario]] with a name: it may change nothing")
        for one in self.assertion:
            unknown = [name for name in one.scenarios if name not in names]
            if unknown:
                raise ValueError(f"asserts something of {unknown[0]!r}. Scenarios are {', '.join(names)}")
        return self

    @model_validator(mode="after")
    def _known_people(self) -> Study:
        if self.rules.disruption and self.design.current is None:
            raise ValueError("has <rules.disruption> without <design.current>, the column that says who has what today")
        if self.rules.home_inside and self.design.reps is None:
            raise ValueError("has <rules.home_inside> without <design.reps>, a file with the reps' homes")
        names = [one.name for one in self.overlay]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"has several overlays called {twice!r}; each needs a name of its own")
        return self


def read_study(path: str | os.PathLike[str]) -> Study:
    """Read and check a study file.

    Raises
    ------
    DataError
        Naming the file, the line, each wrong key, what is allowed and what came.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except FileNotFoundError as error:
        raise DataError(f"{file} does not exist. Check the spelling, or give the full path.") from error
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}. Name a study file (TOML).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is not valid TOML: {error}.") from error
    return checked_study(content, str(file), lines=lines_of(text))


def checked_study(
    content: Mapping[str, Any],
    label: str,
    names: Mapping[str, str] | None = None,
    lines: Mapping[Place, int] | None = None,
) -> Study:
    """Return a study from its content.

    Parameters
    ----------
    content : mapping
        As in a study file.
    label : str
        Where it comes from, for messages.
    names : mapping, optional
        What the user calls a key, such as ``{"design.territories": "--territories"}``.
    lines : mapping, optional
        On which line each key stands (see `lines_of`).

    Raises
    ------
    DataError
        Listing every problem: the key, what is allowed, what came.
    """
    try:
        study = Study.model_validate(content)
    except ValidationError as error:
        raise _refused(label, said(error, content, names or {}, PARTS, lines or {})) from error
    wrong: list[str] = []
    for number in range(len(study.scenario)):
        wrong += _wrong_scenario(study, number, lines or {})
    if wrong:
        raise _refused(label, wrong)
    return study


def scenario_study(study: Study, number: int) -> Study:
    """Return the study that a scenario is: the study's own, changed as it and those that it is like say.

    Raises
    ------
    ValidationError
        If the changes do not go together; `checked_study` has seen that they do.
    """
    return Study.model_validate(_content_of(study, number))


def _content_of(study: Study, number: int) -> dict[str, Any]:
    """Return the content of the study that a scenario is."""
    own = study.model_dump(exclude_unset=True, exclude={"scenario", "comparison", "assertion"})
    content = inherited(own, study.scenario, number)
    content["outputs"] = {
        **content.get("outputs", {}), "save_plan": True, "title": f"{study.name}: {study.scenario[number].name}",
    }  # fmt: skip
    return content


def _wrong_scenario(study: Study, number: int, lines: Mapping[Place, int]) -> list[str]:
    """Return what is wrong with a scenario once its changes are made."""
    at = line_of(lines, ("scenario", number))
    where = ("" if at is None else f"line {at}, ") + f"scenario[{number + 1}] ({study.scenario[number].name})"
    try:
        content = _content_of(study, number)
        Study.model_validate(content)
    except DataError as error:
        return [f"{where}: {error}"]
    except ValidationError as error:
        return [f"{where}: {text}" for text in said(error, content, {}, PARTS, {})]
    return []


def _refused(label: str, wrong: list[str]) -> DataError:
    return DataError(f"{label} cannot be used:\n" + "\n".join(f"  {text}" for text in wrong))


PARTS: dict[str, type[BaseModel]] = {
    "": Study, "data": Data, "design": Design, "design.balance": Range, "lock": Said, "forbid": Said,
    "search": SearchOptions, "outputs": Outputs, "together": Group, "apart": Group, "rules": Rules,
    "rules.accounts": Counts, "rules.keep_whole": Whole, "rules.disruption": Budget,
    "workload": WorkKeys, "size": SizeKeys, "routes": RouteKeys, "growth": GrowthKeys, "quotas": QuotaKeys,
    "extend": ExtendKeys, "overlay": OverlayKeys, "overlay.balance": Range,
    "kpis": KpiKeys, "segments": SegmentKeys, "segments.traits": TraitKeys, "teams": TeamKeys, "hybrid": HybridKeys,
    "advise": AdviseKeys, "design.add_rep": NewRep, "scenario": Scenario, "scenario.lock": Said,
    "scenario.forbid": Said, "scenario.add_rep": NewRep, "scenario.design": DesignChange,
    "scenario.rules": RulesChange, "scenario.search": SearchChange, "scenario.balance": Range,
    "scenario.design.balance": Range, "scenario.disruption": Budget, "comparison": ComparisonKeys,
    "assertion": Assertion,
}  # fmt: skip
"""What has keys of its own, by where it stands."""
