"""A lower bound for free centres and thousands of units: prices of service, found by smoothed steepest ascent.

Each unit has a price. At given prices every possible centre has a value (what it would cost to open it, less the
prices of the units it would take), and the k lowest values plus all prices are a lower bound on every plan. The bound
is a concave function of the prices with many kinks; rounded off, it is climbed by a quasi-Newton method, and
the rounding shrinks as the climb goes on. What is reported is always the exact bound at the prices found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from territory_geo.optimize import relaxation
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.bounds import SAFETY, pairwise_cost

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

STEPS, PAIRS = 40, 20
"""Evaluations in a round, and how many of them the quasi-Newton method remembers."""
HEATS = (0.02, 0.012, 0.007, 0.004, 0.0025, 0.0015, 0.001, 0.0006, 0.0004, 0.0002)
"""Heat of each round, in shares of the travel of a territory: how far kinks are rounded off."""
AGAIN = 5
"""Round that follows after the last: from there on every heat is used twice as long as before."""
BOX = 2.0
"""Prices may move by this times the root of the heat in a round, in shares of their usual size."""
WINDOW, MOST_CENTERS = 10.0, 800
"""Centres up to so many heats above the k-th value take part in a round, and so many at most."""
OWN = 0.4
"""Share of the known plan's travel in the first prices; the rest is the travel to one territory's load around."""
SMALL = 1e-3
"""Units of less weight than this share of the mean are priced as if they had it."""


class _Enough(Exception):
    """Ends a round before its time."""


@dataclass
class Prices:
    """Prices that prove a bound, and get better round by round.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem. Where bounds differ between territories, each may use the widest; contiguity, locks and forbidden
        units are left out. All of that only lowers the bound.
    travel : float
        Of a known plan: it scales the steps and has no part in the proof.
    own : float array, shape (n,)
        Travel of each unit in that plan.
    bound : float
        The best bound so far; no plan travels less than nothing.

    References
    ----------
    Geoffrion 1974, Beasley 1993 (the relaxation); Nesterov 2005 (smoothing); Byrd, Lu, Nocedal & Zhu 1995 (L-BFGS-B).
    """

    arrays: ProblemArrays
    travel: float
    own: Floats
    bound: float = 0.0
    rounds: int = 0
    steps: int = 0
    _cost: Floats = field(init=False, repr=False)
    _value: Floats = field(init=False, repr=False)
    _prices: Floats = field(init=False, repr=False)
    _values: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        a = self.arrays
        self._cost = np.ascontiguousarray(pairwise_cost(a).T)
        self.lower, self.upper = a.lower.min(axis=0), a.upper.max(axis=0)
        weight = np.maximum(a.weight, max(SMALL * float(a.weight.mean()), 1e-300))
        around = relaxation.travel_around(self._cost, weight, a.measures[:, 0], float(a.target[0]))
        self._value = OWN * self.own + (1 - OWN) * weight * around
        self.unit = self.travel / a.k
        self.size = weight * max(float(self._value.sum()), 1e-300) / weight.sum()
        loads = a.measures.sum(axis=0)
        self.load_size = self.size.sum() / np.where(loads > 0, loads, 1.0)
        self._prices = np.zeros((a.n, a.measures.shape[1]))
        self._prove(4.0)

    def improve(self, go_on: Callable[[], bool]) -> float:
        """Do one round of steps and return the best bound so far.

        Parameters
        ----------
        go_on : callable
            Asked after every step; a round that is broken off is still evaluated.
        """
        if self.travel <= 0:
            return self.bound
        a = self.arrays
        turn = self.rounds if self.rounds < len(HEATS) else AGAIN + (self.rounds - AGAIN) % (len(HEATS) - AGAIN)
        length = STEPS * (1 if self.rounds < len(HEATS) else 2)
        heat, box = HEATS[turn] * self.unit, BOX * np.sqrt(HEATS[turn])
        self.rounds += 1
        order = np.argsort(self._values, kind="stable")
        near = order[: max(a.k, MOST_CENTERS)]
        near = near[self._values[near] <= self._values[order[a.k - 1]] + WINDOW * heat]
        active: Ints = np.sort(near)
        width = HEATS[turn] * self.size
        room = box * self.load_size
        slack = width + box * self.size + a.measures @ room
        lists = relaxation.nearby(active, self._cost, self._value, self._prices, a.measures, slack)
        least, most = self._prices[active] - room, self._prices[active] + room
        prices, value = self._prices.copy(), self._value

        def climb(x: Floats) -> tuple[float, Floats]:
            nonlocal value
            if not go_on():
                raise _Enough
            self.steps += 1
            value = x * self.size
            values = relaxation.smooth_values(
                active, *lists, value, prices, a.measures, width, self.lower, self.upper, least, most
            )
            shares = relaxation.open_shares(values, a.k, heat)
            taken = relaxation.coverage(active, *lists, value, prices, a.measures, width, shares)
            inner = shares[(shares > 0) & (shares < 1)]
            mixing = heat * float((inner * np.log(inner) + (1 - inner) * np.log1p(-inner)).sum())
            bound = float(value.sum() + shares @ values + mixing)
            return -bound / self.travel, -(1.0 - taken) * self.size / self.travel

        begin = self._value / self.size
        try:
            found = minimize(
                climb, begin, jac=True, method="L-BFGS-B", bounds=np.column_stack([begin - box, begin + box]),
                options={"maxiter": length, "maxfun": length, "maxcor": PAIRS, "ftol": 1e-14, "gtol": 1e-12},
            )  # fmt: skip
            value = found.x * self.size
        except _Enough:
            pass
        self._value, self._prices = value, prices
        self._prove(WINDOW * HEATS[min(turn + 1, len(HEATS) - 1)])
        return self.bound

    def _prove(self, heats: float) -> None:
        """Evaluate the bound exactly; O(n²)."""
        a = self.arrays
        self._values = relaxation.center_values(
            self._cost, self._value, self._prices, a.measures, self.lower, self.upper, a.k,
            heats * self.unit, self.load_size,
        )  # fmt: skip
        chosen = np.sort(self._values)[: a.k]
        rounding = SAFETY * float(np.abs(self._value).sum() + np.abs(chosen).sum())
        self.bound = max(self.bound, float(self._value.sum() + chosen.sum()) - rounding)
