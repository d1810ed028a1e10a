"""Every picture of a plan has the same colours; the map of today's plan has no second one to switch to."""

from __future__ import annotations

import re
from pathlib import Path

import territory_geo as tg
from territory_geo.render.export import write_nearest
from territory_geo.render.look import look_of, looks_of
from territory_geo.render.map import map_with_today


def test_a_plan_has_the_colours_that_it_has_beside_today(plan: tg.TerritoryPlan) -> None:
    today = tg.TerritoryPlan.from_current(plan.problem)
    assert look_of(plan).fills == looks_of([today, plan])[1].fills
    page = map_with_today(plan).get_root().render()
    assert page.count("Proposed") == 1
    single = plan.explore().get_root().render()
    for fill in look_of(plan).fills:
        assert fill in page
        assert fill in single


def test_today_by_itself_needs_no_switch(plan: tg.TerritoryPlan) -> None:
    page = map_with_today(tg.TerritoryPlan.from_current(plan.problem)).get_root().render()
    assert "Proposed" not in page


def test_the_nearest_map_switches_to_today(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    write_nearest(plan.problem, plan, tmp_path, {"status": "not_found", "reason": "why"})
    page = (tmp_path / "nearest" / "map.html").read_text(encoding="utf-8")
    names = re.findall(r'"name": ?"(Today|Nearest|Proposed)"', page)
    assert names == ["Today", "Nearest"]


def test_a_plan_of_nobody_has_its_own_colours(flat: tg.TerritoryPlan) -> None:
    first, second = look_of(flat).fills
    assert first != second
