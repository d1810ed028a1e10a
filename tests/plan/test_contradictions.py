"""What arithmetic proves about constraints together: each case is impossible, a weaker one next to it is not.

Every verdict is also held against an enumeration of all plans of random small problems.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.plan.check import findings


def line(loads=(1,) * 6, **more) -> tg.BasicUnits:
    """Units u0, u1, … one km apart."""
    n = len(loads)
    table = pd.DataFrame(
        {"id": [f"u{i}" for i in range(n)], "x": np.arange(n) * 1000.0, "y": 0.0, "load": loads, **more}
    )
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])


def reps_at(*km: float) -> tg.Reps:
    names = ["A", "B", "C"][: len(km)]
    return tg.read_reps(pd.DataFrame({"rep_id": names, "lon": [1000 * x for x in km], "lat": 0.0}), crs=None)


def impossible(*constraints, units=None, graph=False, **change) -> list[str]:
    units = units or line()
    asked = {"balance": {"load": 1.0}, "n_territories": 2, **change}
    if "reps" in asked:
        del asked["n_territories"]
    made = tg.ContiguityGraph.from_edges(units, graph) if isinstance(graph, pd.DataFrame) else None
    table = tg.TerritoryProblem(units, made, constraints=constraints, **asked).check()
    return table.loc[table["verdict"] == "impossible", "detail"].tolist()


TIGHT = {"balance": {"load": tg.Bounds(2, 4)}}
TODAY = {"rep": list("AAAAAB")}
HOME = tg.Travel(center="home")

CASES = [
    # (constraints that cannot hold, what is said, a weaker set that can, the rest of the problem)
    (
        [tg.Together(["u0", "u5"]), tg.Lock("u0", "A"), tg.Lock("u5", "B")],
        "unit u0 must be in A (lock:u0>A) and unit u5 in B (lock:u5>B), but together:u0+ keeps them together",
        [tg.Together(["u0", "u4"]), tg.Lock("u0", "A"), tg.Lock("u5", "B")],
        {},
    ),
    (
        # Overlapping groups are one.
        [tg.Together(["u0", "u1"]), tg.Together(["u1", "u2"]), tg.Apart(["u0", "u2"])],
        "units u0 and u2 are kept apart (apart:u0+), but together:u0+, together:u1+ keeps them together",
        [tg.Together(["u0", "u1"]), tg.Apart(["u0", "u2"])],
        {},
    ),
    (
        [tg.Together(["u0", "u1"]), tg.Lock("u0", "A"), tg.Forbid("u1", "A")],
        "a group with unit u0 must be in A, but one of it is kept out (together:u0+)",
        [tg.Together(["u0", "u1"]), tg.Lock("u0", "A"), tg.Forbid("u1", "B")],
        {},
    ),
    (
        [tg.Together(["u0", "u1"]), tg.Forbid("u0", "A"), tg.Forbid("u1", "B")],
        "the group of together:u0+ is kept out of every territory",
        [tg.Together(["u0", "u1"]), tg.Forbid("u0", "A"), tg.Forbid("u2", "B")],
        {},
    ),
    (
        [tg.Apart(["u0", "u1"]), tg.Lock(["u0", "u1"], "A")],
        "units u0 and u1 are kept apart (apart:u0+), but both must be in A",
        [tg.Apart(["u0", "u1"]), tg.Lock(["u0", "u2"], "A")],
        {},
    ),
    (
        [tg.Apart(["u0", "u1", "u2"])],
        "3 units (u0, u1, u2) are kept apart, which takes 3 territories, and there are 2",
        [tg.Apart(["u0", "u1"])],
        {},
    ),
    (
        [tg.Together(["u0", "u1", "u2", "u3", "u4"])],
        "5 units are 5 of an allowed 4 load together, but together:u0+ keeps them together",
        [tg.Together(["u0", "u1", "u2", "u3"])],
        TIGHT,
    ),
    (
        [tg.Together(["u0", "u1", "u2", "u3"]), tg.Lock(["u0", "u5"], "A")],
        "the 5 units held in A are 5 of an allowed 4 load",
        [tg.Together(["u0", "u1", "u2"]), tg.Lock(["u0", "u5"], "A")],
        TIGHT,
    ),
    (
        [tg.AccountRange(1, 2)],
        "accounts is 6 in all, 2 territories may hold 4 at most",
        [tg.AccountRange(1, 3)],
        {},
    ),
    (
        [tg.AccountRange(4, 6)],
        "accounts is 6 in all, 2 territories must hold 8 at least",
        [tg.AccountRange(3, 6)],
        {},
    ),
    (
        [tg.AccountRange(0, 3), tg.Lock(["u0", "u1", "u2", "u3"], "A")],
        "the 4 units locked to A are 4 of an allowed 3 accounts",
        [tg.AccountRange(0, 4), tg.Lock(["u0", "u1", "u2", "u3"], "A")],
        {},
    ),
    (
        [tg.HomeInside()],
        "the homes of A and B are both in unit u0 (home_inside)",
        [],
        {"reps": reps_at(0, 0.2)},
    ),
    (
        [tg.HomeInside(), tg.Lock("u0", "B")],
        "unit u0 is locked to B, but holds the home of A",
        [tg.HomeInside(), tg.Lock("u1", "B")],
        {"reps": reps_at(0, 5)},
    ),
    (
        [tg.MaxRadius(1)],
        "2 units lie more than 1 km from every home, such as unit u2: the nearest (A's) is 2.0 km away, the least "
        "radius that could do",
        [tg.MaxRadius(2)],
        {"reps": reps_at(0, 5), "objective": HOME},
    ),
    (
        [tg.MaxRadius(3), tg.Lock("u5", "A")],
        "unit u5 must be in A, 5.0 km from its home, allowed 3",
        [tg.MaxRadius(5), tg.Lock("u5", "A")],
        {"reps": reps_at(0, 5), "objective": HOME},
    ),
    (
        [tg.MaxRadius(2), tg.Together(["u0", "u5"])],
        "no centre has the 2 units around u0 within 2 km, but together:u0+ keeps them together; 3 km would be the "
        "least",
        [tg.MaxRadius(3), tg.Together(["u0", "u5"])],
        {},
    ),
    (
        [tg.MaxRadius(2), tg.Lock(["u0", "u5"], "A")],
        "no centre has the 2 units around u0 within 2 km, but both must be in A (lock:u0+>A); 3 km would be the least",
        [tg.MaxRadius(3), tg.Lock(["u0", "u5"], "A")],
        {"objective": tg.Travel(center="centroid")},
    ),
    (
        [tg.MaxRadius(0.9)],
        "3 units, such as u0, u5, u2, are pairwise more than 1.8 km apart: with a radius of 0.9 km no two of them "
        "share a centre, and there are 2 territories",
        [tg.MaxRadius(1)],
        {},
    ),
    (
        [tg.KeepWhole("state", float("inf"))],
        "5 units are 5 of an allowed 4 load together, but keep_whole:state keeps them together",
        [tg.KeepWhole("state", 1, limit=1)],
        {**TIGHT, "units": line(state=list("NNNNNS"))},
    ),
    (
        [tg.KeepWhole("state", 1, limit=1)],
        "keep_whole:state allows 1 further territories, but of load with at most 2 per territory there are at least 2",
        [tg.KeepWhole("state", 1, limit=2)],
        {"balance": {"load": tg.Bounds(2, 2)}, "n_territories": 3, "units": line(state=list("NNNNNN"))},
    ),
    (
        # A holds five of six and may have four: one of them, 1 of 6 accounts, must change.
        [tg.DisruptionBudget(accounts=0.0)],
        "disruption:accounts<=0% lets 0 % of accounts change rep (0), but A holds 5 of an allowed 4 load: at least "
        "16.67 % (1) must",
        [tg.DisruptionBudget(accounts=0.2)],
        {**TIGHT, "units": line(**TODAY), "current": "rep"},
    ),
    (
        # The cheapest of A's accounts is worth 10 of 110.
        [tg.DisruptionBudget(revenue=0.08)],
        "disruption:revenue<=8% lets 8 % of revenue change rep (8.8), but A holds 5 of an allowed 4 load: at least "
        "9.091 % (10) must",
        [tg.DisruptionBudget(revenue=0.1)],
        {**TIGHT, "units": line(**TODAY, revenue=[20.0] * 4 + [10.0, 20.0]), "current": "rep"},
    ),
    (
        [tg.DisruptionBudget(accounts=0.1), tg.Lock("u0", "B")],
        "disruption:accounts<=10% lets 10 % of accounts change rep (0.6), but locks, bans and homes take 1 units from "
        "their reps: at least 16.67 % (1) must",
        [tg.DisruptionBudget(accounts=0.2), tg.Lock("u0", "B")],
        {"units": line(**TODAY), "current": "rep"},
    ),
    (
        [tg.DisruptionBudget(accounts=0.1)],
        "disruption:accounts<=10% lets 10 % of accounts change rep (0.6), but there are 1 territories for 2 reps of "
        "today: at least 16.67 % (1) must",
        [tg.DisruptionBudget(accounts=0.2)],
        {"units": line(**TODAY), "current": "rep", "n_territories": 1},
    ),
    (
        # A third territory needs two, and everything is somebody's.
        [tg.DisruptionBudget(accounts=0.3)],
        "disruption:accounts<=30% lets 30 % of accounts change rep (1.8), but a new territory needs 2 load and cannot "
        "have it without others' accounts: at least 50 % (3) must",
        [tg.DisruptionBudget(accounts=0.5)],
        {"balance": {"load": tg.Bounds(2, 5)}, "units": line(**TODAY), "current": "rep", "n_territories": 3},
    ),
    (
        [tg.DisruptionBudget(accounts=0.1, per="territory")],
        "disruption/territory:accounts<=10% lets 10 % of accounts of A change rep (0.5), but A holds 5 of an allowed 4 "
        "load: at least 20 % (1) must",
        [tg.DisruptionBudget(accounts=0.2, per="territory")],
        {**TIGHT, "units": line(**TODAY), "current": "rep"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("constraints", "words", "weaker", "rest"), CASES)
def test_contradictions_are_proven_and_what_is_possible_is_not(constraints, words, weaker, rest):
    assert words in impossible(*constraints, **rest)
    assert impossible(*weaker, **rest) == []


def test_a_unit_with_accounts_of_several_reps_cannot_please_both():
    table = pd.DataFrame({"id": list("abc"), "x": [0, 0, 9], "y": 0, "rep": ["A", "B", "B"]})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table, crs=None), land=None)
    budget = [tg.DisruptionBudget(accounts=0.2)]
    found = impossible(*budget, units=units, balance={"accounts": 1.0}, current="rep")
    assert found == [
        "disruption:accounts<=20% lets 20 % of accounts change rep (0.6), but 1 units hold accounts of several reps: "
        "at least 33.33 % (1) must"
    ]


def test_what_must_be_together_cannot_lie_in_separate_parts():
    edges = pd.DataFrame({"u": ["u0", "u1", "u3", "u4"], "v": ["u1", "u2", "u4", "u5"]})
    found = impossible(tg.Together(["u0", "u5"]), graph=edges)
    text = "units u0 and u5 lie in separate parts of the graph, but together:u0+ keeps them together"
    assert text in found
    found = impossible(tg.Lock(["u2", "u3"], "A"), graph=edges)
    assert "units u2 and u3 lie in separate parts of the graph, but both must be in A (lock:u2+>A)" in found
    assert impossible(tg.Together(["u0", "u2"]), graph=edges) == []


@st.composite
def problems(draw):
    """Three or four units in a line, two or three territories, a few random constraints of all kinds."""
    n, k = draw(st.integers(3, 4)), draw(st.integers(2, 3))
    loads = draw(st.lists(st.integers(1, 4), min_size=n, max_size=n))
    names = ["A", "B", "C"][:k]
    some = st.lists(st.sampled_from([f"u{i}" for i in range(n)]), min_size=2, max_size=3, unique=True)
    share = st.sampled_from([0.0, 0.2, 0.4])
    kinds = [
        st.builds(tg.Lock, some, st.sampled_from(names)),
        st.builds(tg.Forbid, some, st.sampled_from(names)),
        st.builds(tg.Together, some),
        st.builds(tg.Apart, some),
        st.builds(tg.MaxRadius, st.sampled_from([0.5, 1.0, 2.0])),
        st.builds(tg.AccountRange, st.integers(0, 1), st.integers(1, n)),
        st.builds(lambda limit: tg.KeepWhole("state", 0.1, limit=limit), st.integers(0, 2)),
        st.just(tg.HomeInside()),
        st.builds(lambda cap: tg.DisruptionBudget({"load": cap}), share),
        st.builds(lambda cap: tg.DisruptionBudget({"load": cap}, per="territory"), share),
    ]
    constraints = draw(st.lists(st.one_of(kinds), min_size=1, max_size=4))
    units = line(
        loads,
        state=draw(st.lists(st.sampled_from(["N", "S"]), min_size=n, max_size=n)),
        rep=draw(st.lists(st.sampled_from([*names, "", "Z"]), min_size=n, max_size=n).filter(any)),
    )
    tolerance = draw(st.sampled_from([0.25, 0.5, 1.0]))
    return tg.TerritoryProblem(
        units,
        reps=reps_at(*draw(st.lists(st.integers(0, n - 1), min_size=k, max_size=k))),
        balance={"load": tolerance},
        objective=tg.Travel(center=draw(st.sampled_from(["unit", "home"]))),
        constraints=constraints,
        current="rep",
    )


@settings(max_examples=40, deadline=None)
@given(problems())
def test_no_plan_passes_its_check_where_arithmetic_says_impossible(problem):
    table = findings(problem)
    if "impossible" not in set(table["verdict"]):
        return
    names = problem.named_territories
    for labels in itertools.product(names, repeat=len(problem.units)):
        if set(labels) == set(names):
            plan = tg.TerritoryPlan(problem, pd.Series(labels, index=problem.units.ids))
            assert not plan.verify().ok, table
