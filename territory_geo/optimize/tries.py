"""Further tries where a search ended without a plan: what it left broken is decided for it, or it begins elsewhere.

Tries follow from the seed alone, and a search that finds a plan by itself never comes here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from territory_geo.optimize.answer import INTERRUPTED, Request, numbered
from territory_geo.optimize.decisions import Decision, decisions
from territory_geo.optimize.initial import initial_series
from territory_geo.optimize.several import own_seeds
from territory_geo.optimize.solution import Solution, Status
from territory_geo.optimize.stop import FirstFeasible, MaxIterations, MaxRuntime, Stop, joined, rules
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

TRIES = 3
"""Most further tries."""
WORTHWHILE = 0.1
"""Share of a time limit that must be left for a further try."""

Run = Callable[[TerritoryProblem, Request], Solution]


@dataclass
class Tries:
    """Tries so far: rounds and improvements of all of them, and what each of them decided."""

    asked: Request
    run: Run
    iterations: int
    history: list[pd.DataFrame]
    made: list[str]

    def next(self, problem: TerritoryProblem, stop: Stop, seed: int, given: Sequence[pd.Series] = ()) -> Solution:
        """Solve once more, and count it."""
        begun = self.asked.seconds
        request = replace(self.asked, stop=stop, seed=seed, given=[*given], started=self.asked.started + begun)
        found = self.run(problem, request)
        later = {"seconds": begun, "iteration": self.iterations}
        self.history.append(found.history.assign(**{name: found.history[name] + by for name, by in later.items()}))
        self.iterations += found.iterations
        return found

    def told(self, found: Solution, problem: TerritoryProblem) -> Solution:
        """Return a solution as the answer to the whole call."""
        seed, iterations, seconds = self.asked.seed, self.iterations, self.asked.seconds
        figures = {"seed": seed, "iterations": iterations, "runtime_s": seconds}
        given = {} if self.asked.given else {"initial_plans": None}
        rows = [table for table in self.history if len(table)]

        def stated(plan: TerritoryPlan | None) -> TerritoryPlan | None:
            if plan is None:
                return None
            made = {**plan.provenance, **figures, **given, "tries": list(self.made)}
            return replace(plan, provenance={name: value for name, value in made.items() if value is not None})

        return replace(
            found, problem=problem, plan=stated(found.plan), nearest=stated(found.nearest),
            seed=seed, iterations=iterations, runtime_s=seconds,
            history=pd.concat(rows, ignore_index=True) if rows else found.history, tries=tuple(self.made),
        )  # fmt: skip


def tried_again(problem: TerritoryProblem, asked: Request, first: Solution, run: Run) -> Solution:
    """Return what further tries find where a search ended without a plan, else the nearest of all.

    Parameters
    ----------
    problem : TerritoryProblem
        The question.
    asked : Request
        The call; tries have what its stopping rule leaves. Where it names none, each has as many rounds as the first.
    first : Solution
        Not found.
    run : callable
        Solves a problem as a request says, once.

    Notes
    -----
    A search moves one unit at a time (or swaps two): it does not part two units in the middle of a territory that must
    be kept apart, nor bring a group together across others, since every step on the way is worse. A try therefore locks
    one of the two where it is, or the whole group to one territory: its search begins with plans that are drawn around
    that. What it finds is a start for the problem as it was asked, without those locks. Where nothing of the kind is
    broken, a try is a search with another seed.
    """
    tries = Tries(asked, run, first.iterations, [first.history], [])
    nearest, last, held = first, first, list[Decision]()
    for number, seed in enumerate(own_seeds(asked.seed, TRIES)):
        stop = remaining(asked, tries.iterations)
        if stop is None:
            break
        asked.progress("try again", number / TRIES, f"try {number + 2} of {TRIES + 1}")
        # By turns one unit of a pair stays or the other; what the last try broke in its turn is decided besides.
        held = decisions(problem, [nearest.nearest, *([last.nearest] if held else [])], number % 2)
        tries.made.append(", ".join(decision.words for decision in held) or "another seed")
        decided = replace(problem, constraints=[*problem.constraints, *(decision.lock for decision in held)])
        last = tries.next(decided, stop | FirstFeasible() if held else stop, seed)
        if last.plan is not None and held:
            rest = remaining(asked, tries.iterations) or MaxIterations(1)
            last = tries.next(problem, rest, asked.seed, initial_series(problem, last.plan))
        if last.plan is not None:
            return tries.told(last, problem)
        if last.status is Status.INTERRUPTED:
            return tries.told(replace(nearest, status=Status.INTERRUPTED, reason=INTERRUPTED), problem)
        if last.status is Status.NOT_FOUND and _missed(last) < _missed(nearest) and last.nearest is not None:
            nearest = replace(first, nearest=restated(problem, last.nearest), reason=last.reason, history=last.history)
    return tries.told(nearest, problem)


def remaining(asked: Request, iterations: int) -> Stop | None:
    """Return what is left of a call's stopping rule, None where that is too little for a further try.

    Parameters
    ----------
    asked : Request
        The call.
    iterations : int
        Rounds that were used.
    """
    if asked.usual:
        return asked.stop
    parts: list[Stop] = []
    for rule in rules(asked.stop):
        if isinstance(rule, MaxIterations):
            if rule.iterations <= iterations:
                return None
            parts.append(MaxIterations(rule.iterations - iterations))
        elif isinstance(rule, MaxRuntime):
            left = rule.seconds - asked.seconds
            if left < WORTHWHILE * rule.seconds:
                return None
            parts.append(MaxRuntime(left))
        else:
            parts.append(rule)
    return joined(parts)


def restated(problem: TerritoryProblem, plan: TerritoryPlan) -> TerritoryPlan:
    """Return a plan of the problem with further locks as one of the problem itself."""
    number = {name: t for t, name in enumerate(problem.named_territories)}
    for name in plan.territory_ids:
        number.setdefault(name, len(number))
    labels = np.array([number[name] for name in plan.labels], dtype=np.int32)
    return TerritoryPlan.from_codes(problem, numbered(problem, labels), {**plan.provenance})


def _missed(solution: Solution) -> float:
    """Return by how much the nearest plan of a search misses what is asked, in shares of a territory."""
    return float(solution.history["missed"].min()) if len(solution.history) else np.inf
