"""Units without weight: the search keeps them near, the plan is judged without them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.guide import FLOOR, guided


def sparse_grid(share: float, seed: int = 0) -> tg.TerritoryProblem:
    """20 x 20 areas, of which this share holds no trips."""
    rng = np.random.default_rng(seed)
    visits = np.where(rng.random(400) < share, 0.0, rng.uniform(1, 5, 400))
    cells = [(r, c) for r in range(20) for c in range(20)]
    table = pd.DataFrame(
        {
            "id": [f"{r:02d}{c:02d}" for r, c in cells], "x": [1000.0 * c for _, c in cells],
            "y": [1000.0 * r for r, _ in cells], "visits": visits,
        }
    )  # fmt: skip
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    edges = [(f"{r:02d}{c:02d}", f"{r:02d}{c + 1:02d}") for r, c in cells if c < 19]
    edges += [(f"{r:02d}{c:02d}", f"{r + 1:02d}{c:02d}") for r, c in cells if r < 19]
    graph = tg.ContiguityGraph.from_edges(units, pd.DataFrame(edges, columns=["u", "v"]))
    return tg.TerritoryProblem(units, graph, n_territories=5, balance={"visits": 0.05})


def test_only_many_units_without_weight_are_given_some():
    arrays = ProblemArrays.from_problem(sparse_grid(0.7))
    helped = guided(arrays)
    empty = arrays.weight == 0
    assert helped.weight[empty] == pytest.approx(FLOOR * arrays.weight[~empty].mean())
    assert (helped.weight[~empty] == arrays.weight[~empty]).all()
    assert (helped.measures == arrays.measures).all()
    few = ProblemArrays.from_problem(sparse_grid(0.02))
    assert guided(few) is few


def test_the_plan_is_judged_by_the_true_weights():
    problem = sparse_grid(0.7)
    solution = tg.solve(problem, stop=tg.MaxIterations(60))
    assert solution.plan is not None
    assert solution.objective == pytest.approx(solution.plan.metrics["travel"]["objective"], rel=1e-9)
    assert solution.bound is not None
    assert solution.bound <= solution.objective
    # Empty areas stay near as well: no territory reaches far beyond the disc that would hold its 80 areas.
    assert solution.plan.territories["max_km"].max() < 3 * np.sqrt(80 / np.pi)
