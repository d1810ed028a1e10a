"""A first plan for large problems in nearly linear time: centres on clusters, prices on units, strays, sweeps.

Nothing here needs a table of units by territories; each unit looks at a few near territories only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize import kernels, prices
from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.centers import MANY, recenter, unit_centers
from territory_geo.optimize.coarsen import Level, Levels, WaysFor, coarsen, plain
from territory_geo.optimize.seeds import territory_parts
from territory_geo.optimize.strays import house_strays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Near = NDArray[np.int32]
Labels = NDArray[np.int32]

BLOCK_NEAR, NEAR = 16, 8
"""Territories that a block of clusters, and a cluster or a unit, may go to."""
ROUNDS, STEPS, FIRST_STEP = 30, 8, 0.4
"""Alternations of prices and centres on the clusters, price steps in each, and the first of these steps."""
UNIT_NEAR = 5
"""Territories that a unit may go to, of those near its cluster."""
FULL_STEPS, FULL_FIRST = 40, 0.1
"""Price steps on the units, and the first of them."""
WIDER = (0.4, 0.4)
"""Prices move for the units that would change sides within this share of a territory's reach, time after time."""
INSET = 0.8
"""Share of the allowed width that prices work towards: the rest is room for strays and whole units."""
SPREAD = {1: 1.5, 2: 4.0}
"""A territory's reach over the mean travel in it: what the radius of a disc is to it, for lengths and squares."""


@dataclass
class Prices:
    """Free centres with prices, as they are worked on.

    Parameters
    ----------
    centers : array, shape (k, 3)
        Anywhere, not only at units.
    price : array, shape (k,)
        Per load.
    reach : array, shape (k,)
        Price that moves about a whole load.
    lower, upper : array, shape (k,)
        Bounds to work towards, in shares of the target.
    """

    centers: Floats
    price: Floats
    reach: Floats
    lower: Floats
    upper: Floats


def curve_centers(arrays: ProblemArrays, levels: Levels, parts: Ints) -> Floats:
    """Return first centres: the middles of runs of equal load along the curve, shape (k, 3).

    Territories with locked units begin in the middle of these, each in place of the centre nearest to it; those
    with homes at home.
    """
    clusters = levels.clusters
    if arrays.centering == HOME:
        return arrays.points[arrays.n :].copy()
    centers = np.empty((arrays.k, 3))
    part_of = np.full(len(levels.barred), -1, dtype=np.int64)
    part_of[: int(arrays.component.max()) + 1] = np.arange(int(arrays.component.max()) + 1)
    for part in np.unique(parts):
        territories = np.flatnonzero(parts == part)
        own = np.flatnonzero(part_of[clusters.kind] == part)
        if own.size == 0:
            own = np.flatnonzero(~levels.barred[clusters.kind][:, territories].all(axis=1))
        load = np.maximum(clusters.share[own], 1e-12)
        before = np.cumsum(load) - load / 2
        run = np.minimum((before / load.sum() * len(territories)).astype(np.int64), len(territories) - 1)
        # Fewer clusters than territories leave runs empty: these begin where the curve is at that load.
        place = np.searchsorted(before, (np.arange(len(territories)) + 0.5) / len(territories) * load.sum())
        middles = clusters.places[own[np.minimum(place, len(own) - 1)]]
        mass = np.bincount(run, load, minlength=len(territories))
        for axis in range(3):
            pulled = np.bincount(run, load * clusters.places[own, axis], minlength=len(territories))
            middles[:, axis] = np.where(mass > 0, pulled / np.maximum(mass, 1e-300), middles[:, axis])
        free = np.ones(len(territories), dtype=bool)
        for t in np.intersect1d(arrays.locked[arrays.locked >= 0], territories):
            home = arrays.places[arrays.locked == t].mean(axis=0)
            away = np.where(free, ((middles - home) ** 2).sum(axis=1), np.inf)
            taken = int(away.argmin())
            at = int(np.searchsorted(territories, t))
            middles[taken], middles[at] = middles[at].copy(), home
            free[at] = False
        centers[territories] = middles
    return centers


def _cost_to_near(arrays: ProblemArrays, level: Level, above: Near, now: Prices, many: int) -> tuple[Near, Floats]:
    near, cost = prices.narrowed(
        level.parent, above, level.places, level.weight, level.share, now.centers, now.price, arrays.scale,
        arrays.power, many,
    )  # fmt: skip
    return near, cost


def _near_blocks(arrays: ProblemArrays, levels: Levels, now: Prices) -> Near:
    b = levels.blocks
    near: Near = prices.nearest(
        b.places, b.weight, b.share, b.kind, levels.barred, now.centers, now.price, arrays.scale, arrays.power,
        min(BLOCK_NEAR, arrays.k),
    )  # fmt: skip
    return near


def _draw(arrays: ProblemArrays, level: Level, labels: Labels, now: Prices) -> None:
    """Move the centres towards the middles of their territories and take the reach anew."""
    drawn, total = prices.drawn_centers(labels, level.places, level.weight, now.centers, arrays.scale, arrays.power)
    if arrays.centering != HOME:
        now.centers = drawn
    load = np.bincount(labels, level.share, minlength=arrays.k)
    usual = total.sum() / max(load.sum(), 1e-300)
    now.reach = SPREAD[arrays.power] * np.maximum(total / np.maximum(load, 1e-9), 0.1 * usual) + 1e-300


def _reseed(level: Level, labels: Labels, now: Prices) -> None:
    """Move the centre of each empty territory to the heaviest place of the fullest: prices alone do not refill it."""
    load = np.bincount(labels, level.share, minlength=len(now.price))
    for t in np.flatnonzero(load <= 1e-12):
        full = int(load.argmax())
        own = np.flatnonzero(labels == full)
        now.centers[t] = level.places[own[int(level.share[own].argmax())]]
        now.price[t] = now.price[full]
        load[full] /= 2


def balanced_labels(arrays: ProblemArrays) -> tuple[Labels, Prices, Levels]:
    """Return labels near balance, not yet in one piece, with the prices that led to them.

    Parameters
    ----------
    arrays : ProblemArrays
        Large; distances from coordinates. With several measures, the mean of their shares is balanced.

    Notes
    -----
    Prices and centres alternate on the clusters, then prices on the units. O(n log n + blocks * k) per round.
    """
    parts = territory_parts(arrays)
    levels = coarsen(arrays, parts)
    middle = (arrays.lower + arrays.upper) / 2 / arrays.mean_target
    half = INSET * (arrays.upper - arrays.lower) / 2 / arrays.mean_target
    k = arrays.k
    now = Prices(
        curve_centers(arrays, levels, parts), np.zeros(k), np.ones(k), (middle - half).mean(axis=1),
        (middle + half).mean(axis=1),
    )  # fmt: skip
    c = levels.clusters
    many, nothing = min(NEAR, k), np.zeros(k)
    for turn in range(ROUNDS):
        near, cost = _cost_to_near(arrays, c, _near_blocks(arrays, levels, now), now, many)
        if turn == 0:
            labels = prices.choose(near, cost, c.share, now.price, np.zeros(k))
            _draw(arrays, c, labels, now)
            near, cost = _cost_to_near(arrays, c, _near_blocks(arrays, levels, now), now, many)
        labels, now.price, _, _ = prices.settle(
            near, cost, c.share, nothing, now.price, now.lower, now.upper, now.reach, STEPS, FIRST_STEP
        )
        if arrays.centering != HOME:
            _reseed(c, labels, now)
        _draw(arrays, c, labels, now)
    above = _cost_to_near(arrays, c, _near_blocks(arrays, levels, now), now, many)[0]
    labels = _priced_units(arrays, levels, above, now)
    centers, _ = unit_centers(arrays, labels)
    now.centers = np.where((centers >= 0)[:, None], arrays.points[centers], now.centers)
    return _priced_units(arrays, levels, above, now), now, levels


def _priced_units(arrays: ProblemArrays, levels: Levels, above: Near, now: Prices) -> Labels:
    """Return labels of the units after prices have moved towards balance; far from borders units wait for the end."""
    u = levels.units
    near, cost = _cost_to_near(arrays, u, above, now, min(UNIT_NEAR, arrays.k))
    loads = np.zeros(arrays.k)
    labels = prices.choose(near, cost, u.share, now.price, loads)
    for part in WIDER:
        active = np.flatnonzero(prices.undecided(near, cost, u.share, now.price, now.reach, part))
        held = loads - np.bincount(labels[active], u.share[active], minlength=arrays.k)
        _, now.price, _, _ = prices.settle(
            near[active], cost[active], u.share[active], held, now.price, now.lower, now.upper, now.reach,
            FULL_STEPS, FULL_FIRST,
        )  # fmt: skip
        labels = prices.choose(near, cost, u.share, now.price, loads)
    return labels


def applies(arrays: ProblemArrays) -> bool:
    """Tell whether a problem is so large that it is begun on clusters; that needs coordinates."""
    return arrays.n >= MANY and arrays.k > 1 and arrays.metric != kernels.MATRIX and plain(arrays)


def coarse_start(arrays: ProblemArrays) -> Labels | None:
    """Return labels in one piece per territory near balance, or None where an empty territory or a stray is left."""
    labels, now, levels = balanced_labels(arrays)
    return joined(arrays, labels, levels.units.share, now.price)


def joined(arrays: ProblemArrays, labels: Labels, share: Floats, price: Floats) -> Labels | None:
    """Return labels in which strays went where travel and price are least, or None where one or an empty territory is
    left, or a locked unit strayed.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    labels : int32 array, shape (n,)
        No unit where it is forbidden.
    share : array, shape (n,)
        Loads; the piece with most stays.
    price : array, shape (k,)
        Per load.
    """
    if np.bincount(labels, minlength=arrays.k).min() == 0:
        return None
    if arrays.contiguous:
        centers, _ = recenter(arrays, labels)
        labels, _, left = house_strays(labels, WaysFor(arrays)(centers), share, price, arrays.indptr, arrays.indices)
        if left:
            return None
    held = arrays.locked >= 0
    return labels if (labels[held] == arrays.locked[held]).all() else None
