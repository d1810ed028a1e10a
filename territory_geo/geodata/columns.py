"""Which column of a user's table is the id, the longitude, the latitude, the name.

Usual names are recognised whatever their case and punctuation; the guess is kept for the report and every
guess can be overridden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

import pandas as pd

from territory_geo.errors import DataError

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        "account_id", "accountid", "customer_id", "customerid", "customer_number", "customer_no", "id", "unit_id",
        "geoid", "fips", "geoid10", "geoid20", "record_id", "zip", "zipcode", "postcode", "code",
    ),
    "lon": ("lon", "longitude", "lng", "long", "x", "x_m", "laengengrad", "längengrad", "billinglongitude"),
    "lat": ("lat", "latitude", "y", "y_m", "breitengrad", "billinglatitude"),
    "name": ("name", "account_name", "accountname", "customer_name", "company", "company_name", "firma"),
    "origin": ("origin", "origin_id", "from", "from_id", "start", "source", "von"),
    "destination": ("destination", "destination_id", "to", "to_id", "end", "target", "nach"),
    "km": ("km", "distance_km", "road_km", "kilometres", "kilometers", "kilometer"),
    "hours": ("hours", "driving_hours", "duration_hours", "travel_hours", "time_hours", "stunden"),
}  # fmt: skip
"""Recognised names per role, the surest first."""

PLACE_CODES = ("geoid", "fips", "geoid10", "geoid20", "zip", "zipcode", "postcode", "code")
"""Names that are an area's id, and an account's only when no two accounts share a place."""

RESERVED = ("row", "id", "unit", "geometry")
"""Columns that every frame of ours has."""

Frame = TypeVar("Frame", bound=pd.DataFrame)


def _plain(name: str) -> str:
    return re.sub(r"[\s\-.]+", "_", str(name).strip().lower())


def find_column(role: str, columns: Iterable[str], chosen: str | None, *, source: str) -> str | None:
    """Return the column that plays `role`: the chosen one, else the first with a usual name, else None.

    Raises
    ------
    DataError
        If the chosen column does not exist; the message lists those that do.
    """
    names = [str(name) for name in columns]
    if chosen is not None:
        if chosen not in names:
            raise DataError(
                f"{source} has no column {chosen!r} (asked for as {role}). Its columns: {', '.join(names)}."
            )
        return chosen
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(_plain(name), name)
    for usual in USUAL_NAMES[role]:
        if usual in by_plain:
            return by_plain[usual]
    return None


def names_a_place(column: str) -> bool:
    """Tell whether a column's name is that of a place's code, which several accounts may share."""
    return _plain(column) in PLACE_CODES


def without_reserved(frame: Frame, id_column: str | None) -> tuple[Frame, dict[str, str]]:
    """Return the table with room for our own columns, and the new names of the source's columns in their way.

    The id column is left out where its name is reserved: `id` holds it.
    """
    taken = [name for name in RESERVED if name in frame.columns and name != id_column]
    renamed = {}
    for name in taken:
        new = f"{name}_source"
        while new in frame.columns:
            new += "_"
        renamed[name] = new
    gone = [id_column] if id_column in RESERVED else []
    return frame.drop(columns=gone).rename(columns=renamed), renamed
