"""Each constraint on a case where ignoring it would be better: free plans break it, and keeping it costs travel."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import territory_geo as tg

STOP = tg.MaxIterations(15)


def line(xs, visits=None, **more) -> tg.BasicUnits:
    """Units u0, u1, … at places in kilometres; each is a load of one."""
    table = pd.DataFrame({"id": [f"u{i}" for i in range(len(xs))], "x": np.array(xs, float) * 1e3, "y": 0.0, **more})
    table["load"], table["visits"] = 1.0, 1.0 if visits is None else visits
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load", "visits"])


def chain(units: tg.BasicUnits, *more: tuple[str, str]) -> tg.ContiguityGraph:
    edges = [(f"u{i}", f"u{i + 1}") for i in range(len(units) - 1)]
    return tg.ContiguityGraph.from_edges(units, pd.DataFrame([*edges, *more], columns=["u", "v"]))


def asked(units, graph=None, balance=0.5, **change) -> dict:
    by_visits = tg.Travel(weight="visits")
    return {"units": units, "graph": graph, "balance": {"load": balance}, "objective": by_visits, **change}


def two(units, graph=None, balance=0.5, **change) -> dict:
    return asked(units, graph, balance, n_territories=2, **change)


GAP = line([0, 1, 2, 3, 10, 11, 12, 13, 14, 15], state=list("NNNNNSSSSS"), rep=list("AAAAABBBBB"))
"""Ten units with a gap after the fourth: free, the best plan is four and six."""

LONG = line([0, 1, 2, 3, 4, 5, 7.5, 9, 10], [1, 1, 1, 9, 1, 4, 1, 9, 1])
"""Free, the first six are together, and no centre among them is nearer than three kilometres to all."""

HOMES = tg.read_reps(pd.DataFrame({"rep_id": ["A", "B"], "lon": [0.0, 1000.0], "lat": [0.0, 0.0]}), crs=None)
"""Both reps live to the left of the gap."""

BEYOND = tg.read_reps(pd.DataFrame({"rep_id": ["A", "B"], "lon": [1000.0, 12000.0], "lat": [0.0, 0.0]}), crs=None)
"""One rep on each side of the gap."""

HARD = {
    "lock": (two(GAP, chain(GAP)), tg.Lock(["u0", "u4"], "T")),
    "forbid": (
        asked(GAP, chain(GAP), reps=BEYOND, objective=tg.Travel(center="home", weight="visits")),
        tg.Forbid("u3", "A"),
    ),
    "together": (two(GAP), tg.Together(["u3", "u4"])),
    "apart": (two(GAP), tg.Apart(["u8", "u9"])),
    "radius": (two(LONG), tg.MaxRadius(2.9)),
    "accounts": (two(GAP), tg.AccountRange(5, 5)),
    "whole": (two(GAP), tg.KeepWhole("state", np.inf)),
    "whole, but for none": (two(GAP), tg.KeepWhole("state", 0.0, limit=0)),
    "home inside": (asked(GAP, reps=HOMES), tg.HomeInside()),
    "disruption": (two(GAP, current="rep"), tg.DisruptionBudget(accounts=0.05)),
    "disruption per rep": (two(GAP, current="rep"), tg.DisruptionBudget(accounts=0.15, per="territory")),
    "disruption per tier": (two(GAP, current="rep"), tg.DisruptionBudget(accounts=0.15, per="state")),
}
"""What a problem is without the rule, and the rule."""


@pytest.mark.parametrize(("problem", "rule"), HARD.values(), ids=HARD)
def test_a_hard_rule_is_kept_where_breaking_it_would_travel_less(problem, rule):
    free = tg.solve(tg.TerritoryProblem(**problem), stop=STOP).plan
    ruled = tg.TerritoryProblem(**problem, constraints=[rule])
    kept = tg.solve(ruled, stop=STOP).plan
    assert kept.verify().ok
    names = set(free.territory_ids)
    if not set(ruled.named_territories) <= names:
        # What a lock names is somebody: whoever it is in the free plan, the lock does not hold.
        for name in sorted(names):
            renamed = free.labels.replace({name: ruled.named_territories[0]})
            assert not tg.TerritoryPlan(ruled, renamed).verify().ok
    else:
        assert not tg.TerritoryPlan(ruled, free.labels).verify().ok
    assert kept.metrics["travel"]["objective"] > free.metrics["travel"]["objective"] * (1 + 1e-9)


BRIDGED = line([0, 1, 2, 4, 5, 6])
"""Six units with a small gap in the middle."""

FORCED = line([0, 0.5, 1, 1.5, 8, 11, 12, 12.5, 13, 20], [1, 1, 1, 1, 2, 1, 1, 1, 1, 1])
"""Five each are asked for: one from the right has to go left. By travel that is u4, with two visits, by overlap u9."""

SOFT = {
    # The gap is crossed by three edges, the place to the right of u3 by one.
    "border": (
        two(BRIDGED, chain(BRIDGED, ("u0", "u3"), ("u1", "u3")), 0.4),
        tg.BorderLength(1.0, by="edges"),
        3.0,
        1.0,
    ),
    "whole, where it pays": (two(GAP), tg.KeepWhole("state", 5.0), 1.0, 0.0),
    "nearer elsewhere": (two(FORCED, balance=0.0), tg.OverlapCost(20.0), 2 / 11, 1 / 11),
    "price of change": (two(GAP, current="rep"), tg.DisruptionBudget(price={"accounts": 50.0}), 0.1, 0.0),
}
"""Problem, rule, and how much of what has a price the free and the priced plan have."""


@pytest.mark.parametrize(("problem", "rule", "before", "after"), SOFT.values(), ids=SOFT)
def test_a_price_is_paid_by_travel_where_that_is_cheaper(problem, rule, before, after):
    priced = tg.TerritoryProblem(**problem, constraints=[rule])
    each = (rule.cost if hasattr(rule, "cost") else 50.0) * priced.price_scale
    free = tg.TerritoryPlan(priced, tg.solve(tg.TerritoryProblem(**problem), stop=STOP).plan.labels)
    found = tg.solve(priced, stop=STOP)
    assert free.metrics["penalties"][rule.id] == pytest.approx(before * each)
    assert found.plan.metrics["penalties"][rule.id] == pytest.approx(after * each)
    assert found.plan.metrics["travel"]["objective"] > free.metrics["travel"]["objective"]
    assert found.objective < free.metrics["travel"]["objective"] + before * each


def test_a_container_is_divided_where_that_pays_and_counted():
    """Below what travel saves, a state is divided after all; free of charge as well."""
    for cost, further in ((0.0001, 1), (5.0, 0)):
        problem = tg.TerritoryProblem(**two(GAP), constraints=[tg.KeepWhole("state", cost)])
        assert tg.solve(problem, stop=STOP).plan.metrics["splits"] == {"state": further}


def test_hulls_that_lie_in_each_other_have_a_price():
    """One of the west joins p: by travel m, whose way there leads out of the others' hull; u1's way does not cross it.

    Of the line from m at (1.2, 1.2) to p at (8, 8) the part up to (2, 2) lies in the hull: 0.8 of 6.8.
    """
    places = {"u0": (0, 0, 50), "u1": (4, 0, 3), "u2": (0, 4, 3), "m": (1.2, 1.2, 1), "p": (8, 8, 100)}
    table = pd.DataFrame([(id_, 1e3 * x, 1e3 * y, 1, v) for id_, (x, y, v) in places.items()])
    table.columns = ["id", "x", "y", "load", "visits"]
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load", "visits"])
    base = two(units, balance=0.3)
    free = tg.solve(tg.TerritoryProblem(**base), stop=STOP).plan
    assert free.metrics["overlap"]["hulls"] == pytest.approx(0.8 / 6.8)
    priced = tg.TerritoryProblem(**base, constraints=[tg.OverlapCost(5.0, by="hulls")])
    found = tg.solve(priced, stop=tg.MaxIterations(60)).plan
    assert found.metrics["overlap"]["hulls"] == pytest.approx(0.0)
    assert found.metrics["travel"]["objective"] > free.metrics["travel"]["objective"]


@pytest.mark.parametrize("measure", ["km", "hours"])
def test_a_radius_is_in_kilometres_also_where_hours_are_minimised(measure):
    """A fast road joins u2 to the right, 3 km away: by hours it goes there, a radius of 2 km keeps it left."""
    units = line([0, 1, 3, 6, 7])
    x = units.xy[:, 0] / 1e3
    km = np.abs(x[:, None] - x[None, :])
    hours = km / 50
    hours[2, 3] = hours[3, 2] = hours[2, 4] = hours[4, 2] = 0.001
    table = tg.DistanceMatrix(tuple(units.ids), km, hours).by(measure)
    base = two(units, balance=0.5, objective=tg.Travel(distance=table, weight="visits"))
    free = tg.solve(tg.TerritoryProblem(**base), stop=STOP).plan
    ruled = tg.solve(tg.TerritoryProblem(**base, constraints=[tg.MaxRadius(2)]), stop=STOP).plan
    assert ruled.verify().ok
    assert ruled.labels["u2"] == ruled.labels["u1"]
    assert ruled.territories["max_km"].max() <= 2
    assert (free.labels["u2"] == free.labels["u3"]) == (measure == "hours")


def accounts_in_hexagons() -> tg.BasicUnits:
    """Sixty accounts in two clouds; one in five belongs to the rep of the other cloud."""
    rng = np.random.default_rng(3)
    lon = np.concatenate([rng.normal(8.0, 0.15, 30), rng.normal(9.0, 0.15, 30)])
    frame = pd.DataFrame({"id": [f"a{i:02d}" for i in range(60)], "lon": lon, "lat": rng.normal(50, 0.1, 60)})
    frame["rep"] = np.where((np.arange(60) < 30) == (np.arange(60) % 5 > 0), "W", "E")
    frame["revenue"] = rng.integers(1, 9, 60) * 100.0
    accounts = tg.read_accounts(frame)
    return tg.BasicUnits.from_hexagons(accounts, resolution=5, measures=["revenue"])


def test_budgets_count_accounts_where_hexagons_hold_those_of_several_reps():
    """No plan of whole hexagons keeps all: what it loses is a sum over accounts, not over majorities."""
    units = accounts_in_hexagons()
    graph = tg.ContiguityGraph.from_units(units)
    base = {"n_territories": 2, "balance": {"accounts": 0.3}, "current": "rep"}
    problem = tg.TerritoryProblem(units, graph, **base, constraints=[tg.DisruptionBudget(accounts=0.3)])
    plan = tg.solve(problem, stop=STOP).plan
    members = units.members
    gets = members["unit"].map(plan.labels)
    changed = (gets != members["rep"]).mean()
    assert 0 < changed <= 0.3
    assert plan.disruption(["accounts"])["share"].tolist() == pytest.approx([changed])
    assert plan.verify().ok
    nothing = tg.TerritoryProblem(units, graph, **base, constraints=[tg.DisruptionBudget(accounts=0.0)])
    told = tg.solve(nothing, stop=STOP)
    assert told.status == "infeasible"
    assert "disruption:accounts<=0%" in told.reason


def test_territories_keep_the_names_of_today_when_their_number_changes():
    """Three reps of today in three clusters: a fourth territory gets a new name, of two each keeps one of theirs."""
    units = line([0, 1, 2, 10, 11, 12, 20, 21, 22, 23, 24, 25], rep=list("AAABBBCCCCCC"))
    for k in (2, 3, 4):
        problem = tg.TerritoryProblem(
            units, chain(units), n_territories=k, balance={"load": 1.0}, current="rep"
        )  # fmt: skip
        plan = tg.solve(problem, stop=STOP).plan
        kept = sum(plan.labels[f"u{i}"] == rep for i, rep in enumerate("AAABBBCCCCCC"))
        assert len(plan.territory_ids) == k
        if k == 3:
            assert kept == 12
        if k == 4:
            assert {"A", "B", "C"} < set(plan.territory_ids)
            assert kept >= 8
        if k == 2:
            assert set(plan.territory_ids) <= {"A", "B", "C"}
            assert kept >= 9


def test_an_alignment_that_is_split_and_unbalanced_is_a_normal_start():
    """A has both ends and B the middle of twelve; half may change, and a plan in pieces and in balance comes out."""
    units = line(range(12), rep=list("AABBBBBBBBAA"))
    budget = tg.DisruptionBudget(accounts=0.5)
    problem = tg.TerritoryProblem(
        units, chain(units), n_territories=2, balance={"load": 0.2}, current="rep", constraints=[budget]
    )
    assert not tg.TerritoryPlan.from_current(problem).verify().ok
    solution = tg.solve(problem, stop=STOP)
    assert solution.status == "optimal"
    assert solution.plan.verify().ok
    again = tg.solve(problem, initial_plan=tg.TerritoryPlan.from_current(problem), stop=STOP)
    assert again.objective == pytest.approx(solution.objective)


def test_a_home_is_what_a_territory_is_centred_on_and_half_a_week_is_half_the_work():
    reps = tg.read_reps(
        pd.DataFrame({"rep_id": ["full", "half"], "lon": [2500.0, 7000.0], "lat": 0.0, "capacity_hours": [1600, 800]}),
        crs=None,
    )
    units = line(range(9))
    problem = tg.TerritoryProblem(
        units, chain(units), balance={"load": 0.0}, reps=reps, objective=tg.Travel(center="home", weight="visits")
    )
    plan = tg.solve(problem, stop=STOP).plan
    assert plan.labels.value_counts().to_dict() == {"full": 6, "half": 3}
    assert plan.labels["u8"] == "half"


def test_areas_with_accounts_of_several_reps_cost_what_their_accounts_do():
    """The middle area holds three accounts of W and one of E: if E gets it, three of nine change, not one area."""
    areas = gpd.GeoDataFrame(
        {"id": ["w", "m", "e"]}, geometry=[shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000)]
    )
    frame = pd.DataFrame({"id": [f"a{i}" for i in range(9)], "y": 500.0})
    frame["x"] = [100, 300, 1100, 1200, 1300, 1400, 2100, 2300, 2500]
    frame["rep"] = list("WWWWWEEEE")
    units = tg.BasicUnits.from_areas(areas, accounts=tg.read_accounts(frame, crs=None))
    graph = tg.ContiguityGraph.from_units(units)
    base = {"n_territories": 2, "balance": {"accounts": 1.0}, "current": "rep"}
    for cap, owner in ((0.12, "W"), (0.4, None)):
        problem = tg.TerritoryProblem(units, graph, **base, constraints=[tg.DisruptionBudget(accounts=cap)])
        plan = tg.solve(problem, stop=STOP).plan
        assert owner is None or plan.labels["m"] == owner
    lost = tg.TerritoryPlan(problem, pd.Series({"w": "W", "m": "E", "e": "E"})).disruption(["accounts"])
    assert lost["moved"].tolist() == [3]
    assert lost["share"].tolist() == pytest.approx([3 / 9])
