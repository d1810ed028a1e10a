"""The cheapest relaxation of one demand with which a plan exists, found by halving and verified on a plan.

Each figure that is named is one for which a plan was found and checked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from territory_geo.optimize.conflicts.demands import Demand, free
from territory_geo.optimize.conflicts.dials import Dial, broken, dial_of, rounded_up, without, without_some
from territory_geo.optimize.conflicts.oracle import Answer, Oracle
from territory_geo.plan.constraints import Forbid, Lock
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

NOTHING = "nothing"
"""What is given up where a plan of the whole problem was found after all."""
STEPS = 6
"""Most halvings for one figure."""
CLOSE = 0.02
"""Share to which a figure is settled."""
LOOSE = 2.0
"""Times the figure of the nearest plan that is tried first."""
FAR = 4.0
"""Times that the figure which works may be above the one asked for before the middle is taken as that of a ratio."""


@dataclass(frozen=True)
class Relaxation:
    """A weaker demand with which a plan exists.

    Parameters
    ----------
    demand : str
        The id of what is relaxed; "all at once" for everything that the nearest plan misses, "nothing" where a plan of
        the whole problem was found while the reason was sought.
    words : str
        What would do, such as "visit_hours ±13.2 % instead of ±10 %".
    problem : TerritoryProblem
        The relaxed problem.
    plan : TerritoryPlan
        A plan of it that passed its check: the proof that it works, not the best one.
    """

    demand: str
    words: str
    problem: TerritoryProblem = field(repr=False)
    plan: TerritoryPlan = field(repr=False, compare=False)


def relaxed(
    problem: TerritoryProblem, demand: Demand, oracle: Oracle, nearest: TerritoryPlan | None = None
) -> Relaxation | None:
    """Return the least relaxation of a demand that was found to work, or None.

    Parameters
    ----------
    problem : TerritoryProblem
        With all that is demanded.
    demand : Demand
        What is to be relaxed.
    oracle : Oracle
        Answers and keeps the plans.
    nearest : TerritoryPlan, optional
        A plan that keeps as much as was found: where it breaks this demand alone, it proves a figure by itself.
    """
    found = _weakened(problem, demand, oracle, nearest)
    if found is None:
        return None
    whole = TerritoryPlan(problem, found.plan.labels, {**found.plan.provenance})
    return Relaxation(NOTHING, "nothing need change", problem, whole) if whole.verify().ok else found


def _weakened(
    problem: TerritoryProblem, demand: Demand, oracle: Oracle, nearest: TerritoryPlan | None
) -> Relaxation | None:
    """Return the demand with another figure, else the problem without it, if a plan was found."""
    dial = dial_of(problem, demand)
    if dial is not None:
        found = _turned(demand, dial, oracle, nearest)
        if found is not None and len(demand.constraints) > 1:
            return _only_broken(problem, demand, found)
        if found is not None or demand.measure is None:
            # All other dials end where the demand says nothing any more.
            return found
    left = _left_out(problem, demand)
    if oracle.ask(left) is not Answer.YES:
        return None
    return Relaxation(demand.id, without_words(demand), left, oracle.plans[-1])


def without_words(demand: Demand) -> str:
    """Return how leaving a demand out reads."""
    if demand.id == "one piece":
        return "territories in several pieces"
    if demand.measure is not None:
        return f"without a limit on {demand.measure}"
    named = demand.grouped or any(constraint.name for constraint in demand.constraints)
    return (
        f"without {'the ' if demand.grouped else ''}{demand.words}"
        if named
        else (f"without {demand.id} ({demand.words})")
    )


def other_counts(problem: TerritoryProblem, oracle: Oracle, *, tried: int = 2) -> Iterator[Relaxation]:
    """Yield the nearest smaller and the nearest larger number of territories with which a plan was found."""
    if problem.reps is not None:
        return
    k, n = problem.n_territories, len(problem.units)
    least = max(1, len(problem.named_territories))
    for counts in (range(k - 1, least - 1, -1), range(k + 1, min(n, 2 * k + 10) + 1)):
        open_ = (count for count in counts if oracle.ask(_with_count(problem, count), search=False) is not Answer.NO)
        for count, _ in zip(open_, range(tried), strict=False):
            changed = _with_count(problem, count)
            if oracle.ask(changed) is Answer.YES:
                words = f"{count} territor{'y' if count == 1 else 'ies'} instead of {k}"
                yield Relaxation("n_territories", words, changed, oracle.plans[-1])
                break


def _with_count(problem: TerritoryProblem, count: int) -> TerritoryProblem:
    return replace(problem, n_territories=count)


def _turned(demand: Demand, dial: Dial, oracle: Oracle, nearest: TerritoryPlan | None) -> Relaxation | None:
    """Return the least figure for which a plan was found, between what is asked and the most that means anything.

    First comes a figure that works: what a plan keeps that is known already; else by searches, for what the nearest
    plan keeps, then in steps upwards that double; where even the first of them take long, for the most. Then figures
    between what failed and what worked.
    """
    low = dial.now
    first = _first_figure(dial, nearest)
    best = _known(dial, [*([] if nearest is None else [nearest]), *oracle.plans])
    step = max(dial.now, dial.most / 64 if dial.digits else 1.0)
    for turn in range(4 * STEPS):
        high = math.inf if best is None else best[0]
        if best is not None:
            ratio = low > 0 and high > FAR * low
            figure = rounded_up(math.sqrt(low * high) if ratio else (low + high) / 2, dial.digits)
            if figure >= high or (high - low) <= CLOSE * high:
                break
        elif turn == 0 and first is not None:
            figure = first
        else:
            figure = dial.most if oracle.slow else rounded_up(min(dial.most, low + step), dial.digits)
            step *= 2
        if oracle.spent:
            break
        if oracle.ask(dial.set(figure), near=None if best is None else best[1]) is Answer.YES:
            plan = oracle.plans[-1]
            least = min(figure, max(rounded_up(dial.needed(plan), dial.digits), dial.now))
            best = _checked(dial, least, plan) or _checked(dial, figure, plan)
            assert best is not None
        elif best is None and figure >= dial.most:
            return None
        elif best is not None or figure != first:
            # A failure at the first figure says nothing yet: steps begin at what was asked.
            low = figure
    if best is None:
        return None
    return Relaxation(demand.id, dial.words(best[0]), best[1].problem, best[1])


def _first_figure(dial: Dial, nearest: TerritoryPlan | None) -> float | None:
    """Return more than the figure that the nearest plan keeps, which may have it at the cost of other demands."""
    if nearest is None or not dial.digits:
        return None
    figure = min(dial.most, rounded_up(LOOSE * dial.needed(nearest), dial.digits))
    return figure if dial.now < figure <= dial.most else None


def _known(dial: Dial, plans: Sequence[TerritoryPlan]) -> tuple[float, TerritoryPlan] | None:
    """Return the least figure with which a plan that was found before keeps all else, None where none does."""
    best = None
    for plan in plans:
        if len(plan.territory_ids) != dial.set(dial.most).n_territories:
            continue
        figure = max(dial.now, rounded_up(dial.needed(plan), dial.digits))
        if figure <= dial.most and (best is None or figure < best[0]):
            best = _checked(dial, figure, plan) or best
    return best


def _only_broken(problem: TerritoryProblem, demand: Demand, found: Relaxation) -> Relaxation:
    """Return a relaxation of many locks without those only that its plan breaks, named."""
    asked = [c for c in demand.constraints if isinstance(c, (Lock, Forbid))]
    gone = broken(found.plan, asked)
    changed = without(problem, gone)
    plan = TerritoryPlan(changed, found.plan.labels, {**found.plan.provenance})
    if not gone or not plan.verify().ok:
        return found
    return Relaxation(demand.id, without_some(demand.words.split(" (")[0], asked, gone), changed, plan)


def _checked(dial: Dial, figure: float, plan: TerritoryPlan) -> tuple[float, TerritoryPlan] | None:
    """Return the figure and the plan as one of the problem with that figure, if it passes its check."""
    restated = TerritoryPlan(dial.set(figure), plan.labels, {**plan.provenance})
    return (figure, restated) if restated.verify().ok else None


def _left_out(problem: TerritoryProblem, demand: Demand) -> TerritoryProblem:
    if demand.id == "one piece":
        return replace(problem, graph=None)
    if demand.measure is not None:
        return replace(problem, balance={**problem.balance, demand.measure: free(problem, demand.measure)})
    return without(problem, demand.constraints)
