"""Hours by a table of ways instead of straight lines: by hand, in plans, weeks and sizes, saved and loaded."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError, OptionError

FLAT = tg.SpeedProfile(kmh=(60,), upto_km=())
"""A kilometre a minute."""


def table(n: int = 6) -> pd.DataFrame:
    """Accounts in a row, 10 km apart, 12 visits of an hour each."""
    frame = pd.DataFrame({"id": [f"a{i}" for i in range(n)], "x": np.arange(n) * 1e4, "y": 0.0})
    return frame.assign(visits_per_year=12, visit_minutes=60, potential=10.0)


def units_of(frame: pd.DataFrame) -> tg.BasicUnits:
    return tg.BasicUnits.from_table(frame, id="id", x="x", y="y", measures=["visits_per_year", "potential"])


def matrix(ids: list[str], x: np.ndarray, factor: float = 2.0) -> tg.DistanceMatrix:
    """Ways `factor` as long as straight ones, at 60 km/h; the way back takes twice as long as the way there."""
    km = np.abs(x[:, None] - x[None]) / 1e3 * factor
    hours = km / 60
    return tg.DistanceMatrix(ids, km, hours=np.triu(hours) * 2 / 3 + np.tril(hours) * 4 / 3)


@pytest.fixture
def units() -> tg.BasicUnits:
    return units_of(table())


@pytest.fixture
def ways(units) -> tg.DistanceMatrix:
    return matrix(units.ids, units.xy[:, 0])


def test_hours_follow_the_table(units, ways):
    work = tg.Workload(tg.WorkRules(distance=ways)).of(units)
    # 10 km straight are 20 by road: 20 minutes, the mean of 13 there and 27 back.
    stem = work.stem_hours(np.tile(units.xy[0], (6, 1)))
    assert stem.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3])
    # Exactly what straight lines twice as long give, hops between neighbours included.
    straight = tg.Workload(tg.WorkRules(distance=tg.Planar(detour=2, speed=FLAT))).of(units)
    assert work.hop_hours == pytest.approx(straight.hop_hours)
    assert work.hours(stem) == pytest.approx(straight.hours(straight.stem_hours(np.tile(units.xy[0], (6, 1)))))


def test_a_barrier_that_straight_lines_do_not_see(units, ways):
    # A river between a2 and a3: half an hour more for whoever crosses it.
    river = np.zeros((6, 6))
    river[:3, 3:] = river[3:, :3] = 0.5
    wet = tg.DistanceMatrix(units.ids, ways.km, hours=ways.hours + river)
    for distance, more in ((ways, 0.0), (wet, 0.5)):
        work = tg.Workload(tg.WorkRules(distance=distance)).of(units)
        assert work.stem_hours(np.tile(units.xy[2], (6, 1)))[3] == pytest.approx(1 / 3 + more)


def test_a_plan_settles_on_the_objectives_table_and_comes_back_from_disk(units, ways, tmp_path):
    problem = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), n_territories=2, balance={"workload": 0.1},
        objective=tg.Travel(distance=ways), workload=tg.Workload(),
    )  # fmt: skip
    assert problem.workload.rules.distance is ways
    plan = tg.solve(problem, stop=tg.MaxIterations(5), seed=1).plan
    assert plan.verify().passed("workload")
    assert sorted(plan.labels.value_counts()) == [3, 3]
    # From the middle one of three: two neighbours 1/3 h away, there and back.
    driving = plan.workload()["driving_hours"]
    assert (driving > 0).all()
    plan.save(tmp_path)
    again = tg.load_plan(tmp_path)
    assert again.workload().equals(plan.workload())
    assert again.verify().ok
    weeks = tg.plan_routes(plan, plan.territory_ids[0], n_weeks=2, rounds=200).weeks
    # Weeks drive on the table's ways: whole multiples of 20 minutes between accounts 10 km apart.
    assert np.allclose(np.round(weeks.drive / 20), weeks.drive / 20, atol=0.02)
    assert weeks.drive.sum() > 0


def test_homes_and_towns_must_be_in_the_table(units, ways):
    reps = tg.read_reps(pd.DataFrame({"rep_id": ["R"], "lon": [5e3], "lat": [0.0]}), crs=None)
    towns = pd.DataFrame({"name": ["Far"], "lon": [9e4], "lat": [0.0]})
    more = {"value": "potential", "towns": towns, "span": 1, "capacity_hours": 60.0}
    with pytest.raises(DataError, match="lacks 1 reps, such as R"):
        tg.size_force(units, workload=tg.Workload(tg.WorkRules(distance=ways)), reps=reps, **more)
    x = np.append(units.xy[:, 0], [5e3, 9e4])
    every = matrix([*units.ids, "R", "Far"], x)
    sizing = tg.size_force(units, workload=tg.Workload(tg.WorkRules(distance=every)), reps=reps, **more)
    straight = tg.Workload(tg.WorkRules(distance=tg.Planar(detour=2, speed=FLAT)))
    same = tg.size_force(units, workload=straight, reps=reps, **more)
    assert sizing.sweep["hours"].to_numpy() == pytest.approx(same.sweep["hours"].to_numpy())
    with pytest.raises(DataError, match="knows no place at 1, 2"):
        tg.Workload(tg.WorkRules(distance=ways)).of(units).stem_hours(np.tile([1.0, 2.0], (6, 1)))


def test_a_table_needs_hours(units, ways):
    with pytest.raises(OptionError, match="must know hours"):
        tg.WorkRules(distance=tg.DistanceMatrix(units.ids, ways.km))
