"""`territory-geo teams`: the demo company's named accounts end to end, a team of one's own, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from territory_geo.cli import app
from territory_geo.geodata.samples import data_path


def call(*arguments: object) -> Any:
    result = CliRunner().invoke(app, ["teams", *(str(argument) for argument in arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_text(
        "account_id,lon,lat,segment,revenue_usd,rival\n1,8.1,50.1,named,100,a\n2,8.2,50,Named,50,a\n3,8,50.2,smb,9,\n"
    )
    return path


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("rep_id,name,lon,lat,role,capacity_hours\nP,Ann,8.1,50,hunter,100\nQ,Ben,8,50.1,hunter,100\n")
    return path


@pytest.fixture
def roles(tmp_path: Path) -> Path:
    path = tmp_path / "roles.toml"
    path.write_text('[[role]]\nname = "hunter"\nhours = 60\nduty = "owns"\ntrips = 1\n[prices]\nper_km = 1.0\n')
    return path


def test_the_demo_company(tmp_path: Path) -> None:
    team, source = data_path("team.csv"), data_path("accounts.csv")
    done = call(source, "--people", team, "--named", "potential_usd:750000", "--out", tmp_path)
    assert done.exit_code == 0, done.stderr
    assert "94 named accounts" in done.stdout
    assert "no teams cost less" in done.stdout
    record = json.loads((tmp_path / "teams.json").read_text())
    assert (record["status"], len(record["verified"])) == ("optimal", 8)
    duties = pd.read_csv(tmp_path / "duties.csv")
    assert (duties[duties["duty"] == "owns"]["account"].value_counts() == 1).all()
    assert duties["account"].nunique() == 94
    segments = pd.read_csv(tmp_path / "segments.csv")
    assert len(segments) == 5000
    assert (segments["segment"] == "named").sum() == 94
    assert len(pd.read_csv(tmp_path / "sensitivity.csv")) == 4


def test_a_team_of_ones_own(accounts: Path, people: Path, roles: Path, tmp_path: Path) -> None:
    design = tmp_path / "assignments.csv"
    design.write_text("row,id,unit,territory\n1,1,1,T07\n2,2,2,T07\n")
    out = tmp_path / "out"
    done = call(accounts, "--people", people, "--roles", roles, "--territories", design, "--out", out, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "optimal"
    duties = pd.read_csv(out / "duties.csv", dtype=str, keep_default_na=False)
    assert sorted(duties["person"][duties["duty"] == "owns"]) == ["P", "Q"]
    assert duties["person"][duties["role"] == "territory"].tolist() == ["T07", "T07"]
    assert duties["account"].unique().tolist() == ["1", "2"]


def test_who_is_short_is_exit_code_3(accounts: Path, people: Path, roles: Path, tmp_path: Path) -> None:
    people.write_text(people.read_text().rsplit("\n", 2)[0] + "\n")
    out = tmp_path / "out"
    done = call(accounts, "--people", people, "--roles", roles, "--out", out)
    assert done.exit_code == 3
    assert "1 and 2 need" in done.stderr
    assert "only P fits, with 100.0 hours" in done.stderr
    assert (out / "shortages.csv").exists()
    assert not (out / "teams.csv").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["--named", "revenue_usd"], "--named must be MEASURE:AMOUNT"),
        (["--named", "revenue_usd:1e9"], "None of the 3 accounts reaches what --named asks for"),
        (["--named", "size:5"], "no column 'size'"),
        (["--conflicts", "foe"], "no column 'foe'"),
        (["--gap", "2"], "--gap"),
        (["--territories", "nowhere.csv"], "nowhere.csv does not exist"),
    ],
)
def test_what_cannot_be_done(
    accounts: Path, people: Path, roles: Path, tmp_path: Path, change: list[str], message: str
) -> None:
    done = call(accounts, "--people", people, "--roles", roles, "--out", tmp_path / "out", *change)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_roles_file_with_slips(accounts: Path, people: Path, roles: Path, tmp_path: Path) -> None:
    roles.write_text('[[role]]\nname = "hunter"\nhuors = 60\n')
    done = call(accounts, "--people", people, "--roles", roles, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "Unknown: huors; missing: hours" in done.stderr
    roles.write_text("[[role\n")
    assert "is not valid TOML" in call(accounts, "--people", people, "--roles", roles, "--out", tmp_path).stderr
    unnamed = call(accounts, "--people", people, "--out", tmp_path / "out")
    assert "Nobody has the role 'account executive', who owns an account. Roles: hunter" in unnamed.stderr
