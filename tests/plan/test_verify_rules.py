"""Each kind of constraint is checked: a plan that keeps it passes, one that breaks it is told in the user's words."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.plan.verify import verify_written


def units() -> tg.BasicUnits:
    """Eight accounts on a line, one km apart; states N N N N S S S S, reps A A A A B B B B, segments big and small."""
    table = pd.DataFrame(
        {
            "id": [f"u{i}" for i in range(8)],
            "x": np.arange(8) * 1000.0,
            "y": 0.0,
            "visits": 1.0,
            "revenue": [10.0, 10.0, 10.0, 10.0, 40.0, 10.0, 5.0, 5.0],
            "state": list("NNNNSSSS"),
            "rep": list("AAAABBBB"),
            "segment": ["big", "small"] * 4,
        }
    )
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])


def reps() -> tg.Reps:
    return tg.read_reps(pd.DataFrame({"rep_id": ["A", "B"], "lon": [400, 6600], "lat": [0, 0]}), crs=None)


def plan_of(names: str, *constraints, **change) -> tg.TerritoryPlan:
    asked = {"balance": {"visits": 1.0}, "current": "rep", "reps": reps(), **change}
    problem = tg.TerritoryProblem(units(), constraints=constraints, **asked)
    return tg.TerritoryPlan(problem, pd.Series(list(names), index=problem.units.ids))


CASES = [
    (
        tg.Together(["u0", "u7"]),
        "AABBBBBA",
        "AAAABBBB",
        "together",
        "2 units (u0, u7) stay together (they are in A, B)",
    ),
    (
        tg.Apart(["u0", "u1", "u7"][::2]),
        "AAAABBBB",
        "AABBBBBA",
        "apart",
        "2 units (u0, u7) are kept apart (unit u0 and unit u7 are both in A)",
    ),
    (tg.MaxRadius(2), "AAAABBBB", "AAAAABBA", "radius", "A has no unit from which all its others lie within 2 km"),
    (
        tg.AccountRange(3, 5),
        "AAAAABBB",
        "AAAAAABB",
        "accounts per territory",
        "A holds 6 accounts, allowed 3 to 5; B holds 2 accounts, allowed 3 to 5",
    ),
    (
        tg.KeepWhole("state", cost=float("inf")),
        "AAAABBBB",
        "AAAAABBB",
        "containers",
        "keep_whole:state: 1 further territories, allowed 0 (S lies in 2 territories)",
    ),
    (tg.HomeInside(), "AAAABBBB", "BAAABBBB", "homes", "the home of A is in unit u0, which is in B"),
    (
        tg.DisruptionBudget(accounts=0.25),
        "AABBBBBB",
        "ABBBBBBB",
        "disruption",
        "37.5 % of accounts changes rep, allowed 25 %",
    ),
    (
        tg.DisruptionBudget(revenue=0.25),
        "AABBBBBB",
        "AAAAABBB",
        "disruption",
        "40 % of revenue changes rep, allowed 25 %",
    ),
    (
        tg.DisruptionBudget(accounts=0.25, per="territory"),
        "AAABBBBA",
        "AABBBBBB",
        "disruption",
        "50 % of accounts of A changes rep, allowed 25 %",
    ),
    (
        tg.DisruptionBudget(accounts=0.25, per="segment"),
        "AABABBBA",
        "AABABBAB",
        "disruption",
        "50 % of accounts of big changes rep, allowed 25 %",
    ),
    (tg.Lock("u0", "A"), "AAAABBBB", "BAAABBBB", "constraints", "unit u0 stays in A (unit u0 is in B)"),
    (tg.Forbid("u0", "B"), "AAAABBBB", "BAAABBBB", "constraints", "unit u0 is kept out of B (unit u0 is in B)"),
]


@pytest.mark.parametrize(("constraint", "kept", "broken", "check", "words"), CASES, ids=[c[0].id for c in CASES])
def test_each_kind_is_checked(constraint, kept, broken, check, words):
    fine = plan_of(kept, constraint).verify()
    assert fine.failures == []
    assert fine.passed(check)
    result = plan_of(broken, constraint).verify()
    assert not result.passed(check)
    assert result.failures == [f"{check}: {words}"]


def test_all_kinds_hold_together():
    every = [case[0] for case in CASES if not isinstance(case[0], tg.Together)] + [tg.Together(["u0", "u3"])]
    assert plan_of("AAAABBBB", *every).verify().failures == []


@pytest.mark.parametrize(
    ("center", "km", "words"),
    [
        ("home", 4.4, []),
        ("home", 4.3, ["radius: unit u4 is 4.4 km from the home of A, allowed 4.3"]),
        ("centroid", 2.0, []),
        ("centroid", 1.9, ["radius: unit u0 is 2.0 km from the centroid of A, allowed 1.9"]),
    ],
)
def test_the_radius_is_measured_from_the_centre_of_the_objective(center, km, words):
    """A has u0 to u4: its home is at 0.4 km, 3.6 from u4; measured with a detour of 4.4 / 3.6."""
    detour = 4.4 / 3.6 if center == "home" else 1.0
    objective = tg.Travel(center=center, distance=tg.Planar(detour=detour), weight=None)
    plan = plan_of("AAAAABBB", tg.MaxRadius(km), objective=objective)
    assert plan.verify().failures == words


def test_a_radius_holds_by_a_table_of_distances():
    x = units().xy[:, 0] / 1000
    table = tg.DistanceMatrix(tuple(units().ids), 3 * np.abs(x[:, None] - x[None, :]))
    for km, count in ((6, 0), (5.9, 2)):
        plan = plan_of("AAAABBBB", tg.MaxRadius(km), objective=tg.Travel(distance=table))
        assert len(plan.verify().failures) == min(count, 1)
        assert plan.territories["max_km"].tolist() == pytest.approx([6, 6])


def test_accounts_of_nobody_and_of_reps_who_are_gone_do_not_count():
    """Of A's four accounts two change hands where all are A's; where u0 is nobody's and u1 is Z's, of two both do."""
    budget = tg.DisruptionBudget(accounts=0.5, per="territory")
    assert plan_of("BBAABBBB", budget).verify().ok
    current = dict(zip(units().ids, ["", "Z", "A", "A", *"BBBB"], strict=True))
    assert plan_of("BBAABBBB", budget, current=current).disruption()["moved"].tolist()[0] == 0
    result = plan_of("AABBBBBB", budget, current=current).verify()
    assert result.failures == ["disruption: 100 % of accounts of A changes rep, allowed 50 %"]


def test_written_files_are_checked_against_the_rows(tmp_path):
    plan = plan_of("AABBBBBB", tg.DisruptionBudget(accounts=0.25), tg.MaxRadius(3), tg.Together(["u0", "u1"]))
    plan.write(tmp_path)
    assert verify_written(plan.problem, tmp_path).ok
    record = json.loads((tmp_path / "plan.json").read_text())
    assert {"together", "radius", "disruption", "changes of rep", "centres"} <= set(record["verified"])

    record["disruption"]["shares"]["accounts"] = 0.2
    (tmp_path / "plan.json").write_text(json.dumps(record))
    failures = verify_written(plan.problem, tmp_path).failures
    assert failures == ["changes of rep: plan.json says that 20 % of accounts changes rep, it is 25 %"]
    record["disruption"]["shares"]["accounts"] = 0.25
    (tmp_path / "plan.json").write_text(json.dumps(record))

    table = pd.read_csv(tmp_path / "territories.csv")
    table.assign(max_km=[0.5, 3.0]).to_csv(tmp_path / "territories.csv", index=False)
    failures = verify_written(plan.problem, tmp_path).failures
    assert failures == ["centres: A: a largest distance of 0.5 km is written, it is 1"]
    table.assign(center=["u7", "u4"]).to_csv(tmp_path / "territories.csv", index=False)
    assert verify_written(plan.problem, tmp_path).failures[0].startswith("centres: A: its centre u7 is in B")

    rows = pd.read_csv(tmp_path / "assignments.csv")
    table.to_csv(tmp_path / "territories.csv", index=False)
    rows.assign(territory=list("ABBBBBBB")).to_csv(tmp_path / "assignments.csv", index=False)
    failures = "; ".join(verify_written(plan.problem, tmp_path).failures)
    assert "37.5 % of accounts changes rep, allowed 25 %" in failures
    assert "stay together" in failures


def test_all_constraints_and_the_alignment_survive_storage(tmp_path):
    every = [case[0] for case in CASES if not isinstance(case[0], tg.Together)]
    every += [tg.Together(["u0", "u3"], name="HQ"), tg.BorderLength(1), tg.OverlapCost(2)]
    every += [tg.DisruptionBudget(price={"revenue": 3})]
    graph = tg.ContiguityGraph.from_units(units())
    problem = tg.TerritoryProblem(
        units(), graph, reps=reps(), balance={"visits": 1.0}, current="rep", constraints=every
    )
    plan = tg.TerritoryPlan(problem, pd.Series(list("AAABBBBB"), index=problem.units.ids))
    plan.save(tmp_path / "saved")
    loaded = tg.load_plan(tmp_path / "saved")
    assert loaded.problem.constraints == problem.constraints
    assert loaded.problem.alignment.owner.tolist() == problem.alignment.owner.tolist()
    assert loaded.metrics == plan.metrics
    assert loaded.verify().failures == plan.verify().failures
