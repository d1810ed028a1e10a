"""Which column of a loaded table plays which role, and what is said about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean.coordinates import holds_points
from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.clean.values import numbers
from territory_geo.geodata.columns import (
    PLACE_CODES,
    candidates,
    did_you_mean,
    find_column,
    find_id,
    likely,
    plain,
)

if TYPE_CHECKING:
    from territory_geo.geodata.geocode.asked import Geocoding

Roles = dict[str, str | None]

_SHOWN = 2
_FEWEST = 10
"""Rows from which on it says something that no two share a value."""


def check_places(places: Geocoding, label: str, *, geographic: bool, planar: bool) -> None:
    """Raise where options for postcodes and towns do not fit: they would be ignored without a word."""
    if places.asked and (geographic or planar):
        why = "a geographic source carries its own points" if geographic else "coordinates are planar metres"
        raise OptionError(f"{label}: {', '.join(places.asked)} cannot be used here, {why}. Leave it out.")


def roles_of(
    frame: pd.DataFrame,
    chosen: Mapping[str, str | None],
    places: Geocoding,
    label: str,
    *,
    geographic: bool,
    planar: bool,
) -> Roles:
    """Return which column plays which role."""
    roles: Roles = {"id": find_id(frame, chosen["id"], source=label)}
    roles["name"] = find_column("name", frame.columns, chosen["name"], source=label)
    roles["rep"] = find_column("rep", frame.columns, chosen["rep"], source=label)
    if geographic:
        return roles
    point = None
    if (
        chosen["lon"] is None
        and chosen["lat"] is None
        and not all(candidates(r, frame.columns) for r in ("lon", "lat"))
    ):
        points = candidates("point", frame.columns)
        point = next((name for name in points if holds_points(frame[name])), None)
    if point is not None:
        return roles | {"lon": point, "lat": point}
    if not planar and _only_addresses(frame, chosen, places):
        return roles | {"lon": None, "lat": None}
    return roles | {role: _needed(role, frame, chosen[role], label) for role in ("lon", "lat")}


def _only_addresses(frame: pd.DataFrame, chosen: Mapping[str, str | None], places: Geocoding) -> bool:
    """Tell whether a table has postcodes or towns, and no coordinates, be it under a name that is spelt amiss."""
    if chosen["lon"] is not None or chosen["lat"] is not None:
        return False
    known = [role for role in ("lon", "lat") if candidates(role, frame.columns)]
    if len(known) == 2:
        return False
    # Only now: looking places up takes packages that a table with coordinates can do without.
    from territory_geo.geodata.geocode.reading import has_addresses

    if not has_addresses(frame, places):
        return False
    near = [name for role in ("lon", "lat") for name in likely(role, frame.columns)]
    numeric = any(np.isfinite(numbers(frame[name].head(100))).mean() > 0.5 for name in near)
    return bool(places.asked) or not (known or numeric)


def _needed(role: str, frame: pd.DataFrame, chosen: str | None, label: str) -> str:
    """Return the column of a coordinate, or raise `DataError`."""
    column = find_column(role, frame.columns, chosen, source=label)
    if column is None:
        near = [name for name in likely(role, frame.columns) if frame.empty or np.isfinite(numbers(frame[name])).any()]
        guess = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        if len(frame.columns) == 1 and re.search(r"[^\w\s\"'.()-]", str(frame.columns[0])):
            guess += " It is a single column: what separates the fields may have to be stated with "
            guess += "text=TextFormat(delimiter=…) (--delimiter on the command line)."
        codes = [
            name
            for name in map(str, frame.columns)
            if re.search(r"(zip|zip_code|post_?code|postal_code)$", plain(name))
        ]
        if codes:
            guess += f" If places are to come from postcodes, {codes[-1]!r} may hold them."
        raise DataError(
            f"{label} has no column that looks like {role} (longitude and latitude are needed, or a postcode, or a "
            f"town and its state).{guess} Its columns: {', '.join(map(str, frame.columns))}. Name it with {role}=… or "
            "postcode=…."
        )
    return column


def _own_values(column: pd.Series) -> bool:
    """Tell whether a column could be an id: each row has a value of its own, and none is an amount with decimals."""
    if len(column) < _FEWEST or column.dtype.kind in "fMb" or column.isna().any():
        return False
    return bool(column.astype(str).is_unique)


def rep_column(table: pd.DataFrame, roles: Roles, label: str) -> pd.Series:
    """Return the column of the current reps, or raise `DataError`."""
    if roles["rep"] is None:
        raise DataError(
            f"{label} has no column that looks like the current rep.{did_you_mean('current_rep', table.columns)} "
            f"Its columns: {', '.join(map(str, table.columns))}. Name it with rep=… (--rep on the command line)."
        )
    return table[roles["rep"]]


def say_columns(roles: Roles, table: pd.DataFrame, label: str, book: Ledger, *, degrees: bool) -> None:
    """Write down which column plays which role, and that none is the id."""
    words = {} if degrees else {"lon": "easting (x)", "lat": "northing (y)"}
    for role, column in roles.items():
        if column is not None and not (role in ("lon", "lat") and roles["lon"] == roles["lat"]):
            book.say("column", f"{column} is the {words.get(role, role)}", "used")
    if roles.get("lon") is not None and roles["lon"] == roles["lat"]:
        book.say("column", f"{roles['lon']} holds both coordinates: POINT (lon lat), or lat, lon", "used")
    if roles["id"] is None:
        found = [name for name in candidates("id", table.columns) if plain(name) not in PLACE_CODES]
        empty = [name for name in found if table[name].isna().all()]
        repeating = [f"{', '.join(empty)}: without any value"] if empty else []
        found = [name for name in found if name not in empty]
        repeating += [f"{', '.join(found)}: empty or used twice in some rows"] if found else []
        alone = [name for name in table.columns if name not in roles.values() and _own_values(table[name])][:_SHOWN]
        repeating += [f"each row has another value in {' and in '.join(map(repr, alone))}"] if alone else []
        why = f" ({'; '.join(repeating)})" if repeating else ""
        book.say(
            "no_id_column",
            f"{label} has none{why}: name it with id=… (--id on the command line)",
            "row numbers are the ids",
        )
