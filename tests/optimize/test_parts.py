"""Seeds, balance, repair, pair models and transfers, each against a known answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

import territory_geo as tg
from territory_geo.geodata.contiguity import adjacency
from territory_geo.geodata.topology import delaunay_pairs
from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import ProblemArrays, spread
from territory_geo.optimize.balance import assign, balanced_centers
from territory_geo.optimize.centers import centers_cost, recenter
from territory_geo.optimize.local_search import score, violation_of
from territory_geo.optimize.reoptimize import improve_pairs, neighbouring_pairs, reoptimize_pair
from territory_geo.optimize.repair import make_contiguous, pieces
from territory_geo.optimize.seeds import start_centers, territory_parts
from territory_geo.optimize.transfer import push_surplus


def bare_arrays(rng, *, n, k, tolerance=0.25):
    """Random points with Delaunay neighbours as arrays, one measure."""
    xy = rng.uniform(0, 10_000, (n, 2))
    graph = adjacency(delaunay_pairs(xy), n)
    measures = rng.uniform(1, 3, (n, 1))
    places = np.column_stack([xy, np.zeros(n)])
    target = measures.sum(axis=0) / k
    return ProblemArrays(
        places=places, points=places, metric=kernels.PLANAR, scale=0.001, power=1, weight=np.ones(n),
        measures=spread(measures, k), lower=np.tile(target * (1 - tolerance), (k, 1)),
        upper=np.tile(target * (1 + tolerance), (k, 1)), target=np.tile(target, (k, 1)),
        indptr=graph.indptr.astype(np.int64),
        indices=graph.indices.astype(np.int64), component=np.zeros(n, np.int64), contiguous=True,
        extra=np.zeros((n, k)), locked=np.full(n, -1),
    )  # fmt: skip


def arrays_of(grid, rows, columns, k, tolerance, values=None, constraints=()):
    units, graph = grid(rows, columns, values)
    problem = tg.TerritoryProblem(units, graph, n_territories=k, balance={"load": tolerance}, constraints=constraints)
    return ProblemArrays.from_problem(problem)


def test_arrays_hold_what_the_tables_say(grid):
    arrays = arrays_of(grid, 2, 3, 2, 0.1, [1, 2, 3, 4, 5, 6], [tg.Lock("a02", "West"), tg.Forbid("a00", "East")])
    assert (arrays.n, arrays.k) == (6, 2)
    assert arrays.usual[:, 0].tolist() == [1, 2, 3, 4, 5, 6]
    assert arrays.lower[:, 0] == pytest.approx([9.45, 9.45])
    assert arrays.upper[:, 0] == pytest.approx([11.55, 11.55])
    assert arrays.locked.tolist() == [-1, -1, 1, -1, -1, -1]  # East, West in the order of their names
    assert np.isinf(arrays.extra).nonzero()[0].tolist() == [0, 2]
    assert np.diff(arrays.indptr).tolist() == [2, 3, 2, 2, 3, 2]


@given(st.integers(0, 1_000))
def test_the_flow_is_the_optimum_of_the_transportation_problem(seed):
    rng = np.random.default_rng(seed)
    arrays = bare_arrays(rng, n=12, k=3)
    cost = rng.uniform(0, 10, (12, 3)) * arrays.usual
    found = assign(arrays, cost)
    load = arrays.usual[:, 0]
    # Variables: share of unit i in territory t.
    equal = np.kron(np.eye(12), np.ones(3))
    loads = np.zeros((3, 36))
    for t in range(3):
        loads[t, t::3] = load
    known = linprog(
        cost.ravel(), A_ub=np.vstack([loads, -loads]), b_ub=np.concatenate([arrays.upper[:, 0], -arrays.lower[:, 0]]),
        A_eq=equal, b_eq=np.ones(12), bounds=(0, 1),
    )  # fmt: skip
    assert found is not None
    assert found[1] == pytest.approx(known.fun, rel=1e-4)


def test_a_flow_that_cannot_meet_the_bounds_says_so(grid):
    arrays = arrays_of(grid, 2, 3, 2, 0.0)
    cost = np.full((6, 2), np.inf)
    cost[:, 0] = 1.0
    cost[0, 1] = 1.0
    assert assign(arrays, cost) is None


def test_balanced_centres_of_two_clusters_are_their_middles(grid):
    arrays = arrays_of(grid, 1, 10, 2, 0.0)
    found = balanced_centers(arrays, np.array([0, 1]))
    assert found is not None
    assert np.bincount(found.labels).tolist() == [5, 5]
    assert sorted(found.centers.tolist()) == [2, 7]


def test_seeds_are_distinct_units_and_locked_territories_start_at_home(grid):
    arrays = arrays_of(grid, 6, 6, 4, 0.2, None, [tg.Lock(["a00", "a01"], "North-west")])
    for seed in range(5):
        centers = start_centers(arrays, territory_parts(arrays), np.random.default_rng(seed))
        assert len(set(centers.tolist())) == 4
        assert np.abs(arrays.points[centers] - arrays.points[0]).sum(axis=1).argmin() == 0


def test_coincident_units_still_get_distinct_centres(grid):
    arrays = arrays_of(grid, 2, 3, 4, 1.0)
    stacked = replace(arrays, places=np.zeros_like(arrays.places), points=np.zeros_like(arrays.points))
    centers = start_centers(stacked, territory_parts(stacked), np.random.default_rng(0))
    assert len(set(centers.tolist())) == 4


@given(st.integers(0, 1_000), st.integers(1, 6))
def test_repair_makes_any_labels_contiguous_and_leaves_none_empty(seed, k):
    rng = np.random.default_rng(seed)
    arrays = bare_arrays(rng, n=25, k=k)
    labels = rng.integers(0, k, 25).astype(np.int32)
    cost = rng.uniform(0, 1, (25, k))
    mended = make_contiguous(arrays, labels, cost, np.arange(k))
    assert mended is not None
    assert set(mended.tolist()) == set(range(k))
    assert len(set(zip(pieces(arrays, mended).tolist(), mended.tolist(), strict=True))) == k


def test_repair_joins_locked_units_by_a_path(grid):
    arrays = arrays_of(grid, 3, 5, 2, 1.0, None, [tg.Lock(["a00", "a24"], "Long")])
    labels = np.zeros(15, dtype=np.int32)
    labels[[2, 7, 12]] = 1  # a wall between the two
    labels = 1 - labels
    labels[[0, 14]] = 0
    mended = make_contiguous(arrays, labels, np.ones((15, 2)), np.array([0, 7]))
    assert mended is not None
    assert mended[0] == mended[14] == 0
    assert len(set(pieces(arrays, mended).tolist())) == 2


def test_repair_moves_a_free_territory_to_walled_in_units(grid):
    """a00 must not be in East, whose locked unit is its only way out: the third territory has to start there.

    a00 - a01 (East) - a02 - … - a09 (West)
    """
    locks = [tg.Lock("a01", "East"), tg.Forbid("a00", "East"), tg.Lock("a09", "West")]
    arrays = arrays_of(grid, 1, 10, 3, 1.0, None, locks)
    labels = np.array([1, 0, 0, 2, 2, 2, 2, 1, 1, 1], dtype=np.int32)
    mended = make_contiguous(arrays, labels, np.ones((10, 3)) + arrays.extra, np.array([1, 9, 4]))
    assert mended is not None
    assert mended.tolist()[:2] == [2, 0]
    assert len(set(pieces(arrays, mended).tolist())) == 3


def test_repair_lets_a_path_through_to_walled_in_units(grid):
    """a00 may only be in West, which lies behind East's free units: East gives way."""
    arrays = arrays_of(grid, 2, 5, 2, 1.0, None, [tg.Forbid("a00", "East"), tg.Lock("a04", "West")])
    labels = np.array([1, 0, 0, 0, 1, 0, 0, 0, 0, 1], dtype=np.int32)
    mended = make_contiguous(arrays, labels, np.ones((10, 2)) + arrays.extra, np.array([6, 4]))
    assert mended is not None
    assert mended[0] == mended[4] == 1
    assert len(set(pieces(arrays, mended).tolist())) == 2


def test_repair_gives_up_where_locks_leave_no_way(grid):
    wall = [f"a{r}1" for r in range(3)]
    arrays = arrays_of(grid, 3, 3, 2, 1.0, None, [tg.Lock(wall, "Wall"), tg.Lock(["a00", "a02"], "Split")])
    labels = np.where(arrays.locked >= 0, arrays.locked, 0).astype(np.int32)
    assert make_contiguous(arrays, labels, np.ones((9, 2)), np.array([0, 1])) is None


def test_a_pair_is_divided_at_least_cost(grid):
    """A bad cut of a 2 x 6 strip becomes the straight one."""
    arrays = arrays_of(grid, 2, 6, 2, 0.0)
    bad = np.array([0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1], dtype=np.int32)
    better = reoptimize_pair(arrays, bad, 0, 1)
    assert better is not None
    assert score(arrays, better).travel < score(arrays, bad).travel
    final, _ = improve_pairs(arrays, bad, score(arrays, bad), lambda *_: True)
    assert final.tolist() == [0, 0, 0, 1, 1, 1] * 2
    assert reoptimize_pair(arrays, final, 0, 1) is None


@given(st.integers(0, 300))
def test_pair_models_keep_pieces_bounds_and_locks(seed):
    rng = np.random.default_rng(seed)
    arrays = bare_arrays(rng, n=25, k=3, tolerance=0.4)
    cost = centers_cost(arrays, np.array([0, 1, 2]))
    labels = make_contiguous(arrays, cost.argmin(axis=1).astype(np.int32), cost, np.array([0, 1, 2]))
    assert labels is not None
    arrays.locked[5] = labels[5]
    before = score(arrays, labels)
    for s, t in neighbouring_pairs(arrays, labels):
        found = reoptimize_pair(arrays, labels, s, t)
        if found is None:
            continue
        assert len(set(pieces(arrays, found).tolist())) == 3
        assert violation_of(arrays, found) <= before.violation + 1e-9
        assert found[5] == labels[5]
        assert (found[(labels != s) & (labels != t)] == labels[(labels != s) & (labels != t)]).all()


def test_surplus_is_pushed_through_full_neighbours(grid):
    """Four columns of a strip hold 4, 3, 3 and 2 of three each: only a chain through the middle helps."""
    arrays = arrays_of(grid, 1, 12, 4, 0.0)
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3], dtype=np.int32)
    pushed, after = push_surplus(arrays, labels, score(arrays, labels), lambda *_: True)
    assert after.feasible
    assert pushed.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_recentring_finds_the_middle(grid):
    arrays = arrays_of(grid, 1, 5, 1, 0.0)
    centers, travel = recenter(arrays, np.zeros(5, dtype=np.int32))
    assert centers.tolist() == [2]
    assert travel.tolist() == [6.0]
