"""Workload: hours by hand, what moves them and what must not, and what is wrong with rules and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.demand.rules import WorkRules
from territory_geo.demand.tours.calibrate import calibrate_tours, tour_km
from territory_geo.demand.tours.estimate import TourModel, reachable, sparseness
from territory_geo.demand.workload import Workload
from territory_geo.errors import DataError, OptionError

FLAT = tg.SpeedProfile(kmh=(50,), upto_km=())
"""Fifty kilometres an hour, always."""


def grid(n: int = 4, *, visits: float = 6, minutes: float = 60, step: float = 1e4) -> tg.BasicUnits:
    """n × n accounts, one every `step` metres, alike."""
    x, y = np.meshgrid(np.arange(n) * step, np.arange(n) * step)
    table = pd.DataFrame({"id": [f"u{i:03d}" for i in range(n * n)], "x": x.ravel(), "y": y.ravel()})
    table = table.assign(visits_per_year=visits, visit_minutes=minutes)
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits_per_year"])


def planar(**more: float) -> Workload:
    return Workload(WorkRules(distance=tg.Planar(speed=FLAT), **more))


def test_one_stop_by_hand():
    # 2 h there, 1 h visit, 2 h back: five hours of a day of eight; alone on its trip it is four hours of driving.
    rules, one = WorkRules(max_nights=0), np.array([1.0])
    drive, nights = TourModel().per_stop(np.array([2.0]), np.array([9.0]), one, rules)
    assert (drive.tolist(), nights.tolist()) == ([4.0], [0.0])
    # The next stop half an hour away: room for (8 − 4 + 0.5) / 1.5 = 3 stops: 0.5 + (4 − 0.5) / 3 each.
    drive, nights = TourModel().per_stop(np.array([2.0]), np.array([0.5]), one, rules)
    assert drive[0] == pytest.approx(0.5 + 3.5 / 3)
    # Four nights: room for (40 − 4 + 0.5) / 1.5 stops, each with its share of the way and the nights.
    drive, nights = TourModel().per_stop(np.array([2.0]), np.array([0.5]), one, WorkRules(night_hours=0.01))
    assert drive[0] == pytest.approx(0.5 + 3.5 / (36.5 / 1.5))
    assert nights[0] == pytest.approx(4 / (36.5 / 1.5))


def test_far_stops_need_nights_and_very_far_ones_are_said_to_be_out_of_reach():
    drive, nights = TourModel().per_stop(np.array([6.0, 30.0]), np.zeros(2), np.full(2, 60.0), WorkRules())
    assert drive.tolist() == [12.0, 60.0]
    assert nights.tolist() == [8.0, 14.0]
    assert reachable(np.array([6.0, 30.0, 2.0]), np.array([1.0, 1.0, 4.0]), WorkRules()).tolist() == [True, False, True]


def test_hops_by_hand():
    assert TourModel(local=0.5).hop_km(np.array([4.0, 9.0]), np.array([3.0, 3.0])).tolist() == [1.0, 1.5]
    # Half of the stops have four visits: three of their rounds meet only every second stop, √2 farther apart.
    assert sparseness(np.array([1.0, 4.0, 0.0])).tolist() == pytest.approx([1, (1 + 3 * 2**0.5) / 4, 1])


def test_hours_of_a_grid():
    units = grid()
    work = planar(admin_share=0.2).of(units)
    parts = work.parts(np.zeros(16))
    assert parts["visit_hours"].tolist() == [6.0] * 16
    # At home next door there is nothing to drive: each stop is a trip of no length.
    assert parts["driving_hours"].sum() == 0
    assert parts["workload"].tolist() == pytest.approx([7.5] * 16)
    # Nobody's desk takes a rounding error of an hour.
    assert planar().of(units).parts(np.full(16, 1.5))["admin_hours"].tolist() == [0.0] * 16
    far = work.parts(np.full(16, 1.5))
    columns = ["visit_hours", "remote_hours", "driving_hours", "night_hours", "admin_hours"]
    assert far[columns].sum(axis=1).to_numpy() == pytest.approx(far["workload"].to_numpy())
    assert far["reachable"].all()


def test_the_same_work_from_a_table_of_homes():
    work = planar().of(grid())
    homes = np.array([[0.0, 0.0], [3e4, 3e4]])
    table = work.hours(work.stem_hours(homes[:, None, :]))
    for t in range(2):
        alone = work.hours(work.stem_hours(np.broadcast_to(homes[t], (16, 2))))
        assert table[:, t].tolist() == alone.tolist()
    assert table[0, 0] < table[0, 1]


@given(st.integers(0, 5000))
def test_hours_are_never_negative_and_never_fall_as_work_or_ways_grow(seed):
    rng = np.random.default_rng(seed)
    n = 12
    stem, hop, service = rng.uniform(0, 15, n), rng.uniform(0, 2, n), rng.uniform(0, 3, n)
    rules = WorkRules(max_nights=int(rng.integers(0, 5)), night_hours=float(rng.uniform(0, 2)))

    def cost(stem, hop, service):
        drive, nights = TourModel().per_stop(stem, hop, service, rules)
        assert (drive >= 0).all()
        assert (nights >= 0).all()
        return drive + rules.night_hours * nights

    before = cost(stem, hop, service)
    assert (cost(stem * 1.1, hop, service) >= before - 1e-9).all()
    assert (cost(stem, hop * 1.1, service) >= before - 1e-9).all()
    assert (cost(stem, hop, service * 1.1) + service * 0.1 >= before - 1e-9).all()


@given(st.integers(0, 5000))
@settings(max_examples=6)
def test_more_work_is_never_fewer_hours(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"id": range(30), "lon": rng.uniform(9, 12, 30), "lat": rng.uniform(48, 50, 30)})
    table["visits_per_year"], table["visit_minutes"] = rng.integers(1, 12, 30), rng.integers(20, 90, 30)
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table), land=None)
    work = Workload().of(units)
    hours = work.hours(work.stem_hours(np.tile([10.5, 49.0], (30, 1))))
    assert (hours > 0).all()
    # Without one account the others lie farther apart: by the estimate that may outweigh a rare visit, but no more.
    fewer = Workload().of(tg.BasicUnits.from_accounts(tg.read_accounts(table.drop(index=seed % 30)), land=None))
    assert fewer.hours(fewer.stem_hours(np.tile([10.5, 49.0], (29, 1)))).sum() <= hours.sum() * 1.03
    # Half of them are clearly less.
    half = Workload().of(tg.BasicUnits.from_accounts(tg.read_accounts(table.iloc[::2]), land=None))
    assert half.hours(half.stem_hours(np.tile([10.5, 49.0], (15, 1)))).sum() < hours.sum()
    assert work.visit_hours.sum() == pytest.approx((table["visits_per_year"] * table["visit_minutes"]).sum() / 60)
    # One more visit of any account is more work, with the way there.
    more = table.assign(visits_per_year=table["visits_per_year"] + (np.arange(30) == seed % 30))
    again = Workload().of(tg.BasicUnits.from_accounts(tg.read_accounts(more), land=None))
    assert again.hours(again.stem_hours(np.tile([10.5, 49.0], (30, 1)))).sum() > hours.sum()


@pytest.mark.parametrize("seed", range(3))
def test_a_territory_with_an_account_more_never_has_fewer_hours(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"id": range(40), "lon": rng.uniform(9, 12, 40), "lat": rng.uniform(48, 50, 40)})
    table["visits_per_year"], table["visit_minutes"] = rng.integers(0, 12, 40), rng.integers(0, 90, 40)
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table), land=None)
    homes = pd.DataFrame({"rep_id": ["A", "B"], "lon": rng.uniform(9, 12, 2), "lat": rng.uniform(48, 50, 2)})
    problem = tg.TerritoryProblem(
        units,
        tg.ContiguityGraph.from_units(units),
        reps=tg.read_reps(homes),
        workload=Workload(),
        objective=tg.Travel(center="home"),
        balance={"workload": 1.0},
    )
    plan = tg.TerritoryPlan(problem, pd.Series(np.where(np.arange(40) < 39, "A", "B"), index=units.ids))
    kinds = ["visit_hours", "driving_hours", "night_hours", "admin_hours", "workload"]
    before = plan.workload()
    # One after the other all but one change hands: the receiver never has less to do, the giver never more.
    for unit in rng.permutation(units.ids[:38]):
        plan = plan.move(unit, "B")
        after = plan.workload()
        assert (after[kinds] >= 0).all(axis=None)
        assert after.loc["B", "workload"] >= before.loc["B", "workload"] - 1e-9
        assert after.loc["A", "workload"] <= before.loc["A", "workload"] + 1e-9
        assert after["visit_hours"].sum() == pytest.approx(before["visit_hours"].sum())
        before = after


def test_accounts_on_one_spot_are_one_stop():
    table = pd.DataFrame({"id": list("abc"), "lon": [9.0, 9.0, 9.4], "lat": [50.0, 50.0, 50.2]})
    table["visits_per_year"], table["visit_minutes"] = [4, 6, 6], [60, 60, 60]
    work = Workload().of(tg.BasicUnits.from_accounts(tg.read_accounts(table), land=None))
    assert work.stops.tolist() == [6, 6]
    assert work.visits.tolist() == [10, 6]
    assert work.service.tolist() == pytest.approx([10 / 6, 1])


def test_areas_share_their_ground_among_their_accounts():
    import geopandas as gpd
    from shapely.geometry import box

    areas = gpd.GeoDataFrame({"id": ["w", "e"]}, geometry=[box(0, 0, 1e4, 1e4), box(1e4, 0, 2e4, 1e4)])
    table = pd.DataFrame({"id": range(5), "x": [1e3, 2e3, 5e3, 8e3, 15e3], "y": [1e3, 5e3, 9e3, 2e3, 5e3]})
    accounts = tg.read_accounts(table.assign(visits_per_year=2, visit_minutes=30), lon="x", lat="y", crs=None)
    work = planar().of(tg.BasicUnits.from_areas(areas, accounts=accounts))
    # ids sort e, w: one account on 100 km², four on 25 km² each.
    assert work.hop_hours.tolist() == pytest.approx([0.7124 * 10 / 50, 0.7124 * 5 / 50])
    assert work.stops.tolist() == [2, 8]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"day_hours": 0}, r"'day_hours' parameter of WorkRules must be a number in the range \[1, 16\]. Got 0"),
        ({"max_nights": 5}, "at most days_per_week − 1, here 4"),
        ({"max_nights": 1.5}, "must be a whole number"),
        ({"admin_share": True}, "'admin_share'"),
        ({"day_start": 20.0}, "ends after midnight"),
        ({"distance": "roads"}, "must be GreatCircle"),
    ],
)
def test_unusable_rules_are_refused(option, words):
    with pytest.raises(OptionError, match=words):
        WorkRules(**option)


def test_capacity_by_hand():
    assert WorkRules(working_days=200, day_hours=7.5, field_share=0.8).capacity_hours(part_time=0.5) == 600.0
    with pytest.raises(OptionError, match="part_time"):
        WorkRules().capacity_hours(part_time=0)


def test_what_accounts_lack_is_said():
    table = pd.DataFrame({"id": [1, 2, 3], "lon": [9.0, 9.1, 9.2], "lat": [50.0] * 3})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table), land=None)
    with pytest.raises(DataError, match=r"no column 'visits_per_year'.*CallPolicy.default\(\)"):
        Workload().of(units)
    table = table.assign(visits_per_year=[1, -1, None], visit_minutes=5)
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table), measures=["accounts"], land=None)
    with pytest.raises(DataError, match=r"'visits_per_year' is missing.* in 2 rows, such as 2, 3"):
        Workload().of(units)
    with pytest.raises(OptionError, match="coordinates are metres"):
        Workload(WorkRules(distance=tg.GreatCircle())).of(grid())


def test_tours_of_or_tools_are_known_and_the_estimate_is_near_them():
    # Round trip through a grid of 6 × 6: 36 steps.
    x, y = np.meshgrid(np.arange(6.0), np.arange(6.0))
    xy = np.column_stack([x.ravel(), y.ravel()])
    km = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    assert tour_km(km) == pytest.approx(36, rel=0.03)
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"id": range(300), "x": rng.uniform(0, 9e4, 300), "y": rng.uniform(0, 9e4, 300)})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=[])
    fit = calibrate_tours(units, samples=4, stops=40, seed=3)
    assert 0.6 < fit.tours.local < 0.95
    assert fit.error < 0.15
    assert set(fit.table["used"]) == {"fit", "test"}
    assert calibrate_tours(units, samples=4, stops=40, seed=3).table.equals(fit.table)
    with pytest.raises(OptionError, match="'samples'"):
        calibrate_tours(units, samples=1)
