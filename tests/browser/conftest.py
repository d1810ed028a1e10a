"""Chromium for the tests that look at a page as a person does.

Without it they are skipped, and say what to install.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Visit:
    """A page that is open in the browser, and what it did on the way there."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def plans() -> ModuleType:
    """The module with `make_plan`; tests are no package, so it is loaded from its file."""
    path = Path(__file__).resolve().parents[1] / "render" / "test_map.py"
    spec = importlib.util.spec_from_file_location("map_plans", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium, driven by Playwright (which must not download one of its own)."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip('NO BROWSER TEST RAN: Playwright is missing. Install it: pip install "territory-geo[test]"')
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("NO BROWSER TEST RAN: Chromium is missing. Install it: apt-get install chromium (as root)")
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as profile:
        chromium = driver.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, f"--disk-cache-dir={profile}"], headless=True
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """Save a map, open it from disk with the network cut, and take down requests and complaints."""
    contexts = []

    def open_map(saved: Any, *, width: int = 1400, height: int = 900, touch: bool = False) -> Visit:
        path = tmp_path / f"map{len(contexts)}.html"
        saved.save(str(path))
        context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True, has_touch=touch, is_mobile=touch
        )
        contexts.append(context)
        # A machine that is busy with other tests may need long for what takes a blink.
        context.set_default_timeout(120_000)
        page = context.new_page()
        seen = Visit(page)
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("console", lambda message: seen.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (seen.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(path.as_uri())
        page.wait_for_selector(".tg-ready")
        # Labels are arranged in the frame after the first layout.
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seen.requests = [url for url in seen.requests if url != path.as_uri() and not url.startswith("data:")]
        return seen

    yield open_map
    for context in contexts:
        context.close()
