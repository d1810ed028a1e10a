"""How territories overlap, by two definitions; shapes on the map never do.

(a) the share of activity that lies nearer to another territory's centre than to its own; (b) how much the hulls of
the territories' accounts intersect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from territory_geo.geodata.ids import texts
from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.plan.metrics.travel import Centers, weighted_mean

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEARER = 1e-9
"""Share by which another centre must be nearer: ties and rounding do not count."""


def nearer_elsewhere(problem: TerritoryProblem, codes: Ints, centers: Centers) -> Bools:
    """Return which units lie nearer to another territory's centre than to their own, shape (n,).

    Near is what the objective measures: kilometres, or hours where they are minimised.
    """
    distance = problem.distance
    if isinstance(distance, DistanceMatrix):
        rows = distance.rows(problem.units.ids)
        home = problem.objective.center == "home"
        ends = distance.rows(problem.named_territories, "reps") if home else rows[centers.unit]
        least, own = np.full(len(codes), np.inf), distance.trip(rows, ends[codes])
        for end in ends:
            least = np.minimum(least, distance.trip(rows, np.full(len(rows), end)))
    else:
        # Chords grow with arcs: the nearest in space is the nearest on the globe.
        units, middles = distance.place(problem.units.xy).points, distance.place(centers.xy).points
        least = cKDTree(middles).query(units)[0]
        own = np.sqrt(((units - middles[codes]) ** 2).sum(axis=1))
    nearer: Bools = own > least * (1 + NEARER) + 1e-12
    return nearer


def overlap_nearer(problem: TerritoryProblem, codes: Ints, centers: Centers) -> float:
    """Return definition (a): the weight of `nearer_elsewhere` as a share of all, 0 to 1."""
    return weighted_mean(nearer_elsewhere(problem, codes, centers).astype(float), problem.weight)


def hull_overlap(problem: TerritoryProblem, codes: Ints) -> float:
    """Return definition (b): the mean over all pairs of territories of the shared part of the smaller hull, 0 to 1.

    Parameters
    ----------
    problem : TerritoryProblem
        Its accounts are the units' members; where rows are areas, each unit's place stands for its accounts.
    codes : int array, shape (n,)
        Territory number of each unit.

    Notes
    -----
    Hulls are convex, in the equal-area plane. The smaller is the one of less area; of accounts in a line it is
    the line, whose length then counts, and of one spot the spot. A territory without accounts intersects nothing.
    """
    k = int(codes.max()) + 1
    return 0.0 if k < 2 else shared_hulls(*_spots(problem, codes), k)


def account_hulls(problem: TerritoryProblem, codes: Ints) -> NDArray[Any]:
    """Return the convex hull of each territory's accounts in the equal-area plane, metres, shape (k,).

    Where rows are areas, each unit's place stands for its accounts; a territory without accounts has an empty hull.
    """
    return hulls_of(*_spots(problem, codes), int(codes.max()) + 1)


def _spots(problem: TerritoryProblem, codes: Ints) -> tuple[Floats, Ints]:
    """Return where accounts lie in the equal-area plane, and in which territory."""
    units = problem.units
    xy, owner = units.xy, codes
    if not (units.rows_are_areas or units.on_their_own.all()):
        points = units.members.geometry
        xy = np.column_stack([points.x, points.y])
        owner = codes[pd.Index(units.ids, dtype=object).get_indexer(pd.Index(texts(units.members["unit"])))]
    return units.plane.to_plane(xy), owner


def shared_hulls(spots: Floats, owner: Ints, k: int) -> float:
    """Return definition (b) for accounts at `spots` in a plane, shape (p, 2), each in a territory, shape (p,)."""
    if k < 2:
        return 0.0
    _, _, shared = hull_pairs(hulls_of(spots, owner, k))
    return float(shared.sum() / (k * (k - 1) / 2))


def hulls_of(spots: Floats, owner: Ints, k: int) -> NDArray[Any]:
    """Return the convex hull of each territory's spots, shape (k,); empty for a territory without any."""
    order = np.argsort(owner, kind="stable")
    # A line through the spots has the same hull, and needs no geometry for each of them; it needs two ends, though.
    alone = np.bincount(owner, minlength=k)[owner[order]] == 1
    rows = np.repeat(order, np.where(alone, 2, 1))
    lines = np.full(k, shapely.MultiPoint(), dtype=object)
    shapely.linestrings(spots[rows], indices=owner[rows], out=lines)
    hulls: NDArray[Any] = shapely.convex_hull(lines)
    return hulls


def hull_pairs(hulls: NDArray[Any]) -> tuple[Ints, Ints, Floats]:
    """Return the pairs of hulls that intersect, and the share of the smaller one that they have in common, 0 to 1.

    Parameters
    ----------
    hulls : array of geometries, shape (k,)
        From `account_hulls`.

    Returns
    -------
    first, second, shared : arrays, shape (pairs,)
        Positions, first < second, and shares.
    """
    one, other = shapely.STRtree(hulls).query(hulls, predicate="intersects")
    pair = one < other
    one, other = one[pair].astype(np.int64), other[pair].astype(np.int64)
    first, second = hulls[one], hulls[other]
    common = shapely.intersection(first, second)
    dimension = np.minimum(shapely.get_dimensions(first), shapely.get_dimensions(second))
    shared = np.ones(len(common))
    for size, dim in ((shapely.area, 2), (shapely.length, 1)):
        chosen = dimension == dim
        # Of two hulls the smaller is the one of fewer dimensions, then of less area or length.
        whole = [np.where(shapely.get_dimensions(h) == dim, size(h), np.inf) for h in (first, second)]
        shared[chosen] = (size(common) / np.minimum(*whole))[chosen]
    return one, other, np.minimum(shared, 1.0)
