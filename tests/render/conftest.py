"""Plans that maps, pictures, files and reports are made of; their texts are as hostile as data can be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg

HOSTILE = (
    '=HYPERLINK("http://x.example","go")',
    "</script><img src=x onerror=alert(1)>",
    "Müller & Söhne <b>",
    "\u202egnirts $x^2$ {{7*7}}",
    "@SUM(1+1)",
)


def force() -> pd.DataFrame:
    """Forty-two accounts around three towns in Iowa, twelve or more each, with a Salesforce and a HubSpot id."""
    rng = np.random.default_rng(4)
    town = np.repeat([0, 1, 2], 14)
    lon = np.array([-95.9, -93.6, -91.6])[town] + rng.uniform(-0.5, 0.5, 42)
    lat = np.array([41.5, 41.7, 42.0])[town] + rng.uniform(-0.4, 0.4, 42)
    names = [HOSTILE[i] if i < len(HOSTILE) else f"Customer {i}" for i in range(42)]
    return pd.DataFrame(
        {
            "id": [f"001A0000{i:07d}" for i in range(42)],
            "lon": lon.round(5),
            "lat": lat.round(5),
            "name": names,
            "city": [f"Town {t}" for t in town],
            "state": "IA",
            "visits": 1 + np.arange(42) % 4,
            "potential_usd": 1000.0 * (1 + np.arange(42)),
            "rep": ["R1", "R2", "R3"] * 14,
            "hubspot": 9000 + np.arange(42),
            "long_name_of_a_column": ["ä" * 200 if i == 7 else "short" for i in range(42)],
        }
    )


@pytest.fixture(scope="session")
def plan() -> tg.TerritoryPlan:
    """Three territories of three reps, each account with the rep of its town; today they are dealt out in turn."""
    accounts = force()
    reps = tg.read_reps(
        pd.DataFrame(
            {
                "rep_id": ["R1", "R2", "R3"],
                "lon": [-95.9, -93.6, -91.6],
                "lat": [41.5, 41.7, 42.0],
                "name": ["Ann <i>West</i>", "Bo Middle", "Cy East"],
                "home": ["Council Bluffs, IA", "Des Moines, IA", "Cedar Rapids, IA"],
                "email": ["ann@example.com", "bo@example.com", "cy@example.com"],
            }
        )
    )
    units = tg.BasicUnits.from_accounts(tg.read_accounts(accounts), measures=["visits", "potential_usd"])
    problem = tg.TerritoryProblem(
        units, reps=reps, balance={"visits": 0.10}, objective=tg.Travel(center="home"), current="rep"
    )
    town = {a: f"R{int(name[-1]) + 1}" for a, name in zip(accounts["id"], accounts["city"], strict=True)}
    labels = pd.Series([town[unit] for unit in units.ids], index=units.frame.index)
    return tg.TerritoryPlan(problem, labels, {"status": "feasible", "gap": 0.02, "seed": 3, "iterations": 5})


@pytest.fixture(scope="session")
def flat() -> tg.TerritoryPlan:
    """Six units on a plane of metres, two territories, nobody today."""
    table = pd.DataFrame({"id": list("abcdef"), "x": [0, 1, 2, 7, 8, 9], "y": [0, 1, 0, 0, 1, 0], "visits": 5})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"visits": 0.0})
    return tg.TerritoryPlan(problem, pd.Series(["T01"] * 3 + ["T02"] * 3, index=units.frame.index))


@dataclass(frozen=True)
class Line:
    """The plan, and today's alignment as a plan."""

    plan: tg.TerritoryPlan
    today: tg.TerritoryPlan
    reps: tg.Reps


@pytest.fixture(scope="session")
def line() -> Line:
    """Eight accounts on a line, two of them locked, two reps today, two territories.

    a b c d e f g h     at x = 0 … 7 km; today a–e are Ann's and f–h are Bob's
    A A A A B B B B     the plan: e moves from Ann to Bob
    """
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
