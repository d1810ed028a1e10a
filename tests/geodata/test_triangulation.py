"""Neighbours of many points: the same as of the diagram of cells, and as of scipy's triangulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from territory_geo.geodata import topology
from territory_geo.geodata.delaunay import following, inside, side, triangulate
from territory_geo.geodata.hilbert import hilbert_order
from territory_geo.geodata.triangulation import triangulated_pairs

FRAME = np.array([[-10.0, -11.0], [11.0, -10.0], [10.0, 11.0], [-11.0, 10.0]])


def triangles(xy):
    """Corners and twins of points within the frame, in the order in which they are given."""
    start, twin, count, _ = triangulate(*np.ascontiguousarray(np.concatenate([xy, FRAME]).T))
    return start[: 3 * count], twin[: 3 * count], count


@pytest.mark.parametrize("kind", ["random", "grid", "slanted grid", "few places"])
def test_neighbours_from_the_triangulation_are_those_of_the_diagram(kind, monkeypatch):
    rng = np.random.default_rng(0)
    xy = rng.uniform(0, 5e6, (3_000, 2))
    if kind != "random":
        across, up = np.meshgrid(np.arange(40.0), np.arange(30.0))
        xy = np.column_stack([across.ravel(), up.ravel()]) * 1000
    if kind == "slanted grid":
        xy = xy + 0.3 * xy[:, ::-1] * [1, -1]
    if kind == "few places":
        xy = rng.integers(0, 30, (500, 2)).astype(float)
    known = topology.delaunay_pairs(xy)
    monkeypatch.setattr(topology, "MANY_POINTS", 2)
    assert topology.delaunay_pairs(xy).tolist() == known.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_the_triangles_are_those_of_scipy(seed):
    xy = np.random.default_rng(seed).uniform(-5, 5, (500, 2))
    start, _, count = triangles(xy)
    expected = Delaunay(np.concatenate([xy, FRAME])).simplices
    found = np.sort(start.reshape(-1, 3), axis=1)
    assert count == len(expected) == 2 * 504 - 2 - 4
    assert sorted(map(tuple, found.tolist())) == sorted(map(tuple, np.sort(expected, axis=1).tolist()))


@given(st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=1, max_size=40, unique=True))
def test_every_triangulation_is_whole_and_no_circle_holds_a_point(places):
    """Small whole numbers: many points on one line and on one circle. All signs can be worked out exactly."""
    xy = np.array(places, dtype=float)
    start, twin, count = triangles(xy)
    n = len(xy) + 4
    assert count == 2 * n - 2 - 4
    every = [tuple(map(int, p)) for p in np.concatenate([xy, FRAME])]
    area = 0
    for t in range(count):
        (ax, ay), (bx, by), (cx, cy) = (every[start[3 * t + c]] for c in range(3))
        twice = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        assert twice > 0
        area += twice
        for dx, dy in every:
            rows = [(qx - dx, qy - dy, (qx - dx) ** 2 + (qy - dy) ** 2) for qx, qy in ((ax, ay), (bx, by), (cx, cy))]
            (a, b, c), (d, e, f), (g, h, i) = rows
            assert a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) <= 0
    corners = FRAME.astype(int)
    whole = sum(corners[i][0] * corners[i - 3][1] - corners[i][1] * corners[i - 3][0] for i in range(4))
    assert area == whole
    for e in range(3 * count):
        if twin[e] >= 0:
            assert twin[twin[e]] == e
            assert start[twin[e]] == start[following(e)]


def test_predicates_by_hand():
    assert side(0.0, 0.0, 1.0, 0.0, 0.5, 1.0) == 1
    assert side(0.0, 0.0, 1.0, 0.0, 0.5, -1.0) == -1
    assert side(0.0, 0.0, 1.0, 1.0, 0.3, 0.3) == 0
    assert inside(0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.9, 0.9)
    assert not inside(0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0)
    assert not inside(0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 2.0, 2.0)


def test_two_points_on_one_spot_are_left_to_others():
    xy = np.array([[0.0, 0.0], [1.0, 0.5], [0.0, 0.0], [2.0, 2.0]])
    assert triangles(xy)[2] == 0
    assert triangulated_pairs(xy, FRAME, 1e-9) is None
    near = np.add(xy, [[0, 0], [0, 0], [1e-7, 0], [0, 0]])
    assert triangulated_pairs(near, FRAME, 1e-6) is None
    assert triangulated_pairs(near, FRAME, 1e-8) is not None


def test_a_wide_circle_and_a_straight_road():
    turn = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    circle = np.column_stack([np.cos(turn), np.sin(turn)]) * 1e5 + 4e6
    road = np.column_stack([np.linspace(0, 1e6, 400), np.full(400, 7.0)])
    for xy, many in ((circle, 300), (road, 399), (road @ [[0.6, 0.8], [-0.8, 0.6]], 399)):
        _, frame = topology._helpers(xy, 0.0)
        pairs = triangulated_pairs(xy, frame, 1e-3)
        assert pairs is not None
        assert len(pairs) >= many
        assert len(np.unique(pairs)) == len(xy)


def test_work_grows_in_step_with_the_number_of_points():
    """Along the curve, four times the points take about four times the steps and flips."""
    rng, work = np.random.default_rng(0), []
    for n in (1_000, 4_000, 16_000):
        xy = rng.uniform(-5, 5, (n, 2))
        xy = xy[hilbert_order(xy, np.zeros(n, dtype=np.int64))]
        work.append(triangulate(*np.ascontiguousarray(np.concatenate([xy, FRAME]).T))[3])
    assert work[2] < 12 * 16_000
    assert work[1] < 4.6 * work[0]
    assert work[2] < 4.6 * work[1]
