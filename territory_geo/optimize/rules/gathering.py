"""Starts that keep containers whole: borders are drawn anew by prices that make the small parts of a container dear.

What a split costs is paid once, by the first unit across: no single move saves it, so annealing from a start that
pays no heed to containers ends with far more splits than pay. Here each load pays by how little of its container is
in a territory, and a minimum-cost flow moves all of them at once; a few rounds of that leave few parts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.balance import assign
from territory_geo.optimize.centers import centers_cost, unit_centers
from territory_geo.optimize.rules.place import grown
from territory_geo.optimize.rules.tables import UNLIMITED
from territory_geo.optimize.seeds import load_share

if TYPE_CHECKING:
    from territory_geo.optimize.arrays import ProblemArrays

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]

ROUNDS = 6
"""Most times that prices and flows alternate; fewer where borders stay."""
SLIGHT = 0.02
"""Share of a container that a territory without any of it is taken to hold: it bounds the price of the first load."""
INSET = 0.4
"""Share of the allowed width that flows keep to: the rest is room for units that they divide."""
FIRST_PRICE, DEARER, TIMES = 0.01, 4.0, 6
"""Where splits are limited: the first price of one, in travel of a territory, and how often it rises by how much."""
MOST_ARCS = 400_000
"""Units times territories up to which flows are worth their time."""


def applies(arrays: ProblemArrays) -> bool:
    """Tell whether there are containers, borders are free to follow them, and the flows are not too large."""
    small = arrays.k > 1 and arrays.n * arrays.k <= MOST_ARCS
    return arrays.rules.tables.split_cost.size > 0 and arrays.rules.alike and small


def gathered(arrays: ProblemArrays, labels: Labels) -> Labels | None:
    """Return contiguous labels around the same centres with fewer containers split, or None where locks leave no way.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem; with several measures, the mean of their shares is balanced.
    labels : int32 array, shape (n,)
        Territories in one piece each; not changed.

    Notes
    -----
    At most `ROUNDS` flows for each price that is tried; only a limit of the splits makes it try several.

    References
    ----------
    Candès, Wakin & Boyd 2008 (few parts by reweighted prices); Hess et al. 1965 (transportation step).
    """
    tables = arrays.rules.tables
    price = tables.split_cost.copy()
    if (tables.split_limit < UNLIMITED).any():
        own = centers_cost(arrays, unit_centers(arrays, labels)[0])[np.arange(arrays.n), labels]
        limited = tables.split_limit[tables.kind] < UNLIMITED
        price = np.where(limited, np.maximum(price, FIRST_PRICE * own.sum() / arrays.k), price)
    best = None
    for _ in range(TIMES):
        best = _drawn(arrays, labels, price)
        if best is None:
            return None
        passed = _splits(arrays, best) > tables.split_limit
        if not passed.any():
            break
        price = np.where(passed[tables.kind], DEARER * price, price)
    return best


def parts_held(arrays: ProblemArrays, labels: Labels, load: Floats) -> Floats:
    """Return the load of each container in each territory, shape (containers, k)."""
    container = arrays.rules.tables.container
    held = np.zeros((arrays.rules.tables.split_cost.size, arrays.k))
    for column in container.T:
        inside = column >= 0
        np.add.at(held, (column[inside], labels[inside]), load[inside])
    return held


def _splits(arrays: ProblemArrays, labels: Labels) -> NDArray[np.int64]:
    """Return the further territories in containers of each kind."""
    tables = arrays.rules.tables
    parts = (parts_held(arrays, labels, np.ones(arrays.n)) > 0).sum(axis=1)
    return np.bincount(tables.kind, parts - 1, minlength=len(tables.split_limit)).astype(np.int64)


def _drawn(arrays: ProblemArrays, labels: Labels, price: Floats) -> Labels | None:
    """Return labels after flows at one price of each container's splits."""
    share = load_share(arrays)
    load = np.maximum(share, 1e-6 * share.mean())
    # Territories stay in the part of the map where they are.
    part = np.empty(arrays.k, dtype=np.int64)
    part[labels] = arrays.component
    apart = (arrays.component[:, None] != part) & arrays.contiguous
    middle, half = (arrays.lower + arrays.upper) / 2, INSET * (arrays.upper - arrays.lower) / 2
    inner = replace(arrays, lower=middle - half, upper=middle + half)
    for _ in range(ROUNDS):
        centers = unit_centers(arrays, labels)[0]
        cost = np.where(apart, np.inf, centers_cost(arrays, centers))
        drawn = assign(inner, cost + _priced(arrays, labels, load, price), arrays.k)
        if drawn is None:
            return None
        settled = (drawn[0] == labels).all()
        labels = drawn[0]
        if settled or np.bincount(labels, minlength=arrays.k).min() == 0:
            break
    return grown(arrays, labels, cost, centers)


def _priced(arrays: ProblemArrays, labels: Labels, load: Floats, price: Floats) -> Floats:
    """Return what each unit pays in each territory: the less of its container is there, the more, shape (n, k)."""
    held = parts_held(arrays, labels, load)
    per_load = price[:, None] / (held + SLIGHT * held.sum(axis=1, keepdims=True))
    table = np.zeros((arrays.n, arrays.k))
    for column in arrays.rules.tables.container.T:
        inside = np.flatnonzero(column >= 0)
        table[inside] += per_load[column[inside]] * load[inside, None]
    return table
