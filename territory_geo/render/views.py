"""What territories can be coloured by besides their own colours: each measure against its target, and coverage.

A view is a value, a target and a deviation per territory; the browser draws it on a diverging scale whose
middle is the target.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.render.formats import NumberFormat

if TYPE_CHECKING:
    from territory_geo.geodata.reps import Reps
    from territory_geo.plan.plan import TerritoryPlan

_HOURS = ("workload", "visit_hours", "hours")


def territory_views(plan: TerritoryPlan, reps: Reps | None) -> list[dict[str, Any]]:
    """Return the measures that the territories can be coloured by.

    Parameters
    ----------
    plan : TerritoryPlan
        Balanced measures come first, against their targets; others are set against their mean.
    reps : Reps, optional
        With ``capacity_hours``, and where the plan knows hours: coverage, the share of the hours needed that the
        territory's rep has.

    Returns
    -------
    list of dict
        ``label``, ``against`` (what the middle of the scale is), ``format``, ``values``, ``targets``,
        ``deviations`` (shares), ``tolerance`` (share, or None).
    """
    table, balance = plan.territories, plan.problem.balance
    views = []
    for measure, allowed in balance.items():
        values = table[measure].to_numpy(dtype=np.float64)
        style = NumberFormat.of(str(measure), values)
        target = table[f"{measure}_target"].to_numpy(dtype=np.float64)
        tolerance = float(allowed) if isinstance(allowed, (int, float)) else None
        views.append(_view(style, "target", values, target, tolerance))
    for measure in plan.problem.units.measures:
        if measure in balance or measure == "accounts" or measure not in table:
            continue
        values = table[measure].to_numpy(dtype=np.float64)
        if not np.isfinite(values).all() or values.sum() <= 0:
            continue
        mean = np.full(len(values), values.mean())
        views.append(_view(NumberFormat.of(str(measure), values), "mean", values, mean, None))
    coverage = _coverage(table, reps)
    if coverage is not None:
        style = NumberFormat("coverage", "", "%", 0)
        views.append(_view(style, "all hours", coverage * 100, np.full(len(coverage), 100.0), None))
    return views


def _coverage(table: pd.DataFrame, reps: Reps | None) -> np.ndarray[Any, np.dtype[np.float64]] | None:
    hours = next((name for name in _HOURS if name in table), None)
    if reps is None or hours is None or "capacity_hours" not in reps.frame:
        return None
    capacity = reps.frame["capacity_hours"].reindex(table.index.astype(str)).to_numpy(dtype=np.float64)
    needed = table[hours].to_numpy(dtype=np.float64)
    if not np.isfinite(capacity).all() or not (needed > 0).all():
        return None
    covered: np.ndarray[Any, np.dtype[np.float64]] = np.minimum(capacity / needed, 1.0)
    return covered


def _view(
    style: NumberFormat,
    against: str,
    values: np.ndarray[Any, np.dtype[np.float64]],
    targets: np.ndarray[Any, np.dtype[np.float64]],
    tolerance: float | None,
) -> dict[str, Any]:
    with np.errstate(divide="ignore", invalid="ignore"):
        deviations = np.where(targets > 0, values / targets - 1, math.nan)
    return {
        "label": style.label,
        "against": against,
        "format": style.to_json(),
        "values": values,
        "targets": targets,
        "deviations": np.round(deviations, 6),
        "tolerance": tolerance,
    }
