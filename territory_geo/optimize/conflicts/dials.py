"""Demands with a figure, as dials: how a figure reads, what problem it makes, what a plan needs of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from territory_geo.optimize.conflicts.demands import Demand, loads_of
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

NAMED = 5
"""Constraints that are named where some of many are left out."""


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


def rounded_up(value: float, digits: int) -> float:
    """Return a value rounded up to significant digits, or to a whole number."""
    if digits == 0 or value <= 0:
        return float(math.ceil(value - 1e-9))
    power = digits - 1 - math.floor(math.log10(value))
    return float(math.ceil(value * 10.0**power * (1 - 1e-12)) / 10.0**power)


def dial_of(problem: TerritoryProblem, demand: Demand) -> Dial | None:
    """Return the dial of a demand, None where it has no figure."""
    if demand.measure is not None:
        return _balance_dial(problem, demand.measure)
    if len(demand.constraints) > 1 and not demand.grouped:
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
        return without(problem, asked[: int(count)])

    def words(count: float) -> str:
        return without_some(what, asked, asked[: int(count)])

    def needed(plan: TerritoryPlan) -> float:
        return float(len(broken(plan, asked)))

    return Dial(0.0, float(len(asked)), needed, left_out, words, digits=0)


def broken(plan: TerritoryPlan, asked: Sequence[Lock | Forbid]) -> list[Lock | Forbid]:
    """Return the locks and bans that a plan does not keep."""
    place = plan.labels
    return [c for c in asked if any((place[u] == c.territory) != isinstance(c, Lock) for u in c.units)]


def without(problem: TerritoryProblem, gone: Sequence[Constraint]) -> TerritoryProblem:
    """Return the problem without some constraints."""
    return replace(problem, constraints=[c for c in problem.constraints if c not in gone])


def without_some(what: str, asked: Sequence[Constraint], gone: Sequence[Constraint]) -> str:
    """Return words for leaving out some of many constraints, `what` says which many."""
    if len(gone) == len(asked):
        return f"without the {what}"
    ids = ", ".join(c.id for c in gone[:NAMED]) + (", …" if len(gone) > NAMED else "")
    return f"without {len(gone)} of the {what} ({ids})"


def _balance_dial(problem: TerritoryProblem, measure: str) -> Dial:
    limit = problem.balance[measure]
    lower, target, upper = problem.bounds(measure)

    def needed(plan: TerritoryPlan) -> float:
        load = metrics.loads(plan.problem, plan.codes, measure)
        t, low, high = target, lower, upper
        if len(load) != len(target):
            # A nearest plan may lack territories.
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
