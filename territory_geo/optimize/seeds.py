"""First centres: weighted k-means++ clusters, one search per separate part of the map.

Named territories start where their locked units are; everything is drawn from the generator passed in.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import HOME, ProblemArrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def load_share(arrays: ProblemArrays) -> Floats:
    """Return each unit's load as the mean over measures of its share of a mean target, shape (n,)."""
    share: Floats = (arrays.usual / arrays.mean_target).mean(axis=1)
    return share


def territory_parts(arrays: ProblemArrays) -> Ints:
    """Return the separate part of the map in which each territory lies, shape (k,).

    A territory with locked units lies where they are, one with a home where the unit nearest to it is. The others
    are dealt out by load, each part getting at least one (largest load per target first, D'Hondt).
    """
    count = int(arrays.component.max()) + 1
    parts = np.full(arrays.k, -1, dtype=np.int64)
    if count == 1:
        return np.zeros(arrays.k, dtype=np.int64)
    if arrays.centering == HOME:
        parts = np.array([arrays.component[_nearest_unit(arrays, arrays.n + t)] for t in range(arrays.k)], np.int64)
    for t in np.unique(arrays.locked[arrays.locked >= 0]):
        held = np.flatnonzero(arrays.locked == t)
        parts[t] = np.bincount(arrays.component[held], minlength=count).argmax()
    load = np.bincount(arrays.component, load_share(arrays), minlength=count)
    size = np.bincount(arrays.component, minlength=count)
    share = (arrays.target / arrays.mean_target).mean(axis=1)
    settled = np.flatnonzero(parts >= 0)
    number = np.bincount(parts[settled], minlength=count)
    given = np.bincount(parts[settled], share[settled], minlength=count)
    for t in np.flatnonzero(parts < 0):
        need = np.where(number == 0, np.inf, load / np.maximum(given, 1e-12))
        need[number >= size] = -1.0
        parts[t] = int(need.argmax())
        number[parts[t]] += 1
        given[parts[t]] += share[t]
    return parts


def _nearest_unit(arrays: ProblemArrays, place: int) -> int:
    a = arrays
    way = kernels.cost_to_centers(np.array([place]), a.points, np.ones(a.n), a.metric, a.scale, 1)
    return int(way[:, 0].argmin())


def start_centers(arrays: ProblemArrays, parts: Ints, rng: np.random.Generator) -> Ints:
    """Return one unit per territory to start from, shape (k,); homes where territories have them.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    parts : int array, shape (k,)
        From `territory_parts`.
    rng : Generator
        Source of randomness.

    References
    ----------
    Arthur & Vassilvitskii 2007 (k-means++), as implemented in scikit-learn.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    if arrays.centering == HOME:
        return np.arange(arrays.n, arrays.n + arrays.k)
    share = load_share(arrays)
    centers = np.empty(arrays.k, dtype=np.int64)
    for part in np.unique(parts):
        territories = np.flatnonzero(parts == part)
        units = np.flatnonzero(arrays.component == part)
        weight = np.maximum(share[units], share.max() * 1e-9)
        # Threads change the order of summation, and with it the last bits: one thread, same seeds everywhere.
        with threadpool_limits(1), warnings.catch_warnings():
            # Fewer spots than territories: the centres are made distinct below.
            warnings.simplefilter("ignore", ConvergenceWarning)
            means = KMeans(len(territories), n_init=1, max_iter=30, random_state=int(rng.integers(2**31 - 1)))
            found = means.fit(arrays.places[units], sample_weight=weight).cluster_centers_
        chosen = _distinct_nearest(arrays.places[units], found)
        centers[territories] = units[_match_locked(arrays, territories, units[chosen], chosen)]
    return centers


def _distinct_nearest(points: Floats, means: Floats) -> Ints:
    """Return the nearest point of each mean, no point twice."""
    chosen: list[int] = []
    for mean in means:
        order = np.argsort(((points - mean) ** 2).sum(axis=1), kind="stable")
        chosen.append(next(int(i) for i in order if int(i) not in chosen))
    return np.array(chosen, dtype=np.int64)


def _match_locked(arrays: ProblemArrays, territories: Ints, units: Ints, chosen: Ints) -> Ints:
    """Return `chosen` in an order that gives territories with locked units the centres nearest to these."""
    cost = np.zeros((len(territories), len(chosen)))
    for row, t in enumerate(territories):
        held = np.flatnonzero(arrays.locked == t)
        if held.size:
            middle = arrays.places[held].mean(axis=0)
            cost[row] = np.sqrt(((arrays.places[units] - middle) ** 2).sum(axis=1))
    if not cost.any():
        return chosen
    order: Ints = linear_sum_assignment(cost)[1]
    return chosen[order]
