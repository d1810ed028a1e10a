"""The page's policy: the scripts that were written, nothing else; hosts only for what was asked for."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import folium
import pytest

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.render.map import plan_map
from territory_geo.render.policy import policy_of


def rendered(page: folium.Map) -> str:
    return str(page.get_root().render())


def policy(text: str) -> dict[str, list[str]]:
    (found,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    return {words[0]: words[1:] for words in map(str.split, found.split("; "))}


def test_only_the_scripts_that_were_written(line: Any) -> None:
    text = rendered(plan_map(line.plan))
    rules = policy(text)
    scripts = [
        body for kind, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL) if "json" not in kind
    ]
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts}
    assert set(rules["script-src"]) == hashes
    assert len(hashes) == 3
    assert rules["default-src"] == ["'none'"]
    assert rules["img-src"] == ["data:", "blob:"]
    # It must stand before the first script to hold for it.
    assert text.index("Content-Security-Policy") < text.index("<script")


def test_tiles_are_asked_for(line: Any) -> None:
    rules = policy(rendered(plan_map(line.plan, tiles="OpenStreetMap")))
    assert rules["img-src"][2:] == ["https://tile.openstreetmap.org"]
    own = folium.TileLayer("https://{s}.tiles.example/{z}/{x}/{y}.png", attr="Example")
    assert policy(rendered(plan_map(line.plan, tiles=own)))["img-src"][2:] == ["https://*.tiles.example"]


def test_links_of_added_elements_are_followed(line: Any) -> None:
    page = plan_map(line.plan)
    folium.Marker([0, 0], icon=folium.Icon(color="red")).add_to(page)
    assert any(rule.startswith("https://") for rule in policy(rendered(page))["script-src"])


def test_data_that_looks_like_a_link_names_no_host() -> None:
    page = '<script type="application/json">"\\u003cscript src=https://evil.example\\u003e"</script>'
    assert "evil" not in policy_of(page)
    assert "script-src 'none'" in policy_of(page)


def test_explore_takes_plans_and_nothing_else(line: Any) -> None:
    page = tg.explore({"Today": line.today, "Proposed": line.plan}, title="Spring")
    assert isinstance(page, folium.Map)
    for wrong in ({}, {"a": 1}, 7):
        with pytest.raises(OptionError, match="must be what read_accounts returns, a TerritoryPlan, or a mapping"):
            tg.explore(wrong)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="at least one"):
        plan_map({})
