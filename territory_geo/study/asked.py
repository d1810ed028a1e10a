"""What a study designs from what: its data, its design, its locks, how long it searches."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from territory_geo.study.parts import Amount, Part, Range, Share, Text


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


class NewRep(Part):
    """A rep who joins: the id and the home; the hours a year where the other reps have them."""

    rep_id: Text
    lon: float
    lat: float
    capacity_hours: Annotated[float, Field(gt=0)] | None = None


class Design(Part):
    """How many territories, what is balanced, what is minimised; `lock_file` is a table of edits.

    `distances` is an origin–destination file (where it is `symmetric`, each row stands for both directions), `roads` an
    OpenStreetMap extract: with one of them driving `hours` can be minimised. Roads are followed between up to
    `most_on_roads` places, from the nearest road within `snap_km` of each; ways found are kept in the folder
    `roads_cache`. With `reps` (a file, of
    which only those with the `role` count where one is named) each rep gets a territory; then `territories` can be
    left out, and trips can start at their homes. `current` is the accounts' column that says who has them today.
    Reps of `add_rep` join, those of `remove_rep` leave; without `reps`, `territories` counts those who join and stay.
    """

    territories: Annotated[int, Field(ge=1)] | None = None
    reps: Text | None = None
    role: Text | None = None
    current: Text | None = None
    add_rep: list[NewRep] = []
    remove_rep: list[Text] = []
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
    def _changed_force(self) -> Design:
        new = [rep.rep_id for rep in self.add_rep]
        twice = sorted({name for name in new if new.count(name) > 1} | (set(new) & set(self.remove_rep)))
        if twice:
            raise ValueError(f"names {twice[0]!r} more than once among those who join and leave")
        if self.remove_rep and self.reps is None and self.current is None:
            raise ValueError(
                "<design.remove_rep> needs <design.reps> or <design.current>: else nobody is known by name"
            )
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
