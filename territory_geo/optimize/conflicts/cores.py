"""Which demands are in conflict: what can be left out without lifting it is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from territory_geo.optimize.conflicts.demands import Demand, apart, lightest_first, merged, only, said
from territory_geo.optimize.conflicts.dials import broken
from territory_geo.optimize.conflicts.oracle import MOST_PROVEN, Answer, Oracle
from territory_geo.plan.constraints import Forbid, Lock
from territory_geo.plan.problem import TerritoryProblem

Still = Callable[[Sequence[Demand]], bool]


@dataclass(frozen=True)
class Core:
    """Demands in conflict, whether that is proven, whether none of them is too many, and why."""

    kept: list[Demand]
    proven: bool
    smallest: bool
    reason: str


def core_of(
    problem: TerritoryProblem,
    demands: Sequence[Demand],
    oracle: Oracle,
    missed: Demand | None = None,
    *,
    searched: str = "",
) -> Core | None:
    """Return the demands in conflict, or None where a plan keeps them all, or nothing could be asked.

    Parameters
    ----------
    problem : TerritoryProblem
        With all that is demanded.
    demands : sequence of Demand
        Those to look among, merged.
    oracle : Oracle
        Says what has a plan; the last of its plans is the one, where it has.
    missed : Demand, optional
        The one that the nearest plan misses most: without a proof it is never taken for innocent, and it is the first
        that is left out, since the plan that is found then says what it needs.
    searched : str
        What a search said that found no plan for all of them: it need not be repeated.
    """

    def impossible(kept: Sequence[Demand]) -> bool:
        return oracle.ask(only(problem, kept), search=False) is Answer.NO

    if impossible(demands):
        cores = [_narrowed(problem, order, impossible) for order in (list(demands), list(demands)[::-1])]
        ordered = _ordered(demands, min(cores, key=len))
        impossible(ordered)
        return Core(ordered, True, True, oracle.reason)
    repeat = not searched or len(problem.units) <= MOST_PROVEN
    first = oracle.ask(only(problem, demands)) if repeat else Answer.UNKNOWN
    if not repeat:
        oracle.reason = searched
    if first is Answer.YES or (first is Answer.UNKNOWN and oracle.spent and not oracle.reason):
        return None
    reasons: dict[Answer, str] = {first: oracle.reason}
    pinned = [demand for demand in demands if demand == missed and first is not Answer.NO]

    def still(kept: Sequence[Demand]) -> bool:
        # What is proven stays proven: a smaller set counts only if it is proven as well.
        answer = oracle.ask(only(problem, [*kept, *pinned]))
        if not (answer is Answer.UNKNOWN and oracle.spent):
            reasons[answer] = oracle.reason
        return answer is Answer.NO if first is Answer.NO else answer is not Answer.YES and not oracle.spent

    others = [demand for demand in demands if demand not in pinned]
    needed = not pinned or oracle.ask(only(problem, others)) is Answer.YES
    core = _shrunk(others, still)
    core = without_innocent(core, oracle, still)
    if any(len(demand.constraints) > 1 and not demand.grouped for demand in core):
        single = [one for demand in core for one in ([demand] if demand.grouped else apart([demand]))]
        core = _shrunk(lightest_first(problem, single), still)
    smallest = not oracle.spent and needed
    return Core(_ordered(demands, [*core, *pinned]), first is Answer.NO, smallest, reasons[first])


def without_innocent(core: list[Demand], oracle: Oracle, still: Still) -> list[Demand]:
    """Return demands without those of many locks that do no harm, as far as a plan that was found tells.

    A plan that was found without the many locks keeps most of them by itself. If the rest alone is in conflict too,
    those are innocent: one question instead of one for each.
    """
    for demand in list(core):
        asked = [c for c in demand.constraints if isinstance(c, (Lock, Forbid))]
        if len(asked) < 2:
            continue
        free = [plan for plan in oracle.plans if not set(asked) & set(plan.problem.constraints)]
        gone = broken(free[-1], asked) if free else []
        if not 0 < len(gone) < len(asked):
            continue
        fewer = merged([Demand(c.id, said(c), constraints=(c,)) for c in gone])
        tried = [one for d in core for one in (fewer if d == demand else [d])]
        if still(tried):
            core = tried
    return core


def _ordered(demands: Sequence[Demand], core: Sequence[Demand]) -> list[Demand]:
    """Return the demands of a core in the order of all, what belongs together told together."""
    single = apart(core)
    return merged([demand for demand in apart(demands) if demand in single])


def _narrowed(problem: TerritoryProblem, demands: list[Demand], still: Still) -> list[Demand]:
    """Return single demands of which none can be left out, where a question costs little.

    What was stated together leaves together at first; then one by one, locks of small units first, so that few remain.
    """
    core = _shrunk(demands, still)
    if all(len(demand.constraints) < 2 for demand in core):
        return core
    return _shrunk(lightest_first(problem, apart(core)), still)


def _shrunk(demands: list[Demand], still: Callable[[Sequence[Demand]], bool]) -> list[Demand]:
    """Return demands of which none can be left out: blocks of them are tried, halved each time."""
    size = max(1, len(demands) // 2)
    while True:
        at = 0
        while at < len(demands):
            rest = demands[:at] + demands[at + size :]
            if still(rest):
                demands = rest
            else:
                at += size
        if size == 1:
            return demands
        size = max(1, size // 2)
