"""Bounds for free and for fixed centres: never above a plan, never lower with more rounds, always the same."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import territory_geo as tg
from territory_geo.errors import OptionError
from territory_geo.optimize import free_bound
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.bounds import lagrangian_bound, pairwise_cost
from territory_geo.optimize.centers import centers_cost, recenter, travel_to
from territory_geo.optimize.fixed_bound import dual_value, fixed_center_bound
from territory_geo.optimize.local_search import score
from territory_geo.optimize.unit_prices import Prices


def prices_of(arrays: ProblemArrays, labels: np.ndarray) -> Prices:
    cost = travel_to(arrays, recenter(arrays, labels)[0])
    return Prices(arrays, score(arrays, labels).travel, cost[np.arange(arrays.n), labels])


def points(n: int, seed: int, measures: int = 1) -> tg.BasicUnits:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"id": range(n), "x": rng.uniform(0, 9e4, n), "y": rng.uniform(0, 9e4, n)})
    for q in range(measures):
        table[f"m{q}"] = rng.integers(0, 30, n) ** 2.0 + (q == 0)
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=[f"m{q}" for q in range(measures)])


@st.composite
def plans(draw: st.DrawFn) -> tuple[ProblemArrays, np.ndarray]:
    """Any labels, with bounds that they keep: a problem with a plan, without contiguity."""
    n, m = draw(st.integers(4, 24)), draw(st.integers(1, 3))
    k = draw(st.integers(1, min(n, 5)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    units = points(n, int(rng.integers(2**32)), m)
    labels = np.append(np.arange(k), rng.integers(0, k, n - k)).astype(np.int32)
    codes = labels if draw(st.booleans()) else rng.permutation(labels)
    loads = np.array([np.bincount(codes, units.frame[f"m{q}"], k) for q in range(m)])
    weight = draw(st.sampled_from(["m0", "m1" if m > 1 else "m0", None]))
    codes = ((codes - codes[0]) % k).astype(np.int32)
    locks = [tg.Lock(units.ids[0], "the first")] if draw(st.booleans()) else []
    problem = tg.TerritoryProblem(
        units,
        None,
        n_territories=k,
        balance={f"m{q}": tg.Bounds(loads[q].min() * 0.999, loads[q].max() * 1.001) for q in range(m)},
        objective=tg.Travel(power=draw(st.sampled_from([1, 2])), weight=weight),
        constraints=locks,
    )
    return ProblemArrays.from_problem(problem), codes


@settings(max_examples=60, deadline=None)
@given(plans())
def test_no_bound_is_above_a_plan(case: tuple[ProblemArrays, np.ndarray]) -> None:
    arrays, labels = case
    travel = score(arrays, labels).travel
    prices = prices_of(arrays, labels)
    for _ in range(4):
        before = prices.bound
        assert before <= prices.improve(lambda: True) <= travel
    cost = centers_cost(arrays, recenter(arrays, labels)[0])
    open_ = np.where(np.isfinite(cost), cost, cost[np.isfinite(cost)].max() + 1.0)
    own = cost[np.arange(arrays.n), labels].sum()
    if np.isfinite(own):
        assert fixed_center_bound(arrays, cost) <= own + 1e-12
    rng = np.random.default_rng(0)
    for _ in range(3):
        assert (
            dual_value(arrays, open_, rng.normal(size=arrays.lower.shape)) <= open_[np.arange(arrays.n), labels].sum()
        )


@pytest.mark.parametrize("seed", range(8))
def test_small_problems_by_brute_force(grid, brute_force, seed):
    rng = np.random.default_rng(seed)
    units, graph = grid(3, 3 + seed % 2, rng.integers(1, 9, 9 + 3 * (seed % 2)).astype(float).tolist())
    problem = tg.TerritoryProblem(
        units, None if seed % 3 else graph, n_territories=2 + seed % 3, balance={"load": 0.4},
        objective=tg.Travel(power=1 + seed % 2),
    )  # fmt: skip
    known = brute_force(problem)
    arrays = ProblemArrays.from_problem(problem)
    labels = (np.arange(arrays.n) % arrays.k).astype(np.int32)
    prices = prices_of(arrays, labels)
    for _ in range(12):
        prices.improve(lambda: True)
    assert prices.bound <= known.cost
    if known.plans:
        assert prices.bound > 0.5 * known.cost


def test_the_smoothed_climb_comes_as_high_as_the_plain_one() -> None:
    units = points(100, 5)
    problem = tg.TerritoryProblem(units, None, n_territories=7, balance={"m0": 0.1})
    arrays = ProblemArrays.from_problem(problem)
    labels = tg.solve(problem, stop=tg.FirstFeasible()).plan.codes.astype(np.int32)
    travel = score(arrays, labels).travel
    plain = lagrangian_bound(arrays, pairwise_cost(arrays), travel, 1_000).bound
    prices = prices_of(arrays, labels)
    for _ in range(20):
        prices.improve(lambda: True)
    assert plain * 0.998 <= prices.bound <= travel


@pytest.mark.parametrize("measures", [1, 2])
def test_fixed_centres_reach_the_linear_optimum(measures: int) -> None:
    units = points(60, 3, measures)
    problem = tg.TerritoryProblem(units, None, n_territories=10, balance={f"m{q}": 0.3 for q in range(measures)})
    arrays = ProblemArrays.from_problem(problem)
    cost = centers_cost(arrays, np.arange(0, 60, 6))
    cost[7, 2:5] = np.inf
    n, k = cost.shape
    pairs = [(i, t) for i in range(n) for t in range(k) if np.isfinite(cost[i, t])]
    each = np.array([[float(i == p) for p, _ in pairs] for i in range(n)])
    load = np.array([[arrays.usual[i, q] * (s == t) for i, s in pairs] for q in range(measures) for t in range(k)])
    best = linprog(
        [cost[pair] for pair in pairs], A_eq=each, b_eq=np.ones(n), A_ub=np.vstack([load, -load]),
        b_ub=np.concatenate([arrays.upper.T.ravel(), -arrays.lower.T.ravel()]),
    )  # fmt: skip
    assert best.status == 0
    bound = fixed_center_bound(arrays, cost)
    assert bound <= best.fun * (1 + 1e-9)
    assert bound == pytest.approx(best.fun, rel=1e-6)


def test_fixed_centres_by_brute_force() -> None:
    units = points(8, 1)
    problem = tg.TerritoryProblem(units, None, n_territories=2, balance={"m0": 0.5})
    arrays = ProblemArrays.from_problem(problem)
    cost = centers_cost(arrays, np.array([0, 5]))
    best = np.inf
    for labels in itertools.product(range(2), repeat=8):
        loads = np.bincount(labels, arrays.usual[:, 0], 2)
        if (arrays.lower[:, 0] <= loads).all() and (loads <= arrays.upper[:, 0]).all():
            best = min(best, cost[np.arange(8), labels].sum())
    assert 0.5 * best < fixed_center_bound(arrays, cost) <= best


def test_fixed_centres_that_cannot_be_balanced_have_no_bound() -> None:
    units = points(8, 1)
    arrays = ProblemArrays.from_problem(tg.TerritoryProblem(units, None, n_territories=2, balance={"m0": 0.1}))
    cost = centers_cost(arrays, np.array([0, 5]))
    cost[:, 1] = np.inf
    assert fixed_center_bound(arrays, cost) == -np.inf


@pytest.fixture(scope="module")
def middling() -> tg.TerritoryProblem:
    units = points(200, 2)
    return tg.TerritoryProblem(units, tg.ContiguityGraph.from_units(units), n_territories=6, balance={"m0": 0.1})


def test_a_solve_carries_its_bound_and_repeats_it(middling) -> None:
    first, again = (tg.solve(middling, stop=tg.MaxIterations(60), seed=3) for _ in range(2))
    assert first.bound is not None
    assert 0.5 * first.objective < first.bound <= first.objective
    assert (first.bound, first.gap) == (again.bound, again.gap)
    assert first.plan.codes.tolist() == again.plan.codes.tolist()
    assert first.bound_kind == "Lagrangian, units divisible, contiguity left out"
    assert first.plan.provenance["bound"] == first.bound
    longer = tg.solve(middling, stop=tg.MaxIterations(600), seed=3)
    assert longer.gap < first.gap


def test_a_time_limit_keeps_time_for_the_bound(middling) -> None:
    solution = tg.solve(middling, stop=tg.MaxRuntime(4))
    assert solution.bound is not None
    assert solution.runtime_s < 8


def test_locks_and_names_are_left_out_in_words() -> None:
    units = points(150, 4)
    problem = tg.TerritoryProblem(
        units, None, n_territories=4, balance={"m0": 0.2}, constraints=[tg.Lock(units.ids[0], "north")]
    )
    solution = tg.solve(problem, stop=tg.MaxIterations(10))
    assert solution.bound <= solution.objective
    assert solution.bound_kind == "Lagrangian, units divisible, locks left out"


def test_the_first_plan_is_enough_and_large_problems_do_without(middling, monkeypatch) -> None:
    assert tg.solve(middling, stop=tg.FirstFeasible()).bound is None
    monkeypatch.setattr(free_bound, "MOST_UNITS", 150)
    solution = tg.solve(middling, stop=tg.MaxIterations(3))
    assert (solution.bound, solution.bound_kind, solution.gap) == (None, None, None)


def test_a_small_gap_ends_the_search(middling) -> None:
    solution = tg.solve(middling, stop=tg.GapBelow(0.2) | tg.MaxIterations(400))
    assert solution.gap <= 0.2
    assert solution.iterations < 400
    never = tg.solve(middling, stop=tg.GapBelow(1e-9) | tg.MaxIterations(20))
    assert never.iterations >= 20
    plain = tg.solve(middling, stop=tg.MaxIterations(20))
    assert never.plan.codes.tolist() == plain.plan.codes.tolist()
    with pytest.raises(OptionError, match="GapBelow"):
        tg.GapBelow(0)


def test_a_round_that_is_broken_off_still_proves(middling) -> None:
    arrays = ProblemArrays.from_problem(middling)
    prices = prices_of(arrays, tg.solve(middling, stop=tg.FirstFeasible()).plan.codes.astype(np.int32))
    begin = prices.bound
    left = iter([True] * 15)
    prices.improve(lambda: next(left, False))
    assert prices.steps == 15
    assert begin <= prices.bound <= prices.travel
