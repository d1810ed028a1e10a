"""Workload that depends on the territories: balance on visit hours leaves driving unfair, balance on hours does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.demand.rules import WorkRules
from territory_geo.demand.workload import Workload
from territory_geo.errors import OptionError
from territory_geo.plan.measures import NAME

FLAT = tg.SpeedProfile(kmh=(60,), upto_km=())
WORK = Workload(WorkRules(distance=tg.Planar(speed=FLAT)))


def country(
    seed: int = 3, city: int = 60, land: int = 60, *, width: float = 4e5, height: float = 1.2e5, minutes: float = 60
) -> tg.BasicUnits:
    """A city of 20 km with half of the accounts, and a wide country to its east with the other half."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.uniform(0, 2e4, city), rng.uniform(2e4, 2e4 + width, land)])
    y = np.concatenate([rng.uniform(0, 2e4, city), rng.uniform(1e4 - height / 2, 1e4 + height / 2, land)])
    table = pd.DataFrame({"id": [f"a{i:03d}" for i in range(city + land)], "x": x, "y": y})
    table = table.assign(visits_per_year=6, visit_minutes=minutes, visit_hours=6 * minutes / 60)
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visit_hours", "visits_per_year"])


def problem(units: tg.BasicUnits, balance: dict, **more: object) -> tg.TerritoryProblem:
    graph = tg.ContiguityGraph.from_units(units)
    return tg.TerritoryProblem(units, graph, n_territories=2, balance=balance, workload=WORK, **more)


@pytest.fixture(scope="module")
def by_visits() -> tg.TerritoryPlan:
    plan = tg.solve(problem(country(), {"visit_hours": 0.05}), stop=tg.MaxIterations(20), seed=1).plan
    assert plan is not None
    return plan


@pytest.fixture(scope="module")
def by_hours() -> tg.TerritoryPlan:
    solution = tg.solve(problem(country(), {NAME: 0.05}), stop=tg.MaxIterations(20), seed=1)
    assert solution.status == "feasible"
    assert solution.plan is not None
    return solution.plan


def test_visit_hours_favour_the_city_and_workload_does_not(by_visits, by_hours):
    driving = by_visits.workload()["driving_hours"]
    assert driving.max() / driving.min() > 2
    total = by_visits.workload()[NAME]
    assert total.max() / total.mean() > 1.12
    fair = by_hours.workload()
    assert np.abs(fair[NAME] / fair[NAME].mean() - 1).max() <= 0.05
    assert fair["driving_hours"].max() / fair["driving_hours"].min() < driving.max() / driving.min()
    # Who drives more visits less.
    assert fair["visit_hours"].iloc[fair["driving_hours"].argmax()] < fair["visit_hours"].max()
    assert fair["visit_hours"].sum() == pytest.approx(by_visits.workload()["visit_hours"].sum())


def test_the_bound_leaves_the_balance_of_hours_out_and_holds():
    # Eight accounts in a row, in two territories: every plan of them can be looked at.
    table = pd.DataFrame({"id": list("abcdefgh"), "x": [0, 1e4, 2e4, 3e4, 9e4, 12e4, 20e4, 26e4], "y": [0.0] * 8})
    table = table.assign(visits_per_year=[6, 5, 7, 6, 8, 3, 6, 6], visit_minutes=60)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits_per_year"])
    asked = problem(units, {NAME: 0.2})
    solution = tg.solve(asked, stop=tg.MaxIterations(8), seed=1)
    assert solution.status == "feasible"
    assert "balance of hours left out" in solution.bound_kind
    plans = [
        tg.TerritoryPlan(asked, pd.Series(["A" if i < cut else "B" for i in range(8)], index=units.ids))
        for cut in range(1, 8)
    ]
    travel = [plan.metrics["travel"]["objective"] for plan in plans]
    fair = [plan.verify().passed(f"balance of {NAME}") for plan in plans]
    least = min(value for value, ok in zip(travel, fair, strict=True) if ok)
    assert 0 < solution.bound <= min(travel) * (1 + 1e-9)
    assert solution.objective == pytest.approx(least)
    assert solution.gap == pytest.approx(1 - solution.bound / solution.objective)
    assert solution.plan.provenance["gap"] == pytest.approx(solution.gap)


def test_where_there_is_no_bound_the_reason_is_given():
    solution = tg.solve(problem(country(), {NAME: 0.05}), stop=tg.MaxIterations(4) | tg.FirstFeasible(), seed=1)
    assert solution.plan is not None
    assert (solution.bound, solution.gap) == (None, None)
    assert solution.bound_kind == "none: the first plan within all bounds was asked for"


def test_balance_on_visits_leaves_driving_two_to_one_apart_and_balance_on_workload_does_not():
    # Short visits a day's drive apart: who drives more must visit less, and then drives less as well.
    units = country(width=1e5, height=6e4, minutes=10)
    apart = {}
    for measure in ("visit_hours", NAME):
        plan = tg.solve(problem(units, {measure: 0.05}), stop=tg.MaxIterations(12), seed=1).plan
        assert plan is not None
        table = plan.workload()
        apart[measure] = table["driving_hours"].max() / table["driving_hours"].min()
        hours = table[NAME] / table[NAME].mean()
        assert (np.abs(hours - 1).max() <= 0.05) == (measure == NAME)
    assert apart["visit_hours"] > 2 > apart[NAME]


def test_a_plan_holds_the_hours_of_its_own_territories(by_hours):
    check = by_hours.verify()
    assert check.ok
    assert check.passed("workload")
    table = by_hours.territories
    assert table[NAME].to_numpy() == pytest.approx(by_hours.workload()[NAME].to_numpy())
    assert table[f"{NAME}_deviation"].abs().max() <= 0.05
    moved = by_hours.move(by_hours.labels.index[by_hours.labels == "T01"][0], to="T02")
    work = moved.problem.work
    hours = work.hours(work.stem_hours(moved.centers.xy[moved.codes]))
    assert moved.problem.units.frame[NAME].to_numpy() == pytest.approx(hours)


def test_stale_hours_fail_the_check(by_hours):
    from territory_geo.plan.measures import with_hours

    units = by_hours.problem.units
    stale = replace(by_hours.problem, units=with_hours(units, units.frame[NAME] * 1.01))
    plan = replace(by_hours)
    object.__setattr__(plan, "problem", stale)
    check = plan.verify()
    assert not check.passed("workload")
    assert "in its territory it takes" in check.failures[0]


def test_what_does_not_settle_is_not_found():
    # Six accounts in a row cannot be shared within 0.01 %: the driving of the two halves differs.
    table = pd.DataFrame({"id": list("abcdef"), "x": [0, 1e4, 2e4, 9e4, 20e4, 40e4], "y": [0.0] * 6})
    table = table.assign(visits_per_year=[6, 5, 7, 6, 8, 3], visit_minutes=60)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits_per_year"])
    solution = tg.solve(problem(units, {NAME: 0.0001}), stop=tg.MaxIterations(8), seed=1)
    assert solution.status == "not_found"
    assert "did not settle" in solution.reason
    assert solution.plan is None
    assert solution.nearest is not None


def test_homes_give_each_rep_hours_of_their_own():
    units = country()
    reps = pd.DataFrame({"rep_id": ["C", "L"], "lon": [1e4, 25e4], "lat": [1e4, 1e4], "capacity_hours": [1600, 1200]})
    asked = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), balance={NAME: 0.05}, workload=WORK,
        reps=tg.read_reps(reps, crs=None), objective=tg.Travel(center="home"),
    )  # fmt: skip
    plan = tg.solve(asked, stop=tg.MaxIterations(20), seed=1).plan
    assert plan is not None
    hours = plan.workload()[NAME]
    assert hours["C"] / hours["L"] == pytest.approx(1600 / 1200, rel=0.11)


def test_the_same_seed_settles_on_the_same_plan(by_hours):
    again = tg.solve(problem(country(), {NAME: 0.05}), stop=tg.MaxIterations(20), seed=1).plan
    assert again is not None
    assert again.labels.equals(by_hours.labels)


def test_a_plan_comes_back_from_disk_with_its_hours(by_hours, tmp_path):
    by_hours.save(tmp_path / "plan")
    loaded = tg.load_plan(tmp_path / "plan")
    assert loaded.problem.workload == by_hours.problem.workload
    assert loaded.workload().equals(by_hours.workload())
    assert loaded.verify().ok
    by_hours.write(tmp_path / "files")
    written = pd.read_csv(tmp_path / "files" / "territories.csv")
    assert written[NAME].to_numpy() == pytest.approx(by_hours.workload()[NAME].to_numpy(), rel=1e-6)


def test_arithmetic_claims_nothing_about_hours_that_depend(by_hours):
    table = by_hours.problem.check()
    assert not (table["verdict"] == "impossible").any()
    assert "driving depends on the territories" in table.loc[table["finding"] == "workload: total", "detail"].iloc[0]


def test_a_measure_of_that_name_is_not_overwritten():
    units = country()
    units = replace(units, frame=units.frame.assign(workload=1.0), measures=(*units.measures, NAME))
    with pytest.raises(OptionError, match="measure 'workload' of their own"):
        problem(units, {NAME: 0.1})
    with pytest.raises(OptionError, match="must be a Workload"):
        tg.TerritoryProblem(units, n_territories=2, balance={"visit_hours": 0.1}, workload="hours")
    plain = tg.TerritoryProblem(country(), n_territories=2, balance={"visit_hours": 1.0})
    plan = tg.TerritoryPlan(plain, pd.Series(["A", "B"] * 60, index=plain.units.ids))
    with pytest.raises(OptionError, match="has no workload"):
        plan.workload()
