"""Prices of what budgets limit, moved while the search runs so that budgets are used where they help most.

A cap alone is a wall: what is spent first is spent, wherever it went. With a price, units go back to who has them today
as soon as others need the room more (Lagrangian relaxation; Fisher 1981).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from territory_geo.optimize.arrays import ProblemArrays

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]

AIM = 0.95
"""Share of a cap that prices work towards."""
QUICK, STEP = 4.0, 1.5
"""How fast a price follows what is spent, and the most it changes by in a round, as a factor."""
LEAST = 1e-6
"""Lowest price that can still rise, as a share of the first."""


class SpendingPrices:
    """A price for each budget, in cost per territory's share of it.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    usual : float
        Mean travel of a territory: the first price.
    """

    def __init__(self, arrays: ProblemArrays, usual: float) -> None:
        self.arrays, self.rules = arrays, arrays.rules
        self.first = usual
        self.price = np.full(self.rules.tables.cap.size, usual)

    def table(self) -> Floats:
        """Return what each unit's spending costs in each territory, shape (n, k)."""
        return spent_table(self.arrays, self.price)

    def follow(self, labels: Labels) -> None:
        """Raise the prices of budgets that are spent, lower those of others."""
        tables = self.rules.tables
        over = self.rules.spent(labels) / np.maximum(tables.cap, 1e-12 / tables.budget_scale) - AIM
        self.price *= np.exp(np.clip(QUICK * over, -np.log(STEP), np.log(STEP)))
        self.price = np.clip(self.price, LEAST * self.first, 1e6 * self.first)


def spent_table(arrays: ProblemArrays, price: Floats) -> Floats:
    """Return what each unit's spending costs in each territory, shape (n, k).

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    price : float array, shape (budgets,)
        Of a territory's share of each budget.
    """
    tables, cost = arrays.rules.tables, np.zeros((arrays.n, arrays.k))
    if not tables.cap.size:
        return cost
    unit = np.repeat(np.arange(arrays.n), np.diff(tables.spent_start))
    amount = tables.spent_amount * (tables.budget_scale * price)[tables.spent_budget]
    cost += np.bincount(unit, amount, minlength=arrays.n)[:, None]
    owned = tables.spent_owner >= 0
    np.add.at(cost, (unit[owned], tables.spent_owner[owned]), -amount[owned])
    return cost
