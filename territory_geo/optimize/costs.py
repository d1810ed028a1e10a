"""The cost of a unit in a territory, for kernels: read from a table, or worked out from the centre when asked for.

Large problems have no room for a table of units by territories, and few of its entries are ever looked at.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numba.core.types.npytypes import Array
from numba.extending import overload
from numpy.typing import NDArray

from territory_geo.optimize.kernels import distance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Ways(NamedTuple):
    """What the cost of a unit in a territory is worked out from.

    Parameters
    ----------
    centers : int array, shape (k,)
        The row of `points` that is the centre of each territory.
    points, weight, metric, scale, power
        As in `ProblemArrays`.
    kind : int array, shape (n,)
        Row of `barred` that holds for each unit.
    barred : bool array, shape (kinds, k)
        Where the cost is infinite.
    """

    centers: Ints
    points: Floats
    weight: Floats
    metric: int
    scale: float
    power: int
    kind: Ints
    barred: NDArray[np.bool_]


def cost_at(cost: Floats | Ways, i: int, t: int) -> float:
    """Return the cost of unit i in territory t."""
    if isinstance(cost, np.ndarray):
        return float(cost[i, t])
    if cost.barred[cost.kind[i], t]:
        return float(np.inf)
    d = distance(cost.points, i, cost.centers[t], cost.metric, cost.scale)
    return float(cost.weight[i] * (d if cost.power == 1 else d * d))


@njit(cache=True)
def _read(cost: Any, i: Any, t: Any) -> Any:
    return cost[i, t]


@njit(cache=True)
def _worked_out(cost: Any, i: Any, t: Any) -> Any:
    if cost.barred[cost.kind[i], t]:
        return np.inf
    d = distance(cost.points, i, cost.centers[t], cost.metric, cost.scale)
    return cost.weight[i] * (d if cost.power == 1 else d * d)


@overload(cost_at)
def _compiled_cost_at(cost: Any, i: Any, t: Any) -> Any:
    def read(cost: Any, i: Any, t: Any) -> Any:
        return _read(cost, i, t)

    def worked_out(cost: Any, i: Any, t: Any) -> Any:
        return _worked_out(cost, i, t)

    return read if isinstance(cost, Array) else worked_out
