"""Plans for the tests of what is drawn: eight accounts on a line, two reps today, two territories.

a b c d e f g h     at x = 0 … 7 km; today a–e are Ann's and f–h are Bob's
A A A A B B B B     the plan: e moves from Ann to Bob
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

import territory_geo as tg


@dataclass(frozen=True)
class Line:
    """The plan, and today's alignment as a plan."""

    plan: tg.TerritoryPlan
    today: tg.TerritoryPlan
    reps: tg.Reps


@pytest.fixture(scope="session")
def line() -> Line:
    """Eight accounts on a line, one of them locked."""
    table = pd.DataFrame(
        {
            "id": list("abcdefgh"),
            "x": [1000.0 * i for i in range(8)],
            "y": 0.0,
            "hours": [1.0, 2.0, 3.0, 4.0, 4.0, 3.0, 2.0, 1.0],
            "potential_usd": [10.0, 10.0, 10.0, 10.0, 20.0, 20.0, 20.0, 20.0],
            "rep": ["Ann"] * 5 + ["Bob"] * 3,
        }
    )
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["hours", "potential_usd"])
    people = pd.DataFrame(
        {"rep_id": ["Ann", "Bob"], "name": ["Ann Lee", "<b>Bob</b>"], "lon": [1500.0, 5500.0], "lat": [10.0, 10.0],
         "home": ["West", "East"], "role": "rep", "capacity_hours": [8.0, 20.0]}
    )  # fmt: skip
    reps = tg.read_reps(people, crs=None)
    problem = tg.TerritoryProblem(
        units,
        n_territories=2,
        balance={"hours": 0.1},
        current=table.set_index("id")["rep"],
        constraints=[tg.Lock(["a", "h"], "Ann", name="L1")],
    )
    plan = tg.TerritoryPlan(problem, pd.Series(["Ann"] * 4 + ["Bob"] * 4, index=list("abcdefgh")))
    return Line(plan, tg.TerritoryPlan.from_current(problem), reps)
