"""How a company sells, in a study file: segments, teams, both in one plan, advice; and what the keys refuse."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import territory_geo as tg
from territory_geo.cli import app
from territory_geo.errors import DataError
from territory_geo.geodata.samples import data_path
from territory_geo.study import checked_study, read_study, run_study
from territory_geo.study.advise import _segments
from territory_geo.study.selling import AdviseKeys

ROLES = '[[role]]\nname = "executive"\nhours = 20\nduty = "owns"\nskills = "ignore"\nrevenue_at_risk = 0.1\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write 20 accounts on a map, three of them named, two reps of whom R1 has one of these today, and an executive."""
    random = np.random.default_rng(2)
    pd.DataFrame(
        {
            "account_id": [f"a{i:02d}" for i in range(20)], "name": [f"Firm {i}" for i in range(20)],
            "lon": random.uniform(8, 9, 20).round(4), "lat": random.uniform(50, 51, 20).round(4), "hours": 10.0,
            "revenue_usd": [500.0] * 3 + [50.0] * 17, "worth": [900_000.0] * 3 + [500.0] * 17,
            "stakeholders": [12] * 3 + [1] * 17, "segment": "smb",
        }
    ).to_csv(tmp_path / "accounts.csv", index=False)  # fmt: skip
    (tmp_path / "reps.csv").write_text(
        "rep_id,name,lon,lat,role,capacity_hours\nR1,Ann,8.2,50.2,rep,150\nR2,Ben,8.8,50.8,rep,150\n"
    )
    (tmp_path / "team.csv").write_text("rep_id,name,lon,lat,role,capacity_hours\nE,Eve,8.5,50.5,executive,100\n")
    (tmp_path / "named.csv").write_text("account_id,owner\na00,R1\na01,gone\na02,E\n")
    (tmp_path / "roles.toml").write_text(ROLES)
    return tmp_path


def content(**parts: Any) -> dict[str, Any]:
    return {
        "data": {"accounts": "accounts.csv"},
        "design": {"reps": "reps.csv", "center": "home", "balance": {"hours": 0.2}},
        "segments": {"named_file": "named.csv"},
        "teams": {"people": "team.csv", "roles": "roles.toml"},
        "search": {"iterations": 3},
        **parts,
    }


def test_a_hybrid_study_end_to_end(folder: Path) -> None:
    study = checked_study(content(hybrid={"hours": "hours", "reps_own": "today", "turns": 2, "exchanges": 0}), "it")
    result = run_study(study, base=folder, out=folder / "out")
    assert result.hybrid is not None
    assert result.hybrid.plan is not None, result.hybrid.reason
    assert result.hybrid.plan.verify().ok
    assert result.notes == ("1 named accounts have an owner today who is not among the people",)
    table = pd.read_csv(folder / "out" / "hybrid" / "coverage.csv", dtype=str).set_index("account")
    assert (len(table), table["covered_by"].value_counts().to_dict()) == (20, {"territory": 17, "team": 3})
    assert table.loc["a00", "owner"] == "R1"  # a change of owner would put revenue at risk
    assert len(pd.read_csv(folder / "out" / "assignments.csv")) == 17
    record = json.loads((folder / "out" / "hybrid" / "hybrid.json").read_text())
    assert {"hours of both", "one owner", "teams: roles and skills"} <= set(record["verified"])
    page = (folder / "out" / "hybrid" / "hybrid.html").read_text(encoding="utf-8")
    assert "One pool of hours" in page
    assert "<script" not in page


def test_teams_beside_territories_of_all_accounts(folder: Path) -> None:
    study = checked_study(content(segments={"thresholds": {"named": {"revenue_usd": 400}}}), "it")
    run_study(study, base=folder, out=folder / "out")
    duties = pd.read_csv(folder / "out" / "teams" / "duties.csv", dtype=str)
    assert set(duties[duties["duty"] == "informed"]["person"]) <= {"R1", "R2"}
    assert len(pd.read_csv(folder / "out" / "assignments.csv")) == 20
    assert pd.read_csv(folder / "out" / "segments.csv")["segment"].value_counts()["named"] == 3
    assert (folder / "out" / "sensitivity.csv").is_file()


PROFILE = """
[data]
accounts = "accounts.csv"
[design]
territories = 2
balance = { hours = 0.2 }
[segments.traits]
worth = { weight = 2, low = 0, high = 800_000 }
stakeholders = { weight = 1, low = 0, high = 16 }
segment = { weight = 1, among = ["smb", "enterprise"] }
[segments.cuts]
named = 90
mid-market = 26
[teams]
people = "team.csv"
roles = "roles.toml"
[search]
iterations = 3
"""


def test_segments_by_the_ideal_customer(folder: Path) -> None:
    (folder / "study.toml").write_text(PROFILE)
    result = run_study(read_study(folder / "study.toml"), base=folder, out=folder / "out")
    table = pd.read_csv(folder / "out" / "segments.csv", dtype={"account": str}).set_index("account")
    # 50 for 900,000 of 800,000, 25 × 12 / 16, and 25 for the word; the others 50 / 1,600, 25 / 16 and 25.
    assert table["score"]["a00"] == pytest.approx(50 + 18.75 + 25)
    assert table["score"]["a05"] == pytest.approx(50 * 500 / 800_000 + 25 / 16 + 25)
    assert table["segment"].value_counts().to_dict() == {"mid-market": 17, "named": 3}
    sensitivity = pd.read_csv(folder / "out" / "sensitivity.csv")
    assert {"named", "mid-market"} <= set(sensitivity["segment"])
    assert set(pd.read_csv(folder / "out" / "teams" / "duties.csv")["account"]) == {"a00", "a01", "a02"}
    assert result.solution.plan is not None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "named = 90\nmid-market = 26",
            "",
            "needs exactly one of thresholds, traits (with cuts), named_file. Got traits",
        ),
        ("named = 90", "best = 90", "segments.cuts.best"),
        ("named = 90", "named = 20", "must be scores from 100 to 0, falling. Got 20.0, 26.0"),
        ("low = 0, high = 16", "low = 0", "either two different numbers 'low' and 'high', or entries in 'among'"),
        ("stakeholders =", "stakes =", "stakes"),
    ],
)
def test_profiles_that_cannot_be_used(folder: Path, old: str, new: str, words: str) -> None:
    assert old in PROFILE
    (folder / "study.toml").write_text(PROFILE.replace(old, new))
    done = CliRunner().invoke(app, ["run", str(folder / "study.toml"), "--out", str(folder / "out")])
    assert done.exit_code == 2, done.output
    assert words in done.output.replace("\n  ", " ")


def test_rules_that_only_name_accounts_leave_the_other_segments_alone() -> None:
    table = pd.DataFrame({"account_id": ["A", "B"], "segment": ["smb", "enterprise"], "worth": [9.0, 1.0]})

    def segments(rules: dict[str, dict[str, float]], members: pd.DataFrame = table) -> object:
        sorting = SimpleNamespace(segments=tg.segment_accounts(table, tg.SegmentRules(rules)))
        return _segments(AdviseKeys(value="worth"), sorting, members)

    assert segments({"named": {"worth": 5}}) == "segment"
    assert isinstance(segments({"named": {"worth": 5}, "enterprise": {"worth": 2}}), tg.Segments)
    assert isinstance(segments({"named": {"worth": 5}}, table.drop(columns="segment")), tg.Segments)


def test_advice_by_command(folder: Path) -> None:
    arguments = [
        "advise", "accounts.csv", "--reps", "reps.csv", "--people", "team.csv", "--roles", "roles.toml", "--balance",
        "hours:0.2", "--value", "worth", "--named-file", "named.csv", "--iterations", "3", "--out", "advice",
    ]  # fmt: skip
    named = [str(folder / a) if a.endswith((".csv", ".toml")) or a == "advice" else a for a in arguments]
    named[0] = "advise"
    done = CliRunner().invoke(app, named)
    assert done.exit_code == 0, done.output
    assert "Named: account-based." in done.output
    assert json.loads((folder / "advice" / "advice.json").read_text())["models"]["smb"] == "territory"
    again = CliRunner().invoke(app, [*named, "--growth", "smb"])
    assert again.exit_code == 2
    assert "--growth must be NAME:AMOUNT" in again.output


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"segments": {}}, "needs exactly one of thresholds, traits (with cuts), named_file. Got none"),
        ({"teams": None, "hybrid": {}}, "has hybrid without teams"),
        ({"segments": None}, "has teams without segments"),
        ({"hybrid": {"hour": 1}}, "hybrid.hour: is not known here. Did you mean hours? Allowed are hours, reps_own"),
        ({"advise": {}}, "advise.value: is needed"),
        ({"design": {"territories": 2, "balance": {"hours": 0.2}}, "hybrid": {}}, "without design.reps"),
    ],
)
def test_keys_that_cannot_be_used(part: dict[str, Any], words: str) -> None:
    parts = content(**part)
    with pytest.raises(DataError) as raised:
        checked_study({name: value for name, value in parts.items() if value is not None}, "it")
    assert words in str(raised.value)


def test_the_demo_study_can_be_read() -> None:
    study = read_study(data_path("demo_hybrid.toml"))
    assert study.hybrid is not None
    assert study.hybrid.reps_own == "today"
