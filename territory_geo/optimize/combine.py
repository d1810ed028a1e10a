"""Good plans combined: each unit may go wherever one of the plans has it, and the best mixture is a small model.

Plans of one search share most of their borders, so that little is left to decide: where they differ.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.local_search import Score, score
from territory_geo.optimize.restricted import MOST_VARIABLES, no_clock, solve_restricted

Bools = NDArray[np.bool_]
Labels = NDArray[np.int32]

MERGED = 6
"""Plans that are combined at once."""
NODES = 5
"""Nodes of the model's tree; the best mixture is usually found near the root."""


class GoodPlans:
    """The best few plans of a search, no two of them the same."""

    def __init__(self, most: int = MERGED) -> None:
        self.most = most
        self.plans: list[tuple[float, Labels]] = []
        self.news = False

    def add(self, labels: Labels, now: Score) -> None:
        """Remember a plan within all bounds if it is one of the best."""
        if not now.feasible or any(abs(travel - now.travel) <= 1e-9 * travel for travel, _ in self.plans):
            return
        self.plans = sorted([*self.plans, (now.travel, labels.copy())], key=lambda plan: plan[0])
        self.news |= any(labels is plan or (labels == plan).all() for _, plan in self.plans[: self.most])
        self.plans = self.plans[: self.most]

    def combined(self, arrays: ProblemArrays, left: Callable[[], float] = no_clock) -> tuple[Labels, Score] | None:
        """Return a plan better than all of them, or None; asked again without news, the answer is None."""
        if len(self.plans) < 2 or not self.news:
            return None
        self.news = False
        return combine(arrays, [labels for _, labels in self.plans], left)


def exchangeable(arrays: ProblemArrays) -> Bools:
    """Tell of each pair of territories whether they could change names: same bounds, no locks, loads, costs or homes of
    their own.

    Returns
    -------
    bool array, shape (k, k)
    """
    same = (arrays.lower[:, None] == arrays.lower).all(axis=2) & (arrays.upper[:, None] == arrays.upper).all(axis=2)
    alike = arrays.fixed and arrays.centering != HOME and not arrays.extra.any() and arrays.rules.alike
    plain = ~np.isin(np.arange(arrays.k), arrays.locked) & alike
    pairs: Bools = (same & plain[:, None] & plain) | np.eye(arrays.k, dtype=np.bool_)
    return pairs


def matched(arrays: ProblemArrays, first: Labels, second: Labels) -> Labels:
    """Return the second plan with its territories named as those of the first that share most trips with them."""
    shared = np.zeros((arrays.k, arrays.k))
    np.add.at(shared, (second, first), arrays.weight + arrays.weight.mean() * 1e-6 + 1e-300)
    gain = np.where(exchangeable(arrays), shared, -1e6 * (shared.sum() + 1.0))
    rows, columns = linear_sum_assignment(gain, maximize=True)
    name = np.empty(arrays.k, dtype=np.int32)
    name[rows] = columns
    named: Labels = name[second]
    return named


def combine(
    arrays: ProblemArrays, plans: list[Labels], left: Callable[[], float] = no_clock
) -> tuple[Labels, Score] | None:
    """Return the best mixture of some plans that was found, or None if nothing is better than the first.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    plans : list of int32 array, shape (n,)
        Within all bounds, the best one first; not changed.
    left : callable
        How many seconds are left.

    Notes
    -----
    One model of `NODES` nodes; plans that differ in too many units are left out, worst first.

    References
    ----------
    Blum, Pinacho, López-Ibáñez & Lozano 2016 (construct, merge, solve); Aggarwal, Orlin & Tai 1997.
    """
    best, value = plans[0], score(arrays, plans[0])
    every = np.arange(arrays.n)
    options = np.zeros((arrays.n, arrays.k), dtype=np.bool_)
    options[every, best] = True
    for other in plans[1:]:
        wider = options.copy()
        wider[every, matched(arrays, best, other)] = True
        if wider[wider.sum(axis=1) > 1].sum() <= MOST_VARIABLES:
            options = wider
    child = solve_restricted(arrays, best, options, NODES, left)
    if child is None:
        return None
    now = score(arrays, child)
    return (child, now) if now.gains(value) else None
