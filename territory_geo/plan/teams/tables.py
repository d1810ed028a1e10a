"""Columns of accounts and people as a team needs them: lists of entries, time zones, amounts.

Every problem of a table is named at once.
"""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata.clean import numbers
from territory_geo.geodata.ids import texts

if TYPE_CHECKING:
    from territory_geo.geodata.reps import Reps

Floats = NDArray[np.float64]

SEPARATOR = ";"
"""Between entries of one field, such as products or skills."""
PRODUCTS = ("products", "product_line")
ZONES = ("time_zone", "utc_offset")
REVENUE = ("revenue_usd", "revenue")


def entries(column: pd.Series) -> list[frozenset[str]]:
    """Return the entries of each field, split at semicolons; capitals do not matter.

    >>> [sorted(found) for found in entries(pd.Series(["Pumps; valves", None]))]
    [['pumps', 'valves'], []]
    """
    return [
        frozenset(entry.strip().casefold() for entry in text.split(SEPARATOR) if entry.strip())
        for text in texts(column)
    ]


def first_of(names: Sequence[str], table: pd.DataFrame) -> str | None:
    """Return the first of these columns that the table has."""
    return next((name for name in names if name in table.columns), None)


def amounts(table: pd.DataFrame, name: str, problems: list[str], *, empty: float | None = None) -> Floats:
    """Return a column of amounts of at least 0; what is none goes to the problems."""
    values = np.asarray(numbers(table[name]), dtype=float).copy()
    if empty is not None:
        values[texts(table[name]) == ""] = empty
    # An empty limit may be infinite; a stated one may not.
    bad = np.flatnonzero(~(values >= 0))
    ids, given = table.index.tolist(), table[name].tolist()
    problems += [f"{ids[i]}: {name} must be a number of at least 0, got {given[i]!r}" for i in bad]
    return values


def offsets(column: pd.Series, problems: list[str]) -> Floats:
    """Return time zones as hours ahead of UTC, summer time left out; missing where the field is empty.

    A zone is a number of hours or a name such as America/New_York.

    >>> offsets(pd.Series(["Europe/Berlin", "-5", ""]), []).tolist()
    [1.0, -5.0, nan]
    """
    found = np.full(len(column), np.nan)
    known: dict[str, float] = {"": np.nan}
    for i, text in enumerate(texts(column)):
        if text not in known:
            known[text] = _offset(text)
            if np.isnan(known[text]):
                problems.append(
                    f"{column.index[i]}: {column.name} must be hours from UTC (-14 to 14) or a name such as "
                    f"Europe/Berlin, got {text!r}"
                )
        found[i] = known[text]
    return found


def _offset(text: str) -> float:
    try:
        hours = float(text)
        return hours if -14 <= hours <= 14 else float("nan")
    except ValueError:
        pass
    try:
        zone = zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return float("nan")
    moment = datetime.datetime(2025, 1, 1, tzinfo=zone)
    ahead, summer = moment.utcoffset(), moment.dst()
    if ahead is None:
        return float("nan")
    return (ahead - (summer or datetime.timedelta())).total_seconds() / 3600


def places(table: pd.DataFrame) -> Floats | None:
    """Return longitude and latitude (or planar metres) of each account, shape (n, 2); None where there are none."""
    if "geometry" in table.columns:
        shapes = table["geometry"]
        return np.column_stack([[shape.x for shape in shapes], [shape.y for shape in shapes]]).astype(float)
    if "lon" in table.columns and "lat" in table.columns:
        found = np.column_stack([numbers(table["lon"]), numbers(table["lat"])]).astype(float)
        bad = [str(name) for name, row in zip(table.index, found, strict=True) if not np.isfinite(row).all()]
        if bad:
            raise DataError(
                f"These accounts have no usable lon and lat: {', '.join(bad[:10])}. Read them with read_accounts."
            )
        return found
    return None


def people_table(people: Reps, roles: Sequence[str]) -> pd.DataFrame:
    """Return the people who have one of the roles, sorted by id; `roles` holds what each of them does.

    Raises
    ------
    DataError
        If the table has no column `role` or `capacity_hours`, or nobody has any of the roles.
    """
    frame = people.frame
    absent = [name for name in ("role", "capacity_hours") if name not in frame.columns]
    if absent:
        raise DataError(
            f"The people have no column {' and no column '.join(map(repr, absent))}. "
            f"Columns: {', '.join(map(str, frame.columns))}."
        )
    wanted = frozenset(role.casefold() for role in roles)
    held = pd.Series(entries(frame["role"]), index=frame.index) if len(frame) else pd.Series(dtype=object)
    table = frame.assign(roles=held)
    table = table[[bool(wanted & has) for has in table["roles"]]]
    if table.empty:
        there = sorted({entry for has in held for entry in has})
        raise DataError(f"Nobody has one of the roles {', '.join(roles)}. Roles: {', '.join(there) or 'none'}.")
    found: pd.DataFrame = table.sort_index()
    return found
