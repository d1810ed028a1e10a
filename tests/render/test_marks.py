"""Homes, locks, teams and findings stand where they are; views are held against the target, the mean, the hours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.render import map as drawing
from territory_geo.render import marks
from territory_geo.render.bridges import barriers_data
from territory_geo.render.layers import PlanLayer
from territory_geo.render.shapes import Frame
from territory_geo.render.towns import MOST_TOWNS, largest_towns, named_twice, towns_data
from territory_geo.render.views import territory_views

FRAME = Frame((0.0, 0.0, 7000.0, 100.0), geographic=False)


def test_homes(line: Any) -> None:
    found = marks.homes_data(line.reps, FRAME)
    assert found is not None
    assert found[1] == {
        "at": [10.0, 5500.0],
        "id": "Bob",
        "name": "<b>Bob</b>",
        "lines": [["Home", "East"], ["Role", "rep"], ["Hours a year", "20"]],
    }
    assert marks.homes_data(None, FRAME) is None


def test_locks(line: Any) -> None:
    found = marks.locks_data(line.plan, FRAME)
    assert found is not None
    assert [(mark["id"], mark["at"]) for mark in found] == [("a", [0.0, 0.0]), ("h", [0.0, 7000.0])]
    assert found[0]["lines"] == [["Stays in", "Ann"], ["Rule", "L1"]]


@pytest.mark.parametrize(("most", "shown"), [(2, True), (1, False)])
def test_more_locks_than_a_map_bears_wait_in_the_switch(
    line: Any, most: int, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "MOST_LOCKS", most)
    layers = [child for child in drawing.plan_map(line.plan)._children.values() if isinstance(child, PlanLayer)]
    assert {layer.layer_name: layer.show for layer in layers}["Locks (2)"] is shown


def test_teams(line: Any) -> None:
    accounts = pd.DataFrame({"account_id": ["c", "b"], "revenue_usd": [100, 200]})
    people = pd.DataFrame({"rep_id": ["P1"], "name": ["Pia"], "role": "rep", "capacity_hours": 500, "lon": 1, "lat": 0})
    role = tg.TeamRole("rep", 50, "owns", skills="ignore")
    problem = tg.TeamProblem(accounts, tg.read_reps(people, crs=None), [role])
    found = marks.teams_data(tg.TeamPlan(problem, ("P1", "")), line.plan, FRAME)
    assert found is not None
    assert [(mark["id"], mark["at"], mark["lines"]) for mark in found] == [
        ("b", [0.0, 1000.0], [["Rep", "Pia", "Owns"]]),
        ("c", [0.0, 2000.0], [["Rep", "nobody", "Owns"]]),
    ]
    with pytest.raises(OptionError, match=r"pass solution\.plan"):
        marks.teams_data("teams", line.plan, FRAME)  # type: ignore[arg-type]


def test_findings(line: Any) -> None:
    table = pd.DataFrame(
        {
            "row": [2, 2, 99],
            "id": ["b", "b", "x"],
            "rule": ["stacked", "far_outlier", "stacked"],
            "finding": list("pqr"),
        }
    )
    found = marks.findings_data(table, line.plan, FRAME)
    # Row 99 is no account of the plan.
    assert found == [
        {"at": [0.0, 1000.0], "id": "b", "name": "Row 2", "lines": [["Far outlier", "q"], ["Stacked", "p"]]}
    ]
    with pytest.raises(OptionError, match="missing: rule, finding"):
        marks.findings_data(table[["row", "id"]], line.plan, FRAME)


def test_views(line: Any) -> None:
    hours, potential, coverage = territory_views(line.plan, line.reps)
    assert (hours["label"], hours["against"], hours["tolerance"]) == ("hours", "target", 0.1)
    assert hours["deviations"].tolist() == [0.0, 0.0]
    assert (potential["label"], potential["against"], potential["tolerance"]) == ("potential", "mean", None)
    np.testing.assert_allclose(potential["deviations"], [40 / 60 - 1, 80 / 60 - 1], atol=1e-6)
    # Ann has 8 of the 10 hours needed, Bob has more than enough.
    assert (coverage["label"], coverage["values"].tolist()) == ("coverage", [80.0, 100.0])
    assert len(territory_views(line.plan, None)) == 2


def test_barriers(line: Any) -> None:
    shapes = [shapely.LineString([(3500, -9), (3500, 9)]), shapely.box(1, 1, 2, 2), shapely.Point(1, 1)]
    found = barriers_data(line.plan, FRAME, gpd.GeoDataFrame(geometry=shapes))
    assert found is not None
    assert found["shapes"][0] == {"area": False, "at": [[[-9.0, 3500.0], [9.0, 3500.0]]]}
    assert [shape["area"] for shape in found["shapes"]] == [False, True]
    assert barriers_data(line.plan, FRAME) is None
    with pytest.raises(DataError, match="no line and no polygon"):
        barriers_data(line.plan, FRAME, gpd.GeoDataFrame(geometry=shapes[2:]))


def test_barriers_of_the_graph_are_drawn_without_asking(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": list("abcd"), "x": [0.0, 1000, 0, 1000], "y": [0.0, 0, 1000, 1000], "hours": 1.0})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["hours"])
    # A bend by half a metre in a river of kilometres is below what the map can show.
    river = gpd.GeoDataFrame(geometry=[shapely.LineString([(500, -9e3), (500.5, 0), (500, 9e3)])])
    graph = tg.ContiguityGraph.from_units(units, barriers=river)
    problem = tg.TerritoryProblem(units, graph, n_territories=2, balance={"hours": 0.1})
    plan = tg.TerritoryPlan(problem, pd.Series(["W", "E", "W", "E"], index=units.ids))
    frame = Frame((0, 0, 10_000, 10_000), geographic=False)
    found = barriers_data(plan, frame)
    assert found is not None
    assert found["shapes"] == [{"area": False, "at": [[[-9000.0, 500.0], [9000.0, 500.0]]]}]
    assert sorted(zip(found["from"], found["to"], strict=True))[0] == ("a", "b")
    plan.save(tmp_path / "kept")
    assert barriers_data(tg.load_plan(tmp_path / "kept"), frame) == found


def test_quarters_with_the_inhabitants_of_their_city_are_no_towns_of_their_own() -> None:
    towns = pd.DataFrame(
        [
            ("Memphis", "TN", 35.15, -90.05, 633_104),
            ("New South Memphis", "TN", 35.09, -90.06, 641_608),
            ("West Memphis", "AR", 35.15, -90.18, 25_052),  # another state
            ("Palm Beach", "FL", 26.71, -80.04, 8_612),
            ("West Palm Beach", "FL", 26.72, -80.05, 120_932),  # far more inhabitants
            ("Far Memphis", "TN", 36.10, -90.05, 633_104),  # far away
        ],
        columns=["name", "state", "lat", "lon", "population"],
    )
    assert named_twice(towns).tolist() == [False, True, False, False, False, False]
    names = largest_towns()["name"].tolist()
    assert names[:3] == ["Los Angeles", "Brooklyn", "Chicago"]
    assert "New South Memphis" not in names


def test_towns_are_the_largest_of_the_frame() -> None:
    texas = towns_data(Frame((-106.0, 26.0, -94.0, 36.0), geographic=True))
    assert texas is not None
    assert texas["name"][:2] == ["Houston", "San Antonio"]
    assert len(texas["name"]) <= MOST_TOWNS
    assert towns_data(Frame((10.0, 45.0, 11.0, 46.0), geographic=True)) is None
    assert towns_data(FRAME) is None
