"""Rebalancing changes as little as can be: known by hand and by all labellings; neighbours alone take over."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError, OptionError

STOP = tg.MaxIterations(8)


def grid(owners, *, visits=None, revenue=None, tolerance=0.2, **more):
    """A grid of accounts a kilometre apart; `owners` has a letter each, row by row."""
    rows = owners.split()
    table = pd.DataFrame(
        [(f"{y}{x}", x * 1000.0, -y * 1000.0, rep) for y, row in enumerate(rows) for x, rep in enumerate(row)],
        columns=["id", "x", "y", "rep"],
    )
    table["visits"] = 1.0 if visits is None else np.asarray(visits, float)
    table["revenue"] = 1.0 if revenue is None else np.asarray(revenue, float)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits", "revenue"])
    return tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), n_territories=table["rep"].nunique(),
        balance={"visits": tolerance}, current="rep", **more,
    )  # fmt: skip


def in_one_piece(problem, labels, names):
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(labels)))
    graph.add_edges_from(problem.graph.pairs.tolist())
    return all(
        members.size and nx.is_connected(graph.subgraph(members.tolist()))
        for members in (np.flatnonzero(labels == name) for name in names)
    )


def least_share(problem, measure):
    """Return the least share of a measure that any plan moves, by all labellings; None where there is no plan."""
    members = problem.units.members
    owner = members["rep"].to_numpy()
    names = sorted(set(owner))
    worth = members[measure].to_numpy(float) if measure in members else np.ones(len(members))
    load = members["visits"].to_numpy(float)
    tolerance = problem.balance["visits"]
    target = load.sum() / len(names)
    best = None
    for labels in product(names, repeat=len(owner)):
        labels = np.array(labels)
        loads = np.array([load[labels == name].sum() for name in names])
        if (np.abs(loads - target) > tolerance * target + 1e-9).any():
            continue
        share = worth[labels != owner].sum() / worth.sum()
        if (best is None or share < best - 1e-12) and in_one_piece(problem, labels, names):
            best = share
    return best


@pytest.mark.parametrize(
    ("seed", "measure"),
    [
        (0, "accounts"),
        pytest.param(3, "accounts", marks=pytest.mark.slow),
        pytest.param(1, "revenue", marks=pytest.mark.slow),
    ],
)
def test_nothing_changes_less(seed, measure):
    rng = np.random.default_rng(seed)
    owners = "".join(rng.permutation(list("AAAAABBBC")))
    problem = grid(
        f"{owners[:3]} {owners[3:6]} {owners[6:]}", revenue=rng.integers(1, 20, 9), visits=rng.integers(1, 4, 9),
        tolerance=0.34,
    )  # fmt: skip
    known, found = least_share(problem, measure), tg.rebalance(problem, measure, stop=STOP)
    assert (found.plan is None) == (known is None)
    if known is not None:
        assert found.moved == pytest.approx(known, rel=2e-4)
        assert found.least == pytest.approx(found.moved)
        assert len(found.moves()) == found.accounts


def test_a_plan_that_is_within_its_tolerances_stays():
    problem = grid("AAC AAC BBC BBC", tolerance=0.1)
    found = tg.rebalance(problem, stop=STOP)
    assert (found.accounts, found.moved) == (0, 0.0)
    assert found.plan.labels.equals(found.today.labels)
    assert found.moves().empty
    assert "0 accounts change rep" in repr(found)


def test_strays_come_home_and_the_surplus_goes_next_door():
    # The A in the last row is cut off; A has eight of twelve, six are the most.
    found = tg.rebalance(grid("AAAB AAAB AABA", tolerance=0.17), stop=STOP)
    assert found.plan.verify().ok
    assert found.accounts == 2  # the stray, and one more at the border: 8 - 2 = 6
    moves = found.moves()
    assert set(moves["from"]) == {"A"}
    assert set(moves["to"]) == {"B"}
    assert "23" in set(moves["id"])
    assert "the least there is" in repr(found)


@pytest.mark.slow
def test_a_limit_instead_of_the_fewest():
    problem = grid("ABAB BABA ABAB", tolerance=0.4)
    free = tg.solve(problem, stop=STOP)
    few = tg.rebalance(problem, most_accounts=5, stop=STOP)
    assert few.accounts <= 5
    half = tg.rebalance(problem, "revenue", most=0.5, stop=STOP)
    assert half.moved <= 0.5
    assert few.solution.objective >= half.solution.objective >= free.objective - 1e-9
    none = tg.rebalance(problem, most_accounts=0, stop=STOP)
    assert none.plan is None
    assert "no plan" in repr(none)
    with pytest.raises(OptionError, match="no moves"):
        none.moves()


def test_bad_limits_are_named():
    problem = grid("AABB")
    with pytest.raises(OptionError, match="not both"):
        tg.rebalance(problem, most_accounts=1, most=0.1)
    with pytest.raises(OptionError, match="most_accounts"):
        tg.rebalance(problem, most_accounts=-1)
    with pytest.raises(DataError, match="no number 'profit'"):
        tg.rebalance(problem, "profit")


@pytest.mark.slow
def test_many_units_end_within_tolerance_by_few_moves():
    rng = np.random.default_rng(1)
    n = 400
    table = pd.DataFrame({"id": range(n), "x": rng.uniform(0, 9e4, n), "y": rng.uniform(0, 9e4, n), "visits": 1.0})
    table["rep"] = np.where(table["x"] < 5e4, "W", "E")
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    problem = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), n_territories=2, balance={"visits": 0.02}, current="rep"
    )
    surplus = int((table["rep"] == "W").sum() - np.floor(200 * 1.02))
    found = tg.rebalance(problem, stop=tg.MaxIterations(10))
    assert found.plan.verify().ok
    assert surplus > 0
    assert found.accounts == surplus  # nobody could do with less: each one counts 1


def plan_of(problem):
    return tg.TerritoryPlan.from_current(problem)


def test_only_the_neighbours_take_over():
    plan = plan_of(grid("AABBCCDD AABBCCDD", tolerance=0.1))
    found = tg.reassign(plan, "B", stop=STOP)
    assert found.neighbours == ("A", "C")
    assert found.plan.territory_ids == ["A", "C", "D"]
    before, after = plan.labels, found.plan.labels
    stayed = before[before != "B"]
    assert after[stayed.index].equals(stayed)
    assert (after[before == "B"].value_counts() == 2).all()
    assert found.changes().loc["A", ["accounts_before", "accounts", "came", "gone"]].tolist() == [4, 6, 2, 0]


def test_who_leaves_must_be_there_and_somebody_must_stay():
    plan = plan_of(grid("AABB"))
    with pytest.raises(OptionError, match="no territory 'Z'"):
        tg.reassign(plan, "Z")
    with pytest.raises(OptionError, match="Nobody leaves"):
        tg.reassign(plan, [])
    with pytest.raises(OptionError, match="Nobody is left"):
        tg.reassign(plan, ["A", "B"])
