"""Territories seen during a search, put together anew: each unit in exactly one of them, at least travel.

Plans of several runs rarely agree everywhere, and each is good in other places. Where territories can change names,
any choice of them that covers every unit once is a plan: a set-partitioning model over all that were seen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_matrix, csr_matrix, vstack

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.combine import exchangeable
from territory_geo.optimize.local_search import GAIN
from territory_geo.optimize.restricted import SCALE, no_clock

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]

MOST_COLUMNS = 3_000
"""Territories that enter the model, the most promising by the relaxation's reduced costs."""
NODES = 100
"""Most nodes of the solver's tree."""
SLACK = 1e-12
"""What a load may exceed a bound by, as a share of the target: sums are added up in another order."""


class SeenTerritories:
    """What a search has seen within the bounds, each set of units once.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem; its territories need not be contiguous.
    cost : array, shape (n, n)
        Of serving each unit from each other one.

    Attributes
    ----------
    applies : bool
        Whether any territory could be any other: no locks, bounds, costs or homes of their own. Else nothing is
        remembered.

    References
    ----------
    Rochat & Taillard 1995 (the idea, for routes); Baldacci et al. 2002 (capacitated medians as set partitioning).
    """

    def __init__(self, arrays: ProblemArrays, cost: Floats) -> None:
        self.arrays, self.cost = arrays, cost
        self.applies = bool(exchangeable(arrays).all())
        self.known: set[bytes] = set()
        self.members: list[NDArray[np.int64]] = []
        self.travel: list[float] = []
        self.news = False

    def add(self, labels: Labels) -> None:
        """Remember the territories of a plan that keep their bounds; the plan as a whole need not keep them."""
        if not self.applies:
            return
        arrays = self.arrays
        order = np.argsort(labels, kind="stable")
        for members in np.split(order, np.searchsorted(labels[order], np.arange(1, arrays.k))):
            key = members.tobytes()
            if key in self.known or not members.size:
                continue
            self.known.add(key)
            load = arrays.measures[members, 0].sum(axis=0)
            room = SLACK * arrays.target[0]
            if (load >= arrays.lower[0] - room).all() and (load <= arrays.upper[0] + room).all():
                self.members.append(members)
                self.travel.append(float(self.cost[np.ix_(members, members)].sum(axis=0).min()))
                self.news = True

    def combined(self, below: float, left: Callable[[], float] = no_clock) -> Labels | None:
        """Return the labels of a plan with less travel than `below`, or None; without news the answer is None.

        Parameters
        ----------
        below : float
            Travel of the best plan.
        left : callable
            How many seconds are left.
        """
        if not self.news or len(self.members) < self.arrays.k:
            return None
        self.news = False
        n, value = self.arrays.n, np.array(self.travel)
        scale = SCALE / max(below, 1e-300) if np.isfinite(below) else SCALE / max(value.mean() * self.arrays.k, 1e-300)
        value *= scale
        start = np.cumsum([0, *(len(members) for members in self.members)])
        covered = csc_matrix((np.ones(start[-1]), np.concatenate(self.members), start), shape=(n, len(value)))
        rows = vstack([covered, csr_matrix(np.ones((1, len(value))))]).tocsc()
        once = np.append(np.ones(n), self.arrays.k)
        relaxed = linprog(value, A_eq=rows, b_eq=once, bounds=(0, None), method="highs-ds")
        goal = below * scale * (1 - GAIN)
        if relaxed.x is None or relaxed.fun >= goal:
            return None
        extra = relaxed.lower.marginals
        kept = np.sort(np.argsort(extra, kind="stable")[:MOST_COLUMNS])
        kept = kept[extra[kept] <= goal - relaxed.fun]
        seconds = left()
        if seconds <= 0:
            return None
        rules = [LinearConstraint(rows[:, kept], once, once)]
        if np.isfinite(goal):
            rules.append(LinearConstraint(value[None, kept], -np.inf, goal))
        found = milp(
            value[kept], constraints=rules, integrality=np.ones(len(kept)), bounds=Bounds(0, 1),
            options={"node_limit": NODES, "time_limit": seconds, "mip_rel_gap": 0.0},
        )  # fmt: skip
        if found.x is None:
            return None
        labels = np.full(n, -1, dtype=np.int32)
        for t, column in enumerate(kept[found.x > 0.5]):
            labels[self.members[column]] = t
        return labels
