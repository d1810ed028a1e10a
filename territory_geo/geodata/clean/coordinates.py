"""Coordinates of rows: reading them from numbers, decimal commas and degrees, and why a row has none.

Reading changes no value that is a number already; whatever was read from text is listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.clean.values import Array, Reasons, amount, cells_and_numbers, is_marker, is_missing

if TYPE_CHECKING:
    import geopandas as gpd

LIMITS = {"lon": 180.0, "lat": 90.0}
"""Degrees that a coordinate may have at most."""

_SYSTEMS = (
    "rejected; name the system with crs=… (--crs on the command line), such as EPSG:27700 for Great Britain, EPSG:2056 "
    "for Switzerland, EPSG:25832 for Germany; the publisher says which it is"
)

_METRES = 1000.0
"""From here on, a number out of range is taken for metres rather than for a slip in degrees."""

# Primes and quotation marks as programs and typists write them, by their code points.
_DEGREE = r"(?:[\u00b0\u00ba\u02da]|deg|d)"
_MINUTE = r"(?:['\u2032\u2019\u00b4\u2018]|min|m)"
_SECOND = r"(?:[\"\u2033\u201d\u201c]|''|\u2032\u2032|sec|s)"
_DMS = re.compile(
    rf"^(?P<before>[NSEW])?\s*(?P<sign>[+-])?\s*(?P<degrees>\d{{1,3}}(?:[.,]\d+)?)\s*(?:{_DEGREE}|:|\s|$)?\s*"
    rf"(?:(?P<minutes>\d{{1,2}}(?:[.,]\d+)?)\s*(?:{_MINUTE}|:|\s|$)?\s*)?"
    rf"(?:(?P<seconds>\d{{1,2}}(?:[.,]\d+)?)\s*{_SECOND}?\s*)?(?P<after>[NSEW])?$",
    re.IGNORECASE,
)
_COMMA = re.compile(r"^[+-]?\d{1,3},\d+$")


def point_coordinates(geometry: gpd.GeoSeries) -> tuple[Array, Array]:
    """Return x and y of each point; NaN where the geometry is missing, empty or no point.

    A multipoint of one point is that point: some programs know no other kind.
    """
    import shapely

    points = np.array(geometry.to_numpy(), dtype=object)
    single = (shapely.get_type_id(points) == 4) & (shapely.get_num_geometries(points) == 1)
    points[single] = shapely.get_geometry(points[single], 0)
    usable = np.asarray(shapely.get_type_id(points) == 0) & ~np.asarray(shapely.is_empty(points))
    x, y = np.full(len(points), np.nan), np.full(len(points), np.nan)
    x[usable], y[usable] = shapely.get_x(points[usable]), shapely.get_y(points[usable])
    return x, y


def degrees_of(text: str, role: str) -> float:
    r"""Return the degrees that a text writes with signs or letters; NaN where it is none.

    Examples
    --------
    >>> degrees_of("40° 26.76' N", "lat")
    40.446
    >>> degrees_of("W 79:58.5", "lon")
    -79.975
    """
    found = _DMS.match(text.strip())
    if found is None:
        return float("nan")
    letters = [letter.upper() for letter in (found["before"], found["after"]) if letter]
    degrees, minutes, seconds = (
        float((found[part] or "0").replace(",", ".")) for part in ("degrees", "minutes", "seconds")
    )
    broken = any(
        not float(found[large].replace(",", ".")).is_integer()
        for large, small in (("degrees", "minutes"), ("minutes", "seconds"))
        if found[small] is not None and found[large] is not None
    )
    allowed = "NS" if role == "lat" else "EW"
    if len(letters) > 1 or minutes >= 60 or seconds >= 60 or broken or (letters and letters[0] not in allowed):
        return float("nan")
    if letters and found["sign"] == "-":
        return float("nan")
    value = degrees + minutes / 60 + seconds / 3600
    return -value if found["sign"] == "-" or (letters and letters[0] in "SW") else value


def read_coordinates(column: pd.Series, role: str, ledger: Ledger, *, degrees: bool) -> Array:
    """Return a coordinate column as floats, NaN where it cannot be read; conversions from text are listed.

    Parameters
    ----------
    column : Series
        The source's cells.
    role : {"lon", "lat"}
        Which coordinate it is.
    ledger : Ledger
        Where conversions are written down.
    degrees : bool
        Whether degrees, minutes and seconds make sense.
    """
    cells, values = cells_and_numbers(column)
    commas: list[int] = []
    written: list[int] = []
    for i in np.flatnonzero(np.isnan(values)).tolist():
        text = cells[i]
        if not isinstance(text, str):
            continue
        if not degrees:
            values[i] = amount(text, ".")
            commas += [i] if np.isfinite(values[i]) else []
        elif _COMMA.match(text):
            values[i] = float(text.replace(",", "."))
            commas.append(i)
        elif not np.isnan(value := degrees_of(text, role)):
            values[i] = value
            written.append(i)
    for rule, rows in (("decimal_comma", commas), ("degrees_minutes", written)):
        texts = [f"{column.name} {cells[i]!r} is {values[i]:.7g}" for i in rows]
        ledger.add(rule, rows, texts, action="read as decimal degrees" if degrees else "read as a number")
    return values


_WKT = re.compile(r"^(?:SRID=\d+;)?\s*POINT\s*(?:ZM?|M)?\s*\(\s*(\S+)\s+([^\s)]+)[^)]*\)$", re.IGNORECASE)
_GEOJSON = re.compile(r"\"coordinates\"\s*:\s*\[\s*([^,\s]+)\s*,\s*([^,\]\s]+)")
_NUMBER = r"(-?\d{1,3}(?:\.\d+)?)"
_PAIR = re.compile(rf"^{_NUMBER}\s*[,; ]\s*{_NUMBER}$|\(\s*{_NUMBER}\s*[,; ]\s*{_NUMBER}\s*\)$")


def point_text(cell: Any) -> tuple[str, str] | None:
    """Return x and y, as text, of a cell that holds both; None where it does not.

    Read are ``POINT (13.4 52.5)`` and GeoJSON, longitude first, and pairs such as ``52.5, 13.4`` or an address with
    ``(52.5, 13.4)`` at its end, latitude first.
    """
    text = cell.strip() if isinstance(cell, str) else ""
    found = _WKT.match(text) or _GEOJSON.search(text)
    if found is not None:
        return found[1], found[2]
    pair = _PAIR.search(text)
    return None if pair is None else (pair[2] or pair[4], pair[1] or pair[3])


def holds_points(column: pd.Series) -> bool:
    """Tell whether most of a column's first cells hold both coordinates."""
    cells = column.dropna().head(200).tolist()
    return sum(point_text(cell) is not None for cell in cells) > len(cells) / 2


def split_points(column: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the two halves of a column that holds both coordinates, x and y; other cells stay whole in both."""
    halves = [point_text(cell) or (cell, cell) for cell in column.tolist()]
    x, y = ([half[part] for half in halves] for part in range(2))
    index, name = column.index, column.name
    return pd.Series(x, index, name=name, dtype=object), pd.Series(y, index, name=name, dtype=object)


def unusable(
    x: Array,
    y: Array,
    frame: pd.DataFrame,
    roles: Mapping[str, str | None],
    ledger: Ledger,
    shapes: gpd.GeoSeries | None = None,
) -> None:
    """Refuse the rows whose coordinates are missing or no numbers; `shapes` are those of a geographic source."""
    lost = np.flatnonzero(~(np.isfinite(x) & np.isfinite(y)) & ~ledger.refused).tolist()
    if not lost:
        return
    cells = {} if shapes is not None else {name: frame[name].tolist() for name in roles.values() if name is not None}
    reasons: dict[str, dict[int, str]] = {"missing_coordinate": {}, "unreadable_coordinate": {}}
    for i in lost:
        if shapes is not None:
            kind, text = _no_point(shapes.iloc[i])
        else:
            bad = [role for role, values in (("lon", x), ("lat", y)) if not np.isfinite(values[i])]
            kind, text = _no_numbers({role: str(roles[role]) for role in bad}, cells, i, both=_in_one(roles))
        reasons[kind][i] = text
    for rule, found in reasons.items():
        ledger.add(rule, list(found), list(found.values()))


def _in_one(roles: Mapping[str, str | None]) -> bool:
    return roles.get("lon") is not None and roles.get("lon") == roles.get("lat")


def _no_numbers(columns: Mapping[str, str], cells: Mapping[str, list[Any]], i: int, *, both: bool) -> tuple[str, str]:
    """Return the rule and the reason of a row, by the cells of its coordinates that are no numbers."""
    names = list(dict.fromkeys(columns.values()))
    empty = [name for name in names if is_missing(cells[name][i])]
    marked = [name for name in names if name not in empty and is_marker(cells[name][i])]
    parts = [f"{' and '.join(empty)} {'are' if len(empty) > 1 else 'is'} missing"] if empty else []
    parts += [f"{name} is missing ({cells[name][i].strip()!r})" for name in marked]
    what = "no point such as POINT (13.4 52.5) or 52.5, 13.4" if both else "not a number"
    parts += [f"{name} {str(cells[name][i])!r} is {what}" for name in names if name not in (*empty, *marked)]
    readable = len(empty) + len(marked) == len(names)
    return ("missing_coordinate" if readable else "unreadable_coordinate"), "; ".join(parts)


def _no_point(shape: Any) -> tuple[str, str]:
    """Return the rule and the reason of a row of a geographic source."""
    if shape is None:
        return "missing_coordinate", "the geometry is missing"
    if shape.is_empty:
        return "missing_coordinate", f"the geometry is an empty {shape.geom_type}"
    if shape.geom_type == "MultiPoint":
        return "unreadable_coordinate", f"the geometry is a MultiPoint of {len(shape.geoms)} points, not one point"
    if shape.geom_type != "Point":
        return "unreadable_coordinate", f"the geometry is a {shape.geom_type}, not a point"
    return "unreadable_coordinate", "the point has no finite coordinates"


def out_of_range(x: Array, y: Array, roles: Mapping[str, str | None], ledger: Ledger) -> None:
    """Refuse the rows beyond the ends of the earth, on (0, 0), or in metres."""
    wide = {role: np.abs(v) > LIMITS[role] for role, v in (("lon", x), ("lat", y))}
    metres = (np.abs(x) > _METRES) & (np.abs(y) > _METRES)
    rows = np.flatnonzero(metres)
    lon, lat = roles.get("lon") or "lon", roles.get("lat") or "lat"
    most = len(rows) > 0.5 * np.isfinite(x).sum()
    tail = ": name the system with crs=… (--crs on the command line)" if most else ", unlike most rows"
    if most:
        ledger.say("no_crs", f"{lon} and {lat} are metres or feet of a map projection", _SYSTEMS)
    texts = [
        f"{lon} {x[i]:,.0f} and {lat} {y[i]:,.0f} are metres or feet of a map projection, not degrees{tail}"
        for i in rows
    ]
    ledger.add("projected_metres", rows, texts)
    reasons: dict[int, list[str]] = {}
    for role, values in (("lon", x), ("lat", y)):
        name, limit = roles.get(role) or role, LIMITS[role]
        for i in np.flatnonzero(wide[role] & ~metres).tolist():
            reasons.setdefault(i, []).append(f"{name} {values[i]:g} is outside -{limit:g} to {limit:g}")
    ledger.add("out_of_range", sorted(reasons), ["; ".join(reasons[i]) for i in sorted(reasons)])
    rows = np.flatnonzero((x == 0) & (y == 0))
    ledger.add("zero_coordinate", rows, ["the coordinates are (0, 0), which stands for 'unknown'"] * len(rows))


def coordinate_reasons(
    x: Array, y: Array, frame: pd.DataFrame, roles: Mapping[str, str | None], *, planar: bool
) -> Reasons:
    """Return why a row's coordinates cannot be used: missing, not a number, out of range, or (0, 0)."""
    ledger = Ledger(len(x))
    unusable(x, y, frame, roles, ledger)
    if not planar:
        out_of_range(x, y, roles, ledger)
    return {int(i): str(ledger.reasons[i]) for i in np.flatnonzero(ledger.refused)}
