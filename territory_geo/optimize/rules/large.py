"""The first plan of a large problem: on clusters; with rules, groups are placed, and budgets begin at today's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.centers import centers_cost
from territory_geo.optimize.coarse import coarse_start
from territory_geo.optimize.rules.place import grown
from territory_geo.optimize.rules.today import middle_units, today_starts

Labels = NDArray[np.int32]


def first_start(arrays: ProblemArrays, swept: Callable[[Labels], Labels]) -> Labels | None:
    """Return labels in one piece per territory, or None where no way was found.

    Parameters
    ----------
    arrays : ProblemArrays
        Large; see `coarse.applies`.
    swept : callable
        Mends the borders of labels that know nothing of rules.

    Notes
    -----
    Where budgets bind a plan to today's, the start is today's: clusters lead nowhere near it. Else clusters, and then
    groups whole and pairs apart where a way is found.
    """
    if not arrays.rules.alike:
        today = next(today_starts(arrays), None)
        if today is not None:
            return today
    labels = coarse_start(arrays)
    if labels is None:
        return None
    labels = swept(labels)
    if not arrays.rules.tied.size:
        return labels
    centers = middle_units(arrays, labels)
    whole = grown(arrays, labels, centers_cost(arrays, centers), centers)
    return labels if whole is None else whole
