"""What to try next where a search ended without a plan: what would do that was reached already, and more effort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from territory_geo.optimize.conflicts.demands import demands_of, merged, without_prices
from territory_geo.optimize.conflicts.dials import dial_of, rounded_up, without
from territory_geo.optimize.conflicts.missed import missed_by
from territory_geo.optimize.conflicts.relaxing import Relaxation, without_words
from territory_geo.plan.plan import TerritoryPlan

if TYPE_CHECKING:
    from territory_geo.optimize.solution import Solution

ALL_AT_ONCE = "all at once"
"""What is relaxed where it is everything that the nearest plan misses."""
MOST_CHANGES = 5
"""Demands that the nearest plan may break for it to be worth telling what it keeps."""


def advice_of(solution: Solution) -> tuple[str, ...]:
    """Return sentences on what was tried and what to try next, for a search that ended without a plan."""
    known = None if solution.nearest is None else reached(solution.nearest)
    said = [] if known is None else [f"The nearest plan would do if less were asked: {known.words}."]
    if solution.tries:
        count = len(solution.tries)
        tries = "One further try was" if count == 1 else f"{count} further tries were"
        said.append(f"{tries} made, each with a seed of its own: {'; '.join(solution.tries)}.")
    rounds = f"{solution.iterations:,} iteration{'' if solution.iterations == 1 else 's'}"
    said.append(
        f"It is not proven that there is no plan: the search ended after {rounds} in {solution.runtime_s:.1f} s. More "
        f"iterations, a longer time limit or another seed may find one."
    )
    return tuple(said)


def reached(nearest: TerritoryPlan) -> Relaxation | None:
    """Return weaker demands, all at once, of which the nearest plan is one that passes its check; None without such."""
    asked = without_prices(nearest.problem)
    problem, changes = asked, list[str]()
    if len(nearest.territory_ids) != problem.n_territories:
        return None
    for demand in merged(demands_of(asked)):
        if not missed_by(asked, demand, nearest):
            continue
        dial = dial_of(problem, demand)
        if dial is None:
            problem = without(problem, demand.constraints)
            changes.append(without_words(demand))
            continue
        figure = rounded_up(dial.needed(nearest), dial.digits)
        if figure > dial.most:
            return None
        problem = dial.set(figure)
        changes.append(dial.words(figure))
    plan = TerritoryPlan(problem, nearest.labels, {**nearest.provenance})
    if not 0 < len(changes) <= MOST_CHANGES or not plan.verify().ok:
        return None
    return Relaxation(ALL_AT_ONCE, " and at once ".join(changes), problem, plan)
