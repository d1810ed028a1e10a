"""What the tags of an OpenStreetMap way say to a driver: open or closed, in which direction, how fast.

Meanings follow the OpenStreetMap wiki (pages Key:access, Key:oneway, Key:junction, Key:maxspeed).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CLASS_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 105.0, "motorway_link": 60.0, "trunk": 85.0, "trunk_link": 50.0, "primary": 65.0,
        "primary_link": 45.0, "secondary": 55.0, "secondary_link": 40.0, "tertiary": 45.0, "tertiary_link": 35.0,
        "unclassified": 40.0, "residential": 25.0, "living_street": 10.0, "service": 15.0, "road": 30.0,
    }
)  # fmt: skip
"""Kilometres per hour that one drives on a class of road without a signed limit; estimates of this package."""

LIMIT_SHARE = 0.85
"""Share of a signed limit that one drives on average: bends, crossings, other cars."""

WALKING_KMH = 6.0
"""What maxspeed=walk and living-street zones mean."""

URBAN_KMH = 50.0
"""What a zone such as maxspeed=DE:urban means."""

PASSING = ("motorway", "motorway_link", "trunk", "trunk_link")
"""Classes on which one passes but cannot stop: no place is joined to them."""

CLOSED = ("no", "private", "agricultural", "forestry", "military", "emergency", "psv", "bus")
"""Values of access tags that keep a customer's visitor out."""

_ACCESS = ("motorcar", "motor_vehicle", "vehicle", "access")  # the most specific one decides
_MPH, _KNOTS = 1.609344, 1.852
_LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*(km/?h|kph|mph|knots)?")
_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)?:(?:zone:?)?(\w+)")


@dataclass(frozen=True)
class Drive:
    """How a way is driven: kilometres per hour with and against its direction; 0 where that is closed.

    `unread` is a maxspeed that could not be understood: the class's speed then holds.
    """

    forward_kmh: float
    backward_kmh: float
    passing: bool = False
    unread: str | None = None


def drive(tags: Mapping[str, str], class_kmh: Mapping[str, float] = CLASS_KMH) -> Drive | str | None:
    """Return how a way is driven, or why it is closed, or None where it is no road for cars at all.

    >>> drive({"highway": "residential", "oneway": "yes", "maxspeed": "20 mph"})
    Drive(forward_kmh=27.36, backward_kmh=0.0, passing=False, unread=None)
    >>> drive({"highway": "service", "access": "private"})
    'access=private'
    """
    kind = tags.get("highway", "")
    if kind not in class_kmh or tags.get("area") == "yes":
        return None
    for key in _ACCESS:
        if key in tags:
            if tags[key] in CLOSED:
                return f"{key}={tags[key]}"
            break
    ways = _directions(tags, kind)
    if ways is None:
        return f"oneway={tags['oneway']}"
    unread = None
    speeds = []
    for side, is_open in zip(("forward", "backward"), ways, strict=True):
        text = tags.get(f"maxspeed:{side}", tags.get("maxspeed"))
        limit, understood = (None, True) if text is None else limit_kmh(text)
        if is_open and not understood:
            unread = text
        kmh = class_kmh[kind] if limit is None else LIMIT_SHARE * limit
        speeds.append(round(kmh, 2) if is_open else 0.0)
    return Drive(speeds[0], speeds[1], kind in PASSING, unread)


def _directions(tags: Mapping[str, str], kind: str) -> tuple[bool, bool] | None:
    """Return whether a way is open with and against its direction; None where that changes by the hour."""
    oneway = tags.get("oneway")
    if oneway in ("yes", "true", "1"):
        return True, False
    if oneway in ("-1", "reverse"):
        return False, True
    if oneway == "reversible":
        return None
    # A motorway's carriageway and a roundabout are one-way unless the tags deny it.
    implied = kind == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return True, not implied or oneway in ("no", "false", "0")


def limit_kmh(text: str) -> tuple[float | None, bool]:
    """Return a maxspeed in km/h, None where it says nothing of a number, and whether it was understood.

    >>> [limit_kmh(text)[0] for text in ("50", "30 mph", "walk", "none", "DE:urban", "DE:zone:30", "80;60", "10 knots")]
    [50.0, 48.28032, 6.0, None, 50.0, 30.0, 60.0, 18.52]
    >>> limit_kmh("fast")
    (None, False)
    """
    said = text.strip().lower()
    if said in ("none", "signals", "variable", "implicit", "default"):
        return None, True
    if said == "walk":
        return WALKING_KMH, True
    found = []
    for part in re.split(r"[;|]", said):
        match = _LIMIT.fullmatch(part.strip())
        if match is None or float(match[1]) == 0:
            break
        found.append(float(match[1]) * {"mph": _MPH, "knots": _KNOTS}.get(match[2] or "", 1.0))
    else:
        return min(found), True
    zone = _ZONE.fullmatch(said)
    if zone is None:
        return None, False
    named = zone[1]
    if named.isdigit() and int(named) > 0:
        return float(named), True
    fixed = {"urban": URBAN_KMH, "living_street": WALKING_KMH, "walk": WALKING_KMH}
    return fixed.get(named), named in (*fixed, "rural", "motorway", "trunk")
