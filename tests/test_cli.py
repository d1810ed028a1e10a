"""The command line: files, exit codes and messages of `territory-geo design`, on inputs of a few dozen units.

Runs go through typer's runner, in this process; `test_interrupt.py` starts processes of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import territory_geo
from territory_geo.cli import app

FILES = {"assignments.csv", "rejects.csv", "territories.csv", "territories.geojson", "plan.json", "map.html"}
QUICK = ("--iterations", "5")


def call(*arguments: object) -> Any:
    """Run the command in this process: `.exit_code`, `.stdout`, `.stderr`."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """40 accounts with text ids, of which five cannot be used and two lie on one spot."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"id": [f"{i:03d}" for i in range(40)]})
    frame["name"] = [f"Firm {i}, Ltd" for i in range(40)]
    frame["lon"], frame["lat"] = random.uniform(8, 12, 40).round(3), random.uniform(48, 52, 40).round(3)
    frame["visits"] = pd.Series(random.integers(1, 9, 40), dtype=object)
    frame.loc[9, ["lon", "lat"]] = frame.loc[8, ["lon", "lat"]].to_numpy()
    frame.loc[3, "lat"], frame.loc[4, "lon"], frame.loc[5, "id"] = np.nan, 999.0, "000"
    frame.loc[6, "visits"], frame.loc[7, "visits"] = "many", -1
    path = tmp_path / "my points.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture
def areas() -> gpd.GeoDataFrame:
    """A grid of 6 × 6 squares with text ids 001 … 036."""
    cells = [shapely.box(10 + x / 10, 50 + y / 10, 10.1 + x / 10, 50.1 + y / 10) for y in range(6) for x in range(6)]
    ids = [f"{i:03d}" for i in range(1, 37)]
    return gpd.GeoDataFrame({"id": ids, "people": [10 + i % 7 for i in range(36)]}, geometry=cells, crs=4326)


def topology(areas: gpd.GeoDataFrame) -> dict[str, Any]:
    """The same areas as TopoJSON: each side is one arc, used forwards or (as ~number) backwards."""
    arcs: dict[tuple[Any, Any], int] = {}
    shapes = []
    for row in areas.itertuples():
        corners = [(round(x, 1), round(y, 1)) for x, y in row.geometry.exterior.coords]
        ring = []
        for side in pairwise(corners):
            back = (side[1], side[0])
            ring.append(~arcs[back] if back in arcs else arcs.setdefault(side, len(arcs)))
        properties = {"id": row.id, "people": row.people}
        shapes.append({"type": "Polygon", "arcs": [ring], "id": row.id, "properties": properties})
    collection = {"type": "GeometryCollection", "geometries": shapes}
    return {"type": "Topology", "objects": {"cells": collection}, "arcs": [list(map(list, arc)) for arc in arcs]}


def test_the_package_can_be_run_by_its_name() -> None:
    done = subprocess.run([sys.executable, "-m", "territory_geo", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()[0]) == (0, "territory-geo")


def test_points_give_the_files_and_every_row_ends_somewhere(points: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = call("design", points, "-k", 3, "--balance", "visits:20%", "--out", out, *QUICK)
    assert result.exit_code == 0
    assert {file.name for file in out.iterdir()} == FILES

    assigned, refused = table(out / "assignments.csv"), table(out / "rejects.csv")
    assert list(assigned.columns) == ["row", "id", "unit", "territory"]
    assert dict(zip(refused["row"], refused["reason"], strict=True)) == {
        "4": "lat is missing",
        "5": "lon 999 is outside -180 to 180",
        "6": "the id '000' is already used in row 1",
        "7": "visits 'many' is not a number",
        "8": "visits -1 is negative",
    }
    assert sorted([*assigned["row"], *refused["row"]], key=int) == [str(row) for row in range(1, 41)]
    assert set(assigned["territory"]) == {"T01", "T02", "T03"}
    by_id = assigned.set_index("id")
    assert by_id.loc["009", "unit"] == by_id.loc["008", "unit"] == "008"

    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert {"status", "objective", "bound", "bound_kind", "gap", "seed", "iterations", "runtime_s"} <= set(plan)
    assert {"contiguous", "balance", "travel", "input", "verified", "version"} <= set(plan)
    assert (plan["status"], plan["contiguous"], plan["iterations"]) == ("optimal", True, 5)
    assert {"lower", "upper", "max_deviation"} <= set(plan["balance"]["visits"])
    counts = plan["input"]
    assert (counts["rows_read"], counts["rows_used"], counts["rows_rejected"], counts["units"]) == (40, 35, 5, 34)
    assert len(counts["sha256"]) == 64
    assert plan["verified"]

    territories = table(out / "territories.csv")
    assert {"territory", "units", "accounts", "visits", "visits_target", "visits_deviation"} <= set(territories)
    assert {"travel_km", "max_km", "center", "area_km2"} <= set(territories)
    assert territories["accounts"].astype(int).sum() == 35
    shapes = gpd.read_file(out / "territories.geojson")
    assert list(shapes["territory"]) == ["T01", "T02", "T03"]
    assert shapes.crs == 4326
    assert shapes.geometry.is_valid.all()


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "topojson", "shp", "parquet"])
def test_areas_of_each_format_keep_their_ids_as_text(kind: str, areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path, out = tmp_path / f"areas.{kind}", tmp_path / "out"
    if kind == "topojson":
        path.write_text(json.dumps(topology(areas)), encoding="utf-8")
    elif kind == "parquet":
        areas.to_parquet(path)
    else:
        areas.to_file(path)
    result = call("design", path, "-k", 4, "--balance", "people:0.1", "--out", out, "--save-graph", *QUICK)
    assert result.exit_code == 0, result.stderr
    assert {file.name for file in out.iterdir()} == FILES | {"contiguity.csv"}
    assigned = table(out / "assignments.csv")
    assert list(assigned["id"]) == list(assigned["unit"]) == [f"{i:03d}" for i in range(1, 37)]
    assert (out / "rejects.csv").read_text(encoding="utf-8") == "row,id,reason\n"
    edges = table(out / "contiguity.csv")
    assert list(edges.columns) == ["u", "v", "kind"]
    assert (len(edges), set(edges["kind"])) == (60, {"border"})


def test_json_is_plan_json_and_nothing_else(points: Path, tmp_path: Path) -> None:
    result = call("design", points, "-k", 2, "--balance", "visits", "--out", tmp_path / "o", "--json", *QUICK)
    assert result.stdout == (tmp_path / "o" / "plan.json").read_text(encoding="utf-8")
    assert json.loads(result.stdout)["balance"]["visits"]["max_deviation"] <= 0.1
    assert result.stderr.startswith("my points\n")


def test_layer_planar_and_no_contiguity(areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    layers, flat, out = tmp_path / "two.gpkg", tmp_path / "flat.csv", tmp_path / "out"
    areas.to_file(layers, layer="fine")
    areas.dissolve(areas.index // 6).to_file(layers, layer="coarse")
    result = call("design", layers, "-k", 2, "--balance", "people:0.3", "--out", out, *QUICK)
    assert result.exit_code == 2
    assert "'fine', 'coarse'" in result.stderr
    assert "--layer" in result.stderr
    result = call("design", layers, "-k", 2, "--balance", "people:0.3", "--out", out, "--layer", "fine", *QUICK)
    assert result.exit_code == 0

    pd.DataFrame({"id": range(8), "x": [0, 1e5] * 4, "y": np.arange(8) * 1e4}).to_csv(flat, index=False)
    flags = ("--planar", "--no-contiguity", "--save-graph")
    result = call("design", flat, "-k", 2, "--balance", "accounts:0", "--out", out, *flags, *QUICK)
    assert result.exit_code == 0
    assert not (out / "contiguity.csv").exists()
    assert json.loads((out / "plan.json").read_text(encoding="utf-8"))["contiguous"] is None
    assert table(out / "assignments.csv")["territory"].tolist() == ["T01", "T02"] * 4


UNUSABLE = [
    # arguments in place of the good ones, and what the message must say
    (["nowhere.csv", "-k", "2", "--balance", "visits"], "nowhere.csv does not exist"),
    ([".", "-k", "2", "--balance", "visits"], ". is a folder"),
    (["SOURCE", "-k", "2", "--balance", "vists"], "no measure 'vists'"),
    (["SOURCE", "-k", "0", "--balance", "visits"], "--territories: must be at least 1. Got 0."),
    (["SOURCE", "-k", "99", "--balance", "visits"], "--territories must be an int in the range [1, 34]"),
    (["SOURCE", "-k", "two", "--balance", "visits"], "Invalid value for '--territories'"),
    (["SOURCE", "-k", "2"], "--balance"),
    (["SOURCE", "-k", "2", "--balance", "visits:x"], "--balance visits: must be a share from 0 to 1"),
    (["SOURCE", "-k", "2", "--balance", "visits:10"], "must be a share from 0 to 1 (0.1 is ±10 %). Got 10.0."),
    (["SOURCE", "-k", "2", "--balance", "visits:200%"], "must be a share from 0 to 1"),
    (["SOURCE", "-k", "2", "--balance", "visits:inf"], "--balance visits: must be a"),
    (["SOURCE", "-k", "2", "--balance", ":0.1"], "Got ':0.1'"),
    (["SOURCE", "-k", "2", "--balance", "visits", "--balance", "visits:0.2"], "more than once"),
    (
        ["SOURCE", "-k", "2", "--balance", "visits", "--islands", "sink"],
        "--islands: must be 'bridge', 'attach', 'allow' or",
    ),
    (["SOURCE", "-k", "2", "--balance", "visits", "--power", "3"], "--power: must be 1 or 2. Got 3."),
    (["SOURCE", "-k", "2", "--balance", "visits", "--lat", "latitude"], "has no column 'latitude'"),
    (["SOURCE", "-k", "2", "--balance", "visits", "--layer", "x"], "a table has no layers"),
    (["SOURCE", "-k", "2", "--balance", "visits", "--lock", "nowhere.csv"], "nowhere.csv does not exist"),
    (["SOURCE", "-k", "2", "--balance", "visits", "--nonsense"], "--nonsense"),
]


@pytest.mark.parametrize(("arguments", "words"), UNUSABLE, ids=[words for _, words in UNUSABLE])
def test_unusable_input_is_one_message_and_code_2(
    arguments: list[str], words: str, points: Path, tmp_path: Path
) -> None:
    given = [str(points) if argument == "SOURCE" else argument for argument in arguments]
    result = call("design", *given, "--out", tmp_path / "out", *QUICK)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.count("Error") == 1
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "out").exists()


def test_several_wrong_options_are_told_together(points: Path, tmp_path: Path) -> None:
    wrong = ("-k", "-1", "--balance", "visits:-1", "--detour", "0.5", "--seed", "-1", "--time-limit", "0")
    result = call("design", points, *wrong, "--out", tmp_path / "out")
    assert result.exit_code == 2
    for name in ("--territories", "--balance visits", "--detour", "--seed", "--time-limit"):
        assert f"  {name}: must be" in result.stderr


def test_a_unit_above_the_cap_is_code_3_and_removes_what_an_earlier_run_left(
    points: Path, areas: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    out, heavy = tmp_path / "out", tmp_path / "heavy.gpkg"
    assert call("design", points, "-k", 2, "--balance", "visits", "--out", out, *QUICK).exit_code == 0
    areas.assign(people=[1000, *[10] * 35]).to_file(heavy)
    result = call("design", heavy, "-k", 3, "--balance", "people:0.05", "--out", out, *QUICK)
    assert result.exit_code == 3
    assert "unit 001 alone is 1,000 of an allowed 472.5 people" in result.stdout
    assert {file.name for file in out.iterdir()} == {"plan.json", "rejects.csv", "nearest"}
    inner = {file.name for file in (out / "nearest").iterdir()}
    assert inner == {"nearest.csv", "territories.csv", "violations.json", "map.html"}
    plan = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert (plan["status"], plan["verified"], plan["input"]["rows_used"]) == ("infeasible", [], 36)
    assert "unit 001 alone is" in plan["reason"]
    assert call("design", points, "-k", 2, "--balance", "visits", "--out", out, *QUICK).exit_code == 0
    assert {file.name for file in out.iterdir()} == FILES


def test_a_failed_search_is_code_4(areas: gpd.GeoDataFrame, tmp_path: Path) -> None:
    # A row of four units with 3, 3, 1, 1: two halves of 4 exist, but never in one piece each.
    row, out = tmp_path / "row.gpkg", tmp_path / "out"
    areas.iloc[:4].assign(people=[3, 3, 1, 1]).to_file(row)
    proven = call("design", row, "-k", 2, "--balance", "people:0.1", "--out", out, *QUICK)
    assert proven.exit_code == 3
    assert "the exact model of the 4 units proves" in proven.stdout
    # 129 units in a row, 40 people in the middle one: too many for the model, and no cut halves them.
    people = [1] * 64 + [40] + [1] * 64
    shapes = gpd.GeoSeries([shapely.box(i / 50, 0, (i + 1) / 50, 0.02) for i in range(129)], crs=4326)
    gpd.GeoDataFrame({"id": range(129), "people": people}, geometry=shapes).to_file(row)
    result = call("design", row, "-k", 2, "--balance", "people:0.01", "--out", out, *QUICK)
    assert result.exit_code == 4
    assert result.stdout.startswith("No plan (not found): ")
    assert {file.name for file in out.iterdir()} == {"plan.json", "rejects.csv", "nearest"}
    apart = call("design", row, "-k", 2, "--balance", "people:0.01", "--out", out, "--no-contiguity", *QUICK)
    assert apart.exit_code == 0


def test_folders_that_cannot_be_written(points: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def attempt(out: Path) -> str:
        result = call("design", points, "-k", 2, "--balance", "visits", "--out", out, *QUICK)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Traceback" not in result.stderr
        return str(result.stderr)

    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert "it is a file" in attempt(tmp_path / "file")
    assert "file is a file" in attempt(tmp_path / "file" / "inner")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    # Stands for a file of the last run that another program holds open.
    (tmp_path / "held" / "assignments.csv").mkdir(parents=True)
    assert "(assignments.csv). Close programs" in attempt(tmp_path / "held")
    # A folder without rights, also for tests that run as root.
    (tmp_path / "locked").mkdir()
    allowed = os.access

    def refused(path: Path, mode: int) -> bool:
        return not (mode & os.W_OK and Path(path).name == "locked") and allowed(path, mode)

    monkeypatch.setattr(os, "access", refused)
    assert "permission denied" in attempt(tmp_path / "locked")
    assert "permission denied" in attempt(tmp_path / "locked" / "inner")


def test_hostile_names(tmp_path: Path) -> None:
    ids = ["=1+1", "a,b", 'q"q', "<script>alert(1)</script>", "line\nbreak", "[red]x[/red]", "NA", "é ü", "-1e5", "007"]
    frame = pd.DataFrame({"id": ids, "name": ids, "city": ids, "lon": np.linspace(8, 9, 10), "lat": 50.0})
    frame.to_csv(tmp_path / "hostile.csv", index=False)
    pd.DataFrame({"id": ids[:1], "action": "lock", "to": "../</script>[b]"}).to_csv(tmp_path / "locks.csv", index=False)
    out, title = tmp_path / "o u t [x] é", "</title><script>alert(2)</script>[bold]"
    options = ("--lock", tmp_path / "locks.csv", "--title", title, *QUICK)
    result = call("design", tmp_path / "hostile.csv", "-k", 2, "--balance", "accounts", "--out", out, *options)
    assert result.exit_code == 0
    assert title in result.stdout
    assert sorted(table(out / "assignments.csv")["id"]) == sorted(ids)
    assert set(table(out / "territories.csv")["territory"]) == {"../</script>[b]", "T01"}
    page = (out / "map.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert {file.name for file in out.iterdir()} == FILES


def test_version_and_help() -> None:
    assert call("--version").stdout == f"territory-geo {territory_geo.__version__}\n"
    assert "design" in call("--help").stdout
    for command in ("design", "run", "demo"):
        result = call(command, "--help")
        assert result.exit_code == 0
        assert max(map(len, result.stdout.splitlines())) <= 80
        assert "list[str]" not in result.stdout


def test_a_table_of_distances_and_driving_hours(tmp_path: Path) -> None:
    ids = [f"c{i}" for i in range(12)]
    pd.DataFrame({"id": ids, "lon": [10 + i / 10 for i in range(12)], "lat": 50.0}).to_csv(
        tmp_path / "points.csv", index=False
    )
    rows = [(a, b, 7.0 * abs(i - j), abs(i - j) / 10) for i, a in enumerate(ids) for j, b in enumerate(ids) if i != j]
    pd.DataFrame(rows, columns=["From", "To", "Distance km", "Hours"]).to_csv(tmp_path / "ways.csv", index=False)
    asked = ["design", tmp_path / "points.csv", "-k", 3, "--balance", "accounts:0", "--out", tmp_path / "out", *QUICK]
    result = call(*asked, "--distances", tmp_path / "ways.csv", "--minimise", "hours")
    assert result.exit_code == 0, result.stderr
    # Four on a line, 6 minutes apart: from the second to the others 6 + 0 + 6 + 12 minutes.
    assert "mean drive" in result.stdout
    assert "Mean distance to the centre: 7.0 km, 6.0 min." in result.stdout
    pd.DataFrame(rows, columns=["From", "To", "Distance km", "Hours"]).query("From < To").to_csv(
        tmp_path / "once.csv", index=False
    )
    refused = call(*asked, "--distances", tmp_path / "once.csv")
    assert refused.exit_code == 2
    assert refused.stderr.rstrip().endswith("If each pair stands for both directions, say --symmetric.")
    once = call(*asked, "--distances", tmp_path / "once.csv", "--symmetric")
    assert once.exit_code == 0, once.stderr
    assert "Mean distance to the centre: 7.0 km, 6.0 min." in once.stdout
    assert "--symmetric speaks of a file. Name it with --distances." in call(*asked, "--symmetric").stderr
    alone = call(*asked, "--minimise", "hours")
    assert alone.exit_code == 2
    assert "  --minimise hours needs --roads or --distances. Name" in alone.stderr


def test_reps_get_a_territory_each(points: Path, tmp_path: Path) -> None:
    reps = tmp_path / "reps.csv"
    table = pd.DataFrame(
        {
            "rep_id": ["north", "south", "boss"], "lon": [10.3, 10.3, 11.0], "lat": [50.6, 50.0, 51.0],
            "capacity_hours": [800, 1600, 100], "role": ["field", "field", "desk"],
        }
    )  # fmt: skip
    table.to_csv(reps, index=False)
    asked = ("design", points, "--reps", reps, "--role", "field", "--center", "home", "--balance", "visits:0.2")
    result = call(*asked, "--out", tmp_path / "out", *QUICK)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[1].split()[:5] == ["territory", "accounts", "visits", "target", "deviation"]
    territories = pd.read_csv(tmp_path / "out" / "territories.csv")
    assert territories["territory"].tolist() == ["north", "south"]
    assert territories["visits_target"].iloc[1] == pytest.approx(2 * territories["visits_target"].iloc[0])
    assert set(territories["center"]) == {"home"}
    many = call(*asked, "-k", 3, "--out", tmp_path / "o", *QUICK)
    assert many.exit_code == 2
    assert "There are 2 reps for 3 territories" in many.stderr
    assert "Leave --territories out, or choose among the reps, such as --role 'territory rep'." in many.stderr
    for missing, words in (
        (
            ("design", points, "--balance", "visits", "--out", tmp_path / "o"),
            "  --territories (how many) is needed, or --reps",
        ),
        (
            ("design", points, "-k", 2, "--center", "home", "--balance", "visits", "--out", tmp_path / "o"),
            "  --center home needs --reps. Name a file with the reps.",
        ),
    ):
        refused = call(*missing, *QUICK)
        assert refused.exit_code == 2
        assert words in refused.stderr
