"""The fewest changes of rep: by hand, against all assignments of a few accounts, and in the sweep of sizes."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.analyze.changes import Held, fewest_changes
from territory_geo.errors import DataError, OptionError


def held(owner: list[int], hours: list[float], value: list[float] | None = None) -> Held:
    names = ("A", "B", "C")
    return Held(names, np.array(owner), np.array(hours, dtype=float), np.array(value or [1.0] * len(owner)))


def test_nothing_must_change_where_shares_are_fair():
    assert fewest_changes(held([0, 0, 1, 1], [5, 5, 5, 5]), {"A": 1, "B": 1}, 0.0) == (0.0, 0.0)


def test_who_leaves_loses_all():
    # C leaves with two of six accounts, and three quarters of the value.
    case = held([0, 0, 1, 1, 2, 2], [5] * 6, [1, 1, 1, 1, 6, 6])
    assert fewest_changes(case, {"A": 1, "B": 1}, 0.1) == (pytest.approx(2 / 6), pytest.approx(12 / 16))


def test_who_has_too_much_gives_the_largest_or_the_least_valuable():
    # A has 30 of 40 hours and may have 20: one account of 10 hours; by value the two of 5 hours that are worth least.
    case = held([0, 0, 0, 0, 1], [10, 10, 5, 5, 10], [100, 100, 10, 10, 80])
    assert fewest_changes(case, {"A": 1, "B": 1}, 0.0) == (pytest.approx(1 / 5), pytest.approx(20 / 300))


def test_half_a_rep_has_half_a_share():
    # 30 hours for 1.5 reps: A 20, B 10.
    assert fewest_changes(held([0, 0, 1], [10, 10, 10]), {"A": 1600, "B": 800}, 0.0) == (0.0, 0.0)


def test_accounts_of_nobody_go_first():
    # The new rep D needs 10 hours; as many are free.
    assert fewest_changes(held([0, 1, -1], [10, 10, 10]), {"A": 1, "B": 1, "D": 1}, 0.0) == (0.0, 0.0)


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_no_assignment_with_fair_shares_changes_less(seed):
    rng = np.random.default_rng(seed)
    n = 7
    case = held(rng.integers(-1, 2, n).tolist(), rng.integers(1, 6, n).tolist(), rng.integers(1, 9, n).tolist())
    capacity = {"A": 1.0, "B": 1.0, "D": 1.0} if seed % 2 else {"A": 2.0, "D": 1.0}
    names = list(capacity)
    tolerance = 0.4
    count, value = fewest_changes(case, capacity, tolerance)
    target = np.array([case.hours.sum() * c / sum(capacity.values()) for c in capacity.values()])
    mine = case.owner >= 0
    if not mine.any():
        assert (count, value) == (0.0, 0.0)
        return
    for made in itertools.product(range(len(names)), repeat=n):
        load = np.bincount(made, case.hours, minlength=len(names))
        if (np.abs(load - target) > target * tolerance + 1e-9).any():
            continue
        moved = mine & np.array([case.reps[o] != names[t] for o, t in zip(case.owner, made, strict=True)])
        assert count <= moved.sum() / mine.sum() + 1e-9
        assert value <= case.value[moved].sum() / case.value[mine].sum() + 1e-9


def test_the_sweep_tells_it():
    table = pd.DataFrame({"id": list("abcdef"), "x": np.arange(6) * 1e4, "y": 0.0, "today": list("WWWEEE")})
    table = table.assign(visits_per_year=12, visit_minutes=60, potential=10.0)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits_per_year", "potential"])
    reps = tg.read_reps(pd.DataFrame({"rep_id": ["W", "E"], "lon": [1e4, 4e4], "lat": 0.0}), crs=None)
    towns = pd.DataFrame({"name": ["Middle"], "lon": [2.5e4], "lat": [0.0]})
    more = {"value": "potential", "towns": towns, "capacity_hours": 40.0, "span": 1}
    sweep = tg.size_force(units, reps=reps, current="today", tolerance=0.0, **more).sweep
    # One rep less: half of the accounts. As many: none. One more: two of six for a fair third.
    assert sweep["changes_rep"].tolist() == pytest.approx([1 / 2, 0.0, 1 / 3])
    assert sweep["value_changes_rep"].tolist() == pytest.approx([1 / 2, 0.0, 1 / 3])
    assert "changes_rep" not in tg.size_force(units, reps=reps, **more).sweep
    with pytest.raises(OptionError, match="needs today's reps"):
        tg.size_force(units, current="today", **more)
    with pytest.raises(OptionError, match="'tolerance'"):
        tg.size_force(units, reps=reps, current="today", tolerance=1.0, **more)
    with pytest.raises(DataError, match="among the reps"):
        tg.size_force(units, reps=reps, current=dict.fromkeys("abcdef", "X"), **more)
