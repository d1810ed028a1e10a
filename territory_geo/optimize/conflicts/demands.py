"""What a problem demands, one by one: each can be left out, so that what cannot hold together is found by trying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from territory_geo.plan.constraints import (
    AccountRange,
    Apart,
    BorderLength,
    Bounds,
    Constraint,
    DisruptionBudget,
    Forbid,
    KeepWhole,
    Lock,
    OverlapCost,
    Together,
)
from territory_geo.plan.problem import TerritoryProblem

MANY = 3
"""Locks to one territory, bans from it, or groups of one column or file, from which on they are one demand: nobody
reads a list of them."""


@dataclass(frozen=True)
class Demand:
    """One thing that is insisted on.

    Parameters
    ----------
    id : str
        A constraint's id, "balance:MEASURE", "one piece", "locks>TERRITORY" for several locks, or
        "together:COLUMN" for the groups of a column.
    words : str
        What is asked, as a person says it.
    measure : str, optional
        The balanced measure, where it is a balance.
    constraints : tuple of constraints
        The constraint, where it is one; several locks to one territory, bans from it, or groups may be one demand.
    """

    @property
    def grouped(self) -> bool:
        """Whether it is many groups to keep together or apart."""
        return len(self.constraints) > 1 and isinstance(self.constraints[0], (Together, Apart))

    id: str
    words: str
    measure: str | None = None
    constraints: tuple[Constraint, ...] = ()


def demands_of(problem: TerritoryProblem) -> list[Demand]:
    """Return everything that is insisted on: constraints first, then contiguity, then balance.

    What has only a price is no demand.
    """
    found = [Demand(c.id, said(c), constraints=(c,)) for c in problem.constraints if _hard(c)]
    if problem.graph is not None:
        found.append(Demand("one piece", "each territory is in one piece"))
    for measure, limit in problem.balance.items():
        asked = f"{limit}" if isinstance(limit, Bounds) else f"±{100 * limit:g} %"
        found.append(Demand(f"balance:{measure}", f"{measure} {asked}", measure=measure))
    return found


def said(constraint: Constraint) -> str:
    """Return a constraint as a person says it, with the name that somebody gave it."""
    return f"{constraint.name} ({constraint})" if constraint.name else str(constraint)


def merged(demands: Sequence[Demand]) -> list[Demand]:
    """Return demands with what was stated together as one where it is many: see `MANY`."""
    found: dict[tuple[type, str] | int, list[Demand]] = {}
    for number, demand in enumerate(demands):
        found.setdefault(_key(demand) or number, []).append(demand)
    result: list[Demand] = []
    for key, members in found.items():
        many = isinstance(key, tuple) and sum(len(demand.constraints) for demand in members) >= MANY
        result += [_together(*key, members)] if many and isinstance(key, tuple) else members
    return result


def _key(demand: Demand) -> tuple[type, str] | None:
    """Return what a demand can be told together by: its kind, and the territory or what the groups come from."""
    if not demand.constraints:
        return None
    one = demand.constraints[0]
    if isinstance(one, (Lock, Forbid)):
        return type(one), one.territory
    if isinstance(one, (Together, Apart)):
        return type(one), _origin(one.name or "")
    return None


def _origin(name: str) -> str:
    """Return the column or file that a group's name says it comes from; empty where it has none.

    >>> _origin("parent_id C0034"), _origin("rivals.csv row 3"), _origin("rivals.csv group 7"), _origin("together[2]")
    ('parent_id', 'rivals.csv', 'rivals.csv', '')
    """
    first, space, _ = name.partition(" ")
    return first if space else ""


def apart(demands: Sequence[Demand]) -> list[Demand]:
    """Return demands with every constraint on its own again."""
    found: list[Demand] = []
    for demand in demands:
        if len(demand.constraints) > 1:
            found += [Demand(c.id, said(c), constraints=(c,)) for c in demand.constraints]
        else:
            found.append(demand)
    return found


def _together(kind: type, name: str, members: Sequence[Demand]) -> Demand:
    constraints = tuple(c for demand in members for c in demand.constraints)
    listed = ", ".join(c.id for c in constraints[:MANY]) + (", …" if len(constraints) > MANY else "")
    count = f"{len(constraints):,}"
    if kind in (Lock, Forbid):
        what, to = ("locks", "to") if kind is Lock else ("bans", "from")
        return Demand(f"{what}>{name}", f"{count} {what} {to} {name} ({listed})", constraints=constraints)
    what = "together" if kind is Together else "apart"
    source = f" of {'column' if kind is Together else 'file'} {name}" if name else ""
    words = f"{count} keep-{what} groups{source} ({listed})"
    return Demand(f"{what}:{name or 'groups'}", words, constraints=constraints)


def loads_of(problem: TerritoryProblem) -> dict[str, float]:
    """Return each unit's share of all that is balanced, summed over measures."""
    share = sum(problem.units.frame[name] / problem.units.frame[name].sum() for name in problem.balance)
    return dict(zip(problem.units.ids, share, strict=True))


def lightest_first(problem: TerritoryProblem, demands: Sequence[Demand]) -> list[Demand]:
    """Return demands with locks and bans behind all others, those of the smallest loads first."""
    load = loads_of(problem)

    def weight(demand: Demand) -> float:
        named = [c for c in demand.constraints if isinstance(c, (Lock, Forbid))]
        return sum(load[unit] for c in named for unit in c.units) if named else -1.0

    return sorted(demands, key=weight)


def only(problem: TerritoryProblem, kept: Sequence[Demand]) -> TerritoryProblem:
    """Return the problem with nothing but these demands (and its number of territories)."""
    measures = {demand.measure for demand in kept}
    return replace(
        problem,
        graph=problem.graph if any(demand.id == "one piece" for demand in kept) else None,
        balance={name: limit if name in measures else free(problem, name) for name, limit in problem.balance.items()},
        constraints=[constraint for demand in kept for constraint in demand.constraints],
    )


def without_prices(problem: TerritoryProblem) -> TerritoryProblem:
    """Return the problem without what has only a price: it does not matter for whether a plan exists."""
    return replace(problem, constraints=[_cap_only(c) for c in problem.constraints if _hard(c)])


def free(problem: TerritoryProblem, measure: str) -> Bounds:
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
