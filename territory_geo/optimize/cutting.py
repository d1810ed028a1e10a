"""A model for HiGHS solved, cut where its territories are in pieces, and solved again: the loop of both exact models.

It ends with a verdict: the best plan, no plan at all, or what is known once time or effort are used up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.local_search import Score, score
from territory_geo.optimize.verdict import PROOF_GAP, Exact, Verdict

Labels = NDArray[np.int32]
Pair = tuple[int, int]
Variables = dict[Pair, Any]

CUT_ROUNDS = 60
"""Most times the model is solved again with new contiguity cuts."""
NODES = 2_000
"""Nodes of a model's tree where no clock may decide: seconds, as a rule."""
STOPPED = "exact model, stopped"
"""Kind of a bound from a model that was not solved to the end."""


@dataclass(frozen=True)
class CutModel:
    """A model whose plans may be in pieces.

    Parameters
    ----------
    model : mathopt.Model
        Bounds and objective; gets the cuts.
    variables : dict
        The binary variable of each assignment that is possible, by two numbers of the model's own.
    labels : callable
        Gives the labels of the chosen assignments.
    cuts : callable
        Gives linear constraints that the chosen assignments break, none where every territory is in one piece.
    priced : bool
        Whether the objective is the travel: then the optimum is the best plan, else any plan will do.
    better_only : bool
        Whether plans that are no better than the known one were left out: then the known one is the best if nothing
        is left.
    """

    model: mathopt.Model
    variables: Variables
    labels: Callable[[list[Pair]], Labels]
    cuts: Callable[[list[Pair]], Iterable[Any]]
    priced: bool = True
    better_only: bool = False


def solve_and_cut(
    arrays: ProblemArrays, asked: CutModel, known: Labels | None, bound: float, seconds: float | None, started: float
) -> Exact:
    """Solve a model until its plan is in one piece per territory, or time or effort are used up.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    asked : CutModel
        The model.
    known : int32 array, shape (n,), optional
        Labels within all bounds.
    bound : float
        Lower bound on travel that is known already, or minus infinity.
    seconds : float or None
        Most time since `started` (`time.monotonic`). None: nodes of the tree are counted instead, so that the outcome
        repeats.

    Notes
    -----
    At most `CUT_ROUNDS` solutions.
    """
    best = None if known is None else score(arrays, known)
    for _ in range(CUT_ROUNDS):
        result = mathopt.solve(asked.model, mathopt.SolverType.HIGHS, params=_effort(seconds, started))
        reason = result.termination.reason
        if reason in (mathopt.TerminationReason.INFEASIBLE, mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED):
            if best is None:
                return Exact(Verdict.INFEASIBLE, None, None, "exact model")
            if asked.better_only:
                return Exact(Verdict.OPTIMAL, known, best.travel, "exact model")
            # The model allows a hair less than the arrays do; a plan known to be allowed is no contradiction.
            return Exact(Verdict.OPEN, known, None, STOPPED)
        dual = result.termination.objective_bounds.dual_bound
        if asked.priced and np.isfinite(dual):
            bound = max(bound, dual - 1e-9 * abs(dual))
        if reason is not mathopt.TerminationReason.OPTIMAL:
            break
        values = result.variable_values()
        chosen = [pair for pair, variable in asked.variables.items() if values[variable] > 0.5]
        whole = True
        for cut in asked.cuts(chosen) if arrays.contiguous else ():
            asked.model.add_linear_constraint(cut)
            whole = False
        if whole:
            return _judged(arrays, asked, chosen, known, best, bound)
        if seconds is not None and time.monotonic() - started >= seconds:
            break
    return Exact(Verdict.OPEN, known, _proven(bound, best), STOPPED)


def _effort(seconds: float | None, started: float) -> mathopt.SolveParameters:
    """Return how long the solver may work: the seconds that are left, or nodes."""
    parameters = mathopt.SolveParameters(relative_gap_tolerance=PROOF_GAP / 10)
    if seconds is None:
        parameters.node_limit = NODES
    else:
        parameters.time_limit = timedelta(seconds=max(seconds - (time.monotonic() - started), 0.1))
    return parameters


def _proven(bound: float, best: Score | None) -> float | None:
    """Return a lower bound, never above a known plan; None where nothing is proven."""
    if not np.isfinite(bound):
        return None
    return bound if best is None else min(bound, best.travel)


def _judged(
    arrays: ProblemArrays, asked: CutModel, chosen: list[Pair], known: Labels | None, best: Score | None, bound: float
) -> Exact:
    """Return the model's plan, if it keeps the bounds beyond the solver's tolerances."""
    labels = asked.labels(chosen)
    found = score(arrays, labels)
    if not found.feasible:
        return Exact(Verdict.OPEN, known, _proven(bound, best), STOPPED)
    if not asked.priced:
        return Exact(Verdict.OPEN, labels, None, "exact model")
    if best is not None and known is not None and best.travel <= found.travel * (1 + 1e-12):
        labels, found = known, best
    return Exact(Verdict.OPTIMAL, labels, min(bound, found.travel), "exact model")
