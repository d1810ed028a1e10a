"""The tables of a plan: one row per territory, and the figures of the whole.

Shapes are dissolved from the units' shapes, which fit together, so that neighbours share their borders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from territory_geo.geodata.topology import dissolve
from territory_geo.plan import metrics

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.plan.plan import TerritoryPlan


def territory_table(plan: TerritoryPlan) -> gpd.GeoDataFrame:
    """Return `TerritoryPlan.territories`."""
    import geopandas as gpd

    problem, codes = plan.problem, plan.codes
    units, k = problem.units, len(plan.territory_ids)
    columns: dict[str, Any] = {"units": np.bincount(codes, minlength=k)}
    columns["accounts"] = metrics.loads(problem, codes, "accounts").astype(int)
    for name in units.measures:
        load = metrics.loads(problem, codes, name)
        if name in problem.balance:
            target = problem.bounds(name)[1]
            total = load.astype(int) if name == "accounts" else load
            columns |= {name: total, f"{name}_target": target, f"{name}_deviation": load / target - 1.0}
        elif name != "accounts":
            columns[name] = load
    kilometres = metrics.travel_km(problem, codes, plan.centers)
    weight = problem.weight
    columns["travel_km"] = [metrics.weighted_mean(kilometres[codes == t], weight[codes == t]) for t in range(k)]
    columns["max_km"] = [float(kilometres[codes == t].max()) for t in range(k)]
    hours = metrics.travel_hours(problem, codes, plan.centers)
    if hours is not None:
        columns["travel_hours"] = [metrics.weighted_mean(hours[codes == t], weight[codes == t]) for t in range(k)]
        columns["max_hours"] = [float(hours[codes == t].max()) for t in range(k)]
    kind = problem.objective.center
    columns["center"] = [kind if i < 0 else units.frame.index[i] for i in plan.centers.unit]
    columns["center_x"], columns["center_y"] = plan.centers.xy.T
    shapes = dissolve(units.shapes, codes, k)
    columns["area_km2"] = shapely.area(shapes) / 1e6
    columns["parts"] = shapely.get_num_geometries(shapes)
    geometry = units.plane.shapes_from_plane(shapes)
    index = pd.Index(plan.territory_ids, name="territory")
    return gpd.GeoDataFrame(columns, index=index, geometry=geometry, crs=units.frame.crs)


def travel_figures(plan: TerritoryPlan) -> dict[str, Any]:
    """Return what `TerritoryPlan.metrics` says about travel."""
    problem = plan.problem
    kilometres = metrics.travel_km(problem, plan.codes, plan.centers)
    hours = metrics.travel_hours(problem, plan.codes, plan.centers)
    unit = metrics.minimised(problem)
    counted = hours if unit == "hours" and hours is not None else kilometres
    figures: dict[str, Any] = {
        "weight": problem.weight_name,
        "minimised": unit,
        "mean_km": metrics.weighted_mean(kilometres, problem.weight),
        "max_km": float(kilometres.max()),
    }
    if hours is not None:
        figures |= {"mean_hours": metrics.weighted_mean(hours, problem.weight), "max_hours": float(hours.max())}
    return {**figures, "objective": float((counted**problem.objective.power) @ problem.weight)}


def plan_metrics(plan: TerritoryPlan) -> dict[str, Any]:
    """Return `TerritoryPlan.metrics`."""
    problem, codes = plan.problem, plan.codes
    balance = metrics.balance_table(problem, codes).set_index("measure")
    return {
        "balance": {
            str(name): {c: float(row[c]) for c in ("lower", "target", "upper", "least", "most", "max_deviation")}
            for name, row in balance.iterrows()
        },
        "travel": travel_figures(plan),
        "contiguous": None if problem.graph is None else plan.verify().passed("one piece"),
    }
