"""Fragments for notebooks: escaped, limited, with figures a person can read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.html import MOST_ROWS, definition_table, readable


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("revenue", [1234567.8, 2.0], ["1,234,568", "2"]),
        ("accounts", [1200, 3], ["1,200", "3"]),
        ("visit_hours", [12.34, 5.0], ["12.3", "5.0"]),
        ("share_km", [1.234, 0.5], ["1.23", "0.50"]),
        ("tiny", [0.01234, 0.5], ["0.0123", "0.5000"]),
        ("visits_deviation", [0.0512, -0.1, np.nan], ["+5.1 %", "-10.0 %", ""]),
        ("visits_deviation", [-0.0001], ["+0.0 %"]),
        ("max_deviation", [0.0512], ["5.1 %"]),
        ("change_km", [-0.001, 12.0], ["0.0", "12.0"]),
        ("lat", [50.123456], ["50.1235"]),
        ("gap", [0.004], ["+0.4 %"]),
        ("passed", [True, False], ["yes", "no"]),
        ("id", ["007", None], ["007", ""]),
        ("empty", [np.nan], [""]),
        ("endless", [np.inf, 1.0], ["inf", "1"]),
    ],
)
def test_figures_are_readable(name: str, values: list[object], expected: list[str]) -> None:
    assert readable(pd.Series(values, name=name)) == expected


def test_everything_is_escaped() -> None:
    bad = "<script>alert('x')</script>"
    page = definition_table(bad, {bad: bad}, pd.DataFrame({bad: [bad]}))
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 5


def test_long_tables_are_cut_and_counted() -> None:
    page = definition_table("t", {}, pd.DataFrame({"n": range(1234)}))
    assert page.count("<tr") == MOST_ROWS + 1
    assert "… and 1,204 more rows" in page
    assert "more rows" not in definition_table("t", {}, pd.DataFrame({"n": range(MOST_ROWS)}))
    assert "<table" not in definition_table("t", {}, pd.DataFrame())


def test_each_object_that_people_look_at_shows_itself() -> None:
    table = pd.DataFrame({"id": list("abcdef"), "lon": np.linspace(9, 10, 6), "lat": 50.0, "visits": 5000})
    accounts = tg.read_accounts(table)
    units = tg.BasicUnits.from_accounts(accounts)
    graph = tg.ContiguityGraph.from_units(units)
    problem = tg.TerritoryProblem(
        units, graph, n_territories=2, balance={"visits": 0.1}, constraints=[tg.Lock("a", "W")]
    )
    solution = tg.solve(problem, stop=tg.MaxIterations(2))
    assert solution.plan is not None
    shown = [accounts, units, graph, problem, solution, solution.plan, solution.plan.verify()]
    pages = [item._repr_html_() for item in shown]
    for page in pages:
        assert page.startswith("<div")
        # No index column, no raw floats, no colours that a dark page would swallow.
        assert "dataframe" not in page
        assert "0000000" not in page
        assert "color:#" not in page
    assert "30,000" in pages[1]
    assert "W" in pages[5]
