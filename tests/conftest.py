"""What all tests share: hypothesis made repeatable, tests that need a browser or a server kept out of the fast run.

Fixtures that only one room needs live in that room's own conftest.py.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Derandomised: the same examples on every machine, so a red run can be repeated.
# No deadline: the first call of a numba kernel compiles it.
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")


# Tests that need something of the system, and the variable that says it is there.
OUTSIDE = {"browser": "REQUIRE_BROWSER", "postgis": "REQUIRE_POSTGIS"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that needs something of the system slow, before `-m` selects."""
    for item in items:
        if any(item.get_closest_marker(name) for name in OUTSIDE) and not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that was skipped where the caller says that what it needs is there."""
    report = yield
    for name, variable in OUTSIDE.items():
        if report.skipped and os.environ.get(variable) and item.get_closest_marker(name):
            report.outcome = "failed"
            report.longrepr = f"skipped, though {variable} is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's root folder."""
    return Path(__file__).resolve().parents[1]
