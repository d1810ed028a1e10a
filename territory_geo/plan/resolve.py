"""Constraints as the user states them, in the ids and columns of a problem's data.

What is said of an account holds for the unit it lies in; columns, reps and a current alignment must be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from territory_geo.errors import DataError, OptionError
from territory_geo.plan.constraints import (
    KINDS,
    Apart,
    BorderLength,
    Constraint,
    DisruptionBudget,
    Forbid,
    HomeInside,
    KeepWhole,
    Lock,
    Together,
)
from territory_geo.plan.current import account_values, column_of

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.plan.problem import TerritoryProblem


def resolved(problem: TerritoryProblem, constraint: Any) -> Constraint:
    """Return a constraint in the ids of units and the names of columns.

    Raises
    ------
    OptionError
        If it is no constraint, or needs reps, a graph or a current alignment that the problem does not have.
    DataError
        If an id or a column does not exist, or units to be kept apart are one unit.
    """
    if not isinstance(constraint, KINDS):
        names = ", ".join(kind.__name__ for kind in KINDS)
        raise OptionError(f"A constraint must be one of {names}. Got {constraint!r} instead.")
    units = problem.units
    if isinstance(constraint, (Lock, Forbid)):
        return type(constraint)(_units(units, constraint), constraint.territory, name=constraint.name)
    if isinstance(constraint, Together):
        return Together._of_units(tuple(_units(units, constraint)), constraint.name)
    if isinstance(constraint, Apart):
        return _apart(units, constraint)
    if isinstance(constraint, HomeInside) and problem.reps is None:
        raise OptionError("HomeInside needs homes: give reps=read_reps(...), one for each territory.")
    if isinstance(constraint, BorderLength) and problem.graph is None:
        raise OptionError("BorderLength needs to know which units touch. Give the problem a ContiguityGraph.")
    if isinstance(constraint, KeepWhole):
        _check_column(units, constraint.column, constraint.id)
    if isinstance(constraint, DisruptionBudget):
        return _budget(problem, constraint)
    return constraint


def _units(units: BasicUnits, constraint: Lock | Forbid | Together | Apart) -> list[str]:
    unit_of = units.unit_of
    strangers = [id_ for id_ in constraint.units if id_ not in unit_of]
    if strangers:
        raise DataError(f"Constraint {constraint.id}: no account or unit has the id {', '.join(strangers[:5])}.")
    return [unit_of[id_] for id_ in constraint.units]


def _apart(units: BasicUnits, constraint: Apart) -> Apart:
    rows = _units(units, constraint)
    first: dict[str, str] = {}
    for id_, unit in zip(constraint.units, rows, strict=True):
        if unit in first:
            raise DataError(
                f"Constraint {constraint.id}: {first[unit]} and {id_} are to be kept apart but lie in one unit "
                f"({unit}). Leave one of them out, or make it a unit of its own (own_units, where accounts are joined "
                f"to areas)."
            )
        first[unit] = id_
    return Apart(rows, name=constraint.name)


def _budget(problem: TerritoryProblem, budget: DisruptionBudget) -> DisruptionBudget:
    if problem.current is None:
        raise OptionError(
            f"Constraint {budget.id} needs to know who has what today: give current=, a column of the accounts."
        )
    if budget.per not in ("plan", "territory"):
        _check_column(problem.units, budget.per, budget.id)
    names = {measure: column_of(problem.units, measure) for measure in budget.measures}
    for column in names.values():
        account_values(problem.units, column)
    caps, price = ({names[m]: v for m, v in pairs} for pairs in (budget.caps, budget.price))
    if len(caps) < len(budget.caps) or len(price) < len(budget.price):
        raise OptionError(f"Constraint {budget.id} names one column twice ({', '.join(names.values())}).")
    return DisruptionBudget(caps, price=price, per=budget.per, name=budget.name)


def _check_column(units: BasicUnits, column: str, who: str) -> None:
    members = units.members
    if column not in members.columns or column == members.geometry.name:
        known = [str(c) for c in members.columns if c not in ("row", "unit", "geometry")]
        raise DataError(f"Constraint {who}: there is no column {column!r}. Columns: {', '.join(known)}.")
