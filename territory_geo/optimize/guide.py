"""Weights for the search where many units have none: empty areas and hexagons should not wander across the map.

A unit without trips costs nothing wherever it goes, so that nothing keeps territories round and nothing leads the way
across empty land. The search gives such units a little weight; the plan is judged by the true ones.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from territory_geo.optimize.arrays import ProblemArrays

MANY = 0.05
"""Share of units without weight from which on they are given some."""
FLOOR = 0.02
"""That weight, as a share of the mean weight of the others."""


def guided(arrays: ProblemArrays) -> ProblemArrays:
    """Return the arrays to search with: the same ones, unless many units have no weight but others have."""
    empty = arrays.weight <= 0
    if not MANY <= empty.mean() < 1:
        return arrays
    floor = FLOOR * float(arrays.weight[~empty].mean())
    return replace(arrays, weight=np.maximum(arrays.weight, floor))
