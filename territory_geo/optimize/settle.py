"""The outer loop for a measure that depends on the territories: search, work the hours out anew, search on.

Each search takes every unit's hours as they are in the plan before; a plan counts only if its own hours, worked out
for its own territories, keep the bounds.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo._version import __version__
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.centers import recenter
from territory_geo.optimize.free_bound import watch
from territory_geo.optimize.guide import guided
from territory_geo.optimize.initial import initial_plans
from territory_geo.optimize.local_search import besides_travel, score
from territory_geo.optimize.rules.judge import rules_missed
from territory_geo.optimize.search import Search
from territory_geo.optimize.several import search_several
from territory_geo.optimize.solution import Solution, Status
from territory_geo.optimize.solve import HISTORY, _by_first
from territory_geo.optimize.starts import Starts
from territory_geo.optimize.stop import MaxIterations, MaxRuntime, Stop, budget, rules
from territory_geo.plan.constraints import Bounds
from territory_geo.plan.measures import depends
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.tables import travel_figures
from territory_geo.progress import Progress

Labels = NDArray[np.int32]

ROUNDS = 8
"""Searches after the first one; what has not settled by then keeps circling."""
FIRST = 0.5
"""Share of the budget for the first search; each later one gets a part of the rest."""
MARGIN = (0.15, 0.3, 0.45, 0.6)
"""Part of the tolerance that searches leave unused, so that hours may still change a little; more from time to time."""


@dataclass
class Warm(Search):
    """A search that begins at given labels."""

    begin: Labels | None = field(default=None)

    def _starts(self) -> list[Labels]:
        if self.begin is None:
            return super()._starts()
        self.seeds = Starts(self.arrays, self.rng)
        self._keep(self.begin, score(self.arrays, self.begin), "settle")
        return [self.begin]

    def _begin(self, starts: list[Labels], cycle: int) -> tuple[Labels, bool]:
        return super()._begin(starts, cycle) if self.begin is None or cycle else (self.begin, False)


def settle(
    problem: TerritoryProblem,
    stop: Stop,
    seed: int,
    progress: Progress,
    several: tuple[Executor, int] | None,
    given: Sequence[pd.Series],
) -> Solution:
    """Solve a problem whose loads depend on the plan; see `solve`.

    Notes
    -----
    A fixed-point iteration: hours are linearised around the plan before. The first search gets half of the budget,
    later ones begin at the plan before and share the rest. What has not settled after eight of them is `not_found`.
    """
    started, history, iterations = time.monotonic(), [], 0
    now, interrupted = problem, False
    best, missed, worth = None, np.inf, np.inf
    labels: Labels | None = None
    arrays = ProblemArrays.from_problem(problem)
    initial = initial_plans(problem, arrays, given)
    begin = [plan.labels for plan in initial if plan.labels is not None]
    known = [_judged(problem, arrays, start) for start in begin]
    for turn in range(ROUNDS + 1):
        arrays = ProblemArrays.from_problem(_tightened(now, MARGIN[min(turn, len(MARGIN) - 1)]))
        part = _part(stop, FIRST if turn == 0 else (1 - FIRST) / ROUNDS * 2, time.monotonic() - started)
        if part is None:
            break
        progress("settle", turn / (ROUNDS + 1), f"round {turn + 1}")
        search = Warm(guided(arrays), part, seed + turn, progress, watch=watch(part), begin=labels)
        search.initial = [] if turn else begin
        if several is None or turn:
            search.run()
        else:
            search_several(search, *several, progress)
        search.judge(arrays)
        later = time.monotonic() - started - (search.clock.seconds if len(search.history) else 0.0)
        history += [
            {**row, "seconds": row["seconds"] + later, "iteration": row["iteration"] + iterations}
            for row in search.history
        ]
        iterations += search.clock.iterations
        interrupted |= search.interrupted
        if search.labels is None:
            break
        labels = search.labels
        found, violation, value = _judged(problem, arrays, labels)
        if violation < missed:
            best, missed, worth = found, violation, value
        if interrupted or (violation <= 0 and (turn or _unmoved(now, found))):
            break
        now = found.problem
    for found, violation, value in known:
        if (violation, value) < (missed, worth):
            best, missed, worth = found, violation, value
    made: dict[str, Any] = {
        "seed": seed, "iterations": iterations, "runtime_s": time.monotonic() - started, "version": __version__,
        "bound": None, "bound_kind": None, **budget(stop, several),
    }  # fmt: skip
    if given:
        made["initial_plans"] = [plan.record() for plan in initial]
    return _outcome(problem, best, missed, worth, interrupted, made, history)


def _judged(problem: TerritoryProblem, arrays: ProblemArrays, labels: Labels) -> tuple[TerritoryPlan, float, float]:
    """Return labels as a plan with hours of its own, by how much it misses what is asked, and what it costs."""
    # Unnamed territories are numbered by their first unit: the search's numbers mean nothing here.
    found = TerritoryPlan.from_codes(problem, _by_first(problem, labels), {})
    violation = _missed(found)
    if arrays.rules.asked:
        violation += rules_missed(arrays, labels, recenter(arrays, labels)[0])
    return found, violation, travel_figures(found)["objective"] + besides_travel(arrays, labels)


def _outcome(
    problem: TerritoryProblem,
    best: TerritoryPlan | None,
    missed: float,
    worth: float,
    interrupted: bool,
    made: dict[str, Any],
    history: list[dict[str, Any]],
) -> Solution:
    """Return the solution; `made` is its provenance so far."""
    settled = best is not None and missed <= 0
    reason = ""
    if settled:
        status = Status.INTERRUPTED if interrupted else Status.FEASIBLE
    elif interrupted:
        status, reason = Status.INTERRUPTED, "interrupted before a plan within all bounds was found"
    elif best is None:
        status, reason = Status.NOT_FOUND, (
            "no assignment in one piece per territory was found that honours the locks and forbidden units"
        )  # fmt: skip
    else:
        status, reason = Status.NOT_FOUND, (
            f"the hours did not settle within the bounds: they change with the territories, and the nearest plan "
            f"misses them by {100 * missed:.3g} % of a territory. A longer search or a wider tolerance may find one"
        )  # fmt: skip
    plan = nearest = None
    if best is not None:
        stated = replace(best, provenance={**made, "status": str(status), "objective": worth})
        if settled:
            from territory_geo.optimize.solve import verified

            plan = verified(stated)
        else:
            nearest = stated
    return Solution(
        status=status,
        plan=plan,
        nearest=nearest,
        objective=None if plan is None else worth,
        reason=reason,
        history=pd.DataFrame(history, columns=HISTORY),
        seed=made["seed"],
        iterations=made["iterations"],
        runtime_s=made["runtime_s"],
        problem=problem,
    )


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
    whole = parts[0]
    for part in parts[1:]:
        whole = whole | part
    return whole
