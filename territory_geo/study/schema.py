"""What a study file may say, checked with pydantic; whatever is wrong is said at once, in our words.

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
from territory_geo.study.parts import Amount, Part, Range, Share, Text
from territory_geo.study.rules import Budget, Counts, Group, Rules, Whole


class Data(Part):
    """Where the data is and what its columns mean.

    Exactly one of `source`, `accounts`, `areas`; or accounts (or a source of points) and the `areas` that they are
    joined to. `hexagons` joins them to the H3 grid instead. `measures` are formulas by name. `postcode`, `town`,
    `state`, `postal_file` and `country` place rows without coordinates; `fix`, `keep`, `reject` and `strict` say what
    becomes of dirty rows of accounts; all as in `read_accounts`.
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
    postcode: Text | None = None
    town: Text | None = None
    state: Text | None = None
    postal_file: Text | None = None
    country: Text | None = None
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


class Design(Part):
    """How many territories, what is balanced, what is minimised; `lock_file` is a table of edits.

    `distances` is an origin–destination file; only with one can driving `hours` be minimised. With `reps` (a file, of
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
        if self.distances is not None and self.detour != 1.0:
            raise ValueError("names distances and a detour: a file of distances has its detours in it. Leave one out")
        if self.minimise == "hours" and self.distances is None:
            raise ValueError("minimises hours without distances. Name an origin–destination file with hours")
        return self

    @model_validator(mode="after")
    def _someone(self) -> Design:
        if self.territories is None and self.reps is None:
            raise ValueError("needs territories (how many), or reps (a file: one territory each)")
        unfit = [name for name, used in (("role", self.role), ("center 'home'", self.center == "home")) if used]
        if unfit and self.reps is None:
            raise ValueError(f"has {' and '.join(unfit)} without reps. Name a file with the reps")
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
    """What is written where; without a directory, the command must name one."""

    directory: Text | None = None
    title: str | None = None
    save_graph: bool = False


class Study(Part):
    """Everything that a design run needs to know."""

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

    @model_validator(mode="after")
    def _known_people(self) -> Study:
        if self.rules.disruption and self.design.current is None:
            raise ValueError("has rules.disruption without design.current, the column that says who has what today")
        if self.rules.home_inside and self.design.reps is None:
            raise ValueError("has rules.home_inside without design.reps, a file with the reps' homes")
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
        said: dict[str, None] = {}
        for problem in error.errors():
            place, text = _problem(dict(problem), content)
            if text:
                said[f"  {_called(place, names or {})}: {text}"] = None
        raise DataError(f"{label} cannot be used:\n" + "\n".join(said)) from error


def _problem(problem: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[list[str], str]:
    """Return where a problem is and what it is: what is allowed, what came; empty where it is no news."""
    place = [str(part) for part in problem["loc"]]
    if place[:2] == ["design", "balance"] and len(place) > 3:
        # pydantic reports both readings of a tolerance, as a number and as a range; the value shows which was meant.
        came = content["design"]["balance"][place[2]]
        if not isinstance(came, Mapping):
            allowed = "must be a share from 0 to 1 (0.1 is ±10 %) or a range { lower = …, upper = … }"
            return place[:3], f"{allowed}. Got {came!r}."
        if "Range" not in place[3]:
            return place[:3], ""
        place = [*place[:3], *place[4:]]
    if place and place[0] in ("lock", "forbid", "together", "apart") and len(place) > 1:
        place[:2] = [f"{place[0]}[{int(place[1]) + 1}]"]
    if place[:1] == ["rules"] and len(place) > 2 and place[2].isdigit():
        place[1:3] = [f"{place[1]}[{int(place[2]) + 1}]"]
    kind, context, came = problem["type"], problem.get("ctx", {}), problem["input"]
    if kind == "missing":
        return place, "is needed."
    if kind == "value_error":
        return place, f"{str(problem['msg']).removeprefix('Value error, ')}."
    if kind == "extra_forbidden":
        return place, f"is not known here. Allowed are {', '.join(_keys(problem['loc']))}."
    allowed = {
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "less_than_equal": f"must be at most {context.get('le')}",
        "greater_than": f"must be above {context.get('gt')}",
        "literal_error": f"must be {context.get('expected')}",
        "int_type": "must be a whole number",
        "float_type": "must be a number",
        "finite_number": "must be a finite number",
        "bool_type": "must be true or false",
        "string_type": "must be text",
        "string_too_short": "must not be empty",
        "too_short": "must not be empty",
        "list_type": "must be a list",
        "dict_type": "must be a table",
        "model_type": "must be a table",
    }.get(kind, str(problem["msg"]))
    return place, f"{allowed}. Got {came!r}."


def _keys(place: tuple[int | str, ...]) -> list[str]:
    """Return the keys that are allowed beside the unknown one at `place`."""
    parts: dict[str, type[BaseModel]] = {"data": Data, "design": Design, "lock": Said, "forbid": Said}
    parts |= {"search": SearchOptions, "outputs": Outputs, "together": Group, "apart": Group, "rules": Rules}
    inner: dict[str, type[BaseModel]] = {"accounts": Counts, "keep_whole": Whole, "disruption": Budget}
    if len(place) == 1:
        return list(Study.model_fields)
    if place[0] == "rules" and len(place) > 2:
        return list(inner[str(place[1])].model_fields)
    return list((Range if place[:2] == ("design", "balance") else parts[str(place[0])]).model_fields)


def _called(place: list[str], names: Mapping[str, str]) -> str:
    """Return what the user calls a key, such as "--balance visits" for design.balance.visits."""
    key = ".".join(place) or "the study"
    for known, name in names.items():
        if key == known or key.startswith(f"{known}."):
            return f"{name} {key[len(known) + 1 :]}".strip()
        if key.startswith(f"{known}["):
            return f"{name} {key.partition('].')[2]}".strip()
    return key
