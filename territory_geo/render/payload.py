"""What the browser is told about a plan: one compact model of plain numbers and texts.

Numbers stay numbers and carry the format of their measure; nothing in here is HTML.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from territory_geo.html import driving_time
from territory_geo.render.colors import dark, light
from territory_geo.render.formats import NumberFormat, share_text, tolerance_text
from territory_geo.render.shapes import pack_shape
from territory_geo.render.views import territory_views

if TYPE_CHECKING:
    from territory_geo.geodata.reps import Reps
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.render.look import Look

_SLACK = 1e-9


def model(
    plans: Mapping[str, TerritoryPlan], looks: Sequence[Look], *, title: str, reps: Reps | None = None
) -> dict[str, Any]:
    """Return the model of a map: title, bounds, and a scenario per plan.

    Parameters
    ----------
    plans : mapping of name to TerritoryPlan
        The plans to draw.
    looks : sequence of Look
        From `looks_of`, in the order of the plans.
    title : str
        Any text.
    reps : Reps, optional
        Names and capacities of whoever has a territory of that id.

    Returns
    -------
    dict
        Ready for `script_json`.
    """
    frame = looks[0].frame
    west, south, east, north = frame.bounds
    return {
        "title": title,
        "geographic": frame.geographic,
        "bounds": [[south, west], [north, east]],
        "grid": frame.grid,
        "scenarios": [
            _scenario(plan, name, look, reps) for (name, plan), look in zip(plans.items(), looks, strict=True)
        ],
    }


def _scenario(plan: TerritoryPlan, name: str, look: Look, reps: Reps | None) -> dict[str, Any]:
    frame, shapes, fills = look.frame, look.shapes, look.fills
    people = {} if reps is None or "name" not in reps.frame else reps.frame["name"].fillna("").astype(str).to_dict()
    centers = frame.place(_centers(plan))
    return {
        "name": name,
        "status": status_line(plan),
        "measures": [NumberFormat.of(str(m), plan.territories[m]).to_json() for m in plan.problem.balance],
        "views": territory_views(plan, reps),
        "fills": fills,
        "darks": [dark(fill) for fill in fills],
        "lights": [light(fill) for fill in fills],
        "territories": [
            _territory(plan, id_, row, center, people.get(str(id_), ""))
            for (id_, row), center in zip(plan.territories.iterrows(), centers, strict=True)
        ],
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


def _territory(
    plan: TerritoryPlan, name: object, row: pd.Series[Any], center: shapely.Point, person: str
) -> dict[str, Any]:
    balance = []
    for measure, allowed in plan.problem.balance.items():
        total, target, deviation = (float(row[f"{measure}{end}"]) for end in ("", "_target", "_deviation"))
        balance.append([total, target, deviation, _inside(allowed, total, deviation)])
    return {
        "id": str(name),
        "person": person,
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
            kept = (table[f"{measure}_deviation"].abs().fillna(0.0) <= float(allowed) + _SLACK).all()
            parts.append(f"{style.label} {'within' if kept else 'beyond'} {tolerance_text(float(allowed))}")
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
