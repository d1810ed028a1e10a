"""Writing a plan: exact files and columns, checked before they get their names, and nothing left of a failure."""

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
from territory_geo.errors import DataError, VerificationError
from territory_geo.render.export import folder as export


@pytest.fixture(scope="module")
def plan() -> tg.TerritoryPlan:
    """24 accounts in three territories; rows 2 and 3 are rejected."""
    random = np.random.default_rng(3)
    table = pd.DataFrame({"id": [f"{i:03d}" for i in range(24)], "lon": random.uniform(8, 9, 24)})
    table["lat"], table["visits"] = random.uniform(50, 51, 24), 2.5
    table.loc[1, "lat"], table.loc[2, "id"] = np.nan, "000"
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table))
    problem = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), n_territories=3, balance={"visits": tg.Bounds(10, np.inf)}
    )
    found = tg.solve(problem, stop=tg.MaxIterations(3), seed=5).plan
    assert found is not None
    return found


def test_the_tables_have_exactly_these_columns(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path / "out", title="Mine", save_graph=True)
    assert {file.name for file in (tmp_path / "out").iterdir()} == set(export.FILES) - {"units.csv"}
    columns = {
        name: (tmp_path / "out" / name).read_text(encoding="utf-8").splitlines()[0].split(",")
        for name in ("assignments.csv", "rejects.csv", "contiguity.csv", "territories.csv")
    }
    assert columns["assignments.csv"] == ["row", "id", "unit", "territory"]
    assert columns["rejects.csv"] == ["row", "id", "reason"]
    assert columns["contiguity.csv"] == ["u", "v", "kind"]
    assert columns["territories.csv"] == [
        "territory", "units", "accounts", "visits", "visits_target", "visits_deviation",
        "travel_km", "max_km", "center", "center_x", "center_y", "area_km2", "parts",
    ]  # fmt: skip
    shapes = gpd.read_file(tmp_path / "out" / "territories.geojson")
    assert list(shapes["territory"]) == plan.territory_ids
    assert shapely.coverage_is_valid(shapes.geometry.to_numpy())
    assert "<title>Mine</title>" in (tmp_path / "out" / "map.html").read_text(encoding="utf-8")


def test_the_record_says_how_the_plan_came_to_be(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path)
    record = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert list(record)[:8] == ["status", "objective", "bound", "bound_kind", "gap", "seed", "iterations", "runtime_s"]
    assert (record["status"], record["seed"], record["iterations"]) == ("optimal", 5, 3)
    assert record["balance"]["visits"] | {"least": 0, "most": 0, "max_deviation": 0, "target": 0} == {
        "lower": 10, "target": 0, "upper": None, "least": 0, "most": 0, "max_deviation": 0,
    }  # fmt: skip
    assert record["travel"]["mean_km"] == pytest.approx(plan.metrics["travel"]["mean_km"])
    counts = record["input"]
    assert (counts["rows_read"], counts["rows_used"], counts["rows_rejected"]) == (24, 22, 2)
    assert record["verified"] == [name for name, _, _ in export.verify_written(plan.problem, tmp_path).checks]
    assert record["version"] == tg.__version__


def test_an_edited_plan_that_breaks_a_bound_is_not_written(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    edited = plan.move(plan.problem.units.ids[1:], "T01")
    plan.write(tmp_path)
    with pytest.raises((VerificationError, DataError)):
        edited.write(tmp_path)
    assert list(tmp_path.iterdir()) == []


BREAKS: list[Any] = [
    # each spoils the table of assignments in its own way
    lambda table: table.iloc[1:],
    lambda table: pd.concat([table, table.iloc[:1]]),
    lambda table: table.assign(territory=table["territory"].to_numpy()[::-1]),
    lambda table: table.assign(territory=""),
    lambda table: table.assign(unit=table["unit"].iloc[0]),
    lambda table: table.assign(territory="T01"),
]


@pytest.mark.parametrize("spoil", BREAKS)
def test_a_plan_that_breaks_on_its_way_to_the_disk_leaves_nothing(
    spoil: Any, plan: tg.TerritoryPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = export._assignments
    monkeypatch.setattr(export, "_assignments", lambda given: spoil(honest(given)))
    with pytest.raises(VerificationError, match="fails its check"):
        plan.write(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("error", [RuntimeError("no map"), KeyboardInterrupt()])
def test_a_failing_map_leaves_nothing(
    error: BaseException, plan: tg.TerritoryPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explore(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(tg.TerritoryPlan, "explore", explore)
    with pytest.raises(type(error)):
        plan.write(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_is_told_in_words(plan: tg.TerritoryPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> int:
        raise OSError(28, "No space left on device", str(tmp_path / "plan.json"))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(DataError, match=r"No space left on device \(plan\.json\)"):
        plan.write(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_assignments_get_their_name_last(
    plan: tg.TerritoryPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[str] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        moved.append(self.name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    plan.write(tmp_path)
    assert moved[-1] == "assignments.csv"
    assert len(moved) == 6


def test_the_nearest_plan_is_never_called_assignments(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    export.write_nearest(plan.problem, plan, tmp_path, {"status": "not_found", "reason": "why"})
    found = {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file()}
    inner = {f"nearest/{name}" for name in ("nearest.csv", "territories.csv", "violations.json", "map.html")}
    assert found == {"plan.json", "rejects.csv", "notes.txt", *inner}
    export.write_nearest(plan.problem, None, tmp_path, {"status": "not_found", "reason": "why"})
    assert not (tmp_path / "nearest").exists()
    plan.write(tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_the_headline_of_a_nearest_plan_is_the_first_thing_it_breaks() -> None:
    assert export._broken([]) == "Nearest plan"
    assert export._broken(["apart: a and b are both in T01"]) == "Nearest plan, breaks apart: a and b are both in T01"
    two = export._broken(["balance of load: T01 holds 4, allowed 3; T02 holds 2, allowed 3"])
    assert two == "Nearest plan, breaks balance of load: T01 holds 4, allowed 3, and more"
    long = export._broken(["x" * 200, "y"])
    assert long.endswith("x…, and more")
    assert len(long) < 120


def test_ids_that_look_like_formulas_are_kept_and_told(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": ["=1+1", "-2", "@b"], "x": [0, 1, 5], "y": [0, 1, 0], "visits": 1})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    problem = tg.TerritoryProblem(units, n_territories=1, balance={"visits": 0.0})
    made = tg.TerritoryPlan(problem, pd.Series("T01", index=units.frame.index))
    (note,) = made.write(tmp_path)
    # Each in the columns id and unit.
    assert note.startswith("assignments.csv holds 4 texts that a spreadsheet would take for a formula")
    assert set(pd.read_csv(tmp_path / "assignments.csv", dtype=str)["id"]) == {"=1+1", "-2", "@b"}
    findings = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["findings"]
    told = [(f["rule"], f["rows"], f["example"]) for f in findings if f["rule"] == "formula_text"]
    assert told == [("formula_text", 2, "=1+1")]


def test_who_has_an_account_today_stands_beside_who_gets_it(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": list("dcba"), "x": [3.0, 2.0, 1.0, 0.0], "y": 0.0, "rep": ["007", "R8", None, "R8"]})
    accounts = tg.read_accounts(table.assign(x=table["x"] * 1000), crs=None)
    units = tg.BasicUnits.from_accounts(accounts, land=None)
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"accounts": 0.0}, current="rep")
    tg.solve(problem, stop=tg.MaxIterations(3)).plan.write(tmp_path / "out")
    written = pd.read_csv(tmp_path / "out" / "assignments.csv", dtype=str, keep_default_na=False)
    assert list(written.columns) == ["row", "id", "unit", "territory", "today"]
    assert dict(zip(written["id"], written["today"], strict=True)) == {"a": "R8", "b": "", "c": "R8", "d": "007"}
