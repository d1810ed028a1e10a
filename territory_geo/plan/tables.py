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
from territory_geo.plan.constraints import BorderLength, KeepWhole

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
    if problem.alignment is not None:
        columns |= _changes(plan)
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


def _changes(plan: TerritoryPlan) -> dict[str, Any]:
    """Return how many accounts each territory's rep keeps, gains from others and loses to others, by today's reps."""
    alignment = plan.problem.alignment
    assert alignment is not None
    territory, moves = plan.codes[alignment.unit], metrics.changes_rep(plan)
    k, mine = len(plan.territory_ids), alignment.owner >= 0
    number = {name: t for t, name in enumerate(plan.territory_ids)}
    before = np.array([number.get(rep, k) for rep in alignment.reps], dtype=np.int64)
    return {
        "accounts_kept": np.bincount(territory[mine & ~moves], minlength=k),
        "accounts_gained": np.bincount(territory[moves], minlength=k),
        "accounts_lost": np.bincount(before[alignment.owner[moves]], minlength=k + 1)[:k],
    }


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
        **_rules(plan),
    }


def _rules(plan: TerritoryPlan) -> dict[str, Any]:
    """Return what `TerritoryPlan.metrics` says about overlap, borders, disruption and constraints."""
    problem, codes = plan.problem, plan.codes
    figures: dict[str, Any] = {
        "overlap": {
            "nearer": metrics.overlap_nearer(problem, codes, plan.centers),
            "hulls": metrics.hull_overlap(problem, codes),
        }
    }
    if problem.graph is not None:
        figures["cut_edges"] = metrics.cut_edges(problem, codes)
    if problem.of_kind(BorderLength):
        figures["border_km"] = metrics.cut_km(problem, codes)
    columns = dict.fromkeys(c.column for c in problem.of_kind(KeepWhole))
    if columns:
        figures["splits"] = {c: int(metrics.splits(problem, codes, c)["further"].sum()) for c in columns}
    if problem.alignment is not None:
        table = metrics.disruption_table(plan)
        counts = problem.alignment.counts()
        figures["disruption"] = {
            "shares": {str(row.measure): float(str(row.share)) for row in table.itertuples()},
            "not_counted": metrics.uncounted_measures(problem),
            "accounts_held": counts["held"],
            "accounts_of_nobody": counts["nobody"],
            "accounts_of_reps_gone": counts["gone"],
        }
    if problem.constraints:
        table = metrics.constraint_table(plan)
        figures["constraints"] = [
            {**row, "cost": None if row["cost"] != row["cost"] else row["cost"]} for row in table.to_dict("records")
        ]
        figures["penalties"] = metrics.penalties(plan)
    return figures


def plan_html(plan: TerritoryPlan) -> str:
    """Return a plan's figures and its first territories for notebooks, as HTML."""
    from territory_geo.html import definition_table, driving_time

    travel = plan.metrics["travel"]
    entries = {
        "territories": str(len(plan.territory_ids)),
        "in one piece": "yes" if plan.metrics["contiguous"] else "no",
        "mean distance to centre": f"{travel['mean_km']:,.1f} km",
    }
    if "mean_hours" in travel:
        entries["mean driving time to centre"] = driving_time(travel["mean_hours"])
    worst = plan.summary().set_index("measure")["max_deviation"].astype(float)
    entries |= {f"{name}, largest deviation": f"{100 * share:.1f} %" for name, share in worst.items()}
    overlap = plan.metrics["overlap"]
    entries["nearer to another centre"] = f"{100 * overlap['nearer']:.1f} %"
    for measure, share in plan.metrics.get("disruption", {}).get("shares", {}).items():
        entries[f"{measure} that changes rep"] = f"{100 * share:.1f} %"
    entries |= {f"{c['id']}: {c['statement']}": c["value"] for c in plan.metrics.get("constraints", [])}
    table = pd.DataFrame(plan.territories.drop(columns=["geometry", "center_x", "center_y"])).reset_index()
    return definition_table("Territory plan", entries, table.round(3))
