"""What may change hands against travel: nothing gives today back, all gives the free optimum, and more never costs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg

CAPS = (0.0, 0.1, 0.25, 0.5, 1.0)


def small(seed: int) -> tuple[tg.BasicUnits, tg.ContiguityGraph]:
    """Ten units in two rows, with random visits; today they are divided in columns or in rows."""
    rng = np.random.default_rng(seed)
    cells = [(r, c) for r in range(2) for c in range(5)]
    table = pd.DataFrame({"id": [f"a{r}{c}" for r, c in cells], "x": [c * 1e3 for _, c in cells]})
    table["y"], table["visits"] = [r * -1e3 for r, _ in cells], rng.integers(1, 20, 10)
    table["rep"] = ["AB"[r] if seed % 2 else "AB"[c > 1 + seed // 2] for r, c in cells]
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    edges = [(a, b) for a in table["id"] for b in table["id"] if a < b and _beside(a, b)]
    return units, tg.ContiguityGraph.from_edges(units, pd.DataFrame(edges, columns=["u", "v"]))


def _beside(a: str, b: str) -> bool:
    return abs(int(a[1]) - int(b[1])) + abs(int(a[2]) - int(b[2])) == 1


def frontier(units, graph, caps, measure="visits", *, warm=False, **asked) -> list[tg.Solution]:
    """Solve for each cap, tightest first; with `warm` each search begins at the plan before."""
    found: list[tg.Solution] = []
    for cap in caps:
        budget = tg.DisruptionBudget({measure: cap})
        problem = tg.TerritoryProblem(units, graph, constraints=[budget], **asked["problem"])
        before = found[-1].plan if warm and found else None
        found.append(tg.solve(problem, stop=asked["stop"], seed=1, initial_plan=before))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_frontier_of_small_problems_runs_from_today_to_the_free_optimum(seed):
    units, graph = small(seed)
    base = {"n_territories": 2, "balance": {"accounts": 0.5}, "current": "rep"}
    found = frontier(units, graph, CAPS, problem=base, stop=tg.MaxIterations(10))
    assert [solution.status for solution in found] == ["optimal"] * len(CAPS)
    today = tg.TerritoryPlan.from_current(found[0].problem)
    assert (found[0].plan.labels == today.labels).all()
    free = tg.solve(tg.TerritoryProblem(units, graph, **base), stop=tg.MaxIterations(10))
    assert free.status == "optimal"
    costs = [solution.objective for solution in found]
    assert costs[-1] == pytest.approx(free.objective)
    assert all(after <= before * (1 + 1e-9) for before, after in pairwise(costs))
    for cap, solution in zip(CAPS, found, strict=True):
        assert solution.plan.disruption(["visits"])["share"].iloc[0] <= cap + 1e-9


def test_where_today_breaks_a_rule_a_cap_of_nothing_says_why():
    """Today's strips hold four and six accounts: ±10 % allows 4.5 to 5.5."""
    units, graph = small(0)
    budget = tg.DisruptionBudget(accounts=0.0)
    problem = tg.TerritoryProblem(
        units, graph, n_territories=2, balance={"accounts": 0.1}, current="rep", constraints=[budget]
    )
    solution = tg.solve(problem)
    assert solution.status == "infeasible"
    (conflict,) = solution.explain(seconds=1e6)
    assert set(conflict.demands) == {"disruption:accounts<=0%", "balance:accounts"}
    assert "10 % of accounts may change rep instead of 0 %" in [r.words for r in conflict.relaxations]


@pytest.mark.slow
def test_the_frontier_of_counties_falls_from_cap_to_cap(counties_today):
    units, graph, today = counties_today
    base = {"n_territories": 20, "balance": {"population": 0.1}, "current": today.to_dict()}
    caps = (0.0, 0.05, 0.2, 1.0)
    found = frontier(units, graph, caps, "population", warm=True, problem=base, stop=tg.MaxIterations(15))
    assert (found[0].plan.labels == today).all()
    costs = [solution.objective for solution in found]
    assert all(after <= before for before, after in pairwise(costs))
    assert costs[-1] < costs[0]
    for cap, solution in zip(caps, found, strict=True):
        assert solution.plan.verify().ok
        assert solution.plan.disruption(["population"])["share"].iloc[0] <= cap + 1e-9
    free = tg.solve(
        tg.TerritoryProblem(units, graph, **base), stop=tg.MaxIterations(15), seed=1, initial_plan=found[-2].plan
    )
    assert free.objective == pytest.approx(costs[-1])


@pytest.fixture(scope="module")
def counties_today():
    """Counties in 20 territories by another measure of travel: what is there today keeps the balance."""
    units = tg.BasicUnits.from_areas(
        tg.samples.data_path("us.topojson"), layer="counties_lower48", measures=["population"]
    )
    graph = tg.ContiguityGraph.from_units(units)
    problem = tg.TerritoryProblem(
        units, graph, n_territories=20, balance={"population": 0.1}, objective=tg.Travel(weight=None)
    )
    return units, graph, tg.solve(problem, stop=tg.MaxIterations(5), seed=0).plan.labels
