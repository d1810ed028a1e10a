"""What is wrong with a study, in our words: the key or option, what is allowed, what came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from territory_geo.study.lines import Place, line_of

Parts = Mapping[str, type[BaseModel]]
"""What has keys of its own, by where it stands: "" is the study itself."""

_KEY = re.compile(r"<((?:data|design|rules|search|outputs)\.\w+)>")
"""How validators name a key, so that each reader is told what he calls it."""


def said(
    error: ValidationError,
    content: Mapping[str, Any],
    names: Mapping[str, str],
    parts: Parts,
    stands: Mapping[Place, int],
) -> list[str]:
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
    stands : mapping
        On which line each key stands; empty where there is no file.
    """
    lines: dict[str, None] = {}
    for problem in error.errors():
        place, text = _problem(dict(problem), content, parts, ranges=not names)
        if text:
            where = "" if names and len(place) == 1 else f"{_called(place, names)}: "
            line = line_of(stands, problem["loc"])
            lines[("" if line is None else f"line {line}, ") + where + _named(text, names)] = None
    return list(lines)


def _problem(
    problem: Mapping[str, Any], content: Mapping[str, Any], parts: Parts, *, ranges: bool
) -> tuple[list[str], str]:
    """Return where a problem is and what it is: what is allowed, what came; empty where it is no news.

    `ranges` says whether a measure can be given a range: the command line has no form for one.
    """
    loc = tuple(problem["loc"])
    if "balance" in loc and len(loc) > (named := loc.index("balance") + 2):
        # pydantic reports both readings of a tolerance, as a number and as a range; the value shows which was meant.
        came: Any = content
        for part in loc[:named]:
            came = came[part]
        if not isinstance(came, Mapping):
            a_range = " or a range { lower = …, upper = … }" if ranges else ""
            return _numbered(loc[:named]), f"must be a share from 0 to 1 (0.1 is ±10 %){a_range}. Got {came!r}."
        if "Range" not in str(loc[named]):
            return _numbered(loc[:named]), ""
        loc = (*loc[:named], *loc[named + 1 :])
    place = _numbered(loc)
    kind, context, came = problem["type"], problem.get("ctx", {}), problem["input"]
    if kind == "missing":
        return place, "is needed."
    if kind == "value_error":
        return place, f"{str(problem['msg']).removeprefix('Value error, ')}."
    if kind == "extra_forbidden":
        keys = _keys(problem["loc"], parts)
        near = get_close_matches(str(loc[-1]), keys, 1)
        meant = f" Did you mean {near[0]}?" if near else ""
        return place, f"is not known here.{meant} Allowed are {', '.join(keys)}."
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


def _numbered(loc: tuple[int | str, ...]) -> list[str]:
    """Return a way to a key with positions in lists counted from 1, such as lock[1]."""
    place: list[str] = []
    for part in loc:
        if isinstance(part, int) and place:
            place[-1] += f"[{part + 1}]"
        else:
            place.append(str(part))
    return place


def _keys(place: tuple[int | str, ...], parts: Parts) -> list[str]:
    """Return the keys that are allowed beside the unknown one at `place`: those of the nearest part around it."""
    way = [part for part in place[:-1] if isinstance(part, str)]
    while way and ".".join(way) not in parts:
        way.pop()
    return list(parts[".".join(way)].model_fields)


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
