"""Sizes of a sales force, growth and quotas: answers worked out by hand, sums that must hold, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.analyze.quotas import gini, stepped, within_limits
from territory_geo.analyze.sizing import covered
from territory_geo.errors import DataError, OptionError

FLAT = tg.SpeedProfile(kmh=(60,), upto_km=())
WORK = tg.Workload(tg.WorkRules(distance=tg.Planar(speed=FLAT), max_nights=0))


@pytest.fixture(scope="module")
def units() -> tg.BasicUnits:
    """Two clusters of 20 accounts, 100 km apart; those in the east are worth five times as much."""
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(0, 1e4, 20), rng.uniform(1e5, 1.1e5, 20)])
    table = pd.DataFrame({"id": [f"a{i:02d}" for i in range(40)], "x": x, "y": rng.uniform(0, 1e4, 40)})
    table = table.assign(visits_per_year=12, visit_minutes=60, potential=np.repeat([1000.0, 5000.0], 20))
    table["segment"] = np.repeat(["west", "east"], 20)
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits_per_year", "potential"])


@pytest.fixture(scope="module")
def towns() -> pd.DataFrame:
    return pd.DataFrame({"name": ["West", "Middle", "East"], "lon": [5e3, 5.5e4, 1.05e5], "lat": [5e3] * 3})


def reps(*homes: tuple[str, float], hours: float | None = None) -> tg.Reps:
    table = pd.DataFrame({"rep_id": [n for n, _ in homes], "lon": [x for _, x in homes], "lat": 5e3})
    return tg.read_reps(table if hours is None else table.assign(capacity_hours=hours), crs=None)


def test_the_next_home_is_where_nobody_lives(units, towns):
    sizing = tg.size_force(units, workload=WORK, value="potential", reps=reps(("W", 5e3), hours=600), towns=towns)
    assert sizing.next_home[0] == "East"
    sweep = sizing.sweep
    # With a home in each cluster the hours fall by what the best town saves.
    assert sweep.loc[1, "hours"] - sweep.loc[2, "hours"] == pytest.approx(sizing.next_home[3])
    assert sweep["hours"].is_monotonic_decreasing
    assert sweep["won"].is_monotonic_increasing
    assert sweep["marginal_won"].iloc[1:].to_numpy() == pytest.approx(np.diff(sweep["won"]))
    assert (sweep["capacity"].to_numpy() == 600 * sweep.index.to_numpy()).all()
    first = sizing.sweep.index[sizing.sweep["hours"] <= sizing.sweep["capacity"]][0]
    assert sizing.needed == first


def test_who_leaves_takes_their_own_hours_along(units, towns):
    force = reps(("W", 5e3), ("E", 1.05e5))
    force = tg.Reps(force.frame.assign(capacity_hours=[400.0, 200.0]))
    sizing = tg.size_force(units, workload=WORK, value="potential", reps=force, towns=towns, span=1)
    gone = sizing.sweep.loc[1, "change"].removeprefix("without ")
    # New ones have the mean of 300 hours; who is left has her own.
    assert sizing.sweep["capacity"].tolist() == [{"W": 200.0, "E": 400.0}[gone], 600.0, 900.0]


def test_the_least_valuable_are_left_first(units, towns):
    sizing = tg.size_force(
        units, workload=WORK, value="potential", reps=reps(("M", 5.5e4)), towns=towns, capacity_hours=500
    )
    left = sizing.uncovered
    assert left["value_per_hour"].is_monotonic_increasing
    assert left["value"].iloc[0] == 1000
    # Twenty accounts of the west are left before one of the east.
    assert (left["value"].iloc[: min(20, len(left))] == 1000).all()
    assert ((left["covered"] > 0).sum()) <= 1
    row = sizing.sweep.loc[1]
    assert row["visits_covered"] < row["potential_covered"] < 1


def test_fewer_reps_are_said_to_be_enough_where_hours_are_plenty(units, towns):
    homes = reps(("A", 5e3), ("B", 1.05e5), ("C", 5.5e4), hours=10_000)
    assert tg.size_force(units, workload=WORK, value="potential", reps=homes, towns=towns).needed == 1


def test_a_force_from_nothing(units, towns):
    sizing = tg.size_force(units, workload=WORK, value="potential", towns=towns, capacity_hours=400)
    assert sizing.current == sizing.needed
    assert sizing.sweep.loc[sizing.needed, "utilisation"] <= 1
    assert sizing.sweep.loc[sizing.needed, "visits_covered"] == pytest.approx(1)
    assert sizing.sweep.loc[sizing.needed - 1, "utilisation"] > 1
    asked = tg.size_force(units, workload=WORK, value="potential", towns=towns, n_reps=1, span=0)
    assert asked.sweep.index.tolist() == [1]


def test_the_response_is_the_users(units, towns):
    more = {"workload": WORK, "value": "potential", "reps": reps(("W", 5e3), hours=300), "towns": towns, "span": 0}
    straight = tg.size_force(units, response=lambda share: share, **more)
    row = straight.sweep.loc[1]
    assert row["won"] == pytest.approx(row["potential_covered"] * 120_000)
    assert tg.size_force(units, response=tg.Response(base=1), **more).sweep.loc[1, "won"] == pytest.approx(120_000)
    with pytest.raises(OptionError, match="must not fall"):
        tg.size_force(units, response=lambda share: 1 - share, **more)
    with pytest.raises(OptionError, match="between 0 and 1"):
        tg.size_force(units, response=lambda share: 2 * share, **more)


@given(st.integers(0, 5000))
def test_coverage_uses_the_capacity_and_no_more(seed):
    rng = np.random.default_rng(seed)
    hours, worth = rng.uniform(0, 10, 15), rng.uniform(0, 5, 15)
    capacity = float(rng.uniform(0, 120))
    share = covered(hours, worth, capacity)
    assert hours @ share == pytest.approx(min(capacity, hours.sum()))
    assert ((share >= 0) & (share <= 1)).all()
    # No other choice of the same hours is worth more: swapping a little between any two accounts loses.
    rate = worth / hours
    assert rate[share > 1e-9].min(initial=np.inf) >= rate[share < 1 - 1e-9].max(initial=-np.inf) - 1e-9


def test_a_figure_is_drawn(units, towns):
    pytest.importorskip("matplotlib")
    sizing = tg.size_force(units, workload=WORK, value="potential", reps=reps(("W", 5e3), hours=600), towns=towns)
    axes = sizing.plot().axes
    assert axes[0].get_title(loc="left") == f"{sizing.needed} reps cover all visits"
    assert axes[0].lines[0].get_ydata().tolist() == sizing.sweep["hours"].tolist()


@pytest.mark.parametrize(
    ("option", "error", "words"),
    [
        ({"value": "revenue"}, OptionError, "no measure 'revenue'"),
        ({"span": -1}, OptionError, "'span' parameter must be an int of at least 0"),
        ({"n_reps": 0}, OptionError, "'n_reps'"),
        ({"capacity_hours": 0.0}, OptionError, "'capacity_hours'"),
        ({"n_reps": 9}, OptionError, "3 towns are too few"),
        ({"towns": pd.DataFrame({"name": ["x"]})}, DataError, "lon, lat"),
    ],
)
def test_what_is_unusable_is_said(units, towns, option, error, words):
    with pytest.raises(error, match=words):
        tg.size_force(units, **{"workload": WORK, "value": "potential", "towns": towns, **option})


# ---------------------------------------------------------------- growth


def test_growth_hires_when_and_where_hours_run_out(units, towns):
    plain = tg.size_force(units, workload=WORK, value="potential", reps=reps(("W", 5e3)), towns=towns, span=0)
    now = plain.sweep["hours"].iloc[0]
    table = tg.project_growth(
        units, reps(("W", 5e3), hours=now * 1.05), growth={"east": 0.2, "*": 0.0}, years=3, towns=towns, workload=WORK
    )
    assert table["accounts"].to_numpy() == pytest.approx([40, 44, 48.8, 54.56])
    assert table["hired"].iloc[0] == 0
    hiring = table[table["hired"] > 0]
    assert hiring["homes"].iloc[0].startswith("East")
    assert (table["hours"] <= table["capacity"] * (1 + 1e-9)).all()
    assert table["reps"].tolist() == (1 + table["hired"].cumsum()).tolist()


def test_when_and_where_the_next_rep_is_needed_by_hand():
    # X at home: 10 visits of 280 minutes, 140 / 3 hours. Y is 100 km away at 60 km/h: with 200 minutes on the road a
    # visit there fills a day of eight hours: 80 hours a year from X, 140 / 3 from Y.
    table = pd.DataFrame({"id": ["x", "y"], "x": [0.0, 1e5], "y": 0.0, "segment": ["old", "new"]})
    table = table.assign(visits_per_year=10, visit_minutes=280)
    pair = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits_per_year"])
    places = pd.DataFrame({"name": ["X", "Middle", "Y"], "lon": [0.0, 5e4, 1e5], "lat": 0.0})
    force = tg.read_reps(pd.DataFrame({"rep_id": ["R"], "lon": [0.0], "lat": [0.0], "capacity_hours": [140]}), crs=None)
    found = tg.project_growth(
        pair, force, growth={"old": 0.0, "new": 0.1}, years=3, towns=places, workload=WORK, capacity_hours=200
    )
    here = 140 / 3
    by_hand = [here + 80, here + 88, here + here * 1.21, here + here * 1.331]
    assert found["hours"].tolist() == pytest.approx(by_hand)
    # From X alone the second year would take 143.5 hours: more than 140.
    assert found["hired"].tolist() == [0, 0, 1, 0]
    assert found["homes"].tolist() == ["", "", "Y", ""]
    assert found["capacity"].tolist() == [140, 140, 340, 340]
    assert found["utilisation"].iloc[1] == pytest.approx((here + 88) / 140)


def test_no_growth_no_hires_and_missing_rates_are_named(units, towns):
    force = reps(("W", 5e3), ("E", 1.05e5), hours=5000)
    table = tg.project_growth(units, force, growth={"*": 0.0}, years=2, towns=towns, workload=WORK)
    assert table["hours"].nunique() == 1
    assert table["hired"].sum() == 0
    with pytest.raises(DataError, match="no growth rate for west"):
        tg.project_growth(units, force, growth={"east": 0.1}, towns=towns, workload=WORK)
    with pytest.raises(OptionError, match="above -1"):
        tg.project_growth(units, force, growth={"*": -1.0}, towns=towns, workload=WORK)


# ---------------------------------------------------------------- quotas


@pytest.fixture(scope="module")
def plan() -> tg.TerritoryPlan:
    """Two territories: one lives on old customers, one on prospects; a third is small."""
    table = pd.DataFrame({"id": list("abcdef"), "x": range(6), "y": 0.0, "segment": ["A", "A", "B", "B", "A", "B"]})
    table["revenue"] = [60.0, 40.0, 10.0, 10.0, 5.0, 5.0]
    table["potential"] = [60.0, 50.0, 110.0, 10.0, 5.0, 15.0]
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["revenue", "potential"])
    problem = tg.TerritoryProblem(units, n_territories=3, balance={"accounts": 0.5})
    return tg.TerritoryPlan(problem, pd.Series(["T1", "T1", "T2", "T2", "T3", "T3"], index=units.ids))


MONEY = {"history": "revenue", "potential": "potential", "step": 1.0}


def test_quotas_by_hand(plan):
    done = tg.set_quotas(plan, 156.0, growth={"A": 0.1, "*": 0.0}, reach=0.2, limits=None, **MONEY)
    table = done.table
    # T1: 100 + 10 + 0.2 × (0 + 6); T2: 20 + 0 + 0.2 × 100; T3: 10 + 0.5 + 0.2 × 10.
    assert table["expected"].tolist() == pytest.approx([111.2, 40.0, 12.5])
    assert table["quota"].sum() == pytest.approx(156.0)
    assert table["quota"].tolist() == [106.0, 38.0, 12.0]
    whole = table[["expected", "scaled", "limited", "rounded"]].sum(axis=1)
    assert whole.to_numpy() == pytest.approx(table["quota"].to_numpy())
    spread = done.spread()
    # Before: 52 each. Attainment 2.138, 0.769, 0.240; Gini (−2 × 0.240 + 2 × 2.138) / (3 × 3.148).
    assert spread.loc["before"].tolist() == pytest.approx([12.5 / 52, 111.2 / 52, 98.7 / 52, 2 * 98.7 / (3 * 163.7)])
    assert spread.loc["after", "least"] == pytest.approx(12.5 / 12)
    assert spread.loc["after", "gini"] < 0.02 < spread.loc["before", "gini"]
    assert spread.loc["after", "spread"] < spread.loc["before", "spread"]
    said = done.explain("T2")
    assert said.startswith("T2 sold 20.")
    assert "20 more can be won" in said
    assert said.endswith("to 38.")


def test_limits_hold_and_are_explained(plan):
    done = tg.set_quotas(plan, 150.0, reach=0.2, limits=(0.9, 1.2), **MONEY)
    usual = done.table["history"] * 150 / 130
    assert (done.table["quota"] <= usual * 1.2 + 1).all()
    assert (done.table["quota"] >= usual * 0.9 - 1).all()
    assert done.table["quota"].sum() == pytest.approx(150)
    assert "limit on the change" in done.explain("T2")
    before = pd.Series({"T1": 100.0, "T2": 25.0, "T3": 25.0})
    assert tg.set_quotas(plan, 150.0, before=before, **MONEY).table["before"].tolist() == [100, 25, 25]


def test_unusable_quotas_are_refused(plan):
    with pytest.raises(OptionError, match="'total'"):
        tg.set_quotas(plan, 0.0, **MONEY)
    with pytest.raises(OptionError, match="two multiples around 1"):
        tg.set_quotas(plan, 10.0, limits=(1.2, 1.5), **MONEY)
    with pytest.raises(DataError, match="no growth rate for B"):
        tg.set_quotas(plan, 10.0, growth={"A": 0.1}, **MONEY)
    with pytest.raises(DataError, match="no column 'revenue_usd'"):
        tg.set_quotas(plan, 10.0)
    with pytest.raises(DataError, match="missing or not above 0 for T2, T3"):
        tg.set_quotas(plan, 10.0, before=pd.Series({"T1": 1.0}), **MONEY)
    with pytest.raises(OptionError, match="no territory 'T9'"):
        tg.set_quotas(plan, 10.0, **MONEY).explain("T9")


@given(st.integers(0, 5000))
def test_shares_sum_to_the_total_within_their_limits(seed):
    rng = np.random.default_rng(seed)
    wanted = rng.uniform(1, 100, 7)
    lower, upper = wanted * rng.uniform(0.2, 0.9, 7), wanted * rng.uniform(1.1, 3, 7)
    total = float(rng.uniform(lower.sum(), upper.sum()))
    found = within_limits(wanted, total, lower, upper)
    assert found.sum() == pytest.approx(total)
    assert (found >= lower - 1e-6).all()
    assert (found <= upper + 1e-6).all()
    whole = stepped(found, total, 5.0)
    assert whole.sum() == pytest.approx(total)
    assert np.abs(whole - found).max() <= 10
    assert 0 <= gini(found) < 1
