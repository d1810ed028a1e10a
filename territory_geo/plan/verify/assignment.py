"""Units and their territories against the problem: complete, exclusive, in one piece, within bounds, by the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.plan.measures import NAME
from territory_geo.plan.metrics import centers_of
from territory_geo.plan.verify.pieces import scattered
from territory_geo.plan.verify.result import TOLERANCE, Verification
from territory_geo.plan.verify.rules import check_rules

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem


def verify_plan(plan: TerritoryPlan) -> Verification:
    """Check a plan in memory."""
    result = Verification()
    check_assignment(result, plan.problem, plan.problem.units.ids, plan.labels.tolist())
    return result


def check_assignment(
    result: Verification, problem: TerritoryProblem, units: Sequence[str], territories: Sequence[str]
) -> None:
    """Check units and their territories, pair by pair as read, against the problem."""
    ids = problem.units.ids
    given, owners = pd.Series(units, dtype=object), pd.Series(territories, dtype=object).fillna("")
    row = pd.Index(ids, dtype=object).get_indexer(pd.Index(given))
    twice, stranger = given.duplicated().to_numpy(), row < 0
    owner = np.full(len(ids), "", dtype=object)
    used = ~twice & ~stranger
    owner[row[used]] = owners.to_numpy(dtype=object)[used]
    missing = np.flatnonzero(owner == "")
    result.add("complete", (f"unit {ids[i]} has no territory" for i in missing), f"{len(ids):,} units assigned")
    first = dict(zip(given[~twice], owners[~twice], strict=True)) if twice.any() else {}
    again = (f"unit {given[i]} is in {first[given[i]]} and in {owners[i]}" for i in np.flatnonzero(twice))
    result.add("exclusive", again, "no unit twice")
    result.add("known units", (f"{unit} is no unit" for unit in given[stranger & ~twice]), "no stranger")
    codes, found = pd.factorize(owner, sort=True)
    names = [str(name) for name in found]
    if missing.size:
        # Units without a territory, the first in order, get the code -1: they belong to no group.
        codes, names = codes - 1, names[1:]
    count = len(names)
    wrong = [] if count == problem.n_territories else [f"{count} instead of {problem.n_territories}"]
    result.add("number of territories", wrong, f"{problem.n_territories} territories")
    if problem.reps is not None:
        nobody = sorted(set(names) - set(problem.named_territories))
        result.add("reps", (f"{name} is no rep" for name in nobody), "each territory has its rep")
    if problem.graph is not None:
        result.add("one piece", scattered(problem, codes, names), "each territory is one piece")
    if problem.work is not None and not missing.size and count == problem.n_territories:
        result.add("workload", _stale_hours(problem, codes), "the hours are those of these territories")
    for measure in problem.balance:
        result.add(f"balance of {measure}", _unbalanced(problem, codes, names, measure), "within bounds")
    if problem.constraints:
        check_rules(result, problem, dict(zip(ids, owner.tolist(), strict=True)))


def _unbalanced(problem: TerritoryProblem, codes: NDArray[np.int64], names: list[str], measure: str) -> Iterable[str]:
    """Yield the territories outside the bounds of a measure."""
    values = problem.units.frame[measure].to_numpy(dtype=float)
    loads = np.bincount(codes[codes >= 0], values[codes >= 0], minlength=len(names))
    lower, target, upper = problem.bounds(measure)
    for territory, load in zip(names, loads, strict=True):
        t = bounds_position(problem, territory)
        slack = TOLERANCE * target[t]
        if not lower[t] - slack <= load <= upper[t] + slack:
            yield f"{territory} holds {load:,.6g}, allowed {lower[t]:,.6g} to {upper[t]:,.6g}"


def _stale_hours(problem: TerritoryProblem, codes: NDArray[np.int64]) -> Iterable[str]:
    """Yield the units whose hours are not what their visits and the way from their territory's centre make them."""
    assert problem.workload is not None
    work, centers = problem.workload.of(problem.units, problem.reps), centers_of(problem, codes)
    hours = work.hours(work.distance.hours_between(centers.xy[codes], problem.units.xy))
    held = problem.units.frame[NAME].to_numpy(dtype=float)
    for i in np.flatnonzero(np.abs(hours - held) > 1e-6 * np.maximum(1.0, hours)):
        yield f"unit {problem.units.ids[i]} counts {held[i]:,.4g} hours, in its territory it takes {hours[i]:,.4g}"


def bounds_position(problem: TerritoryProblem, territory: str) -> int:
    """Return the position of a territory's bounds; where no reps are given, all are alike."""
    named = problem.named_territories
    return named.index(territory) if problem.reps is not None and territory in named else 0
