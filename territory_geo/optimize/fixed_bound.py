"""A lower bound for given centres: the value of the transportation problem that may split units.

It is read from prices of the loads, so that it holds whatever solver found them. For centres that are given (homes)
it bounds every plan; for the centres of a plan, every plan with the same centres.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, kron, vstack

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.bounds import SAFETY

Floats = NDArray[np.float64]

NEAR = 8
"""Cheapest territories of each unit in the first model; others join where the prices make them cheaper."""
TURNS = 30
"""Most times the model is solved again with pairs that joined."""


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
    k = cost.shape[1]
    near = np.isfinite(cost)
    if k > NEAR:
        near &= cost <= np.partition(cost, NEAR - 1, axis=1)[:, NEAR - 1 : NEAR]
    bound = -np.inf
    for _ in range(TURNS):
        prices = _load_prices(arrays, cost, near)
        if prices is None:
            if near.sum() == np.isfinite(cost).sum():
                break
            near = np.isfinite(cost)
            continue
        bound = max(bound, dual_value(arrays, cost, prices))
        reduced = cost + priced(arrays, prices)
        least = np.where(near, reduced, np.inf).min(axis=1, keepdims=True)
        joining = (reduced < least - 1e-9 * np.abs(least)) & ~near
        if not joining.any():
            break
        near |= joining
    return bound


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
