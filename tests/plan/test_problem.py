"""The question checks itself: each bad argument by name, and what arithmetic alone can tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg


def units_of(values: list[float], **more: list[float]) -> tg.BasicUnits:
    n = len(values)
    frame = pd.DataFrame({"id": [f"u{i}" for i in range(n)], "x": range(n), "y": [0] * n, "load": values, **more})
    return tg.BasicUnits.from_table(frame, id="id", x="x", y="y", measures=["load", *more])


UNITS = units_of([1, 2, 3, 4, 5, 6])
GRAPH = tg.ContiguityGraph.from_units(UNITS)

BAD = [
    # not an int
    ({"n_territories": 2.0}, tg.OptionError, "'n_territories' parameter must be an int in the range \\[1, 6\\].*2.0"),
    ({"n_territories": True}, tg.OptionError, "Got True"),
    # more territories than units
    ({"n_territories": 7}, tg.OptionError, "Got 7"),
    ({"n_territories": 0}, tg.OptionError, "Got 0"),
    # nothing to balance
    ({"balance": {}}, tg.OptionError, "must name at least one measure"),
    # a measure that is not there
    ({"balance": {"hours": 0.1}}, tg.OptionError, "no measure 'hours' \\(in balance\\). Measures: load, accounts"),
    ({"balance": {"load": -0.1}}, tg.OptionError, "tolerance of 'load'.*-0.1"),
    ({"balance": {"load": 10}}, tg.OptionError, "tolerance of 'load'.*from 0 to 1"),
    ({"balance": {"load": float("nan")}}, tg.OptionError, "nan"),
    ({"objective": tg.Travel(weight="trips")}, tg.OptionError, "no measure 'trips' \\(in weight\\)"),
    # constraints about nothing
    ({"constraints": [tg.Lock("nobody", "A")]}, tg.DataError, "lock:nobody>A: no account or unit has the id nobody"),
    ({"constraints": ["u1"]}, tg.OptionError, "must be one of Lock, Forbid, .*DisruptionBudget. Got 'u1'"),
    (
        {"constraints": [tg.Lock("u1", "A"), tg.Lock("u2", "B"), tg.Lock("u3", "C")]},
        tg.OptionError,
        "name 3 territories",
    ),
    # a graph of other units
    ({"graph": tg.ContiguityGraph.from_units(units_of([1, 2]))}, tg.OptionError, "graph was built from other units"),
]


@pytest.mark.parametrize(("change", "error", "words"), BAD)
def test_bad_arguments_are_named(change, error, words):
    arguments = {"graph": GRAPH, "n_territories": 2, "balance": {"load": 0.5}, **change}
    graph = arguments.pop("graph")
    with pytest.raises(error, match=words):
        tg.TerritoryProblem(UNITS, graph, **arguments)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: tg.Travel(power=3), "'power' parameter of Travel must be 1 or 2. Got 3"),
        (lambda: tg.Travel(center="office"), "'center'"),
        (lambda: tg.Bounds(5, 4), "0 <= lower <= upper"),
        (lambda: tg.Bounds(-1, 4), "lower=-1"),
        (lambda: tg.Lock([], "A"), "'units' of a Lock"),
        (lambda: tg.Forbid("", "A"), "'units' of a Forbid"),
    ],
)
def test_bad_options_are_named(make, words):
    with pytest.raises(tg.OptionError, match=words):
        make()


def test_constraints_have_an_id_and_a_text():
    lock, ban = tg.Lock(["b", "a", "b"], "West"), tg.Forbid(7, "East")
    assert (lock.units, lock.id, str(lock)) == (("b", "a"), "lock:b+>West", "2 units (b, a) stay in West")
    assert (ban.units, ban.id, str(ban)) == (("7",), "forbid:7>East", "unit 7 is kept out of East")
    assert lock == tg.Lock(("b", "a"), "West")
    assert len({lock, ban, tg.Lock(["b", "a"], "West")}) == 2


def test_missing_and_negative_measures_are_refused_with_the_remedy():
    frame = UNITS.frame.copy()
    frame["gaps"], frame["debts"] = [1, np.nan, 1, 1, 1, 1], [1, 1, -2, 1, 1, 1]
    frame["nothing"] = 0.0
    names = (*UNITS.measures, "gaps", "debts", "nothing")
    units = tg.BasicUnits(frame, names, UNITS.members, UNITS.rejects, "table")
    for name, unit in (("gaps", "u1"), ("debts", "u2")):
        with pytest.raises(tg.DataError, match=f"'{name}' is missing or negative for 1 units, such as {unit}"):
            tg.TerritoryProblem(units, n_territories=2, balance={name: 0.1})
    with pytest.raises(tg.DataError, match="nothing to balance"):
        tg.TerritoryProblem(units, n_territories=2, balance={"nothing": 0.1})


def test_bounds_and_targets():
    problem = tg.TerritoryProblem(UNITS, n_territories=3, balance={"load": 0.1, "accounts": tg.Bounds(1, 4)})
    assert np.transpose(problem.bounds("load")) == pytest.approx(np.array([[6.3, 7.0, 7.7]] * 3))
    assert np.transpose(problem.bounds("accounts")).tolist() == [[1, 2.0, 4]] * 3
    assert problem.weight_name == "load"
    assert problem.weight.tolist() == [1, 2, 3, 4, 5, 6]
    unweighted = tg.TerritoryProblem(UNITS, n_territories=3, balance={"load": 1}, objective=tg.Travel(weight=None))
    assert unweighted.weight.tolist() == [1] * 6
    assert isinstance(problem.distance, tg.Planar)
    assert "load ±10 %, accounts 1 to 4" in repr(problem)


IMPOSSIBLE = [
    ({"balance": {"load": 0.1}, "n_territories": 4}, "unit u5 alone is 6 of an allowed 5.8 load"),
    (
        {"balance": {"load": tg.Bounds(0, 6)}, "n_territories": 3},
        "load is 21 in all, 3 territories may hold 18 at most",
    ),
    ({"balance": {"load": tg.Bounds(12, 20)}}, "load is 21 in all, 2 territories must hold 24 at least"),
    (
        {"constraints": [tg.Lock(["u4", "u5"], "A")], "n_territories": 3},
        "2 units locked to A are 11 of an allowed 10.5",
    ),
    (
        {"balance": {"load": 0.02}},
        "load comes in steps of 1: 21 in all cannot be shared among 2 territories of 10.29 to 10.71; the sums nearest "
        "to equal shares are 10 and 11, a tolerance of 0.048",
    ),
    ({"constraints": [tg.Lock("u1", "A"), tg.Lock("u1", "B")]}, "unit u1 is locked to A and to B"),
    ({"constraints": [tg.Lock("u1", "A"), tg.Forbid("u1", "A")]}, "unit u1 is locked to A and kept out of it"),
    ({"constraints": [tg.Forbid("u1", "A"), tg.Forbid("u1", "B")]}, "unit u1 is kept out of every territory"),
]


@pytest.mark.parametrize(("change", "words"), IMPOSSIBLE)
def test_arithmetic_proves_what_is_impossible(change, words):
    problem = tg.TerritoryProblem(UNITS, GRAPH, **{"n_territories": 2, "balance": {"load": 0.5}, **change})
    table = problem.check()
    assert any(words in text for text in table.loc[table["verdict"] == "impossible", "detail"])


def test_a_fine_problem_has_nothing_impossible():
    table = tg.TerritoryProblem(UNITS, GRAPH, n_territories=2, balance={"load": 0.5}).check()
    assert list(table.columns) == ["finding", "detail", "verdict"]
    assert "impossible" not in set(table["verdict"])
    assert "21, 10.5 per territory, allowed 5.2 to 15.8" in set(table["detail"])


def test_separate_parts_need_whole_territories():
    """Parts of 1+2 and 3+4+5+6: with bounds 2 to 4 the second, of 18, needs five territories and has four units."""
    edges = GRAPH.edges[~((GRAPH.edges["u"] == "u1") & (GRAPH.edges["v"] == "u2"))]
    graph = tg.ContiguityGraph.from_edges(UNITS, edges)
    problem = tg.TerritoryProblem(UNITS, graph, n_territories=2, balance={"load": 0.2})
    details = " ".join(problem.check().query("verdict == 'impossible'")["detail"])
    assert "the separate part around unit u0 holds 3 load" in details
    one = tg.TerritoryProblem(UNITS, graph, n_territories=1, balance={"load": 0.2})
    assert "2 separate parts, more than 1 territories" in " ".join(one.check()["detail"])


def test_bridges_are_noted():
    edges = GRAPH.edges[GRAPH.edges["u"] != "u2"]
    graph = tg.ContiguityGraph.from_edges(UNITS, edges, islands="bridge")
    table = tg.TerritoryProblem(UNITS, graph, n_territories=2, balance={"load": 0.5}).check()
    assert "1 bridge joins parts that do not touch: u2–u3 (0.001 km)" in set(table["detail"])


def test_constraints_on_accounts_hold_for_the_unit_they_lie_in():
    frame = pd.DataFrame({"id": ["b", "a", "c"], "lon": [9.0, 9.0, 10.0], "lat": [50.0] * 3})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(frame))
    problem = tg.TerritoryProblem(
        units, n_territories=2, balance={"accounts": 0.5}, constraints=[tg.Lock(["b", "a"], "T"), tg.Forbid("c", "T")]
    )
    assert [c.units for c in problem.constraints] == [("a",), ("c",)]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        # A path is what people try first.
        (lambda: tg.TerritoryProblem(UNITS, balance={"load": 0.5}, reps="reps.csv"), "'reps' must be Reps"),
        (lambda: tg.Travel(distance="ways.csv"), "DistanceMatrix.read"),
        (lambda: tg.Travel(distance=pd.DataFrame()), "Got DataFrame"),
        (
            lambda: tg.TerritoryProblem(UNITS, n_territories=2, balance={"load": 0.5}, objective="home"),
            "must be a Travel",
        ),
        # Meant as per cent.
        (lambda: tg.GapBelow(5), "share below 1"),
        (lambda: tg.GapBelow(0.05) | 10, "Only stopping rules can be joined"),
    ],
)
def test_what_is_given_in_the_wrong_form_is_told(make, words):
    with pytest.raises(tg.OptionError, match=words):
        make()
