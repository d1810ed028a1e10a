"""What is wrong with a study, in our words: the key or option, what is allowed, what came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

Parts = Mapping[str, type[BaseModel]]
"""What has keys of its own, by where it stands: "" is the study itself."""

_KEY = re.compile(r"<((?:data|design|rules|search|outputs)\.\w+)>")
"""How validators name a key, so that each reader is told what he calls it."""


def said(error: ValidationError, content: Mapping[str, Any], names: Mapping[str, str], parts: Parts) -> list[str]:
    """Return a line per problem, each once.

    Parameters
    ----------
    error : ValidationError
        From pydantic.
    content : mapping
        What was checked.
    names : mapping
        What the user calls a key, such as ``{"design.territories": "--territories"}``; empty for a study file.
    parts : mapping
        See `Parts`.
    """
    lines: dict[str, None] = {}
    for problem in error.errors():
        place, text = _problem(dict(problem), content, parts, ranges=not names)
        if text:
            where = "" if names and len(place) == 1 else f"{_called(place, names)}: "
            lines[where + _named(text, names)] = None
    return list(lines)


def _problem(
    problem: Mapping[str, Any], content: Mapping[str, Any], parts: Parts, *, ranges: bool
) -> tuple[list[str], str]:
    """Return where a problem is and what it is: what is allowed, what came; empty where it is no news.

    `ranges` says whether a measure can be given a range: the command line has no form for one.
    """
    place = [str(part) for part in problem["loc"]]
    if place[:2] == ["design", "balance"] and len(place) > 3:
        # pydantic reports both readings of a tolerance, as a number and as a range; the value shows which was meant.
        came = content["design"]["balance"][place[2]]
        if not isinstance(came, Mapping):
            a_range = " or a range { lower = …, upper = … }" if ranges else ""
            return place[:3], f"must be a share from 0 to 1 (0.1 is ±10 %){a_range}. Got {came!r}."
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
        return place, f"is not known here. Allowed are {', '.join(_keys(problem['loc'], parts))}."
    allowed = {
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "less_than_equal": f"must be {_limit(context.get('le'))}",
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


def _limit(most: Any) -> str:
    """Say the largest value that is allowed; who writes 5 for a share usually means 5 %."""
    return "a share, at most 1 (5 % is 0.05)" if most == 1 else f"at most {most}"


def _keys(place: tuple[int | str, ...], parts: Parts) -> list[str]:
    """Return the keys that are allowed beside the unknown one at `place`."""
    inner = ".".join(str(part) for part in place[:2])
    where = inner if inner in parts and len(place) > 2 else "" if len(place) == 1 else str(place[0])
    return list(parts[where].model_fields)


def _named(text: str, names: Mapping[str, str]) -> str:
    """Return a message with what the user calls the keys that it names, such as <design.reps>."""
    return _KEY.sub(lambda key: names.get(key[1], key[1].rpartition(".")[2]), text)


def _called(place: list[str], names: Mapping[str, str]) -> str:
    """Return what the user calls a key, such as "--balance visits" for design.balance.visits."""
    key = ".".join(place) or "the study"
    for known, name in names.items():
        if key == known or key.startswith(f"{known}."):
            return f"{name} {key[len(known) + 1 :]}".strip()
        if key.startswith(f"{known}["):
            return f"{name} {key.partition('].')[2].removeprefix('share.')}".strip()
    return key
