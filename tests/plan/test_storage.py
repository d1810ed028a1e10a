"""A plan that is saved and loaded is the same plan; what is broken or missing is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.errors import DataError, OptionError


def accounts_plan(ids: list[Any], **problem: Any) -> tg.TerritoryPlan:
    """A plan of accounts with some ids, two of them on one spot and one rejected."""
    random = np.random.default_rng(1)
    table = pd.DataFrame({"id": ids, "name": "Firm", "lon": random.uniform(8, 9, len(ids)), "lat": 50.0})
    table["visits"] = np.arange(len(ids)) % 3 + 1
    table.loc[1, "lon"], table.loc[2, "lat"] = table.loc[0, "lon"], 91.0
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table))
    return solved(units, **problem)


def solved(units: tg.BasicUnits, **problem: Any) -> tg.TerritoryPlan:
    graph = problem.pop("graph", "shapes")
    graph = tg.ContiguityGraph.from_units(units) if graph == "shapes" else graph
    asked = {"n_territories": 2, "balance": {units.measures[0]: 0.4}} | problem
    plan = tg.solve(tg.TerritoryProblem(units, graph, **asked), stop=tg.MaxIterations(2)).plan
    assert plan is not None
    return plan


def round_trip(plan: tg.TerritoryPlan, folder: Path) -> tg.TerritoryPlan:
    plan.save(folder)
    return tg.load_plan(folder)


def assert_same(loaded: tg.TerritoryPlan, plan: tg.TerritoryPlan) -> None:
    """Compare everything that a plan says."""
    pd.testing.assert_series_equal(loaded.labels, plan.labels)
    pd.testing.assert_frame_equal(loaded.summary(), plan.summary())
    pd.testing.assert_frame_equal(loaded.accounts, plan.accounts)
    pd.testing.assert_frame_equal(loaded.territories, plan.territories)
    assert loaded.problem.units.rejects.to_dict("list") == plan.problem.units.rejects.to_dict("list")
    assert loaded.problem.units.rejects["row"].dtype == np.int64
    assert loaded.metrics == plan.metrics
    assert dict(loaded.provenance) == dict(plan.provenance)
    assert loaded.problem.constraints == plan.problem.constraints
    assert loaded.problem.balance == plan.problem.balance
    assert loaded.problem.objective == plan.problem.objective
    assert repr(loaded.problem) == repr(plan.problem)
    assert loaded.verify().checks == plan.verify().checks
    assert (loaded.problem.graph is None) == (plan.problem.graph is None)
    if plan.problem.graph is not None and loaded.problem.graph is not None:
        pd.testing.assert_frame_equal(loaded.problem.graph.edges, plan.problem.graph.edges)


@pytest.mark.parametrize(
    "ids",
    [list(range(1, 13)), [f"{i:03d}" for i in range(12)], ["NA", "null", "", "1e5", "a,b", 'q"', *"defghi"]],
    ids=["int", "text", "hostile"],
)
def test_ids_keep_their_type(ids: list[Any], tmp_path: Path) -> None:
    plan = accounts_plan(ids)
    loaded = round_trip(plan, tmp_path / "plan")
    assert_same(loaded, plan)
    assert loaded.verify().ok
    assert type(loaded.labels.index[0]) is type(plan.labels.index[0])


def test_everything_that_was_asked_comes_back(tmp_path: Path) -> None:
    asked = {
        "balance": {"visits": tg.Bounds(7, 15), "accounts": 0.5},
        "objective": tg.Travel(distance=tg.GreatCircle(detour=1.3), power=2, weight=None),
        "constraints": [tg.Lock(["d"], "West"), tg.Forbid("e", "West")],
    }
    plan = accounts_plan(list("abcdefghijkl"), **asked)
    assert_same(round_trip(plan, tmp_path / "plan"), plan)
    edited = plan.move("a", "West")
    again = round_trip(edited, tmp_path / "plan")
    assert_same(again, edited)
    assert again.provenance["status"] == "edited"


def test_areas_planes_and_problems_without_a_graph(tmp_path: Path) -> None:
    cells = [shapely.box(x, y, x + 1, y + 1) for y in range(3) for x in range(3)]
    frame = gpd.GeoDataFrame({"id": [f"{i:02d}" for i in range(9)], "people": 5}, geometry=cells, crs=4326)
    areas = solved(tg.BasicUnits.from_areas(frame))
    assert_same(round_trip(areas, tmp_path / "areas"), areas)
    table = pd.DataFrame({"id": range(8), "x": np.arange(8) * 1000.0, "y": 0.0, "visits": 1})
    flat = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    apart = solved(flat, graph=None, objective=tg.Travel(distance=tg.Planar()))
    assert_same(round_trip(apart, tmp_path / "apart"), apart)
    islands = solved(
        flat,
        graph=tg.ContiguityGraph.from_edges(flat, pd.DataFrame({"u": [0, 1, 2], "v": [1, 2, 3]}), islands="bridge"),
    )
    assert_same(round_trip(islands, tmp_path / "islands"), islands)


def test_folders_with_other_files_are_left_alone(tmp_path: Path) -> None:
    plan = accounts_plan(list("abcdefgh"))
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OptionError, match="holds other files"):
        plan.save(tmp_path)
    with pytest.raises(DataError, match="cannot be written"):
        plan.save(tmp_path / "mine.txt")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_what_cannot_be_stored_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    class Taxi:
        def place(self, xy: Any) -> Any:
            return tg.GreatCircle().place(xy)

        def between(self, a: Any, b: Any) -> Any:
            return tg.GreatCircle().between(a, b)

    plan = accounts_plan(list("abcdefgh"), objective=tg.Travel(distance=Taxi()))
    with pytest.raises(OptionError, match=r"distance .*Taxi.* cannot be saved"):
        plan.save(tmp_path / "taxi")
    assert not (tmp_path / "taxi").exists()


def test_columns_of_mixed_types_are_named(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": list("abcd"), "lon": [8.0, 8.1, 8.2, 8.3], "lat": 50.0, "note": [1, "x", None, 2.5]})
    plan = solved(tg.BasicUnits.from_accounts(tg.read_accounts(table)), balance={"accounts": 0.5})
    with pytest.raises(DataError, match="note"):
        plan.save(tmp_path / "plan")
    with pytest.raises(DataError, match="holds no saved plan"):
        tg.load_plan(tmp_path / "plan")


BROKEN = [
    # (file, what happens to it, what the message says)
    ("saved_plan.json", None, "saved_plan.json is missing"),
    ("units.parquet", None, "units.parquet is missing"),
    ("labels.csv", None, "labels.csv is missing"),
    ("contiguity.csv", None, "broken plan: FileNotFoundError"),
    ("saved_plan.json", "{", "not valid JSON"),
    ("saved_plan.json", '{"format": 99}', "newer version"),
    ("saved_plan.json", '{"format": 1}', "broken plan: KeyError, 'problem'"),
    ("saved_plan.json", "[]", "broken plan"),
    ("members.parquet", "PAR", "broken plan: Arrow"),
    ("labels.csv", "unit,territory\na,T01\n", "leave out 6 units"),
    ("labels.csv", "unit\na\n", "broken plan: KeyError"),
    ("contiguity.csv", "u,v,kind\na,zz,cell\n", "zz"),
]


@pytest.mark.parametrize(("name", "content", "words"), BROKEN, ids=[words for _, _, words in BROKEN])
def test_broken_folders_are_refused_with_a_reason(name: str, content: str | None, words: str, tmp_path: Path) -> None:
    accounts_plan(list("abcdefghi")).save(tmp_path / "plan")
    file = tmp_path / "plan" / name
    if content is None:
        file.unlink()
    else:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=words):
        tg.load_plan(tmp_path / "plan")


def test_the_folder_of_a_run_will_do(tmp_path: Path) -> None:
    plan = accounts_plan(list("abcdefghi"))
    plan.save(tmp_path / "run" / "saved")
    assert tg.load_plan(tmp_path / "run").labels.equals(plan.labels)


def test_a_folder_without_a_plan(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no saved plan"):
        tg.load_plan(tmp_path / "nowhere")


def test_the_record_is_plain_json(tmp_path: Path) -> None:
    accounts_plan(list("abcdefgh"), n_territories=np.int64(2)).save(tmp_path / "plan")
    record = json.loads((tmp_path / "plan" / "saved_plan.json").read_text(encoding="utf-8"))
    assert (record["format"], record["problem"]["n_territories"]) == (1, 2)
