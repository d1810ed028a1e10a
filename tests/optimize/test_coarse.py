"""Large problems: Hilbert's curve, clusters, prices, strays, best centres by tangents, and the whole coarse start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

import territory_geo as tg
from territory_geo.geodata.contiguity import adjacency
from territory_geo.geodata.distance import GreatCircle
from territory_geo.geodata.hilbert import flat_places, hilbert_index, hilbert_order
from territory_geo.optimize import centers, coarse, fixed_bound, kernels, local_search, prices, search
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.centers import best_centers
from territory_geo.optimize.coarsen import WaysFor, coarsen
from territory_geo.optimize.costs import cost_at
from territory_geo.optimize.local_search import score, violation_of
from territory_geo.optimize.middles import middles
from territory_geo.optimize.reorder import curve_order, reordered
from territory_geo.optimize.repair import pieces
from territory_geo.optimize.seeds import territory_parts
from territory_geo.optimize.strays import house_strays, numbered_pieces
from territory_geo.optimize.sweeps import sweep


def clumpy_table(n, seed=0):
    """Points around a few dozen towns of different sizes."""
    rng = np.random.default_rng(seed)
    towns, sizes = rng.uniform(0, 400_000, (40, 2)), rng.pareto(1.5, 40) + 0.2
    home = rng.choice(40, n, p=sizes / sizes.sum())
    xy = towns[home] + rng.normal(0, 12_000, (n, 2))
    return pd.DataFrame(
        {"id": [f"u{i:05d}" for i in range(n)], "x": xy[:, 0], "y": xy[:, 1], "load": rng.integers(1, 20, n)}
    )


def clumpy_problem(n, k, *, tolerance=0.05, seed=0, constraints=(), shuffle=None):
    table = clumpy_table(n, seed)
    if shuffle is not None:
        table = table.sample(frac=1.0, random_state=shuffle)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])
    graph = tg.ContiguityGraph.from_units(units)
    return tg.TerritoryProblem(
        units, graph, n_territories=k, balance={"load": tolerance}, constraints=list(constraints)
    )


@pytest.fixture
def lowered(monkeypatch):
    """Lower the number of units from which a problem is large."""
    for module in (centers, coarse, local_search):
        monkeypatch.setattr(module, "MANY", 1_000)


def one_piece_each(arrays, labels):
    return len(np.unique(pieces(arrays, labels))) == arrays.k == len(np.unique(labels))


def test_the_curve_of_sixteen_cells_is_hilberts():
    """
    5  6  9 10
    4  7  8 11
    3  2 13 12
    0  1 14 15
    """
    rows = [[hilbert_index(x, y, 2) for x in range(4)] for y in (3, 2, 1, 0)]
    assert rows == [[5, 6, 9, 10], [4, 7, 8, 11], [3, 2, 13, 12], [0, 1, 14, 15]]


def test_cells_that_follow_one_another_on_the_curve_touch():
    cells = sorted((hilbert_index(x, y, 5), x, y) for x in range(32) for y in range(32))
    assert [index for index, _, _ in cells] == list(range(1024))
    steps = np.abs(np.diff(np.array(cells)[:, 1:], axis=0)).sum(axis=1)
    assert (steps == 1).all()


def test_the_problem_is_the_same_in_another_order():
    arrays = ProblemArrays.from_problem(clumpy_problem(300, 4, constraints=[tg.Forbid("u00007", "West")]))
    order = curve_order(arrays)
    turned = reordered(arrays, order)
    before, after = (
        csr_matrix((np.ones(len(a.indices)), a.indices, a.indptr), shape=(a.n, a.n)).toarray() for a in (arrays, turned)
    )
    assert (after == before[np.ix_(order, order)]).all()
    labels = np.random.default_rng(0).integers(0, 4, 300).astype(np.int32)
    assert score(turned, labels[order]).travel == pytest.approx(score(arrays, labels).travel)
    assert (turned.extra == arrays.extra[order]).all()


def test_groups_stay_together_along_the_curve():
    rng = np.random.default_rng(0)
    group = rng.integers(0, 3, 200)
    order = hilbert_order(rng.uniform(0, 1, (200, 2)), group)
    assert sorted(order.tolist()) == list(range(200))
    assert (np.diff(group[order]) >= 0).all()


def test_the_sphere_is_flattened_without_changing_areas():
    """A degree by a degree near the middle keeps its sides, east to the right and north up."""
    points = GreatCircle().place(np.array([[10.0, 0.0], [11.0, 0.0], [10.0, 1.0], [9.0, 0.0], [10.0, -1.0]])).points
    flat = flat_places(points, sphere=True)
    degree = np.pi / 180
    assert flat[1] - flat[0] == pytest.approx([degree, 0.0], rel=1e-3, abs=1e-9)
    assert flat[2] - flat[0] == pytest.approx([0.0, degree], rel=1e-3, abs=1e-9)


def test_clusters_share_out_the_units_and_keep_parts_and_constraints_apart():
    constraints = [tg.Lock(["u00003", "u00004"], "East"), tg.Forbid("u00007", "West")]
    arrays = ProblemArrays.from_problem(clumpy_problem(600, 5, constraints=constraints))
    # Two separate parts: the graph without the edges that cross a line.
    west = arrays.points[:, 0] < np.median(arrays.points[:, 0])
    source = np.repeat(np.arange(arrays.n), np.diff(arrays.indptr))
    kept = west[source] == west[arrays.indices]
    pairs = np.column_stack([source[kept], arrays.indices[kept]])
    graph = adjacency(pairs[pairs[:, 0] < pairs[:, 1]], arrays.n)
    arrays = replace(arrays, component=west.astype(np.int64), indptr=graph.indptr, indices=graph.indices)
    parts = territory_parts(arrays)
    levels = coarsen(arrays, parts)
    units, clusters = levels.units, levels.clusters
    assert np.bincount(units.parent).min() >= 1
    assert np.bincount(units.parent).max() <= 10
    assert clusters.share.sum() == pytest.approx(units.share.sum())
    assert clusters.weight.sum() == pytest.approx(arrays.weight.sum())
    for cluster in range(len(clusters.share)):
        members = np.flatnonzero(units.parent == cluster)
        assert len(set(arrays.component[members])) == 1
        assert len({tuple(np.isinf(arrays.extra[i])) for i in members}) == 1
        mean = np.average(arrays.points[members], weights=arrays.weight[members], axis=0)
        assert clusters.places[cluster] == pytest.approx(mean, rel=1e-6)
    barred = levels.barred[units.kind]
    assert (barred == (np.isinf(arrays.extra) | (parts[None, :] != arrays.component[:, None]))).all()


def test_costs_worked_out_are_those_of_the_table():
    arrays = ProblemArrays.from_problem(clumpy_problem(200, 4, constraints=[tg.Forbid("u00007", "West")]))
    units = np.array([3, 50, 100, 150])
    table, ways = centers.centers_cost(arrays, units), WaysFor(arrays)(units)
    for i in (0, 7, 199):
        assert [cost_at(ways, i, t) for t in range(4)] == [cost_at(table, i, t) for t in range(4)] == table[i].tolist()


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("metric", [kernels.PLANAR, kernels.SPHERE])
def test_tangents_find_the_same_centres_as_comparing_all(metric, power):
    rng = np.random.default_rng(power)
    n, k = 900, 6
    xy = rng.normal(0, 1, (n, 2)) * [20, 10]
    points = np.column_stack([xy * 1000, np.zeros(n)])
    if metric == kernels.SPHERE:
        points = GreatCircle().place(xy).points
    weight = rng.integers(0, 5, n).astype(float)
    labels = rng.integers(0, k - 1, n).astype(np.int32)
    known = best_centers(labels, k, points, weight, metric, 2.0, power)
    centers, travel, tried = middles(labels, k, points, weight, metric, 2.0, power)
    assert centers.tolist() == known[0].tolist()  # the last territory is empty
    assert travel == pytest.approx(known[1], rel=1e-12)
    assert tried < 40 * k


def test_prices_balance_places_on_a_line():
    """Centres at 0 and 1, one hundred places in between, but those on the left weigh more: the border moves left."""
    place = np.column_stack([np.linspace(0, 1, 100), np.zeros(100), np.zeros(100)])
    load = np.where(place[:, 0] < 0.5, 3.0, 1.0)
    centers = np.array([[0.0, 0, 0], [1.0, 0, 0]])
    share, kind, barred = load / 100, np.zeros(100, np.int64), np.zeros((1, 2), bool)
    near = prices.nearest(place, load, share, kind, barred, centers, np.zeros(2), 1.0, 1, 2)
    assert (near[:50] == [0, 1]).all()
    assert (near[50:] == [1, 0]).all()
    near, cost = prices.narrowed(np.arange(100), near, place, load, share, centers, np.zeros(2), 1.0, 1, 2)
    bounds = np.full(2, 0.95), np.full(2, 1.05)
    labels, _, missed, made = prices.settle(
        near, cost, share, np.zeros(2), np.zeros(2), *bounds, np.full(2, 50.0), 60, 0.5
    )
    assert missed < 1e-9
    assert made < 60
    assert (np.diff(labels) >= 0).all()
    assert np.bincount(labels, share) == pytest.approx([1, 1], abs=0.05 + 1e-9)


def test_strays_go_to_the_cheapest_neighbour():
    """On a line 0 0 1 0 1 1 the 1 in third place and the 0 in fourth stand apart from their territories."""
    indptr, indices = np.array([0, 1, 3, 5, 7, 9, 10]), np.array([1, 0, 2, 1, 3, 2, 4, 3, 5, 4])
    labels = np.array([0, 0, 1, 0, 1, 1], dtype=np.int32)
    _, count = numbered_pieces(labels, indptr, indices)
    assert count == 4
    cost = np.column_stack([np.arange(6.0), 5.0 - np.arange(6)])
    housed, strays, left = house_strays(labels, cost, np.ones(6), np.zeros(2), indptr, indices)
    assert (strays, left) == (2, 0)
    assert housed.tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_coarse_start_is_in_pieces_and_sweeps_bring_it_into_balance(lowered, seed):
    arrays = ProblemArrays.from_problem(clumpy_problem(4_000, 20, seed=seed))
    assert coarse.applies(arrays)
    labels = coarse.coarse_start(arrays)
    assert labels is not None
    assert one_piece_each(arrays, labels)
    assert violation_of(arrays, labels) < 1.0
    swept, found, _ = sweep(arrays, labels, np.array([1], np.uint64))
    assert found.feasible
    assert one_piece_each(arrays, swept)
    assert found.travel == pytest.approx(score(arrays, swept).travel)


def test_locks_and_forbidden_units_hold_on_large_problems(lowered):
    constraints = [tg.Lock(["u00100", "u00101"], "East"), tg.Forbid(["u00200", "u00300"], "West")]
    solution = tg.solve(clumpy_problem(3_000, 10, constraints=constraints), stop=tg.FirstFeasible())
    assert solution.status == "feasible"
    assert solution.plan.verify().ok


def test_the_first_plan_is_near_the_one_of_a_long_search(lowered):
    problem = clumpy_problem(3_000, 15)
    first = tg.solve(problem, stop=tg.FirstFeasible())
    longer = tg.solve(problem, stop=tg.MaxIterations(40))
    assert first.status == longer.status == "feasible"
    assert first.iterations == 0
    assert longer.objective <= first.objective < 1.05 * longer.objective


def test_the_order_of_rows_does_not_change_a_large_plan(lowered):
    plans = [
        tg.solve(clumpy_problem(2_000, 8, shuffle=shuffle), stop=tg.FirstFeasible()).plan for shuffle in (None, 1, 2)
    ]
    assert plans[0].labels.to_dict() == plans[1].labels.to_dict() == plans[2].labels.to_dict()


def test_moves_and_evaluations_grow_with_the_number_of_units(lowered, monkeypatch):
    """Four times the units and territories: about four times the price steps, moves and centres tried."""
    counted = {}
    settle = prices.settle

    def counting(near, *rest):
        result = settle(near, *rest)
        counted["prices"] = counted.get("prices", 0) + near.size * result[3]
        return result

    monkeypatch.setattr(prices, "settle", counting)
    work = []
    for n, k in ((2_000, 8), (8_000, 32)):
        counted.clear()
        arrays = ProblemArrays.from_problem(clumpy_problem(n, k))
        labels = coarse.coarse_start(arrays)
        _, _, moves = sweep(arrays, labels, np.array([1], np.uint64))
        tried = middles(labels, k, arrays.points, arrays.weight, arrays.metric, arrays.scale, arrays.power)[2]
        work.append((counted["prices"], moves, tried))
    growth = np.log(np.array(work[1]) / np.array(work[0])) / np.log(4)
    assert (growth < 1.25).all()


def test_small_problems_know_nothing_of_this(grid):
    units, graph = grid(6, 6)
    arrays = ProblemArrays.from_problem(tg.TerritoryProblem(units, graph, n_territories=4, balance={"load": 0.2}))
    assert not coarse.applies(arrays)
    assert search.applies is coarse.applies


def with_homes(problem, count, seed=0):
    """The same units for reps who live anywhere among them."""
    rng = np.random.default_rng(seed)
    xy = problem.units.xy[rng.choice(len(problem.units), count, replace=False)] + 100.0
    reps = tg.read_reps(
        pd.DataFrame({"rep_id": [f"r{t:02d}" for t in range(count)], "x": xy[:, 0], "y": xy[:, 1]}), crs=None
    )
    return tg.TerritoryProblem(
        problem.units, problem.graph, balance=problem.balance, reps=reps, objective=tg.Travel(center="home")
    )


def test_homes_stay_where_they_are_on_large_problems(lowered):
    problem = with_homes(clumpy_problem(3_000, 8, tolerance=0.2), 8)
    large = tg.solve(problem, stop=tg.MaxIterations(5))
    assert large.status == "feasible"
    assert large.plan.verify().ok
    assert 0 < large.bound <= large.objective
    assert large.gap < 0.1


def test_the_bound_from_groups_is_near_the_one_from_all_units(monkeypatch):
    arrays = ProblemArrays.from_problem(with_homes(clumpy_problem(2_000, 8, tolerance=0.1), 8))
    whole = fixed_bound.home_bound(arrays)
    monkeypatch.setattr(fixed_bound, "MOST_UNITS", 300)
    monkeypatch.setattr(fixed_bound, "BLOCK", 2_000)
    grouped = fixed_bound.home_bound(arrays)
    assert 0.99 * whole < grouped <= whole * (1 + 1e-9)
