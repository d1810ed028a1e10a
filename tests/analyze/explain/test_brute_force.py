"""Every trial of a move against the plan with the move made: objective, bounds, pieces, rules, from scratch."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.analyze.explain.trial import Trial
from territory_geo.plan.metrics import disruption_table, loads, splits, travel_km
from territory_geo.plan.metrics.costs import penalties
from territory_geo.plan.tables import travel_figures


def accounts(n: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"A{i:02d}" for i in range(n)],
            "lon": random.uniform(8, 11, n).round(2),
            "lat": random.uniform(48, 50, n).round(2),
            "visits_per_year": random.integers(1, 9, n),
            "visit_minutes": 60,
            "revenue_usd": random.integers(0, 99, n),
            "state": random.choice(["x", "y", "z"], n),
            "rep": random.choice(["R1", "R2", "R3"], n),
        }
    )


def reps() -> tg.Reps:
    table = pd.DataFrame({"rep_id": ["R1", "R2", "R3"], "lon": [8.5, 9.5, 10.5], "lat": [49.0, 48.5, 49.5]})
    return tg.read_reps(table.assign(capacity_hours=[800, 1600, 1200]))


def plan_of(seed: int, **asked: Any) -> tg.TerritoryPlan:
    units = tg.BasicUnits.from_accounts(tg.read_accounts(accounts(24, seed), land=None), land=None)
    graph = tg.ContiguityGraph.from_units(units) if asked.pop("contiguous", True) else None
    if "reps" not in asked:
        asked["n_territories"] = 3
    constraints = [rule(units) if callable(rule) else rule for rule in asked.pop("constraints", ())]
    problem = tg.TerritoryProblem(
        units, graph, **({"balance": {"visits_per_year": 0.3}, "current": "rep"} | asked), constraints=constraints
    )
    # By longitude, and a few strays, so that some bounds are kept and some are not.
    order = np.argsort(units.xy[:, 0] + np.random.default_rng(seed).normal(0, 0.2, len(units)))
    names = np.array(["R1", "R2", "R3"], dtype=object)
    labels = pd.Series("", index=units.frame.index, dtype=object)
    labels.iloc[order] = names[np.arange(len(units)) * 3 // len(units)]
    return tg.TerritoryPlan(problem, labels)


def objective(plan: tg.TerritoryPlan) -> float:
    return float(travel_figures(plan)["objective"]) + sum(penalties(plan).values())


def broken(plan: tg.TerritoryPlan) -> dict[tuple[str, str], float]:
    """By how much each constraint is missed, by constraint and territory."""
    problem, codes, found = plan.problem, plan.codes, {}
    for measure in problem.balance:
        lower, _, upper = problem.bounds(measure)
        load = loads(problem, codes, measure)
        for t, name in enumerate(plan.territory_ids):
            found[measure, name] = max(0.0, load[t] - upper[t], lower[t] - load[t])
    labels = dict(zip(problem.units.ids, plan.labels, strict=True))
    for name in plan.territory_ids if problem.graph is not None else []:
        mine = [u for u in problem.units.ids if labels[u] == name]
        inner = nx.Graph([(u, v) for u, v in problem.graph.edges[["u", "v"]].to_numpy() if {u, v} <= set(mine)])
        inner.add_nodes_from(mine)
        found["one piece", name] = nx.number_connected_components(inner)
    for rule in problem.constraints:
        wrong = 0.0
        if isinstance(rule, tg.Lock):
            wrong = sum(labels[u] != rule.territory for u in rule.units)
        elif isinstance(rule, tg.Forbid):
            wrong = sum(labels[u] == rule.territory for u in rule.units)
        elif isinstance(rule, tg.Together):
            wrong = len({labels[u] for u in rule.units})
        elif isinstance(rule, tg.Apart):
            wrong = sum(labels[a] == labels[b] for a, b in combinations(rule.units, 2))
        elif isinstance(rule, tg.KeepWhole) and rule.limit is not None:
            wrong = max(0, splits(problem, codes, rule.column)["further"].sum() - rule.limit)
        elif isinstance(rule, tg.HomeInside):
            wrong = sum(codes[u] != t for t, u in enumerate(problem.home_units))
        elif isinstance(rule, tg.AccountRange):
            for t, count in enumerate(loads(problem, codes, "accounts")):
                found[rule.id, plan.territory_ids[t]] = max(0.0, count - rule.upper, rule.lower - count)
        elif isinstance(rule, tg.MaxRadius):
            km = travel_km(problem, codes, plan.centers)
            for t, name in enumerate(plan.territory_ids):
                found[rule.id, name] = max(0.0, km[codes == t].max() - rule.km)
        elif isinstance(rule, tg.DisruptionBudget):
            for measure, cap in rule.caps:
                for row in disruption_table(plan, [measure], rule.per).itertuples():
                    found[rule.id, f"{measure}{row.group}"] = max(0.0, row.moved - cap * row.held)
            continue
        found[rule.id, ""] = wrong
    return found


CASES: dict[str, dict[str, Any]] = {
    "balance and pieces": {},
    "square km": {"objective": tg.Travel(power=2), "balance": {"visits_per_year": 0.1}, "contiguous": False},
    "centroids": {"objective": tg.Travel(center="centroid"), "constraints": [tg.MaxRadius(60)]},
    "homes and capacity": {
        "reps": reps(), "objective": tg.Travel(center="home"), "constraints": [tg.HomeInside(), tg.AccountRange(5, 9)],
    },
    "radius": {"constraints": [tg.MaxRadius(70)], "contiguous": False},
    "workload": {"balance": {"workload": 0.2}, "workload": tg.Workload()},
    "workload from homes": {
        "reps": reps(), "balance": {"workload": 0.3}, "workload": tg.Workload(), "objective": tg.Travel(center="home"),
    },
    "rules": {
        "constraints": [
            lambda units: tg.Lock(units.ids[:3], "R1"), lambda units: tg.Forbid(units.ids[5:9], "R3"),
            lambda units: tg.Together(units.ids[9:12]), lambda units: tg.Apart(units.ids[12:16]),
            tg.KeepWhole("state", float("inf")), tg.DisruptionBudget(revenue=0.4),
            tg.DisruptionBudget(accounts=0.3, per="territory"),
        ],
    },
    "prices": {
        "constraints": [
            tg.KeepWhole("state", 3.0), tg.BorderLength(0.05), tg.BorderLength(0.3, by="edges", name="edges"),
            tg.DisruptionBudget(price={"revenue": 40.0}), tg.OverlapCost(5.0), tg.OverlapCost(9.0, by="hulls"),
        ],
    },
}  # fmt: skip


LONGER = ("square km", "workload from homes")
"""Cases that others resemble: these run with the slow tests."""


@pytest.mark.parametrize("case", [pytest.param(c, marks=[pytest.mark.slow] * (c in LONGER)) for c in CASES])
def test_trials_come_to_what_moves_come_to(case: str) -> None:
    plan = plan_of(len(case), **CASES[case])
    n, k = len(plan.codes), 3
    pairs = np.array([(u, t) for u in range(n) for t in range(k) if t != plan.codes[u]])
    # Overlap is counted anew for each move, which takes its time.
    pairs = pairs[:: 6 if case == "prices" else 2]
    judged = Trial(plan).judged(pairs[:, 0], pairs[:, 1])
    before, cost = broken(plan), objective(plan)
    blocked, changes = [], []
    for u, t in pairs:
        labels = plan.labels.copy()
        labels.iloc[u] = plan.territory_ids[t]
        moved = tg.TerritoryPlan(plan.problem, labels)
        after = broken(moved)
        changes.append(objective(moved) - cost)
        # Hours on the road change the total, and so everybody's target: what counts is who takes part.
        bystander = set(plan.territory_ids) - {plan.territory_ids[t], plan.labels.iloc[u]}
        blocked.append(
            {
                rule
                for (rule, whose), value in after.items()
                if value > before[rule, whose] + 1e-6 and whose not in bystander
            }
        )
    np.testing.assert_allclose(judged.change, changes, rtol=1e-7, atol=1e-6 * cost)
    found = [set(judged.ids(i)) for i in range(len(pairs))]
    # A unit that cuts its territory and does not touch the other breaks one constraint, "one piece".
    assert found == blocked
    assert any(blocked)
    assert judged.blocked.tolist() == [bool(reasons) for reasons in blocked]
    for i in range(len(pairs)):
        assert len(judged.reasons(i)) == len(judged.ids(i))


@pytest.mark.parametrize("case", ["balance and pieces", pytest.param("prices", marks=pytest.mark.slow)])
def test_the_next_best_is_the_best_of_all_moves(case: str) -> None:
    asked = dict(CASES[case])
    if case == "prices":
        asked["constraints"] = asked["constraints"][:4]
    plan = plan_of(3, **asked)
    table = tg.explain(plan)
    cost = objective(plan)
    for row in table.iloc[::5].itertuples():
        found = {}
        for name in plan.territory_ids:
            if name != row.territory:
                found[name] = objective(plan.move(row.unit, name)) - cost
        assert row.next_best == min(found, key=lambda name: (round(found[name], 6), name))
        assert row.objective_change == pytest.approx(found[row.next_best], rel=1e-7, abs=1e-6 * cost)
    # Units that are tried with the nearest two territories only find the same here: there are no more than two others.
    pd.testing.assert_frame_equal(tg.explain(plan, territories=1)[["id", "was"]], table[["id", "was"]])
