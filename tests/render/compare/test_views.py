"""What people see of a comparison: hostile text escaped, nothing that runs in a workbook, files that agree."""

from __future__ import annotations

import json
import re
import zipfile
from html import escape
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.render.compare import charts
from territory_geo.render.compare.lines import lines

HOSTILE = "<img src=x onerror=alert(1)>=1+1"


@pytest.fixture(scope="module")
def comparison() -> tg.Comparison:
    """Eight accounts of two reps, one of whom bears a hostile name, as do an account, a tier and a plan."""
    table = pd.DataFrame(
        {
            "id": [HOSTILE, *"bcdefgh"],
            "x": range(0, 8000, 1000),
            "y": [0, 300] * 4,
            "visits_per_year": 10,
            "visit_minutes": 60,
            "revenue_usd": range(100, 900, 100),
            "segment": [HOSTILE, "big"] * 4,
            "state": ["W"] * 4 + [HOSTILE] * 4,
            "rep": [HOSTILE] * 4 + ["R2"] * 4,
        }
    )
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table, crs=None), land=None)
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"visit_hours": 0.3}, current="rep")
    today = tg.TerritoryPlan.from_current(problem)
    other = today.move([HOSTILE, "b"], "R2")
    return tg.compare({"today": today, HOSTILE: other, "same": today}, loss_rate=0.1, km_cost=1, capacity_hours=50)


def test_the_page_shows_everything_and_runs_nothing(comparison: tg.Comparison) -> None:
    page = tg.comparison_page(comparison, title=HOSTILE)
    assert "<img" not in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    for title in ("At a glance", "Balance, travel, change", "Who keeps their rep", "Who moves, and why", "Territories"):
        assert title in page
    for line in lines(comparison):
        assert escape(line.title) in page
    assert "Nobody changes rep." in page
    assert "2 accounts" in page
    # A fifth of the revenue's 3,600 and less at risk: 0.1 × (100 + 200).
    assert "+30" in page


def test_a_plan_alone_has_a_page(comparison: tg.Comparison) -> None:
    page = tg.comparison_page(tg.compare({"today": comparison.side("today").plan}))
    assert "At a glance" in page
    assert "Who moves" not in page


def test_the_styled_table_colours_what_is_better_and_worse(comparison: tg.Comparison) -> None:
    html = tg.comparison_style(comparison).to_html()
    assert "<img" not in html
    assert "#b63a60" in html
    assert "Relationships kept" in html
    assert "<img" not in comparison._repr_html_()


def test_files_agree_with_the_tables(comparison: tg.Comparison, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    (tmp_path / "moves.csv").write_text("old", encoding="utf-8")
    written = tg.write_comparison(comparison, tmp_path)
    assert set(written) == {
        "comparison.html", "comparison.xlsx", "comparison.json", "comparison.png", "plans.csv", "territories.csv",
        "reps.csv", "disruption.csv", "splits.csv", "accounts.csv", "moves.csv",
    }  # fmt: skip
    moves = pd.read_csv(tmp_path / "moves.csv", dtype=str)
    assert moves["id"].tolist() == [HOSTILE, "b"]
    assert moves["from"].tolist() == [HOSTILE] * 2
    assert moves["reason"].str.startswith("Moves from <img").all()
    record = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert record["compared_with"] == "today"
    assert [plan["accounts_moved"] for plan in record["plans"]] == [0.0, 0.25, 0.0]
    assert len(pd.read_csv(tmp_path / "accounts.csv")) == 24
    with zipfile.ZipFile(tmp_path / "comparison.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        names = book.read("xl/workbook.xml").decode()
    assert len(sheets) == 7
    assert not any("<f>" in sheet for sheet in sheets)
    for name in ("plans", "territories", "reps", "disruption", "splits", "moves", "definitions"):
        assert f'name="{name}"' in names


def test_a_folder_that_cannot_be_written(comparison: tg.Comparison, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(tg.DataError, match="cannot be written"):
        tg.write_comparison(comparison, tmp_path / "file")


def test_the_figure_says_what_it_shows(comparison: tg.Comparison) -> None:
    pytest.importorskip("matplotlib")
    figure = tg.comparison_figure(comparison)
    balance, trade, kept = figure.axes
    assert balance.get_title(loc="left") == "Visit hours: every territory"
    # A dot for each of two territories in each of three plans.
    assert sum(len(dots.get_offsets()) for dots in balance.collections) == 6
    assert trade.collections[0].get_offsets().tolist()[1][0] == pytest.approx(25.0)
    assert [round(bar.get_width()) for bar in kept.patches] == [100, 50, 100, 100, 50, 100] or len(kept.patches) == 6


def test_charts_put_figures_where_they_belong() -> None:
    svg = charts.deviations({"a": [-0.1, 0.0, 0.3]}, 0.2, "x")
    places = [float(part.split('"')[0]) for part in svg.split('cx="')[1:]]
    assert places[1] == pytest.approx(charts.LABEL + (charts.WIDTH - charts.LABEL - 16) / 2)
    assert places[1] - places[0] == pytest.approx((places[2] - places[1]) / 3, abs=0.2)
    assert svg.count("dot out") == 1
    assert charts.deviations({"a": [float("nan")]}, float("nan"), "x").count("<circle") == 0
    two = charts.tradeoff({"a": (0.0, 10.0), "b": (0.5, 8.0)}, "change", "km", "x")
    assert two.count("<circle") == 2
    # Round ticks, and names that stand clear of each other and of the dots.
    crowd = {f"scenario {i}": (0.30 + 0.002 * i, 150.0 + i) for i in range(5)} | {"today": (0.0, 212.7)}
    drawn = charts.tradeoff(crowd, "change", "km", "x")
    assert [f">{km}</text>" in drawn for km in (125, 150, 175, 200, 225)] == [True] * 5
    named = re.findall(r'class="name" x="([\d.]+)" y="([\d.]+)" text-anchor="(start|end)">([^<]+)<', drawn)
    dots = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    left = [float(x) - (8.0 * len(name) if anchor == "end" else 0.0) for x, _, anchor, name in named]
    boxes = [
        (a, float(y) - 11, a + 8.0 * len(name), float(y) + 3) for a, (_, y, _, name) in zip(left, named, strict=True)
    ]
    boxes += [(x - 6, y - 6, x + 6, y + 6) for x, y in dots]
    for one, other in combinations(boxes[: len(named)], 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for one in boxes[: len(named)]:
        for dot in boxes[len(named) :]:
            assert one[2] <= dot[0] or dot[2] <= one[0] or one[3] <= dot[1] or dot[3] <= one[1]
    assert 'width="45.0"' in charts.bar(0.5, 1.0, "half")
