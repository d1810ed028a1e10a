"""Designs that count driving hours: what is minimised, told, written and saved."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.render.payload import status_line


@pytest.fixture
def units() -> tg.BasicUnits:
    random = np.random.default_rng(5)
    table = pd.DataFrame({"id": [f"u{i:02d}" for i in range(24)], "x": random.uniform(0, 5e4, 24)})
    table["y"], table["visits"] = random.uniform(0, 5e4, 24), random.integers(1, 5, 24)
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])


@pytest.fixture
def matrix(units: tg.BasicUnits) -> tg.DistanceMatrix:
    """Kilometres and hours that have little to do with each other."""
    random = np.random.default_rng(6)
    km = random.uniform(5, 50, (24, 24)) * (1 - np.eye(24))
    hours = random.uniform(0.1, 1, (24, 24)) * (1 - np.eye(24))
    return tg.DistanceMatrix(units.ids, km, hours)


def problem(units: tg.BasicUnits, distance: object, **objective: object) -> tg.TerritoryProblem:
    return tg.TerritoryProblem(
        units, n_territories=3, balance={"visits": 0.3}, objective=tg.Travel(distance=distance, **objective)
    )


def solved(asked: tg.TerritoryProblem) -> tg.TerritoryPlan:
    plan = tg.solve(asked, stop=tg.MaxIterations(5), seed=2).plan
    assert plan is not None
    return plan


@pytest.mark.parametrize("power", [1, 2])
def test_hours_are_minimised_as_if_they_were_kilometres(units, matrix, power):
    by_hours = solved(problem(units, matrix.by("hours"), power=power))
    as_km = solved(problem(units, tg.DistanceMatrix(units.ids, matrix.hours), power=power))
    assert by_hours.labels.tolist() == as_km.labels.tolist()
    travel = by_hours.metrics["travel"]
    assert travel["objective"] == pytest.approx(as_km.metrics["travel"]["objective"])
    assert (travel["minimised"], as_km.metrics["travel"]["minimised"]) == ("hours", "km")
    # Kilometres stay kilometres, hours hours.
    assert travel["mean_hours"] == pytest.approx(as_km.metrics["travel"]["mean_km"])
    assert 5 < travel["mean_km"] < 50
    by_km = solved(problem(units, matrix, power=power)).metrics["travel"]
    assert by_km["mean_hours"] > travel["mean_hours"]
    assert by_km["mean_km"] < travel["mean_km"]


def test_a_plan_tells_hours_wherever_it_tells_kilometres(units, matrix):
    plan = solved(problem(units, matrix.by("hours")))
    table = plan.territories
    center = plan.centers.unit[plan.codes]
    hours = matrix.trip(np.arange(24), center, "hours")
    for t in range(3):
        mine = plan.codes == t
        weight = plan.problem.weight[mine]
        assert table["travel_hours"].iloc[t] == pytest.approx(hours[mine] @ weight / weight.sum())
        assert table["max_hours"].iloc[t] == pytest.approx(hours[mine].max())
    assert "mean driving time" in status_line(plan)
    assert "mean driving time to centre" in plan._repr_html_()
    html = plan.explore().get_root().render()
    assert "Driving, mean" in html


def test_without_hours_nothing_is_said_of_them(units, matrix):
    plan = solved(problem(units, tg.DistanceMatrix(units.ids, matrix.km)))
    assert "travel_hours" not in plan.territories
    assert "mean_hours" not in plan.metrics["travel"]
    assert "driving" not in plan._repr_html_()
    assert "mean distance" in status_line(plan)


def test_straight_lines_with_a_speed_tell_hours(units):
    speed = tg.SpeedProfile(kmh=(50,), upto_km=())
    plan = solved(problem(units, tg.Planar(detour=1.2, speed=speed)))
    table = plan.territories
    assert table["travel_hours"].to_numpy() == pytest.approx(table["travel_km"].to_numpy() / 50)
    assert plan.metrics["travel"]["minimised"] == "km"


def test_saved_and_loaded(units, matrix, tmp_path):
    for number, distance in enumerate(
        [matrix, matrix.by("hours"), tg.Planar(speed=tg.SpeedProfile()), tg.DistanceMatrix(units.ids, matrix.km)]
    ):
        plan = solved(problem(units, distance))
        plan.save(tmp_path / str(number))
        loaded = tg.load_plan(tmp_path / str(number))
        assert loaded.metrics == plan.metrics
        assert repr(loaded.problem.distance) == repr(distance)
    # Over an older plan with hours nothing of them stays.
    plan.save(tmp_path / "0")
    assert "mean_hours" not in tg.load_plan(tmp_path / "0").metrics["travel"]


def test_from_home_with_hours(units, matrix):
    reps = tg.read_reps(pd.DataFrame({"rep_id": list("PQR"), "lon": [0, 1e4, 4e4], "lat": [0, 4e4, 1e4]}), crs=None)
    ids = [*units.ids, "P", "Q", "R"]
    random = np.random.default_rng(9)
    km, hours = (random.uniform(1, 2, (27, 27)) * (1 - np.eye(27)) for _ in range(2))
    asked = tg.TerritoryProblem(
        units, balance={"visits": 0.3}, reps=reps,
        objective=tg.Travel(distance=tg.DistanceMatrix(ids, km, hours, "hours"), center="home"),
    )  # fmt: skip
    plan = solved(asked)
    there = (hours + hours.T)[np.arange(24), 24 + plan.codes] / 2
    assert plan.metrics["travel"]["objective"] == pytest.approx(there @ asked.weight)
