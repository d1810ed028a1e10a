"""A small world in which every figure of a comparison can be worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import territory_geo as tg


@pytest.fixture
def accounts() -> pd.DataFrame:
    """Eight accounts, a kilometre apart; g and h of today's R2 lie on one spot. Nobody has d, b is a prospect.

    a   b   c   d   e   f   gh      kilometres 0 to 6
    R1  R1  R1  -   R2  R2  R2,R1
    """
    return pd.DataFrame(
        {
            "id": list("abcdefgh"),
            "x": [0, 1000, 2000, 3000, 4000, 5000, 6000, 6000],
            "y": [0, 0, 1000, 0, 0, 1000, 0, 0],
            "visits_per_year": [10, 10, 20, 10, 10, 20, 10, 10],
            "visit_minutes": 60,
            "revenue_usd": [100, 50, 200, 0, 400, 300, 500, 600],
            "kind": ["customer", "prospect", *["customer"] * 6],
            "segment": ["big", "small", "big", "small", "big", "small", "big", "small"],
            "state": ["W", "W", "W", "W", "E", "E", "E", "E"],
            "rep": ["R1", "R1", "R1", None, "R2", "R2", "R2", "R1"],
        }
    )


@pytest.fixture
def problem(accounts: pd.DataFrame) -> tg.TerritoryProblem:
    units = tg.BasicUnits.from_accounts(tg.read_accounts(accounts, crs=None), land=None)
    graph = tg.ContiguityGraph.from_units(units)
    return tg.TerritoryProblem(units, graph, n_territories=2, balance={"visit_hours": 0.2}, current="rep")


@pytest.fixture
def plans(problem: tg.TerritoryProblem) -> dict[str, tg.TerritoryPlan]:
    """Today, and a plan in which R1 also has e."""
    today = tg.TerritoryPlan.from_current(problem)
    return {"today": today, "wide": today.move("e", "R1")}
