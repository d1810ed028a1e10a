"""Numbers as people read them."""

from __future__ import annotations

import pytest

from territory_geo.render.formats import NumberFormat, share_text, tolerance_text


@pytest.mark.parametrize(
    ("name", "value", "label", "text"),
    [
        ("population", 10_081_570, "population", "10,081,570"),
        ("visit_hours", 1250.4, "visit hours", "1,250_h"),
        ("visit_minutes", 45, "visit minutes", "45_min"),
        ("revenue_usd", 49_256.4, "revenue", "$49,256"),
        ("potential_eur", -12.34, "potential", "−€12.3"),
        ("area_km2", 9.876, "area", "9.88_km²"),
        ("hours", 12, "hours", "12_h"),
        ("km", 118.4, "km", "118_km"),
        ("score", 0.12345, "score", "0.1235"),
        ("accounts", float("nan"), "accounts", "nan"),
        ("", 3, "", "3"),
    ],
)
def test_measures(name: str, value: float, label: str, text: str) -> None:
    style = NumberFormat.of(name, [value])
    assert style.label == label
    assert style.write(value) == text.replace("_", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0321, "+3.2_%"), (-0.0321, "−3.2_%"), (0.00001, "0.0_%"), (-0.0004, "0.0_%"), (12.5, "+1250.0_%")],
)
def test_shares(share: float, text: str) -> None:
    assert share_text(share, signed=True) == text.replace("_", "\N{NO-BREAK SPACE}")
    assert share_text(share) == text.replace("_", "\N{NO-BREAK SPACE}").lstrip("+−")


@pytest.mark.parametrize(("share", "text"), [(0.1, "±10_%"), (0.005, "±0.5_%"), (0.0, "±0_%"), (1.5, "±150_%")])
def test_tolerances(share: float, text: str) -> None:
    assert tolerance_text(share) == text.replace("_", "\N{NO-BREAK SPACE}")
