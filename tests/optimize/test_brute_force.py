"""The solver against every plan of small grids: it finds the optimum, and says no only where none exists."""

from __future__ import annotations

import numpy as np
import pytest

import territory_geo as tg

CASES = [
    # rows, columns, territories, tolerance
    (2, 2, 2, 0.0),
    (3, 3, 3, 0.0),
    (4, 4, 4, 0.0),
    (4, 4, 2, 0.0),
    (3, 4, 3, 0.25),
    (3, 5, 4, 0.2),
    (4, 4, 5, 0.3),
    (1, 8, 3, 0.2),
    (2, 6, 12, 0.0),
    (3, 4, 1, 0.0),
]


@pytest.mark.parametrize(("rows", "columns", "k", "tolerance"), CASES)
@pytest.mark.parametrize("power", [1, 2])
def test_equal_loads_reach_the_optimum(grid, brute_force, rows, columns, k, tolerance, power):
    units, graph = grid(rows, columns)
    problem = tg.TerritoryProblem(
        units, graph, n_territories=k, balance={"load": tolerance}, objective=tg.Travel(power=power)
    )
    known = brute_force(problem)
    solution = tg.solve(problem, seed=1)
    if known.plans == 0:
        assert solution.plan is None
        assert solution.status is tg.Status.INFEASIBLE
    else:
        assert solution.status is tg.Status.OPTIMAL, solution
        assert solution.plan.verify().ok
        assert known.cost * (1 - 1e-5) <= solution.bound <= known.cost * (1 + 1e-9)
        assert 0 <= solution.gap <= 1e-5
        assert solution.objective == pytest.approx(known.cost)


@pytest.mark.parametrize("seed", range(12))
def test_random_loads_reach_the_optimum(grid, brute_force, seed):
    rng = np.random.default_rng(seed)
    rows, columns = [(3, 4), (3, 5), (4, 4)][seed % 3]
    units, graph = grid(rows, columns, rng.integers(1, 10, rows * columns).astype(float).tolist())
    k, tolerance = int(rng.integers(2, 5)), float(rng.choice([0.1, 0.15, 0.3]))
    problem = tg.TerritoryProblem(units, graph, n_territories=k, balance={"load": tolerance})
    known = brute_force(problem)
    solution = tg.solve(problem, seed=seed)
    if known.plans == 0:
        assert solution.plan is None
        assert solution.status is tg.Status.INFEASIBLE
        assert solution.nearest is None or not solution.nearest.verify().ok
        assert solution.reason
    else:
        assert solution.status is tg.Status.OPTIMAL, solution
        assert solution.objective == pytest.approx(known.cost)


@pytest.mark.parametrize("seed", range(6))
def test_two_measures_at_once(grid, brute_force, seed):
    rng = np.random.default_rng(100 + seed)
    units, graph = grid(3, 4, rng.integers(1, 6, 12).astype(float).tolist())
    units.frame["potential"] = rng.integers(1, 6, 12).astype(float)
    both = tg.BasicUnits(units.frame, (*units.measures, "potential"), units.members, units.rejects, "table")
    problem = tg.TerritoryProblem(both, graph, n_territories=3, balance={"load": 0.25, "potential": 0.3})
    known = brute_force(problem)
    solution = tg.solve(problem, seed=seed)
    assert (solution.plan is not None) == (known.plans > 0)
    if known.plans:
        assert solution.objective == pytest.approx(known.cost)


@pytest.mark.parametrize("seed", range(4))
def test_without_contiguity(grid, brute_force, seed):
    rng = np.random.default_rng(200 + seed)
    units, _ = grid(3, 4, rng.integers(1, 6, 12).astype(float).tolist())
    problem = tg.TerritoryProblem(units, None, n_territories=3, balance={"load": 0.2})
    known = brute_force(problem)
    solution = tg.solve(problem, seed=seed)
    assert (solution.plan is not None) == (known.plans > 0)
    if known.plans:
        assert solution.objective == pytest.approx(known.cost)


def test_separate_parts_each_get_their_territories(grid):
    """Two islands of 4 and 8 units, three territories of 4: the small island is one of them.

    a00 - a01    b00 - b01 - b02 - b03
     |     |      |     |     |     |
    a10 - a11    b10 - b11 - b12 - b13
    """
    units, graph = grid(2, 6)
    edges = graph.edges[~graph.edges["u"].str.endswith("1") | ~graph.edges["v"].str.endswith("2")]
    apart = tg.ContiguityGraph.from_edges(units, edges)
    assert apart.n_components == 2
    solution = tg.solve(tg.TerritoryProblem(units, apart, n_territories=3, balance={"load": 0.0}))
    assert solution.plan.verify().ok
    assert solution.plan.labels[["a00", "a01", "a10", "a11"]].nunique() == 1
    impossible = tg.TerritoryProblem(units, apart, n_territories=4, balance={"load": 0.0})
    assert tg.solve(impossible).status is tg.Status.INFEASIBLE


def test_locks_and_bans_are_kept_where_ignoring_them_would_be_better(grid):
    units, graph = grid(4, 4)
    free = tg.solve(tg.TerritoryProblem(units, graph, n_territories=2, balance={"load": 0.0}))
    locked = tg.TerritoryProblem(
        units,
        graph,
        n_territories=2,
        balance={"load": 0.0},
        constraints=[
            tg.Lock(["a00", "a03"], "Corners"),
            tg.Lock("a30", "Corners"),
            tg.Forbid("a11", "Corners"),
        ],
    )
    solution = tg.solve(locked)
    labels = solution.plan.labels
    assert solution.plan.verify().ok
    assert labels["a00"] == labels["a03"] == labels["a30"] == "Corners" != labels["a11"]
    assert solution.objective > free.objective
    assert sorted(set(labels)) == ["Corners", "T01"]
