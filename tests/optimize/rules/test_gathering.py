"""Starts that keep containers whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.optimize import search
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.repair import pieces
from territory_geo.optimize.rules.gathering import applies, gathered

SIDE, BLOCK = 12, 3


PLACES = [(r, c) for r in range(SIDE) for c in range(SIDE)]


def blocks_problem(rule):
    """12 × 12 units in containers of 3 × 3, for four territories: quarters of the square keep all of them whole."""
    table = pd.DataFrame(
        {
            "id": [f"a{r:02}{c:02}" for r, c in PLACES],
            "x": [1000.0 * c for _, c in PLACES],
            "y": [-1000.0 * r for r, _ in PLACES],
            "block": [f"B{r // BLOCK}{c // BLOCK}" for r, c in PLACES],
            "load": 1.0,
        }
    )
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])
    edges = [(f"a{r:02}{c:02}", f"a{r:02}{c + 1:02}") for r, c in PLACES if c + 1 < SIDE]
    edges += [(f"a{r:02}{c:02}", f"a{r + 1:02}{c:02}") for r, c in PLACES if r + 1 < SIDE]
    graph = tg.ContiguityGraph.from_edges(units, pd.DataFrame(edges, columns=["u", "v"]))
    problem = tg.TerritoryProblem(units, graph, n_territories=4, balance={"load": 0.2}, constraints=[rule])
    return problem, ProblemArrays.from_problem(problem)


OFF_BY_ONE = np.array([2 * (r >= 7) + (c >= 5) for r, c in PLACES], dtype=np.int32)
"""Quarters whose borders lie one unit beside those of the containers."""


def splits(arrays, labels):
    held = {(c, t) for c, t in zip(arrays.rules.tables.container[:, 0].tolist(), labels.tolist(), strict=True)}
    return len(held) - len({c for c, _ in held})


@pytest.mark.parametrize("rule", [tg.KeepWhole("block", cost=0.5), tg.KeepWhole("block", cost=0.0, limit=0)])
def test_borders_go_round_containers(rule):
    _, arrays = blocks_problem(rule)
    assert splits(arrays, OFF_BY_ONE) == 9  # three in the block at the crossing, one in each of six others
    found = gathered(arrays, OFF_BY_ONE)
    assert splits(arrays, found) == 0
    assert int(pieces(arrays, found).max()) + 1 == arrays.k
    assert (np.bincount(found) == 36).all()


def test_the_search_begins_there(monkeypatch):
    problem, _ = blocks_problem(tg.KeepWhole("block", cost=0.5))
    begun = []
    original = search.gathering.gathered
    monkeypatch.setattr(search.gathering, "gathered", lambda *given: begun.append(original(*given)) or begun[-1])
    solution = tg.solve(problem, stop=tg.MaxIterations(3))
    assert begun
    assert solution.plan.metrics["penalties"] == {"keep_whole:block": 0.0}
    assert set(solution.plan.labels.groupby(solution.plan.labels).size()) == {36}


def test_problems_without_containers_are_left_alone(grid):
    units, graph = grid(4, 4)
    plain = ProblemArrays.from_problem(tg.TerritoryProblem(units, graph, n_territories=2, balance={"load": 0.2}))
    assert not applies(plain)
