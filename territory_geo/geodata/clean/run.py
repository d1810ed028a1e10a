"""Every check on one loaded table, in the order in which they build on each other.

Reads as the list of what is done: columns, coordinates, reference system, region, ids, places, amounts, reps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.geodata.clean import coordinates
from territory_geo.geodata.clean.amounts import check_amounts, read_amounts, table_decimal
from territory_geo.geodata.clean.identity import check_ids, check_reps
from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.clean.places import check_land, check_stacks
from territory_geo.geodata.clean.region import check_region
from territory_geo.geodata.clean.roles import Roles, check_places, rep_column, roles_of, say_columns
from territory_geo.geodata.clean.values import Array, is_text
from territory_geo.geodata.columns import find_column, without_reserved
from territory_geo.geodata.ids import texts
from territory_geo.geodata.labels import label_of
from territory_geo.geodata.land import given_land
from territory_geo.geodata.readers.tables import numbers_where_lossless

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.geodata.geocode.asked import Geocoding
    from territory_geo.geodata.geocode.reading import Located
    from territory_geo.geodata.readers.sources import Loaded
    from territory_geo.geodata.reps import Reps


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
    for guess in loaded.notes:
        book.say(*guess)
    if frame.empty:
        book.say("no_records", f"{label} has a header and no record below it", "nothing to read")
    geographic = isinstance(frame, gpd.GeoDataFrame)
    check_places(places, label, geographic=geographic, planar=crs is None)
    located: Located | None = None
    declared: str | None
    roles = roles_of(frame, chosen, places, label, geographic=geographic, planar=crs is None)
    for rule, found in loaded.broken.items():
        book.add(rule, list(found), list(found.values()), "last fields empty" if rule == "short_record" else "")
    frame = _without_shifted(frame, roles["id"], list(loaded.broken.get("long_record", ())))
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
    say_columns(roles, table, label, book, degrees=geographic or _in_degrees(crs))
    coordinates.unusable(x, y, table, roles, book, frame.geometry if geographic else None)
    if declared is not None:
        # In another system the columns hold other numbers than those that are judged.
        converted = crs not in ("auto", "EPSG:4326") or geographic
        _check_degrees(x, y, {} if converted else roles, book)

    rows = pd.Series(np.arange(1, len(table) + 1), index=table.index)
    ids = rows if roles["id"] is None else _trimmed(table[roles["id"]], book)
    text = texts(ids)
    check_ids(text, rows, book, table.assign(_x=x, _y=y))
    apart = True if located is None else ~located.found
    check_stacks(x, y, None if roles["name"] is None else table[roles["name"]], book, apart)
    mask, mask_name = given_land(land, geographic=declared is not None)
    check_land(x, y, mask, mask_name, book, planar=declared is None)
    # A second pair of coordinates, codes, years: numbers that nobody sums.
    skip = (*roles.values(), *(name for name in table.columns if label_of(table[name]) and name not in measures))
    table = read_amounts(table, book, skip=skip, wanted=measures, decimal=decimal)
    table = check_amounts(table, book, measures=measures, skip=skip)
    if reps is not None:
        check_reps(rep_column(table, roles, label), reps, book)

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
    return Accounts(kept, rejects, book.table(text), roles, label, loaded.sha256, seen, mask)


def _without_shifted(frame: pd.DataFrame, id_column: str | None, rows: list[int]) -> pd.DataFrame:
    """Return the table without the values of refused rows, which would make columns of numbers text; ids stay."""
    if not rows:
        return frame
    frame = frame.copy()
    frame.loc[rows, [name for name in frame.columns if name != id_column]] = None
    return frame


def _trimmed(ids: pd.Series, book: Ledger) -> pd.Series:
    """Return ids without blanks around them, which fixed widths leave and which no other file repeats."""
    if not is_text(ids):
        return ids
    cells = ids.tolist()
    padded = sum(1 for cell in cells if type(cell) is str and cell != cell.strip() != "")
    if not padded:
        return ids
    book.say("padded_id", f"{ids.name}: blanks around {padded:,} ids", "left out")
    return pd.Series([c.strip() or c if type(c) is str else c for c in cells], ids.index, name=ids.name, dtype=object)


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
