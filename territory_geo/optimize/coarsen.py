"""A coarse level for large problems: small clusters of near units that stand for them while centres are sought.

Clusters are runs along Hilbert's curve; a cluster holds only units of one part of the map that may go to the
same territories.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.geodata.hilbert import flat_places, hilbert_order
from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.centers import Centers, measured
from territory_geo.optimize.costs import Ways
from territory_geo.optimize.seeds import load_share, territory_parts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLUSTER = 10
"""Units in a cluster, and clusters in a block."""


@dataclass(frozen=True, eq=False)
class Level:
    """Places with weights and loads: units, clusters of units, or blocks of clusters.

    Parameters
    ----------
    places : array, shape (c, 3)
        Weighted mean of the members.
    weight, share : array, shape (c,)
        Sums of the members' trips and loads (as shares of a territory's target).
    kind : int array, shape (c,)
        Which row of the table of barred territories holds.
    parent : int array, shape (c,)
        The member of the next coarser level that each belongs to.
    """

    places: Floats
    weight: Floats
    share: Floats
    kind: Ints
    parent: Ints


@dataclass(frozen=True, eq=False)
class Levels:
    """Units, clusters and blocks.

    Parameters
    ----------
    units, clusters, blocks : Level
        From fine to coarse; numbers of clusters and blocks follow the curve.
    order : int array, shape (n,)
        Units along the curve.
    barred : bool array, shape (kinds, k)
        Territories that a kind must not go to: other parts of the map, forbidden ones, all but the locked one.
    """

    units: Level
    clusters: Level
    blocks: Level
    order: Ints
    barred: Bools


def limited(arrays: ProblemArrays) -> Ints:
    """Return the units that are locked or kept out of some territory."""
    if arrays.extra.strides == (0, 0):
        # One zero seen n times k times: nothing is locked or forbidden, and nothing needs to be looked at.
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.isinf(arrays.extra).any(axis=1))


def plain(arrays: ProblemArrays) -> bool:
    """Tell whether costs besides travel are all zero or infinite, as kinds of units can say."""
    extra = arrays.extra
    return extra.strides == (0, 0) or not np.isfinite(extra[extra != 0]).any()


def kinds(arrays: ProblemArrays, parts: Ints) -> tuple[Ints, Bools]:
    """Return which units may go to the same territories, shape (n,), and where each kind must not go, (kinds, k)."""
    apart = np.arange(int(arrays.component.max()) + 1)[:, None] != parts[None, :]
    kind = arrays.component.astype(np.int64)
    held = limited(arrays)
    if held.size == 0:
        return kind, apart
    rows = np.isinf(arrays.extra[held]) | apart[kind[held]]
    signs, inverse = np.unique(np.column_stack([arrays.component[held], rows]), axis=0, return_inverse=True)
    kind[held] = len(apart) + inverse.reshape(-1)
    return kind, np.vstack([apart, signs[:, 1:].astype(bool)])


class WaysFor:
    """Makes the costs of units to given centres, worked out when asked for; what does not change is kept."""

    def __init__(self, arrays: ProblemArrays) -> None:
        self.arrays = arrays
        self.kind, self.barred = kinds(arrays, territory_parts(arrays))

    def __call__(self, centers: Centers) -> Ways:
        """Return the costs to one centre per territory."""
        a, (points, rows) = self.arrays, measured(self.arrays, centers)
        return Ways(rows, points, a.weight, a.metric, a.scale, a.power, self.kind, self.barred)


@njit(cache=True)
def runs(kind: Ints, order: Ints, size: int) -> tuple[Ints, int]:
    """Return the number of the run of `size` along the order that each unit is in, and how many there are.

    A run ends early where the kind changes. O(n).
    """
    parent = np.empty(order.shape[0], np.int64)
    number, held = -1, 0
    for a in range(order.shape[0]):
        if a == 0 or held == size or kind[order[a]] != kind[order[a - 1]]:
            number += 1
            held = 0
        held += 1
        parent[order[a]] = number
    return parent, number + 1


@njit(cache=True)
def gather(
    places: Floats, weight: Floats, share: Floats, kind: Ints, parent: Ints, count: int
) -> tuple[Floats, Floats, Floats, Ints]:
    """Return places, weights, loads and kinds of `count` groups from those of their members, in O(n)."""
    mean, mass = np.zeros((count, 3)), np.zeros(count)
    total, load, sort = np.zeros(count), np.zeros(count), np.zeros(count, np.int64)
    for i in range(parent.shape[0]):
        g = parent[i]
        # A little more than the weight: members without any still have a place.
        heavy = weight[i] + 1e-9
        mass[g] += heavy
        total[g] += weight[i]
        load[g] += share[i]
        sort[g] = kind[i]
        for c in range(3):
            mean[g, c] += heavy * places[i, c]
    for g in range(count):
        mean[g] /= mass[g]
    return mean, total, load, sort


def coarsen(arrays: ProblemArrays, parts: Ints, size: int = CLUSTER) -> Levels:
    """Return the levels of a problem.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem; its distances must come from coordinates.
    parts : int array, shape (k,)
        The separate part of the map in which each territory lies.
    size : int
        Most units in a cluster, and most clusters in a block.

    References
    ----------
    von Looz, Tzovas & Meyerhenke 2018 (space-filling curves before balanced k-means).
    """
    kind, barred = kinds(arrays, parts)
    order = hilbert_order(flat_places(arrays.places, arrays.metric == kernels.SPHERE), kind)
    share = load_share(arrays)
    parent, count = runs(kind, order, size)
    units = Level(arrays.places, arrays.weight, share, kind, parent)
    middle = gather(arrays.places, arrays.weight, share, kind, parent, count)
    above, blocks = runs(middle[3], np.arange(count), size)
    clusters = Level(*middle, above)
    coarse = gather(*middle, above, blocks)
    return Levels(units, clusters, Level(*coarse, np.arange(blocks)), order, barred)
