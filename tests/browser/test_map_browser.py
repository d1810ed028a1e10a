"""The map in Chromium: it opens offline without complaint, answers the pointer, and text stays text."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from territory_geo.render.map import plan_map

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Visitor = Callable[..., Any]
SIZES = {"projector": {"width": 1400, "height": 900}, "phone": {"width": 390, "height": 844, "touch": True}}
NBSP = "\N{NO-BREAK SPACE}"


def boxes(page: Any, selector: str) -> list[dict[str, float]]:
    found = [element.bounding_box() for element in page.query_selector_all(selector) if element.is_visible()]
    return [box for box in found if box]


def overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    return (
        a["x"] < b["x"] + b["width"] - 0.5
        and b["x"] < a["x"] + a["width"] - 0.5
        and a["y"] < b["y"] + b["height"] - 0.5
        and b["y"] < a["y"] + a["height"] - 0.5
    )


def shape(page: Any, number: int) -> Any:
    """Where a territory is drawn in the window."""
    return page.query_selector(f"path.tg-territory[data-territory='{number}']").bounding_box()


def middle(page: Any, number: int) -> tuple[float, float]:
    """A point of the window inside a territory, off its pin and label."""
    box = shape(page, number)
    return box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3


def card(page: Any) -> str:
    return page.inner_text(".tg-card") if page.is_visible(".tg-card") else ""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("crs", [4326, None])
def test_opens_offline_without_complaint(visit: Visitor, plans: ModuleType, size: str, crs: int | None) -> None:
    seen = visit(plan_map(plans.make_plan(crs=crs, step=1.0 if crs else 1000.0)), **SIZES[size])
    assert seen.requests == []
    assert seen.complaints == []
    assert len(seen.page.query_selector_all("path.tg-territory")) == 9


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("side", [6, 24])
def test_nothing_covers_anything(visit: Visitor, plans: ModuleType, size: str, side: int) -> None:
    plan = plans.make_plan(kind="points", side=side, step=6 / side)
    page = visit(plan_map(plan, title="A rather long title for a plan of many territories"), **SIZES[size]).page
    panels = boxes(page, ".tg-panel, .leaflet-control-layers, .leaflet-bar, .leaflet-control-scale")
    assert len(panels) == 5
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    for box in panels:
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
    assert not any(overlap(a, b) for a, b in combinations(panels, 2))
    labels = boxes(page, ".tg-label")
    assert len(labels) >= 9
    assert not any(overlap(a, b) for a, b in combinations(labels, 2))
    shapes = boxes(page, "path.tg-territory")
    assert not any(overlap(a, b) for a in shapes for b in panels)


def test_territory_card(visit: Visitor, plans: ModuleType) -> None:
    seen = visit(plan_map(plans.make_plan(balance={"hours": 0.1, "revenue_usd": 5.0})))
    page = seen.page
    page.mouse.move(*middle(page, 0))
    text = card(page)
    expected = ("T01", "Hours", f"6{NBSP}h", f"Target 8{NBSP}h", f"−25.0{NBSP}%", "Revenue", "$18,000")
    for part in (*expected, "Areas", "4", f"40{NBSP}km", f"9,876{NBSP}km²"):
        assert part in text, part
    assert page.query_selector(".tg-card .tg-value.tg-out").inner_text() == f"−25.0{NBSP}%"
    assert len(page.query_selector_all(".tg-highlight")) == 1
    assert page.query_selector(".tg-list .tg-on .tg-name").inner_text() == "T01"
    page.mouse.move(700, 890)
    assert card(page) == ""
    assert page.query_selector(".tg-highlight") is None
    assert seen.complaints == []


def test_account_card(visit: Visitor, plans: ModuleType) -> None:
    seen = visit(plan_map(plans.make_plan(kind="points")))
    page = seen.page
    box = shape(page, 0)
    # Accounts lie in the middle of each of the territory's four squares; the first one is south-west.
    page.mouse.move(box["x"] + box["width"] / 4 + 2, box["y"] + box["height"] * 0.75)
    text = card(page)
    for part in (
        "Plain Co.",
        "Account",
        "u0000",
        "Territory",
        "T01",
        "Hours",
        f"1{NBSP}h",
        "Revenue",
        "$1,000",
    ):
        assert part in text, part
    assert page.query_selector("path.tg-ring") is not None
    assert seen.complaints == []


def test_dots_are_drawn_in_the_dark_shade(visit: Visitor, plans: ModuleType) -> None:
    page = visit(plan_map(plans.make_plan(kind="points"))).page
    painted = page.evaluate(
        """() => {
            const canvas = document.querySelector("canvas.tg-canvas");
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return pixels.filter((_, i) => i % 4 === 3 && pixels[i] > 200).length;
        }"""
    )
    assert painted > 36


def test_layer_switch(visit: Visitor, plans: ModuleType) -> None:
    seen = visit(plan_map(plans.make_plan(kind="points")))
    page = seen.page
    drawn = {
        "State lines": "path.tg-state",
        "Territories": "path.tg-territory",
        "Towns": "canvas.tg-towns",
        "Accounts (36)": "canvas.tg-canvas",
        "Centres and labels": ".tg-center",
    }
    names = [label.inner_text().strip() for label in page.query_selector_all(".leaflet-control-layers label")]
    assert names == list(drawn)
    for name, selector in drawn.items():
        box = page.get_by_label(name, exact=True)
        assert box.is_checked()
        box.uncheck()
        assert page.query_selector(selector) is None, name
        assert page.query_selector("path.tg-land") is not None
        box.check()
        assert page.query_selector(selector) is not None, name
    page.get_by_label("Accounts (36)").uncheck()
    page.mouse.move(*middle(page, 0))
    assert "T01" in card(page)
    assert seen.complaints == []


def test_legend(visit: Visitor, plans: ModuleType) -> None:
    seen = visit(plan_map(plans.make_plan()))
    page = seen.page
    rows = page.query_selector_all(".tg-list button")
    assert rows[0].inner_text().split() == ["T01", "6", "−25.0", "%", "4"]
    rows[4].hover()
    assert len(page.query_selector_all("path.tg-highlight")) == 1
    assert page.query_selector(".tg-center.tg-on .tg-label").inner_text() == "T05"
    before = shape(page, 4)["width"]
    rows[4].click()
    page.wait_for_timeout(1200)
    assert shape(page, 4)["width"] > 1.5 * before
    page.mouse.move(5, 5)  # away from the list, which would light up the row under the pointer when it comes back
    page.focus(".tg-toggle")
    page.keyboard.press("Enter")
    assert not page.is_visible(".tg-list")
    page.keyboard.press("Enter")
    # The choice of colours and four columns to sort by come first.
    for _ in range(6):
        page.keyboard.press("Tab")
    assert page.query_selector(".tg-list .tg-on .tg-name").inner_text() == "T01"
    assert seen.complaints == []


def test_legend_scrolls_when_it_is_long(visit: Visitor, plans: ModuleType) -> None:
    page = visit(plan_map(plans.make_plan(side=24, step=0.25))).page
    shown, whole = (page.evaluate(f"document.querySelector('.tg-list').{x}") for x in ("clientHeight", "scrollHeight"))
    assert shown < whole
    page.mouse.move(*middle(page, 143))
    row = page.query_selector(".tg-list .tg-on").bounding_box()
    panel = page.query_selector(".tg-legend").bounding_box()
    assert panel["y"] <= row["y"]
    assert row["y"] + row["height"] <= panel["y"] + panel["height"] + 0.5


def test_phone_card_is_docked_and_closes(visit: Visitor, plans: ModuleType) -> None:
    seen = visit(plan_map(plans.make_plan()), **SIZES["phone"])
    page = seen.page
    assert not page.is_visible(".tg-list")
    page.touchscreen.tap(*middle(page, 0))
    page.wait_for_selector(".tg-card.tg-docked")
    box = page.query_selector(".tg-card").bounding_box()
    assert "T01" in card(page)
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 844
    page.tap(".tg-close")
    assert card(page) == ""
    page.tap(".tg-toggle")
    assert page.is_visible(".tg-list")
    assert seen.complaints == []


def test_phone_table_is_a_sheet_below_the_plan(visit: Visitor, plans: ModuleType) -> None:
    page = visit(plan_map(plans.make_plan(side=24, step=0.25)), **SIZES["phone"]).page
    closed = shape(page, 0)
    page.tap(".tg-toggle")
    sheet = page.query_selector(".tg-legend").bounding_box()
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= 390
    assert sheet["y"] + sheet["height"] <= 844
    title = page.query_selector(".tg-title").bounding_box()
    shown = boxes(page, "path.tg-territory")
    assert len(shown) == 144
    assert min(box["y"] for box in shown) >= title["y"] + title["height"]
    assert max(box["y"] + box["height"] for box in shown) <= sheet["y"]
    assert not page.is_visible(".leaflet-control-zoom")
    page.tap(".tg-toggle")
    assert page.is_visible(".leaflet-control-zoom")
    assert shape(page, 0) == pytest.approx(closed)


def test_zoom_keeps_dots_on_their_places(visit: Visitor, plans: ModuleType) -> None:
    seen = visit(plan_map(plans.make_plan(kind="points")))
    page = seen.page
    page.mouse.move(*middle(page, 4))
    before = shape(page, 4)["width"]
    page.mouse.wheel(0, -240)
    page.wait_for_timeout(800)
    at = page.evaluate(
        """() => {
            const map = Object.values(window).find((v) => v instanceof L.Map);
            const point = map.latLngToContainerPoint([39.5, -102.5]);
            return [point.x, point.y];
        }"""
    )
    assert shape(page, 4)["width"] > 1.5 * before
    page.mouse.move(at[0] + 1, at[1] + 1)
    assert "u0020" in card(page)
    assert seen.complaints == []


@pytest.mark.parametrize("size", SIZES)
def test_hostile_text_does_nothing(visit: Visitor, plans: ModuleType, size: str) -> None:
    for name in plans.HOSTILE:
        plan = plans.make_plan(kind="points", names=(name,), prefix=name)
        seen = visit(plan_map(plan, title=name), **SIZES[size])
        page = seen.page
        shown = name.replace("\x00", "")
        assert page.evaluate("document.querySelector('.tg-title h1').textContent").replace("\x00", "") == shown
        assert (
            page.evaluate("document.querySelector('.tg-list .tg-name').textContent").replace("\x00", "") == shown + "01"
        )
        point = middle(page, 0)
        if size == "phone":
            page.touchscreen.tap(*point)
            page.wait_for_selector(".tg-card.tg-docked")
        else:
            box = shape(page, 0)
            page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] * 0.75)
            heading = page.evaluate("document.querySelector('.tg-card .tg-name').textContent")
            assert heading.replace("\x00", "") == shown
        assert page.query_selector("img") is None
        assert page.evaluate("[...document.querySelectorAll('bdi')].every((n) => n.children.length === 0)")
        assert seen.requests == []
        assert seen.complaints == []


def test_popups_of_added_markers_work_offline(visit: Visitor, plans: ModuleType) -> None:
    import folium

    page = plan_map(plans.make_plan())
    folium.Marker([39, -99.5], popup="Depot 7").add_to(page)
    seen = visit(page)
    seen.page.click("img.leaflet-marker-icon")
    seen.page.wait_for_selector(".leaflet-popup-content")
    assert "Depot 7" in seen.page.inner_text(".leaflet-popup-content")
    assert seen.requests == []
    assert seen.complaints == []


def test_bridges_are_dashed_and_say_their_length(visit: Visitor, plans: ModuleType) -> None:
    plan = plans.make_plan(kind="points")
    xy = shapely.get_coordinates(np.array(plan.accounts.geometry.array))
    ends = ["u0000", "u0035"]
    edges = pd.DataFrame({"u": ends[:1], "v": ends[1:], "kind": ["bridge"], "length_km": [678.9]})
    plan.problem.graph = SimpleNamespace(bridges=edges, cut=edges[:0], barriers=None)
    plan.problem.units.ids, plan.problem.units.xy = [f"u{i:04d}" for i in range(36)], xy
    seen = visit(plan_map(plan))
    page = seen.page
    line = page.query_selector("path.tg-bridge")
    assert "5" in page.evaluate("node => getComputedStyle(node).strokeDasharray", line)
    box = line.bounding_box()
    # A quarter along the way from the lower left to the upper right, off the dots.
    page.mouse.move(box["x"] + box["width"] * 0.27, box["y"] + box["height"] * 0.73)
    text = page.inner_text(".tg-tooltip")
    for part in (*ends, "Bridge", f"679{NBSP}km"):
        assert part in text, part
    assert seen.complaints == []
