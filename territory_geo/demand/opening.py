"""Opening hours as text, such as "Mo-Fr 08:00-12:00,13:00-17:00; Sa 09:00-12:00", into spans of the week."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from territory_geo.errors import DataError

Floats = NDArray[np.float64]

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
FORM = 'days and hours such as "Mo-Fr 08:00-17:00; Sa 09:00-12:00"'

_TIME = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_RULE = re.compile(r"(?i)^\s*((?:mo|tu|we|th|fr|sa|su)(?:\s*[-,]\s*(?:mo|tu|we|th|fr|sa|su))*)?\s*(off|closed|\d.*)$")


def spans(text: str) -> Floats:
    """Return the spans of opening hours: rows (day of the week, Monday is 0; from; to) in hours, shape (s, 3).

    Parameters
    ----------
    text : str
        Rules of OpenStreetMap's `opening_hours`, as far as they repeat every week: days (a list or a range, every day
        where there is none), then hours; later rules replace earlier ones for their days; ``24/7``, ``off``.

    Raises
    ------
    DataError
        If it is written otherwise.

    Examples
    --------
    >>> spans("Mo-We 08:00-12:00; Tu off").tolist()
    [[0.0, 8.0, 12.0], [2.0, 8.0, 12.0]]
    """
    if text.strip() == "24/7":
        return np.array([[day, 0.0, 24.0] for day in range(7)])
    hours: dict[int, list[tuple[float, float]]] = {}
    for rule in filter(None, (part.strip() for part in text.split(";"))):
        found = _RULE.match(rule)
        if found is None:
            raise DataError(f"The opening hours {text!r} cannot be read. They must be {FORM}.")
        for day in _days(found[1] or "mo-su"):
            hours[day] = [] if found[2].lower() in ("off", "closed") else _hours(found[2], text)
    rows = [(float(day), *span) for day in sorted(hours) for span in sorted(hours[day])]
    return np.array(rows, dtype=float).reshape(-1, 3)


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        a, b = DAYS.index(first), DAYS.index(last or first)
        days += range(a, b + 1) if a <= b else [*range(a, 7), *range(b + 1)]
    return days


def _hours(text: str, whole: str) -> list[tuple[float, float]]:
    found = []
    for part in text.split(","):
        times = _TIME.fullmatch(part.strip())
        if times is None:
            raise DataError(f"The opening hours {whole!r} cannot be read at {part.strip()!r}. They must be {FORM}.")
        start, end = int(times[1]) + int(times[2]) / 60, int(times[3]) + int(times[4]) / 60
        if not (start < end <= 24 and int(times[2]) < 60 and int(times[4]) < 60):
            raise DataError(f"The opening hours {whole!r} end before they begin, or after midnight: {part.strip()!r}.")
        found.append((start, end))
    return found
