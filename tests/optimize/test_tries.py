"""Further tries where a search ended without a plan: what they decide, what they may use, what they answer."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.optimize.answer import HISTORY, Request
from territory_geo.optimize.decisions import decisions
from territory_geo.optimize.solution import Solution, Status
from territory_geo.optimize.solve import _solve
from territory_geo.optimize.stop import Stop
from territory_geo.optimize.tries import TRIES, remaining, restated, tried_again
from territory_geo.progress import silent


def line(n: int, *constraints, named: bool = False) -> tg.TerritoryProblem:
    """Return n units in a line, to be parted into two territories of any size; `named` gives both a name."""
    table = pd.DataFrame({"id": [f"u{i:02d}" for i in range(n)], "x": np.arange(n) * 1000.0, "y": 0.0, "load": 1})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])
    ends = [tg.Lock("u00", "West"), tg.Lock(f"u{n - 1:02d}", "East")] if named else []
    graph = tg.ContiguityGraph.from_units(units)
    return tg.TerritoryProblem(units, graph, n_territories=2, balance={"load": 1.0}, constraints=[*ends, *constraints])


def halves(problem: tg.TerritoryProblem, first: int) -> tg.TerritoryPlan:
    """Return the plan whose first territory holds so many units from the left."""
    names = ("West", "East") if problem.named_territories else ("T01", "T02")
    labels = [names[i >= first] for i in range(len(problem.units))]
    return tg.TerritoryPlan(problem, pd.Series(labels, index=problem.units.frame.index), {})


def lost(problem: tg.TerritoryProblem, nearest: tg.TerritoryPlan | None) -> Solution:
    history = pd.DataFrame([[0.1, "seeds", 1, 9.0, 0.0, 0.1, 0]], columns=HISTORY)
    return Solution(Status.NOT_FOUND, None, nearest, None, "nothing", history, 5, 7, 0.1, problem=problem)


def asked(stop: Stop, *, usual: bool = False, ago: float = 0.0) -> Request:
    return Request(stop, 5, silent, None, (), time.monotonic() - ago, usual)


def test_of_a_pair_the_one_in_the_middle_stays_and_then_the_other():
    """West is u00 to u05, its middle at 2.5: u03 lies nearer to it than u05."""
    problem = line(12, tg.Apart(["u03", "u05"]), named=True)
    plan = halves(problem, 6)
    assert [d.lock for d in decisions(problem, [plan], 0)] == [tg.Lock(("u03",), "West")]
    assert [d.lock for d in decisions(problem, [plan], 1)] == [tg.Lock(("u05",), "West")]
    assert decisions(problem, [plan], 0)[0].words == "u03 held in West"
    assert decisions(problem, [halves(problem, 4), None], 0) == []


def test_a_group_goes_where_most_of_its_load_is_and_then_elsewhere():
    problem = line(12, tg.Together(["u04", "u05", "u06"]), named=True)
    plan = halves(problem, 6)
    assert [d.lock.territory for d in decisions(problem, [plan], 0)] == ["West"]
    assert [d.lock.territory for d in decisions(problem, [plan], 1)] == ["East"]
    assert decisions(problem, [plan], 0)[0].lock.units == ("u04", "u05", "u06")


def test_a_territory_without_a_name_gets_one_for_the_lock_and_a_locked_unit_is_left_alone():
    problem = line(12, tg.Apart(["u02", "u03"]))
    (decision,) = decisions(problem, [halves(problem, 6)], 0)
    assert decision.lock.territory not in ("T01", "T02")
    locked = line(12, tg.Together(["u00", "u11"]), named=True)
    assert decisions(locked, [halves(locked, 6)], 0) == []


@pytest.mark.parametrize("named", [False, True])
def test_a_try_finds_the_plan_that_a_search_did_not(named):
    """A plan needs the border between u02 and u03; the search is said to have ended with it after u05."""
    problem = line(12, tg.Apart(["u02", "u03"]), named=named)
    found = tried_again(problem, asked(tg.MaxIterations(20), usual=True), lost(problem, halves(problem, 6)), _solve)
    assert found.plan is not None
    assert found.plan.verify().ok
    assert found.problem is problem
    assert found.plan.problem is problem
    assert (found.seed, found.plan.provenance["seed"]) == (5, 5)
    name = "West" if named else "T01"
    assert found.tries == (f"u02 held in {name}",) or found.tries == (f"u03 held in {name}",)
    assert found.plan.provenance["tries"] == list(found.tries)
    assert "initial_plans" not in found.plan.provenance
    assert found.iterations > 7
    assert found.history["missed"].tolist()[0] == 0.1
    again = tried_again(problem, asked(tg.MaxIterations(20), usual=True), lost(problem, halves(problem, 6)), _solve)
    assert again.plan.labels.equals(found.plan.labels)


def test_the_nearest_of_all_tries_is_answered_with_what_was_tried():
    problem = line(12, tg.Apart(["u02", "u03"]))
    seeds = []

    def hopeless(asked_for: tg.TerritoryProblem, request: Request) -> Solution:
        seeds.append(request.seed)
        return lost(asked_for, None)

    found = tried_again(problem, asked(tg.MaxIterations(20), usual=True), lost(problem, halves(problem, 6)), hopeless)
    assert found.status is Status.NOT_FOUND
    assert found.nearest.labels.equals(halves(problem, 6).labels)
    assert len(found.tries) == TRIES == len(set(seeds))
    assert found.iterations == 7 * (1 + TRIES)
    assert found.nearest.provenance["tries"] == list(found.tries)


def test_tries_take_only_what_the_rule_leaves():
    assert remaining(asked(tg.MaxIterations(20)), 7) == tg.MaxIterations(13)
    assert remaining(asked(tg.MaxIterations(20)), 20) is None
    assert remaining(asked(tg.MaxIterations(20), usual=True), 20) == tg.MaxIterations(20)
    assert remaining(asked(tg.MaxRuntime(100), ago=95), 7) is None
    left = remaining(asked(tg.MaxRuntime(100) | tg.MaxIterations(9), ago=40), 7)
    assert str(left).endswith("MaxIterations(iterations=2)")
    assert remaining(asked(tg.FirstFeasible()), 7) == tg.FirstFeasible()


def test_a_plan_with_further_names_is_one_of_the_problem_itself():
    problem = line(12, tg.Apart(["u02", "u03"]))
    other = line(12, tg.Apart(["u02", "u03"]), tg.Lock("u02", "T01 as it was"))
    names = ["T01 as it was" if i < 3 else "T01" for i in range(12)]
    plan = tg.TerritoryPlan(other, pd.Series(names, index=other.units.frame.index), {})
    again = restated(problem, plan)
    assert again.problem is problem
    assert again.verify().ok
    assert again.labels.nunique() == 2
    assert (again.labels.iloc[:3] == again.labels.iloc[0]).all()


def test_a_rule_of_few_iterations_holds_where_no_plan_exists():
    """Two locks of one unit contradict each other: a look at what comes near takes no more than was allowed."""
    problem = line(12, tg.Lock("u05", "West"), tg.Lock("u05", "East"), named=True)
    solution = tg.solve(problem, stop=tg.MaxIterations(3))
    assert solution.status is Status.INFEASIBLE
    assert solution.iterations <= 3


@pytest.mark.slow
def test_neighbours_near_a_home_are_parted_at_the_size_of_a_company():
    """Three locks and a pair in the midst of a territory, hours within 1 %: the search alone ends with the pair."""
    accounts = tg.read_accounts(tg.samples.demo_accounts())
    units = tg.BasicUnits.from_accounts(accounts)
    reps = tg.read_reps(tg.samples.data_path("reps.csv")).with_role("territory rep")
    locks = [tg.Lock("A03169", "R18"), tg.Lock("A02533", "R11"), tg.Lock("A04241", "R13")]
    problem = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), reps=reps, balance={"visit_hours": 0.01},
        constraints=[*locks, tg.Apart(["A00099", "A02303"])], objective=tg.Travel(center="home"),
    )  # fmt: skip
    solution = tg.solve(problem)
    assert solution.plan is not None
    assert solution.plan.verify().ok
