"""The questions along a frontier: the problem at each tolerance, and at each cap of disruption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from territory_geo.errors import OptionError
from territory_geo.plan.constraints import Bounds, Constraint, DisruptionBudget
from territory_geo.plan.problem import TerritoryProblem


@dataclass(frozen=True)
class Question:
    """One point of a frontier: its name, the tolerance and the cap as shares, and the problem that asks for both."""

    name: str
    tolerance: float
    cap: float
    problem: TerritoryProblem


def check(
    problem: TerritoryProblem, points: int, caps: Sequence[float] | None, tolerances: Sequence[float] | None
) -> None:
    """Refuse what no frontier can be drawn from."""
    if problem.alignment is None:
        raise OptionError(
            "A frontier begins at today's alignment: give the problem current=, a column of the accounts."
        )
    if isinstance(points, bool) or not isinstance(points, int) or points < 2:
        raise OptionError(f"The 'points' parameter must be a whole number of at least 2. Got {points!r} instead.")
    for option, values, most in (("caps", caps, 1.0), ("tolerances", tolerances, np.inf)):
        if values is None:
            continue
        if isinstance(values, str) or not len(values):
            raise OptionError(
                f"The '{option}' parameter must be a list of shares, such as [0.05, 0.1]. Got {values!r}."
            )
        bad = [value for value in values if isinstance(value, (bool, str)) or not 0 <= value <= most]
        if bad or len(set(values)) < len(values):
            raise OptionError(
                f"The '{option}' parameter must be different shares (0.05 is 5 %), none below 0"
                f"{'' if most > 1 else ' or above 1'}. Got {list(values)!r}."
            )


def without_caps(problem: TerritoryProblem, measure: str) -> TerritoryProblem:
    """Return the problem without its own caps on the measure for the plan as a whole; other budgets stay."""
    kept: list[Constraint] = []
    for one in problem.constraints:
        if isinstance(one, DisruptionBudget) and one.per == "plan":
            caps = {name: share for name, share in one.caps if name != measure}
            if caps or one.price:
                kept.append(DisruptionBudget(caps, price=dict(one.price), name=one.name))
        else:
            kept.append(one)
    return replace(problem, constraints=tuple(kept))


def by_tolerance(problem: TerritoryProblem, tolerances: Sequence[float] | None) -> list[tuple[float, TerritoryProblem]]:
    """Return the problem once for each tolerance; all measures that are balanced by a share get it."""
    shares = [limit for limit in problem.balance.values() if not isinstance(limit, Bounds)]
    if tolerances is None:
        return [(float(shares[0]) if shares else np.nan, problem)]
    if not shares:
        raise OptionError("The 'tolerances' parameter needs a measure balanced by a share; here all have Bounds.")
    return [(float(share), _at(problem, float(share))) for share in sorted(tolerances)]


def _at(problem: TerritoryProblem, share: float) -> TerritoryProblem:
    balance = {name: limit if isinstance(limit, Bounds) else share for name, limit in problem.balance.items()}
    return replace(problem, balance=balance)


def question(problem: TerritoryProblem, measure: str, tolerance: float, cap: float, several: bool) -> Question:
    """Return the question with a cap; `several` says whether names must tell tolerances apart."""
    asked = replace(problem, constraints=(*problem.constraints, DisruptionBudget({measure: cap})))
    return Question(name_of(cap, tolerance, several), tolerance, cap, asked)


def name_of(cap: float, tolerance: float, several: bool) -> str:
    """Return what a point is called: its cap, and its tolerance where there are several.

    >>> name_of(0.05, 0.1, several=True)
    '5 % at ±10 %'
    """
    return f"{100 * cap:.3g} %" + (f" at ±{100 * tolerance:.3g} %" if several else "")
