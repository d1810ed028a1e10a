"""Study files read and checked: whatever is wrong is said at once, in our words."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from territory_geo.errors import DataError
from territory_geo.study.schema import Data, Design, Outputs, Range, Said, SearchOptions, Study


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
    if place and place[0] in ("lock", "forbid") and len(place) > 1:
        place[:2] = [f"{place[0]}[{int(place[1]) + 1}]"]
    kind, context, came = problem["type"], problem.get("ctx", {}), problem["input"]
    if kind == "missing":
        return place, "is needed."
    if kind == "value_error":
        return place, f"{str(problem['msg']).removeprefix('Value error, ')}."
    if kind == "extra_forbidden":
        return place, f"is not known here. Allowed are {', '.join(_keys(problem['loc']))}."
    allowed = {
        "greater_than_equal": f"must be at least {context.get('ge')}",
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
    parts |= {"search": SearchOptions, "outputs": Outputs}
    if len(place) == 1:
        return list(Study.model_fields)
    return list((Range if place[:2] == ("design", "balance") else parts[str(place[0])]).model_fields)


def _called(place: list[str], names: Mapping[str, str]) -> str:
    """Return what the user calls a key, such as "--balance visits" for design.balance.visits."""
    key = ".".join(place) or "the study"
    for known, name in names.items():
        if key == known or key.startswith(f"{known}."):
            return f"{name} {key[len(known) + 1 :]}".strip()
    return key
