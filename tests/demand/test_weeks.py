"""Visits in weeks: cases worked out by hand, rules that hold whatever comes, and what cannot be done is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.demand.rules import WorkRules
from territory_geo.demand.tours.stops import Stops, Weeks
from territory_geo.demand.tours.week_model import WeekModel
from territory_geo.demand.tours.weeks import plan_weeks, usual_rounds
from territory_geo.errors import DataError

KMH = tg.SpeedProfile(kmh=(60,), upto_km=())
"""A kilometre a minute."""


def planned(xy: list, minutes: list, *, n_weeks: int = 1, **more: object) -> Weeks:
    rules = {key: more.pop(key) for key in list(more) if key in WorkRules.__dataclass_fields__}
    rounds = more.pop("rounds", 2000)
    spans = more.pop("weeks", [[0, n_weeks - 1]] * len(minutes))
    stops = Stops(np.array(xy, dtype=float) * 1000, np.array(minutes, dtype=float), np.array(spans), **more)
    rules = WorkRules(distance=tg.Planar(speed=KMH), **rules)
    return plan_weeks(np.zeros(2), stops, rules, n_weeks=n_weeks, geographic=False, rounds=rounds)


def test_visits_in_a_row_take_one_trip():
    found = planned([[30, 0], [60, 0], [90, 0]], [60, 60, 60])
    assert found.drive_hours == pytest.approx(3)
    assert found.nights == []
    assert found.left.size == 0
    assert set(found.start // 480) == {found.start[0] // 480}


def test_a_far_visit_takes_a_night_and_two_far_ones_share_it():
    # Four hours there: with a visit of an hour that is nine hours, more than a day.
    assert planned([[240, 0]], [60]).nights != []
    two = planned([[240, 0], [240, 10]], [60, 60])
    assert len(two.nights) == 1
    assert two.drive_hours == pytest.approx((240 + 10 + np.hypot(240, 10)) / 60, abs=0.01)


def test_a_visit_is_not_broken_by_the_night():
    # Ten visits of 100 minutes at home: four fit into a day of 480 minutes, 80 are lost each day.
    found = planned([[0, 0]] * 10, [100] * 10)
    assert found.left.size == 0
    assert ((found.start % 480) + 100 <= 480).all()
    assert len(set((found.start // 480).tolist())) >= 3


def test_what_does_not_fit_is_listed_with_its_reason():
    found = planned([[0, 0]] * 6 + [[2000, 0]], [480] * 6 + [60], worth=np.array([1, 2, 3, 4, 5, 6, 7.0]))
    assert found.left.tolist() == [0, 6]
    assert found.reasons == ["no time left", "out of reach"]
    assert sorted([*found.visit.tolist(), *found.left.tolist()]) == list(range(7))


def test_a_second_search_looks_for_room_where_visits_are_left(monkeypatch):
    tried = []
    solved = WeekModel.solved

    def watched(self, rounds, seconds, seed, attempt=0):
        found = solved(self, rounds, seconds, seed, attempt)
        tried.append((rounds, attempt, self.cost(found)))
        if attempt == 0 and len(tried) == 1:
            # As if the first search had found nothing at all: then what the second one finds counts.
            found = replace(found, visit=found.visit[:0], left=np.arange(self.n))
        return found

    monkeypatch.setattr(WeekModel, "solved", watched)
    found = planned([[30, 0], [60, 0]], [60, 60], rounds=None)
    assert [one[:2] for one in tried] == [(usual_rounds(2), 0), (usual_rounds(2) // 2, 1)]
    assert sorted(found.visit.tolist()) == [0, 1]
    # Whoever says how long gets no more than that.
    tried.clear()
    planned([[30, 0], [60, 0]], [60, 60], rounds=100)
    assert [one[:2] for one in tried] == [(100, 0)]


def test_a_visit_longer_than_a_day_is_refused():
    with pytest.raises(DataError, match=r"1 visits are longer than a day of 8 hours, the first takes 500 minutes"):
        planned([[0, 0]], [500])


def test_opening_hours_and_weeks_are_kept():
    opens = [np.array([[1, 10.0, 12.0]]), np.array([[4, 8.0, 17.0]]), None, np.array([[6, 8.0, 17.0]])]
    found = planned([[10, 0]] * 4, [60] * 4, n_weeks=2, opens=opens, weeks=[[1, 1], [0, 0], [0, 1], [0, 1]])
    start = dict(zip(found.visit.tolist(), zip(found.week.tolist(), found.start.tolist(), strict=True), strict=True))
    assert start[0][0] == 1
    assert 480 + 120 <= start[0][1] <= 480 + 180
    assert start[1][0] == 0
    assert 4 * 480 <= start[1][1] <= 5 * 480 - 60
    assert (found.left.tolist(), found.reasons) == ([3], ["closed"])


def test_who_sleeps_at_home_never_stays_away():
    found = planned([[150, 0], [0, 150], [-150, 0], [240, 0]], [60] * 4, max_nights=0)
    assert found.nights == []
    assert found.reasons == ["out of reach"]
    one = planned([[x, 0] for x in (500, 520, 540, 560, 580)], [200] * 5, max_nights=2, rounds=4000)
    runs = sorted(day for _, day in one.nights)
    assert not any(runs[i + 2] - runs[i] == 2 for i in range(len(runs) - 2) if runs[i + 2] < 4)


def test_the_same_rounds_give_the_same_weeks():
    rng = np.random.default_rng(4)
    xy, minutes = rng.uniform(-100, 100, (30, 2)).tolist(), rng.integers(30, 90, 30).tolist()
    first, again = planned(xy, minutes, n_weeks=2), planned(xy, minutes, n_weeks=2)
    assert first.visit.tolist() == again.visit.tolist()
    assert first.start.tolist() == again.start.tolist()


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_every_plan_can_be_driven(seed):
    rng = np.random.default_rng(seed)
    n, n_weeks = int(rng.integers(1, 30)), int(rng.integers(1, 4))
    xy, minutes = rng.uniform(-200, 200, (n, 2)), rng.integers(10, 200, n).astype(float)
    found = planned(xy.tolist(), minutes.tolist(), n_weeks=n_weeks, rounds=300)
    assert sorted([*found.visit.tolist(), *found.left.tolist()]) == list(range(n))
    for week in range(n_weeks):
        mine = np.flatnonzero(found.week == week)
        here, time = np.zeros(2), 0.0
        homecoming = sorted(at for (w, at) in found.back if w == week)
        for i in mine:
            v = found.visit[i]
            # At home in between, where the plan says so.
            if homecoming and homecoming[0] <= found.start[i]:
                time = homecoming.pop(0)
                here = np.zeros(2)
            way = np.hypot(*(xy[v] - here))
            assert found.drive[i] == pytest.approx(way, abs=0.1)
            assert found.start[i] >= time + way - 0.2
            assert found.start[i] % 480 + minutes[v] <= 480 + 0.1
            here, time = xy[v], found.start[i] + minutes[v]
        if mine.size:
            assert len(homecoming) == 1
            assert homecoming[0] <= 5 * 480


def test_nothing_to_do():
    found = planned(np.zeros((0, 2)), [], weeks=np.zeros((0, 2), dtype=int))
    assert (found.drive_hours, found.nights, found.left.tolist()) == (0, [], [])
