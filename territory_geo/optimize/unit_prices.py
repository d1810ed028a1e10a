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

from territory_geo.optimize import relaxation, smoothing
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.bounds import SAFETY, anonymous_loads, pairwise_cost

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

STEPS, PAIRS = 25, 20
"""Evaluations in a round, and how many of them the quasi-Newton method remembers."""
HEATS = (0.02, 0.008, 0.003, 0.003, 0.0015, 0.0015, 0.0007, 0.0007, 0.0003, 0.0002, 0.0001)
"""Heat of each round, in shares of the travel of a territory: how far kinks are rounded off."""
AGAIN = 6
"""Round that follows after the last; from there on rounds are twice as long."""
WORTH = 1.0
"""A heat is used again after a round that raised the bound by more than this times the heat."""
BOX = 3.0
"""Prices may move by this times the root of the heat in a round, in shares of their usual size."""
WINDOW, MOST_CENTERS = 12.0, 500
"""Centres up to so many heats above the k-th value take part in a round, and so many at most."""
MOST_CAUTION = 16.0
"""How much shorter ways and wider windows get, at most, after rounds that led down."""
SHARPER = 0.05
"""Rounding, as a share of the next round's, with which load prices are set for the exact bound."""
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
        The problem. Where bounds or loads differ between territories, each may use the widest; contiguity, locks and
        added costs are left out. All of that only lowers the bound.
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
    _now: float = field(init=False, repr=False)
    _turn: int = field(default=0, init=False, repr=False)
    _caution: float = field(default=1.0, init=False, repr=False)

    def __post_init__(self) -> None:
        a = self.arrays
        self._cost = np.ascontiguousarray(pairwise_cost(a).T)
        self.loads, self.lower, self.upper = anonymous_loads(a)
        weight = np.maximum(a.weight, max(SMALL * float(a.weight.mean()), 1e-300))
        around = relaxation.travel_around(self._cost, weight, a.usual[:, 0], float(a.mean_target[0]))
        self._value = OWN * self.own + (1 - OWN) * weight * around
        self.unit = self.travel / a.k
        self.size = weight * max(float(self._value.sum()), 1e-300) / weight.sum()
        # In these units the curvature is alike for all: it falls with a unit's usual price.
        self.scale = np.sqrt(self.size)
        loads = self.loads.sum(axis=0)
        self.load_size = self.size.sum() / np.where(loads > 0, loads, 1.0)
        self._prices = np.zeros(self.loads.shape)
        # At first all load prices are zero: every centre needs better ones before values can be compared.
        self._prove(np.inf)

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
        turn = self._turn if self._turn < len(HEATS) else AGAIN + (self._turn - AGAIN) % (len(HEATS) - AGAIN)
        length = STEPS * (1 if self._turn < len(HEATS) else 2)
        heat, box = HEATS[turn] * self.unit, BOX * np.sqrt(HEATS[turn]) / self._caution
        self.rounds += 1
        order = np.argsort(self._values, kind="stable")
        near = order[: max(a.k, MOST_CENTERS)]
        near = near[self._values[near] <= self._values[order[a.k - 1]] + WINDOW * heat * self._caution]
        active: Ints = np.sort(near)
        width = HEATS[turn] * self.size
        room = box * self.load_size
        slack = width + box * self.size + self.loads @ room
        lists = smoothing.nearby(active, self._cost, self._value, self._prices, self.loads, slack)
        least, most = self._prices[active] - room, self._prices[active] + room
        prices, value = self._prices.copy(), self._value

        def climb(x: Floats) -> tuple[float, Floats]:
            nonlocal value
            if not go_on():
                raise _Enough
            self.steps += 1
            value = x * self.scale
            state = smoothing.State(value, prices, self.loads, width)
            values = smoothing.smooth_values(lists, state, self.lower, self.upper, least, most)
            shares = smoothing.open_shares(values, a.k, heat)
            taken = smoothing.coverage(lists, state, shares)
            inner = shares[(shares > 0) & (shares < 1)]
            mixing = heat * float((inner * np.log(inner) + (1 - inner) * np.log1p(-inner)).sum())
            bound = float(value.sum() + shares @ values + mixing)
            return -bound / self.travel, -(1.0 - taken) * self.scale / self.travel

        begin, free = self._value / self.scale, box * self.size / self.scale
        try:
            found = minimize(
                climb, begin, jac=True, method="L-BFGS-B", bounds=np.column_stack([begin - free, begin + free]),
                options={"maxiter": length, "maxfun": length, "maxcor": PAIRS, "ftol": 1e-14, "gtol": 1e-12},
            )  # fmt: skip
            value = found.x * self.scale
        except _Enough:
            pass
        kept = self._value, self._prices, self._values, self._now
        self._value, self._prices = value, prices
        self._prove(HEATS[min(turn + 1, len(HEATS) - 1)])
        if self._now < kept[-1] - heat:
            # Centres that took no part have become the cheapest: more of them, and shorter ways.
            self._value, self._prices, self._values, self._now = kept
            self._caution = min(2 * self._caution, MOST_CAUTION)
        else:
            self._caution = max(1.0, self._caution / 1.5)
        if self._now - kept[-1] < WORTH * HEATS[turn] * self.travel:
            self._turn += 1
        return self.bound

    def _prove(self, heat: float) -> None:
        """Evaluate the bound exactly; O(n²)."""
        a = self.arrays
        self._values = relaxation.center_values(
            self._cost, self._value, self._prices, self.loads, self.lower, self.upper, a.k,
            WINDOW * heat * self.unit, SHARPER * min(heat, HEATS[0]) * self.size, self.load_size,
        )  # fmt: skip
        chosen = np.sort(self._values)[: a.k]
        rounding = SAFETY * float(np.abs(self._value).sum() + np.abs(chosen).sum())
        self._now = float(self._value.sum() + chosen.sum()) - rounding
        self.bound = max(self.bound, self._now)
