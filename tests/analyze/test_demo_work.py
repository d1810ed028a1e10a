"""The demo company at full size: estimates near plans, weeks near the best that a long search finds, all in time."""

from __future__ import annotations

import time

import pytest

import territory_geo as tg

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plan() -> tg.TerritoryPlan:
    accounts = tg.read_accounts(tg.samples.demo_accounts())
    units = tg.BasicUnits.from_accounts(accounts, measures=["visits_per_year", "potential_usd"])
    graph = tg.ContiguityGraph.from_units(units)
    problem = tg.TerritoryProblem(units, graph, n_territories=24, balance={"workload": 0.10}, workload=tg.Workload())
    plan = tg.solve(problem, stop=tg.MaxIterations(40), seed=7).plan
    assert plan is not None
    return plan


def test_estimated_hours_are_within_a_tenth_of_planned_ones(plan):
    table = tg.compare_hours(plan, n_weeks=8, rounds=4000)
    assert len(table) == 24
    assert table["error"].abs().mean() < 0.10


def test_two_hundred_visits_take_seconds_and_a_long_search_finds_little_more(plan):
    counts = [len(tg.plan_routes(plan, t, n_weeks=9, rounds=50).accounts) for t in plan.territory_ids[:6]]
    territory = plan.territory_ids[max(range(6), key=lambda i: counts[i])]
    begun = time.process_time()
    quick = tg.plan_routes(plan, territory, n_weeks=9)
    assert time.process_time() - begun < 10
    long = tg.plan_routes(plan, territory, n_weeks=9, rounds=150_000)
    assert len(quick.left) == len(long.left)
    assert quick.weeks.cost_minutes <= 1.05 * long.weeks.cost_minutes


def test_size_growth_and_quotas_take_seconds(plan):
    begun = time.process_time()
    reps, towns = tg.read_reps(tg.samples.demo_reps()), tg.samples.us_towns()
    units = tg.BasicUnits.from_accounts(tg.read_accounts(tg.samples.demo_accounts()))
    sizing = tg.size_force(units, value="potential_usd", reps=reps, towns=towns)
    assert 20 <= sizing.needed <= 30
    table = tg.project_growth(units, reps, growth={"*": 0.05}, years=5, towns=towns)
    assert table["hired"].sum() > 0
    quotas = tg.set_quotas(plan, 90e6)
    assert quotas.table["quota"].sum() == pytest.approx(90e6)
    assert time.process_time() - begun < 30
