"""The kernels against plain Python, networkx and the public distances."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory_geo.geodata.contiguity import adjacency
from territory_geo.geodata.distance import GreatCircle, Planar
from territory_geo.geodata.topology import delaunay_pairs
from territory_geo.optimize import annealing, kernels
from territory_geo.optimize.arrays import spread
from territory_geo.optimize.centers import best_centers


def planar_case(seed: int, n: int = 40, k: int = 4, m: int = 2) -> dict:
    """Random points with their Delaunay neighbours and territories in one piece each."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 10_000, (n, 2))
    graph = adjacency(delaunay_pairs(xy), n)
    labels = np.full(n, -1, dtype=np.int32)
    frontier = []
    for t, unit in enumerate(rng.choice(n, k, replace=False)):
        labels[unit] = t
        frontier.append(unit)
    while (labels < 0).any():
        unit = frontier[rng.integers(len(frontier))]
        free = [v for v in graph[[unit]].indices if labels[v] < 0]
        if free:
            labels[free[0]] = labels[unit]
            frontier.append(free[0])
        else:
            frontier.remove(unit)
    placed = Planar().place(xy)
    weight, measures = rng.uniform(0.1, 2, n), rng.uniform(0, 3, (n, m))
    target = measures.sum(axis=0) / k
    return {
        "labels": labels, "graph": graph, "points": placed.points, "scale": placed.scale_km, "weight": weight,
        "measures": spread(measures, k), "target": np.tile(target, (k, 1)), "lower": np.tile(0.8 * target, (k, 1)),
        "upper": np.tile(1.2 * target, (k, 1)), "k": k,
        "indptr": graph.indptr.astype(np.int64), "indices": graph.indices.astype(np.int64),
    }  # fmt: skip


def test_random_numbers_are_uniform_and_repeat():
    first, again = np.array([5], np.uint64), np.array([5], np.uint64)
    drawn = np.array([kernels.random_below(first, 7) for _ in range(7_000)])
    assert set(drawn) == set(range(7))
    assert np.bincount(drawn).min() > 850
    assert drawn[:50].tolist() == [kernels.random_below(again, 7) for _ in range(50)]
    unit = np.array([kernels.random_unit(first) for _ in range(10_000)])
    assert 0 <= unit.min() < unit.max() < 1
    assert unit.mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("distance", "metric"), [(GreatCircle(1.3), kernels.SPHERE), (Planar(1.2), kernels.PLANAR)])
def test_distance_equals_the_public_one(distance, metric):
    rng = np.random.default_rng(0)
    xy = np.column_stack([rng.uniform(-180, 180, 50), rng.uniform(-80, 80, 50)])
    placed = distance.place(xy)
    for i, j in rng.integers(0, 50, (100, 2)):
        expected = distance.between(xy[[i]], xy[[j]])[0]
        assert kernels.distance(placed.points, i, j, metric, placed.scale_km) == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 10_000), st.sampled_from([1, 2]))
def test_best_centers_try_every_member(seed, power):
    case = planar_case(seed, n=180, k=3)
    centers, travel = best_centers(
        case["labels"], 3, case["points"], case["weight"], kernels.PLANAR, case["scale"], power
    )
    apart = np.linalg.norm(case["points"][:, None] - case["points"][None], axis=2) / 1000.0
    for t in range(3):
        members = np.flatnonzero(case["labels"] == t)
        totals = (apart[np.ix_(members, members)] ** power) @ case["weight"][members]
        assert travel[t] == pytest.approx(totals.min())
        assert totals[np.flatnonzero(members == centers[t])[0]] == pytest.approx(totals.min())


@given(st.integers(0, 10_000), st.sampled_from([1, 2]), st.sampled_from([0.5, 20.0, 180.0]))
def test_best_centers_on_the_sphere(seed, power, spread):
    """From a town to the whole globe, with points in the same place and points without weight."""
    rng = np.random.default_rng(seed)
    xy = np.column_stack([rng.uniform(-spread, spread, 130), rng.uniform(-spread, spread, 130) / 2])
    xy[rng.integers(0, 130, 5)] = xy[0]
    weight = rng.uniform(0, 9, 130) * (rng.random(130) < 0.8)
    placed = GreatCircle(1.3).place(xy)
    labels = rng.integers(0, 2, 130).astype(np.int32)
    _, travel = best_centers(labels, 2, placed.points, weight, kernels.SPHERE, placed.scale_km, power)
    for t in range(2):
        members = np.flatnonzero(labels == t)
        totals = [
            (
                GreatCircle(1.3).between(xy[members], np.repeat(xy[[c]], len(members), 0)) ** power * weight[members]
            ).sum()
            for c in members
        ]
        assert travel[t] == pytest.approx(min(totals, default=0.0), rel=1e-9, abs=1e-6)


def test_an_empty_territory_has_no_center():
    case = planar_case(1)
    centers, travel = best_centers(
        case["labels"], case["k"] + 1, case["points"], case["weight"], kernels.PLANAR, case["scale"], 1
    )
    assert centers[-1] == -1
    assert travel[-1] == 0.0


@given(st.integers(0, 10_000))
def test_stays_connected_agrees_with_networkx(seed):
    case = planar_case(seed, n=30, k=3)
    labels, graph = case["labels"], nx.from_scipy_sparse_array(case["graph"])
    stamp, clock, queue = np.zeros(30, np.int64), np.zeros(1, np.int64), np.empty(31, np.int64)
    for unit in range(30):
        rest = [v for v in range(30) if labels[v] == labels[unit] and v != unit]
        expected = not rest or nx.is_connected(graph.subgraph(rest))
        found = annealing.stays_connected(unit, labels, case["indptr"], case["indices"], stamp, clock, queue, 30)
        assert found == expected


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.05, 1.0]), st.booleans())
def test_annealing_keeps_its_books_and_its_pieces(seed, temperature, contiguous):
    """Loads and cost kept up move by move equal a recount; pieces stay whole; locked units stay put."""
    case = planar_case(seed)
    labels, k = case["labels"].copy(), case["k"]
    rng = np.random.default_rng(seed)
    cost = rng.uniform(0, 2, (40, k))
    cost[3, 1] = np.inf
    if labels[3] == 1:
        cost[3, 1] = 0.5
    movable = rng.random(40) < 0.9
    before = labels.copy()
    tally, loads, gained = annealing.anneal(
        labels, cost, case["measures"], case["lower"], case["upper"], case["target"], movable, case["indptr"],
        case["indices"], contiguous, temperature, 5.0, 2_000, np.array([seed + 1], np.uint64),
    )  # fmt: skip
    recount = np.zeros((k, 2))
    np.add.at(recount, labels, case["measures"][:, 0])
    assert loads == pytest.approx(recount)
    unit = np.arange(40)
    assert gained == pytest.approx(cost[unit, labels].sum() - cost[unit, before].sum())
    assert (labels[~movable] == before[~movable]).all()
    assert np.isfinite(cost[unit, labels]).all()
    assert set(labels) == set(range(k))
    assert tally[1] <= tally[0] <= 2_000
    if contiguous:
        graph = nx.from_scipy_sparse_array(case["graph"])
        assert all(nx.is_connected(graph.subgraph(np.flatnonzero(labels == t))) for t in range(k))


def test_annealing_cold_never_gets_worse():
    case = planar_case(7)
    labels = case["labels"].copy()
    cost = np.random.default_rng(7).uniform(0, 2, (40, case["k"]))
    _, _, gained = annealing.anneal(
        labels, cost, case["measures"], case["lower"] * 0, case["upper"] * 9, case["target"], np.ones(40, bool),
        case["indptr"], case["indices"], True, 0.0, 5.0, 5_000, np.array([1], np.uint64),
    )  # fmt: skip
    assert gained <= 0.0


def test_work_grows_with_the_border_not_with_the_map():
    """Proposals are drawn from border units only: all are evaluated unless they pick a kin neighbour."""
    case = planar_case(3, n=400, k=4)
    labels = case["labels"].copy()
    cost = np.ones((400, 4))
    tally, _, _ = annealing.anneal(
        labels, cost, case["measures"], case["lower"], case["upper"], case["target"], np.ones(400, bool),
        case["indptr"], case["indices"], True, 0.0, 1.0, 3_000, np.array([1], np.uint64),
    )  # fmt: skip
    assert tally[0] > 700


@given(st.integers(0, 10_000))
def test_border_list_is_kept_up_to_date(seed):
    case = planar_case(seed, n=30, k=3)
    labels, indptr, indices = case["labels"].copy(), case["indptr"], case["indices"]
    foreign = annealing.foreign_neighbours(labels, indptr, indices)
    members, position, size = np.empty(30, np.int64), np.full(30, -1, np.int64), np.zeros(1, np.int64)
    for i in np.flatnonzero(foreign):
        members[size[0]], position[i] = i, size[0]
        size[0] += 1
    rng = np.random.default_rng(seed)
    for _ in range(40):
        i, t = int(rng.integers(30)), int(rng.integers(3))
        if labels[i] != t:
            annealing.move_unit(i, t, labels, foreign, members, position, size, indptr, indices)
        expected = annealing.foreign_neighbours(labels, indptr, indices)
        assert (foreign == expected).all()
        assert sorted(members[: size[0]]) == np.flatnonzero(expected).tolist()
