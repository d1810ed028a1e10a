"""What people see of KPIs: figures as text, hostile names escaped, a workbook in which no data becomes a formula."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from territory_geo.analyze.kpis import KPIS, Alignment, fair_ranking, kpis
from territory_geo.errors import DataError
from territory_geo.geodata.accounts import read_accounts
from territory_geo.geodata.crm import read_crm
from territory_geo.render.kpis import (
    definitions_page,
    influence_page,
    influence_svg,
    kpi_style,
    ranking_page,
    scorecards_page,
    write_book,
    write_kpis,
)
from territory_geo.render.kpis.charts import bullet
from territory_geo.render.kpis.figures import change_text, direction, shown, span_text

HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Two reps, of whom one has a hostile name, and one named account."""
    frame = pd.DataFrame(
        {"id": list("abc"), "lon": [-90.0, -91.0, -92.0], "lat": [40.0] * 3, "rep": [HOSTILE, "R2", "R2"]}
    )
    orders = pd.DataFrame(
        [
            ("1", "a", "2024-01-05", 10), ("2", "b", "2024-01-05", 10), ("3", "a", "2025-01-05", 30),
            ("4", "c", "2025-12-30", 5),
        ],
        columns=["order_id", "account_id", "date", "amount_usd"],
    )  # fmt: skip
    activities = pd.DataFrame(
        [("1", "a", "visit", "2024-01-05"), ("2", "a", "visit", "2025-12-30"), ("3", "c", "call", "2025-12-30")],
        columns=["activity_id", "account_id", "type", "date"],
    )
    alignment = Alignment.from_accounts(read_accounts(frame), "rep")
    coverage = pd.DataFrame({"account_id": ["c"], "motion": ["account"], "owner": ["R2"]})
    targets = pd.DataFrame({"kpi": ["visits"], "value": [2], "level": ["rep"]})
    crm = read_crm(orders=orders, activities=activities)
    return kpis(alignment, crm, period="2025", coverage=coverage, targets=targets)


def test_scorecards_show_figures_and_escape_text(table: pd.DataFrame) -> None:
    page = scorecards_page(table, level="rep", title="<b>Cards</b>")
    assert "<script>" not in page
    assert "<b>Cards" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count('<section class="card"') == 4  # all side by side, the company, then one each
    assert "2025-01-01 to 2025-12-31, compared with the year before, 2024-01-01 to 2024-12-31. Money in USD." in page
    assert "Revenue" in page
    assert "30.0 USD" in page
    assert "50 % of visit hours by territory, 50 % with named accounts" in page
    assert '<span class="worse">50 %</span><br> <small>of 2</small>' in page  # one visit of two
    assert "<small>0 to 6</small>" in page  # the interval of one visit, 0.025 to 5.57, in whole visits
    assert "http" not in page
    with pytest.raises(DataError, match="no level 'team'"):
        scorecards_page(table, level="team")


def test_a_styled_table(table: pd.DataFrame) -> None:
    page = kpi_style(table, level="rep").to_html()
    assert "<script>" not in page
    assert "30.0 USD" in page
    assert "By rep, 2025-01-01 to 2025-12-31" in page
    with pytest.raises(DataError, match="no rows of level 'rep' and motion 'overlay'"):
        kpi_style(table, level="rep", motion="overlay")


def test_nothing_in_the_workbook_runs(table: pd.DataFrame, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    write_book(table, tmp_path / "kpis.xlsx")
    book = openpyxl.load_workbook(tmp_path / "kpis.xlsx")
    assert book.sheetnames == ["about", "company", "territory", "rep", "account", "scores", "definitions"]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    rows = list(book["rep"].iter_rows(values_only=True))
    head = rows[0]
    found = {(row[0], row[2]): row[head.index("value")] for row in rows[1:]}
    assert found[HOSTILE, "Revenue"] == 30
    assert found["R2", "Revenue"] == 5
    with pytest.raises(DataError, match="cannot be written"):
        write_book(table, tmp_path / "nowhere" / "kpis.xlsx")


def test_definitions_come_from_the_code() -> None:
    page = definitions_page()
    for name, kpi in KPIS.items():
        assert f'id="{name}"' in page
        assert kpi.title in page
    assert page.count("What moves it") == len(KPIS)
    for kpi in KPIS.values():
        assert kpi.formula
        assert kpi.source
        assert kpi.moves
        assert kpi.interval in ("none", "poisson") or kpi.over, kpi.name


def test_text_from_data_stays_text(table: pd.DataFrame, tmp_path: Path) -> None:
    """CSV holds ids as they came, as assignments.csv does, so that they fit; the workbook holds no formula."""
    openpyxl = pytest.importorskip("openpyxl")
    ranking = pd.DataFrame({"key": [HOSTILE], "fair_rank": [1], "note": ["@SUM(1+1)"]})
    write_book(table, tmp_path / "kpis.xlsx", ranking=ranking)
    cells = list(openpyxl.load_workbook(tmp_path / "kpis.xlsx")["ranking"].iter_rows())[1]
    assert [(cell.value, cell.data_type) for cell in cells] == [(HOSTILE, "s"), (1, "n"), ("@SUM(1+1)", "s")]
    write_kpis(table, tmp_path)
    assert HOSTILE in set(pd.read_csv(tmp_path / "kpis.csv")["key"])


def test_a_ranking_as_a_page() -> None:
    accounts = pd.DataFrame({"id": list("abc"), "lon": [-90.0, -91.0, -92.0], "lat": [40.0] * 3,
                             "rep": [HOSTILE, "R2", "R3"], "market": [100.0, 100.0, 0.0]})  # fmt: skip
    orders = pd.DataFrame([(1, "a", "2025-01-05", 30), (2, "b", "2025-12-30", 10)],
                          columns=["order_id", "account_id", "date", "amount_usd"])  # fmt: skip
    crm = read_crm(orders=orders)
    ranking = fair_ranking(Alignment.from_accounts(read_accounts(accounts), "rep"), crm, potential="market",
                           period="2025", by="rep")  # fmt: skip
    page = ranking_page(ranking, names={"R2": "<b>Bo"}, currency="USD")
    assert "<script>" not in page
    assert "<b>Bo" not in page
    # 40 of 200: 20 expected of each of the two; the third has nothing that could be expected.
    assert page.count("20.0 USD") == 2
    assert ">1.50</td>" in page
    assert ">0.50</td>" in page
    assert "R3: no potential: nothing can be expected" in page
    assert page.count("<circle") == 2


def test_files(table: pd.DataFrame, tmp_path: Path) -> None:
    written = write_kpis(table, tmp_path / "new")
    assert set(written) == {
        "kpis.csv",
        "kpis.xlsx",
        "kpis.json",
        "scores.csv",
        "scorecards.html",
        "scorecards_territory.html",
        "definitions.html",
    }
    again = pd.read_csv(tmp_path / "new" / "kpis.csv")
    assert again["value"].to_numpy() == pytest.approx(table["value"].to_numpy(), nan_ok=True)
    record = json.loads((tmp_path / "new" / "kpis.json").read_text())
    assert record["period"] == "2025-01-01 to 2025-12-31"
    assert len(record["kpis"]) == len(table)
    # Without the company there is nothing to compare with, and files of an earlier run do not stay.
    alone = table[(table["level"] == "rep")].assign(target=np.nan)
    assert "scores.csv" not in write_kpis(alone, tmp_path / "new")
    assert not (tmp_path / "new" / "scores.csv").exists()


def test_an_influence_map_is_drawn() -> None:
    graph = nx.DiGraph(account="A<1>", period="2025")
    for i, (power, met) in enumerate([("decides", True), ("blocks", False), ("uses", True), ("unknown", False)]):
        graph.add_node(
            f"c{i}", name=f"<i>P{i}", role="", decision_power=power, contacts=int(met), met=met, influence=0.25
        )
    # A circle of superiors is drawn all the same.
    graph.add_edges_from([("c1", "c0"), ("c2", "c3"), ("c3", "c2")])
    picture = influence_svg(graph)
    assert "<i>" not in picture
    assert picture.count("<circle") == 4
    assert picture.count("<path") == 3
    assert picture.count('fill="#fff" stroke=') == 2  # two rings
    places = {line.split('"')[3] for line in picture.split("<circle ")[1:]}
    assert len(places) == 2


def test_who_should_be_met_next() -> None:
    graph = nx.DiGraph(account="A<1>", period="2025")
    for name, power, met in (("Ann", "decides", False), ("<i>Bo", "blocks", False), ("Cy", "uses", True)):
        graph.add_node(name, name=name, role="", decision_power=power, contacts=int(met), met=met,
                       influence={"Ann": 0.2, "<i>Bo": 0.5, "Cy": 0.3}[name])  # fmt: skip
    page = influence_page([graph])
    assert "1 of 3 met. Not met yet: &lt;i&gt;Bo (blocks), Ann (decides)." in page
    assert "<i>Bo" not in page


def test_intervals_as_text() -> None:
    assert (span_text(1.0, 2.5, "days"), span_text(-0.1, 0.2, "ratio")) == ("1.00 to 2.50", "−10.0 to 20.0 %")


def test_charts_and_figures() -> None:
    chart = bullet(5, 4, 20, least=0, most=10, reference=5, target=float("nan"), label='a "b"')
    assert 'cx="85.0"' in chart  # the middle of 170
    assert 'x2="165.0"' in chart  # the interval ends with the scale
    assert "&quot;b&quot;" in chart
    assert bullet(1, 1, 1, least=1, most=1, reference=1, target=float("nan"), label="") == ""
    assert bullet(float("nan"), 0, 1, least=0, most=1, reference=0, target=0, label="") == ""
    assert shown(-0.00001, "share") == "0.0 %"
    assert shown(float("inf"), "USD") == "∞"
    assert change_text(-0.0001, "share") == "0.0 points"
    assert [direction(1, b) for b in ("higher", "lower", "neither")] == ["better", "worse", ""]
