"""Appointments as an iCalendar file, which every calendar program reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from territory_geo._version import __version__

WIDEST = 75
"""Bytes of a line, as the standard wants it."""


@dataclass(frozen=True)
class Appointment:
    """One entry of a calendar, in the local time of whoever reads it."""

    uid: str
    start: datetime
    end: datetime
    summary: str
    description: str = ""
    lon_lat: tuple[float, float] | None = None


def calendar(appointments: Iterable[Appointment], *, name: str, stamp: datetime) -> str:
    r"""Return the text of an iCalendar file.

    Parameters
    ----------
    appointments : iterable of Appointment
        In any order; each `uid` once.
    name : str
        Of the calendar.
    stamp : datetime
        When the entries were made, taken as UTC.

    Examples
    --------
    >>> start = datetime(2026, 1, 5, 8)
    >>> one = Appointment("a@example.org", start, start.replace(hour=9), "Visit; Smith, Inc.")
    >>> print(calendar([one], name="R01", stamp=start).split("BEGIN:VEVENT")[1])
    <BLANKLINE>
    UID:a@example.org
    DTSTAMP:20260105T080000Z
    DTSTART:20260105T080000
    DTEND:20260105T090000
    SUMMARY:Visit\; Smith\, Inc.
    END:VEVENT
    END:VCALENDAR
    <BLANKLINE>

    References
    ----------
    RFC 5545 (Desruisseaux 2009): 3.1 folding, 3.3.11 escaping, 3.8.4.7 UID, 3.8.7.2 DTSTAMP.
    """
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//territory-geo//{__version__}//EN", "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
    ]  # fmt: skip
    for one in appointments:
        lines += [
            "BEGIN:VEVENT", f"UID:{escaped(one.uid)}", f"DTSTAMP:{_time(stamp)}Z", f"DTSTART:{_time(one.start)}",
            f"DTEND:{_time(one.end)}", f"SUMMARY:{escaped(one.summary)}",
        ]  # fmt: skip
        if one.description:
            lines.append(f"DESCRIPTION:{escaped(one.description)}")
        if one.lon_lat is not None:
            lines.append(f"GEO:{one.lon_lat[1]:.6f};{one.lon_lat[0]:.6f}")
        lines.append("END:VEVENT")
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    r"""Return a text as a value: backslashes, semicolons, commas and line breaks escaped, control characters left out.

    >>> print(escaped("a,b; c" + chr(10) + "d"))
    a\,b\; c\nd
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(sign for sign in plain if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) != 127))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """Return a line in pieces of at most 75 bytes, each further one after a line break and a blank; no sign is cut."""
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode("utf-8"))
        if size + width > WIDEST:
            pieces.append(piece)
            # The blank that starts a further line counts.
            piece, size = "", 1
        piece += sign
        size += width
    return "\r\n ".join([*pieces, piece])


def _time(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S")
