"""The last step of a solve: a proof that the plan is the best, or that there is none, where the problem is small.

It gets the time that the stopping rule leaves; where the rule counts rounds, its size and its steps are limited.
Larger problems get a bound that says how good a plan can be at best.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from territory_geo.optimize import free_bound
from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.fixed_bound import home_bound, home_seconds
from territory_geo.optimize.linear import start as linear
from territory_geo.optimize.provable import centers_provable, names_fit, names_provable
from territory_geo.optimize.search import Search
from territory_geo.optimize.stop import FirstFeasible, GapBelow, MaxIterations, MaxRuntime, Stop, rules
from territory_geo.optimize.verdict import PROOF_GAP, Exact, Verdict
from territory_geo.progress import Progress

SEARCH_ROUNDS = 150
"""Rounds of search before the exact model takes over, where it fits: it needs a good plan, not the best."""


def search_rule(arrays: ProblemArrays, stop: Stop) -> Stop:
    """Return the rule for the search: where a proof or a bound can follow, part of the time is kept for it."""
    if centers_provable(arrays) or names_provable(arrays):
        return stop | MaxIterations(SEARCH_ROUNDS)
    if linear.proves(arrays):
        # The search begins with that bound.
        return stop
    limits = [rule.seconds for rule in rules(stop) if isinstance(rule, MaxRuntime)]
    kept_for = home_seconds if arrays.centering == HOME else free_bound.kept_seconds
    kept = kept_for(arrays, min(limits)) if limits else 0.0
    return stop | MaxRuntime(min(limits) - kept) if kept > 0 else stop


def prove(arrays: ProblemArrays, search: Search, stop: Stop, progress: Progress) -> Exact | None:
    """Return what the exact model or the bound says after a search, or None where neither fits or is wanted.

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
    if search.interrupted or any(isinstance(rule, FirstFeasible) for rule in rules(stop)):
        return None
    known = search.labels if search.best is not None and search.best.feasible else None
    model = _model_for(arrays, known is None)
    if model is None or any(isinstance(rule, GapBelow) and rule.met(search.clock) for rule in rules(stop)):
        return bounded(arrays, search, stop, progress)
    limits = [rule.seconds - search.clock.seconds for rule in rules(stop) if isinstance(rule, MaxRuntime)]
    seconds = min(limits, default=None)
    if seconds is not None and seconds <= 0:
        return None
    progress("prove", 0.0, "exact model")
    try:
        outcome = model(arrays, known, seconds)
    except KeyboardInterrupt:
        search.interrupted = True
        return None
    progress("prove", 1.0, outcome.verdict.value)
    return outcome


def _model_for(arrays: ProblemArrays, nothing_found: bool) -> Callable[..., Exact] | None:
    """Return the exact model that can add to what a search found, or None; only then is its solver loaded."""
    if centers_provable(arrays):
        from territory_geo.optimize.exact import solve_exactly

        return solve_exactly
    if names_provable(arrays) or (names_fit(arrays) and nothing_found):
        from territory_geo.optimize.named import solve_named

        return solve_named
    return None


def bounded(arrays: ProblemArrays, search: Search, stop: Stop, progress: Progress) -> Exact | None:
    """Return the bound for homes or free centres, where there is one; it may happen to prove the plan."""
    if search.best is None or not search.best.feasible:
        return None
    if np.isfinite(search.floor):
        bound: float | None = search.floor
        kind = linear.kind(arrays)
    elif arrays.centering == HOME:
        progress("bound", 0.0, "prices of loads")
        limits = [rule.seconds for rule in rules(stop) if isinstance(rule, MaxRuntime)]
        bound = home_bound(arrays, home_seconds(arrays, min(limits)) if limits else None)
        kind = "transportation, units divisible" + (", contiguity left out" if arrays.contiguous else "")
        progress("bound", 1.0, "")
    else:
        bound, kind = free_bound.after(search, stop, progress), free_bound.kind(arrays)
    if bound is None or not np.isfinite(bound):
        return None
    proven = bound >= search.best.travel * (1 - PROOF_GAP)
    verdict = Verdict.OPTIMAL if proven else Verdict.OPEN
    return Exact(verdict, None, min(bound, search.best.travel), kind)
