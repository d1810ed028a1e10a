"""On which line of a study file a key stands, so that messages can say it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

Place = tuple[str | int, ...]
"""The way to a key: names of tables, and positions in lists, counted from 0."""

LONGEST = 200
"""Lines that one statement may take before its end is no longer looked for."""


def lines_of(text: str) -> dict[Place, int]:
    r"""Return the line on which each key and table of a TOML text begins.

    Parameters
    ----------
    text : str
        Valid TOML; keys inside a value of several lines have the line on which that value begins.

    Examples
    --------
    >>> found = lines_of('name = "x"\n\n[[lock]]\nunits = ["a"]\n[[lock]]\nterritory = "W"')
    >>> found["name",], found["lock", 0, "units"], found["lock", 1], found["lock", 1, "territory"]
    (1, 4, 5, 6)
    """
    lines = text.splitlines()
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    at = 0
    while at < len(lines):
        end, content = _statement(lines, at)
        if content:
            if lines[at].lstrip().startswith("["):
                table = _header(content, counts)
                found.setdefault(table, at + 1)
            else:
                for place in _places(content):
                    found.setdefault((*table, *place), at + 1)
        at = end
    return found


def line_of(lines: Mapping[Place, int], place: Sequence[str | int]) -> int | None:
    """Return the line of a key, or of the nearest table around it that stands in the file; None where none does."""
    way = tuple(place)
    while way:
        if way in lines:
            return lines[way]
        way = way[:-1]
    return None


def _statement(lines: list[str], at: int) -> tuple[int, dict[str, Any]]:
    """Return where the statement that begins on a line ends, and what it says: as many lines as it takes to parse."""
    for end in range(at + 1, min(len(lines), at + LONGEST) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[at:end]))
        except tomllib.TOMLDecodeError:
            continue
    return at + 1, {}


def _header(content: Mapping[str, Any], counts: dict[Place, int]) -> Place:
    """Return the place that a header opens; each [[table]] is one more of its list, inner ones belong to the last."""
    place: Place = ()
    here: Any = content
    while here:
        name, here = next(iter(here.items()))
        place = (*place, name)
        if isinstance(here, list):
            counts[place] = counts.get(place, -1) + 1
            return (*place, counts[place])
        if place in counts:
            place = (*place, counts[place])
    return place


def _places(content: Any) -> list[Place]:
    """Return the way to every key and item of a parsed value."""
    if isinstance(content, Mapping):
        pairs: list[tuple[str | int, Any]] = list(content.items())
    elif isinstance(content, list):
        pairs = list(enumerate(content))
    else:
        return []
    return [way for key, value in pairs for way in ((key,), *((key, *inner) for inner in _places(value)))]
