"""Annealing with exact centres: the sums it keeps equal those computed anew, and small optima are reached."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.optimize import kernels, medoids
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.local_search import score, violation_of


def packing(seed, n=24, k=4, slack=1.15, power=1):
    rng = np.random.default_rng(seed)
    load = rng.integers(1, 9, n).astype(float)
    table = pd.DataFrame({"id": range(n), "x": rng.uniform(0, 9e3, n), "y": rng.uniform(0, 9e3, n), "load": load})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])
    capacity = float(np.ceil(load.sum() / k * slack))
    return tg.TerritoryProblem(
        units, None, n_territories=k, balance={"load": tg.Bounds(0, capacity)}, objective=tg.Travel(power=power)
    )


@given(st.integers(0, 500), st.sampled_from([1, 2]), st.sampled_from([1e-9, 0.1, 10.0]))
def test_kept_sums_equal_recomputed_ones(seed, power, temperature):
    arrays = ProblemArrays.from_problem(packing(seed, power=power))
    labels = np.random.default_rng(seed).integers(0, 4, arrays.n).astype(np.int32)
    labels[:4] = range(4)
    cost = kernels.cost_to_centers(
        np.arange(arrays.n), arrays.points, arrays.weight, arrays.metric, arrays.scale, power
    )
    best = labels.copy()
    total, value, _ = medoids.anneal_medoids(
        labels, cost, arrays.extra, arrays.measures, arrays.lower, arrays.upper, arrays.target, arrays.locked < 0,
        medoids.near_units(arrays), temperature, 5.0, 400, np.array([seed + 1], np.uint64), best, np.inf,
    )  # fmt: skip
    assert total == pytest.approx(score(arrays, labels).travel)
    assert len(set(labels.tolist())) == 4
    if value < np.inf:
        assert violation_of(arrays, best) == 0
        assert score(arrays, best).travel == pytest.approx(value)


def test_small_packings_are_solved(brute_force):
    for seed in range(4):
        problem = packing(seed, n=10, k=3)
        known = brute_force(problem)
        solution = tg.solve(problem, stop=tg.MaxIterations(120))
        assert solution.objective == pytest.approx(known.cost)


def test_bans_and_locks_hold():
    problem = packing(3)
    problem = replace(problem, constraints=[tg.Lock(["1", "2"], "A"), tg.Forbid(["3", "4"], "A")])
    plan = tg.solve(problem, stop=tg.MaxIterations(120)).plan
    assert plan.labels.loc[[1, 2]].eq("A").all()
    assert plan.labels.loc[[3, 4]].ne("A").all()


def test_iterations_alone_decide():
    found = [tg.solve(packing(7, n=60, k=9), stop=tg.MaxIterations(250), seed=3).plan.labels for _ in range(2)]
    assert found[0].equals(found[1])


def test_near_units_are_the_nearest_others():
    arrays = ProblemArrays.from_problem(packing(1, n=50, k=5))
    near = medoids.near_units(arrays)
    apart = np.linalg.norm(arrays.points[:, None] - arrays.points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    for u in range(arrays.n):
        assert u not in near[u]
        assert np.allclose(np.sort(apart[u])[: near.shape[1]], apart[u, near[u]])
