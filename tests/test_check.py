"""`territory-geo check`: a planner hands in a table and gets what is wrong with it, on the screen and as files.

Right means: the files say the same as `read_accounts`, exit code 2 for what cannot be used, and one message.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import territory_geo as tg
from territory_geo.cli import app


def call(*arguments: object) -> Any:
    """Run the command in this process: `.exit_code`, `.stdout`, `.stderr`."""
    result = CliRunner().invoke(app, ["check", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Twelve accounts, of which one is swapped, one has no place, one a debt; its name is hostile."""
    table = tg.samples.demo_accounts().head(12)[["account_id", "name", "lat", "lon", "revenue_usd", "current_rep"]]
    table = table.astype({"lat": object, "lon": object})
    table.loc[2, "lat"], table.loc[2, "lon"] = table.loc[2, "lon"], table.loc[2, "lat"]
    table.loc[4, "lat"] = None
    table.loc[5, "revenue_usd"], table.loc[5, "name"] = -5, "[bold]</script><b>x"
    path = tmp_path / "customers [x].csv"
    table.to_csv(path, index=False)
    return path


def test_report_rejects_and_findings(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    result = call(source, "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("customers [x].csv: 12 rows read, 10 used, 2 rejected.\n")
    assert "  column: account_id is the id (used)\n  column: name is the name (used)\n" in result.stdout
    for rule, action in (("missing_coordinate", "rejected"), ("swapped", "rejected"), ("negative_measure", "kept")):
        assert any(line.split()[:3] == [rule, "1", action] for line in result.stdout.splitlines()), rule
    assert {file.name for file in out.iterdir()} == {"rejects.csv", "findings.csv"}
    accounts = tg.read_accounts(source)
    rejects = pd.read_csv(out / "rejects.csv")
    assert rejects.to_dict("records") == accounts.rejects.to_dict("records")
    findings = pd.read_csv(out / "findings.csv", keep_default_na=False, dtype=str)
    assert list(findings.columns) == ["row", "id", "rule", "severity", "finding", "action"]
    assert findings["finding"].tolist() == accounts.findings["finding"].tolist()


def test_map_options_and_json(source: Path, tmp_path: Path) -> None:
    reps = tmp_path / "reps.csv"
    pd.DataFrame({"rep_id": ["R05"], "lon": [-80.0], "lat": [40.0]}).to_csv(reps, index=False)
    options = (
        "--map",
        "--json",
        "--fix",
        "swapped",
        "--measure",
        "revenue_usd",
        "--reps",
        reps,
        "--reject",
        "off_land",
    )
    result = call(source, "--out", tmp_path, *options)
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["rows_read"], said["rows_used"], said["rows_rejected"]) == (12, 10, 2)
    found = {line["rule"]: line for line in said["findings"]}
    assert (found["swapped"]["row_numbers"], found["swapped"]["action"]) == ("3", "latitude and longitude swapped")
    assert (found["negative_measure"]["row_numbers"], found["negative_measure"]["action"]) == ("6", "rejected")
    assert found["unknown_rep"]["rows"] > 0
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "</script><b>" not in page
    assert call(source, "--out", tmp_path).exit_code == 0
    assert not (tmp_path / "map.html").exists()  # an old map would not fit the new report


def test_strict_is_code_2_after_the_files(source: Path, tmp_path: Path) -> None:
    result = call(source, "--out", tmp_path / "out", "--strict")
    assert result.exit_code == 2
    assert "swapped: row 3: lat" in result.stderr
    assert "negative_measure: row 6: revenue_usd -5 is negative" in result.stderr
    assert (tmp_path / "out" / "findings.csv").exists()


def test_planar_and_other_systems(tmp_path: Path) -> None:
    path = tmp_path / "flat.csv"
    pd.DataFrame({"id": [1, 2], "x": [391777, 392000], "y": [5820073, 5821000]}).to_csv(path, index=False)
    for crs, used in (("auto", 0), ("planar", 2), ("EPSG:25833", 2)):
        result = call(path, "--out", tmp_path / "out", "--crs", crs, "--json")
        assert json.loads(result.stdout)["rows_used"] == used


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv"], "nowhere.csv does not exist"),
        (["SOURCE", "--lat", "latt"], "Did you mean 'lat'?"),
        (["SOURCE", "--fix", "all"], "--fix takes rules among swapped"),
        (["SOURCE", "--encoding", "klingon"], "--encoding must be one that Python knows"),
        (["SOURCE", "--delimiter", "ab"], "--delimiter must be one character"),
        (["SOURCE", "--decimal", "x"], "--decimal must be '.' or ','"),
        (["SOURCE", "--crs", "moon"], "--crs must be"),
        (["SOURCE", "--layer", "x"], "a table has no layers"),
        (["SOURCE", "--query", "x"], "only a database takes a query"),
    ],
)
def test_unusable_input_is_one_message_and_code_2(
    arguments: list[str], words: str, source: Path, tmp_path: Path
) -> None:
    given = [str(source) if argument == "SOURCE" else argument for argument in arguments]
    result = call(*given, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.count("Error") == 1
    assert not (tmp_path / "out").exists()


def test_a_design_takes_the_same_rules(source: Path, tmp_path: Path) -> None:
    arguments = ["design", str(source), "-k", "2", "--balance", "accounts:0.5", "--out", str(tmp_path / "o"), "--json"]
    plain = CliRunner().invoke(app, [*arguments, "--iterations", "2"])
    mended = CliRunner().invoke(app, [*arguments, "--iterations", "2", "--fix", "swapped"])
    used = [json.loads(result.stdout)["input"]["rows_used"] for result in (plain, mended)]
    assert used == [10, 11]
    strict = CliRunner().invoke(app, [*arguments, "--strict"])
    assert strict.exit_code == 2
    assert "is not clean" in strict.stderr
