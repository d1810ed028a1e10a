"""Why there is no plan: the smallest set of demands that cannot hold together, and what would do instead.

Sets are found by leaving demands out; the relaxations that are named have a plan that passed its check.
"""

from __future__ import annotations

import time
from dataclasses import replace

from territory_geo.optimize.conflicts.advice import reached
from territory_geo.optimize.conflicts.conflict import Conflict
from territory_geo.optimize.conflicts.cores import core_of
from territory_geo.optimize.conflicts.demands import Demand, apart, demands_of, merged, only, without_prices
from territory_geo.optimize.conflicts.dials import dial_of
from territory_geo.optimize.conflicts.missed import missed_most
from territory_geo.optimize.conflicts.oracle import Answer, Oracle
from territory_geo.optimize.conflicts.relaxing import NOTHING, Relaxation, other_counts, relaxed
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

__all__ = ["Conflict", "Relaxation", "conflicts_of", "everything"]

ITERATIONS = 60
"""Of each search for a plan."""
SEARCHES = 120
"""Most searches for one explanation."""
MOST_SECONDS = 60.0
"""Of one explanation, unless asked otherwise."""
MOST_CONFLICTS = 3
"""Conflicts that are looked for, one after the other."""
SETTING = 0.5
"""Share of the time for what is in conflict; the rest is for what would do."""
FOUND = "a plan that keeps all demands was found while the reason was sought; another search from there makes it better"


def conflicts_of(
    problem: TerritoryProblem,
    *,
    seed: int = 0,
    searches: int = SEARCHES,
    seconds: float = MOST_SECONDS,
    nearest: TerritoryPlan | None = None,
    searched: str = "",
) -> tuple[Conflict, ...]:
    """Return the conflicts among a problem's demands.

    Parameters
    ----------
    problem : TerritoryProblem
        Without a plan.
    seed : int
        Of the searches.
    nearest : TerritoryPlan, optional
        The plan that a search came nearest with: what it misses most is always among what is looked at, and the
        figures that it keeps are tried first.
    searched : str
        What a search said that took at least as long as one here and found no plan; it is then not repeated for
        problems that are too large for a proof.
    searches, seconds : int, float
        Budget: most searches, and most time. When it ends the sets found so far are returned, perhaps not the smallest.

    Returns
    -------
    tuple of Conflict
        At most three, that have no demand in common; none where the time did not suffice for a single question. Where a
        plan of the whole problem is found on the way, the only one holds it (`Conflict.plan`).

    Notes
    -----
    Deletion filter (Chinneck & Dravnieks 1991), in blocks that are halved: what can be left out without lifting the
    conflict is left out. Where arithmetic alone sees the conflict, arithmetic alone is asked, in two orders. Many locks
    to one territory, and the groups of a column, are left out together at first, and one by one where they are part of
    the conflict (groups only by arithmetic); those that remain are told together.

    References
    ----------
    Chinneck, J. W., & Dravnieks, E. W. (1991). Locating minimal infeasible constraint sets in linear programs. ORSA
    Journal on Computing 3(2), 157-168.
    """
    problem = without_prices(problem)
    begun = time.monotonic()
    oracle = Oracle(seed, ITERATIONS, searches, begun + seconds, seconds)
    found: list[Conflict] = []
    demands = merged(demands_of(problem))
    missed = None if nearest is None else missed_most(problem, demands, nearest)
    while len(found) < MOST_CONFLICTS:
        now = time.monotonic()
        oracle.until = now + SETTING * (begun + seconds - now)
        core = core_of(problem, demands, oracle, missed, searched="" if found else searched)
        oracle.until = begun + seconds
        if core is None:
            break
        kept = core.kept
        ids = {demand.id for demand in apart(kept)}
        conflict = Conflict(
            tuple(d.id for d in kept), tuple(d.words for d in kept), core.proven, core.smallest, core.reason, ()
        )
        found.append(_with_relaxations(conflict, problem, kept, oracle, nearest, missed))
        if found[-1].plan is not None:
            return (found[-1],)
        demands = merged([demand for demand in apart(demands) if demand.id not in ids])
        if not found[-1].alone or not kept:
            break
    if found or not oracle.plans:
        return tuple(found)
    return (_held_after_all(problem, oracle.plans[-1]),)


def everything(problem: TerritoryProblem, *, proven: bool, reason: str) -> Conflict:
    """Return all demands as one conflict, for where there was no time to find out which of them it is."""
    demands = merged(demands_of(without_prices(problem)))
    words = tuple(demand.words for demand in demands)
    return Conflict(tuple(demand.id for demand in demands), words, proven, False, reason, ())


def _held_after_all(problem: TerritoryProblem, plan: TerritoryPlan) -> Conflict:
    """Return what stands for a conflict where a plan of the whole problem was found."""
    whole = TerritoryPlan(problem, plan.labels, {**plan.provenance})
    return Conflict((), (), False, True, FOUND, (Relaxation(NOTHING, "nothing need change", problem, whole),))


def _with_relaxations(
    conflict: Conflict,
    problem: TerritoryProblem,
    kept: list[Demand],
    oracle: Oracle,
    nearest: TerritoryPlan | None,
    missed: Demand | None,
) -> Conflict:
    """Return the conflict with what would do: for the whole problem, else for the demands in conflict alone."""
    single = {demand.id for demand in apart(kept)}
    rest = [demand for demand in demands_of(problem) if demand.id not in single]
    # Where the others have no plan among themselves, nothing done about these brings one.
    alone = bool(rest) and oracle.ask(only(problem, rest)) is not Answer.YES
    asked = only(problem, kept) if alone else problem
    counted = any(demand.measure is not None for demand in kept) or not kept
    besides = [missed] if missed is not None and missed not in kept and not alone else []
    end, found = oracle.until, dict[str, Relaxation]()
    # What has a figure comes first, since it gives up least; of these, what the nearest plan misses.
    turns = sorted([*kept, *besides], key=lambda demand: (dial_of(asked, demand) is None, demand != missed))
    for number, demand in enumerate(turns):
        now = time.monotonic()
        oracle.until = now + (end - now) / (len(turns) + counted - number)
        relaxation = relaxed(asked, demand, oracle, nearest)
        if relaxation is None:
            continue
        if relaxation.demand != NOTHING:
            found[demand.id] = relaxation
        elif not alone:
            return _held_after_all(problem, relaxation.plan)
    oracle.until = end
    would_do = [found[demand.id] for demand in [*kept, *besides] if demand.id in found]
    known = None if nearest is None or any(d.id in found and dial_of(asked, d) for d in turns) else reached(nearest)
    if known is not None and known.words not in [relaxation.words for relaxation in would_do]:
        # Where no single figure was found, those that the nearest plan keeps are one answer at least.
        would_do.append(known)
    if counted:
        would_do += other_counts(asked, oracle)
    return replace(conflict, relaxations=tuple(would_do), alone=alone and bool(would_do))
