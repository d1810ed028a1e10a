"""Models over part of a plan: known answers on small grids, and never anything worse or in pieces."""

from __future__ import annotations

import numpy as np
import pytest

import territory_geo as tg
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.combine import GoodPlans, combine, exchangeable, matched
from territory_geo.optimize.local_search import score
from territory_geo.optimize.repair import pieces
from territory_geo.optimize.restricted import solve_restricted
from territory_geo.optimize.triples import improve_triples, neighbouring_triples


def arrays_of(grid, rows: int, columns: int, k: int, tolerance: float, **more) -> ProblemArrays:
    units, graph = grid(rows, columns)
    return ProblemArrays.from_problem(
        tg.TerritoryProblem(units, graph, n_territories=k, balance={"load": tolerance}, **more)
    )


def labels(text: str) -> np.ndarray:
    """Territories as digits, a row of the grid per word."""
    return np.array([int(digit) for digit in text.replace(" ", "")], dtype=np.int32)


def test_a_plan_is_named_like_the_other(grid):
    arrays = arrays_of(grid, 2, 3, 3, 0.5)
    assert matched(arrays, labels("012 012"), labels("201 200")).tolist() == labels("012 011").tolist()


def test_locked_territories_keep_their_names(grid):
    arrays = arrays_of(grid, 2, 3, 3, 0.5, constraints=[tg.Lock("a00", "A")])
    assert exchangeable(arrays).sum() == 3
    assert matched(arrays, labels("012 012"), labels("021 021")).tolist() == labels("021 021").tolist()


def test_two_plans_that_are_good_in_different_places_give_one_that_is_better_than_both(grid):
    """A path: in each parent one end has a territory of one unit, 0 + 12 + 4 + 4 km; then 2 + 6 + 4 + 4."""
    arrays = arrays_of(grid, 1, 16, 4, 0.75)
    left, right = labels("0111111122223333"), labels("0000111122222223")
    found = combine(arrays, [left, right])
    assert found is not None
    assert (score(arrays, left).travel, found[1].travel) == pytest.approx((20.0, 16.0))
    assert found[0].tolist()[:2] == [0, 0]
    assert found[0].tolist()[8:] == left.tolist()[8:]


def test_a_plan_alone_or_the_same_again_gives_nothing(grid):
    arrays = arrays_of(grid, 2, 4, 2, 0.5)
    plans = GoodPlans()
    plan = labels("0011 0011")
    plans.add(plan, score(arrays, plan))
    plans.add(plan, score(arrays, plan))
    assert len(plans.plans) == 1
    assert plans.combined(arrays) is None


def test_only_the_options_are_used_and_contiguity_holds(grid):
    rng = np.random.default_rng(4)
    arrays = arrays_of(grid, 4, 6, 3, 0.25)
    plan = labels("000111 000111 022221 222222")
    before = score(arrays, plan)
    better = 0
    for _ in range(20):
        options = rng.random((arrays.n, 3)) < 0.4
        found = solve_restricted(arrays, plan, options, 20)
        if found is None:
            continue
        better += 1
        changed = np.flatnonzero(found != plan)
        assert options[changed, found[changed]].all()
        assert pieces(arrays, found).max() == 2
        after = score(arrays, found)
        assert after.violation <= before.violation
        assert after.travel < before.travel
    assert better > 0


def test_a_unit_that_cannot_leave_is_not_cut_off(grid):
    """Only a12 may move: it is 2 km from its centre a14 and 1.4 km from a03, but a11 hangs on it and must stay."""
    arrays = arrays_of(grid, 2, 8, 2, 0.9)
    plan, options = labels("00000000 01111111"), np.zeros((16, 2), dtype=bool)
    options[10, 0] = True
    assert solve_restricted(arrays, plan, options, 20) is None
    options[9, 0] = True
    found = solve_restricted(arrays, plan, options, 20)
    assert found is not None
    assert found.tolist() == labels("00000000 00011111").tolist()


def test_no_time_left_means_no_answer(grid):
    arrays = arrays_of(grid, 1, 16, 4, 0.75)
    plans = [labels("0111111122223333"), labels("0000111122222223")]
    assert combine(arrays, plans, lambda: 0.0) is None
    assert combine(arrays, plans) is not None


def test_a_triple_passes_on_what_pairs_cannot(grid):
    """A ring of three blocks around a corner: with whole loads and no room, only all three can turn at once."""
    arrays = arrays_of(grid, 3, 3, 3, 0.0)
    plan = labels("001 021 221")
    assert neighbouring_triples(arrays, plan) == [(0, 1, 2)]
    found, now = improve_triples(arrays, plan, score(arrays, plan), lambda *_: True)
    assert now.feasible
    assert now.travel <= score(arrays, plan).travel
    assert pieces(arrays, found).max() == 2


@pytest.mark.parametrize("seed", range(3))
def test_triples_never_make_a_plan_worse(grid, seed):
    units, graph = grid(6, 6, list(np.random.default_rng(seed).integers(1, 5, 36).astype(float)))
    problem = tg.TerritoryProblem(units, graph, n_territories=4, balance={"load": 0.3})
    arrays = ProblemArrays.from_problem(problem)
    plan = np.repeat(np.repeat([[0, 1], [2, 3]], 3, axis=0), 3, axis=1).ravel().astype(np.int32)
    before = score(arrays, plan)
    found, now = improve_triples(arrays, plan, before, lambda *_: True)
    assert not before.better(now)
    assert now == score(arrays, found)
    assert pieces(arrays, found).max() == 3
