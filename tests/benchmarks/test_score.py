"""The benchmarks' scorer on cases small enough to work out by hand.

0 - 1 - 2      places (0, 0), (3, 0), (6, 0)
|       |
3       4      places (0, 4), (6, 4)
"""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from benchmarks import score

XY = np.array([[0.0, 0.0], [3.0, 0.0], [6.0, 0.0], [0.0, 4.0], [6.0, 4.0]])
PAIRS = np.array([[0, 1], [1, 2], [0, 3], [2, 4]])
ONES = np.ones(5)


def test_pieces_are_counted_per_territory() -> None:
    assert score.split_territories(["a", "a", "b", "a", "b"], PAIRS) == 0
    assert score.split_territories(["a", "b", "a", "a", "a"], PAIRS) == 1
    assert score.split_territories(["a", "b", "a", "b", "a"], PAIRS) == 2
    assert score.split_territories([0, 1, 2, 3, 4], PAIRS) == 0


def test_a_unit_without_neighbours_may_be_a_territory_of_its_own() -> None:
    assert score.split_territories([0, 0, 1], np.array([[0, 1]])) == 0
    assert score.split_territories([0, 1, 1], np.array([[0, 1]])) == 1


def test_the_largest_deviation_is_a_share_of_the_mean() -> None:
    values = np.array([10.0, 10.0, 10.0, 5.0, 5.0])
    assert score.largest_deviation([0, 0, 1, 0, 1], values, 2) == pytest.approx(0.25)
    assert score.largest_deviation([0, 1, 1, 0, 2], values, 2) == pytest.approx(0.75)


def test_a_missing_territory_counts_as_an_empty_one() -> None:
    assert score.largest_deviation([0, 0, 0, 1, 1], np.array([1.0, 1.0, 1.0, 1.5, 1.5]), 3) == pytest.approx(1.0)


def test_bounds_are_missed_by_the_worst_territory() -> None:
    labels = [0, 0, 1, 1, 1]
    assert score.outside_bounds(labels, ONES, 2, 3) == 0.0
    assert score.outside_bounds(labels, ONES, 2.5, 3) == pytest.approx(0.5)
    assert score.outside_bounds(labels, ONES, 0, 2) == pytest.approx(1.0)
    assert score.outside_bounds([0, 1, 2, 3, 4], ONES * 0.1 * 3, 0, 0.3) == 0.0


def test_travel_starts_at_the_best_unit_of_each_territory() -> None:
    # {0, 1, 3}: from 0 it is 3 + 4; {2, 4}: 4 either way.
    labels = [0, 0, 1, 0, 1]
    assert score.travel_per_territory(labels, XY, ONES, score.straight).tolist() == [7.0, 4.0]
    # A heavy unit draws the centre to itself: from 3 it is 4 + 5.
    weight = np.array([1.0, 1.0, 1.0, 10.0, 1.0])
    assert score.total_travel(labels, XY, weight, score.straight) == pytest.approx(9.0 + 4.0)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    xy, weight, labels = rng.random((200, 2)), rng.random(200), rng.integers(0, 4, 200)
    whole = score.total_travel(labels, xy, weight, score.straight)
    monkeypatch.setattr(score, "BLOCK", 100)
    assert score.total_travel(labels, xy, weight, score.straight) == pytest.approx(whole, rel=1e-12)


def test_the_published_cost_takes_whole_metres() -> None:
    a, b = np.array([[0.0, 0.0]]), np.array([[3000.9, 0.0]])
    assert score.hess_cost(a, b)[0, 0] == pytest.approx(9.0 / 1e6)


def test_a_degree_at_the_equator_and_a_quarter_of_the_globe() -> None:
    degree = score.great_circle_km(np.array([[0.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 90.0]]))
    assert degree[0].tolist() == pytest.approx([111.195, 10007.557], abs=0.001)


def test_the_mean_is_weighted() -> None:
    lonlat = np.array([[0.0, 0.0], [1.0, 0.0]])
    assert score.mean_km([0, 0], lonlat, np.array([3.0, 1.0])) == pytest.approx(111.195 / 4, abs=0.001)


def test_the_scorer_borrows_nothing_from_the_package() -> None:
    tree = ast.parse(Path(score.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {str(name).split(".")[0] for name in imported} == {"__future__", "collections", "typing", "numpy", "scipy"}
