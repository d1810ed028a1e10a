"""Figures show the numbers of the tables behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.render.charts.growth import growth_figure
from territory_geo.render.charts.style import short

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def plan() -> tg.TerritoryPlan:
    table = pd.DataFrame({"id": list("abcdef"), "x": np.arange(6) * 1e4, "y": 0.0})
    table = table.assign(visits_per_year=40, visit_minutes=60, revenue=[10, 20, 30, 40, 50, 60], potential=100.0)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits_per_year", "revenue"])
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"accounts": 0.1}, workload=tg.Workload())
    return tg.TerritoryPlan(problem, pd.Series(list("WWWEEE"), index=units.ids))


def test_weeks(plan):
    routes = tg.plan_routes(plan, "W", n_weeks=2, rounds=200)
    (axes,) = routes.plot().axes
    assert axes.get_title(loc="left").startswith(f"W: {len(routes.visits)} visits in 2 weeks, all fit")
    assert [text.get_text() for text in axes.get_yticklabels()][:2] == ["Mon 5 Jan", "Tue 6 Jan"]
    assert len(axes.get_yticks()) == 10
    # Each visit is a bar as long as it lasts.
    blue = (31 / 255, 90 / 255, 137 / 255)
    (visits,) = [bars for bars in axes.collections if tuple(bars.get_facecolor()[0][:3]) == blue]
    hours = [float(np.ptp(path.vertices[:, 0])) for path in visits.get_paths()]
    assert len(hours) >= len(routes.visits)
    assert sum(hours) == pytest.approx(routes.visits["minutes"].sum() / 60)


def test_quotas(plan):
    quotas = tg.set_quotas(plan, 300.0, history="revenue", step=1.0, potential="potential")
    (axes,) = quotas.plot().axes
    assert axes.get_title(loc="left").endswith("% now")
    before, after = (line.get_xdata() for line in axes.lines[:2])
    ordered = quotas.table.sort_values("attainment_before")
    assert before.tolist() == ordered["attainment_before"].tolist()
    assert after.tolist() == ordered["attainment"].tolist()


def test_growth():
    table = pd.DataFrame({"year": [0, 1, 2], "hours": [90.0, 120.0, 150.0], "capacity": [100.0, 200.0, 200.0]})
    table = table.assign(hired=[0, 2, 0], homes=["", "Boise, ID, Reno, NV", ""])
    (axes,) = growth_figure(table).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["today", "year 1", "year 2"]
    assert axes.get_title(loc="left") == "The next rep is needed in year 1"
    assert [bar.get_width() for bar in axes.patches[:3]] == [90, 120, 150]
    assert axes.texts[0].get_text() == "+2  Boise, ID · Reno, NV"
    (axes,) = growth_figure(table.assign(hired=0)).axes
    assert axes.get_title(loc="left") == "Nobody has to be hired in 2 years"
    (axes,) = growth_figure(table.assign(hired=1, homes="Boise, ID")).axes
    assert axes.get_title(loc="left") == "One rep more is needed today"


def test_numbers_are_short():
    assert [short(v) for v in (0.25, 9.0, 12345.6, 2.5e6)] == ["0.25", "9", "12,346", "2.5 M"]
