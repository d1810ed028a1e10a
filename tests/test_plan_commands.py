"""Commands `compare`, `explain`, `edit`, `diff`, `map`, and `design --save-plan`: files, words and plain errors."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

import territory_geo as tg
from territory_geo.cli import app


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty accounts of two reps, a design that was saved, and the same plan with one account moved."""
    place = tmp_path_factory.mktemp("plans")
    random = np.random.default_rng(3)
    table = pd.DataFrame({"id": [f"K{i:02d}" for i in range(30)], "segment": "smb", "kind": "customer"})
    table["lon"], table["lat"] = (
        np.repeat([-93.0, -91.0], 15) + random.normal(0, 0.3, 30),
        42 + random.normal(0, 0.3, 30),
    )
    table["visits"], table["revenue_usd"] = random.integers(1, 5, 30), random.integers(1, 99, 30)
    table["rep"] = np.where(np.arange(30) % 15 < 12, np.where(table["lon"] < -92, "W", "E"), "W")
    table.to_csv(place / "accounts.csv", index=False)
    code, text = run(
        "design", place / "accounts.csv", "-k", 2, "--balance", "visits:0.5", "--current", "rep", "--iterations", 2,
        "--out", place / "spring", "--save-plan",
    )  # fmt: skip
    assert code == 0, text
    plan = tg.load_plan(place / "spring" / "saved")
    plan.move(plan.problem.units.ids[0], "E").save(place / "other")
    return place


def test_plans_are_compared_with_today(folder: Path) -> None:
    out = folder / "compared"
    code, text = run(
        "compare", folder / "spring", f"gentle={folder / 'other'}", "--today", "--loss-rate", 0.1, "--out", out
    )
    assert code == 0, text
    assert "Relationships kept" in text
    assert "Written to" in text
    record = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert [plan["plan"] for plan in record["plans"]] == ["today", "spring", "gentle"]
    assert (out / "comparison.html").is_file()
    code, text = run("compare", folder / "spring", folder / "other", "--out", out, "--json")
    assert code == 0
    assert json.loads(text)["compared_with"] == "spring"


def test_accounts_are_explained(folder: Path) -> None:
    code, text = run("explain", folder / "spring", "--account", "K00")
    assert code == 0
    assert text.startswith("K00: ")
    code, text = run("explain", folder / "spring", "--out", folder / "why.csv")
    assert code == 0
    table = pd.read_csv(folder / "why.csv")
    assert len(table) == 30
    assert table["sentence"].str.endswith(".").all()


def test_edits_are_applied_and_lead_to_the_next_design(folder: Path) -> None:
    plan = tg.load_plan(folder / "spring" / "saved")
    mine = str(plan.accounts["territory"].iloc[0])
    rows = f"id,action,to,reason,by\nK00,lock,{mine},hers,Ann\nnone,move,E,,\n"
    (folder / "edits.csv").write_text(rows, encoding="utf-8")
    out = folder / "edited"
    code, text = run("edit", folder / "spring", folder / "edits.csv", "--out", out)
    assert code == 0, text
    assert "row 1: lock K00" in text
    assert "row 2: move none to E: refused, no account or unit has this id" in text
    assert "checks that fail" in text
    locks = pd.read_csv(out / "locks.csv")
    assert locks.to_dict("records") == [{"id": "K00", "action": "lock", "to": mine, "reason": "hers", "by": "Ann"}]
    code, text = run(
        "design", folder / "accounts.csv", "-k", 2, "--balance", "visits:0.5", "--current", "rep", "--iterations", 1,
        "--lock", out / "locks.csv", "--out", folder / "next",
    )  # fmt: skip
    assert code == 0, text
    assert not (folder / "next" / "saved").exists()
    assert "The plans are the same." in run("diff", folder / "spring", out)[1]


def test_differences_are_told(folder: Path) -> None:
    code, text = run("diff", folder / "spring", folder / "other")
    assert code == 0
    assert "1 of 30 accounts is in another territory." in text
    assert "feasible before, edited after." in text or "optimal before, edited after." in text


def test_plans_come_on_one_map(folder: Path) -> None:
    river = folder / "river.geojson"
    gpd.GeoDataFrame(geometry=[shapely.LineString([(-92, 41.5), (-92, 42.5)])], crs=4326).to_file(river)
    findings = folder / "findings.csv"
    findings.write_text(
        "row,id,rule,severity,finding,action\n,,header,info,of the table,\n3,K02,stacked,warning,on K03,\n"
    )
    out = folder / "maps" / "both.html"
    code, text = run(
        "map", folder / "spring", f"gentle={folder / 'other'}", "--out", out, "--title", "Two plans", "--theme", "dark",
        "--barriers", river, "--findings", findings,
    )  # fmt: skip
    assert (code, text) == (0, f"Written to {out}.\n")
    page = out.read_text(encoding="utf-8")
    assert [name for name in ("Today", "spring", "gentle") if f'"name":"{name}"' not in page] == []
    assert "[[41.5,-92.0],[42.5,-92.0]]" in page
    assert "Data check (1)" in page
    assert '"theme":"dark"' in page
    assert run("map", folder / "spring", "--no-today")[0] == 0
    page = (folder / "spring" / "map.html").read_text(encoding="utf-8")
    assert '"name":"spring"' in page
    assert '"name":"Today"' not in page


@pytest.mark.slow
def test_an_earlier_plan_does_not_stay_beside_a_new_design(folder: Path) -> None:
    again = ("design", folder / "accounts.csv", "-k", 2, "--balance", "visits:0.5", "--iterations", 1, "--out")
    assert run(*again, folder / "twice", "--save-plan")[0] == 0
    assert (folder / "twice" / "saved" / "plan.txt").is_file()
    assert run(*again, folder / "twice")[0] == 0
    assert not (folder / "twice" / "saved").exists()


def test_what_is_wrong_is_named(folder: Path) -> None:
    for words, said in (
        (("compare", folder / "spring", "--out", folder / "x"), "Comparing needs two plans or more, or --today."),
        (("compare", folder / "spring", folder / "spring", "--out", folder / "x"), "Two plans are called 'spring'"),
        (("compare", folder / "none", folder / "spring", "--out", folder / "x"), "holds no saved plan"),
        (("compare", folder / "next", folder / "spring", "--out", folder / "x"), "again with --save-plan"),
        (("explain", folder / "spring"), "Say which accounts"),
        (("explain", folder / "spring", "--account", "zz"), "No account or unit has the id zz"),
        (("edit", folder / "spring", folder / "no.csv", "--out", folder / "x"), "does not exist"),
        (("diff", folder / "spring", folder), "holds no saved plan"),
        (("map", folder / "spring", folder / "other"), "Several plans come into one file"),
        (("map", folder / "spring", "--theme", "pink"), "expected one of light, dark, auto, got 'pink'"),
        (("map", folder / "spring", "--findings", folder / "none.csv"), "none.csv does not exist"),
        (("map", f"Today={folder / 'spring'}"), "One plan is called 'Today'"),
    ):
        code, text = run(*words)
        assert code == 2, text
        assert said in text
