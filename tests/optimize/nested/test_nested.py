"""Sets of groups, their travel and the exact cover, each against trying everything."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from territory_geo.optimize import kernels
from territory_geo.optimize.nested import Choices, TooMany, exact_cover, least_widening
from territory_geo.optimize.nested.costs import set_travel
from territory_geo.optimize.nested.sets import connected_sets


def some_graph(seed: int, nodes: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    touch = np.triu(random.random((nodes, nodes)) < 0.35, 1)
    return touch | touch.T


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("span", [(1, 1), (2, 3), (3, 5)])
def test_all_connected_sets_and_no_others(seed: int, span: tuple[int, int]) -> None:
    touch = some_graph(seed, 8)
    graph = nx.from_numpy_array(touch)
    expected = sorted(
        nodes
        for size in range(span[0], span[1] + 1)
        for nodes in combinations(range(8), size)
        if nx.is_connected(graph.subgraph(nodes))
    )
    found = connected_sets(touch, *span, load=np.zeros((8, 1)), ceiling=np.array([1.0]), limit=999)
    assert found == expected


def test_heavy_sets_are_left_out_and_too_many_are_an_error() -> None:
    touch, load = ~np.eye(6, dtype=bool), np.arange(6.0)[:, None]
    found = connected_sets(touch, 2, 3, load=load, ceiling=np.array([3.0]), limit=999)
    assert found == [(0, 1), (0, 1, 2), (0, 2), (0, 3), (1, 2)]
    with pytest.raises(TooMany):
        connected_sets(touch, 2, 3, load=load, ceiling=np.array([99.0]), limit=10)


@pytest.mark.parametrize("power", [1, 2])
def test_travel_of_a_set_is_that_of_its_best_unit(power: int) -> None:
    random = np.random.default_rng(1)
    points, weight = np.column_stack([random.uniform(0, 9, (40, 2)), np.zeros(40)]), random.integers(0, 4, 40) * 1.0
    group = np.sort(random.integers(0, 5, 40))[random.permutation(40)]
    sets = [(0,), (0, 1), (1, 3, 4), (0, 1, 2, 3, 4)]
    found = set_travel(sets, group, 5, points, weight, kernels.PLANAR, 2.0, power)
    for chosen, travel in zip(sets, found, strict=True):
        mine = np.flatnonzero(np.isin(group, chosen))
        ways = 2.0 * np.linalg.norm(points[mine][:, None] - points[mine][None], axis=2)
        assert travel == pytest.approx((weight[mine][:, None] * ways**power).sum(axis=0).min())
    assert set_travel([], group, 5, points, weight, kernels.PLANAR, 1.0, 1).shape == (0,)


def pairs_of_four(cost: list[float], lack: list[float]) -> Choices:
    """Return the choices of two pairs out of four: three covers, {01, 23}, {02, 13}, {03, 12}."""
    sets = tuple(combinations(range(4), 2))
    return Choices(sets, np.arange(6), np.zeros(6, dtype=np.int64), np.array(lack), np.array(cost), 4, 2, False)


def test_the_cheapest_cover_and_what_is_not_covered() -> None:
    #                          01   02   03   12   13   23
    choices = pairs_of_four([1.0, 2.0, 9.0, 0.0, 2.0, 4.0], [0.0] * 6)
    cover = exact_cover(choices, work=1.0, seed=0)
    assert (cover.chosen.tolist(), cover.cost, cover.bound, cover.finished) == ([1, 4], 4.0, 4.0, True)
    none = pairs_of_four([1.0] * 6, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]).within(0.0)
    assert none.reached().all()
    assert exact_cover(none, work=1.0, seed=0).finished
    assert exact_cover(none, work=1.0, seed=0).chosen is None


def test_the_least_widening() -> None:
    # {01, 23} needs 0.3, {02, 13} 0.2, {03, 12} 0.4.
    assert least_widening(pairs_of_four([1.0] * 6, [0.3, 0.2, 0.0, 0.4, 0.1, 0.1]), work=1.0, seed=0) == 0.2
    three = pairs_of_four([1.0] * 6, [0.0, 0.1, 0.2, 0.3, 0.3, 0.3]).within(0.2)
    assert least_widening(three, work=1.0, seed=0) is None


def test_people_who_differ_get_one_each() -> None:
    """Both want the pair 01; whoever saves more by it has it."""
    sets = ((0, 1), (2, 3))
    which, person = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    choices = Choices(sets, which, person, np.zeros(4), np.array([1.0, 2.0, 5.0, 9.0]), 4, 2, True)
    assert exact_cover(choices, work=1.0, seed=0).chosen.tolist() == [1, 2]
