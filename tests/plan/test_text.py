"""A plan as text: the same plan gives the same text, and each difference is one line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.plan.text import data_sha256, plan_text


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["a1", "b2", "c3", "d4"],
            "x": [0, 1000, 8000, 9000],
            "y": 0,
            "visits": [1, 1, 1, 1],
            "rep": list("RRSS"),
        }
    )


def plan_of(frame: pd.DataFrame, **asked: object) -> tg.TerritoryPlan:
    units = tg.BasicUnits.from_accounts(tg.read_accounts(frame, crs=None), measures=["visits"], land=None)
    problem = tg.TerritoryProblem(units, **({"n_territories": 2, "balance": {"visits": 0.5}} | asked))
    labels = pd.Series(["W", "W", "E", "E"], index=list(units.ids))
    return tg.TerritoryPlan(problem, labels, {"status": "feasible", "seed": 7, "iterations": 20, "runtime_s": 3.2})


def test_the_text_says_where_a_plan_comes_from_and_ends_with_its_accounts() -> None:
    lines = plan_text(plan_of(table())).splitlines()
    assert lines[0] == f"data: {data_sha256(plan_of(table()).problem.units)}"
    assert {"seed: 7", "iterations: 20", "territories: 2", "balance visits: ±50 %", "status: feasible"} <= set(lines)
    assert lines[-4:] == ["assigned a1: W", "assigned b2: W", "assigned c3: E", "assigned d4: E"]
    # How long it took says nothing of the plan.
    assert not any("runtime" in line for line in lines)


def test_row_order_is_no_difference_and_a_visit_is() -> None:
    first = plan_of(table())
    assert plan_text(plan_of(table().iloc[::-1])) == plan_text(first)
    assert "The data are the same" in first.diff(plan_of(table().iloc[::-1]))
    changed = plan_of(table().assign(visits=[1, 1, 1, 2]))
    assert first.diff(changed).startswith("The data differ: sha256 ")


def test_each_difference_is_one_line() -> None:
    before = plan_of(table())
    after = plan_of(table(), balance={"visits": 0.25}, constraints=[tg.Lock("a1", "W")])
    after = replace(after.move("b2", "E"), provenance={"status": "edited", "seed": 8, "iterations": 20})
    lines = before.diff(after).splitlines()
    assert lines[1:] == [
        "status: feasible before, edited after.",
        "seed: 7 before, 8 after.",
        "balance visits: ±50 % before, ±25 % after.",
        "Constraint added: unit a1 stays in W.",
        "1 of 4 accounts is in another territory.",
        "moved b2: W -> E",
    ]
    back = after.diff(before)
    assert "Constraint dropped: unit a1 stays in W." in back
    assert "moved b2: E -> W" in back


def test_the_same_plan_is_said_to_be_the_same() -> None:
    plan = plan_of(table())
    assert plan.diff(plan).splitlines()[-1] == "The plans are the same."


def test_accounts_that_came_and_went() -> None:
    fewer = tg.BasicUnits.from_accounts(tg.read_accounts(table().iloc[:3], crs=None), measures=["visits"], land=None)
    asked = tg.TerritoryProblem(fewer, n_territories=2, balance={"visits": 0.5})
    old = tg.TerritoryPlan(asked, pd.Series(["W", "W", "E"], index=fewer.ids))
    assert "added d4: E" in old.diff(plan_of(table()))
    assert "dropped d4: E" in plan_of(table()).diff(old)


def test_hostile_ids_stay_on_their_line() -> None:
    frame = table().assign(id=["a\nassigned b2: E", "b2", "c3", "d4"])
    text = plan_text(plan_of(frame))
    assert len([line for line in text.splitlines() if line.startswith("assigned ")]) == 4
    assert "assigned a\\nassigned b2: E: W" in text


def test_saved_plans_keep_provenance_and_text(tmp_path: Path) -> None:
    solution = tg.solve(plan_of(table(), current="rep").problem, seed=3, stop=tg.MaxIterations(2) | tg.MaxRuntime(99))
    assert solution.plan is not None
    assert solution.plan.provenance["stop"] == "MaxIterations(iterations=2) | MaxRuntime(seconds=99)"
    solution.plan.save(tmp_path / "plan")
    loaded = tg.load_plan(tmp_path / "plan")
    text = (tmp_path / "plan" / "plan.txt").read_text(encoding="utf-8")
    assert text == plan_text(solution.plan) == plan_text(loaded)
    assert solution.plan.diff(loaded).splitlines()[-1] == "The plans are the same."
    assert data_sha256(loaded.problem.units) in (tmp_path / "plan" / "saved_plan.json").read_text(encoding="utf-8")


def test_reps_workload_and_areas_are_told(tmp_path: Path) -> None:
    homes = tg.read_reps(pd.DataFrame({"rep_id": ["E", "W"], "lon": [0, 9000], "lat": [0, 0]}), crs=None)
    frame = table().assign(visits_per_year=4, visit_minutes=60).drop(columns="visits")
    units = tg.BasicUnits.from_accounts(tg.read_accounts(frame, crs=None), land=None)
    problem = tg.TerritoryProblem(units, balance={"workload": 0.5}, reps=homes, workload=tg.Workload())
    plan = tg.TerritoryPlan(problem, pd.Series(["W", "W", "E", "E"], index=units.ids))
    text = plan_text(plan)
    assert "reps: E, W\n" in text
    assert "workload day_hours: 8" in text
    # Hours follow the territories: they are no data.
    assert data_sha256(plan.problem.units) == data_sha256(plan.move("b2", "E").problem.units)


@pytest.mark.parametrize("measure", ["visits", "accounts"])
def test_bounds_are_told_in_their_unit(measure: str) -> None:
    assert f"balance {measure}: 1 to 3\n" in plan_text(plan_of(table(), balance={measure: tg.Bounds(1, 3)}))
