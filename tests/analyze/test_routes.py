"""Call planning: what becomes of visits, when they are due, opening hours, the calendar; estimates beside plans."""

from __future__ import annotations

from datetime import date, datetime

import icalendar
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.analyze.icalendar import Appointment, calendar, escaped, folded
from territory_geo.demand.due import due, phases, windows
from territory_geo.demand.opening import spans
from territory_geo.errors import DataError, OptionError


@pytest.fixture(scope="module")
def plan() -> tg.TerritoryPlan:
    """Two territories of 40 accounts around two towns."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"id": [f"K{i:02d}" for i in range(80)], "name": [f"Shop; {i}, Ltd" for i in range(80)]})
    table["lon"] = np.repeat([9.0, 11.0], 40) + rng.normal(0, 0.3, 80)
    table["lat"] = 50 + rng.normal(0, 0.3, 80)
    table["visits_per_year"], table["visit_minutes"] = rng.integers(2, 14, 80), rng.integers(30, 90, 80)
    table["opening_hours"] = ["Tu-Th 09:00-12:00,13:00-17:00" if i % 4 == 0 else None for i in range(80)]
    accounts = tg.read_accounts(table)
    units = tg.BasicUnits.from_accounts(accounts, measures=["visits_per_year"], land=None)
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"accounts": 0.1}, workload=tg.Workload())
    owner = pd.Series(["W" if x < 10 else "E" for x in units.xy[:, 0]], index=units.ids)
    return tg.TerritoryPlan(problem, owner)


@pytest.fixture(scope="module")
def routes(plan) -> tg.RoutePlan:
    return tg.plan_routes(plan, "W", n_weeks=4, rounds=2500)


def test_every_visit_is_planned_or_listed(plan, routes):
    due_ids = sorted(routes.accounts["id"])
    assert sorted([*routes.visits["id"], *routes.left["id"]]) == due_ids
    mine = plan.accounts[plan.accounts["territory"] == "W"]
    expected = mine["visits_per_year"].sum() * 4 / plan.problem.workload.rules.weeks()
    assert len(due_ids) == pytest.approx(expected, abs=3)
    assert set(due_ids) <= set(mine["id"])


def test_days_are_days(routes):
    visits, days = routes.visits, routes.days
    assert visits["start"].is_monotonic_increasing
    assert all(start.weekday() < 5 and start.hour >= 8 for start in visits["start"])
    assert all(end <= datetime.combine(end.date(), datetime.min.time().replace(hour=16)) for end in visits["end"])
    assert (visits["start"].iloc[1:].to_numpy() >= visits["end"].iloc[:-1].to_numpy()).all()
    assert days["drive_hours"].sum() == pytest.approx(routes.weeks.drive_hours)
    assert days["visit_hours"].sum() == pytest.approx(visits["minutes"].sum() / 60)
    assert ((days["drive_hours"] + days["visit_hours"]) <= 8 + 1e-6).all()
    assert days["visits"].sum() == len(visits)
    assert (days["night"] == "away").sum() == len(routes.weeks.nights)


def test_nobody_drives_days_before_the_visit():
    table = pd.DataFrame(
        {"id": list("abc"), "x": [0.0, 0.0, 50e3], "y": [0.0, 10.0, 0.0], "visits_per_year": [1, 1, 52]}
    )
    table = table.assign(visit_minutes=60, opening_hours="We 11:00-16:00")
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits_per_year"])
    problem = tg.TerritoryProblem(units, n_territories=1, balance={"accounts": 1.0})
    plan = tg.TerritoryPlan(problem, pd.Series("T", index=units.ids))
    flat = tg.Workload(tg.WorkRules(distance=tg.Planar(speed=tg.SpeedProfile(kmh=(50,), upto_km=()))))
    days = tg.plan_routes(plan, "T", n_weeks=1, workload=flat, rounds=50).days
    # The customer who is 50 km away opens on Wednesdays: there and back that day, nothing on Monday.
    (far,) = days[days["drive_hours"] > 0].to_dict("records")
    assert (far["date"].weekday(), far["night"]) == (2, "home")
    assert far["drive_hours"] == pytest.approx(2.0)


def test_opening_hours_are_kept(plan, routes):
    special = set(plan.accounts.loc[plan.accounts["opening_hours"].notna(), "id"])
    for row in routes.visits.itertuples():
        if row.id in special:
            assert row.start.weekday() in (1, 2, 3)
            hours = (row.start.hour + row.start.minute / 60, row.end.hour + row.end.minute / 60)
            assert (hours[0] >= 9 - 0.01 and hours[1] <= 12.01) or (hours[0] >= 13 - 0.01 and hours[1] <= 17.01)


def test_visits_of_one_account_lie_apart(routes):
    for _, mine in routes.visits.groupby("id"):
        assert mine["date"].is_unique


def test_estimates_lie_near_plans(plan):
    table = tg.compare_hours(plan, n_weeks=8, rounds=2500)
    assert table.index.tolist() == ["E", "W"]
    assert table["error"].abs().mean() < 0.15


def test_files(routes, tmp_path):
    routes.write(tmp_path / "W")
    assert {p.name for p in (tmp_path / "W").iterdir()} == {"visits.csv", "days.csv", "left.csv", "calendar.ics"}
    assert len(pd.read_csv(tmp_path / "W" / "visits.csv")) == len(routes.visits)
    raw = (tmp_path / "W" / "calendar.ics").read_bytes()
    events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert [event["dtstart"].dt for event in events] == routes.visits["start"].tolist()
    assert [str(event["summary"]) for event in events] == routes.visits["name"].tolist()
    assert raw.count(b"\r\n") == raw.count(b"\n")


def test_options(plan):
    with pytest.raises(OptionError, match="must be a Monday"):
        tg.plan_routes(plan, "W", start=date(2026, 1, 6))
    with pytest.raises(OptionError, match="no territory 'X'"):
        tg.plan_routes(plan, "X")
    with pytest.raises(OptionError, match="'n_weeks'"):
        tg.plan_routes(plan, "W", n_weeks=0)
    with pytest.raises(OptionError, match=r"no column 'gold' \(worth\)"):
        tg.plan_routes(plan, "W", worth="gold")


# ---------------------------------------------------------------- the calendar


def unfolded(text: str) -> list[str]:
    """Read a calendar as a program does: lines joined again."""
    return text.replace("\r\n ", "").split("\r\n")


def test_the_calendar_can_be_read_back(routes):
    text = routes.to_ics()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = unfolded(text)
    assert (lines[0], lines[1], lines[-2]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    events = text.count("BEGIN:VEVENT")
    assert events == text.count("END:VEVENT") == len(routes.visits)
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(set(uids)) == events
    assert sum(line.startswith("DTSTAMP:") and line.endswith("Z") for line in lines) == events
    summaries = [line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY:")]
    plain = [s.replace("\\;", ";").replace("\\,", ",").replace("\\\\", "\\") for s in summaries]
    assert plain == routes.visits["name"].tolist()
    first = next(line for line in lines if line.startswith("DTSTART:"))
    assert datetime.strptime(first, "DTSTART:%Y%m%dT%H%M%S") == routes.visits["start"].iloc[0]


@given(st.text(max_size=200))
@settings(max_examples=20)
def test_no_text_breaks_out_of_its_line(text):
    start = datetime(2026, 1, 5, 8)
    made = calendar([Appointment("u", start, start, text, text)], name=text, stamp=start)
    assert all(len(line.encode("utf-8", "surrogatepass")) <= 75 for line in made.split("\r\n"))
    lines = unfolded(made)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert "\n" not in "".join(lines)
    value = next(line for line in lines if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    back = "".join({"n": "\n"}.get(m, m) if e else m for e, m in _pairs(value))
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    assert back == "".join(s for s in kept if s in "\n\t" or (ord(s) >= 32 and ord(s) != 127))


def _pairs(value: str) -> list[tuple[bool, str]]:
    found, i = [], 0
    while i < len(value):
        escape = value[i] == "\\"
        found.append((escape, value[i + escape]))
        i += 1 + escape
    return found


def test_folding_by_hand():
    assert folded("a" * 80) == "a" * 75 + "\r\n " + "a" * 5
    assert folded("é" * 40) == "é" * 37 + "\r\n " + "é" * 3
    assert escaped("a\\b") == "a\\\\b"


# ---------------------------------------------------------------- when visits are due


@given(st.integers(0, 5000))
def test_a_year_of_cycles_has_all_visits(seed):
    rng = np.random.default_rng(seed)
    visits = rng.integers(0, 30, 25).astype(float)
    phase = phases(visits, rng.permutation(25))
    weeks = int(rng.integers(1, 10))
    year = weeks * int(rng.integers(1, 12))
    done = sum(due(visits, phase, first, weeks, float(year)) for first in range(0, year, weeks))
    assert done.tolist() == visits.tolist()


def test_neighbours_come_together():
    visits = np.ones(40)
    first = due(visits, phases(visits, np.arange(40)), 0, 10, 40.0)
    assert first.sum() == 10
    assert np.flatnonzero(first).tolist() == list(range(30, 40))


@given(st.integers(1, 12), st.integers(1, 6))
def test_windows_of_one_account_do_not_overlap(count, weeks):
    found = windows(count, weeks, 5)
    assert len(found) == count
    if count <= weeks * 5:
        spaces = [{(w, d) for w in range(a, b + 1) for d in range(c, e + 1)} for a, b, c, e in found]
        assert sum(map(len, spaces)) == len(set().union(*spaces))
        assert all(spaces)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Mo-Fr 08:00-17:00", [[d, 8, 17] for d in range(5)]),
        ("24/7", [[d, 0, 24] for d in range(7)]),
        ("09:30-12:00", [[d, 9.5, 12] for d in range(7)]),
        ("Sa-Mo 10:00-11:00; Su off", [[0, 10, 11], [5, 10, 11]]),
        ("Mo,We 08:00-09:00,10:00-11:00", [[0, 8, 9], [0, 10, 11], [2, 8, 9], [2, 10, 11]]),
    ],
)
def test_opening_hours_by_hand(text, rows):
    assert spans(text).tolist() == rows


@pytest.mark.parametrize("text", ["weekdays", "Mo 8-17", "Mo 17:00-08:00", "Mo 08:00-25:00", "Xx 08:00-09:00"])
def test_unreadable_opening_hours_are_named(text):
    with pytest.raises(DataError, match="opening hours"):
        spans(text)
