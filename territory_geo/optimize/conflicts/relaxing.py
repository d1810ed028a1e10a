"""The cheapest relaxation of one demand with which a plan exists, found by halving and verified on a plan.

Each figure that is named is one for which a plan was found and checked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from territory_geo.optimize.conflicts.demands import Demand, loads_of
from territory_geo.optimize.conflicts.oracle import Answer, Oracle
from territory_geo.plan import metrics
from territory_geo.plan.constraints import (
    AccountRange,
    Bounds,
    Constraint,
    DisruptionBudget,
    Forbid,
    KeepWhole,
    Lock,
    MaxRadius,
)
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

STEPS = 6
"""Most halvings for one figure."""
CLOSE = 0.02
"""Share to which a figure is settled."""


@dataclass(frozen=True)
class Relaxation:
    """A weaker demand with which a plan exists.

    Parameters
    ----------
    demand : str
        The id of what is relaxed.
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


@dataclass(frozen=True)
class Dial:
    """A demand with a figure: how it reads, what it makes of the problem, what a plan needs of it.

    Parameters
    ----------
    now, most : float
        The figure asked for, and the largest that means anything.
    needed : callable
        The least figure that a plan keeps.
    set : callable
        The problem with another figure.
    words : callable
        How a figure reads.
    digits : int
        Significant digits to which figures are rounded up; 0: whole numbers.
    """

    now: float
    most: float
    needed: Callable[[TerritoryPlan], float]
    set: Callable[[float], TerritoryProblem]
    words: Callable[[float], str]
    digits: int = 3


def relaxed(problem: TerritoryProblem, demand: Demand, oracle: Oracle) -> Relaxation | None:
    """Return the least relaxation of a demand that was found to work, or None.

    Parameters
    ----------
    problem : TerritoryProblem
        With all that is demanded.
    demand : Demand
        What is to be relaxed.
    oracle : Oracle
        Answers and keeps the plans.
    """
    dial = _dial(problem, demand)
    if dial is not None:
        return _turned(demand, dial, oracle)
    left = _left_out(problem, demand)
    if oracle.ask(left) is not Answer.YES:
        return None
    named = any(constraint.name for constraint in demand.constraints)
    words = f"without {demand.words}" if named else f"without {demand.id} ({demand.words})"
    if demand.id == "one piece":
        words = "territories in several pieces"
    return Relaxation(demand.id, words, left, oracle.plans[-1])


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


def _turned(demand: Demand, dial: Dial, oracle: Oracle) -> Relaxation | None:
    """Return the least figure for which a plan was found, between what is asked and the most that means anything."""
    low, high, best = dial.now, math.inf, None
    step = max(dial.now, dial.most / 64 if dial.digits else 1.0)
    for _ in range(4 * STEPS):
        # First upwards, in steps that double, then between what failed and what worked.
        figure = min(dial.most, low + step) if best is None else (low + high) / 2
        figure = _up(figure, dial.digits)
        if best is not None and (figure >= high or (high - low) <= CLOSE * high):
            break
        answer = oracle.ask(dial.set(figure))
        if answer is Answer.YES:
            plan = oracle.plans[-1]
            high = min(figure, max(_up(dial.needed(plan), dial.digits), dial.now))
            best = _checked(dial, high, plan) or _checked(dial, figure, plan)
            assert best is not None
        elif best is None and figure >= dial.most:
            return None
        else:
            low, step = figure, 2 * step
        if oracle.spent:
            break
    if best is None:
        return None
    return Relaxation(demand.id, dial.words(best[0]), best[1].problem, best[1])


def _checked(dial: Dial, figure: float, plan: TerritoryPlan) -> tuple[float, TerritoryPlan] | None:
    """Return the figure and the plan as one of the problem with that figure, if it passes its check."""
    restated = TerritoryPlan(dial.set(figure), plan.labels, {**plan.provenance})
    return (figure, restated) if restated.verify().ok else None


def _up(value: float, digits: int) -> float:
    """Return a value rounded up to significant digits, or to a whole number."""
    if digits == 0 or value <= 0:
        return float(math.ceil(value - 1e-9))
    power = digits - 1 - math.floor(math.log10(value))
    return float(math.ceil(value * 10.0**power * (1 - 1e-12)) / 10.0**power)


def _dial(problem: TerritoryProblem, demand: Demand) -> Dial | None:
    if demand.measure is not None:
        return _balance_dial(problem, demand.measure)
    if len(demand.constraints) > 1:
        return _locks_dial(problem, demand)
    constraint = demand.constraints[0] if demand.constraints else None
    if isinstance(constraint, MaxRadius):
        return Dial(
            constraint.km, 25_000.0, lambda plan: float(plan.territories["max_km"].max()),
            lambda km: _swapped(problem, constraint, MaxRadius(km, name=constraint.name)),
            lambda km: f"a radius of {km:g} km instead of {constraint.km:g}",
        )  # fmt: skip
    if isinstance(constraint, KeepWhole) and constraint.limit is not None:
        column, cost = constraint.column, constraint.cost
        return Dial(
            constraint.limit, 10.0 * len(problem.units),
            lambda plan: float(metrics.splits(plan.problem, plan.codes, column)["further"].sum()),
            lambda limit: _swapped(problem, constraint, KeepWhole(column, cost, int(limit), name=constraint.name)),
            lambda limit: f"{_further(int(limit))} of a {column} instead of {constraint.limit}", digits=0,
        )  # fmt: skip
    if isinstance(constraint, DisruptionBudget):
        return _budget_dial(problem, constraint)
    if isinstance(constraint, AccountRange):
        return _accounts_dial(problem, constraint)
    return None


def _further(count: int) -> str:
    return f"{count:,} further territor{'y' if count == 1 else 'ies'}"


def _locks_dial(problem: TerritoryProblem, demand: Demand) -> Dial:
    """Return a dial of how many of several locks (or bans) are left out, those of the largest loads first."""
    asked = [c for c in demand.constraints if isinstance(c, (Lock, Forbid))]
    load = loads_of(problem)
    asked.sort(key=lambda c: -sum(load[unit] for unit in c.units))
    what = demand.words.split(" (")[0]

    def left_out(count: float) -> TerritoryProblem:
        gone = asked[: int(count)]
        return replace(problem, constraints=[c for c in problem.constraints if c not in gone])

    def needed(plan: TerritoryPlan) -> float:
        place = plan.labels
        return float(sum(any((place[u] == c.territory) != isinstance(c, Lock) for u in c.units) for c in asked))

    def words(count: float) -> str:
        ids = ", ".join(c.id for c in asked[: int(count)][:5]) + (", …" if count > 5 else "")
        return f"without the {what}" if count == len(asked) else f"without {count:.0f} of the {what} ({ids})"

    return Dial(0.0, float(len(asked)), needed, left_out, words, digits=0)


def _balance_dial(problem: TerritoryProblem, measure: str) -> Dial:
    limit = problem.balance[measure]
    lower, target, upper = problem.bounds(measure)

    def needed(plan: TerritoryPlan) -> float:
        load = metrics.loads(plan.problem, plan.codes, measure)
        t, low, high = target, lower, upper
        if len(load) != len(target):
            t, low, high = (np.full(len(load), float(side.mean())) for side in (target, lower, upper))
        if isinstance(limit, Bounds):
            return float(np.maximum(0.0, np.maximum(load - high, low - load) / t.mean()).max())
        return float(np.abs(load / t - 1.0).max())

    def with_figure(figure: float) -> TerritoryProblem:
        allowed: float | Bounds = min(1.0, figure)
        if isinstance(limit, Bounds):
            more = figure * float(target.mean())
            allowed = Bounds(max(0.0, limit.lower - more), limit.upper + more)
        return replace(problem, balance={**problem.balance, measure: allowed})

    def words(figure: float) -> str:
        if isinstance(limit, Bounds):
            now = with_figure(figure).balance[measure]
            return f"{measure} {now} instead of {limit}"
        return f"{measure} ±{100 * figure:.4g} % instead of ±{100 * limit:g} %"

    most = 100.0 if isinstance(limit, Bounds) else 1.0
    return Dial(0.0 if isinstance(limit, Bounds) else float(limit), most, needed, with_figure, words)


def _accounts_dial(problem: TerritoryProblem, asked: AccountRange) -> Dial:
    def widened(more: float) -> AccountRange:
        return AccountRange(max(0, asked.lower - int(more)), asked.upper + int(more), name=asked.name)

    def needed(plan: TerritoryPlan) -> float:
        count = metrics.loads(plan.problem, plan.codes, "accounts")
        return max(0.0, float(count.max()) - asked.upper, asked.lower - float(count.min()))

    def words(more: float) -> str:
        now = widened(more)
        return f"{now.lower:,} to {now.upper:,} accounts instead of {asked.lower:,} to {asked.upper:,}"

    total = float(problem.units.frame["accounts"].sum())
    return Dial(0.0, total, needed, lambda more: _swapped(problem, asked, widened(more)), words, digits=0)


def _budget_dial(problem: TerritoryProblem, asked: DisruptionBudget) -> Dial:
    """Return a dial of what all shares grow by; one with a single share reads as that share."""
    caps = dict(asked.caps)

    def grown(more: float) -> DisruptionBudget:
        shares = {measure: min(1.0, share + more) for measure, share in caps.items()}
        return DisruptionBudget(shares, per=asked.per, name=asked.id)

    def needed(plan: TerritoryPlan) -> float:
        table = metrics.disruption_table(plan, list(caps), asked.per)
        return max([0.0, *(float(str(row.share)) - caps[str(row.measure)] for row in table.itertuples())])

    def words(more: float) -> str:
        shares = ", ".join(f"{100 * min(1.0, share + more):.4g} % of {measure}" for measure, share in caps.items())
        was = ", ".join(f"{100 * share:g} %" for share in caps.values())
        whose = "" if asked.per == "plan" else f" of each {'rep' if asked.per == 'territory' else asked.per}"
        return f"{shares}{whose} may change rep instead of {was}"

    return Dial(0.0, 1.0, needed, lambda more: _swapped(problem, asked, grown(more)), words)


def _swapped(problem: TerritoryProblem, old: Constraint, new: Constraint) -> TerritoryProblem:
    return replace(problem, constraints=[new if c is old or c == old else c for c in problem.constraints])


def _left_out(problem: TerritoryProblem, demand: Demand) -> TerritoryProblem:
    if demand.id == "one piece":
        return replace(problem, graph=None)
    return replace(problem, constraints=[c for c in problem.constraints if c not in demand.constraints])
