"""Bounds are never above a plan, and the prices they rest on never rule the best plan out."""

from __future__ import annotations

import numpy as np
import pytest

import territory_geo as tg
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.bounds import lagrangian_bound, pairwise_cost
from territory_geo.optimize.cutting import Verdict
from territory_geo.optimize.exact import solve_exactly
from territory_geo.optimize.local_search import score
from territory_geo.optimize.provable import centers_provable


def random_problem(grid, seed: int) -> tg.TerritoryProblem:
    rng = np.random.default_rng(seed)
    rows, columns = [(3, 4), (2, 6), (3, 5)][seed % 3] if seed % 2 else (3, 3)  # many more plans without contiguity
    units, graph = grid(rows, columns, rng.integers(1, 9, rows * columns).astype(float).tolist())
    return tg.TerritoryProblem(
        units,
        graph if seed % 2 else None,
        n_territories=int(rng.integers(2, 5)),
        balance={"load": float(rng.choice([0.15, 0.3, 0.5]))},
        objective=tg.Travel(power=1 + seed % 2),
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_is_below_every_plan_whatever_the_ceiling(grid, brute_force, seed):
    problem = random_problem(grid, seed)
    known = brute_force(problem)
    arrays = ProblemArrays.from_problem(problem)
    cost = pairwise_cost(arrays)
    for ceiling in (1.0, known.cost if known.plans else 50.0, 1e4):
        found = lagrangian_bound(arrays, cost, ceiling, 200)
        assert found.bound <= known.cost
        if known.plans and ceiling == known.cost:
            assert found.bound > 0.4 * known.cost


@pytest.mark.parametrize("seed", range(12))
def test_the_exact_model_agrees_with_brute_force_with_and_without_a_known_plan(grid, brute_force, seed):
    problem = random_problem(grid, 50 + seed)
    known = brute_force(problem)
    arrays = ProblemArrays.from_problem(problem)
    outcome = solve_exactly(arrays, None, 60.0)
    if known.plans == 0:
        assert outcome.verdict is Verdict.INFEASIBLE
        return
    assert outcome.verdict is Verdict.OPTIMAL
    assert outcome.labels is not None
    best = score(arrays, outcome.labels)
    assert best.feasible
    assert best.travel == pytest.approx(known.cost)
    again = solve_exactly(arrays, outcome.labels, 60.0)
    assert again.verdict is Verdict.OPTIMAL
    assert again.bound is not None
    assert again.bound <= best.travel


def test_the_prices_keep_the_best_plan(grid):
    """No assignment of an optimal plan is ruled out when the ceiling is the optimum itself."""
    problem = random_problem(grid, 3)
    solution = tg.solve(problem, seed=1)
    arrays = ProblemArrays.from_problem(problem)
    cost = pairwise_cost(arrays)
    relaxed = lagrangian_bound(arrays, cost, solution.objective, 500)
    could = relaxed.could_serve(arrays.k, solution.objective * (1 + 1e-9))
    for territory, row in solution.plan.territories.iterrows():
        center = problem.units.ids.index(row["center"])
        for unit in np.flatnonzero((solution.plan.labels == territory).to_numpy()):
            assert could[unit, center]


def test_names_and_sizes_that_the_model_does_not_cover(grid):
    units, graph = grid(2, 3)
    locked = tg.TerritoryProblem(
        units, graph, n_territories=2, balance={"load": 0.5}, constraints=[tg.Lock("a00", "A")]
    )
    assert not centers_provable(ProblemArrays.from_problem(locked))
    large, edges = grid(11, 11)
    assert not centers_provable(
        ProblemArrays.from_problem(tg.TerritoryProblem(large, edges, n_territories=2, balance={"load": 1}))
    )


def test_a_proof_that_runs_out_of_time_keeps_the_known_plan(grid):
    units, graph = grid(8, 8, np.random.default_rng(0).integers(1, 99, 64).astype(float).tolist())
    problem = tg.TerritoryProblem(units, graph, n_territories=6, balance={"load": 0.1})
    arrays = ProblemArrays.from_problem(problem)
    known = tg.solve(problem, stop=tg.FirstFeasible()).plan.codes.astype(np.int32)
    outcome = solve_exactly(arrays, known, 0.05)
    assert outcome.verdict is Verdict.OPEN
    assert outcome.labels is known
    assert outcome.bound <= score(arrays, known).travel


def test_without_a_clock_only_size_and_nodes_limit_the_proof(grid, monkeypatch):
    """However slow the machine: hours that pass do not change the outcome, a smaller limit does."""
    units, graph = grid(3, 5, [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9])
    problem = tg.TerritoryProblem(units, graph, n_territories=3, balance={"load": 0.2})
    arrays = ProblemArrays.from_problem(problem)
    outcome = solve_exactly(arrays, None, None)
    assert outcome.verdict is Verdict.OPTIMAL
    hours = iter(range(0, 10**9, 3600))
    monkeypatch.setattr("territory_geo.optimize.cutting.time.monotonic", lambda: next(hours))
    again = solve_exactly(arrays, None, None)
    assert (again.labels == outcome.labels).all()
    monkeypatch.setattr("territory_geo.optimize.exact.MOST_VARIABLES", 10)
    assert solve_exactly(arrays, None, None).verdict is Verdict.OPEN
