"""Every check on one loaded table, in the order in which they build on each other.

Reads as the list of what is done: columns, coordinates, reference system, region, ids, places, amounts, reps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import coordinates
from territory_geo.geodata.clean.amounts import check_amounts, read_amounts, table_decimal
from territory_geo.geodata.clean.identity import check_ids, check_reps
from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.clean.places import check_land, check_stacks
from territory_geo.geodata.clean.region import check_region
from territory_geo.geodata.clean.values import Array, is_text, numbers
from territory_geo.geodata.columns import (
    PLACE_CODES,
    candidates,
    did_you_mean,
    find_column,
    find_id,
    likely,
    plain,
    without_reserved,
)
from territory_geo.geodata.ids import texts
from territory_geo.geodata.readers.tables import numbers_where_lossless

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.geocode.reading import Geocoding, Located
    from territory_geo.geodata.readers.sources import Loaded
    from territory_geo.geodata.reps import Reps

Roles = dict[str, str | None]


def cleaned(
    loaded: Loaded,
    *,
    chosen: Mapping[str, str | None],
    places: Geocoding,
    measures: Sequence[str],
    reps: Reps | None,
    crs: str | None,
    land: Any,
    decimal: str | None,
    ledger: Callable[[int], Ledger],
) -> Accounts:
    """Return the accounts of a loaded table; see `read_accounts` for the options.

    Raises
    ------
    DataError
        If a needed column is missing.
    """
    import geopandas as gpd

    from territory_geo.geodata.accounts import Accounts

    frame, label = loaded.frame, loaded.label
    book = ledger(len(frame))
    for note in loaded.notes:
        book.say(*note)
    geographic = isinstance(frame, gpd.GeoDataFrame)
    _check_places(places, label, geographic=geographic, planar=crs is None)
    located: Located | None = None
    roles = _roles(frame, chosen, places, label, geographic=geographic, planar=crs is None)
    for name in measures:
        find_column("measure", frame.columns, name, source=label)
    if geographic:
        table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
        decimal = decimal or table_decimal(table, ())
        x, y = coordinates.point_coordinates(frame.geometry)
        declared = None if frame.crs is None else "EPSG:4326"
        if declared is None and crs == "auto":
            _say_no_crs(x, y, book)
    else:
        declared = None if crs is None else "EPSG:4326"
        pair = () if roles["lon"] == roles["lat"] else (roles["lon"], roles["lat"])
        both = [] if pair or roles["lon"] is None else [roles["lon"]]
        decimal = decimal or table_decimal(frame.drop(columns=both), pair)
        table = numbers_where_lossless(frame, ids=roles["id"], decimal=decimal)
        x, y = _read(table, roles, book, degrees=_in_degrees(crs))
    given = x.copy(), y.copy()
    if not geographic and crs not in (None, "auto", "EPSG:4326"):
        x, y = _to_degrees(x, y, str(crs), book)
    if not geographic and (roles["lon"] is None or places.asked):
        from territory_geo.geodata.geocode.reading import place_rows

        located = place_rows(frame, places, x, y, book)
        roles |= located.columns
    _say_columns(roles, table, label, book)
    coordinates.unusable(x, y, table, roles, book)
    if declared is not None:
        _check_degrees(x, y, roles, book)

    rows = pd.Series(np.arange(1, len(table) + 1), index=table.index)
    ids = rows if roles["id"] is None else table[roles["id"]]
    text = texts(ids)
    check_ids(text, rows, book, table.assign(_x=x, _y=y))
    apart = True if located is None else ~located.found
    check_stacks(x, y, None if roles["name"] is None else table[roles["name"]], book, apart)
    if declared is not None:
        check_land(x, y, land, book)
    skip = tuple(roles.values())
    table = read_amounts(table, book, skip=skip, wanted=measures, decimal=decimal)
    table = check_amounts(table, book, measures=measures, skip=skip)
    if reps is not None:
        check_reps(_rep_column(table, roles, label), reps, book)

    table, renamed = without_reserved(table, roles["id"])
    if located is not None:
        table, more = located.added_to(table)
        renamed |= more
    for old, new in renamed.items():
        book.say("renamed_column", old, f"renamed {new}")
    table.insert(0, "id", ids)
    table.insert(0, "row", rows)
    used = ~book.refused
    rejects = pd.DataFrame(
        {
            "row": rows.to_numpy()[~used],
            "id": text[~used],
            "reason": pd.Series(book.reasons[~used], dtype=object),
        }
    )
    placed = ~used & np.isfinite(given[0]) & np.isfinite(given[1])
    seen = pd.DataFrame({"row": rows.to_numpy()[placed], "lon": given[0][placed], "lat": given[1][placed]})
    points = gpd.points_from_xy(x[used], y[used])
    kept = gpd.GeoDataFrame(table[used].reset_index(drop=True), geometry=points, crs=declared)
    return Accounts(kept, rejects, book.table(text), roles, label, loaded.sha256, seen)


def _check_places(places: Geocoding, label: str, *, geographic: bool, planar: bool) -> None:
    """Raise where options for postcodes and towns do not fit: they would be ignored without a word."""
    if places.asked and (geographic or planar):
        why = "a geographic source carries its own points" if geographic else "coordinates are planar metres"
        raise OptionError(f"{label}: {', '.join(places.asked)} cannot be used here, {why}. Leave it out.")


def _roles(
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
        point = next((name for name in points if coordinates.holds_points(frame[name])), None)
    if point is not None:
        return roles | {"lon": point, "lat": point}
    if not planar and _only_addresses(frame, chosen, places):
        return roles | {"lon": None, "lat": None}
    return roles | {role: _needed(role, frame, chosen[role], label) for role in ("lon", "lat")}


def _only_addresses(frame: pd.DataFrame, chosen: Mapping[str, str | None], places: Geocoding) -> bool:
    """Tell whether a table has postcodes or towns, and no coordinates, be it under a name that is spelt amiss."""
    from territory_geo.geodata.geocode.reading import has_addresses

    if chosen["lon"] is not None or chosen["lat"] is not None:
        return False
    known = [role for role in ("lon", "lat") if candidates(role, frame.columns)]
    if len(known) == 2 or not has_addresses(frame, places):
        return False
    near = [name for role in ("lon", "lat") for name in likely(role, frame.columns)]
    numeric = any(np.isfinite(numbers(frame[name].head(100))).mean() > 0.5 for name in near)
    return bool(places.asked) or not (known or numeric)


def _needed(role: str, frame: pd.DataFrame, chosen: str | None, label: str) -> str:
    """Return the column of a coordinate, or raise `DataError`."""
    column = find_column(role, frame.columns, chosen, source=label)
    if column is None:
        near = likely(role, frame.columns)
        guess = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise DataError(
            f"{label} has no column that looks like {role} (longitude and latitude are needed, or a postcode, or a "
            f"town and its state).{guess} Its columns: {', '.join(map(str, frame.columns))}. Name it with {role}=… or "
            f"postcode=… (--{role} or --postcode on the command line)."
        )
    return column


def _rep_column(table: pd.DataFrame, roles: Roles, label: str) -> pd.Series:
    if roles["rep"] is None:
        raise DataError(
            f"{label} has no column that looks like the current rep.{did_you_mean('current_rep', table.columns)} "
            f"Its columns: {', '.join(map(str, table.columns))}. Name it with rep=… (--rep on the command line)."
        )
    return table[roles["rep"]]


def _say_columns(roles: Roles, table: pd.DataFrame, label: str, book: Ledger) -> None:
    for role, column in roles.items():
        if column is not None and not (role in ("lon", "lat") and roles["lon"] == roles["lat"]):
            book.say("column", f"{column} is the {role}", "used")
    if roles.get("lon") is not None and roles["lon"] == roles["lat"]:
        book.say("column", f"{roles['lon']} holds both coordinates: POINT (lon lat), or lat, lon", "used")
    if roles["id"] is None:
        found = [name for name in candidates("id", table.columns) if plain(name) not in PLACE_CODES]
        repeating = f" ({', '.join(found)}: empty or used twice in some rows)" if found else ""
        book.say(
            "no_id_column",
            f"{label} has none{repeating}: name it with id=… (--id on the command line)",
            "row numbers are the ids",
        )


def _say_no_crs(x: Array, y: Array, book: Ledger) -> None:
    known = np.isfinite(x) & np.isfinite(y)
    degrees = bool(known.any()) and bool((np.abs(x[known]) <= 180).all() and (np.abs(y[known]) <= 90).all())
    looks = "; the values look like degrees: then give crs='EPSG:4326'" if degrees else ""
    book.say("no_crs", f"the shapes do not say their reference system{looks}", "taken as planar metres")


def _in_degrees(crs: str | None) -> bool:
    from pyproj import CRS

    return crs in ("auto", "EPSG:4326") or (crs is not None and CRS.from_user_input(crs).is_geographic)


def _read(table: pd.DataFrame, roles: Roles, book: Ledger, *, degrees: bool) -> tuple[Array, Array]:
    if roles["lon"] is None:
        return np.full(len(table), np.nan), np.full(len(table), np.nan)
    across, up = table[roles["lon"]], table[roles["lat"]]
    together = roles["lon"] == roles["lat"]
    if together:
        across, up = coordinates.split_points(across)
    x = coordinates.read_coordinates(across, "lon", book, degrees=degrees)
    y = coordinates.read_coordinates(up, "lat", book, degrees=degrees)
    # Text that became numbers row by row is a column of numbers in the table as well.
    for role, values in (("lon", x), ("lat", y)):
        name = str(roles[role])
        if not together and is_text(table[name]) and np.isfinite(values).all() and len(values):
            table[name] = values
    return x, y


def _to_degrees(x: Array, y: Array, crs: str, book: Ledger) -> tuple[Array, Array]:
    """Return longitudes and latitudes of coordinates in another system; what lies outside of it is refused."""
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    there = np.isfinite(x) & np.isfinite(y)
    lost = np.flatnonzero(there & ~(np.isfinite(lon) & np.isfinite(lat)))
    book.add("out_of_range", lost, [f"({x[i]:,.0f}, {y[i]:,.0f}) is outside of where {crs} is defined" for i in lost])
    return np.where(np.isfinite(lon), lon, np.nan), np.where(np.isfinite(lat), lat, np.nan)


def _check_degrees(x: Array, y: Array, roles: Roles, book: Ledger) -> None:
    wide = (np.abs(x) > coordinates.LIMITS["lon"]) | (np.abs(y) > coordinates.LIMITS["lat"])
    check_region(x, y, wide, roles, book)
    coordinates.out_of_range(x, y, roles, book)
