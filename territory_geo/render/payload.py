"""What the browser is told about a plan: one compact model of plain numbers and texts.

Numbers stay numbers and carry the format of their measure; nothing in here is HTML.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from territory_geo.html import driving_time
from territory_geo.render.colors import color_territories, dark, tint
from territory_geo.render.formats import NumberFormat, share_text, tolerance_text
from territory_geo.render.shapes import Frame, neighbour_graph, pack_shape, polygonal, simplify_coverage

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.plan.plan import TerritoryPlan

_SLACK = 1e-9
# Columns of an account that say where or whose it is, not how much.
_NOT_MEASURES = {"row", "lat", "lon", "latitude", "longitude", "x", "y", "zip", "accounts"}


def geographic(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the table in longitude and latitude, or unchanged when it is on a plane of its own."""
    return table if table.crs is None else table.to_crs(4326)


def model(plan: TerritoryPlan, frame: Frame, *, title: str) -> dict[str, Any]:
    """Return the model of the whole plan: title, status, measures, territories and their shapes.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan to draw.
    frame : Frame
        What the map shows.
    title : str
        Any text.

    Returns
    -------
    dict
        Ready for `script_json`.
    """
    table = geographic(plan.territories)
    shapes = frame.place(polygonal(table.geometry))
    shapes = simplify_coverage(shapes, tolerance=frame.tolerance, grid=frame.grid)
    fills = color_territories(neighbour_graph(shapes, frame=frame))
    west, south, east, north = frame.bounds
    measures = [str(name) for name in plan.problem.balance]
    return {
        "title": title,
        "status": status_line(plan),
        "geographic": frame.geographic,
        "bounds": [[south, west], [north, east]],
        "measures": [NumberFormat.of(name, plan.territories[name]).to_json() for name in measures],
        "fills": fills,
        "darks": [dark(fill) for fill in fills],
        "tints": [tint(fill) for fill in fills],
        "territories": [
            _territory(plan, name, row, center)
            for (name, row), center in zip(plan.territories.iterrows(), frame.place(_centers(plan)), strict=True)
        ],
        "grid": frame.grid,
        "shapes": [pack_shape(shape, grid=frame.grid) for shape in shapes],
        "areas": np.round(np.sqrt(shapely.area(shapes)) / frame.extent, 4),
    }


def _centers(plan: TerritoryPlan) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Return the centres as points where the map draws them; a missing centre has no finite coordinates."""
    import geopandas as gpd

    table = plan.territories
    points = gpd.GeoSeries.from_xy(table["center_x"], table["center_y"], crs=table.crs)
    # Geographic plans already give longitude and latitude, whatever the CRS of their shapes.
    if points.crs is not None and not points.crs.is_geographic:
        points = points.to_crs(4326)
    return np.asarray(points.array, dtype=object)


def _territory(plan: TerritoryPlan, name: object, row: pd.Series[Any], center: shapely.Point) -> dict[str, Any]:
    balance = []
    for measure, allowed in plan.problem.balance.items():
        total, target, deviation = (float(row[f"{measure}{end}"]) for end in ("", "_target", "_deviation"))
        balance.append([total, target, deviation, _inside(allowed, total, deviation)])
    return {
        "id": str(name),
        "balance": balance,
        "accounts": int(row["accounts"]),
        "units": int(row["units"]),
        "km": round(float(row["travel_km"]), 1),
        "maxKm": round(float(row["max_km"]), 1),
        "drive": _times(row),
        "areaKm2": round(float(row["area_km2"])) if pd.notna(row["area_km2"]) else None,
        "parts": int(row["parts"]),
        "center": None
        if not (math.isfinite(center.x) and math.isfinite(center.y))
        else [round(center.y, 5), round(center.x, 5)],
    }


def _times(row: pd.Series[Any]) -> list[str] | None:
    """Return the mean and the longest driving time of a territory as text, or None where none are known."""
    if "travel_hours" not in row or pd.isna(row["travel_hours"]):
        return None
    return [driving_time(float(row["travel_hours"])), driving_time(float(row["max_hours"]))]


def _inside(allowed: Any, total: float, deviation: float) -> bool:
    if isinstance(allowed, (int, float)):
        return abs(deviation) <= allowed + _SLACK
    lower, upper = bounds_of(allowed)
    return lower * (1 - _SLACK) - _SLACK <= total <= upper * (1 + _SLACK) + _SLACK


def bounds_of(allowed: Any) -> tuple[float, float]:
    """Return lower and upper of a ``Bounds``; a side that does not bind is infinite."""
    lower, upper = getattr(allowed, "lower", None), getattr(allowed, "upper", None)
    return -math.inf if not lower else float(lower), math.inf if upper is None else float(upper)


def status_line(plan: TerritoryPlan) -> str:
    """Sum the plan up in one line.

    Returns
    -------
    str
        Like "24 territories · visit hours within ±10 % · largest deviation 8.7 % · mean distance 118 km".
    """
    table = plan.territories
    parts = [f"{len(table):,} territor{'y' if len(table) == 1 else 'ies'}"]
    for measure, allowed in plan.problem.balance.items():
        style = NumberFormat.of(str(measure), table[measure])
        if isinstance(allowed, (int, float)):
            parts.append(f"{style.label} within {tolerance_text(float(allowed))}")
        else:
            lower, upper = bounds_of(allowed)
            style = NumberFormat.of(str(measure), [b for b in (lower, upper) if math.isfinite(b)])
            low = style.write(lower) if math.isfinite(lower) else ""
            high = style.write(upper) if math.isfinite(upper) else ""
            one_sided = f"at least {low}" if low else f"at most {high}"
            span = f"from {low} to {high}" if low and high else one_sided
            parts.append(f"{style.label} {span}")
    deviations = [table[f"{measure}_deviation"].abs().max() for measure in plan.problem.balance]
    finite = [float(d) for d in deviations if pd.notna(d)]
    if finite:
        parts.append(f"largest deviation {share_text(max(finite))}")
    travel = plan.metrics["travel"] if "travel_hours" in table else {}
    distance = mean_km(plan)
    if travel.get("minimised") == "hours":
        parts.append(f"mean driving time {driving_time(travel['mean_hours'])}")
    elif distance is not None:
        parts.append(f"mean distance {NumberFormat.of('km', [distance]).write(distance)}")
    return " · ".join(parts)


def mean_km(plan: TerritoryPlan) -> float | None:
    """Return the mean distance to the centres in km over all territories, or None where it is not known.

    Weighted as the territories' own means are: by the measure that weighs travel, else by units.
    """
    table = plan.territories
    name = plan.problem.weight_name
    weight = table[name if name in table else "units"].to_numpy(dtype=np.float64)
    km = table["travel_km"].to_numpy(dtype=np.float64)
    known = np.isfinite(km) & (weight > 0)
    return float(np.average(km[known], weights=weight[known])) if known.any() else None


def accounts_data(plan: TerritoryPlan, frame: Frame) -> dict[str, Any]:
    """Return the accounts as columns: positions on a grid, territory numbers, ids, names, two measures.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan to draw.
    frame : Frame
        What the map shows; positions are whole steps from its south-west corner.

    Returns
    -------
    dict
        Ready for `script_json`.
    """
    table = geographic(plan.accounts)
    grid = frame.grid / 10
    west, south = frame.bounds[:2]
    xy = shapely.get_coordinates(frame.place(np.asarray(table.geometry.array, dtype=object)))
    order = {name: i for i, name in enumerate(plan.territories.index)}
    ids = table["id"].astype(str)
    data: dict[str, Any] = {
        "grid": grid,
        "origin": [west, south],
        "x": np.rint((xy[:, 0] - west) / grid).astype(np.int64),
        "y": np.rint((xy[:, 1] - south) / grid).astype(np.int64),
        "territory": table["territory"].map(order).to_numpy(dtype=np.int64),
        "id": ids.tolist(),
        "measures": [],
        "values": [],
    }
    if "name" in table:
        data["name"] = table["name"].fillna("").astype(str).tolist()
    for measure, values in _account_measures(plan, table):
        style = NumberFormat.of(measure, values)
        data["measures"].append(style.to_json())
        rounded = np.round(values, style.decimals)
        whole = style.decimals == 0 and bool(np.isfinite(rounded).all())
        data["values"].append(rounded.astype(np.int64) if whole else rounded)
    return data


def _account_measures(plan: TerritoryPlan, table: pd.DataFrame) -> list[tuple[str, np.ndarray[Any, Any]]]:
    """Choose up to two measures of an account: balanced ones first, then the plan's other measures."""
    names = [str(name) for name in (*plan.problem.balance, *plan.territories.columns)]
    usable = [
        name
        for name in dict.fromkeys(names)
        if name not in _NOT_MEASURES and name in table.columns and pd.api.types.is_numeric_dtype(table[name])
    ]
    return [(name, table[name].to_numpy(dtype=np.float64)) for name in usable[:2]]
