"""A new start near a good plan: one centre moves from where it is missed little to where it helps much.

Annealing shifts borders; it cannot carry a territory across the map. This can.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.balance import Balanced, balanced_centers
from territory_geo.optimize.centers import centers_cost, travel_to, unit_centers
from territory_geo.optimize.rules.place import grown

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

DRAWS = 8
"""Candidates looked at for each end of the move."""
TRIES = 8
"""Moves that are balanced, of which the cheapest becomes the new start."""


def kicked(arrays: ProblemArrays, labels: Labels, rng: np.random.Generator) -> Labels | None:
    """Return contiguous labels grown from the plan's centres with one of them moved, or None.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem, its contiguity graph in one part.
    labels : int32 array, shape (n,)
        A good plan; not changed.
    rng : Generator
        Draws the candidates.

    References
    ----------
    Iterated local search over sets of centres: Resende & Werneck 2007 (exchange step); Hojati 1996 (balance).
    """
    if arrays.centering == HOME:
        return None
    centers, _ = unit_centers(arrays, labels)
    best = None
    for _ in range(TRIES):
        balanced = neighbour(arrays, centers, np.inf if best is None else best.cost, rng)
        if balanced is not None and (best is None or balanced.cost < best.cost):
            best = balanced
    if best is None:
        return None
    return grown(arrays, best.labels, centers_cost(arrays, best.centers), best.centers)


def neighbour(arrays: ProblemArrays, centers: Ints, rival: float, rng: np.random.Generator) -> Balanced | None:
    """Return the balanced assignment after one centre's move, or None where there is none.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem, its contiguity graph in one part.
    centers : int array, shape (k,)
        Not changed.
    rival : float
        Travel to beat; hopeless moves end early.
    rng : Generator
        Draws the candidates.
    """
    moved = move_one_center(arrays, centers_cost(arrays, centers), centers, rng)
    if len(np.unique(moved)) < arrays.k or (moved == centers).all():
        return None
    return balanced_centers(arrays, moved, rival)


def move_one_center(arrays: ProblemArrays, cost: Floats, centers: Ints, rng: np.random.Generator) -> Ints:
    """Return the centres with one of them moved.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem; territories with locked units keep their centres.
    cost : array, shape (n, k)
        Of each unit at each centre.
    centers : int array, shape (k,)
        At least two; not changed.
    rng : Generator
        Draws a few candidates for both ends, of which the best are taken.

    Notes
    -----
    O(n (k + DRAWS)).
    """
    free = np.setdiff1d(np.arange(arrays.k), arrays.locked)
    if not free.size:
        return centers
    nearest, second = np.partition(cost, 1, axis=1)[:, :2].T
    owner = cost.argmin(axis=1)
    missed = np.bincount(owner, np.minimum(second, 1e300) - nearest, minlength=arrays.k)
    leaving = rng.choice(free, min(DRAWS, free.size), replace=False)
    gone = int(leaving[missed[leaving].argmin()])
    remaining = np.where(owner == gone, second, nearest)
    arriving = rng.choice(arrays.n, min(DRAWS, arrays.n), replace=False)
    saved = np.maximum(0.0, remaining[:, None] - travel_to(arrays, arriving)).sum(axis=0)
    moved = centers.copy()
    moved[gone] = arriving[saved.argmax()]
    return moved
