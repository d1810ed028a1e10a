"""A frontier's plans keep their caps, travel never rises along it, and on small problems each is the best there is."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import product

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.analyze.frontier.knee import knee
from territory_geo.errors import OptionError


def line(seed, n=9, k=3, **more):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"id": range(n), "x": np.sort(rng.uniform(0, 9e4, n)), "y": 0.0, "visits": 1.0})
    table["revenue"] = rng.integers(1, 9, n).astype(float)
    table["rep"] = [f"R{t}" for t in rng.permutation(np.arange(n) % k)]
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits", "revenue"])
    return tg.TerritoryProblem(
        units, None, n_territories=k, balance={"visits": 0.34}, objective=tg.Travel(weight=None), current="rep", **more
    )


def best_within(problem, caps):
    """Return the least travel at each cap on accounts, by all labellings."""
    names = sorted(set(problem.units.members["rep"]))
    owner = np.array([names.index(rep) for rep in problem.units.members["rep"]])
    x = problem.units.frame["x"].to_numpy() / 1000 if "x" in problem.units.frame else problem.units.xy[:, 0] / 1000
    away = np.abs(x[:, None] - x)
    best = np.full(len(caps), np.inf)
    for labels in product(range(3), repeat=len(x)):
        labels = np.array(labels)
        if not all(2 <= count <= 4 for count in np.bincount(labels, minlength=3)):
            continue
        moved = (labels != owner).mean()
        travel = sum(away[np.ix_(labels == t, labels == t)].sum(axis=0).min() for t in range(3))
        best = np.where(moved <= np.array(caps) + 1e-9, np.minimum(best, travel), best)
    return best


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 7])
def test_each_point_is_the_best_within_its_cap(seed):
    problem, caps = line(seed, n=8), [0.0, 0.25, 0.5, 1.0]
    found = tg.frontier(problem, caps=caps)
    known = best_within(problem, caps)
    for (_, row), travel in zip(found.table.iterrows(), known, strict=True):
        assert row["objective"] == pytest.approx(travel)
        assert row["moved"] <= row["cap"] + 1e-9


@pytest.mark.slow
def test_travel_never_rises_and_the_ends_are_today_and_the_free_optimum():
    problem = line(3, n=60, k=5)
    found = tg.frontier(problem, "revenue", points=5, stop=tg.MaxIterations(20))
    table = found.table
    assert list(table["objective"]) == sorted(table["objective"], reverse=True)
    assert (table["moved"] <= table["cap"] + 1e-9).all()
    assert table["moved"].iloc[0] == 0
    assert found.plans["0 %"].labels.equals(tg.TerritoryPlan.from_current(problem).labels)
    free = tg.solve(problem, stop=tg.MaxIterations(20))
    assert table["objective"].iloc[-1] <= free.objective
    assert all(plan.verify().ok for plan in found.plans.values())
    assert f"{len(found.plans)} plans of 5 points" in repr(found)


def test_workers_do_not_change_the_plans():
    problem = line(5, n=20, k=3)
    alone = tg.frontier(problem, points=3, stop=tg.MaxIterations(2))
    with ThreadPoolExecutor(2) as pool:
        together = tg.frontier(problem, points=3, stop=tg.MaxIterations(2), executor=pool)
    assert all(alone.plans[name].labels.equals(together.plans[name].labels) for name in alone.plans)


@pytest.mark.slow
def test_processes_do_not_change_the_plans():
    problem, told = line(5, n=20, k=3), []
    alone = tg.frontier(problem, points=3, stop=tg.MaxIterations(2))
    with ProcessPoolExecutor(2) as pool:
        together = tg.frontier(
            problem, points=3, stop=tg.MaxIterations(2), executor=pool, progress=lambda *said: told.append(said)
        )
    pd.testing.assert_frame_equal(alone.table, together.table)
    assert list(alone.plans) == list(together.plans)
    assert all(alone.plans[name].labels.equals(together.plans[name].labels) for name in alone.plans)
    # Each round says how many caps are done.
    assert [said for said in told if said[0] in ("first round", "second round") and said[1] == 1.0]


def test_a_cap_without_a_plan_is_a_row_with_its_reason():
    problem = line(1, n=9, k=3)
    crowded = problem.units.members["rep"].where(problem.units.members["rep"] != "R2", "R1")
    crowded.iloc[0] = "R2"
    asked = pd.Series(crowded.to_numpy(), index=problem.units.members["id"])
    found = tg.frontier(tg.TerritoryProblem(
        problem.units, None, n_territories=3, balance={"visits": 0.34}, objective=tg.Travel(weight=None), current=asked
    ), caps=[0.0, 1.0], stop=tg.MaxIterations(2))  # fmt: skip
    row = found.table.loc["0 %"]
    assert row["status"] == "infeasible"
    assert row["reason"]
    assert list(found.plans) == ["100 %"]


@pytest.mark.slow
def test_a_curve_for_each_tolerance():
    found = tg.frontier(line(2), caps=[0.2, 1.0], tolerances=[0.34, 0.01])
    assert list(found.table.index) == ["20 % at ±1 %", "100 % at ±1 %", "20 % at ±34 %", "100 % at ±34 %"]
    assert (found.table["worst_deviation"] <= found.table["tolerance"] + 1e-9)[found.table["objective"].notna()].all()
    assert found.table.loc["100 % at ±34 %", "objective"] <= found.table.loc["100 % at ±1 %", "objective"]


def test_the_bend_by_hand():
    assert knee(np.array([0, 1, 2, 10.0]), np.array([100, 40, 20, 0.0])) == 2
    assert knee(np.array([0, 5, 10.0]), np.array([10, 5, 0.0])) is None
    assert knee(np.array([0, 5.0]), np.array([10, 0.0])) is None


def test_bad_options_are_named():
    problem = line(1)
    for more, said in (
        ({"points": 1}, "'points'"),
        ({"caps": [0.1, 0.1]}, "'caps'"),
        ({"caps": [1.5]}, "above 1"),
        ({"tolerances": [-0.1]}, "'tolerances'"),
    ):
        with pytest.raises(OptionError, match=said):
            tg.frontier(problem, **more)
    without = tg.TerritoryProblem(problem.units, None, n_territories=3, balance={"visits": 0.34})
    with pytest.raises(OptionError, match="current="):
        tg.frontier(without)
