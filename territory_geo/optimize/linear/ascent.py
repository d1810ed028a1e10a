"""Prices of loads and budgets that prove most: the dual of the linear model, climbed while its kinks are rounded off.

Rounded off, the dual is smooth in a few dozen prices whatever the number of units; the rounding shrinks as the climb
goes on. What is reported is the exact bound at the prices found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from territory_geo.optimize.bounds import SAFETY
from territory_geo.optimize.linear.model import LinearModel, relax
from territory_geo.optimize.rules.tables import row_starts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

HEATS = (0.1, 0.03, 0.01, 0.003, 0.001)
"""Heat of each round, in shares of a node's usual travel: how far kinks are rounded off."""
STEPS, PAIRS = 50, 20
"""Evaluations in a round, and how many of them the quasi-Newton method remembers."""
NEAR = 12
"""Cheapest territories of each node in the first round, besides its own of today."""
WINDOW = 20.0
"""Options up to so many heats above the cheapest take part in the next round."""


class _Enough(Exception):
    """Ends a round before its time."""


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The best prices found, and what they prove.

    Parameters
    ----------
    bound : float
        No plan costs less.
    prices : float array, shape (k m + b,)
        Of loads and budgets, in usual travel of a territory per share of its target: above nought against too much,
        below nought against too little.
    above : float array, shape (N, k)
        How much dearer each territory is for a node than its cheapest at these prices; infinite where forbidden.
    heat : float
        At which the prices were found: options so far above each other are as good as alike.
    load_price : float array, shape (k, m)
        Of each measure in each territory.
    spent_price : float array, shape (b,)
        Of a territory's share of each budget.
    """

    bound: float
    prices: Floats
    above: Floats
    heat: float
    load_price: Floats
    spent_price: Floats

    @property
    def shares(self) -> Floats:
        """How much of each node is in each territory, shape (N, k)."""
        mass = np.exp(-self.above / self.heat)
        shares: Floats = mass / mass.sum(axis=1, keepdims=True)
        return shares


class _Dual:
    """The dual of a model over some of its options.

    Rows are loads and budgets, in shares of the target. What a price above nought pays back is the most that its row
    may hold, below nought the least: none is spent at least.
    """

    def __init__(self, model: LinearModel, options: Bools) -> None:
        self.model, self.unit = model, model.usual * len(model.cost) / model.cost.shape[1]
        self.start = row_starts(options.sum(axis=1))
        self.options, self.option = options, np.nonzero(options)[1].astype(np.int64)
        self.above = np.empty(len(self.option))
        self.held, self.spent = np.empty(model.target.shape), np.empty(len(model.cap))
        whole = model.loads.max(axis=1).sum(axis=0)
        most = np.concatenate([(np.minimum(model.upper, whole) / model.target).ravel(), model.cap])
        self.least = np.concatenate([(np.maximum(model.lower, 0.0) / model.target).ravel(), np.zeros(len(model.cap))])
        self.room = most - self.least

    def value(self, prices: Floats, heat: float) -> tuple[float, float, Floats]:
        """Return the value at these prices, the size of what was added up, and the slope.

        Parameters
        ----------
        prices : float array, shape (k m + b,)
            See `Relaxed`.
        heat : float
            In shares of a node's usual travel; nought for the exact value.
        """
        model = self.model
        load, spent = self.split(prices)
        total, size = relax(
            self.start, self.option, model.cost, model.loads, load, model.spent_start, model.spent_budget,
            model.spent_owner, model.spent_amount, spent, heat * model.usual, self.above, self.held, self.spent,
        )  # fmt: skip
        if heat > 0.0:
            over = heat * np.logaddexp(0.0, prices / heat)
            steep = np.exp(np.minimum((prices - over) / heat, 0.0))
        else:
            over, steep = np.maximum(prices, 0.0), (prices > 0).astype(float)
        paid = self.unit * (self.least * prices + self.room * over)
        used = np.concatenate([(self.held / model.target).ravel(), self.spent])
        slope = self.unit * (used - self.least - self.room * steep)
        return total - float(paid.sum()), size + float(np.abs(paid).sum()), slope

    def split(self, prices: Floats) -> tuple[Floats, Floats]:
        """Return the prices of loads, shape (k, m), and of budgets, shape (b,)."""
        target = self.model.target
        return self.unit * prices[: target.size].reshape(target.shape) / target, self.unit * prices[target.size :]

    def climb(self, prices: Floats, heat: float, go_on: Callable[[], bool]) -> Floats:
        """Return better prices, or those that were best when `go_on` said no."""
        best, found = np.inf, prices

        def descend(x: Floats) -> tuple[float, Floats]:
            nonlocal best, found
            if not go_on():
                raise _Enough
            value, _, slope = self.value(x, heat)
            if -value < best:
                best, found = -value, x.copy()
            return -value / self.unit, -slope / self.unit

        with suppress(_Enough):
            minimize(
                descend, prices, jac=True, method="L-BFGS-B",
                options={"maxiter": STEPS, "maxfun": STEPS, "maxcor": PAIRS, "ftol": 1e-13, "gtol": 1e-9},
            )  # fmt: skip
        return found


def first_options(model: LinearModel) -> Bools:
    """Return the cheapest few territories of each node, and those that own a part of it today, shape (N, k)."""
    allowed = np.isfinite(model.cost)
    k = model.cost.shape[1]
    if k <= NEAR:
        return allowed
    near: Bools = model.cost <= np.partition(model.cost, NEAR - 1, axis=1)[:, NEAR - 1 : NEAR]
    node = np.repeat(np.arange(len(model.cost)), np.diff(model.spent_start))
    owned = model.spent_owner >= 0
    near[node[owned], model.spent_owner[owned]] = True
    return near & allowed


def ascend(
    model: LinearModel, go_on: Callable[[], bool], before: Relaxed | None = None, heats: Sequence[float] = HEATS
) -> Relaxed:
    """Return prices that prove about as much as the linear model can.

    Parameters
    ----------
    model : LinearModel
        Every node has a territory that it may go to.
    go_on : callable
        Asked before every evaluation; when it says no, what is known by then is returned.
    before : Relaxed, optional
        Of the same model with other options: where to start.
    heats : sequence of float
        Of the rounds.

    Notes
    -----
    At most `STEPS` evaluations in each round, each O(options); the bound itself is always taken over all options.

    References
    ----------
    Nesterov 2005 (smoothing); Byrd, Lu, Nocedal & Zhu 1995 (L-BFGS-B).
    """
    whole = _Dual(model, np.isfinite(model.cost))
    prices = np.zeros(len(whole.room)) if before is None else before.prices
    found = _judged(whole, prices, heats[0])
    options = first_options(model) if before is None else found.above <= WINDOW * found.heat
    for heat in heats:
        if not go_on():
            break
        prices = _Dual(model, options).climb(prices, heat, go_on)
        now = _judged(whole, prices, heat)
        options = now.above <= WINDOW * now.heat
        if now.bound >= found.bound:
            found = now
    return found


def _judged(whole: _Dual, prices: Floats, heat: float) -> Relaxed:
    """Return what prices prove, counted over all options."""
    value, size, _ = whole.value(prices, 0.0)
    above = np.full(whole.options.shape, np.inf)
    above[whole.options] = whole.above
    load, spent = whole.split(prices)
    return Relaxed(value - SAFETY * size, prices, above, heat * whole.model.usual, load, spent)
