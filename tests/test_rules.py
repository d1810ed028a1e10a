"""Rules on the command line and in study files: what they make, how wrong ones are told, what a run writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import territory_geo as tg
from territory_geo.cli import app
from territory_geo.plan.grouping import read_apart, together_by
from territory_geo.study import checked_study
from territory_geo.study.rules import rules_of


def call(*arguments: object) -> Any:
    """Run the command in this process: `.exit_code`, `.stdout`, `.stderr`."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """24 accounts on a line, A's first and B's last dozen but for two; a parent with two branches; five states."""
    n = 24
    frame = pd.DataFrame({"id": [f"a{i:02d}" for i in range(n)], "lon": 10 + np.arange(n) / 10, "lat": 50.0})
    frame["visits"], frame["revenue_usd"] = 1, [100 + 10 * (i % 3) for i in range(n)]
    frame["rep"] = ["A"] * 14 + ["B"] * 10
    frame["parent"] = ""
    frame.loc[[3, 20], "parent"] = "a10"
    frame["state"] = [f"S{i // 5}" for i in range(n)]
    frame.to_csv(tmp_path / "accounts.csv", index=False)
    people = pd.DataFrame({"rep_id": ["A", "B"], "lon": [10.5, 11.9], "lat": [50.0, 50.0], "capacity_hours": 1})
    people.to_csv(tmp_path / "reps.csv", index=False)
    pd.DataFrame({"a": ["a00"], "b": ["a23"]}).to_csv(tmp_path / "apart.csv", index=False)
    locks = pd.DataFrame({"id": ["a13"], "action": "lock", "to": "A", "reason": "a promise", "by": "Vera"})
    locks.to_csv(tmp_path / "locks.csv", index=False)
    return tmp_path


def test_all_rules_on_the_command_line(company: Path) -> None:
    out = company / "out"
    result = call(
        "design", company / "accounts.csv", "--reps", company / "reps.csv", "--balance", "visits:0.2", "--out", out,
        "--no-contiguity", "--current", "rep", "--lock", company / "locks.csv", "--disruption", "revenue:10%",
        "--disruption", "accounts:0.2:territory", "--together", "parent", "--apart", company / "apart.csv",
        "--max-radius", 200, "--accounts", "10:14", "--home-inside", "--keep-whole", "state:0.1", "--border", 0,
        "--iterations", 10,
    )  # fmt: skip
    assert result.exit_code == 2
    assert "BorderLength needs to know which units touch" in result.stderr
    result = call(
        "design", company / "accounts.csv", "--reps", company / "reps.csv", "--balance", "visits:0.2", "--out", out,
        "--no-contiguity", "--current", "rep", "--lock", company / "locks.csv", "--disruption", "revenue:10%",
        "--disruption", "accounts:0.2:territory", "--together", "parent", "--apart", company / "apart.csv",
        "--max-radius", 200, "--accounts", "10:14", "--home-inside", "--keep-whole", "state:0.1:9", "--overlap", 1,
        "--iterations", 10,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    territory = pd.read_csv(out / "assignments.csv").set_index("id")["territory"]
    assert territory["a13"] == "A"
    assert territory[["a03", "a10", "a20"]].nunique() == 1
    assert territory["a00"] != territory["a23"]
    record = json.loads((out / "plan.json").read_text())
    assert {"together", "apart", "radius", "homes", "disruption", "changes of rep"} <= set(record["verified"])
    assert record["disruption"]["shares"]["revenue_usd"] <= 0.1
    assert record["disruption"]["shares"]["accounts"] == pytest.approx((territory != company_reps(company)).mean())
    assert [entry["id"] for entry in record["constraints"]] == [
        "lock:a13>A", "parent a10", "apart.csv row 1", "max_radius:200", "accounts:10-14", "home_inside",
        "keep_whole:state", "overlap:nearer", "disruption:revenue_usd<=10%", "disruption/territory:accounts<=20%",
    ]  # fmt: skip
    assert "Changes rep: " in result.stdout
    assert "of 24 accounts with a rep." in result.stdout
    assert "further territories in which a state lies" in result.stdout
    # What only has a price is not kept: of the ten rules, states and overlap.
    assert "rules are kept, such as: " in result.stdout


def company_reps(folder: Path) -> pd.Series:
    return pd.read_csv(folder / "accounts.csv").set_index("id")["rep"]


UNUSABLE = [
    (["--disruption", "revenue"], "--disruption must be MEASURE:SHARE[:PER], such as revenue:0.05. Got 'revenue'"),
    (["--disruption", "a:b:c:d"], "Got 'a:b:c:d'"),
    (
        ["--disruption", "revenue:5", "--current", "rep"],
        "--disruption revenue: must be a share, at most 1 (5 % is 0.05). Got 5.0.",
    ),
    (["--disruption", "revenue:x", "--current", "rep"], "--disruption revenue: must be a number. Got 'x'."),
    (["--disruption", "revenue:0.1", "--disruption", "revenue:0.2"], "--disruption names 'revenue' more than once"),
    (["--disruption", "revenue:0.1"], "--disruption without --current"),
    (["--disruption", "sales:0.1", "--current", "rep"], "no number 'sales' of the accounts"),
    (["--current", "owner"], "no column 'owner' (in current)"),
    (["--together", "firm"], "no column 'firm' (in together)"),
    (["--together", "id"], "No two accounts share a value of 'id'"),
    (["--apart", "nowhere.csv"], "nowhere.csv does not exist"),
    (["--max-radius", "0"], "--max-radius: must be above 0"),
    (["--accounts", "10"], "--accounts must be LEAST:MOST in whole numbers, such as 80:200. Got '10'"),
    (["--accounts", "20:10"], "--accounts: needs lower <= upper. Got lower 20, upper 10"),
    (["--keep-whole", "state"], "--keep-whole must be COLUMN:COST"),
    (["--keep-whole", "state:1:x"], "--keep-whole must be COLUMN:COST"),
    (["--keep-whole", "state:much"], "--keep-whole cost: must be a number. Got 'much'."),
    (["--keep-whole", "state:0"], "needs a cost above 0 or a limit"),
    (["--home-inside"], "--home-inside without --reps"),
    (["--border", "-1"], "--border: must be at least 0"),
    (["--overlap", "-1"], "--overlap: must be at least 0"),
]


@pytest.mark.parametrize(("arguments", "words"), UNUSABLE, ids=[" ".join(arguments) for arguments, _ in UNUSABLE])
def test_unusable_rules_are_one_message(arguments: list[str], words: str, company: Path) -> None:
    given = ("design", company / "accounts.csv", "-k", 2, "--balance", "visits", "--out", company / "out")
    result = call(*given, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (company / "out").exists()


def study_of(text: str) -> Any:
    import tomllib

    head = '[data]\naccounts = "accounts.csv"\n[design]\nterritories = 2\nbalance = { visits = 0.2 }\n'
    return checked_study(tomllib.loads(head + text), "The study")


def test_a_study_says_the_same(company: Path) -> None:
    study = study_of(
        """current = "rep"
        reps = "reps.csv"
        [rules]
        together = ["parent"]
        apart_file = "apart.csv"
        max_radius_km = 200
        accounts = { lower = 10, upper = 14 }
        home_inside = true
        border_cost = 0.001
        border_by = "edges"
        overlap_cost = 2.0
        overlap_by = "hulls"
        [[rules.keep_whole]]
        column = "state"
        cost = 0.5
        limit = 3
        [[rules.disruption]]
        share = { revenue = 0.05, accounts = 0.1 }
        per = "state"
        [[rules.disruption]]
        price = { revenue = 40.0 }
        [[together]]
        units = ["a00", "a01"]
        [[apart]]
        units = ["a02", "a22"]
        """.replace("max_radius_km = 200", "max_radius_km = 200.0")
    )
    units = tg.BasicUnits.from_accounts(tg.read_accounts(company / "accounts.csv"), measures=["visits"])
    found = rules_of(study.rules, study.together, study.apart, units, company)
    assert found == [
        tg.Together(["a00", "a01"], name="together[1]"),
        tg.Together(["a03", "a10", "a20"], name="parent a10"),
        tg.Apart(["a02", "a22"], name="apart[1]"),
        tg.Apart(["a00", "a23"], name="apart.csv row 1"),
        tg.MaxRadius(200),
        tg.AccountRange(10, 14),
        tg.HomeInside(),
        tg.KeepWhole("state", 0.5, limit=3),
        tg.BorderLength(0.001, by="edges"),
        tg.OverlapCost(2, by="hulls"),
        tg.DisruptionBudget(revenue=0.05, accounts=0.1, per="state"),
        tg.DisruptionBudget(price={"revenue": 40}),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[rules]\nradius = 3",
            "rules.radius: is not known here. Did you mean max_radius_km? Allowed are together, apart_file, max_rad",
        ),
        (
            "[[rules.keep_whole]]\nname = 'state'",
            "rules.keep_whole[1].name: is not known here. Allowed are column, cost",
        ),
        ("[[rules.disruption]]\nper = 'plan'", "rules.disruption[1]: needs share or price"),
        ("[[rules.disruption]]\nprice = { a = 1.0 }\nper = 'x'", "prices are for the plan as a whole"),
        ("[rules]\nborder_by = 'km'", "has border_by without border_cost"),
        ("[[together]]\nunits = ['a']", "together[1].units: must not be"),
        ("[rules]\naccounts = { lower = 3 }", "rules.accounts.upper: is needed."),
    ],
)
def test_wrong_rules_of_a_study_are_told(text: str, words: str) -> None:
    with pytest.raises(tg.DataError) as caught:
        study_of(text)
    assert words in str(caught.value)


def test_groups_come_from_a_column(company: Path) -> None:
    """The head office a10 has no parent of its own and belongs to its branches all the same."""
    units = tg.BasicUnits.from_accounts(tg.read_accounts(company / "accounts.csv"), measures=["visits"])
    assert [group.units for group in together_by(units, "parent")] == [("a03", "a10", "a20")]
    assert [group.id for group in together_by(units, "state")][:2] == ["state S0", "state S1"]


def test_accounts_to_keep_apart_come_from_pairs_or_groups(tmp_path: Path) -> None:
    path = tmp_path / "apart.csv"
    path.write_text("id,group\n007,x\n8,x\n9,y\nNA,y\n11,x\n", encoding="utf-8")
    assert [(group.id, group.units) for group in read_apart(path)] == [
        ("apart.csv group x", ("007", "8", "11")),
        ("apart.csv group y", ("9", "NA")),
    ]
    for text, words in (
        ("a,b\n1,\n2,2\n", "row 1: b is missing"),
        ("a,b\n2,2\n", "row 1: needs two different ids"),
        ("id,group\n2,x\n", "group x: needs two different ids"),
        ("x,y\n1,2\n", "has the columns x, y. Accounts to keep apart need the columns a, b"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(tg.DataError, match=words):
            read_apart(path)


@pytest.mark.slow
def test_the_demo_company_under_locks_and_a_budget_and_a_lock_too_many(tmp_path: Path) -> None:
    """The shipped accounts and reps: two promises and 10 % of revenue; then the 32 busiest accounts for R07 alone."""
    data = tg.samples.data_path("accounts.csv").parent
    accounts = pd.read_csv(data / "accounts.csv")
    hours = accounts["visits_per_year"] * accounts["visit_minutes"]
    others = accounts["current_rep"] != "R07"
    busiest = accounts.loc[hours[others].sort_values(ascending=False).index[:32], "account_id"]
    promised = ["A00004", "A00008"]
    for name, ids, to in (("promises", promised, "R03"), ("crowd", busiest, "R07")):
        pd.DataFrame({"id": ids, "action": "lock", "to": to, "reason": "", "by": "Vera"}).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    given = (
        "design", data / "accounts.csv", "--reps", data / "reps.csv", "--role", "territory rep", "--balance",
        "visit_hours:0.15", "--current", "current_rep", "--disruption", "revenue:10%", "--iterations", 5,
    )  # fmt: skip
    result = call(*given, "--lock", tmp_path / "promises.csv", "--out", tmp_path / "kept")
    assert result.exit_code == 0, result.output
    territory = pd.read_csv(tmp_path / "kept" / "assignments.csv").set_index("id")["territory"]
    assert (territory[promised] == "R03").all()
    record = json.loads((tmp_path / "kept" / "plan.json").read_text())
    assert record["disruption"]["shares"]["revenue_usd"] <= 0.1
    assert " of revenue_usd, " in result.stdout
    result = call(*given, "--lock", tmp_path / "crowd.csv", "--out", tmp_path / "crowded")
    assert result.exit_code == 3
    assert "units locked to R07 are" in result.stdout
    assert "cannot hold together: " in result.stdout
    assert (tmp_path / "crowded" / "nearest" / "map.html").is_file()
    assert not (tmp_path / "crowded" / "assignments.csv").exists()
