"""The map of findings in Chromium: it opens offline without complaint, switches, zooms, and text stays text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import territory_geo as tg

pytestmark = [pytest.mark.slow, pytest.mark.browser]

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def accounts() -> tg.Accounts:
    """Sixty accounts, one of them swapped, one without a place; one with hostile texts shares a spot."""
    table = tg.samples.demo_accounts().head(60)[["account_id", "name", "lat", "lon"]]
    table.loc[2, ["lat", "lon"]] = [-75.5, 40.5]
    table.loc[4, "lat"] = None
    table.loc[6, ["lat", "lon"]] = table.loc[5, ["lat", "lon"]].to_numpy(dtype=float)
    table.loc[6, "account_id"] = HOSTILE
    return tg.read_accounts(table)


@pytest.mark.parametrize("size", [{"width": 1300, "height": 800}, {"width": 390, "height": 844, "touch": True}])
def test_opens_switches_and_shows(accounts: tg.Accounts, visit: Callable[..., Any], size: dict[str, Any]) -> None:
    seen = visit(tg.explore(accounts, title=HOSTILE), **size)
    page = seen.page
    assert page.inner_text(".tg-title h1") == HOSTILE
    rows = {row.inner_text().split("\n")[0]: row for row in page.query_selector_all(".tg-findings li")}
    assert list(rows) == ["missing coordinate", "swapped", "stacked", "clean accounts"]
    assert "no place on the map" in rows["missing coordinate"].inner_text()
    assert rows["missing coordinate"].query_selector("input").is_disabled()
    page.click("button[aria-label='Light or dark']")
    assert page.query_selector(".tg-map.tg-dark") is not None
    page.click("button[aria-label='Light or dark']")
    # The swapped row lies in Antarctica, out of the first view; "show" goes there.
    rows["swapped"].query_selector(".tg-zoom").click()
    page.wait_for_timeout(1200)
    name = page.query_selector(".tg-map").get_attribute("id")
    middle = page.evaluate(f"[{name}.getCenter().lat, {name}.getCenter().lng]")
    assert middle == pytest.approx([-75.5, 40.5], abs=0.5)
    if not size.get("touch"):
        spot = page.evaluate(f"{name}.latLngToContainerPoint([-75.5, 40.5])")
        page.mouse.move(spot["x"] + 30, spot["y"] + 30)
        page.wait_for_timeout(100)  # Leaflet listens to a pointer thirty times a second
        page.mouse.move(spot["x"], spot["y"])
        page.wait_for_selector(".tg-tip")
        tip = page.inner_text(".tg-tip")
        assert tip.startswith("swapped\nrow 3\n")
        assert tip.endswith("with latitude and longitude swapped it is among them\nRejected")
    rows["swapped"].query_selector("input").click()
    assert not rows["swapped"].query_selector("input").is_checked()
    assert (seen.requests, seen.complaints) == ([], [])
