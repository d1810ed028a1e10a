"""Why there is no plan: what is told together, what is looked at first, and what is advised where nothing is proven."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.optimize.conflicts import conflicts_of
from territory_geo.optimize.conflicts.cores import without_innocent
from territory_geo.optimize.conflicts.demands import Demand, apart, demands_of, merged
from territory_geo.optimize.conflicts.missed import missed_by, missed_most
from territory_geo.optimize.conflicts.oracle import Oracle
from territory_geo.optimize.solution import Solution

LONG = 1e6
"""Seconds: only the number of searches may end an explanation, so that a slow machine tells the same."""


def line(loads=(1,) * 6, **more) -> tg.BasicUnits:
    n = len(loads)
    ids = [f"u{i}" for i in range(n)]
    table = pd.DataFrame({"id": ids, "x": np.arange(n) * 1000.0, "y": 0.0, "load": loads, **more})
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])


def problem_of(*constraints, units=None, graph=True, **change) -> tg.TerritoryProblem:
    units = units or line()
    asked = {"n_territories": 2, "balance": {"load": 0.1}, **change}
    return tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units) if graph else None, constraints=constraints, **asked
    )


def test_the_groups_of_a_column_are_one_demand():
    """Five families of a column are one line; two without a common column stay apart, as do pairs of a file."""
    units = line([1.0] * 12)
    families = [tg.Together([f"u{i}", f"u{i + 1}"], name=f"parent_id P{i}") for i in range(5)]
    others = [tg.Together(["u7", "u8"]), tg.Apart(["u9", "u10"], name="rivals.csv row 1")]
    problem = problem_of(*families, *others, units=units, graph=False)
    found = merged(demands_of(problem))
    assert [d.id for d in found] == ["together:parent_id", "together:u7+", "rivals.csv row 1", "balance:load"]
    assert found[0].words == "5 keep-together groups of column parent_id (parent_id P0, parent_id P1, parent_id P2, …)"
    assert apart(found) == demands_of(problem)


def test_families_that_are_in_the_way_are_told_and_left_out_together():
    """Each end of the line belongs with the other: no two pieces exist, whichever of three such families is kept."""
    units = line([1.0] * 6)
    families = [tg.Together(["u0", "u5"], name=f"parent_id P{i}") for i in range(3)]
    problem = problem_of(*families, units=units, balance={"load": 1.0})
    (conflict,) = conflicts_of(problem, seconds=LONG)
    assert conflict.demands == ("together:parent_id", "one piece")
    words = "3 keep-together groups of column parent_id (parent_id P0, parent_id P1, parent_id P2)"
    assert conflict.words[0] == words
    assert [r.words for r in conflict.relaxations] == [f"without the {words}", "territories in several pieces"]


def test_where_all_demands_hold_after_all_the_plan_is_handed_over():
    (conflict,) = conflicts_of(problem_of(), seconds=LONG)
    assert conflict.plan is not None
    assert conflict.plan.verify().ok
    assert conflict.demands == ()
    assert str(conflict) == f"{conflict.reason}."
    assert "was found while the reason was sought" in conflict.reason


def nearest_of(problem: tg.TerritoryProblem, first: int) -> tg.TerritoryPlan:
    """Return the plan whose first territory holds so many units from the left."""
    labels = ["T01" if i < first else "T02" for i in range(len(problem.units))]
    return tg.TerritoryPlan(problem, pd.Series(labels, index=problem.units.frame.index), {})


def ended(problem: tg.TerritoryProblem, nearest: tg.TerritoryPlan | None, status: str = "not_found") -> Solution:
    return Solution(
        tg.Status(status), None, nearest, None, "why", pd.DataFrame(), 0, 150, 1.0, problem=problem,
        tries=("another seed",),
    )  # fmt: skip


def test_what_a_plan_misses_most_is_known():
    """u0 to u3 are 4 of a target of 3, allowed 3.3: 0.7 of 3 is missed; a pair that is broken counts a tenth."""
    problem = problem_of(tg.Apart(["u0", "u1"]), tg.Apart(["u3", "u5"]))
    plan = nearest_of(problem, 4)
    missed = {d.id: missed_by(problem, d, plan) for d in demands_of(problem)}
    expected = {"apart:u0+": 0.1, "apart:u3+": 0.0, "one piece": 0.0, "balance:load": pytest.approx(0.7 / 3)}
    assert missed == expected
    assert missed_most(problem, demands_of(problem), plan).id == "balance:load"
    assert missed_most(problem, demands_of(problem), nearest_of(problem, 3)).id == "apart:u0+"
    assert missed_most(problem_of(), demands_of(problem_of()), nearest_of(problem_of(), 3)) is None


def test_what_the_nearest_plan_keeps_is_advised_and_true():
    problem = problem_of()
    said = ended(problem, nearest_of(problem, 4)).advice
    assert said[0] == "The nearest plan would do if less were asked: load ±33.4 % instead of ±10 %."
    assert said[1] == "One further try was made, each with a seed of its own: another seed."
    assert "150 iterations" in said[2]
    both = problem_of(tg.Apart(["u0", "u1"], name="rivals"))
    assert ended(both, nearest_of(both, 4)).advice[0] == (
        "The nearest plan would do if less were asked: without rivals (2 units (u0, u1) are kept apart) and at once "
        "load ±33.4 % instead of ±10 %."
    )


def test_without_a_plan_conflicts_and_advice_are_never_both_empty():
    """Without time for a question all demands are told; advice needs none."""
    problem = problem_of(tg.Apart(["u0", "u1"]))
    for status in ("not_found", "infeasible"):
        solution = ended(problem, None, status)
        (conflict,) = solution.explain(seconds=0)
        assert conflict.demands == ("apart:u0+", "one piece", "balance:load")
        assert conflict.proven is (status == "infeasible")
        assert not conflict.smallest
        assert bool(solution.advice) == (status == "not_found")


def test_locks_that_a_plan_keeps_by_itself_are_not_blamed():
    """Without seven locks to A a plan breaks two: if those alone are in conflict, one question clears the others."""
    problem = problem_of(graph=False, balance={"load": 1.0})
    locks = [tg.Lock(f"u{i}", "T01", name=f"L{i}") for i in range(6)]
    (crowd,) = merged([Demand(c.id, c.id, constraints=(c,)) for c in locks])
    oracle = Oracle(0, 1, 1, 0.0, 0.0)
    oracle.plans.append(nearest_of(problem, 4))
    questions = []

    def still(kept):
        questions.append([d.id for d in kept])
        return True

    assert [d.id for d in without_innocent([crowd], oracle, still)] == ["L4", "L5"]
    assert questions == [["L4", "L5"]]
    assert without_innocent([crowd], oracle, lambda kept: False) == [crowd]


def test_a_cap_on_changes_against_tight_hours_has_figures_that_hold():
    """Today's reps hold 4 and 2 of 6 units: 3 and 3 move one of six units; ±1 % of hours with 1 % of changes cannot."""
    units = line(rep=list("AAAABB"))
    problem = problem_of(tg.DisruptionBudget(accounts=0.01), units=units, current="rep", balance={"load": 0.01})
    (conflict,) = conflicts_of(problem, seconds=LONG, nearest=None)
    assert {r.words for r in conflict.relaxations} >= {
        "16.7 % of accounts may change rep instead of 1 %", "load ±33.4 % instead of ±1 %",
    }  # fmt: skip
    assert all(r.plan.verify().ok for r in conflict.relaxations)


def test_where_no_search_is_left_what_the_nearest_plan_keeps_is_a_relaxation_that_holds():
    problem = problem_of(tg.Apart(["u0", "u1"]))
    (conflict,) = conflicts_of(problem, seconds=LONG, searches=1, nearest=nearest_of(problem, 4))
    (relaxation,) = [r for r in conflict.relaxations if r.demand == "all at once"]
    assert relaxation.words == (
        "without apart:u0+ (2 units (u0, u1) are kept apart) and at once load ±33.4 % instead of ±10 %"
    )
    assert relaxation.plan.verify().ok
    assert relaxation.plan.problem is relaxation.problem
