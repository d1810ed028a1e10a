"""What a reader does with the map in Chromium: switch plans, see what changes, search, sort, colour, filter, print."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.render.map import plan_map

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Visitor = Callable[..., Any]
SIZES = {"projector": {"width": 1400, "height": 900}, "phone": {"width": 390, "height": 844, "touch": True}}
HOSTILE = "</script><img src=x onerror=alert(1)>`${alert(2)}`\u202e"


@pytest.fixture(scope="module")
def scenarios() -> dict[str, tg.TerritoryPlan]:
    """Sixty accounts in Ohio with three reps today, and a plan in which some of them move."""
    table = tg.samples.demo_accounts()
    table = table[table["state"] == "OH"].head(60).sort_values(["lon", "account_id"]).reset_index(drop=True)
    table.loc[7, "name"] = HOSTILE
    table["current_rep"] = ["R1"] * 24 + ["R2"] * 18 + ["R3"] * 18
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table), measures=["potential_usd"])
    people = pd.DataFrame(
        {"rep_id": ["R1", "R2", "R3"], "name": ["Ann Lee", HOSTILE, "Cleo Roy"], "lon": [-84.2, -83.0, -81.7],
         "lat": [39.8, 40.0, 41.4], "capacity_hours": [100.0, 100.0, 100.0]}
    )  # fmt: skip
    reps = tg.read_reps(people)
    lock = tg.Lock(table["account_id"][:2].tolist(), "R1")
    problem = tg.TerritoryProblem(
        units, reps=reps, balance={"visit_hours": 0.1}, current="current_rep", constraints=[lock]
    )
    labels = pd.Series(["R1"] * 20 + ["R2"] * 20 + ["R3"] * 20, index=table["account_id"])
    unit = pd.Series(labels).groupby(pd.Series(units.unit_of).reindex(labels.index).to_numpy()).first()
    return {"Today": tg.TerritoryPlan.from_current(problem), "Proposed": tg.TerritoryPlan(problem, unit)}


def map_name(page: Any) -> str:
    return str(page.query_selector(".tg-map").get_attribute("id"))


def rows(page: Any) -> list[str]:
    return [row.inner_text() for row in page.query_selector_all(".tg-list .tg-name > bdi:first-child")]


def test_every_stop_of_the_tab_key_has_a_name(visit: Visitor, scenarios: dict[str, Any]) -> None:
    seen = visit(tg.explore(scenarios))
    page = seen.page
    page.click("button:has-text('What changes')")
    page.wait_for_timeout(300)
    assert page.query_selector("path.tg-move") is not None
    page.focus(".tg-map")
    names = [["DIV", str(page.get_attribute(".tg-map", "aria-label"))]]
    for _ in range(16):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                """() => {
                    const node = document.activeElement;
                    return [node.tagName, (node.getAttribute("aria-label") || node.textContent || "").trim()];
                }"""
            )
        )
    assert [tag for tag, name in names if not name and tag != "BODY"] == [], names
    assert not [tag for tag, _ in names if tag in ("path", "svg")]
    assert names[0][1] == "Map: arrow keys move it, plus and minus zoom"
    assert "Today" in [name for _, name in names]
    assert seen.complaints == []


@pytest.mark.parametrize("size", SIZES)
def test_switch_between_plans(visit: Visitor, scenarios: dict[str, Any], size: str) -> None:
    seen = visit(tg.explore(scenarios), **SIZES[size])
    page = seen.page
    outline = "document.querySelector('path.tg-territory').getAttribute('d')"
    proposed, said = page.evaluate(outline), page.inner_text(".tg-title p")
    moved = int(scenarios["Proposed"].disruption(["accounts"])["moved"].iloc[0])
    assert moved > 0
    assert f"{moved}\N{NO-BREAK SPACE}accounts change hands" in said
    page.click("text=Today")
    assert page.evaluate(outline) != proposed
    assert "change hands" not in page.inner_text(".tg-title p")
    assert page.is_disabled("text=What changes")
    page.click("text=Proposed")
    assert page.evaluate(outline) == proposed
    page.click("text=What changes")
    assert len(page.query_selector_all("path.tg-move")) >= 1
    assert f"{moved} of 60" in page.evaluate("document.querySelector('.tg-shown').textContent").replace("\u00a0", " ")
    page.click("text=Today")
    assert page.query_selector("path.tg-move") is None
    assert (seen.requests, seen.complaints) == ([], [])


def test_full_screen_fills_the_screen_and_ends(visit: Visitor, scenarios: dict[str, Any]) -> None:
    seen = visit(tg.explore(scenarios, height=500))
    page = seen.page
    name = map_name(page)
    # As functions: the page's policy forbids texts that run.
    size, zoom = f"() => [{name}.getSize().x, {name}.getSize().y]", f"() => {name}.getZoom()"
    full = "() => document.fullscreenElement !== null"
    assert page.evaluate(size) == [1400, 500]
    assert not page.evaluate(full)
    small = page.evaluate(zoom)
    page.click("button[aria-label='Full screen']")
    page.wait_for_function(full)
    # The screen has at least the window's size; how large it is depends on the browser.
    page.wait_for_function(f"() => {name}.getSize().y === innerHeight && innerHeight > 500")
    assert page.evaluate(size)[0] == page.evaluate("() => innerWidth")
    assert page.evaluate("() => document.fullscreenElement.classList.contains('tg-map')")
    assert page.is_visible(".tg-title")
    assert page.is_visible(".tg-legend")
    page.wait_for_function(f"() => {name}.getZoom() > {small}")
    page.click("button[aria-label='Full screen']")
    page.wait_for_function("() => document.fullscreenElement === null")
    page.wait_for_function(f"() => {name}.getSize().y === 500")
    assert (seen.requests, seen.complaints) == ([], [])


def test_a_window_that_is_made_narrow_shows_the_whole_plan(visit: Visitor, scenarios: dict[str, Any]) -> None:
    seen = visit(tg.explore(scenarios))
    page = seen.page
    assert page.get_attribute(".tg-toggle", "aria-expanded") == "true"
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_selector(".tg-toggle[aria-expanded='false']")
    inside = """() => [...document.querySelectorAll('path.tg-territory')].every((path) => {
      const box = path.getBoundingClientRect();
      return box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight;
    })"""
    page.wait_for_function(inside)
    # Wide again it opens again; but what a reader has chosen stays.
    page.set_viewport_size({"width": 1400, "height": 900})
    page.wait_for_selector(".tg-toggle[aria-expanded='true']")
    page.wait_for_function(inside)
    page.click(".tg-toggle")
    page.set_viewport_size({"width": 390, "height": 844})
    page.set_viewport_size({"width": 1400, "height": 900})
    page.wait_for_timeout(500)
    assert page.get_attribute(".tg-toggle", "aria-expanded") == "false"
    assert (seen.requests, seen.complaints) == ([], [])


def test_search_by_keyboard(visit: Visitor, scenarios: dict[str, Any]) -> None:
    seen = visit(tg.explore(scenarios))
    page = seen.page
    zoom = f"{map_name(page)}.getZoom()"
    before = page.evaluate(zoom)
    for wanted, kind in (("columbus", "Town"), ("ann l", "Territory"), ("cleo", "Rep"), ("onerror", "Account")):
        page.fill(".tg-search input", wanted)
        kinds = [item.inner_text() for item in page.query_selector_all(".tg-found .tg-kind")]
        assert kind in kinds, wanted
        for _ in range(kinds.index(kind)):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_timeout(1000)
        assert not page.is_visible(".tg-found")
        if kind != "Territory":
            assert page.evaluate(zoom) > before + 2
        page.evaluate(f"{map_name(page)}.setZoom({before}, {{animate: false}})")
    page.fill(".tg-search input", "qqqq")
    assert page.inner_text(".tg-found") == "Nothing of that name"
    page.keyboard.press("Escape")
    assert not page.is_visible(".tg-found")
    assert page.query_selector("img") is None
    assert (seen.requests, seen.complaints) == ([], [])


def test_table_sorts_and_keeps_with_the_shapes(visit: Visitor, scenarios: dict[str, Any]) -> None:
    page = visit(tg.explore(scenarios)).page
    assert rows(page) == ["R1", "R2", "R3"]
    hours = scenarios["Proposed"].territories["visit_hours"]
    page.click("[data-column='value']")
    assert rows(page) == list(hours.sort_values(ascending=False).index)
    page.click("[data-column='value']")
    assert rows(page) == list(hours.sort_values().index)
    first = page.query_selector(".tg-list .tg-row")
    first.hover()
    lit = page.query_selector("path.tg-highlight").get_attribute("data-territory")
    assert list(scenarios["Proposed"].territories.index)[int(lit)] == hours.sort_values().index[0]
    box = page.query_selector("path.tg-territory[data-territory='2']").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.72, box["y"] + box["height"] * 0.71)
    page.wait_for_selector(".tg-card:not([hidden])")
    page.wait_for_selector(".tg-list .tg-on")


def test_colours_by_measure_and_their_legend(visit: Visitor, scenarios: dict[str, Any]) -> None:
    seen = visit(tg.explore(scenarios))
    page = seen.page
    names = page.eval_on_selector_all(".tg-scale option", "all => all.map((one) => one.textContent)")
    assert names == ["Territory", "Visit hours vs target", "Potential vs mean", "Coverage"]
    fills = "all => all.map((one) => one.getAttribute('fill'))"
    own = page.eval_on_selector_all("path.tg-territory", fills)
    page.select_option(".tg-scale select", label="Potential vs mean")
    shaded = page.eval_on_selector_all("path.tg-territory", fills)
    assert own != shaded
    ticks = page.eval_on_selector_all(".tg-tick", "all => all.map((one) => one.textContent)")
    assert ticks[1] == "mean"
    assert ticks[0][1:] == ticks[2][1:]
    assert page.inner_text("[data-column='value']") == "Potential"
    page.select_option(".tg-scale select", label="Territory")
    assert page.eval_on_selector_all("path.tg-territory", fills) == own
    assert seen.complaints == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_light_and_dark(visit: Visitor, scenarios: dict[str, Any], theme: str) -> None:
    seen = visit(plan_map(scenarios, theme=theme))
    page = seen.page
    ink = "getComputedStyle(document.querySelector('.tg-title h1')).color"
    panel = "getComputedStyle(document.querySelector('.tg-title')).backgroundColor"

    def lightness(rule: str) -> float:
        return sum(map(int, page.evaluate(rule).removeprefix("rgb(").removesuffix(")").split(",")))

    assert (lightness(panel) > lightness(ink)) == (theme == "light")
    page.click("button[aria-label='Light or dark']")
    assert (lightness(panel) > lightness(ink)) == (theme == "dark")
    assert seen.complaints == []


def test_signs_open_cards_also_by_keyboard(visit: Visitor, scenarios: dict[str, Any]) -> None:
    seen = visit(tg.explore(scenarios))
    page = seen.page
    page.hover(".leaflet-control-layers")
    page.get_by_label("Homes of reps (3)").check()
    page.mouse.move(700, 880)
    sign = page.query_selector_all(".tg-sign-icon:has(.tg-sign-homes)")[1]
    sign.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('.tg-card .tg-name').textContent") == HOSTILE
    page.keyboard.press("Escape")
    assert not page.is_visible(".tg-card")
    assert len(page.query_selector_all(".tg-sign-locks")) == 2
    assert page.query_selector("img") is None
    assert seen.complaints == []


def test_the_policy_holds(visit: Visitor, scenarios: dict[str, Any]) -> None:
    page = visit(tg.explore(scenarios)).page
    page.evaluate(
        """() => {
            window.ran = 0;
            const script = document.createElement("script");
            script.textContent = "window.ran = 1";
            document.body.appendChild(script);
            const image = document.createElement("div");
            image.innerHTML = "<img src='data:,' onerror='window.ran = 2'>";
            document.body.appendChild(image);
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") == 0
    assert page.evaluate("fetch('https://example.com').then(() => 'fetched', () => 'refused')") == "refused"


def test_paper(visit: Visitor, scenarios: dict[str, Any]) -> None:
    seen = visit(plan_map(scenarios, theme="dark"))
    page = seen.page
    fitted = "Object.values(window).find((v) => v && v.accounts && v.data).fittedZoom"
    view = page.evaluate(f"[{map_name(page)}.getZoom(), {fitted}]")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not page.is_visible(".tg-toolbar")
    assert not page.is_visible(".leaflet-control-zoom")
    assert page.is_visible(".tg-list")
    # A sheet of A4 across, less its margins.
    assert page.evaluate("document.querySelector('.tg-map').offsetWidth") == pytest.approx(277 / 25.4 * 96, abs=1)
    assert not page.evaluate("document.querySelector('.tg-map').classList.contains('tg-dark')")
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.querySelector('.tg-map').classList.contains('tg-dark')")
    assert page.evaluate(f"[{map_name(page)}.getZoom(), {fitted}]") == view
    assert seen.complaints == []


def test_paper_gets_canvases_as_pictures(visit: Visitor, scenarios: dict[str, Any]) -> None:
    """What is drawn stroke by stroke while a page is printed wipes out the shapes below it."""
    page = visit(plan_map(scenarios)).page
    page.evaluate(
        """() => {
            window.last = new Map();
            const context = CanvasRenderingContext2D.prototype;
            for (const name of ["putImageData", "fillText", "strokeText", "fill", "stroke", "clearRect"]) {
                const was = context[name];
                context[name] = function (...given) {
                    window.last.set(this.canvas, name);
                    return was.apply(this, given);
                };
            }
        }"""
    )
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    ends = page.evaluate("[...document.querySelectorAll('.tg-map canvas')].map((canvas) => window.last.get(canvas))")
    assert ends == ["putImageData", "putImageData"]
    # Towns and accounts are still there.
    assert page.evaluate(
        """() => [...document.querySelectorAll('.tg-map canvas')].every((canvas) =>
            canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0))"""
    )


def test_ordinary_plans_have_no_switch(visit: Visitor, plans: ModuleType) -> None:
    page = visit(plan_map(plans.make_plan())).page
    assert page.query_selector(".tg-scenarios") is None
