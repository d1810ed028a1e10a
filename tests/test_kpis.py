"""`territory-geo kpis`: tables in, figures as files and on the screen; the demo from end to end."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import territory_geo as tg
from territory_geo.cli import app


def call(*arguments: object) -> Any:
    """Run the command in this process: `.exit_code`, `.stdout`, `.stderr`."""
    result = CliRunner().invoke(app, ["kpis", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with accounts.csv and a small CRM."""
    accounts = tg.samples.demo_accounts().head(20)
    accounts.to_csv(tmp_path / "accounts.csv", index=False)
    for name in ("orders", "activities"):
        table = pd.read_csv(tg.samples.data_path(f"crm_{name}.csv.gz"), dtype=str)
        table[table["account_id"].isin(accounts["account_id"])].to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def test_the_company_on_the_screen_and_all_in_files(tables: Path) -> None:
    out = tables / "out"
    result = call(
        tables / "accounts.csv", "--territory", "current_rep", "--crm", tables, "--period", "2025", "--out", out
    )
    assert (result.exit_code, result.stderr) == (0, "")
    compared = "2025-01-01 to 2025-12-31, compared with the year before, 2024-01-01 to 2024-12-31; money in USD."
    assert compared in result.stdout
    expected = tg.samples.demo_accounts().head(20)["revenue_usd"].sum()
    assert f"{expected:,} USD" in result.stdout
    files = {"kpis.csv", "kpis.xlsx", "kpis.json", "scores.csv", "scorecards.html", "scorecards_territory.html",
             "definitions.html", "crm_rejects.csv", "crm_findings.csv"}  # fmt: skip
    assert {path.name for path in out.iterdir()} == files
    assert "No leads: no table of leads was given." in result.stdout


def test_json_options_and_assignments(tables: Path) -> None:
    accounts = pd.read_csv(tables / "accounts.csv")
    by_half = pd.DataFrame({"id": accounts["account_id"], "unit": "", "territory": ["T1", "T2"] * 10})
    by_half.to_csv(tables / "assignments.csv", index=False)
    targets = tables / "targets.csv"
    targets.write_text("kpi,value\nrevenue,1000\n")
    result = call(tables / "accounts.csv", "--assignments", tables / "assignments.csv", "--crm", tables, "--json",
                  "--owner", "current_rep", "--by", "company", "--by", "territory", "--measure", "revenue",
                  "--targets", targets, "--out", tables / "out")  # fmt: skip
    assert (result.exit_code, result.stderr) == (0, "")
    record = json.loads(result.stdout)
    values = {row["key"]: row["value"] for row in record["kpis"]}
    assert values["T1"] == accounts["revenue_usd"][::2].sum()
    assert values["T1"] + values["T2"] == values["company"]
    assert record["kpis"][0]["attainment"] == pytest.approx(values["company"] / 1000)
    assert record["input"]["orders"]["rows_rejected"] == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--crm", "{}"], "Say whose territory each account is in: --territory COLUMN"),
        (["--territory", "current_repp", "--crm", "{}"], "Did you mean 'current_rep'"),
        (["--territory", "current_rep"], "There is nothing to read"),
        (["--territory", "current_rep", "--crm", "{}", "--rate", "EUR"], "--rate must be CODE=NUMBER"),
        (["--territory", "current_rep", "--crm", "{}", "--period", "soon"], "'period' parameter must be one of"),
        (["--territory", "current_rep", "--crm", "{}", "--margin", "40"], "'margin' must be a number from 0 to 1"),
        (["--territory", "current_rep", "--crm", "{}", "--measure", "sales"], "There is no KPI 'sales'"),
    ],
)
def test_what_cannot_be_used_is_one_message(tables: Path, options: list[str], message: str) -> None:
    result = call(tables / "accounts.csv", *(text.format(tables) for text in options), "--out", tables / "out")
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_named_accounts_targets_and_a_market(tables: Path) -> None:
    accounts = pd.read_csv(tables / "accounts.csv", dtype=str)
    named, owner = accounts["account_id"].iloc[0], accounts["current_rep"].iloc[0]
    (tables / "coverage.csv").write_text(f"account_id,motion,owner,team\n{named},account,{owner},Key\n")
    (tables / "targets.csv").write_text("kpi,value\npenetration,0.5\n")
    contacts = pd.read_csv(tg.samples.data_path("crm_contacts.csv.gz"), dtype=str)
    contacts[contacts["account_id"].isin(accounts["account_id"])].to_csv(tables / "contacts.csv", index=False)
    out = tables / "out"
    options = ("--coverage", tables / "coverage.csv", "--targets", tables / "targets.csv", "--period", "2025",
               "--market", "potential_usd", "--within", "segment", "--out", out)  # fmt: skip
    result = call(tables / "accounts.csv", "--territory", "current_rep", "--crm", tables, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    ranking = pd.read_csv(out / "ranking.csv")
    assert set(ranking["key"]) == set(accounts["current_rep"])
    assert ranking["expected"].sum() == pytest.approx(ranking["revenue"].sum())
    # Only the named account has a card, and its people drawn.
    card = (out / "accounts.html").read_text()
    assert card.count('class="card account"') == 1
    assert "Who decides" in card  # the pages link to each other
    assert (out / "influence.html").read_text().count("<svg") == 1
    assert f"Account {named}, 2025-01-01 to 2025-12-31" in (out / "influence.html").read_text()
    assert "of 50.0 %" in (out / "scorecards.html").read_text()

    # The same from a study, beside its plan.
    (tables / "study.toml").write_text(
        '[data]\nsource = "accounts.csv"\n[design]\nterritories = 2\nbalance = { accounts = 0.5 }\n'
        'contiguous = false\n[search]\niterations = 10\n[kpis]\ncrm = "."\nperiod = "2025"\nowner = "current_rep"\n'
        'coverage = "coverage.csv"\ntargets = "targets.csv"\nmarket = "potential_usd"\nwithin = "segment"\n'
    )
    study = CliRunner().invoke(app, ["run", str(tables / "study.toml"), "--out", str(tables / "planned")])
    assert study.exit_code == 0, study.output
    figures = pd.read_csv(tables / "planned" / "kpis" / "kpis.csv")
    one, other = (table[(table["level"] == "company")].set_index(["kpi", "motion"])["value"]
                  for table in (figures, pd.read_csv(out / "kpis.csv")))  # fmt: skip
    # What adds up over accounts does not depend on who has which.
    assert one["revenue", "all"] == other["revenue", "all"]
    assert set(figures.loc[figures["level"] == "territory", "key"]) == {"T01", "T02"}
    assert (figures.loc[figures["kpi"] == "penetration", "target"] == 0.5).all()


def test_a_saved_plan(tables: Path) -> None:
    units = tg.BasicUnits.from_accounts(tg.read_accounts(tables / "accounts.csv"), land=None)
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"accounts": 1.0})
    labels = pd.Series(["T1", "T2"] * (len(units) // 2) + ["T1"] * (len(units) % 2), index=units.frame.index)
    tg.TerritoryPlan(problem, labels).save(tables / "plan")
    given = ("--crm", tables, "--measure", "revenue", "--by", "company", "--period", "2025", "--out", tables / "out")
    result = call(tables / "plan", *given, "--json")
    assert json.loads(result.stdout)["kpis"][0]["value"] == units.frame["revenue_usd"].sum()
    refused = call(tables / "plan", "--territory", "current_rep", *given)
    assert "leave out --territory" in refused.stderr


def test_targets_on_the_screen(tables: Path) -> None:
    (tables / "targets.csv").write_text("kpi,value,per\nREVENUE,1000,year\nAccounts reached,50 %,\nLeads,9,\n")
    result = call(tables / "accounts.csv", "--territory", "current_rep", "--crm", tables, "--period", "2025",
                  "--targets", tables / "targets.csv", "--out", tables / "out")  # fmt: skip
    assert (result.exit_code, result.stderr) == (0, "")
    lines = {line.split("  ")[0]: line for line in result.stdout.splitlines()}
    assert lines["figure"].split() == ["figure", "accounts", "n", "value", "interval", "change", "target", "reached"]
    record = json.loads((tables / "out" / "kpis.json").read_text())["kpis"]
    reached = {row["kpi"]: row["attainment"] for row in record if row["level"] == "company"}
    assert lines["Revenue"].endswith(f"1,000 USD  {100 * reached['revenue']:.0f} %")
    assert lines["Accounts reached"].endswith(f"50.0 %    {100 * reached['account_coverage']:.0f} %")
    assert "20 by territory" in lines["Accounts reached"]
    assert "reached: value / target, or target / value where lower is better" in result.stdout
    assert "No lifetime value" not in result.stdout  # no named accounts, no figures for them
    assert "of 1,000 USD" in (tables / "out" / "scorecards.html").read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--period", "2031"], "The period 2031-01-01 to 2031-12-31 lies outside of the data (activities 2024-"),
        (["--market", "potentail_usd"], "'potentail_usd' (asked for as market). Did you mean 'potential_usd'"),
        (["--market", "potential_usd", "--within", "segmnt"], "'segmnt' (asked for as within). Did you mean 'segment'"),
        (["--against", "quarter"], "'against' parameter must be 'before' or 'year'"),
    ],
)
def test_what_the_data_does_not_have_is_refused(tables: Path, options: list[str], message: str) -> None:
    given = ("--territory", "current_rep", "--crm", tables, "--measure", "revenue", "--out", tables / "out")
    result = call(tables / "accounts.csv", *given, *options)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.slow
def test_the_python_and_the_command_of_the_readme_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__file__).resolve().parents[1]
    text = (root / "README.md").read_text(encoding="utf-8")
    (tmp_path / "data").symlink_to(root / "data")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    source = next(block for block in blocks if "tg.write_kpis(" in block)
    exec(compile(source, "README.md", "exec"), {"tg": tg, "accounts": tg.read_accounts(tg.samples.demo_accounts())})
    (tmp_path / "maps" / "kpis").rename(tmp_path / "by_python")
    line = re.search(r"^territory-geo kpis (data/accounts\.csv .*?[^\\])\n", text, re.MULTILINE | re.DOTALL)
    assert line is not None
    result = call(*shlex.split(line[1].replace("\\\n", " ")))
    assert (result.exit_code, result.stderr) == (0, "")
    for name in ("kpis.csv", "ranking.csv", "scores.csv", "accounts.html", "scorecards.html", "influence.html"):
        written = (tmp_path / "maps" / "kpis" / name).read_text(encoding="utf-8")
        assert (tmp_path / "by_python" / name).read_text(encoding="utf-8") == written, name


def test_the_demo_company() -> None:
    alignment = tg.Alignment.from_accounts(tg.read_accounts(tg.samples.demo_accounts(), land=None), "current_rep")
    table = tg.kpis(
        alignment, tg.samples.demo_crm(), period="2025", coverage=tg.samples.demo_coverage(),
        options=tg.KpiOptions(market="potential_usd", margin=0.4),
    )  # fmt: skip
    company = table[table["level"] == "company"].set_index("kpi")
    accounts = tg.samples.demo_accounts()
    assert company.loc["revenue", "value"] == accounts["revenue_usd"].sum()
    customers = accounts.loc[~accounts["account_id"].isin(tg.samples.demo_coverage()["account_id"]), "revenue_usd"] > 0
    assert company.loc["penetration", "value"] == pytest.approx(customers.mean())
    assert set(table["level"]) == {"company", "territory", "rep", "team", "manager", "account"}
    weights = table[(table["level"] == "rep") & (table["key"] == "R15")].groupby("motion")["weight"].first()
    assert weights["territory"] + weights["account"] == pytest.approx(1)
    assert 0 < weights["account"] < 0.2
    # Every figure is there, or its note says why not.
    assert (table["value"].notna() | (table["note"] != "")).all()
    assert table.attrs["notes"] == []
