"""What the business insists on: small frozen statements, each with an id and a text form.

Hard ones must hold in every plan; soft ones have a price. Units and territories are named by their ids.
"""

from territory_geo.plan.constraints.bounds import AccountRange, Bounds
from territory_geo.plan.constraints.disruption import DisruptionBudget
from territory_geo.plan.constraints.groups import Apart, Together
from territory_geo.plan.constraints.pairs import Forbid, Lock
from territory_geo.plan.constraints.reach import HomeInside, MaxRadius
from territory_geo.plan.constraints.soft import BorderLength, KeepWhole, OverlapCost

Constraint = (
    Lock
    | Forbid
    | Together
    | Apart
    | MaxRadius
    | AccountRange
    | KeepWhole
    | HomeInside
    | BorderLength
    | OverlapCost
    | DisruptionBudget
)
"""Anything that `TerritoryProblem` takes among its constraints."""

KINDS: tuple[type[Constraint], ...] = (
    Lock, Forbid, Together, Apart, MaxRadius, AccountRange, KeepWhole, HomeInside, BorderLength, OverlapCost,
    DisruptionBudget,
)  # fmt: skip


def insists(rule: Constraint) -> bool:
    """Tell whether a constraint must hold, wholly or in part; others only have a price."""
    if isinstance(rule, KeepWhole):
        return rule.limit is not None
    if isinstance(rule, DisruptionBudget):
        return bool(rule.caps)
    return not isinstance(rule, (BorderLength, OverlapCost))


__all__ = [
    "KINDS",
    "AccountRange",
    "Apart",
    "BorderLength",
    "Bounds",
    "Constraint",
    "DisruptionBudget",
    "Forbid",
    "HomeInside",
    "KeepWhole",
    "Lock",
    "MaxRadius",
    "OverlapCost",
    "Together",
    "insists",
]
