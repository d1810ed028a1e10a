"""One row per territory of one plan: loads, travel, overlap, compactness, coverage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.compare.options import HOURS, SHAPES_UPTO, CompareOptions, visits_of
from territory_geo.analyze.sizing import covered
from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.geodata.topology import dissolve
from territory_geo.plan import metrics
from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def territory_figures(plan: TerritoryPlan, measures: list[str], options: CompareOptions) -> pd.DataFrame:
    """Return the figures of each territory, by `territory`.

    Parameters
    ----------
    plan : TerritoryPlan
    measures : list of str
        Those whose balance is told; one that the plan's units do not have is left empty.
    options : CompareOptions

    Returns
    -------
    DataFrame
        `accounts`; per measure its load, ``…_target`` and ``…_deviation``; `mean_km`, `max_km` and `mean_hours` (to the
        centre, weighted as the plan's travel); `trip_km`, `trip_hours` (a year, each visit a way there and back);
        `driving_hours` (a year, by tours, with a workload); `overlap_nearer`, `overlap_hulls`; `hull_reock`,
        `polsby_popper`; `hours`, `capacity_hours`, `covered_visits`, `covered_accounts`. What is not known is NaN.
    """
    problem, codes = plan.problem, plan.codes
    k = len(plan.territory_ids)
    columns: dict[str, Any] = {"accounts": metrics.loads(problem, codes, "accounts")}
    for name in measures:
        columns |= _load(plan, name)
    columns |= _ways(plan)
    nearer = metrics.nearer_elsewhere(problem, codes, plan.centers)
    columns["overlap_nearer"] = _mean(nearer.astype(float), codes, problem.weight, k)
    hulls = metrics.account_hulls(problem, codes)
    columns["overlap_hulls"] = _mean_shared(hulls, k)
    columns["hull_reock"] = metrics.reock(hulls)
    columns["polsby_popper"] = _outlines(plan, options)
    columns |= _coverage(plan, options)
    return pd.DataFrame(columns, index=pd.Index(plan.territory_ids, name="territory"))


def _load(plan: TerritoryPlan, name: str) -> dict[str, Floats]:
    problem, k = plan.problem, len(plan.territory_ids)
    if name not in problem.units.frame:
        unknown = np.full(k, np.nan)
        return {name: unknown, f"{name}_target": unknown, f"{name}_deviation": unknown}
    load = metrics.loads(problem, plan.codes, name)
    target = problem.bounds(name)[1] if name in problem.balance else float(load.sum()) * problem.shares
    off = np.divide(load - target, target, out=np.full(k, np.nan), where=target > 0)
    return {name: load, f"{name}_target": target, f"{name}_deviation": off}


def _ways(plan: TerritoryPlan) -> dict[str, Any]:
    """Return travel to the centre, as a mean and as trips of a year."""
    problem, codes, k = plan.problem, plan.codes, len(plan.territory_ids)
    kilometres, hours = metrics.travel_km(problem, codes, plan.centers), unit_hours(plan)
    order = np.argsort(codes, kind="stable")
    start = np.searchsorted(codes[order], np.arange(k))
    found: dict[str, Any] = {
        "mean_km": _mean(kilometres, codes, problem.weight, k),
        "max_km": np.maximum.reduceat(kilometres[order], start),
        "mean_hours": np.full(k, np.nan) if hours is None else _mean(hours, codes, problem.weight, k),
    }
    visits = unit_visits(plan)
    for name, way in (("trip_km", kilometres), ("trip_hours", hours)):
        found[name] = np.full(k, np.nan)
        if visits is not None and way is not None:
            found[name] = np.bincount(codes, 2.0 * way * visits, minlength=k)
    found["driving_hours"] = (
        np.full(k, np.nan) if problem.work is None else plan.workload()["driving_hours"].to_numpy(dtype=float)
    )
    return found


def unit_hours(plan: TerritoryPlan) -> Floats | None:
    """Return the driving hours from each unit to its centre, shape (n,); at usual speeds where none are stated."""
    hours = metrics.travel_hours(plan.problem, plan.codes, plan.centers)
    distance = plan.problem.distance
    if hours is not None or isinstance(distance, DistanceMatrix):
        return hours
    return distance.hours_between(plan.problem.units.xy, plan.centers.xy[plan.codes])


def unit_visits(plan: TerritoryPlan) -> Floats | None:
    """Return the visits a year of each unit, shape (n,), or None where they are not known."""
    visits, units = visits_of(plan), plan.problem.units
    if visits is None:
        return None
    row = units.frame.index.get_indexer(pd.Index(units.members["unit"]))
    return np.bincount(row, visits, minlength=len(units)).astype(float)


def _mean(values: Floats, codes: Ints, weight: Floats, k: int) -> Floats:
    """Return the weighted mean per territory; the plain one where a territory has no weight."""
    whole = np.bincount(codes, weight, minlength=k)
    weight = np.where(whole[codes] > 0, weight, 1.0)
    return np.asarray(np.bincount(codes, values * weight, minlength=k) / np.bincount(codes, weight, minlength=k))


def _mean_shared(hulls: NDArray[Any], k: int) -> Floats:
    """Return the mean, over the other territories, of the share of the smaller hull in common."""
    total = np.zeros(k)
    if k > 1:
        first, second, shared = metrics.hull_pairs(hulls)
        for end in (first, second):
            total += np.bincount(end, shared, minlength=k)
    return np.asarray(total / max(1, k - 1), dtype=float)


def _outlines(plan: TerritoryPlan, options: CompareOptions) -> Floats:
    units, k = plan.problem.units, len(plan.territory_ids)
    wanted = len(units) <= SHAPES_UPTO if options.shapes is None else options.shapes
    return metrics.polsby_popper(dissolve(units.shapes, plan.codes, k)) if wanted else np.full(k, np.nan)


def capacity_of(plan: TerritoryPlan, options: CompareOptions) -> Floats | None:
    """Return the hours a year that each territory's rep has, shape (k,), or None where nobody says."""
    problem, k = plan.problem, len(plan.territory_ids)
    if options.capacity_hours is not None:
        return np.full(k, float(options.capacity_hours))
    if problem.reps is not None and "capacity_hours" in problem.reps.frame:
        known = problem.reps.frame["capacity_hours"].astype(float)
        hours: Floats = known.reindex(plan.territory_ids).to_numpy(dtype=float)
        return hours
    return None if problem.workload is None else np.full(k, problem.workload.rules.capacity_hours())


def _coverage(plan: TerritoryPlan, options: CompareOptions) -> dict[str, Floats]:
    """Return hours needed, hours there are, and the shares of visits and accounts that these reach."""
    units, codes, k = plan.problem.units, plan.codes, len(plan.territory_ids)
    name = next((name for name in HOURS if name in units.frame), None)
    capacity = capacity_of(plan, options)
    none = np.full(k, np.nan)
    found = {"hours": none, "capacity_hours": none if capacity is None else capacity, "covered_visits": none.copy(),
             "covered_accounts": none.copy()}  # fmt: skip
    if name is None:
        return found
    hours = units.frame[name].to_numpy(dtype=float)
    found["hours"] = np.bincount(codes, hours, minlength=k)
    if capacity is None:
        return found
    visits = unit_visits(plan)
    visits = hours if visits is None else visits
    worth = next((units.frame[m].to_numpy(dtype=float) for m in units.measures if m.startswith("potential")), visits)
    accounts = units.frame["accounts"].to_numpy(dtype=float)
    order = np.argsort(codes, kind="stable")
    for t, rows in enumerate(np.split(order, np.searchsorted(codes[order], np.arange(1, k)))):
        share = covered(hours[rows], worth[rows], float(capacity[t]))
        found["covered_visits"][t] = _part(float(visits[rows] @ share), float(visits[rows].sum()))
        found["covered_accounts"][t] = _part(float(accounts[rows][share > 1 - 1e-9].sum()), float(accounts[rows].sum()))
    return found


def _part(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 1.0
