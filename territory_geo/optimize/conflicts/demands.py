"""What a problem demands, one by one: each can be left out, so that what cannot hold together is found by trying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from territory_geo.plan.constraints import (
    AccountRange,
    BorderLength,
    Bounds,
    Constraint,
    DisruptionBudget,
    KeepWhole,
    OverlapCost,
)
from territory_geo.plan.problem import TerritoryProblem


@dataclass(frozen=True)
class Demand:
    """One thing that is insisted on.

    Parameters
    ----------
    id : str
        A constraint's id, "balance:MEASURE", or "one piece".
    words : str
        What is asked, as a person says it.
    measure : str, optional
        The balanced measure, where it is a balance.
    constraint : constraint, optional
        The constraint, where it is one.
    """

    id: str
    words: str
    measure: str | None = None
    constraint: Constraint | None = None


def demands_of(problem: TerritoryProblem) -> list[Demand]:
    """Return everything that is insisted on: constraints first, then contiguity, then balance.

    What has only a price is no demand.
    """
    found = [Demand(c.id, str(c), constraint=c) for c in problem.constraints if _hard(c)]
    if problem.graph is not None:
        found.append(Demand("one piece", "each territory is in one piece"))
    for measure, limit in problem.balance.items():
        asked = f"{limit}" if isinstance(limit, Bounds) else f"±{100 * limit:g} %"
        found.append(Demand(f"balance:{measure}", f"{measure} {asked}", measure=measure))
    return found


def only(problem: TerritoryProblem, kept: Sequence[Demand]) -> TerritoryProblem:
    """Return the problem with nothing but these demands (and its number of territories)."""
    measures = {demand.measure for demand in kept}
    constraints = [demand.constraint for demand in kept if demand.constraint is not None]
    return replace(
        problem,
        graph=problem.graph if any(demand.id == "one piece" for demand in kept) else None,
        balance={name: limit if name in measures else _free(problem, name) for name, limit in problem.balance.items()},
        constraints=constraints,
    )


def without_prices(problem: TerritoryProblem) -> TerritoryProblem:
    """Return the problem without what has only a price: it does not matter for whether a plan exists."""
    return replace(problem, constraints=[_cap_only(c) for c in problem.constraints if _hard(c)])


def _free(problem: TerritoryProblem, measure: str) -> Bounds:
    """Return limits that every territory keeps: it holds at least a unit, and at most all of them."""
    values = problem.units.frame[measure].to_numpy(dtype=float)
    return Bounds(0.5 * float(values.min()), float(values.sum()) * (1 + 1e-6))


def _hard(constraint: Constraint) -> bool:
    if isinstance(constraint, KeepWhole):
        return constraint.limit is not None
    if isinstance(constraint, DisruptionBudget):
        return bool(constraint.caps)
    if isinstance(constraint, AccountRange):
        return True
    return not isinstance(constraint, (BorderLength, OverlapCost))


def _cap_only(constraint: Constraint) -> Constraint:
    if isinstance(constraint, DisruptionBudget) and constraint.price:
        return DisruptionBudget(dict(constraint.caps), per=constraint.per, name=constraint.id)
    return constraint
