"""Why there is no plan: the smallest set of demands that cannot hold together, and what would do instead.

Sets are found by leaving demands out; the relaxations that are named have a plan that passed its check.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from territory_geo.optimize.conflicts.demands import (
    Demand,
    apart,
    demands_of,
    lightest_first,
    merged,
    only,
    without_prices,
)
from territory_geo.optimize.conflicts.oracle import Answer, Oracle
from territory_geo.optimize.conflicts.relaxing import Relaxation, other_counts, relaxed
from territory_geo.plan.problem import TerritoryProblem

__all__ = ["Conflict", "Relaxation", "conflicts_of"]

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


@dataclass(frozen=True)
class Conflict:
    """Demands that cannot hold together.

    Parameters
    ----------
    demands : tuple of str
        Their ids: constraints, "balance:MEASURE", "one piece".
    words : tuple of str
        The same as a person says them.
    proven : bool
        Whether it is proven (by arithmetic or the exact model) that no plan keeps them all; else none was found.
    smallest : bool
        Whether leaving any one of them out was tried and lifts the conflict.
    reason : str
        What proves it, or what the search said.
    relaxations : tuple of Relaxation
        For each demand the least relaxation with which a plan of the whole problem was found, and other numbers of
        territories; demands without one are left out.
    alone : bool
        Whether the relaxations are for these demands alone, because others are in conflict too.
    """

    demands: tuple[str, ...]
    words: tuple[str, ...]
    proven: bool
    smallest: bool
    reason: str
    relaxations: tuple[Relaxation, ...] = field(repr=False)
    alone: bool = False

    def __str__(self) -> str:
        together = " together" if len(self.words) > 1 else ""
        verb = f"cannot hold{together}" if self.proven else f"did not hold{together} in any plan that was found"
        text = f"{' and '.join(self.words) or 'the number of territories'} {verb}: {self.reason}."
        if self.relaxations:
            settled = "For these alone would do" if self.alone else "Any of these would do"
            text += f" {settled}: {'; '.join(relaxation.words for relaxation in self.relaxations)}."
        return text

    def record(self) -> dict[str, Any]:
        """Return the conflict as plain values, for a JSON file."""
        return {
            "demands": list(self.demands), "words": list(self.words), "proven": self.proven, "reason": self.reason,
            "would_do": [relaxation.words for relaxation in self.relaxations], "alone": self.alone,
        }  # fmt: skip


def conflicts_of(
    problem: TerritoryProblem,
    *,
    seed: int = 0,
    searches: int = SEARCHES,
    seconds: float = MOST_SECONDS,
) -> tuple[Conflict, ...]:
    """Return the conflicts among a problem's demands.

    Parameters
    ----------
    problem : TerritoryProblem
        Without a plan.
    seed : int
        Of the searches.
    searches, seconds : int, float
        Budget: most searches, and most time. When it ends the sets found so far are returned, perhaps not the smallest.

    Returns
    -------
    tuple of Conflict
        At most three, that have no demand in common.

    Notes
    -----
    Deletion filter (Chinneck & Dravnieks 1991), in blocks that are halved: what can be left out without lifting the
    conflict is left out. Where arithmetic alone sees the conflict, arithmetic alone is asked, in two orders. Many locks
    to one territory are left out together at first, and one by one where they are part of the conflict; those that
    remain are told together.

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
    while len(found) < MOST_CONFLICTS:
        now = time.monotonic()
        oracle.until = now + SETTING * (begun + seconds - now)
        core = _core(problem, demands, oracle)
        oracle.until = begun + seconds
        if core is None:
            break
        kept, proven, smallest, reason = core
        ids = {demand.id for demand in apart(kept)}
        conflict = Conflict(tuple(d.id for d in kept), tuple(d.words for d in kept), proven, smallest, reason, ())
        found.append(_with_relaxations(conflict, problem, kept, oracle))
        demands = merged([demand for demand in apart(demands) if demand.id not in ids])
        if not found[-1].alone or not kept:
            break
    return tuple(found)


def _core(
    problem: TerritoryProblem, demands: Sequence[Demand], oracle: Oracle
) -> tuple[list[Demand], bool, bool, str] | None:
    """Return the demands in conflict, whether that is proven, whether none is too many, and why."""

    def impossible(kept: Sequence[Demand]) -> bool:
        return oracle.ask(only(problem, kept), search=False) is Answer.NO

    if impossible(demands):
        cores = [_narrowed(problem, order, impossible) for order in (list(demands), list(demands)[::-1])]
        smallest = min(cores, key=len)
        ordered = merged([demand for demand in apart(demands) if demand in smallest])
        impossible(ordered)
        return ordered, True, True, oracle.reason
    first = oracle.ask(only(problem, demands))
    if first is Answer.YES or (first is Answer.UNKNOWN and oracle.spent and not oracle.reason):
        return None
    reasons: dict[Answer, str] = {first: oracle.reason}

    def still(kept: Sequence[Demand]) -> bool:
        # What is proven stays proven: a smaller set counts only if it is proven as well.
        answer = oracle.ask(only(problem, kept))
        reasons[answer] = oracle.reason
        return answer is Answer.NO if first is Answer.NO else answer is not Answer.YES and not oracle.spent

    core = _narrowed(problem, list(demands), still)
    ordered = merged([demand for demand in apart(demands) if demand in core])
    return ordered, first is Answer.NO, not oracle.spent, reasons[first]


def _narrowed(
    problem: TerritoryProblem, demands: list[Demand], still: Callable[[Sequence[Demand]], bool]
) -> list[Demand]:
    """Return single demands of which none can be left out.

    Many locks to one territory leave together at first; then one by one those of small units first, so that few remain.
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


def _with_relaxations(conflict: Conflict, problem: TerritoryProblem, kept: list[Demand], oracle: Oracle) -> Conflict:
    """Return the conflict with what would do: for the whole problem, else for the demands in conflict alone."""
    single = {demand.id for demand in apart(kept)}
    rest = only(problem, [demand for demand in demands_of(problem) if demand.id not in single])
    # Where the others have no plan among themselves, nothing done about these brings one.
    alone = oracle.ask(rest) is not Answer.YES
    asked = only(problem, kept) if alone else problem
    counted = any(demand.measure is not None for demand in kept) or not kept
    end, found = oracle.until, list[Relaxation]()
    for number, demand in enumerate(kept):
        now = time.monotonic()
        oracle.until = now + (end - now) / (len(kept) + counted - number)
        relaxation = relaxed(asked, demand, oracle)
        found += [relaxation] if relaxation is not None else []
    oracle.until = end
    if counted:
        found += other_counts(asked, oracle)
    return replace(conflict, relaxations=tuple(found), alone=alone and bool(found))
