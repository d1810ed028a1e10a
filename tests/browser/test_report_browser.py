"""The report in a real browser: it opens offline, the map in its frame works, and it prints page by page."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def parts() -> ModuleType:
    """The module with the small plan; tests are no package, so it is loaded from its file."""
    path = Path(__file__).resolve().parents[1] / "render" / "conftest.py"
    spec = importlib.util.spec_from_file_location("report_parts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def report(parts: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    parts.plan.__wrapped__().report(file, title="Iowa & <b>", note="Draft", workbook=False)
    return file


@pytest.mark.parametrize("width", [1400, 390])
def test_it_opens_with_the_network_cut(browser: Any, report: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("request", lambda request: said.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append("dialog"), dialog.dismiss()))
    page.goto(report.as_uri())
    page.frame_locator("iframe.live").locator(".tg-ready").wait_for(state="attached", timeout=60_000)
    assert [line for line in said if line != report.as_uri() and not line.startswith("data:")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg.map:visible").count() == 3  # the overview is the live map here
    page.click("nav a[href='#territory2']")
    assert page.locator("#territory2").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_in_it_follows_the_readers_theme(browser: Any, report: Path, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(report.as_uri())
    drawn = page.frame_locator("iframe.live").locator(".tg-map")
    page.frame_locator("iframe.live").locator(".tg-ready").wait_for(state="attached", timeout=60_000)
    assert ("tg-dark" in str(drawn.get_attribute("class"))) == (scheme == "dark")
    # The table is open, because there is room.
    assert page.frame_locator("iframe.live").locator(".tg-toggle[aria-expanded='true']").count() == 1
    context.close()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_a_page_for_each_territory(browser: Any, report: Path, paper: str, tmp_path: Path) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(report.as_uri())
    data = page.pdf(format=paper, print_background=True, path=str(tmp_path / "report.pdf"))
    # Summary, scorecard, three territories, changes, method.
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 7
    page.emulate_media(media="print")
    assert page.locator("iframe.live").is_hidden()
    assert page.locator("nav").is_hidden()
    assert page.locator("svg.map:visible").count() == 4
    context.close()
