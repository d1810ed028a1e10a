"""Measures of a plan, as pure functions of a problem and its territory numbers.

Everything is computed from the problem's tables; the optimiser's arrays are not used here.
"""

from territory_geo.plan.metrics.borders import cut_edges, cut_km, splits
from territory_geo.plan.metrics.costs import constraint_table, penalties
from territory_geo.plan.metrics.disruption import changes_rep, disruption_table, uncounted_measures
from territory_geo.plan.metrics.overlap import (
    account_hulls,
    hull_overlap,
    hull_pairs,
    nearer_elsewhere,
    overlap_nearer,
)
from territory_geo.plan.metrics.shape import polsby_popper, reock
from territory_geo.plan.metrics.travel import (
    Centers,
    balance_table,
    best_units,
    between_units,
    centers_of,
    centroids,
    loads,
    minimised,
    travel_hours,
    travel_km,
    weighted_mean,
)

__all__ = [
    "Centers",
    "account_hulls",
    "balance_table",
    "best_units",
    "between_units",
    "centers_of",
    "centroids",
    "changes_rep",
    "constraint_table",
    "cut_edges",
    "cut_km",
    "disruption_table",
    "hull_overlap",
    "hull_pairs",
    "loads",
    "minimised",
    "nearer_elsewhere",
    "overlap_nearer",
    "penalties",
    "polsby_popper",
    "reock",
    "splits",
    "travel_hours",
    "travel_km",
    "uncounted_measures",
    "weighted_mean",
]
