"""A lower bound for given centres: the value of the transportation problem that may split units.

It is read from prices of the loads, so that it holds whatever solver found them. For centres that are given (homes)
it bounds every plan; for the centres of a plan, every plan with the same centres.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, kron, vstack

from territory_geo.geodata.hilbert import flat_places, hilbert_order
from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import ProblemArrays, spread
from territory_geo.optimize.bounds import SAFETY
from territory_geo.optimize.centers import centers_cost

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_UNITS = 5_000
"""Units up to which the prices come from the whole model; above, from groups of near units."""
BLOCK = 4_000_000
"""Entries of a table held in memory at once."""
LEAST_UNITS = 200
"""Fewest groups of units, however short the time."""
SECONDS = 5e-4
"""Seconds per unit and measure that the model takes, on a slow machine."""
SHARE = 0.15
"""Part of a time limit that is kept for the bound."""
NEAR = 8
"""Cheapest territories of each unit in the first model; others join where the prices make them cheaper."""
TURNS = 30
"""Most times the model is solved again with pairs that joined."""


def home_seconds(arrays: ProblemArrays, limit: float) -> float:
    """Return the part of a time limit, in seconds, that is kept for the bound of homes."""
    return min(SHARE * limit, SECONDS * arrays.m * min(arrays.n, MOST_UNITS))


def home_bound(arrays: ProblemArrays, seconds: float | None = None) -> float:
    """Return a lower bound on the travel of every plan whose territories have homes; -inf where none was found.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    seconds : float, optional
        About how long it may take.

    Notes
    -----
    Large problems, and those with little time, get their prices from runs of near units along Hilbert's curve; the
    bound is then evaluated on all units, so that it holds for them. One linear programme in at most `MOST_UNITS`
    units, and O(n k).
    """
    homes = np.arange(arrays.n, arrays.n + arrays.k)
    most = MOST_UNITS if seconds is None else int(np.clip(seconds / (SECONDS * arrays.m), LEAST_UNITS, MOST_UNITS))
    if arrays.n <= most:
        return fixed_center_bound(arrays, centers_cost(arrays, homes))
    order = hilbert_order(flat_places(arrays.places, arrays.metric == kernels.SPHERE), arrays.component)
    group = np.empty(arrays.n, dtype=np.int64)
    group[order] = np.arange(arrays.n) * most // arrays.n
    cost, loads = np.zeros((most, arrays.k)), np.zeros((most, arrays.k, arrays.m))
    for units in _blocks(arrays):
        part = _part(arrays, units)
        np.add.at(cost, group[units], centers_cost(part, homes - arrays.n + part.n))
        np.add.at(loads, group[units], part.measures)
    # A unit that is barred somewhere bars its group there: prices may be anything, the bound is taken on the units.
    cost[~np.isfinite(cost).any(axis=1)] = 0.0
    prices = _settled_prices(replace(arrays, measures=loads), cost)
    if prices is None:
        return -np.inf
    total = size = 0.0
    for units in _blocks(arrays):
        part = _part(arrays, units)
        served = (centers_cost(part, homes - arrays.n + part.n) + priced(part, prices)).min(axis=1)
        total, size = total + float(served.sum()), size + float(np.abs(served).sum())
    paid = prices * np.where(prices > 0, arrays.upper, arrays.lower)
    return total - float(paid.sum()) - SAFETY * (size + float(np.abs(paid).sum()))


def _blocks(arrays: ProblemArrays) -> Iterator[Ints]:
    """Yield the units in runs that fit in memory with all territories."""
    size = max(1, BLOCK // (arrays.k * arrays.m))
    for start in range(0, arrays.n, size):
        yield np.arange(start, min(start + size, arrays.n))


def _part(arrays: ProblemArrays, units: Ints) -> ProblemArrays:
    """Return the costs and loads of some units only; their neighbours are left out."""
    measures = spread(arrays.usual[units], arrays.k) if arrays.fixed else arrays.measures[units]
    points = np.concatenate([arrays.points[units], arrays.points[arrays.n :]])
    return replace(arrays, points=points, weight=arrays.weight[units], measures=measures, extra=arrays.extra[units])


def fixed_center_bound(arrays: ProblemArrays, cost: Floats) -> float:
    """Return a lower bound on the travel of every plan that serves its territories at these costs.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem; contiguity is left out.
    cost : array, shape (n, k)
        Of each unit in each territory; infinite where it is forbidden. Every unit needs one finite entry.

    Returns
    -------
    float
        -inf only where the loads cannot be met with these costs, or no prices were found.

    Notes
    -----
    One linear programme in about 8 n variables per turn; usually two or three turns.

    References
    ----------
    Hess et al. 1965 (transportation model); column generation: Dantzig & Wolfe 1960.
    """
    prices = _settled_prices(arrays, cost)
    return -np.inf if prices is None else dual_value(arrays, cost, prices)


def _settled_prices(arrays: ProblemArrays, cost: Floats) -> Floats | None:
    """Return the load prices that prove most, shape (k, m): near territories first, others where prices draw them."""
    k = cost.shape[1]
    near = np.isfinite(cost)
    if k > NEAR:
        near &= cost <= np.partition(cost, NEAR - 1, axis=1)[:, NEAR - 1 : NEAR]
    bound, best = -np.inf, None
    for _ in range(TURNS):
        prices = _load_prices(arrays, cost, near)
        if prices is None:
            if near.sum() == np.isfinite(cost).sum():
                break
            near = np.isfinite(cost)
            continue
        now = dual_value(arrays, cost, prices)
        if now > bound:
            bound, best = now, prices
        reduced = cost + priced(arrays, prices)
        least = np.where(near, reduced, np.inf).min(axis=1, keepdims=True)
        joining = (reduced < least - 1e-9 * np.abs(least)) & ~near
        if not joining.any():
            break
        near |= joining
    return best


def dual_value(arrays: ProblemArrays, cost: Floats, prices: Floats) -> float:
    """Return the bound that load prices prove: each unit where it is cheapest, less what the prices pay back.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    cost : array, shape (n, k)
        Infinite where forbidden.
    prices : array, shape (k, m)
        Any numbers; positive against too much load, negative against too little.
    """
    served = (cost + priced(arrays, prices)).min(axis=1)
    paid = prices * np.where(prices > 0, arrays.upper, arrays.lower)
    return float(served.sum() - paid.sum()) - SAFETY * float(np.abs(served).sum() + np.abs(paid).sum())


def priced(arrays: ProblemArrays, prices: Floats) -> Floats:
    """Return what the load of each unit costs in each territory at these prices, shape (n, k)."""
    if arrays.fixed:
        return arrays.usual @ prices.T
    cost: Floats = np.einsum("itq,tq->it", arrays.measures, prices)
    return cost


def _load_prices(arrays: ProblemArrays, cost: Floats, near: NDArray[np.bool_]) -> Floats | None:
    """Return the best load prices, shape (k, m), where units may only go to near territories, or None."""
    n, k = cost.shape
    m = arrays.m
    unit, territory = np.nonzero(near)
    pairs = np.arange(len(unit))
    whole = csr_matrix((np.ones(len(unit)), (unit, pairs)), shape=(n, len(unit)))
    loads = vstack(
        [
            csr_matrix(
                (arrays.measures[unit, territory, q] / arrays.target[territory, q], (territory, pairs)),
                shape=(k, len(unit)),
            )
            for q in range(m)
        ]
    )
    scale = float(cost[near].max(initial=0.0)) or 1.0
    found = linprog(
        cost[unit, territory] / scale,
        A_ub=kron(csr_matrix([[1.0], [-1.0]]), loads, format="csr"),
        b_ub=np.concatenate([(arrays.upper / arrays.target).T.ravel(), -(arrays.lower / arrays.target).T.ravel()]),
        A_eq=whole,
        b_eq=np.ones(n),
        method="highs",
    )
    if found.status != 0:
        return None
    dual = found.ineqlin.marginals
    prices: Floats = (dual[k * m :] - dual[: k * m]).reshape(m, k).T * scale / arrays.target
    return prices
