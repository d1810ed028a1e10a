"""From prices to whole units: heavy ones get their place first, prices are found again, and the rest goes by shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.linear.ascent import HEATS, Relaxed, ascend
from territory_geo.optimize.linear.model import LinearModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

HEAVY, MANY = 0.2, 0.01
"""A node is heavy that takes so much of the room between two bounds; at most so many of all nodes are, and one more."""
AGAIN = HEATS[-2:]
"""Heats with which prices are found again once heavy nodes have their place."""


def rounded(model: LinearModel, relaxed: Relaxed, go_on: Callable[[], bool]) -> tuple[Labels, Relaxed]:
    """Return whole units near the prices' shares, and the prices used; rows may be missed by a little.

    Parameters
    ----------
    model : LinearModel
        The problem.
    relaxed : Relaxed
        Its prices.
    go_on : callable
        As in `ascend`.

    Notes
    -----
    Two rounds of prices and O(N k m). About as many light nodes are split between territories as there are rows, and
    each goes where most of it is.
    """
    placed = heavy_places(model, relaxed.shares)
    fixed = np.flatnonzero(placed >= 0)
    if fixed.size:
        cost = model.cost.copy()
        cost[fixed] = np.inf
        cost[fixed, placed[fixed]] = model.cost[fixed, placed[fixed]]
        relaxed = ascend(replace(model, cost=cost), go_on, relaxed, AGAIN)
    labels: Labels = relaxed.shares.argmax(axis=1)[model.node].astype(np.int32)
    return labels, relaxed


def heavy_places(model: LinearModel, shares: Floats) -> Ints:
    """Return a territory for each heavy node, -1 for all others, shape (N,).

    The heaviest first, each where most of it is among the territories that still have room for it.
    """
    room = np.maximum(model.upper - model.lower, 1e-12 * model.target)
    size = np.where(np.isfinite(model.cost)[:, :, None], model.loads / room, 0.0).max(axis=(1, 2))
    order = np.argsort(-size, kind="stable")[: 1 + int(MANY * len(size))]
    held, placed = np.zeros(model.target.shape), np.full(len(size), -1, dtype=np.int64)
    for i in order[size[order] > HEAVY]:
        for t in np.argsort(-shares[i], kind="stable"):
            if np.isfinite(model.cost[i, t]) and (held[t] + model.loads[i, t] <= model.upper[t]).all():
                held[t] += model.loads[i, t]
                placed[i] = t
                break
    return placed
