"""Call planning at full size: a quick search for weeks beside one of two minutes, and beside OR-Tools' routing.

``python -m benchmarks routes`` designs the demo company, takes territories from the one with least driving to the one
with most, lays about 200 visits of each into weeks, and writes results/routes.json.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np

import territory_geo as tg
from territory_geo.analyze.due_visits import DueVisits, due_visits
from territory_geo.demand.tours.stops import Weeks
from territory_geo.demand.tours.week_model import DROPPED, TICKS, WeekModel
from territory_geo.demand.tours.weeks import plan_weeks

RESULTS = Path(__file__).resolve().parent / "results" / "routes.json"
VISITS = 200
"""Visits that a case has at least."""


def demo_plan(iterations: int = 40) -> tg.TerritoryPlan:
    """The demo company in 24 territories of equal hours."""
    accounts = tg.read_accounts(tg.samples.demo_accounts())
    units = tg.BasicUnits.from_accounts(accounts, measures=["visits_per_year", "potential_usd"])
    graph = tg.ContiguityGraph.from_units(units)
    problem = tg.TerritoryProblem(units, graph, n_territories=24, balance={"workload": 0.10}, workload=tg.Workload())
    plan = tg.solve(problem, stop=tg.MaxIterations(iterations), seed=7).plan
    assert plan is not None
    return plan


def case(plan: tg.TerritoryPlan, territory: str) -> tuple[DueVisits, int]:
    """Return the visits of as many weeks as it takes to have 200 of them, and how many weeks those are."""
    for weeks in range(1, 40):
        asked = due_visits(plan, territory, n_weeks=weeks)
        if len(asked.stops) >= VISITS:
            return asked, weeks
    raise ValueError(f"{territory} has fewer than {VISITS} visits in 40 weeks.")


def search(asked: DueVisits, n_weeks: int, *, seed: int = 0, rounds: int | None = None) -> tuple[Weeks, float]:
    """Return the weeks that our search finds, and the seconds of processor time it took."""
    begun = time.process_time()
    found = plan_weeks(
        asked.home, asked.stops, asked.rules, n_weeks=n_weeks, distance=asked.distance, rounds=rounds, seed=seed
    )
    return found, time.process_time() - begun


def as_routes(found: Weeks, visits: int, n_weeks: int, evenings: int, day: int) -> list[list[int]]:
    """Return weeks as OR-Tools' nodes in order: visits, and the evenings at home between them."""
    routes = []
    for w in range(n_weeks):
        own = found.week == w
        at = [
            (round(float(start) * TICKS), int(v) + 1)
            for start, v in zip(found.start[own], found.visit[own], strict=True)
        ]
        home = [e for e in range(evenings) if (w, e) not in found.nights]
        at += [((e + 1) * day, visits + 1 + w * evenings + e) for e in home]
        # Who is at home in the evening starts the next day after it.
        routes.append([node for _, node in sorted(at, key=lambda one: (one[0], one[1] <= visits))])
    return routes


def with_or_tools(asked: DueVisits, n_weeks: int, seconds: float, begin: Weeks | None = None) -> tuple[int, float]:
    """Return how many visits OR-Tools' routing leaves out, and the minutes of driving and nights of the others.

    The same arrays and the same cost as ours: a vehicle is a week, its clock runs through working hours only, an
    evening at home is an optional stop whose absence costs a night, a visit left out costs more than any way. With
    `begin` it goes on from these weeks.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    rules = asked.rules
    if rules.max_nights < rules.days_per_week - 1:
        raise ValueError("This model has no limit on nights in a row.")
    day = round(rules.day_hours * 60 * TICKS)
    service = np.round(asked.stops.minutes * TICKS).astype(np.int64)
    model = WeekModel(asked.home, asked.stops, rules, n_weeks, service, day, asked.distance)
    n, evenings = len(asked.stops), rules.days_per_week - 1
    # Node 0 is the depot, 1 … n the visits, then the evenings of each week.
    place = np.concatenate([np.arange(n + 1), np.zeros(n_weeks * evenings, dtype=np.int64)])
    work = np.concatenate([[0], service, np.zeros(n_weeks * evenings, dtype=np.int64)])
    way = model.travel[np.ix_(place, place)]
    manager = pywrapcp.RoutingIndexManager(len(place), n_weeks, 0)
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(way.tolist()))
    horizon = day * rules.days_per_week
    routing.AddDimension(routing.RegisterTransitMatrix((way + work[:, None]).tolist()), horizon, horizon, True, "clock")
    clock = routing.GetDimensionOrDie("clock")
    for v in range(n):
        index = manager.NodeToIndex(v + 1)
        spans = slice(int(model.first[v]), int(model.first[v + 1]))
        opens, closes = model.opens[spans].tolist(), model.closes[spans].tolist()
        routing.AddDisjunction([index], int(model.worth[v]))
        if not opens:
            continue
        clock.CumulVar(index).SetRange(opens[0], closes[-1])
        for closed, opened in zip(closes[:-1], opens[1:], strict=True):
            if opened > closed + 1:
                clock.CumulVar(index).RemoveInterval(closed + 1, opened - 1)
        first, last = model.span[v].tolist()
        routing.VehicleVar(index).SetValues([-1, *range(first, last + 1)])
    for w in range(n_weeks):
        for e in range(evenings):
            index = manager.NodeToIndex(n + 1 + w * evenings + e)
            clock.CumulVar(index).SetRange((e + 1) * day, (e + 1) * day)
            routing.VehicleVar(index).SetValues([-1, w])
            routing.AddDisjunction([index], model.night)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    # Processor time, as for ours: what else the machine does must not count.
    begun = time.process_time()
    routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: time.process_time() - begun > seconds))
    if begin is None:
        answer = routing.SolveWithParameters(parameters)
    else:
        routing.CloseModelWithParameters(parameters)
        first = routing.ReadAssignmentFromRoutes(as_routes(begin, n, n_weeks, evenings, day), True)
        if first is None:
            raise ValueError("OR-Tools does not accept our weeks: the two models differ.")
        answer = routing.SolveFromAssignmentWithParameters(first, parameters)
    if answer is None:
        return n, 0.0
    left = sum(1 for v in range(n) if answer.Value(routing.NextVar(manager.NodeToIndex(v + 1))) == v + 1)
    return left, (answer.ObjectiveValue() - left * DROPPED) / TICKS


def run(*, territories: int = 3, seeds: int = 10, long: float = 120.0) -> Path:
    """Measure, print and write the rows.

    Parameters
    ----------
    territories : int
        How many, spread over the plan from little driving to much.
    seeds : int
        Quick searches of each.
    long : float
        Seconds of processor time of our long search, and seconds of OR-Tools'.
    """
    plan = demo_plan()
    order = plan.workload()["driving_hours"].sort_values(kind="stable").index.tolist()
    chosen = [order[i] for i in np.unique(np.linspace(0, len(order) - 1, territories).round().astype(int))]
    rows: list[dict[str, Any]] = []
    for territory in chosen:
        asked, n_weeks = case(plan, territory)
        # Once, so that compiling is not counted.
        search(asked, n_weeks, rounds=10)
        quick = [search(asked, n_weeks, seed=seed) for seed in range(seeds)]
        rounds, took = quick[0][0].rounds, sorted(seconds for _, seconds in quick)[len(quick) // 2]
        best, seconds = search(asked, n_weeks, rounds=round(rounds * long / took))
        left, minutes = with_or_tools(asked, n_weeks, long)
        on_left, on_minutes = with_or_tools(asked, n_weeks, long / 4, quick[0][0])
        rows.append(
            {
                "territory": territory, "visits": len(asked.stops), "weeks": n_weeks, "rounds": rounds,
                "quick_seconds": round(took, 2), "quick_left": [len(found.left) for found, _ in quick],
                "quick_minutes": [round(found.cost_minutes, 1) for found, _ in quick],
                "long_seconds": round(seconds, 1), "long_left": len(best.left),
                "long_minutes": round(best.cost_minutes, 1), "or_tools_left": left,
                "or_tools_minutes": round(minutes, 1), "from_ours_left": on_left,
                "from_ours_minutes": round(on_minutes, 1),
            }
        )  # fmt: skip
        print(rows[-1], flush=True)
        RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return RESULTS


if __name__ == "__main__":
    print(run())
