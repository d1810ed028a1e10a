"""Territories seen are put together to the best plan that they allow; none that breaks its bounds is used."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.optimize import medoids
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.local_search import score
from territory_geo.optimize.seen import SeenTerritories


def on_a_line(places, k, bounds, constraints=()):
    table = pd.DataFrame({"id": range(len(places)), "x": np.array(places, float) * 1000, "y": 0.0, "load": 1.0})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])
    problem = tg.TerritoryProblem(
        units, None, n_territories=k, balance={"load": tg.Bounds(*bounds)}, constraints=list(constraints)
    )
    return ProblemArrays.from_problem(problem)


def seen_of(arrays, *plans):
    seen = SeenTerritories(arrays, medoids.unit_costs(arrays))
    for plan in plans:
        seen.add(np.array(plan, np.int32))
    return seen


def test_each_half_comes_from_the_plan_that_is_good_there():
    arrays = on_a_line([0, 1, 10, 11, 50, 51, 60, 61], 4, (0, 2))
    left, right = [0, 0, 1, 1, 2, 3, 2, 3], [0, 1, 0, 1, 2, 2, 3, 3]
    found = seen_of(arrays, left, right).combined(np.inf)
    assert sorted({tuple(np.flatnonzero(found == t).tolist()) for t in range(4)}) == [(0, 1), (2, 3), (4, 5), (6, 7)]
    assert score(arrays, found).travel == pytest.approx(4.0)


def test_nothing_is_told_twice_and_nothing_that_is_not_better():
    arrays = on_a_line([0, 1, 10, 11], 2, (0, 2))
    seen = seen_of(arrays, [0, 0, 1, 1])
    assert seen.combined(2.0) is None
    seen.add(np.array([1, 1, 0, 0], np.int32))  # the same territories by other names
    assert not seen.news
    assert seen_of(arrays, [0, 0, 1, 1]).combined(2.1) is not None
    assert seen_of(arrays, [0, 0, 1, 1]).combined(2.1, lambda: 0.0) is None


def test_a_plan_out_of_bounds_gives_those_territories_that_keep_them():
    arrays = on_a_line([0, 1, 10, 11, 12, 13], 3, (2, 2))
    seen = seen_of(arrays, [0, 0, 1, 1, 1, 2], [0, 1, 2, 2, 1, 0])
    assert sorted(members.tolist() for members in seen.members) == [[0, 1], [0, 5], [1, 4], [2, 3]]
    assert seen.combined(np.inf).tolist() == [0, 1, 2, 2, 1, 0]


def test_territories_with_a_name_of_their_own_are_left_alone():
    arrays = on_a_line([0, 1, 10, 11], 2, (0, 2), [tg.Lock(["0"], "T01")])
    seen = seen_of(arrays, [0, 0, 1, 1])
    assert not seen.applies
    assert not seen.members
    assert seen.combined(np.inf) is None


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_best_choice_of_all(seed):
    rng = np.random.default_rng(seed)
    arrays = on_a_line(rng.integers(0, 99, 8).tolist(), 3, (1, 4))
    seen = seen_of(arrays, *(rng.integers(0, 3, 8) for _ in range(12)))
    choices = [
        sum(seen.travel[i] for i in chosen)
        for chosen in combinations(range(len(seen.members)), 3)
        if sorted(np.concatenate([seen.members[i] for i in chosen]).tolist()) == list(range(8))
    ]
    found = seen.combined(np.inf)
    assert (found is None) == (not choices)
    if found is not None:
        assert score(arrays, found).feasible
        assert score(arrays, found).travel == pytest.approx(min(choices))


def test_the_search_combines_what_its_cycles_saw():
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"id": range(130), "x": rng.uniform(0, 9e3, 130), "y": rng.uniform(0, 9e3, 130)})
    table["load"] = rng.integers(1, 30, 130).astype(float)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])
    most = np.ceil(table["load"].sum() / 40 * 1.05)
    problem = tg.TerritoryProblem(units, None, n_territories=40, balance={"load": tg.Bounds(0, most)})
    solution = tg.solve(problem, stop=tg.MaxIterations(240))
    assert "combine territories" in set(solution.history["stage"])
    assert solution.objective == tg.solve(problem, stop=tg.MaxIterations(240)).objective
