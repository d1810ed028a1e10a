"""Constraints as records for a JSON file, and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from territory_geo.errors import DataError
from territory_geo.plan.constraints import KINDS, Constraint, DisruptionBudget, Together

_KINDS = {kind.__name__.lower(): kind for kind in KINDS}


def statement_record(constraint: Constraint) -> dict[str, Any]:
    """Return a constraint as plain values: its kind, and its fields."""
    record: dict[str, Any] = {"kind": type(constraint).__name__.lower()}
    for field in fields(constraint):
        value = getattr(constraint, field.name)
        if field.name in ("caps", "price"):
            value = dict(value)
        record[field.name] = list(value) if isinstance(value, tuple) else value
    return record


def statement_of(record: dict[str, Any]) -> Constraint:
    """Return the constraint of a record that `statement_record` made.

    Raises
    ------
    DataError
        If its kind is unknown.
    """
    given = {name: value for name, value in record.items() if name != "kind"}
    kind = _KINDS.get(record["kind"])
    if kind is None:
        raise DataError(f"There is no constraint of the kind {record['kind']!r}. Known are {', '.join(_KINDS)}.")
    if kind is Together:
        return Together._of_units(tuple(given["units"]), given["name"])
    if kind is DisruptionBudget:
        return DisruptionBudget(given["caps"], price=given["price"], per=given["per"], name=given["name"])
    constraint: Constraint = kind(**given)
    return constraint
