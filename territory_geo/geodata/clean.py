"""The checks that decide whether a row can be used, each with a reason in words.

A check never changes a value: it says what is wrong, and the row goes to the rejects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    import geopandas as gpd

Array = NDArray[np.float64]
Reasons = dict[int, str]
"""Why a row is refused, by its position; rows that are fine are absent."""


def numbers(column: pd.Series) -> Array:
    """Return a column as floats; what is not a number becomes NaN."""
    if column.dtype == object or pd.api.types.is_string_dtype(column):
        column = column.map(lambda value: value.strip() if isinstance(value, str) else value)
    values: Array = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return values


def id_text(value: Any) -> str:
    """Return an id as text: whole floats lose their '.0', missing becomes empty."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else str(int(value)) if value.is_integer() else str(value)
    return str(value)


def is_missing(raw: Any) -> bool:
    """Tell whether a cell holds nothing: no value, NaN, or blank text."""
    return raw is None or raw is pd.NA or raw != raw or (isinstance(raw, str) and not raw.strip())


def point_coordinates(geometry: gpd.GeoSeries) -> tuple[Array, Array]:
    """Return x and y of each point; NaN where the geometry is missing, empty or no point."""
    import shapely

    points = np.array(geometry.to_numpy(), dtype=object)
    usable = np.asarray(shapely.get_type_id(points) == 0) & ~np.asarray(shapely.is_empty(points))
    x, y = np.full(len(points), np.nan), np.full(len(points), np.nan)
    x[usable], y[usable] = shapely.get_x(points[usable]), shapely.get_y(points[usable])
    return x, y


def coordinate_reasons(
    x: Array, y: Array, frame: pd.DataFrame, roles: Mapping[str, str | None], *, planar: bool
) -> Reasons:
    """Return why a row's coordinates cannot be used: missing, not a number, out of range, or (0, 0)."""
    reasons: Reasons = {}
    limits = {"lon": (x, 180.0), "lat": (y, 90.0)}
    for role, (values, limit) in limits.items():
        column = roles.get(role)
        for i in np.flatnonzero(~np.isfinite(values)):
            raw = None if column is None else frame[column].iloc[i]
            if column is None:
                text = "the geometry is missing or is not a point"
            elif is_missing(raw):
                text = f"{column} is missing"
            else:
                text = f"{column} {str(raw)!r} is not a number"
            reasons.setdefault(int(i), text)
        if not planar:
            for i in np.flatnonzero(np.isfinite(values) & (np.abs(values) > limit)):
                reasons.setdefault(int(i), f"{column or role} {values[i]:g} is outside -{limit:g} to {limit:g}")
    if not planar:
        for i in np.flatnonzero((x == 0) & (y == 0)):
            reasons.setdefault(int(i), "the coordinates are (0, 0), which stands for 'unknown'")
    return reasons


def id_reasons(ids: pd.Series, rows: pd.Series, reasons: Reasons) -> None:
    """Add to `reasons` the rows whose id is missing or was already used by an earlier accepted row."""
    first: dict[str, int] = {}
    for i, (value, row) in enumerate(zip(ids, rows, strict=True)):
        text = id_text(value)
        if i in reasons:
            continue
        if not text.strip():
            reasons[i] = "the id is missing"
        elif text in first:
            reasons[i] = f"the id {text!r} is already used in row {first[text]}"
        else:
            first[text] = int(row)


def measure_reasons(frame: pd.DataFrame, measures: list[str]) -> Reasons:
    """Return why a row's measures cannot be used: missing, not a number, infinite or negative."""
    reasons: Reasons = {}
    for name in measures:
        values = numbers(frame[name])
        for i in np.flatnonzero(~(np.isfinite(values) & (values >= 0))):
            raw = frame[name].iloc[i]
            if is_missing(raw):
                reasons.setdefault(int(i), f"{name} is missing")
            elif np.isfinite(values[i]) and values[i] < 0:
                reasons.setdefault(int(i), f"{name} {values[i]:g} is negative")
            else:
                reasons.setdefault(int(i), f"{name} {str(raw)!r} is not a number")
    return reasons


def findings(reasons: Reasons, roles: Mapping[str, str | None], renamed: Mapping[str, str], label: str) -> pd.DataFrame:
    """Return the report of a read: the columns' roles and new names, then one row per kind of refusal."""
    entries: list[dict[str, object]] = []
    for role, column in roles.items():
        if column is not None:
            entries.append({"rule": f"{role} column", "rows": 0, "example": column, "action": "used"})
    if roles.get("id") is None:
        entries.append({"rule": "no id column", "rows": 0, "example": label, "action": "row numbers are the ids"})
    for old, new in renamed.items():
        entries.append({"rule": "name is ours", "rows": 0, "example": old, "action": f"renamed {new}"})
    kinds: dict[str, list[int]] = {}
    for i, text in sorted(reasons.items()):
        kinds.setdefault(_kind(text), []).append(i)
    for kind, positions in kinds.items():
        example = f"row {positions[0] + 1}: {reasons[positions[0]]}"
        entries.append({"rule": kind, "rows": len(positions), "example": example, "action": "rejected"})
    return pd.DataFrame(entries, columns=["rule", "rows", "example", "action"])


def _kind(reason: str) -> str:
    kinds = {
        "is not a point": "no point", "is missing": "missing value", "is not a number": "not a number",
        "is outside": "out of range", "(0, 0)": "coordinates (0, 0)", "is already used": "duplicate id",
    }  # fmt: skip
    return next((kind for words, kind in kinds.items() if words in reason), reason)
