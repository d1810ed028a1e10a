"""The last step of a solve: a proof that the plan is the best, or that there is none, where the problem is small.

It gets the time that the stopping rule leaves; where the rule counts rounds, its size and its steps are limited.
"""

from __future__ import annotations

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.exact import Exact, applies, solve_exactly
from territory_geo.optimize.search import Search
from territory_geo.optimize.stop import FirstFeasible, MaxIterations, MaxRuntime, Stop, rules
from territory_geo.progress import Progress

SEARCH_ROUNDS = 150
"""Rounds of search before the exact model takes over, where it fits: it needs a good plan, not the best."""


def search_rule(arrays: ProblemArrays, stop: Stop) -> Stop:
    """Return the rule for the search: where the exact model can follow, part of the time is kept for it."""
    return stop | MaxIterations(SEARCH_ROUNDS) if applies(arrays) else stop


def prove(arrays: ProblemArrays, search: Search, stop: Stop, progress: Progress) -> Exact | None:
    """Return what the exact model says after a search, or None where it does not fit or is not wanted.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    search : Search
        Finished; an interruption during the proof is noted in it.
    stop : Stop
        The user's rule.
    progress : Progress
        Told when the proof begins and ends.
    """
    if search.interrupted or not applies(arrays) or any(isinstance(rule, FirstFeasible) for rule in rules(stop)):
        return None
    limits = [rule.seconds - search.clock.seconds for rule in rules(stop) if isinstance(rule, MaxRuntime)]
    seconds = min(limits, default=None)
    if seconds is not None and seconds <= 0:
        return None
    progress("prove", 0.0, "exact model")
    known = search.labels if search.best is not None and search.best.feasible else None
    try:
        outcome = solve_exactly(arrays, known, seconds)
    except KeyboardInterrupt:
        search.interrupted = True
        return None
    progress("prove", 1.0, outcome.verdict.value)
    return outcome
