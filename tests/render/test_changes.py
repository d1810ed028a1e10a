"""Who had each account before, and what moves: by today's reps, by equal names, else by most accounts in common."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError
from territory_geo.render.changes import changes_data
from territory_geo.render.points import territory_codes


def changes(plans: dict[str, Any]) -> Any:
    return changes_data(plans, territory_codes(plans))


def test_today_and_the_plan(line: Any) -> None:
    found = changes({"Today": line.today, "Proposed": line.plan})
    assert (found["before"], found["names"], found["held"]) == ("today", ["Ann", "Bob"], 8)
    assert list(base64.b64decode(found["codes"]["d"])) == [0] * 5 + [1] * 3
    assert found["moved"] == [0, 1]
    assert found["isBefore"] == [True, False]
    assert [owner.tolist() for owner in found["owner"]] == [[0, 1], [0, 1]]
    assert not found["matched"]


def test_accounts_of_a_rep_who_left_change_hands(line: Any) -> None:
    units = line.plan.problem.units
    people = pd.DataFrame({"rep_id": ["Ann", "Eve"], "lon": [1500.0, 5500.0], "lat": [10.0, 10.0]})
    problem = tg.TerritoryProblem(
        units, balance={"hours": 0.5}, reps=tg.read_reps(people, crs=None), current=line.plan.problem.current
    )
    found = changes({"Plan": tg.TerritoryPlan(problem, pd.Series(["Ann"] * 4 + ["Eve"] * 4, index=units.ids))})
    # e is Ann's today, f to h are Bob's, who is no longer there.
    assert (found["names"], found["moved"], found["held"]) == (["Ann", "Bob"], [4], 8)


def test_a_plan_alone_is_held_against_today(line: Any) -> None:
    found = changes({"Plan": line.plan})
    assert (found["moved"], found["isBefore"]) == ([1], [False])


def test_names_that_differ_are_matched_by_accounts_in_common(line: Any) -> None:
    units = line.plan.problem.units
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"hours": 0.5})

    def plan(labels: str) -> tg.TerritoryPlan:
        return tg.TerritoryPlan(problem, pd.Series(list(labels), index=units.ids))

    found = changes({"A": plan("XXXXXYYY"), "B": plan("QQQQPPPP"), "C": plan("YYYYYXXX")})
    # B: X has four in common with Q, Y three with P: only e moves. C: equal names count, so that all move.
    assert found["moved"] == [0, 1, 8]
    assert found["matched"]
    assert changes({"A": plan("XXXXXYYY")}) is None


def test_territories_without_the_reps_names_are_matched_with_today(line: Any) -> None:
    units = line.plan.problem.units
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"hours": 0.5})
    free = tg.TerritoryPlan(problem, pd.Series(list("XXXXYYYY"), index=units.ids))
    found = changes({"Today": line.today, "Free": free})
    # Ann has the first five today: X is hers, and one account goes over to Bob's Y.
    assert (found["names"], found["moved"], found["matched"]) == (["Ann", "Bob"], [0, 1], True)
    assert [owner.tolist() for owner in found["owner"]] == [[0, 1], [0, 1]]


def test_plans_over_other_accounts_are_refused() -> None:
    def plan(ids: str) -> Any:
        accounts = pd.DataFrame({"id": list(ids), "territory": "T"})
        return SimpleNamespace(accounts=accounts, territories=pd.DataFrame(index=["T"]))

    with pytest.raises(DataError, match=r"'B' and 'A' are not over the same accounts \(2 and 3\)"):
        territory_codes({"A": plan("abc"), "B": plan("ab")})
    assert np.array_equal(territory_codes({"A": plan("abc"), "B": plan("cab")})[1], [0, 0, 0])
