"""Overlap, borders, divided containers and disruption, each on a case whose answer is worked out by hand."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.plan import metrics

GRID = gpd.GeoDataFrame(
    {
        "id": [f"{r}{c}" for r in range(2) for c in range(4)],
        "state": ["N", "N", "M", "M", "N", "S", "S", None],
        "load": 1.0,
        "rep": ["A", "A", "A", "B", "A", "A", "B", "B"],
    },
    geometry=[shapely.box(c * 1e3, -r * 1e3, (c + 1) * 1e3, (1 - r) * 1e3) for r in range(2) for c in range(4)],
)
"""Squares of one km, their states and their reps of today.

00 01 02 03    N N M M    A A A B
10 11 12 13    N S S .    A A B B
"""


def problem_of(*constraints, **change) -> tg.TerritoryProblem:
    units = tg.BasicUnits.from_areas(GRID, measures=["load"])
    asked = {"n_territories": 2, "balance": {"load": 1.0}, **change}
    return tg.TerritoryProblem(units, tg.ContiguityGraph.from_units(units), constraints=constraints, **asked)


def plan_of(problem: tg.TerritoryProblem, names: str) -> tg.TerritoryPlan:
    return tg.TerritoryPlan(problem, pd.Series(names.split(), index=problem.units.ids))


def test_borders_are_counted_in_edges_and_in_kilometres():
    """W W W E over W E E E: the border goes down 1 km, left 2 km, down 1 km, and cuts 4 pairs."""
    plan = plan_of(problem_of(tg.BorderLength(0.5), tg.BorderLength(2, by="edges")), "W W W E W E E E")
    assert metrics.cut_edges(plan.problem, plan.codes) == 4
    assert metrics.cut_km(plan.problem, plan.codes) == pytest.approx(4.0)
    # Eight units of one trip each: a price of 0.5 km of mean travel for each of 4 km is 0.5 × 4 × 8 trip-km.
    assert plan.metrics["penalties"] == pytest.approx({"border_length:km": 16.0, "border_length:edges": 64.0})
    assert plan.metrics["border_km"] == pytest.approx(4.0)


def test_divided_containers_are_counted():
    """N lies in the west alone, M in both, S in both; the last square is in no state."""
    plan = plan_of(problem_of(tg.KeepWhole("state", 0.25)), "W W W E W W E E")
    table = metrics.splits(plan.problem, plan.codes, "state").set_index("container")
    assert table["territories"].to_dict() == {"M": 2, "N": 1, "S": 2}
    assert table["units"].to_dict() == {"M": 2, "N": 3, "S": 2}
    assert plan.metrics["splits"] == {"state": 2}
    assert plan.metrics["penalties"] == {"keep_whole:state": 0.25 * 2 * 8}
    assert plan.constraints()[["value", "limit", "cost"]].iloc[0].tolist() == ["2 further territories", "", 0.5]


def line(xs: list[float], weights: list[float], **more) -> tg.BasicUnits:
    table = pd.DataFrame({"id": [f"u{i}" for i in range(len(xs))], "x": xs, "y": 0.0, "load": weights, **more})
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])


def test_overlap_is_the_weight_that_lies_nearer_to_another_centre():
    """Territory A: 0, 1 and 9 km with its centre at 0 (weight 10); B: 8 and 10 km. The unit at 9 is B's by distance."""
    units = line([0, 1000, 9000, 8000, 10000], [10, 1, 2, 4, 1])
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"load": 1.0}, constraints=[tg.OverlapCost(5)])
    plan = plan_of(problem, "A A A B B")
    assert plan.territories["center"].tolist() == ["u0", "u3"]
    assert metrics.nearer_elsewhere(problem, plan.codes, plan.centers).tolist() == [False, False, True, False, False]
    assert plan.metrics["overlap"]["nearer"] == pytest.approx(2 / 18)
    assert plan.metrics["penalties"] == pytest.approx({"overlap:nearer": 5 * 2 / 18 * 18})


def test_overlap_by_a_table_of_distances_is_the_same():
    units = line([0, 1000, 9000, 8000, 10000], [10, 1, 2, 4, 1])
    x = units.xy[:, 0] / 1000
    table = tg.DistanceMatrix(tuple(units.ids), np.abs(x[:, None] - x[None, :]))
    problem = tg.TerritoryProblem(
        units, n_territories=2, balance={"load": 1.0}, objective=tg.Travel(distance=table, weight=None)
    )
    plan = plan_of(problem, "A A A B B")
    assert metrics.overlap_nearer(problem, plan.codes, plan.centers) == pytest.approx(1 / 5)


def test_a_tie_between_centres_is_no_overlap():
    units = line([0, 1000, 2000], [9, 1, 9])
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"load": 1.0})
    plan = plan_of(problem, "A A B")
    assert plan.metrics["overlap"]["nearer"] == 0


@pytest.mark.parametrize(
    ("places", "names", "share"),
    [
        # Two squares of 2 × 2, one shifted by (1, 1): a quarter of either is common.
        ([(0, 0), (2, 0), (0, 2), (2, 2), (1, 1), (3, 1), (1, 3), (3, 3)], "A A A A B B B B", 0.25),
        # A spot inside a square counts as all of the spot; a third territory far away makes it one pair of three.
        ([(0, 0), (2, 0), (0, 2), (2, 2), (1, 1), (9, 9)], "A A A A B C", 1 / 3),
        # A line that is half inside.
        ([(0, 0), (2, 0), (0, 2), (2, 2), (1, 1), (3, 1)], "A A A A B B", 0.5),
        # Neighbours that touch share nothing of their area.
        ([(0, 0), (2, 0), (0, 2), (2, 2), (2, 1), (4, 0), (4, 2), (3, 3)], "A A A A B B B B", 0.0),
        ([(0, 0), (1, 1)], "A A", 0.0),
    ],
)
def test_hulls_intersect_by_a_share_of_the_smaller_one(places, names, share):
    table = pd.DataFrame({"id": [f"u{i}" for i in range(len(places))], "load": 1.0})
    table[["x", "y"]] = np.array(places, dtype=float) * 1e3
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])
    k = len(set(names.split()))
    plan = plan_of(tg.TerritoryProblem(units, n_territories=k, balance={"load": 1.0}), names)
    assert metrics.hull_overlap(plan.problem, plan.codes) == pytest.approx(share)


def company() -> tg.BasicUnits:
    """Two areas; the west holds accounts of A (30 and a prospect), of B (10) and of nobody, the east one of each."""
    accounts = pd.DataFrame(
        {
            "id": list("abcdefg"),
            "x": [100, 200, 300, 400, 1100, 1200, 1300],
            "y": [500.0] * 7,
            "revenue": [30.0, 5.0, 10.0, 7.0, 20.0, 40.0, 9.0],
            "kind": ["customer", "prospect", "customer", "customer", "customer", "customer", "customer"],
            "segment": ["big", "big", "small", "small", "small", "big", "big"],
            "rep": ["A", "A", "B", "", "A", "B", "gone"],
        }
    )
    areas = gpd.GeoDataFrame({"id": ["e", "w"]}, geometry=[shapely.box(1e3, 0, 2e3, 1e3), shapely.box(0, 0, 1e3, 1e3)])
    return tg.BasicUnits.from_areas(areas, accounts=tg.read_accounts(accounts, crs=None), measures=["revenue"])


def two_reps() -> tg.Reps:
    return tg.read_reps(pd.DataFrame({"rep_id": ["A", "B"], "lon": [500, 1500], "lat": [500, 500]}), crs=None)


def test_disruption_is_counted_on_accounts():
    """A gets the west and B the east: c goes from B to A, e from A to B; d and g had nobody to lose."""
    problem = tg.TerritoryProblem(company(), reps=two_reps(), balance={"accounts": 1.0}, current="rep")
    plan = plan_of(problem, "B A")
    table = plan.disruption()
    assert table.columns.tolist() == ["measure", "group", "accounts", "held", "moved", "share"]
    assert table.values.tolist() == [["accounts", "", 2, 5.0, 2.0, 0.4], ["revenue", "", 2, 100.0, 30.0, 0.3]]
    by_rep = plan.disruption(["revenue"], per="territory").set_index("group")
    assert by_rep["moved"].to_dict() == {"A": 20, "B": 10}
    assert by_rep["held"].to_dict() == {"A": 50, "B": 50}
    tiers = plan.disruption(["accounts"], per="segment").set_index("group")
    assert tiers["share"].to_dict() == pytest.approx({"big": 0.0, "small": 1.0})
    counted = plan.metrics["disruption"]
    assert (counted["accounts_held"], counted["accounts_of_nobody"], counted["accounts_of_reps_gone"]) == (5, 1, 1)
    shown = plan.territories[["accounts_kept", "accounts_gained", "accounts_lost"]]
    assert shown.values.tolist() == [[2, 1, 1], [1, 1, 1]]
    # The other way round everything but c and e changes.
    assert plan_of(problem, "A B").disruption(["accounts"])["share"].tolist() == [0.6]


def test_prices_of_disruption_are_of_the_share():
    budget = tg.DisruptionBudget(price={"revenue": 40.0})
    problem = tg.TerritoryProblem(
        company(), reps=two_reps(), balance={"accounts": 1.0}, current="rep", constraints=[budget]
    )
    plan = plan_of(problem, "B A")
    assert plan.metrics["penalties"] == pytest.approx({"disruption:revenue@40": 40 * 0.3 * 7})
    assert plan.constraints()["value"].tolist() == ["revenue 30.00 %"]


def test_without_a_current_alignment_there_is_no_disruption():
    plan = plan_of(problem_of(), "W W W E W W E E")
    assert "disruption" not in plan.metrics
    with pytest.raises(tg.OptionError, match="does not say who has what today"):
        plan.disruption()
    with pytest.raises(tg.OptionError, match="does not say who has what today"):
        tg.TerritoryPlan.from_current(plan.problem)


def test_measures_with_gaps_are_listed_as_not_counted():
    units = line([0, 1000], [1, 1], revenue=[None, 5.0], rep=["A", "B"])
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"load": 1.0}, current="rep")
    counted = plan_of(problem, "B A").metrics["disruption"]
    assert counted["not_counted"] == ["revenue"]
    assert counted["shares"] == {"accounts": 1.0, "load": 1.0}


def test_todays_alignment_is_a_plan_however_it_looks():
    """Two areas, three reps of today: the west is drawn as A's (two of three accounts), the east shares A, B, gone."""
    problem = tg.TerritoryProblem(company(), reps=two_reps(), balance={"accounts": 0.0}, current="rep")
    today = tg.TerritoryPlan.from_current(problem)
    # In the east each has one account: the first id is drawn.
    assert today.labels.to_dict() == {"e": "A", "w": "A"}
    assert today.provenance["shared_units"] == 2
    assert today.provenance["accounts_in_shared_units_of_others"] == 3
    assert today.provenance["other_problem"] == "1 territories of today instead of 2"
    assert today.problem.n_territories == 1
    assert today.metrics["travel"]["mean_km"] >= 0


def test_todays_alignment_may_be_split_and_unbalanced():
    problem = problem_of(n_territories=2, current="rep", balance={"load": 0.1})
    today = tg.TerritoryPlan.from_current(problem)
    assert today.problem is problem
    assert today.labels.tolist() == ["A", "A", "A", "B", "A", "A", "B", "B"]
    assert today.disruption()["moved"].tolist() == [0, 0]
    assert today.verify().failures == ["balance of load: A holds 5, allowed 3.6 to 4.4; B holds 3, allowed 3.6 to 4.4"]


def test_units_of_nobody_are_drawn_with_their_neighbour():
    units = line([0, 1000, 3000, 4000, 5000], [1] * 5, rep=["A", "", "", "", "B"])
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"load": 1.0}, current="rep")
    today = tg.TerritoryPlan.from_current(problem)
    assert today.labels.tolist() == ["A", "A", "B", "B", "B"]
    assert today.provenance["units_of_nobody"] == 3


def test_what_rules_come_to_is_written(tmp_path):
    budget = tg.DisruptionBudget(accounts=0.5)
    problem = problem_of(tg.KeepWhole("state", 1.0), budget, tg.MaxRadius(9), tg.AccountRange(1, 7), current="rep")
    plan = plan_of(problem, "A A A B A A B B")
    plan.write(tmp_path)
    record = json.loads((tmp_path / "plan.json").read_text())
    assert record["splits"] == {"state": 2}
    assert record["disruption"]["shares"] == {"accounts": 0.0, "load": 0.0}
    assert [c["id"] for c in record["constraints"]] == [
        "keep_whole:state", "disruption:accounts<=50%", "max_radius:9", "accounts:1-7",
    ]  # fmt: skip
    assert [c["value"] for c in record["constraints"]][1:] == ["accounts 0.00 %", "1.4 km", "3 to 5"]
    assert set(record["overlap"]) == {"nearer", "hulls"}
    assert "accounts_kept" in pd.read_csv(tmp_path / "territories.csv").columns
