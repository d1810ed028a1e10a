"""The map of findings: somebody opens it to see where the doubtful rows lie, with no network.

Right means: each finding that has a place is a dot of its rule, the legend counts all of them, texts stay texts.
"""

from __future__ import annotations

import json
import re
from typing import Any

import folium
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import OptionError
from territory_geo.render import findings


def model(page: folium.Map) -> dict[str, Any]:
    found = re.search(r'id="payload_\w+_data">(.*?)</script>|id="plan_\w+_data">(.*?)</script>', html(page), re.DOTALL)
    assert found is not None
    return json.loads(found[1] or found[2])  # type: ignore[no-any-return]


def html(page: folium.Map) -> str:
    return str(page.get_root().render())


@pytest.fixture
def accounts() -> tg.Accounts:
    """Thirty accounts: one swapped, one in metres, two on one spot, one with hostile texts."""
    table = tg.samples.demo_accounts().head(30)[["account_id", "name", "lat", "lon"]]
    table.loc[2, ["lat", "lon"]] = [-75.5, 40.5]
    table.loc[4, ["lat", "lon"]] = [4_000_000.0, 500_000.0]
    table.loc[6, ["lat", "lon"]] = table.loc[5, ["lat", "lon"]].to_numpy(dtype=float)
    table.loc[6, "account_id"] = "</script><script>alert(1)</script>"
    return tg.read_accounts(table)


def test_each_finding_with_a_place_is_drawn_and_all_are_counted(accounts: tg.Accounts) -> None:
    page = tg.explore(accounts, title="Spring <b>list</b>")
    assert isinstance(page, folium.Map)
    data = model(page)
    assert data["status"] == ["30 rows read", "28 used", "2 rejected"]
    rules = {rule["label"]: rule for group in data["groups"] for rule in group["rules"]}
    assert {name: (rule["count"], len(rule["x"])) for name, rule in rules.items()} == {
        "projected metres": (1, 0),
        "swapped": (1, 1),
        "stacked": (2, 2),
        "clean accounts": (26, 26),
    }
    assert rules["projected metres"]["note"] == "no place on the map"
    assert [group["label"] for group in data["groups"]] == ["Rejected", "For the record", "Nothing found"]
    swapped, origin, step = rules["swapped"], data["origin"], data["grid"]
    raw = accounts.rejected_places.set_index("row").loc[3]
    assert origin[0] + swapped["x"][0] * step == pytest.approx(raw["lon"], abs=step)
    assert origin[1] + swapped["y"][0] * step == pytest.approx(raw["lat"], abs=step)


def test_the_page_is_offline_escaped_and_repeats(accounts: tg.Accounts) -> None:
    pages = [html(tg.explore(accounts, title="</title><script>alert(2)</script>")) for _ in range(2)]
    assert pages[0] == pages[1]
    assert "<script>alert" not in pages[0]
    assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?://', pages[0]) == []


def test_nothing_usable_and_planes() -> None:
    nothing = tg.read_accounts(pd.DataFrame({"id": [1], "lon": [None], "lat": [None]}))
    assert model(tg.explore(nothing))["status"][1] == "0 used"
    plane = tg.read_accounts(pd.DataFrame({"id": [1, 1], "x": [5e5, 6e5], "y": [5e6, 6e6]}), crs=None)
    rules = {rule["label"]: rule for group in model(tg.explore(plane))["groups"] for rule in group["rules"]}
    assert len(rules["duplicate id"]["x"]) == 1


def test_many_rows_are_thinned_and_the_legend_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "MOST_DOTS", 5)
    table = pd.DataFrame({"id": range(20), "lon": [8.0] * 20, "lat": [50.0] * 20})
    rule = model(tg.explore(tg.read_accounts(table)))["groups"][0]["rules"][0]
    assert (rule["label"], rule["count"], len(rule["x"]), rule["note"]) == ("stacked", 20, 5, "5 of them drawn")


def test_something_else_is_refused() -> None:
    with pytest.raises(OptionError, match=r"what read_accounts returns, a TerritoryPlan, or a mapping.* Got DataFrame"):
        tg.explore(pd.DataFrame())  # type: ignore[arg-type]
