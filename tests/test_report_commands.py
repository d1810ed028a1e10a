"""Commands `report` and `export`, and the same from a design and a study: files, notes, plain errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from territory_geo.cli import app

RUN = CliRunner()


def run(*words: object) -> tuple[int, str]:
    done = RUN.invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty accounts around two towns, designed into two territories; the plan is saved, the report is written."""
    place = tmp_path_factory.mktemp("report")
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"id": [f"K{i:02d}" for i in range(30)], "visits": 2})
    table["lon"], table["lat"] = np.repeat([-93.0, -91.0], 15) + rng.normal(0, 0.3, 30), 42 + rng.normal(0, 0.3, 30)
    table.to_csv(place / "accounts.csv", index=False)
    code, text = run(
        "design", place / "accounts.csv", "-k", 2, "--balance", "visits:0.1", "--iterations", 4, "--save-plan",
        "--report", "--title", "Two towns", "--out", place / "mine",
    )  # fmt: skip
    assert code == 0, text
    return place


def test_a_design_writes_its_report_and_keeps_its_plan(folder: Path) -> None:
    names = {file.name for file in (folder / "mine").iterdir()}
    assert {"assignments.csv", "report.html", "report.xlsx", "saved"} <= names
    assert "<h1>Two towns</h1>" in (folder / "mine" / "report.html").read_text(encoding="utf-8")


def test_a_report_of_a_saved_plan(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "spring.html"
    code, text = run("report", folder / "mine", "--out", page, "--title", "Spring", "--note", "For all", "--no-map")
    assert (code, text) == (0, f"Written to {tmp_path}: spring.html, spring.xlsx.\n")
    assert '<p class="note">For all</p>' in page.read_text(encoding="utf-8")
    assert run("report", folder / "mine" / "saved", "--no-map")[0] == 0
    assert (folder / "mine" / "saved" / "report.html").is_file()


def test_exports_tell_what_to_know(folder: Path, tmp_path: Path) -> None:
    code, text = run("export", folder / "mine", "--out", tmp_path / "plan.shp")
    assert code == 0
    assert f"Written to {tmp_path / 'plan.shp'}.\nNote: " in text
    assert run("export", folder / "mine", "--out", tmp_path / "plan.svg", "--by", "deviation")[0] == 0
    owners = tmp_path / "owners.csv"
    owners.write_text("territory,email\nT01,a@example.com\nT02,b@example.com\n")
    base = ("export", folder / "mine", "--out", tmp_path / "hub.csv", "--format", "hubspot", "--owners", owners)
    assert run(*base, "--domain", "id")[0] == 0
    assert pd.read_csv(tmp_path / "hub.csv")["Company owner"].nunique() == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "x", "--format", "salesforce"], "Salesforce needs --model-id and --type-id"),
        (["--out", "x.csv", "--format", "hubspot"], "Got neither"),
        (["--out", "x.html"], "not written as .html"),
        (["--out", "x.gpkg", "--theme", "dark"], "'gpkg' does not take all of theme"),
        (["--out", "x.csv", "--format", "hubspot", "--owners", "none.csv"], "none.csv does not exist"),
        (["--out", "x.csv", "--format", "hubspot"], "give --record-id or --domain, a column"),
        (["--out", "x.csv", "--format", "hubspot", "--domain", "id"], "Give --owners, territory to address"),
        (["--out", "x", "--format", "salesforce", "--model-id", "1", "--type-id", "2"], "--model-id must be a Sales"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, words: list[str], said: str) -> None:
    code, text = run("export", folder / "mine", *words)
    assert code == 2
    assert said in text


def test_a_folder_without_a_plan_is_explained(folder: Path, tmp_path: Path) -> None:
    assert "holds no saved plan. Name a folder of `design --save-plan`" in run("report", tmp_path)[1]
    (tmp_path / "assignments.csv").write_text("row,id,unit,territory\n")
    assert "Design it again with --save-plan" in run("report", tmp_path)[1]
