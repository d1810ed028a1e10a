"""What labels miss of the rules and what they cost: counted anew, for scores; and tables that depend on centres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize import kernels
from territory_geo.optimize.rules.reach import ROUNDING
from territory_geo.optimize.rules.state import cost_in_all, missed_in_all
from territory_geo.optimize.rules.tables import RADIUS
from territory_geo.plan.metrics.overlap import shared_hulls

if TYPE_CHECKING:
    from territory_geo.optimize.arrays import ProblemArrays
    from territory_geo.optimize.centers import Centers

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]


def reach_of(arrays: ProblemArrays, centers: Centers) -> Floats:
    """Return what is held against the radius: the distance of each unit to each centre, shape (n, k)."""
    ways = arrays.rules.ways
    if ways.size:
        reach: Floats = ways[: arrays.n][:, centers.astype(np.int64)]
        return reach
    return distance_to(arrays, centers)


def distance_to(arrays: ProblemArrays, centers: Centers) -> Floats:
    """Return the distance of each unit to each centre, in what `scale` gives, shape (n, k)."""
    from territory_geo.optimize.centers import measured

    points, rows = measured(arrays, centers)
    away: Floats = kernels.cost_to_centers(rows, points, np.ones(arrays.n), arrays.metric, arrays.scale, 1)
    return away


def beyond(arrays: ProblemArrays, centers: Centers) -> Floats:
    """Return what each unit misses the radius by in each territory, shape (n, k); (0, 0) where no radius is asked."""
    radius = arrays.rules.radius
    if not np.isfinite(radius):
        return np.empty((0, 0))
    return _excess(reach_of(arrays, centers), radius)


def _excess(away: Floats, radius: float) -> Floats:
    over = away / max(radius, 1e-300) - 1
    return np.where(over > ROUNDING, RADIUS + over, 0.0)


def overlap_cost(arrays: ProblemArrays, centers: Centers) -> Floats:
    """Return what each unit costs in each territory because another centre is nearer, shape (n, k)."""
    away = distance_to(arrays, centers)
    nearest = away.min(axis=1, keepdims=True)
    return np.where(away > nearest * (1 + ROUNDING), arrays.rules.overlap[:, None], 0.0)


def rules_missed(arrays: ProblemArrays, labels: Labels, centers: Centers | None) -> float:
    """Return the violation of the rules; without `centers` (not needed where no radius is asked) they are found."""
    missed = float(missed_in_all(labels, arrays.k, arrays.rules.tables))
    if np.isfinite(arrays.rules.radius):
        missed += radius_missed(arrays, labels, centers)
    return missed


def radius_missed(arrays: ProblemArrays, labels: Labels, centers: Centers | None) -> float:
    """Return the violation of the radius, over all units."""
    return float(_excess(own_distance(arrays, labels, centers), arrays.rules.radius).sum())


def own_distance(arrays: ProblemArrays, labels: Labels, centers: Centers | None) -> Floats:
    """Return the distance of each unit to its own centre, shape (n,)."""
    from territory_geo.optimize.centers import recenter

    if centers is None:
        centers, _ = recenter(arrays, labels)
    own: Floats = reach_of(arrays, centers)[np.arange(arrays.n), labels]
    return own


def rules_cost(arrays: ProblemArrays, labels: Labels, centers: Centers) -> float:
    """Return what split containers, borders and both kinds of overlap cost."""
    total = float(cost_in_all(labels, arrays.k, arrays.indptr, arrays.indices, arrays.rules.tables))
    if arrays.rules.overlap.size:
        total += float(overlap_cost(arrays, centers)[np.arange(arrays.n), labels].sum())
    if arrays.rules.hulls:
        total += arrays.rules.hulls * hull_overlap(arrays, labels)
    return total


def hull_overlap(arrays: ProblemArrays, labels: Labels) -> float:
    """Return the mean over all pairs of territories of the share of the smaller one's hull that lies in the other's."""
    return shared_hulls(arrays.rules.hull_points, labels[arrays.rules.hull_units].astype(np.int64), arrays.k)
