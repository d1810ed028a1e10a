"""From what a search found to a `Solution`: numbered territories, a checked plan, and how it came about.

`solve` and the outer loop for measures that depend on the territories (`settle`) both end here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo._version import __version__
from territory_geo.errors import VerificationError
from territory_geo.optimize.initial import Initial
from territory_geo.optimize.search import Search
from territory_geo.optimize.several import search_several
from territory_geo.optimize.solution import Solution, Status
from territory_geo.optimize.stop import Stop, budget
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.progress import Progress

HISTORY = ["seconds", "stage", "iteration", "objective", "worst_deviation", "missed", "start"]

NOTHING_FOUND = "the search ended without a plan that keeps all that is asked"
INTERRUPTED = "interrupted before a plan within all bounds was found"
NO_PIECES = "no assignment in one piece per territory was found that honours the locks and forbidden units"
NEAREST = "; what comes nearest breaks this: "
"""Between what a reason says of the search and what it says of the nearest plan."""
MOST_BROKEN = 5
"""Kinds of things that the nearest plan breaks which are told."""


@dataclass(frozen=True)
class Request:
    """What a call of `solve` says besides the problem, checked.

    Parameters
    ----------
    stop : Stop
        When to end.
    seed : int
        Of every random choice.
    progress : Progress
        Told what is done.
    several : (Executor, int) or None
        What runs several searches, and how many; None for a single one in this process.
    given : sequence of Series
        Plans to begin at.
    started : float
        `time.monotonic()` when the call began.
    usual : bool
        Whether no stopping rule was named, and `stop` is the usual one.
    """

    stop: Stop
    seed: int
    progress: Progress
    several: tuple[Executor, int] | None
    given: Sequence[pd.Series]
    started: float
    usual: bool = False

    @property
    def seconds(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self.started

    def run(self, search: Search, *, alone: bool = False) -> None:
        """Run a search: as several ones where that was asked for, unless it must be alone."""
        if self.several is None or alone:
            search.run()
        else:
            search_several(search, *self.several, self.progress)

    def provenance(self, iterations: int, initial: Sequence[Initial]) -> dict[str, Any]:
        """Return how a plan came about, as far as the call knows it."""
        made: dict[str, Any] = {
            "seed": self.seed, "iterations": iterations, "runtime_s": self.seconds, "version": __version__,
            **budget(self.stop, self.several),
        }  # fmt: skip
        if self.given:
            made["initial_plans"] = [plan.record() for plan in initial]
        return made


def numbered(problem: TerritoryProblem, labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return labels as territory numbers; the unnamed ones in the order of their first unit."""
    named = len(problem.named_territories)
    order = [t for t in dict.fromkeys(labels.tolist()) if t >= named]
    number = {t: t for t in range(named)} | {t: named + i for i, t in enumerate(order)}
    return np.array([number[t] for t in labels.tolist()], dtype=np.int64)


def verified(plan: TerritoryPlan) -> TerritoryPlan:
    """Return the plan if it passes its independent check, else raise `VerificationError`."""
    check = plan.verify()
    if not check.ok:
        raise VerificationError(f"The plan found fails its check ({'; '.join(check.failures)}). Please report this.")
    return plan


def breaks(plan: TerritoryPlan) -> str:
    """Say what a nearest plan breaks, in the sentences of the independent check."""
    failed = plan.verify().failures
    more = f"; and {len(failed) - MOST_BROKEN} more" if len(failed) > MOST_BROKEN else ""
    return "; ".join(failed[:MOST_BROKEN]) + more


def answered(
    problem: TerritoryProblem,
    found: TerritoryPlan | None,
    status: Status,
    reason: str,
    made: Mapping[str, Any],
    *,
    objective: float | None,
    history: Sequence[Mapping[str, Any]],
) -> Solution:
    """Return the solution, its plan checked.

    Parameters
    ----------
    problem : TerritoryProblem
        What was asked.
    found : TerritoryPlan or None
        The best plan; with a reason it is only the nearest one.
    status, reason
        How the solve ended; the reason is empty where there is a plan.
    made : mapping
        Provenance, with `bound` and `bound_kind`.
    objective : float or None
        Of the plan.
    history : sequence of mapping
        The searches' improvements.
    """
    stated = None if found is None else replace(found, provenance={**made, "status": str(status)})
    plan = verified(stated) if stated is not None and not reason else None
    if status is Status.NOT_FOUND and stated is not None:
        reason = f"{reason}{NEAREST}{breaks(stated)}"
    return Solution(
        status=status,
        plan=plan,
        nearest=stated if plan is None else None,
        objective=None if plan is None else objective,
        reason=reason,
        history=pd.DataFrame(list(history), columns=HISTORY),
        seed=made["seed"],
        iterations=made["iterations"],
        runtime_s=made["runtime_s"],
        bound=made["bound"],
        bound_kind=made["bound_kind"],
        problem=problem,
    )
