"""Edits of a plan: what is kept, what is refused and why, the effect, and what enters the next solve."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.plan.edits import read_edits


@pytest.fixture
def plan() -> tg.TerritoryPlan:
    """Six accounts on a line, three each, one visit each; territories may hold two to four.

    a b c | d e f      kilometres 0 to 5
    """
    table = pd.DataFrame({"id": list("abcdef"), "x": range(0, 6000, 1000), "y": 0, "visits": 1})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    graph = tg.ContiguityGraph.from_edges(units, pd.DataFrame({"u": list("abcde"), "v": list("bcdef")}))
    problem = tg.TerritoryProblem(units, graph, n_territories=2, balance={"visits": 0.34})
    return tg.TerritoryPlan(problem, pd.Series(["W"] * 3 + ["E"] * 3, index=list("abcdef")))


def edits(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["id", "action", "to", "reason", "by"])


def test_a_move_is_kept_with_its_effect(plan: tg.TerritoryPlan) -> None:
    report = tg.apply_edits(plan, edits(("c", "move", "E", "her friend", "Ann")))
    row = report.table.iloc[0]
    assert (row["outcome"], row["from"], row["to"], row["reason"], row["by"]) == ("kept", "W", "E", "her friend", "Ann")
    assert report.plan.labels["c"] == "E"
    assert plan.labels["c"] == "W"
    # From b and e: 2 + 2 km; then from a (or b) and d (or e): 1 and 1 + 1 + 2.
    assert row["objective_change"] == pytest.approx(1.0)
    effect = report.effect
    assert effect.loc["objective"].tolist() == pytest.approx([4.0, 5.0, 1.0])
    assert effect.loc["visits, largest deviation", "after"] == pytest.approx(1 / 3)
    assert report.plan.provenance["status"] == "edited"
    assert report.plan.provenance["edits_kept"] == 1


REFUSED = [
    # (edit, what the table says)
    (("zz", "move", "E"), "no account or unit has this id"),
    (("c", "move", "North"), "there is no territory North: E, W"),
    (("b", "move", "E"), "W would fall apart without it"),
    (("a", "move", "E"), "it does not touch E"),
    (("c", "challenge", "E"), "costs 25 % of all travel more: 1.0 km from its centre instead of 1.0"),
]


@pytest.mark.parametrize(("edit", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_refusals_say_why(edit: tuple[str, ...], words: str, plan: tg.TerritoryPlan) -> None:
    report = tg.apply_edits(plan, edits((*edit, "", "")))
    assert report.table["outcome"].tolist() == ["refused"]
    assert words in report.table["why"].iat[0]
    assert report.plan is plan


def test_what_breaks_a_constraint_can_be_forced_and_is_named(plan: tg.TerritoryPlan) -> None:
    wanted = edits(("c", "move", "E", "", ""), ("b", "move", "E", "", ""))
    held = tg.apply_edits(plan, wanted)
    assert held.table["outcome"].tolist() == ["kept", "refused"]
    assert held.table["why"].iat[1].startswith("E's visits would be 5, above their cap of 4")
    forced = tg.apply_edits(plan, wanted, enforce=False)
    assert forced.table["outcome"].tolist() == ["kept", "kept"]
    assert forced.table["why"].iat[1].startswith("breaks: E's visits would be 5")
    assert forced.effect.loc["checks that fail", "after"] == 1
    # A territory is never emptied.
    last = tg.apply_edits(forced.plan, edits(("a", "move", "E", "", "")), enforce=False)
    assert last.table["why"].iat[0].endswith("W would be empty") or "W would be empty" in last.table["why"].iat[0]
    assert last.table["outcome"].tolist() == ["refused"]


def test_the_order_of_rows_does_not_decide(plan: tg.TerritoryPlan) -> None:
    """b cannot go before c has gone: it does not touch E; refused at first, it is tried again."""
    table = pd.DataFrame({"id": list("abcdef"), "x": range(0, 6000, 1000), "y": 0, "visits": 1})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    wide = tg.TerritoryProblem(units, plan.problem.graph, n_territories=2, balance={"visits": 1.0})
    report = tg.apply_edits(
        tg.TerritoryPlan(wide, plan.labels), edits(("b", "move", "E", "", ""), ("c", "move", "E", "", ""))
    )
    assert report.table["outcome"].tolist() == ["kept", "kept"]


def test_a_challenge_wins_where_the_plan_gains(plan: tg.TerritoryPlan) -> None:
    worse = plan.move("c", "E")
    report = tg.apply_edits(worse, edits(("c", "challenge", "", "", "")))
    row = report.table.iloc[0]
    assert (row["to"], row["outcome"]) == ("W", "kept")
    assert row["objective_change"] == pytest.approx(-1.0)


def test_locks_enter_the_next_solve(plan: tg.TerritoryPlan) -> None:
    report = tg.apply_edits(
        plan, edits(("c", "lock", "E", "", ""), ("a", "lock", "", "", ""), ("d", "move", "E", "", ""))
    )
    assert report.table["outcome"].tolist() == ["kept"] * 3
    locks = {lock.territory: lock.units for lock in report.locks()}
    assert locks == {"E": ("c",), "W": ("a",)}
    assert {u for lock in report.locks(("lock", "move")) for u in lock.units} == {"a", "c", "d"}
    solved = tg.solve(report.problem(), stop=tg.MaxIterations(2)).plan
    assert solved is not None
    assert (solved.labels["c"], solved.labels["a"]) == ("E", "W")
    with pytest.raises(tg.OptionError, match="must be of move, lock, challenge"):
        report.locks(("keep",))


def test_two_edits_that_contradict_each_other(plan: tg.TerritoryPlan) -> None:
    report = tg.apply_edits(plan, edits(("c", "lock", "E", "", ""), ("c", "move", "W", "", "")))
    assert report.table["outcome"].tolist() == ["kept", "refused"]
    assert report.table["why"].iat[1] == "row 1 says E, for it or an account on its spot"


def test_tables_that_cannot_be_read_name_each_row(tmp_path: Path) -> None:
    with pytest.raises(tg.DataError, match=r"row 1 \(a\): the action 'shift' is not known"):
        read_edits(edits(("a", "shift", "E", "", ""), ("", "move", "E", "", "")))
    with pytest.raises(tg.DataError, match="row 1: the territory \\(to\\) is missing"):
        read_edits(edits(("a", "move", "", "", "")))
    path = tmp_path / "edits.csv"
    with pytest.raises(tg.DataError, match="is a folder"):
        read_edits(tmp_path)
    path.write_text('id,action,to,reason,by\n007,move,E,"=1+1",Ann\n', encoding="utf-8")
    assert read_edits(path)[0].id == "007"
    assert read_edits(path)[0].reason == "=1+1"
