"""The search under rules: it finds plans where there are any, starts from today, and keeps groups and homes in mind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from territory_geo.optimize import named
from territory_geo.optimize.arrays import HOME, UNIT, ProblemArrays
from territory_geo.optimize.cutting import Verdict
from territory_geo.optimize.local_search import score
from territory_geo.optimize.reorder import reordered
from territory_geo.optimize.rules.building import Budget
from territory_geo.optimize.rules.closure import closed
from territory_geo.optimize.rules.place import grown
from territory_geo.optimize.rules.today import middle_units, today_starts
from territory_geo.optimize.search import Search
from territory_geo.optimize.stop import FirstFeasible, MaxIterations, Stop
from territory_geo.progress import silent

from .cases import Asked, grid_arrays, in_pieces, random_rules, value_by_hand, with_rules

SHAPES = [(2, 4), (2, 5), (3, 3), (3, 4), (2, 7)]


def searched(a: ProblemArrays, stop: Stop) -> Search:
    search = Search(a, stop, 0, silent)
    search.run()
    return search


def compared(seeds: range, iterations: int) -> tuple[int, int, int]:
    """Return how many cases are feasible, how many of those the search alone missed, and how many are impossible."""
    feasible = missed = impossible = 0
    for seed in seeds:
        rows, columns = SHAPES[seed % len(SHAPES)]
        a = grid_arrays(
            seed, rows, columns, 2 + seed % 2, centering=(UNIT, HOME)[seed // 2 % 2], contiguous=seed % 3 > 0
        )
        asked = random_rules(seed, a, share=0.35)
        a = closed(with_rules(a, asked))
        search = searched(a, MaxIterations(iterations) | FirstFeasible())
        found = search.best is not None and search.best.feasible
        if found:
            assert np.isfinite(value_by_hand(a, asked, search.labels))
        exact = named.solve_named(a, search.labels if found else None, None)
        if exact.verdict is Verdict.INFEASIBLE:
            assert not found
            impossible += 1
        else:
            assert exact.labels is not None
            assert np.isfinite(value_by_hand(a, asked, exact.labels))
            feasible += 1
            missed += not found
    return feasible, missed, impossible


def test_search_and_exact_model_agree_on_what_is_possible():
    feasible, missed, impossible = compared(range(12), 60)
    assert feasible >= 4
    assert impossible >= 1
    assert missed == 0


@pytest.mark.slow
def test_search_and_exact_model_agree_on_two_hundred_cases():
    assert compared(range(200), 300) == (120, 0, 80)


def test_locks_and_distance_rules_pass_on_to_groups_and_rivals():
    a = grid_arrays(1, 2, 4, 3)
    locked = a.locked.copy()
    locked[0] = 2
    extra = a.extra.copy()
    extra[0, :2] = np.inf
    extra[5, 1] = np.inf
    asked = Asked(groups=[[0, 3], [3, 6], [5, 7]], apart=[(6, 1)])
    found = closed(with_rules(replace(a, extra=extra, locked=locked), asked))
    assert (found.locked[[0, 3, 6]] == 2).all()
    assert np.isinf(found.extra[1]).tolist() == [False, False, True]
    assert np.isinf(found.extra[7]).tolist() == [False, True, False]
    assert found.rules.stuck.size == 0


def test_what_leaves_nothing_is_said():
    a = grid_arrays(1, 2, 4, 2)
    # Three units, each apart from the others, in two territories with one of them locked.
    extra = a.extra.copy()
    extra[0, 1] = np.inf
    asked = Asked(apart=[(0, 1), (1, 2), (0, 2)])
    found = closed(with_rules(replace(a, extra=extra), asked))
    assert found.rules.stuck.size > 0
    assert closed(with_rules(a, Asked(groups=[[0, 1]], apart=[(0, 1)]))).rules.stuck.tolist() == [0, 1]


def test_starts_place_groups_whole_and_rivals_apart():
    whole = 0
    for seed in range(10):
        a = grid_arrays(seed, 5, 6, 3)
        asked = Asked(groups=[[0, 8], [20, 27]], apart=[(3, 4), (28, 29)])
        a = with_rules(a, asked)
        centers = np.array([7, 10, 25])
        cost = np.hypot(*(a.places[:, None, :2] - a.places[centers, :2]).transpose(2, 0, 1))
        labels = grown(a, cost.argmin(axis=1).astype(np.int32), cost, centers)
        assert labels is not None
        assert not any(in_pieces(a, np.flatnonzero(labels == t)) for t in range(3))
        whole += score(replace(a, lower=a.lower * 0, upper=a.upper * 9), labels).feasible
    assert whole >= 8


def owned(a: ProblemArrays, cap: float) -> tuple[ProblemArrays, np.ndarray]:
    """Return the arrays with today's alignment in strips, of which so much may change hands."""
    today = (np.argsort(np.argsort(a.places[:, 0])) * a.k // a.n).astype(np.int64)
    amount = np.random.default_rng(3).uniform(0.5, 1.5, a.n)
    budget = Budget(np.arange(a.n), today, amount, cap * amount.sum())
    ruled = with_rules(a, Asked(budgets=[budget]))
    return replace(ruled, rules=replace(ruled.rules, today=today)), today


def test_a_cap_of_nothing_gives_today_back_and_more_costs_less():
    a = grid_arrays(4, 2, 4, 3, width=0.5)
    costs = []
    for cap in (0.0, 0.15, 0.4, 0.95):
        ruled, today = owned(a, cap)
        exact = named.solve_named(ruled, None, None)
        assert exact.verdict is Verdict.OPTIMAL
        search = searched(ruled, MaxIterations(20))
        assert search.best is not None
        assert search.best.feasible
        assert search.best.travel >= exact.bound * (1 - 1e-9)
        if cap == 0.0:
            assert (search.labels == today).all()
            assert (exact.labels == today).all()
        costs.append(score(ruled, exact.labels).travel)
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]


def test_a_cap_of_everything_is_no_rule():
    ruled, _ = owned(grid_arrays(4, 3, 4, 3), 1.0)
    assert not ruled.rules.asked
    assert ruled.rules.alike


def test_starts_from_today_grow_less_faithful():
    a, today = owned(grid_arrays(4, 8, 8, 4), 0.2)
    starts = list(today_starts(a))
    assert (starts[0] == today).all()
    assert len(starts) > 4
    assert all(not in_pieces(a, np.flatnonzero(labels == t)) for labels in starts for t in range(4))
    spent = np.array([a.rules.spent(labels)[0] for labels in starts])
    assert spent[0] == 0
    assert (spent > 0).any()
    assert (today[middle_units(a, today)] == np.arange(4)).all()


def test_units_in_another_order_have_the_same_rules():
    rng = np.random.default_rng(5)
    for seed in range(10):
        a = grid_arrays(seed, 3, 4, 3)
        a = with_rules(a, random_rules(seed, a, share=0.8))
        order, labels = rng.permutation(a.n), rng.integers(0, 3, a.n).astype(np.int32)
        labels[:3] = range(3)
        first, second = score(a, labels), score(reordered(a, order), labels[order])
        assert second.violation == pytest.approx(first.violation)
        assert second.travel == pytest.approx(first.travel)
