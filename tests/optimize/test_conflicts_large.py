"""Why there is no plan, at the size of a company: what contradicts itself among dozens of rules that do not."""

from __future__ import annotations

import numpy as np
import pytest

import territory_geo as tg

pytestmark = pytest.mark.slow

SECONDS = 60


def share_of_target(problem: tg.TerritoryProblem, measure: str, ids: list[str]) -> float:
    load = problem.units.frame[measure]
    return float(load[ids].sum() / (load.sum() / problem.n_territories))


def told(problem: tg.TerritoryProblem, seconds: float = SECONDS) -> list[object]:
    solution = tg.solve(problem, stop=tg.MaxIterations(5))
    assert solution.status in ("infeasible", "not_found")
    found = solution.explain(seconds=seconds)
    for conflict in found:
        for relaxation in conflict.relaxations:
            assert relaxation.plan.problem is relaxation.problem
            assert relaxation.plan.verify().ok
    return list(found)


def test_too_many_locks_to_one_rep_are_found_among_innocent_rules_of_the_demo_company():
    """The accounts with most visit hours are locked to R07 until it holds a quarter more than a territory may."""
    accounts = tg.read_accounts(tg.samples.demo_accounts())
    units = tg.BasicUnits.from_accounts(accounts)
    graph = tg.ContiguityGraph.from_units(units)
    reps = tg.read_reps(tg.samples.data_path("reps.csv")).with_role("territory rep")
    rep = units.members.drop_duplicates("unit").set_index("unit")["current_rep"]
    rng = np.random.default_rng(0)
    innocent = [
        tg.Lock(unit, rep[unit], name=f"L{number:02d}")
        for number, unit in enumerate(rng.choice(rep.index[rep.isin(reps.frame.index)], 40, replace=False))
    ]
    hours = units.frame["visit_hours"].drop([c.units[0] for c in innocent]).sort_values(ascending=False)
    target = units.frame["visit_hours"].sum() / len(reps)
    crowd = hours.index[: int(np.searchsorted(hours.cumsum().to_numpy(), 1.25 * target)) + 1]
    locks = [tg.Lock(unit, "R07", name=f"C{number:02d}") for number, unit in enumerate(crowd)]
    problem = tg.TerritoryProblem(
        units, graph, reps=reps, balance={"visit_hours": 0.1}, constraints=[*innocent, *locks], current="current_rep"
    )
    (conflict, *_) = told(problem)
    assert conflict.proven
    assert conflict.demands == ("locks>R07", "balance:visit_hours")
    assert conflict.words[0].endswith(", …)")
    assert " locks to R07 (C" in conflict.words[0]
    assert "of an allowed" in conflict.reason


def test_counties_that_are_too_much_for_one_territory_are_named():
    """Los Angeles, Cook and Harris are 19.9 of 16.2 million: no other of thirty rules takes part."""
    units = tg.BasicUnits.from_areas(
        tg.samples.data_path("us.topojson"), layer="counties_lower48", measures=["population"]
    )
    graph = tg.ContiguityGraph.from_units(units)
    rng = np.random.default_rng(1)
    neighbours = graph.pairs[rng.choice(len(graph.pairs), 30, replace=False)]
    groups = [tg.Together([units.ids[int(i)] for i in pair], name=f"G{n}") for n, pair in enumerate(neighbours)]
    largest = [tg.Lock(county, "T07", name=county) for county in ("06037", "17031", "48201")]
    problem = tg.TerritoryProblem(
        units, graph, n_territories=20, balance={"population": 0.1}, constraints=[*groups, *largest]
    )
    (conflict, *_) = told(problem, seconds=20)
    assert conflict.words[0] == "3 locks to T07 (06037, 17031, 48201)"
    assert conflict.demands == ("locks>T07", "balance:population")
    assert conflict.proven
    assert share_of_target(problem, "population", ["06037", "17031", "48201"]) > 1.1
