"""The independent check catches plans that are broken on purpose, in memory and on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.plan.verify import (
    Verification,
    check_assignment,
    pieces_with_networkx,
    pieces_with_scipy,
    verify_written,
)


@pytest.fixture(scope="module")
def plan() -> tg.TerritoryPlan:
    """A 4 x 4 grid of accounts cut into four squares; two rows are rejected, two accounts share a spot.

    T01 T01 T02 T02
    T01 T01 T02 T02
    T03 T03 T04 T04
    T03 T03 T04 T04
    """
    cells = [(r, c) for r in range(4) for c in range(4)]
    frame = pd.DataFrame(
        {
            "id": [f"a{r}{c}" for r, c in cells] + ["twin", "lost", "negative"],
            "lon": [10.0 + c / 10 for _, c in cells] + [10.0, None, 10.0],
            "lat": [50.0 - r / 10 for r, _ in cells] + [50.0, 50.0, 50.0],
            "hours": [4.0] * 15 + [4.0, 0.0, 1.0, -1.0],
        }
    )
    units = tg.BasicUnits.from_accounts(tg.read_accounts(frame), measures=["hours"], land=None)
    graph = tg.ContiguityGraph.from_units(units)
    problem = tg.TerritoryProblem(
        units,
        graph,
        n_territories=4,
        balance={"hours": 0.1},
        constraints=[tg.Lock("a00", "Home"), tg.Forbid("a33", "Home")],
    )
    names = {(0, 0): "Home", (0, 1): "T02", (1, 0): "T03", (1, 1): "T04"}
    labels = pd.Series({f"a{r}{c}": names[r // 2, c // 2] for r, c in cells})
    return tg.TerritoryPlan(problem, labels, {"status": "feasible", "runtime_s": 0.0})


def checked(plan: tg.TerritoryPlan, pairs: list[tuple[str, str]]) -> Verification:
    result = Verification()
    check_assignment(result, plan.problem, *map(list, zip(*pairs, strict=True)))
    return result


def pairs_of(plan: tg.TerritoryPlan) -> dict[str, str]:
    return dict(zip(plan.problem.units.ids, plan.labels, strict=True))


def test_a_sound_plan_passes(plan):
    result = plan.verify()
    assert result.ok
    assert result.failures == []
    assert result.passed("one piece")
    assert not result.passed("no such check")
    assert [name for name, _, _ in result.checks] == [
        "complete", "exclusive", "known units", "number of territories", "one piece", "balance of hours", "constraints",
    ]  # fmt: skip
    assert "7 checks, passed" in repr(result)


@pytest.mark.parametrize(
    ("check", "change", "words"),
    [
        ("complete", {"a11": None}, "unit a11 has no territory"),
        ("known units", {"a99": "T02"}, "a99 is no unit"),
        ("number of territories", {"a33": "T05"}, "5 instead of 4"),
        ("one piece", {"a00": "Home", "a33": "T02", "a03": "T04"}, "T02 is in 2 pieces"),
        ("balance of hours", {"a01": "T02"}, "Home holds 12, allowed 14.4 to 17.6"),
        ("balance of hours", {"a12": "T04"}, "T04 holds 20"),
        ("constraints", {"a00": "T02"}, "unit a00 stays in Home (unit a00 is in T02)"),
        ("constraints", {"a33": "Home"}, "unit a33 is kept out of Home (unit a33 is in Home)"),
    ],
)
def test_broken_labels_are_caught(plan, check, change, words):
    pairs = {k: v for k, v in {**pairs_of(plan), **change}.items() if v is not None}
    result = checked(plan, list(pairs.items()))
    assert not result.ok
    assert not result.passed(check)
    assert words in "; ".join(result.failures)


def test_a_unit_in_two_territories_is_caught(plan):
    result = checked(plan, [*pairs_of(plan).items(), ("a00", "T02")])
    assert result.failures == ["exclusive: unit a00 is in Home and in T02"]


def edit_csv(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        frame = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        change(frame).to_csv(folder / name, index=False)

    return edit


def edit_record(change: Callable[[dict], None]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        record = json.loads((folder / "plan.json").read_text())
        change(record)
        (folder / "plan.json").write_text(json.dumps(record))

    return edit


BROKEN_FILES = [
    ("rows", edit_csv("assignments.csv", lambda f: f.drop(index=3)), "row 4 is missing"),
    ("rows", edit_csv("assignments.csv", lambda f: pd.concat([f, f.iloc[[2]]])), "row 3 is there twice"),
    ("rows", edit_csv("assignments.csv", lambda f: f.assign(unit=f["unit"].replace("a01", "a02"))), "row 2 is in"),
    ("exclusive", edit_csv("assignments.csv", lambda f: f.assign(territory=["T02", *f["territory"][1:]])), "a00 is in"),
    ("rejects", edit_csv("rejects.csv", lambda f: f.iloc[:1]), "row 19 was refused and is not in rejects.csv"),
    ("rejects", edit_csv("rejects.csv", lambda f: f.assign(reason="")), "row 18 is refused without a reason"),
    ("rejects", edit_csv("rejects.csv", lambda f: f.assign(row=["5", "19"])), "row 5 is both accepted and refused"),
    ("row counts", edit_record(lambda r: r["input"].update(rows_used=16)), "plan.json says"),
    ("row counts", edit_record(lambda r: r["input"].update(rows_read=18)), "plan.json says"),
    ("totals of hours", edit_csv("territories.csv", lambda f: f.assign(hours=["15", *f["hours"][1:]])), "16 in fact"),
    ("totals of hours", edit_csv("territories.csv", lambda f: f.iloc[1:]), "None written"),
    ("totals of hours", edit_record(lambda r: r["balance"]["hours"].update(max_deviation=0.01)), "it is 0.000000"),
    ("one piece", edit_csv(
        "assignments.csv",
        lambda f: f.assign(territory=f["territory"].mask(f["unit"] == "a03", "T04").mask(f["unit"] == "a22", "T02")),
    ), "is in 2 pieces"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "breaking", "words"), BROKEN_FILES)
def test_broken_files_are_caught(plan, tmp_path, check, breaking, words):
    plan.write(tmp_path)
    assert verify_written(plan.problem, tmp_path).ok
    breaking(tmp_path)
    result = verify_written(plan.problem, tmp_path)
    assert not result.passed(check), result
    assert words in "; ".join(result.failures)


@given(st.integers(0, 10_000))
def test_networkx_and_scipy_count_the_same_pieces(seed):
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, 20, (25, 2))
    pairs, codes = ends[ends[:, 0] != ends[:, 1]], rng.integers(-1, 3, 20)
    assert pieces_with_networkx(pairs, codes, 3) == pieces_with_scipy(pairs, codes, 3)


def test_many_problems_are_counted_not_listed():
    result = Verification()
    result.add("rows", [f"row {i} is missing" for i in range(1000)], "fine")
    assert result.failures == ["rows: row 0 is missing; row 1 is missing; row 2 is missing (and 997 more)"]


def test_number_ids_that_a_gap_turned_into_floats_still_match(tmp_path):
    frame = pd.DataFrame({"id": [1, 2, None, 4, 5], "lon": [8, 9, 9.5, 10, 11], "lat": [50] * 5})
    solution = tg.design(frame, n_territories=2, balance={"accounts": 0.0})
    solution.plan.write(tmp_path)
    assert verify_written(solution.plan.problem, tmp_path).ok
    assert pd.read_csv(tmp_path / "assignments.csv", dtype=str)["unit"].tolist() == ["1", "2", "4", "5"]
