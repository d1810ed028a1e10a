"""Rules on large problems: what clusters know nothing of, what is too large for tables, and plans to begin at."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.optimize import centers, coarse, local_search
from territory_geo.optimize.rules import reading

N, K = 1_600, 6


@pytest.fixture
def lowered(monkeypatch):
    """Lower the number of units from which a problem is large."""
    for module in (centers, coarse, local_search):
        monkeypatch.setattr(module, "MANY", 1_000)


def company(n: int, k: int, seed: int = 0) -> tuple[tg.BasicUnits, tg.ContiguityGraph, tg.Reps]:
    """Points around towns with visits and revenue, and reps who live among them."""
    rng = np.random.default_rng(seed)
    towns, sizes = rng.uniform(0, 400_000, (40, 2)), rng.pareto(1.5, 40) + 0.3
    xy = towns[rng.choice(40, n, p=sizes / sizes.sum())] + rng.normal(0, 15_000, (n, 2))
    table = pd.DataFrame({"id": [f"u{i:05d}" for i in range(n)], "x": xy[:, 0], "y": xy[:, 1]})
    table["visits"], table["revenue"] = rng.integers(1, 20, n), 10 + 1_000 * rng.random(n)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits", "revenue"])
    homes = xy[rng.choice(n, k, replace=False)]
    reps = pd.DataFrame({"rep_id": [f"R{t:02d}" for t in range(k)], "lon": homes[:, 0], "lat": homes[:, 1]})
    return units, tg.ContiguityGraph.from_units(units), tg.read_reps(reps, crs=None)


def all_rules(units: tg.BasicUnits, today: pd.Series, many: int, seed: int = 1) -> list[object]:
    """Return locks to who has it today, groups of near units, and a budget."""
    rng = np.random.default_rng(seed)
    locks = [tg.Lock(unit, today[unit]) for unit in rng.choice(today.index, many, replace=False)]
    groups = []
    for center in rng.choice(len(units), many, replace=False):
        near = np.argsort(((units.xy - units.xy[center]) ** 2).sum(axis=1))[[0, 4, 9]]
        groups.append(tg.Together([units.ids[i] for i in near]))
    return [*locks, *groups, tg.DisruptionBudget(revenue=0.05)]


def solved_under_all_rules(n: int, k: int, many: int, iterations: int) -> tg.Solution:
    units, graph, reps = company(n, k)
    base = {"reps": reps, "balance": {"visits": 0.2, "revenue": 0.3}}
    free = tg.solve(tg.TerritoryProblem(units, graph, **base), stop=tg.FirstFeasible() | tg.MaxIterations(20))
    today = free.plan.labels
    ruled = tg.TerritoryProblem(
        units, graph, **{**base, "balance": {"visits": 0.15, "revenue": 0.2}}, current=today.to_dict(),
        constraints=all_rules(units, today, many),
    )  # fmt: skip
    return tg.solve(ruled, stop=tg.MaxIterations(iterations))


def test_locks_groups_budgets_and_two_measures_hold_on_large_problems(lowered):
    solution = solved_under_all_rules(N, K, 10, 12)
    assert solution.status == "feasible"
    assert solution.plan.verify().ok
    assert solution.plan.disruption(["revenue"])["share"].iloc[0] <= 0.05


@pytest.mark.slow
def test_all_rules_hold_on_thirty_thousand_units():
    solution = solved_under_all_rules(30_000, 50, 30, 12)
    assert solution.status == "feasible"
    assert solution.plan.verify().ok


def test_a_plan_to_begin_at_is_never_lost_on_large_problems(lowered):
    units, graph, _ = company(N, K)
    problem = tg.TerritoryProblem(units, graph, n_territories=K, balance={"visits": 0.1})
    first = tg.solve(problem, stop=tg.MaxIterations(2), seed=0)
    again = tg.solve(problem, initial_plan=first.plan, stop=tg.FirstFeasible(), seed=1)
    assert (again.plan.labels == first.plan.labels).all()
    longer = tg.solve(problem, initial_plan=first.plan, stop=tg.MaxIterations(2), seed=1)
    assert longer.objective <= first.objective * (1 + 1e-12)
    torn = first.plan.labels.copy()
    torn.iloc[np.random.default_rng(0).choice(N, 60, replace=False)] = torn.iloc[0]
    mended = tg.solve(problem, initial_plan=torn, stop=tg.MaxIterations(3), seed=1)
    assert mended.plan is not None
    assert mended.plan.provenance["initial_plans"][0]["repaired_units"] > 0


def test_what_no_memory_holds_is_said_before_it_is_tried(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ENTRIES", 100)
    units, graph, _ = company(60, 2)
    for rule in (tg.Lock("u00001", "A"), tg.MaxRadius(900), tg.Together(["u00001", "u00002"])):
        problem = tg.TerritoryProblem(units, graph, n_territories=2, balance={"visits": 0.5}, constraints=[rule])
        with pytest.raises(tg.OptionError, match=f"60 units and 2 territories are too many for {type(rule).__name__}:"):
            tg.solve(problem)
    light = tg.TerritoryProblem(
        units, graph, n_territories=2, balance={"visits": 0.5}, constraints=[tg.AccountRange(1, 59)]
    )
    assert tg.solve(light, stop=tg.FirstFeasible()).plan is not None
