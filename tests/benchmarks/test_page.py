"""What the page says: losing and failing rows stay, and who loses is said in words."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import page_compare, tables


def row(method: str, km: float, *, valid: bool = True, budget: str = "", deviation: float = 0.04) -> dict[str, Any]:
    """Return a row of one run."""
    run = {"seed": 0, "seconds": 1.0, "territories": 2, "split": 0, "deviation": deviation, "km": km, "valid": valid}
    more = {"plans": 1, "valid": int(valid), "error": None, "knows": "", "km_range": [km, km]}
    return {**run, **more, "method": method, "budget": budget, "runs": [run]}


def failed(method: str, error: str) -> dict[str, Any]:
    """Return a row without a plan."""
    runs = [{"seed": 0, "error": error}]
    return {"method": method, "budget": "", "knows": "", "plans": 0, "valid": 0, "error": error, "runs": runs}


def case(*rows: dict[str, Any]) -> dict[str, Any]:
    """Return a case with rows."""
    facts = {"name": "c", "title": "C", "units": 4, "territories": 2, "measure": "people", "tolerance": 0.05}
    return {**facts, "rows": list(rows)}


@pytest.fixture
def content() -> dict[str, Any]:
    """A comparison where one peer wins, one loses, one breaks the rules and one fails."""
    rows = [
        row("territory_geo", 100.0, budget="5 s"),
        row("Better", 90.0),
        row("Worse", 110.0),
        row("Lawless", 80.0, valid=False, deviation=1.5),
        failed("Broken", "ImportError: no | such thing"),
    ]
    packages = {"numpy": "2.0", "spopt": None}
    machine = {"date": "2026-01-01", "cpu": "x", "cores": 2, "ram_gb": 8.0, "system": "s", "python": "3.11"}
    settings = {"seeds": 1, "warm_up_s": 1.0}
    return {**machine, "territory_geo": "0", "packages": packages, "settings": settings, "cases": [case(*rows)]}


def test_every_row_is_in_the_table(content: dict[str, Any]) -> None:
    text = page_compare.section(content)
    for method in ("territory_geo, 5 s", "Better", "Worse", "Lawless", "Broken"):
        assert f"| {method} |" in text
    assert "failed: ImportError: no \\| such thing" in text
    assert "spopt (not installed)" in text


def test_who_loses_is_said(content: dict[str, Any]) -> None:
    said = " ".join(page_compare.verdict(content["cases"][0]))
    assert "We lose to Better**: 90.0 km within the rules, 10.0 % shorter" in said
    assert "Within the rules but longer: Worse 110.0 km (+10.0 %)" in said
    assert "against the rules: Lawless, 80.0 km (−20.0 %); its worst territory is 150 % off the mean" in said
    assert "Gave no plan: Broken (ImportError: no | such thing)" in said


def test_without_a_plan_of_ours_we_lose() -> None:
    said = page_compare.verdict(case(failed("territory_geo", "not_found"), row("Better", 1.0)))
    assert said == ["territory_geo found no plan within the rules: it loses."]


def test_percentages() -> None:
    assert tables.percent(-0.00001, 1, sign=True) == "+0.0 %"
    assert tables.percent(-0.0123, 2, sign=True) == "−1.23 %"
    assert tables.percent(None) == "–"
