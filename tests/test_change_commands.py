"""Commands `rebalance` and `frontier`: files, words, exit codes and plain errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import territory_geo as tg
from territory_geo.cli import app


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved plan of three towns on a line, four accounts each of A, B, C; today A has six, B four, C two."""
    place = tmp_path_factory.mktemp("plans")
    i = np.arange(12)
    table = pd.DataFrame({"id": [f"K{k:02d}" for k in i], "lon": -93 + 0.1 * i + 0.2 * (i // 4), "lat": 42.0})
    table["visits"], table["revenue_usd"], table["rep"] = 1, np.arange(1, 13), list("AAAAAABBBBCC")
    accounts = tg.read_accounts(table)
    units = tg.BasicUnits.from_accounts(accounts)
    problem = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), n_territories=3, balance={"visits": 0.3}, current="rep"
    )
    tg.TerritoryPlan(problem, pd.Series(list("AAAABBBBCCCC"), index=units.ids)).save(place / "plan")
    return place


@pytest.mark.slow
def test_the_fewest_moves_are_written_with_reasons(folder: Path) -> None:
    out = folder / "fewest"
    code, text = run("rebalance", folder / "plan", "--out", out, "--iterations", 2)
    assert code == 0, text
    # A may keep five, C needs three: one of A's to B, one of B's to C.
    assert "2 accounts change rep, 16.7 % of accounts (the least there is)" in text
    moves = pd.read_csv(out / "moves.csv")
    assert set(zip(moves["from"], moves["to"], strict=True)) == {("A", "B"), ("B", "C")}
    assert moves["reason"].str.endswith(".").all()
    assert tg.load_plan(out / "saved").verify().ok
    assert (out / "map.html").is_file()


@pytest.mark.slow
def test_a_rep_leaves_and_one_joins(folder: Path) -> None:
    code, text = run("rebalance", folder / "plan", "--leaves", "B", "--out", folder / "leaves", "--iterations", 2)
    assert code == 0, text
    # B's four accounts go to the two who are left.
    assert "4 of 12 accounts change rep; every territory may change" in text
    pd.DataFrame({"rep_id": ["N"], "lon": [-92.4], "lat": [42.0]}).to_csv(folder / "new.csv", index=False)
    joins = ("rebalance", folder / "plan", "--joins", folder / "new.csv", "--out", folder / "joins")
    code, text = run(*joins, "--disruption", "accounts:50%", "--iterations", 2)
    assert code == 0, text
    assert pd.read_csv(folder / "joins" / "assignments.csv")["territory"].nunique() == 4
    code, text = run(*joins, "--disruption", "accounts:0%", "--iterations", 2)
    assert code == 3
    assert "No plan: " in text
    assert not (folder / "joins" / "assignments.csv").exists()


@pytest.mark.slow
def test_two_forces_merge(folder: Path) -> None:
    # The second force lies north of the first one: four accounts each of P and Q.
    i = np.arange(8)
    table = pd.DataFrame({"id": [f"N{k}" for k in i], "lon": -93 + 0.1 * i, "lat": 42.3, "visits": 1})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table.assign(revenue_usd=i + 1, rep=list("PPPPQQQQ"))))
    problem = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), n_territories=2, balance={"visits": 0.3}, current="rep"
    )
    tg.TerritoryPlan(problem, pd.Series(list("PPPPQQQQ"), index=units.ids)).save(folder / "north")
    merge = ("rebalance", folder / "plan", "--merge", folder / "north", "--out", folder / "merged")
    code, text = run(*merge, "--disruption", "accounts:50%", "--iterations", 2)
    assert code == 0, text
    assert " of 20 accounts change rep; " in text
    rows = pd.read_csv(folder / "merged" / "assignments.csv")
    assert set(rows["id"]) == {*(f"K{k:02d}" for k in range(12)), *(f"N{k}" for k in i)}
    assert set(rows["territory"]) == set("ABCPQ")
    moves = pd.read_csv(folder / "merged" / "moves.csv")
    assert f"{len(moves)} of 20 accounts" in text
    assert len(moves) <= 10
    assert tg.load_plan(folder / "merged" / "saved").verify().ok


@pytest.mark.slow
def test_the_frontier_is_written(folder: Path) -> None:
    out = folder / "frontier"
    code, text = run("frontier", folder / "plan", "--points", 3, "--iterations", 2, "--out", out)
    assert code == 0, text
    table = pd.read_csv(out / "frontier.csv")
    # At least two accounts change; once four do, each town has one rep.
    assert (12 * table["moved"]).round(6).tolist() == [2, 3, 4]
    assert table["mean_travel"].is_monotonic_decreasing
    assert text.count(" of accounts changes rep, ") == 3


def test_options_that_do_not_go_together_are_refused(folder: Path) -> None:
    plan, out = folder / "plan", ("--out", folder / "x")
    for words, said in (
        (("--leaves", "A", "--most-accounts", 3), "--most-accounts is for a rebalancing from today"),
        (
            ("--leaves", "A", "--merge", plan, "--disruption", "accounts:1"),
            "--leaves and --merge cannot be asked at on",
        ),
        (("--merge", plan), "--merge needs --disruption"),
        (("--disruption", "revenue:5%"), "--disruption is for --leaves, --joins and --merge"),
        (("--leaves", "Z"), "There is no territory 'Z'"),
        (("--merge", plan, "--disruption", "accounts:1"), "Both plans have a territory 'A'"),
        (("--most", "much"), "must be a number"),
    ):
        code, text = run("rebalance", plan, *out, *words)
        assert code == 2, text
        assert said in text
    code, text = run("frontier", plan, *out, "--workers", 0)
    assert (code, "--workers must be" in text) == (2, True)
