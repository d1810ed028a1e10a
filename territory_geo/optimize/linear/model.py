"""The linear model: who gets what from given homes, with loads and budgets as rows and groups as one node each.

It leaves out contiguity, pairs apart and soft rules that are not a matter of one unit alone: all of that only makes
plans dearer, so what is proven of the model holds for every plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory_geo.optimize.arrays import ProblemArrays, spread
from territory_geo.optimize.centers import centers_cost
from territory_geo.optimize.rules.judge import overlap_cost
from territory_geo.optimize.rules.tables import row_starts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FAR = 20.0
"""Heats above the cheapest from which on an option gets no share."""


@dataclass(frozen=True, eq=False)
class LinearModel:
    """N nodes, k territories, m measures, b budgets.

    Parameters
    ----------
    node : int array, shape (n,)
        The node of each unit: groups are one, all other units have their own.
    cost : float array, shape (N, k)
        Of each node in each territory; infinite where it is forbidden.
    loads : float array, shape (N, k, m)
        What a node is in each territory.
    lower, upper, target : float array, shape (k, m)
        As in `ProblemArrays`.
    spent_start : int array, shape (N + 1,)
        Row of each node in the next three, which are those of `Tables`.
    spent_budget, spent_owner : int array
        The budget, and the territory in which nothing is spent.
    spent_amount : float array
        In shares of a territory.
    cap : float array, shape (b,)
        In shares of a territory.
    """

    node: Ints
    cost: Floats
    loads: Floats
    lower: Floats
    upper: Floats
    target: Floats
    spent_start: Ints
    spent_budget: Ints
    spent_owner: Ints
    spent_amount: Floats
    cap: Floats

    @property
    def usual(self) -> float:
        """Least travel of a node in the mean: the unit of heats. Never nought."""
        return max(float(self.cost.min(axis=1).mean()), 1e-300)

    def spending(self, nodes: Ints, territories: Ints) -> Floats:
        """Return what pairs of node and territory take from each budget, shape (pairs, b)."""
        taken = np.zeros((len(nodes), len(self.cap)))
        count = np.diff(self.spent_start)[nodes]
        pair = np.repeat(np.arange(len(nodes)), count)
        entry = np.repeat(self.spent_start[nodes] - (np.cumsum(count) - count), count) + np.arange(len(pair))
        away = self.spent_owner[entry] != territories[pair]
        np.add.at(taken, (pair[away], self.spent_budget[entry[away]]), self.spent_amount[entry[away]])
        return taken


def linear_model(arrays: ProblemArrays) -> LinearModel:
    """Return the model of a problem whose territories have homes."""
    tables, k = arrays.rules.tables, arrays.k
    head = np.arange(arrays.n)
    for group in arrays.rules.groups:
        head[group] = group[0]
    heads, node = np.unique(head, return_inverse=True)
    node = node.reshape(-1).astype(np.int64)
    homes = np.arange(arrays.n, arrays.n + k)
    each = centers_cost(arrays, homes)
    if arrays.rules.overlap.size:
        each = each + overlap_cost(arrays, homes)
    cost = np.zeros((len(heads), k))
    np.add.at(cost, node, each)
    if arrays.fixed:
        usual = np.zeros((len(heads), arrays.m))
        np.add.at(usual, node, arrays.usual)
        loads = spread(usual, k)
    else:
        loads = np.zeros((len(heads), k, arrays.m))
        np.add.at(loads, node, arrays.measures)
    capped = bool(tables.cap.size)
    owner = np.repeat(node, np.diff(tables.spent_start)) if capped else np.empty(0, dtype=np.int64)
    order = np.argsort(owner, kind="stable")
    budget = tables.spent_budget[order]
    return LinearModel(
        node=node, cost=cost, loads=loads, lower=arrays.lower, upper=arrays.upper, target=arrays.target,
        spent_start=row_starts(np.bincount(owner, minlength=len(heads))),
        spent_budget=budget, spent_owner=tables.spent_owner[order],
        spent_amount=tables.spent_amount[order] * (tables.budget_scale[budget] if capped else 1.0),
        cap=tables.cap * tables.budget_scale,
    )  # fmt: skip


@njit(cache=True)
def relax(
    start: Ints, option: Ints, cost: Floats, loads: Floats, price: Floats, spent_start: Ints, spent_budget: Ints,
    spent_owner: Ints, spent_amount: Floats, spent_price: Floats, heat: float, above: Floats, held: Floats,
    spent: Floats,
) -> tuple[float, float]:  # fmt: skip
    """Serve each node where it is cheapest at these prices; return the sum of what that costs, and of its size.

    Parameters
    ----------
    start, option : int array
        The territories that each node may go to, in compressed rows.
    cost, loads, spent_start, spent_budget, spent_owner, spent_amount
        As in `LinearModel`.
    price : float array, shape (k, m)
        Of each measure's load in each territory.
    spent_price : float array, shape (b,)
        Of each budget.
    heat : float
        Above nought, nodes are shared out around the cheapest (softly the least, always below it); at nought, each is
        where it is cheapest.
    above : float array, like `option`
        Receives how much dearer each option is than the node's cheapest.
    held, spent : float array, shape (k, m) and (b,)
        Receive loads and spending.

    Notes
    -----
    O(options * m + entries * options of a node).
    """
    held[:], spent[:] = 0.0, 0.0
    total, size = 0.0, 0.0
    for i in range(start.size - 1):
        first, last = start[i], start[i + 1]
        base = 0.0
        for e in range(spent_start[i], spent_start[i + 1]):
            base += spent_price[spent_budget[e]] * spent_amount[e]
        least = np.inf
        for o in range(first, last):
            t = option[o]
            value = cost[i, t] + base
            for q in range(price.shape[1]):
                value += price[t, q] * loads[i, t, q]
            for e in range(spent_start[i], spent_start[i + 1]):
                if spent_owner[e] == t:
                    value -= spent_price[spent_budget[e]] * spent_amount[e]
            above[o] = value
            least = min(least, value)
        mass, cheapest = 0.0, first
        for o in range(first, last):
            above[o] -= least
            if above[o] == 0.0:
                cheapest = o
            if heat > 0.0 and above[o] < FAR * heat:
                mass += np.exp(-above[o] / heat)
        served = least - heat * np.log(mass) if heat > 0.0 else least
        total += served
        size += abs(served)
        for o in range(first, last):
            if heat > 0.0:
                if above[o] >= FAR * heat:
                    continue
                share = np.exp(-above[o] / heat) / mass
            elif o == cheapest:
                share = 1.0
            else:
                continue
            t = option[o]
            for q in range(price.shape[1]):
                held[t, q] += share * loads[i, t, q]
            for e in range(spent_start[i], spent_start[i + 1]):
                if spent_owner[e] != t:
                    spent[spent_budget[e]] += share * spent_amount[e]
    return total, size
