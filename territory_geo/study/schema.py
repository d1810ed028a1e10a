"""What a study file may say, checked with pydantic.

Paths of data start from the study file's folder, the output folder from where the command is run.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Amount = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Range(_Part):
    """Absolute bounds of a measure per territory."""

    lower: Amount
    upper: Amount

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.lower > self.upper:
            raise ValueError(f"needs lower <= upper. Got lower {self.lower:g}, upper {self.upper:g}")
        return self


class Data(_Part):
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
            raise ValueError("takes areas or hexagons, not both")
        joined = points and "areas" in given
        unfit = [name for name in ("areas_layer", "areas_id", "nearest_km") if getattr(self, name) is not None]
        if unfit and not joined:
            raise ValueError(f"{', '.join(unfit)} can only be used where accounts are joined to areas")
        if self.own_units and not joined and self.hexagons is None:
            raise ValueError("own_units can only be used where accounts are joined to areas or hexagons")
        if self.planar and self.crs is not None:
            raise ValueError(f"needs planar or crs, not both. Got crs {self.crs!r}")
        return self


class Design(_Part):
    """How many territories, what is balanced, what is minimised; `lock_file` is a table of edits.

    `distances` is an origin–destination file, `roads` an OpenStreetMap extract: with one of them driving `hours` can be
    minimised. Roads are followed between up to `most_on_roads` places, from the nearest road within `snap_km` of each;
    ways found are kept in the folder `roads_cache`. With `reps` (a file, of
    which only those with the `role` count where one is named) each rep gets a territory; then `territories` can be
    left out, and trips can start at their homes.
    """

    territories: Annotated[int, Field(ge=1)] | None = None
    reps: Text | None = None
    role: Text | None = None
    center: Literal["unit", "centroid", "home"] = "unit"
    balance: Annotated[dict[str, Share | Range], Field(min_length=1)]
    weight: str | None = None
    power: Literal[1, 2] = 1
    detour: Annotated[float, Field(ge=1)] = 1.0
    distances: Text | None = None
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
            raise ValueError("names distances and roads. Leave one out")
        if named and self.detour != 1.0:
            raise ValueError(f"names {named[0]} and a detour: {named[0]} have their detours in them. Leave one out")
        if self.minimise == "hours" and not named:
            raise ValueError(
                "minimises hours without distances or roads. Name an origin–destination file with hours, or an "
                "OpenStreetMap extract"
            )
        unfit = [name for name in ("roads_cache", "snap_km") if getattr(self, name) is not None]
        if unfit and self.roads is None:
            raise ValueError(f"has {' and '.join(unfit)} without roads. Name an OpenStreetMap extract")
        if self.roads is not None and self.center == "centroid":
            raise ValueError("takes trips from centroids, which lie on no road. Use center 'unit' or 'home'")
        return self

    @model_validator(mode="after")
    def _someone(self) -> Design:
        if self.territories is None and self.reps is None:
            raise ValueError("needs territories (how many), or reps (a file: one territory each)")
        unfit = [name for name, used in (("role", self.role), ("center 'home'", self.center == "home")) if used]
        if unfit and self.reps is None:
            raise ValueError(f"has {' and '.join(unfit)} without reps. Name a file with the reps")
        return self


class Said(_Part):
    """A lock or a ban: these accounts or areas, that territory."""

    units: Annotated[list[Text], Field(min_length=1)]
    territory: Text


class SearchOptions(_Part):
    """How long to search, and from which seed."""

    seed: Annotated[int, Field(ge=0)] = 0
    iterations: Annotated[int, Field(ge=1)] | None = None
    time_limit: Annotated[float, Field(gt=0)] | None = None


class Outputs(_Part):
    """What is written where; without a directory, the command must name one."""

    directory: Text | None = None
    title: str | None = None
    save_graph: bool = False


class Study(_Part):
    """Everything that a design run needs to know."""

    name: str = "territories"
    data: Data
    design: Design
    lock: list[Said] = []
    forbid: list[Said] = []
    search: SearchOptions = SearchOptions()
    outputs: Outputs = Outputs()
