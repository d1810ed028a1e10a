"""The linear model: its bound against all plans and a linear programme, its prices, and the starts that it gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, kron, vstack

from territory_geo.optimize.arrays import HOME
from territory_geo.optimize.centers import centers_cost
from territory_geo.optimize.linear import start as linear
from territory_geo.optimize.linear.ascent import HEATS, _Dual, ascend
from territory_geo.optimize.linear.model import linear_model
from territory_geo.optimize.linear.rounding import heavy_places
from territory_geo.optimize.local_search import score
from territory_geo.optimize.proof import prove, search_rule
from territory_geo.optimize.rules.building import Budget
from territory_geo.optimize.rules.closure import closed
from territory_geo.optimize.search import Search
from territory_geo.optimize.several import Found, _merge
from territory_geo.optimize.stop import MaxIterations, MaxRuntime
from territory_geo.progress import silent

from ..rules.cases import Asked, best_by_hand, grid_arrays, in_pieces, random_rules, with_rules


def always() -> bool:
    return True


def owned(seed, rows, columns, k, cap, *, contiguous=False, groups=()):
    """A grid of which each column strip belongs to a territory today, and so much of it may change hands."""
    a = grid_arrays(seed, rows, columns, k, centering=HOME, contiguous=contiguous, width=0.1)
    today = (np.argsort(np.argsort(a.places[:, 0])) * k // a.n).astype(np.int64)
    amount = np.random.default_rng(seed).uniform(0.5, 1.5, a.n)
    asked = Asked(groups=list(groups), budgets=[Budget(np.arange(a.n), today, amount, cap * amount.sum())])
    ruled = with_rules(a, asked)
    return replace(ruled, rules=replace(ruled.rules, today=today))


def best_divided(model):
    """Return the value of the model by a linear programme over all pairs."""
    node, territory = np.nonzero(np.isfinite(model.cost))
    pairs, (k, m) = np.arange(len(node)), model.target.shape
    share = model.loads[node, territory] / model.target[territory]
    loads = vstack([csr_matrix((share[:, q], (territory, pairs)), shape=(k, len(node))) for q in range(m)])
    sides = [(model.upper / model.target).T.ravel(), -(model.lower / model.target).T.ravel(), model.cap]
    found = linprog(
        model.cost[node, territory],
        A_ub=vstack([kron(csr_matrix([[1.0], [-1.0]]), loads), csr_matrix(model.spending(node, territory).T)]),
        b_ub=np.concatenate(sides), A_eq=csr_matrix((np.ones(len(node)), (node, pairs))),
        b_eq=np.ones(len(model.cost)), method="highs",
    )  # fmt: skip
    assert found.status == 0
    return found.fun


def test_no_plan_is_cheaper_than_the_bound():
    judged, near = 0, 0
    for seed in range(30):
        plain = grid_arrays(seed, 2, 3, 2, centering=HOME, contiguous=seed % 2 == 0, width=0.5)
        asked = random_rules(seed, plain, share=0.4)
        a = closed(with_rules(plain, asked))
        best, labels = best_by_hand(a, asked)
        if labels is None or a.rules.stuck.size:
            continue
        bound = ascend(linear_model(a), always).bound
        assert bound <= best
        judged += 1
        near += bound > 0.8 * best
    assert judged >= 12
    assert near >= 6


@pytest.mark.parametrize("cap", [0.05, 0.3])
def test_prices_prove_nearly_all_that_dividing_units_allows(cap):
    a = owned(3, 12, 14, 6, cap, groups=[[0, 30, 31], [80, 100]])
    model = linear_model(a)
    assert len(model.cost) == a.n - 3
    relaxed, divided = ascend(model, always), best_divided(model)
    assert divided * (1 - 2e-3) <= relaxed.bound <= divided
    assert relaxed.spent_price[0] > 0
    # Without a budget there is more to choose from.
    free = ascend(linear_model(with_rules(a, Asked(groups=[[0, 30, 31], [80, 100]]))), always)
    assert free.bound < relaxed.bound


def test_slopes_are_what_the_value_changes_by():
    a = owned(1, 6, 7, 4, 0.2)
    model = linear_model(a)
    dual = _Dual(model, np.isfinite(model.cost))
    rng = np.random.default_rng(1)
    prices = rng.normal(0, 0.3, len(dual.room))
    _, _, slope = dual.value(prices, 0.1)
    for row in range(len(prices)):
        step = np.zeros(len(prices))
        step[row] = 1e-6
        change = dual.value(prices + step, 0.1)[0] - dual.value(prices - step, 0.1)[0]
        assert slope[row] == pytest.approx(change / 2e-6, rel=1e-4, abs=1e-4 * dual.unit)
    # Rounded off, the value is below the exact one.
    assert dual.value(prices, 0.1)[0] < dual.value(prices, 0.0)[0]


def test_a_bound_that_is_cut_short_is_a_bound():
    a = owned(3, 12, 14, 6, 0.1)
    model = linear_model(a)
    whole, divided = ascend(model, always).bound, best_divided(model)
    bounds = []
    for many in (0, 5, 60):
        left = iter(range(many))
        bounds.append(ascend(model, lambda left=left: next(left, None) is not None).bound)
    assert bounds[0] == pytest.approx(model.cost.min(axis=1).sum(), rel=1e-6)
    assert bounds == sorted(bounds)
    assert bounds[-1] <= whole <= divided


def test_heavy_units_go_where_they_fit():
    a = owned(2, 4, 5, 2, 0.9)
    model = linear_model(a)
    loads = model.loads.copy()
    loads[:3] = 0.7 * model.target.max()
    shares = np.tile([0.9, 0.1], (a.n, 1))
    placed = heavy_places(replace(model, loads=loads), shares)
    # One of twenty nodes and none more is looked at: it goes where most of it is.
    assert placed[0] == 0
    assert (placed[1:] == -1).all()
    assert heavy_places(replace(model, loads=loads), shares[:, ::-1])[0] == 1
    # Where it has no room, it goes to the other one.
    full = replace(model, loads=loads, upper=model.upper * np.array([[0.5], [1.0]]))
    assert heavy_places(full, shares)[0] == 1
    wide = replace(model, loads=loads, upper=model.upper * 9)
    assert (heavy_places(wide, shares) == -1).all()


@pytest.mark.parametrize("contiguous", [True, False])
def test_starts_of_homes_keep_groups_whole_and_pieces_together(contiguous):
    a = owned(5, 10, 12, 5, 0.15, contiguous=contiguous, groups=[[0, 12, 13], [70, 71]])
    assert linear.applies(a)
    assert linear.proves(a)
    first = linear.linear_start(a, always)
    labels, now = first.labels, score(a, first.labels)
    for group in a.rules.groups:
        assert len(set(labels[group].tolist())) == 1
    if contiguous:
        assert not any(in_pieces(a, np.flatnonzero(labels == t)) for t in range(a.k))
    else:
        assert now.violation < 0.5
        assert now.travel < 1.1 * first.bound
    # With prices, most units are where they are cheapest.
    priced = centers_cost(a, np.arange(a.n, a.n + a.k)) + first.priced
    cheapest = priced.min(axis=1) > priced[np.arange(a.n), labels] * (1 - 1e-2) - 1e-9
    assert contiguous or cheapest.mean() > 0.8


def test_the_model_is_for_rules_with_homes():
    plain = grid_arrays(1, 5, 6, 3, centering=HOME)
    assert not linear.applies(plain)
    assert linear.applies(with_rules(plain, Asked(groups=[[0, 1]])))
    assert not linear.applies(with_rules(grid_arrays(1, 5, 6, 3), Asked(groups=[[0, 1]])))


def run(a, rule):
    search = Search(a, search_rule(a, rule), 0, silent)
    search.run()
    return search


def test_the_search_ends_near_the_bound_and_repeats():
    a = owned(7, 11, 12, 4, 0.1, groups=[[0, 12, 13], [100, 101]])
    first = run(a, MaxIterations(12))
    assert first.best.feasible
    assert first.floor <= first.best.travel <= 1.03 * first.floor
    again = run(a, MaxIterations(12))
    assert (again.labels == first.labels).all()
    assert again.floor == first.floor
    assert first.history[0]["stage"] == "linear model"
    outcome = prove(a, first, MaxIterations(12), silent)
    assert outcome.bound == first.floor
    assert outcome.kind == "transportation within budgets, units divisible"


def test_no_time_is_kept_for_a_bound_that_comes_first():
    a = owned(7, 14, 15, 6, 0.1)
    assert search_rule(a, MaxRuntime(10)) == MaxRuntime(10)
    # Where the search has weights of its own, what it proves is not about the plan.
    empty = replace(a, weight=np.where(np.arange(a.n) % 3 == 0, 0.0, a.weight))
    assert search_rule(empty, MaxRuntime(10)) != MaxRuntime(10)
    search = Search(a, MaxIterations(1), 0, silent, floor=3.0)
    search.judge(empty)
    assert search.floor == -np.inf


def test_of_several_searches_the_highest_bound_counts():
    a = owned(7, 4, 5, 2, 0.1)
    search = Search(a, MaxIterations(1), 0, silent)
    search.clock = run(a, MaxIterations(1)).clock
    for floor in (2.0, 5.0, 3.0):
        _merge(search, Found(None, None, [], [], 0, False, 0.0, floor), 0.0)
    assert search.floor == 5.0


def test_heats_fall():
    assert list(HEATS) == sorted(HEATS, reverse=True)
