"""The frontier as a figure and as files: every point, the bend, caps without a plan, no text read as a formula."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.analyze.frontier import Frontier


def curve(tolerance: float, travel: list[float | None], knee: int | None) -> pd.DataFrame:
    """A line of points at 0, 10, 20 … % moved; None: no plan."""
    rows = []
    for i, km in enumerate(travel):
        found = {"moved": i / 10, "mean_travel": km} if km is not None else {"moved": float("nan")}
        rows.append({"plan": f"{10 * i} % at {tolerance}", "tolerance": tolerance, "cap": i / 10, **found,
                     "worst_deviation": 0.05, "objective": km, "gap": None, "status": "feasible", "reason": "",
                     "knee": i == knee})  # fmt: skip
    return pd.DataFrame(rows)


def test_all_points_and_the_bend_are_drawn_and_what_has_no_plan_is_said(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    table = pd.concat([curve(0.1, [None, 90, 60, 55, 52], 2), curve(0.2, [80, 50, 48], None)]).set_index("plan")
    found = Frontier("revenue_$x$_usd", table, "km", {})
    figure = tg.frontier_figure(found)
    axes = figure.axes[0]
    assert [len(line.get_xdata()) for line in axes.lines] == [4, 3]
    assert {text.get_text() for text in axes.texts} == {"20 % changes, 60 km", "±10 %", "±20 %"}
    said = [text.get_text() for text in figure.texts]
    assert r"20 % of revenue \$x\$ changing rep instead of 10 % brings 79 % of the travel that can be saved" in said
    assert "Without a plan: 0 % at 0.1" in said
    figure.savefig(tmp_path / "drawn.png")
    assert tg.write_frontier(found, tmp_path / "files", plans=False) == ["frontier.csv", "frontier.png"]
    written = pd.read_csv(tmp_path / "files" / "frontier.csv")
    assert written["moved"].notna().sum() == 7


def test_without_a_bend_nothing_is_marked() -> None:
    pytest.importorskip("matplotlib")
    found = Frontier("accounts", curve(0.1, [30, 20, 10], None).set_index("plan"), "hours", {})
    figure = tg.frontier_figure(found)
    assert not figure.axes[0].texts
    assert "Each further change buys about as much travel as the last" in [text.get_text() for text in figure.texts]
    assert figure.axes[0].get_ylabel() == "mean hours of a trip"
    assert found.lines()[-1].startswith("There is no bend")
