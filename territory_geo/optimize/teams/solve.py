"""solve_teams(): from a question to verified teams, with a bound, or to the reasons why there are none."""

from __future__ import annotations

import time
from collections.abc import Callable

import pandas as pd

from territory_geo.errors import OptionError, VerificationError
from territory_geo.optimize.interrupt import noted_interrupt
from territory_geo.optimize.solution import Status
from territory_geo.optimize.teams.exact import Outcome
from territory_geo.optimize.teams.program import CENTS, Program, even_doubt, programs
from territory_geo.optimize.teams.search import solve_program
from territory_geo.optimize.teams.shortage import COLUMNS, shortages, what_would_help
from territory_geo.optimize.teams.solution import TeamSolution
from territory_geo.plan.teams.plan import TeamPlan
from territory_geo.plan.teams.problem import TeamProblem


def solve_teams(
    problem: TeamProblem,
    *,
    gap: float = 0.0,
    work: float = 20.0,
    seed: int = 0,
    stopped: Callable[[], bool] | None = None,
) -> TeamSolution:
    """Give each named account its team.

    Parameters
    ----------
    problem : TeamProblem
        Accounts, people, roles, and what must hold.
    gap : float, default 0
        Stop once the cost is proven to be within this share of the least possible.
    work : float, default 20
        How much work may be spent on each set of roles that share people: deterministic seconds of CP-SAT, which are
        near to seconds on an idle machine. The same work gives the same teams, on a busy machine too.
    seed : int, default 0
        Of the search; matters only where it ends before the proof.
    stopped : callable, optional
        Tells whether somebody asked to stop. Left out: Ctrl-C does.

    Returns
    -------
    TeamSolution
        Interrupted, it has the best teams so far, where there are any.

    Raises
    ------
    OptionError
        If an option is out of its range.
    VerificationError
        If the teams found fail their independent check: a defect of this package.

    Examples
    --------
    >>> from territory_geo.geodata.reps import read_reps
    >>> from territory_geo.plan.teams.roles import TeamRole
    >>> accounts = pd.DataFrame(
    ...     {"account_id": ["A", "B", "C"], "revenue_usd": [100, 200, 400], "current_rep": ["P2", "P2", "P2"]}
    ... )
    >>> people = pd.DataFrame({"rep_id": ["P1", "P2"], "role": "rep", "capacity_hours": 100, "lon": 1, "lat": 0})
    >>> role = TeamRole("rep", 50, "owns", skills="ignore", revenue_at_risk=0.1)
    >>> solution = solve_teams(TeamProblem(accounts, read_reps(people), [role]))
    >>> solution.status, solution.cost, solution.plan.table["person"].tolist()
    (<Status.OPTIMAL: 'optimal'>, 10.0, ['P1', 'P2', 'P2'])

    Notes
    -----
    The problem is a generalised assignment problem with side rows. Its linear relaxation gives a bound and prices;
    CP-SAT then works on the variables whose reduced cost leaves room for improvement.
    """
    if not (isinstance(gap, (int, float)) and 0 <= gap < 1):
        raise OptionError(f"The 'gap' parameter must be a share from 0 to below 1. Got {gap!r} instead.")
    if not (isinstance(work, (int, float)) and work > 0):
        raise OptionError(f"The 'work' parameter must be a number above 0. Got {work!r} instead.")
    begin = time.perf_counter()
    found = shortages(problem)
    if not found.empty:
        nearest, spent = _nearest(problem, work, seed)
        return _without(problem, Status.INFEASIBLE, nearest, found, spent, begin)
    parts = programs(problem)
    with noted_interrupt() as noted:
        pressed = stopped or noted
        outcomes = [solve_program(part, gap=gap, work=work, seed=seed, pressed=pressed) for part in parts]
        interrupted = pressed()
    spent = sum(outcome.work for outcome in outcomes)
    if interrupted and any(outcome.chosen is None for outcome in outcomes):
        return _interrupted(problem, members(problem, parts, outcomes), spent, begin)
    if any(outcome.chosen is None for outcome in outcomes):
        proven = any(outcome.chosen is None and outcome.finished for outcome in outcomes)
        nearest, more = _nearest(problem, work, seed)
        if proven:
            found = what_would_help(problem, nearest, work=work, seed=seed)
        status = Status.INFEASIBLE if proven else Status.NOT_FOUND
        return _without(problem, status, nearest, found, spent + more, begin)
    plan = TeamPlan(problem, members(problem, parts, outcomes))
    check = plan.verify()
    if not check.ok:
        raise VerificationError(f"The teams found fail their check ({'; '.join(check.failures[:5])}).")
    # The plan's own cost is exact; the bound is on costs rounded to hundredths, and on shares to steps.
    rounding = 0.5 / CENTS * len(problem.seats) + even_doubt(problem)
    finished = all(o.finished or o.cost == o.bound for o in outcomes)
    bound = sum(outcome.bound for outcome in outcomes) / CENTS
    bound = plan.cost if finished else min(plan.cost, max(0.0, bound - rounding))
    status = Status.OPTIMAL if finished else Status.INTERRUPTED if interrupted else Status.FEASIBLE
    return TeamSolution(
        status, plan, None, plan.cost, bound, found,
        tuple(problem.notes), spent, time.perf_counter() - begin,
    )  # fmt: skip


def members(problem: TeamProblem, parts: list[Program], outcomes: list[Outcome]) -> tuple[str, ...]:
    """Return the person in each place."""
    ids = problem.people.index
    found = [""] * len(problem.seats)
    for part, outcome in zip(parts, outcomes, strict=True):
        if outcome.chosen is not None:
            for x in outcome.chosen.nonzero()[0]:
                if part.place[x] >= 0 and part.person[x] >= 0:
                    found[part.seats[part.place[x]]] = str(ids[part.person[x]])
    return tuple(found)


def _interrupted(problem: TeamProblem, found: tuple[str, ...], spent: float, begin: float) -> TeamSolution:
    """Return what there is where the search was stopped before it had teams for all."""
    reason = "interrupted before there were teams for all accounts"
    return TeamSolution(
        Status.INTERRUPTED, None, TeamPlan(problem, found), None, None, pd.DataFrame(columns=list(COLUMNS)),
        tuple(problem.notes), spent, time.perf_counter() - begin, (reason,),
    )  # fmt: skip


def _nearest(problem: TeamProblem, work: float, seed: int) -> tuple[TeamPlan, float]:
    """Return teams with as few places empty as the search can."""
    parts = programs(problem, may_stay_empty=True)
    outcomes = [solve_program(part, gap=0.0, work=work, seed=seed) for part in parts]
    return TeamPlan(problem, members(problem, parts, outcomes)), sum(outcome.work for outcome in outcomes)


def _without(
    problem: TeamProblem, status: Status, nearest: TeamPlan, found: pd.DataFrame, spent: float, begin: float
) -> TeamSolution:
    reasons = tuple(found["reason"]) or (
        f"No teams were found within the work allowed; at best {nearest.members.count(''):,} of "
        f"{len(nearest.members):,} places stay empty. Allow more work.",
    )
    return TeamSolution(
        status, None, nearest, None, None, found.reindex(columns=list(COLUMNS)), tuple(problem.notes), spent,
        time.perf_counter() - begin, reasons,
    )  # fmt: skip
