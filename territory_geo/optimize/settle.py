"""The outer loop for a measure that depends on the territories: search, work the hours out anew, search on.

Each search takes every unit's hours as they are in the plan before; a plan counts only if its own hours, worked out
for its own territories, keep the bounds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.answer import INTERRUPTED, NO_PIECES, Request, answered, numbered
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.centers import recenter
from territory_geo.optimize.free_bound import watch
from territory_geo.optimize.guide import guided
from territory_geo.optimize.initial import initial_plans
from territory_geo.optimize.local_search import besides_travel
from territory_geo.optimize.rules.judge import rules_missed
from territory_geo.optimize.search import Search
from territory_geo.optimize.settled_bound import bound_without_hours
from territory_geo.optimize.solution import Solution, Status
from territory_geo.optimize.stop import MaxIterations, MaxRuntime, Stop, joined, rules
from territory_geo.plan.constraints import Bounds
from territory_geo.plan.measures import depends
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.tables import travel_figures

Labels = NDArray[np.int32]

ROUNDS = 8
"""Searches after the first one; what has not settled by then keeps circling."""
FIRST = 0.5
"""Share of the budget for the first search; each later one gets a part of the rest."""
MARGIN = (0.15, 0.3, 0.45, 0.6)
"""Part of the tolerance that searches leave unused, so that hours may still change a little; more from time to time."""


def settle(problem: TerritoryProblem, asked: Request) -> Solution:
    """Solve a problem whose loads depend on the plan; see `solve`.

    Notes
    -----
    A fixed-point iteration: hours are linearised around the plan before. The first search gets half of the budget,
    later ones go on from the plan before and share the rest. What has not settled after eight of them is `not_found`.
    """
    history: list[dict[str, Any]] = []
    now, interrupted, iterations = problem, False, 0
    best, missed, worth = None, np.inf, np.inf
    arrays = ProblemArrays.from_problem(problem)
    initial = initial_plans(problem, arrays, asked.given)
    begin = [plan.labels for plan in initial if plan.labels is not None]
    known = [_judged(problem, arrays, start) for start in begin]
    for turn in range(ROUNDS + 1):
        arrays = ProblemArrays.from_problem(_tightened(now, MARGIN[min(turn, len(MARGIN) - 1)]))
        part = _part(asked.stop, FIRST if turn == 0 else (1 - FIRST) / ROUNDS * 2, asked.seconds)
        if part is None:
            break
        asked.progress("settle", turn / (ROUNDS + 1), f"round {turn + 1}")
        search = Search(guided(arrays), part, asked.seed + turn, asked.progress, watch=watch(part))
        search.initial, search.resumed = begin, turn > 0
        asked.run(search, alone=turn > 0)
        search.judge(arrays)
        later = asked.seconds - (search.clock.seconds if len(search.history) else 0.0)
        history += [
            {**row, "seconds": row["seconds"] + later, "iteration": row["iteration"] + iterations}
            for row in search.history
        ]
        iterations += search.clock.iterations
        interrupted |= search.interrupted
        if search.labels is None:
            break
        begin = [search.labels]
        found, violation, value = _judged(problem, arrays, search.labels)
        if violation < missed:
            best, missed, worth = found, violation, value
        if interrupted or (violation <= 0 and (turn or _unmoved(now, found))):
            break
        now = found.problem
    for found, violation, value in known:
        if (violation, value) < (missed, worth):
            best, missed, worth = found, violation, value
    status, reason = _outcome(best is not None, missed, interrupted)
    bound: float | None = None
    kind: str | None = None
    if best is not None and not reason:
        bound, kind = (
            (None, "none: interrupted") if interrupted else bound_without_hours(best, asked, iterations=iterations)
        )
    made = asked.provenance(iterations, initial) | {"bound": bound, "bound_kind": kind}
    if best is not None:
        made["objective"] = worth
        if bound is not None and worth > 0:
            made["gap"] = max(0.0, 1 - bound / worth)
    return answered(problem, best, status, reason, made, objective=worth, history=history)


def _judged(problem: TerritoryProblem, arrays: ProblemArrays, labels: Labels) -> tuple[TerritoryPlan, float, float]:
    """Return labels as a plan with hours of its own, by how much it misses what is asked, and what it costs."""
    # Unnamed territories are numbered by their first unit: the search's numbers mean nothing here.
    found = TerritoryPlan.from_codes(problem, numbered(problem, labels), {})
    violation = _missed(found)
    if arrays.rules.asked:
        violation += rules_missed(arrays, labels, recenter(arrays, labels)[0])
    return found, violation, travel_figures(found)["objective"] + besides_travel(arrays, labels)


def _outcome(known: bool, missed: float, interrupted: bool) -> tuple[Status, str]:
    """Return how the loop ended, and why there is no plan (empty where there is one)."""
    if known and missed <= 0:
        return (Status.INTERRUPTED if interrupted else Status.FEASIBLE), ""
    if interrupted:
        return Status.INTERRUPTED, INTERRUPTED
    if not known:
        return Status.NOT_FOUND, NO_PIECES
    return Status.NOT_FOUND, "the hours did not settle within the bounds: they change with the territories"


def _tightened(problem: TerritoryProblem, margin: float) -> TerritoryProblem:
    """Return the problem with less tolerance for what depends on the territories."""
    balance: dict[str, float | Bounds] = dict(problem.balance)
    for name, limit in problem.balance.items():
        if not depends(problem, name):
            continue
        if isinstance(limit, Bounds):
            give = margin * (limit.upper - limit.lower) / 2
            balance[name] = Bounds(limit.lower + give, limit.upper - give)
        else:
            balance[name] = limit * (1 - margin)
    return replace(problem, balance=balance)


def _missed(plan: TerritoryPlan) -> float:
    """Return by how much the worst territory misses a bound with the plan's own hours, a share of its target."""
    worst = 0.0
    for name in plan.problem.balance:
        lower, target, upper = plan.problem.bounds(name)
        load = np.bincount(plan.codes, plan.problem.units.frame[name].to_numpy(dtype=float), minlength=len(target))
        over = np.maximum(load - upper, lower - load) / np.where(target > 0, target, 1.0)
        worst = max(worst, float(over.max()))
    if worst <= 1e-9:
        return 0.0
    return worst


def _unmoved(before: TerritoryProblem, plan: TerritoryPlan) -> bool:
    """Tell whether the hours that a search went by were the plan's own already."""
    name = next(name for name in plan.problem.balance if depends(plan.problem, name))
    a, b = (p.units.frame[name].to_numpy(dtype=float) for p in (before, plan.problem))
    return bool(np.allclose(a, b, rtol=1e-9))


def _part(stop: Stop, share: float, used: float) -> Stop | None:
    """Return a rule for one of several searches, or None where no time is left."""
    parts: list[Stop] = []
    for rule in rules(stop):
        if isinstance(rule, MaxIterations):
            parts.append(MaxIterations(max(1, round(rule.iterations * share))))
        elif isinstance(rule, MaxRuntime):
            left = rule.seconds - used
            if left <= 0:
                return None
            parts.append(MaxRuntime(min(left, rule.seconds * share)))
        else:
            parts.append(rule)
    return joined(parts)
