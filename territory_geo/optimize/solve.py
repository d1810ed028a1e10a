"""The solver's outline: check, turn tables into arrays, search, turn labels into a verified plan."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from territory_geo.errors import OptionError
from territory_geo.optimize.answer import INTERRUPTED, NO_PIECES, NOTHING_FOUND, Request, answered, numbered
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.free_bound import watch
from territory_geo.optimize.guide import guided
from territory_geo.optimize.initial import Given, initial_plans, initial_series
from territory_geo.optimize.local_search import besides_travel
from territory_geo.optimize.proof import prove, search_rule
from territory_geo.optimize.rules.names import nothing_left, to_nearest_homes
from territory_geo.optimize.search import Search
from territory_geo.optimize.settle import settle
from territory_geo.optimize.solution import Solution, Status
from territory_geo.optimize.stop import MaxIterations, MaxRuntime, Stop, shortened
from territory_geo.optimize.verdict import Verdict
from territory_geo.plan.check import impossibility
from territory_geo.plan.measures import depends
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.tables import travel_figures
from territory_geo.progress import Progress, live, silent

DEFAULT_STOP = MaxIterations(150)
"""One full cycle from hot to cold: seconds for thousands of units, and repeatable."""

SHORT = MaxIterations(20) | MaxRuntime(5)
"""Enough to see what comes near where no plan exists."""

FINISHING = 3e-5
"""Seconds per unit that a plan takes to be made and checked, on a slow machine."""

STARTS = 4
"""Starts through an executor, unless asked otherwise."""


def solve(
    problem: TerritoryProblem,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    display: bool = False,
    progress: Progress | None = None,
    executor: Executor | None = None,
    starts: int | None = None,
    initial_plan: Given | Sequence[Given] | None = None,
) -> Solution:
    """Find a plan with little travel that keeps every constraint.

    Parameters
    ----------
    problem : TerritoryProblem
        What is asked.
    stop : Stop, optional
        When to end: `MaxIterations`, `MaxRuntime`, `NoImprovement`, `FirstFeasible`, `GapBelow`, combined with ``|``.
        Left out: 150 iterations, which makes the run repeatable. Where a search ends without a plan and its rule leaves
        something (left out: 150 more each time), up to three further tries follow, from other seeds and with pairs and
        groups decided that it left broken; `Solution.tries` tells them.
    seed : int, default 0
        Of every random choice. The same seed and iterations give the same plan.
    display : bool, default False
        Show progress while it works.
    progress : callable, optional
        Told (stage, share, text) instead.
    executor : concurrent.futures.Executor, optional
        Runs several searches with different seeds at once, and their plans are combined: a ``ProcessPoolExecutor``,
        or a cluster's (``dask.distributed.Client().get_executor()``). It stays open.
    starts : int, optional
        How many searches the executor runs; left out, 4. The plan depends on this number, but not on the number of
        workers. `MaxIterations` is shared out between them (left out: 150 each); all other rules hold for each, so
        with a time limit more starts than workers are of no use.
    initial_plan : TerritoryPlan, Series or mapping of unit id → territory, or a list of them, optional
        Plans to begin at (a warm start): of the same units, whatever problem they answered. One that keeps everything
        this problem asks for is never lost: what comes out is at least as good. One that does not is a start like any
        other: strays are joined to neighbours, units that are locked elsewhere move there, and the search mends the
        rest. Territories that bear an id this problem knows (a rep's, a lock's) keep it; others go where they suit
        best. ``provenance["initial_plans"]`` says of each what it was worth and how many units were moved to begin.

    Returns
    -------
    Solution
        Its status says how the search ended; a plan, where there is one, has passed its independent check.

    Raises
    ------
    OptionError
        If the seed, the stopping rule, the executor, the number of starts or an initial plan is unusable.
    DataError
        If an initial plan leaves out units of the problem, names others, or gives one two territories or none.
    VerificationError
        If the plan found does not pass its check: a defect of this package.

    Examples
    --------
    >>> import pandas as pd
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"id": list("abcd"), "x": [0, 1, 8, 9], "y": [0, 0, 0, 0], "visits": [5, 5, 4, 6]})
    >>> units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> graph = tg.ContiguityGraph.from_units(units)
    >>> problem = tg.TerritoryProblem(units, graph, n_territories=2, balance={"visits": 0.1})
    >>> tg.solve(problem).plan.labels.to_dict()
    {'a': 'T01', 'b': 'T01', 'c': 'T02', 'd': 'T02'}
    """
    started = time.monotonic()
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise OptionError(f"The 'seed' parameter must be an int of at least 0. Got {seed!r} instead.")
    if stop is not None and not isinstance(stop, Stop):
        raise OptionError(f"The 'stop' parameter must be a stopping rule such as MaxRuntime(30). Got {stop!r} instead.")
    several = _several(executor, starts)
    given = initial_series(problem, initial_plan)
    usual = stop is None
    if stop is None:
        stop = DEFAULT_STOP if several is None else MaxIterations(DEFAULT_STOP.iterations * several[1])
    if display and progress is None:
        with live("solve") as shown:
            return _found(problem, Request(stop, int(seed), shown, several, given, started, usual))
    return _found(problem, Request(stop, int(seed), progress or silent, several, given, started, usual))


def _several(executor: Executor | None, starts: int | None) -> tuple[Executor, int] | None:
    """Return the executor and the number of starts, checked; None for a single search in this process."""
    if starts is not None and (isinstance(starts, bool) or not isinstance(starts, (int, np.integer)) or starts < 1):
        raise OptionError(f"The 'starts' parameter must be an int of at least 1. Got {starts!r} instead.")
    if executor is None:
        if starts is not None:
            raise OptionError(
                f"The 'starts' parameter needs an 'executor' that runs them, such as "
                f"concurrent.futures.ProcessPoolExecutor(). Got starts={starts} without one."
            )
        return None
    if not isinstance(executor, Executor):
        raise OptionError(f"The 'executor' parameter must be a concurrent.futures.Executor. Got {executor!r} instead.")
    return executor, STARTS if starts is None else int(starts)


def _found(problem: TerritoryProblem, asked: Request) -> Solution:
    """Solve, and try again otherwise where no plan was found."""
    first = _solve(problem, asked)
    if first.status is not Status.NOT_FOUND:
        return first
    from territory_geo.optimize.tries import tried_again

    return tried_again(problem, asked, first, _solve)


def _solve(problem: TerritoryProblem, asked: Request) -> Solution:
    reason = impossibility(problem)
    if reason is None and any(depends(problem, name) for name in problem.balance):
        return settle(problem, asked)
    stop = asked.stop
    if reason is not None:
        # The nearest plan shows where the trouble lies.
        stop = stop | SHORT
    arrays = ProblemArrays.from_problem(problem)
    initial = initial_plans(problem, arrays, asked.given)
    begin = [plan.labels for plan in initial if plan.labels is not None]
    # A limit holds for the whole call: what came before the search and what comes after it are part of it.
    stop = shortened(stop, asked.seconds + FINISHING * arrays.n)
    if reason is None and arrays.rules.stuck.size:
        reason, stop = nothing_left(problem, arrays.rules.stuck), stop | SHORT
    search = Search(
        guided(arrays), search_rule(arrays, stop), asked.seed, asked.progress, reason is not None, watch(stop)
    )
    search.initial = begin
    asked.run(search, alone=reason is not None)
    search.judge(arrays)
    for labels in begin:
        # Where the search went by other weights, what it began at may be better than what it chose.
        search.adopt(labels, "initial plan")
    proof = prove(arrays, search, stop, asked.progress) if reason is None else None
    if proof is not None and proof.labels is not None:
        search.adopt(proof.labels, "exact model")
    made = asked.provenance(search.clock.iterations, initial)
    if proof is not None and proof.verdict is Verdict.INFEASIBLE:
        exactly = f"the exact model of the {arrays.n} units proves that bounds and constraints cannot all be met"
        reason = f"no plan exists: {exactly}"
    if reason is not None:
        status = Status.INFEASIBLE
    elif proof is not None and proof.verdict is Verdict.OPTIMAL:
        status = Status.OPTIMAL
    elif search.best is not None and search.best.feasible:
        status = Status.INTERRUPTED if search.interrupted else Status.FEASIBLE
    elif search.interrupted:
        status, reason = Status.INTERRUPTED, INTERRUPTED
    else:
        status, reason = Status.NOT_FOUND, NO_PIECES if search.best is None else NOTHING_FOUND
    bound = None if proof is None or proof.bound is None else proof.bound
    made |= {"bound": bound, "bound_kind": None if bound is None or proof is None else proof.kind}
    found = objective = None
    if search.labels is not None and search.best is not None:
        made["objective"] = search.best.travel
        if bound is not None and search.best.travel:
            gap = max(0.0, (search.best.travel - bound) / search.best.travel)
            made["gap"] = 0.0 if status is Status.OPTIMAL else gap
        labels = to_nearest_homes(problem, arrays, search.labels)
        found = TerritoryPlan.from_codes(problem, numbered(problem, labels), made)
        if not reason:
            # A nearest plan may lack whole territories, and then has no figures.
            objective = travel_figures(found)["objective"] + besides_travel(arrays, search.labels)
    return answered(problem, found, status, reason or "", made, objective=objective, history=search.history)
