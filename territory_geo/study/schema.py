"""What a study file may say, checked with pydantic.

Paths of data start from the study file's folder, the output folder from where the command is run.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from territory_geo.errors import DataError
from territory_geo.study.figures import KpiKeys
from territory_geo.study.parts import Amount, Part, Range, Share, Text
from territory_geo.study.rules import Budget, Counts, Group, Rules, Whole
from territory_geo.study.selling import AdviseKeys, HybridKeys, SegmentKeys, TeamKeys, TraitKeys
from territory_geo.study.wording import said
from territory_geo.study.work_keys import GrowthKeys, QuotaKeys, RouteKeys, SizeKeys, WorkKeys


class Data(Part):
    """Where the data is and what its columns mean.

    Exactly one of `source`, `accounts`, `areas`; or accounts (or a source of points) and the `areas` that they are
    joined to. `hexagons` joins them to the H3 grid instead. `measures` are formulas by name. `postcode`, `town`,
    `state`, `postal_file` and `country` place rows without coordinates; `land` is a file with the land mask;
    `encoding`, `delimiter` and `decimal` say how a text file is written, where the guess is not right; `fix`, `keep`,
    `reject` and `strict` say what becomes of dirty rows of accounts; all as in `read_accounts`.
    """

    source: Text | None = None
    accounts: Text | None = None
    areas: Text | None = None
    layer: str | None = None
    id: str | None = None
    lon: str | None = None
    lat: str | None = None
    planar: bool = False
    crs: str | None = None
    encoding: Text | None = None
    delimiter: Text | None = None
    decimal: Text | None = None
    postcode: Text | None = None
    town: Text | None = None
    state: Text | None = None
    postal_file: Text | None = None
    country: Text | None = None
    land: Text | None = None
    fix: list[Text] = []
    keep: list[Text] = []
    reject: list[Text] = []
    strict: bool = False
    areas_layer: Text | None = None
    areas_id: Text | None = None
    nearest_km: Amount | None = None
    hexagons: Any = None
    own_units: list[Text] = []
    measures: dict[str, Text] = {}

    @field_validator("hexagons")
    @classmethod
    def _resolution(cls, value: Any) -> Any:
        if value in (None, "auto") or (type(value) is int and 0 <= value <= 15):
            return value
        raise ValueError(f"must be 'auto' or a whole number from 0 to 15. Got {value!r}")

    @model_validator(mode="after")
    def _one_source(self) -> Data:
        given = [name for name in ("source", "accounts", "areas") if getattr(self, name) is not None]
        points = [name for name in given if name != "areas"]
        if not given or len(points) > 1:
            raise ValueError(
                f"needs exactly one of source, accounts, areas. Got {' and '.join(given) or 'none'}. "
                "Only areas may stand beside one of the others: accounts are then joined to them"
            )
        if self.hexagons is not None and "areas" in given:
            raise ValueError("takes <data.areas> or <data.hexagons>, not both")
        joined = points and "areas" in given
        unfit = [name for name in ("areas_layer", "areas_id", "nearest_km") if getattr(self, name) is not None]
        if unfit and not joined:
            said = ", ".join(f"<data.{name}>" for name in unfit)
            raise ValueError(f"{said} can only be used where accounts are joined to areas, with <data.areas>")
        if self.own_units and not joined and self.hexagons is None:
            raise ValueError("own_units can only be used where accounts are joined to areas or hexagons")
        if self.planar and self.crs is not None:
            raise ValueError(f"needs <data.planar> or <data.crs>, not both. Got {self.crs!r}")
        return self


class Design(Part):
    """How many territories, what is balanced, what is minimised; `lock_file` is a table of edits.

    `distances` is an origin–destination file (where it is `symmetric`, each row stands for both directions), `roads` an
    OpenStreetMap extract: with one of them driving `hours` can be minimised. Roads are followed between up to
    `most_on_roads` places, from the nearest road within `snap_km` of each; ways found are kept in the folder
    `roads_cache`. With `reps` (a file, of
    which only those with the `role` count where one is named) each rep gets a territory; then `territories` can be
    left out, and trips can start at their homes. `current` is the accounts' column that says who has them today.
    """

    territories: Annotated[int, Field(ge=1)] | None = None
    reps: Text | None = None
    role: Text | None = None
    current: Text | None = None
    center: Literal["unit", "centroid", "home"] = "unit"
    balance: Annotated[dict[str, Share | Range], Field(min_length=1)]
    weight: str | None = None
    power: Literal[1, 2] = 1
    detour: Annotated[float, Field(ge=1)] = 1.0
    distances: Text | None = None
    symmetric: bool = False
    roads: Text | None = None
    roads_cache: Text | None = None
    snap_km: Annotated[float, Field(gt=0)] | None = None
    most_on_roads: Annotated[int, Field(ge=3)] = 2_000
    minimise: Literal["km", "hours"] = "km"
    contiguous: bool = True
    islands: Literal["bridge", "attach", "allow", "fail"] = "bridge"
    rule: Literal["rook", "queen"] = "rook"
    min_border_km: Amount = 0.0
    bridges: Text | None = None
    barriers: Text | None = None
    lock_file: Text | None = None

    @model_validator(mode="after")
    def _one_distance(self) -> Design:
        named = [name for name in ("distances", "roads") if getattr(self, name) is not None]
        if len(named) > 1:
            raise ValueError("<design.distances> and <design.roads> cannot be given together. Leave one out")
        if named and self.detour != 1.0:
            what = (
                "a file of distances has its detours in it" if named == ["distances"] else "roads have theirs in them"
            )
            raise ValueError(f"<design.{named[0]}> and <design.detour> cannot be given together: {what}. Leave one out")
        if self.minimise == "hours" and not named:
            raise ValueError(
                "<design.minimise> hours needs <design.roads> or <design.distances>. Name an OpenStreetMap extract, or "
                "an origin–destination file with hours"
            )
        if self.symmetric and self.distances is None:
            raise ValueError("<design.symmetric> speaks of a file. Name it with <design.distances>")
        unfit = [f"<design.{name}>" for name in ("roads_cache", "snap_km") if getattr(self, name) is not None]
        if unfit and self.roads is None:
            verb = "need" if len(unfit) > 1 else "needs"
            raise ValueError(f"{' and '.join(unfit)} {verb} <design.roads>. Name an OpenStreetMap extract")
        if self.roads is not None and self.center == "centroid":
            raise ValueError("<design.center> centroid lies on no road. Use unit or home, or leave out <design.roads>")
        return self

    @model_validator(mode="after")
    def _someone(self) -> Design:
        if self.territories is None and self.reps is None:
            raise ValueError("<design.territories> (how many) is needed, or <design.reps> (a file: one territory each)")
        used = {"<design.role>": self.role is not None, "<design.center> home": self.center == "home"}
        unfit = [name for name, is_used in used.items() if is_used]
        if unfit and self.reps is None:
            verb = "need" if len(unfit) > 1 else "needs"
            raise ValueError(f"{' and '.join(unfit)} {verb} <design.reps>. Name a file with the reps")
        return self


class Said(Part):
    """A lock or a ban: these accounts or areas, that territory."""

    units: Annotated[list[Text], Field(min_length=1)]
    territory: Text


class SearchOptions(Part):
    """How long to search, and from which seed."""

    seed: Annotated[int, Field(ge=0)] = 0
    iterations: Annotated[int, Field(ge=1)] | None = None
    time_limit: Annotated[float, Field(gt=0)] | None = None


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

    With `workload` there is a measure of that name, hours a year with driving; `size`, `growth`, `quotas`, `routes` and
    `kpis` are further work on the accounts and on the plan, written beside it. `segments`, `teams`, `hybrid` and
    `advise` are how it is sold.
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
    quotas: QuotaKeys | None = None
    kpis: KpiKeys | None = None
    segments: SegmentKeys | None = None
    teams: TeamKeys | None = None
    hybrid: HybridKeys | None = None
    advise: AdviseKeys | None = None

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
    def _known_people(self) -> Study:
        if self.rules.disruption and self.design.current is None:
            raise ValueError("has <rules.disruption> without <design.current>, the column that says who has what today")
        if self.rules.home_inside and self.design.reps is None:
            raise ValueError("has <rules.home_inside> without <design.reps>, a file with the reps' homes")
        return self


def read_study(path: str | os.PathLike[str]) -> Study:
    """Read and check a study file.

    Raises
    ------
    DataError
        Naming the file, each wrong key, what is allowed and what came.
    """
    file = Path(path)
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise DataError(f"{file} does not exist. Check the spelling, or give the full path.") from error
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}. Name a study file (TOML).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is not valid TOML: {error}.") from error
    return checked_study(content, str(file))


def checked_study(content: Mapping[str, Any], label: str, names: Mapping[str, str] | None = None) -> Study:
    """Return a study from its content.

    Parameters
    ----------
    content : mapping
        As in a study file.
    label : str
        Where it comes from, for messages.
    names : mapping, optional
        What the user calls a key, such as ``{"design.territories": "--territories"}``.

    Raises
    ------
    DataError
        Listing every problem: the key, what is allowed, what came.
    """
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        wrong = said(error, content, names or {}, PARTS)
        raise DataError(f"{label} cannot be used:\n" + "\n".join(f"  {text}" for text in wrong)) from error


PARTS: dict[str, type[BaseModel]] = {
    "": Study, "data": Data, "design": Design, "design.balance": Range, "lock": Said, "forbid": Said,
    "search": SearchOptions, "outputs": Outputs, "together": Group, "apart": Group, "rules": Rules,
    "rules.accounts": Counts, "rules.keep_whole": Whole, "rules.disruption": Budget,
    "workload": WorkKeys, "size": SizeKeys, "routes": RouteKeys, "growth": GrowthKeys, "quotas": QuotaKeys,
    "kpis": KpiKeys, "segments": SegmentKeys, "segments.traits": TraitKeys, "teams": TeamKeys, "hybrid": HybridKeys,
    "advise": AdviseKeys,
}  # fmt: skip
"""What has keys of its own, by where it stands."""
