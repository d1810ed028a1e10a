"""Studies whose units are areas or hexagons with accounts joined: from the command line to files and back.

Right means: the options reach the units and the graph, every file says what was done, and options that do not fit
are refused with a sentence.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import territory_geo as tg
from territory_geo.cli import app
from territory_geo.errors import DataError
from territory_geo.render.bridges import bridges_data
from territory_geo.render.map import plan_map
from territory_geo.render.shapes import Frame
from territory_geo.study import checked_study

SIDE = 6
"""Squares of a tenth of a degree, six by six, from 10° E 50° N; the lower right corner is an island."""


def call(*arguments: object) -> Any:
    """Run the command in this process: `.exit_code`, `.stdout`, `.stderr`."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def grid(**columns: Any) -> gpd.GeoDataFrame:
    cells = [
        shapely.box(10 + x / 10, 50 + y / 10, 10.1 + x / 10, 50.1 + y / 10)
        for y in range(SIDE)
        for x in range(SIDE)
        if (x, y) not in ((4, 0), (4, 1), (5, 1))  # a moat around the corner
    ]
    return gpd.GeoDataFrame({"id": range(1, len(cells) + 1), **columns}, geometry=cells, crs=4326)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """accounts.csv: 60 accounts, one far away; areas.geojson; bridges.csv; river.geojson."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"id": [f"k{i:02d}" for i in range(60)]})
    frame["lon"], frame["lat"] = random.uniform(10, 10.4, 60), random.uniform(50, 50.6, 60)
    frame["visits"], frame["minutes"] = random.integers(1, 9, 60), 45
    frame.loc[7, "lon"] = 14.0
    frame.to_csv(tmp_path / "accounts.csv", index=False)
    grid().to_file(tmp_path / "areas.geojson")
    (tmp_path / "bridges.csv").write_text("u,v\n5,4\n", encoding="utf-8")
    line = shapely.LineString([(10.2, 49.9), (10.2, 50.25)])
    gpd.GeoDataFrame(geometry=[line], crs=4326).to_file(tmp_path / "river.geojson")
    return tmp_path


def test_areas_bridges_and_barriers(folder: Path) -> None:
    out = folder / "out"
    done = call(
        "design", folder / "accounts.csv", "--areas", folder / "areas.geojson", "-k", 3, "--balance", "hours:0.2",
        "--measure", "hours=visits*minutes/60", "--bridges", folder / "bridges.csv",
        "--barriers", folder / "river.geojson", "--iterations", 5, "--save-graph", "--out", out,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    record = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert [(b["u"], b["v"], b["kind"]) for b in record["bridges"]] == [("4", "5", "stated")]
    assert {(c["u"], c["v"]) for c in record["cut_by_barriers"]} == {("2", "3"), ("7", "8")}
    assert record["input"]["areas"]["source"] == "areas.geojson"
    said = {entry["rule"]: entry for entry in record["findings"]}
    assert said["neighbours"]["example"] == "shared borders (rook)"
    assert said["cut by barriers"]["rows"] == 2
    units = pd.read_csv(out / "units.csv", dtype={"unit": str})
    assert len(units) == len(grid())
    accounts = pd.read_csv(folder / "accounts.csv")
    kept = accounts.drop(index=7)
    assert units["hours"].sum() == pytest.approx((kept["visits"] * 0.75).sum())
    rejects = pd.read_csv(out / "rejects.csv")
    assert rejects["row"].tolist() == [8]
    assert rejects["reason"][0].startswith("the place lies in no area; the nearest, ")
    kinds = pd.read_csv(out / "contiguity.csv", dtype=str)["kind"].value_counts()
    assert kinds["stated"] == 1
    assert "Bridges (1)" in (out / "map.html").read_text(encoding="utf-8")


def test_hexagons(folder: Path) -> None:
    done = call(
        "design", folder / "accounts.csv", "--hexagons", "5", "-k", 2, "--balance", "visits:0.3", "--iterations", 3,
        "--out", folder / "out",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    record = json.loads((folder / "out" / "plan.json").read_text(encoding="utf-8"))
    assert record["findings"][-1]["example"] == "hexagon grid, resolution 5" or record["bridges"]
    assert record["input"]["rows_used"] == 60


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--hexagons", "16"], "--hexagons: must be 'auto' or a whole number from 0 to 15. Got 16."),
        (["--hexagons", "fine"], "--hexagons: must be 'auto' or a whole number from 0 to 15. Got 'fine'."),
        (["--hexagons", "5", "--areas", "areas.geojson"], "takes --areas or --hexagons, not both"),
        (["--nearest-km", "3"], "  --nearest-km can only be used where accounts are joined to areas, with --areas"),
        (["--measure", "hours"], "--measure must be NAME=FORMULA, each name once. Got 'hours'."),
        (["--measure", "a=visits", "--measure", "a=visits"], "--measure must be NAME=FORMULA, each name once"),
        (["--measure", "a=visits**2"], "Allowed are columns, numbers"),
        (["--areas", "nowhere.gpkg"], "nowhere.gpkg does not exist"),
        (["--bridges", "nowhere.csv"], "nowhere.csv does not exist. Name a table of bridges."),
        (["--barriers", "nowhere.gpkg"], "nowhere.gpkg does not exist"),
    ],
)
def test_options_that_do_not_fit(options: list[str], message: str, folder: Path) -> None:
    options = [str(folder / text) if text.endswith((".geojson",)) else text for text in options]
    done = call("design", folder / "accounts.csv", "-k", 2, "--balance", "visits", "--out", folder / "out", *options)
    assert done.exit_code == 2
    assert message in done.stderr
    assert not (folder / "out" / "plan.json").exists()


def test_areas_cannot_be_joined_to_areas(folder: Path) -> None:
    done = call(
        "design", folder / "areas.geojson", "--areas", folder / "areas.geojson", "-k", 2, "--balance", "accounts",
        "--out", folder / "out",
    )  # fmt: skip
    assert done.exit_code == 2
    assert "holds areas; only accounts can be joined" in done.stderr


def test_what_a_study_may_say() -> None:
    good = {
        "data": {"accounts": "a.csv", "areas": "b.gpkg", "own_units": ["k1"], "nearest_km": 2.0},
        "design": {"territories": 2, "balance": {"accounts": 0.1}, "islands": "attach", "rule": "queen"},
    }
    study = checked_study(good, "the test")
    assert (study.data.own_units, study.design.rule) == (["k1"], "queen")
    with pytest.raises(DataError, match="own_units can only be used where accounts are joined"):
        checked_study(good | {"data": {"accounts": "a.csv", "own_units": ["k1"]}}, "the test")


# ------------------------------------------------------------------ saved and drawn


@pytest.fixture(scope="module")
def plan() -> tg.TerritoryPlan:
    """Accounts in the grid, two of them on their own, with an island and a river."""
    random = np.random.default_rng(3)
    table = pd.DataFrame({"id": [f"<b>{i}" for i in range(40)], "visits": random.integers(1, 5, 40)})
    table["lon"], table["lat"] = random.uniform(10, 10.6, 40), random.uniform(50, 50.6, 40)
    areas = grid(people=1.0)
    units = tg.BasicUnits.from_areas(areas, accounts=tg.read_accounts(table), own_units=["<b>1", "<b>2"], nearest_km=50)
    river = gpd.GeoDataFrame(geometry=[shapely.LineString([(10.2, 49.9), (10.2, 50.25)])], crs=4326)
    graph = tg.ContiguityGraph.from_units(units, islands="attach", barriers=river)
    problem = tg.TerritoryProblem(units, graph, n_territories=3, balance={"visits": 0.3})
    found = tg.solve(problem, stop=tg.MaxIterations(5), seed=1).plan
    assert found is not None
    return found


def test_a_plan_on_joined_units_is_saved_and_loaded(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.save(tmp_path / "plan")
    loaded = tg.load_plan(tmp_path / "plan")
    pd.testing.assert_series_equal(loaded.labels, plan.labels)
    mine, theirs = plan.problem, loaded.problem
    assert mine.graph is not None
    assert theirs.graph is not None
    pd.testing.assert_frame_equal(theirs.graph.edges, mine.graph.edges)
    for name in ("cut", "findings"):
        pd.testing.assert_frame_equal(getattr(theirs.graph, name), getattr(mine.graph, name), check_dtype=False)
    pd.testing.assert_frame_equal(theirs.units.findings, mine.units.findings, check_dtype=False)
    assert (theirs.units.kind, theirs.units.own_units) == ("mixed", ("<b>1", "<b>2"))
    assert loaded.verify().ok
    loaded.write(tmp_path / "out")


def test_shapes_of_a_mixed_plan_tile_the_land(plan: tg.TerritoryPlan) -> None:
    shapes = plan.territories.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert plan.territories["area_km2"].sum() == pytest.approx(shapely.area(plan.problem.units.shapes).sum() / 1e6)


def test_bridges_are_drawn_with_their_kind_and_length(plan: tg.TerritoryPlan) -> None:

    graph = plan.problem.graph
    assert graph is not None
    frame = Frame.around(plan.territories.geometry.to_numpy(), geographic=True)
    data = bridges_data(plan, frame)
    assert data is not None
    assert len(data["lines"]) == len(graph.bridges) >= 1
    assert data["kinds"] == ["Attached to the mainland"]
    assert data["km"] == graph.bridges["length_km"].round(1).tolist()
    first = graph.bridges.iloc[0]
    where = plan.problem.units.xy[plan.problem.units.ids.index(str(first["u"]))]
    assert data["lines"][0][0] == pytest.approx([where[1], where[0]], abs=1e-4)
    text = plan_map(plan).get_root().render()
    assert f"Bridges ({len(graph.bridges)})" in text
    without = tg.TerritoryProblem(plan.problem.units, n_territories=3, balance={"visits": 0.3})
    assert bridges_data(tg.TerritoryPlan(without, plan.labels), frame) is None
