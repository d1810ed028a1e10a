"""The workbook, read with another library and by its XML: filters, frozen header, formats, and no formula at all."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import territory_geo as tg
from territory_geo.render.moves import exchanges, moves_of


def sheets(path: Path) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_holds_the_plan(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan.xlsx", title="Iowa")
    book = sheets(tmp_path / "plan.xlsx")
    assert list(book) == ["About", "Territories", "Assignments", "Moves"]
    assert book["About"][1] == ["plan", "Iowa"]
    head, *rows = book["Territories"]
    assert head[:3] == ["territory", "rep", "units"]
    assert [row[:2] for row in rows] == [["R1", "Ann <i>West</i>"], ["R2", "Bo Middle"], ["R3", "Cy East"]]
    assert [row[head.index("visits deviation")] for row in rows] == pytest.approx(
        plan.territories["visits_deviation"].tolist()
    )
    assert [row[head.index("centre")] for row in rows] == ["Council Bluffs, IA", "Des Moines, IA", "Cedar Rapids, IA"]
    head, *rows = book["Assignments"]
    assert head[:2] == ["id", "territory"]
    assert [row[0] for row in rows] == plan.accounts["id"].tolist()
    assert [row[head.index("name")] for row in rows] == plan.accounts["name"].tolist()
    head, *rows = book["Moves"]
    assert head[:4] == ["id", "from", "to", "why"]
    assert "rep" not in head
    # Fourteen of forty-two stay: each rep has a third of each town today.
    expected = plan.accounts[plan.accounts["rep"] != plan.accounts["territory"]]
    assert [row[:3] for row in rows] == expected[["id", "rep", "territory"]].to_numpy().tolist()
    assert len(rows) == 28


def test_no_text_is_ever_run(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan.xlsx")
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as book:
        pages = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any("hyperlinks" in page for page in pages)
        styles = book.read("xl/styles.xml").decode()
    assert len(pages) == 4
    for page in pages:
        assert not re.search(r"<f[ >]", page)
        assert "<autoFilter ref=" in page
        assert re.search(r'<pane [^>]*ySplit="1"[^>]*state="frozen"', page)
    assert "+0.0%;-0.0%;0.0%" in styles
    assert "&quot;$&quot;#,##0" in styles


def test_the_same_plan_gives_the_same_bytes(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        plan.write(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nobody_moves_where_nobody_has_anything(flat: tg.TerritoryPlan, tmp_path: Path) -> None:
    assert moves_of(flat).empty
    flat.write(tmp_path / "flat.xlsx")
    assert list(sheets(tmp_path / "flat.xlsx")) == ["About", "Territories", "Assignments"]


def test_exchanges_are_counted_by_pair(plan: tg.TerritoryPlan) -> None:
    pairs = exchanges(moves_of(plan))
    assert pairs["accounts"].sum() == 28
    assert pairs["accounts"].is_monotonic_decreasing
    counts = plan.accounts.groupby(["rep", "territory"]).size()
    first = pairs.iloc[0]
    assert first["accounts"] == counts[first["from"], first["to"]]
