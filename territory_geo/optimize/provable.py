"""Which problems are small enough for an exact model; asked of each, so nothing here loads a solver."""

from __future__ import annotations

from territory_geo.optimize.arrays import HOME, UNIT, ProblemArrays

MOST_UNITS = 120
"""Above this, no exact model is tried."""
MOST_PAIRS = 4_000
"""Units times territories up to which the model with named territories is tried."""
MOST_WAYS = 4_000
"""Units times units times territories up to which travel from free centres is part of that model."""


def centers_provable(arrays: ProblemArrays) -> bool:
    """Tell whether the model with free centres fits: few units, territories all alike, and rules that it can hold."""
    return arrays.n <= MOST_UNITS and arrays.alike and arrays.centering == UNIT and hess_fits(arrays)


def hess_fits(arrays: ProblemArrays) -> bool:
    """Tell whether the exact model with free centres can hold the rules: groups, pairs apart and the radius."""
    tables = arrays.rules.tables
    overlap = arrays.rules.overlap.size or arrays.rules.hulls
    return not (tables.split_cost.size or tables.border.size or tables.cap.size or overlap)


def names_fit(arrays: ProblemArrays) -> bool:
    """Tell whether the model with named territories fits."""
    return arrays.n <= MOST_UNITS and arrays.n * arrays.k <= MOST_PAIRS


def names_provable(arrays: ProblemArrays) -> bool:
    """Tell whether the model with named territories finds the best plan, not only any plan."""
    homes = arrays.centering == HOME and not arrays.rules.hulls
    return names_fit(arrays) and (homes or centers_fit(arrays))


def centers_fit(arrays: ProblemArrays) -> bool:
    """Tell whether that model can hold travel from free centres: few units, and no price on overlap."""
    fits = arrays.centering == UNIT and arrays.n**2 * arrays.k <= MOST_WAYS
    return fits and arrays.rules.asked and not arrays.rules.overlap.size and not arrays.rules.hulls
