"""plan.json: what a plan comes to, in figures, with what was read and what was noticed."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory_geo._version import __version__
from territory_geo.geodata.ids import texts
from territory_geo.plan.current import owners_of
from territory_geo.render.export.tables import formulas

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem

RULES = ("overlap", "cut_edges", "border_km", "splits", "disruption", "constraints", "penalties")
"""Of a plan's figures: what constraints and today's alignment are about."""


def plan_record(plan: TerritoryPlan) -> dict[str, Any]:
    """Return the content of plan.json, without the list of checks."""
    figures, made = plan.metrics, plan.provenance
    return {
        "status": made.get("status", "edited"),
        "objective": figures["travel"]["objective"],
        "bound": made.get("bound"),
        "bound_kind": made.get("bound_kind"),
        "gap": made.get("gap"),
        "seed": made.get("seed"),
        "iterations": made.get("iterations"),
        "runtime_s": round(float(made.get("runtime_s", 0.0)), 3),
        "n_territories": plan.problem.n_territories,
        "contiguous": figures["contiguous"],
        "bridges": _edges(plan, "bridges"),
        "cut_by_barriers": _edges(plan, "cut"),
        "findings": [*_findings(plan.problem), *_formulas(plan)],
        "balance": figures["balance"],
        "travel": {k: v for k, v in figures["travel"].items() if k != "objective"},
        **{name: figures[name] for name in RULES if name in figures},
        "input": input_record(plan.problem),
        "version": made.get("version", __version__),
    }


def _edges(plan: TerritoryPlan, which: str) -> list[dict[str, Any]]:
    """Return a graph's bridges, or the edges that barriers cut, as records."""
    if plan.problem.graph is None:
        return []
    table = getattr(plan.problem.graph, which)
    ends = zip(texts(table["u"]), texts(table["v"]), table["kind"], table["length_km"], strict=True)
    return [{"u": u, "v": v, "kind": kind, "km": float(km)} for u, v, kind, km in ends]


def _findings(problem: TerritoryProblem) -> list[dict[str, Any]]:
    """Return what was noticed about the units and their neighbours, such as the land mask."""
    tables = [problem.units.findings, *([] if problem.graph is None else [problem.graph.findings])]
    return [
        {"rule": str(row.rule), "rows": int(str(row.rows)), "example": str(row.example), "action": str(row.action)}
        for table in tables
        for row in table.itertuples()
    ]


def assignment_texts(plan: TerritoryPlan) -> list[Any]:
    """Return the columns of assignments.csv that hold texts of the data."""
    columns = [texts(plan.accounts[name]) for name in ("id", "unit", "territory")]
    current = plan.problem.current
    return columns if current is None else [*columns, owners_of(plan.problem.units, current)]


def _formulas(plan: TerritoryPlan) -> list[dict[str, Any]]:
    """Return a finding about ids that a spreadsheet would run, if there are any."""
    found = formulas(assignment_texts(plan)[:1])
    action = "kept by the letter in the CSV files, which programs read; in a spreadsheet open the workbook (.xlsx)"
    return [{"rule": "formula_text", "rows": len(found), "example": found[0], "action": action}] if found else []


def input_record(problem: TerritoryProblem) -> dict[str, Any]:
    """Return what was read: source, hash of its content, rows used and refused, units."""
    used, refused = len(problem.units.members), len(problem.units.rejects)
    units = problem.units
    areas = (
        {"areas": {"source": units.areas_source, "sha256": units.areas_sha256, "refused": len(units.refused_areas)}}
        if units.areas_source
        else {}
    )
    return {
        "source": problem.units.source,
        "sha256": problem.units.sha256,
        "rows_read": used + refused,
        "rows_used": used,
        "rows_rejected": refused,
        "units": len(problem.units),
        "shapes_mended": len(problem.units.mended_shapes),
        **areas,
    }


def write_json(path: Path, record: dict[str, Any]) -> None:
    """Write a record as JSON that a person can read."""
    text = json.dumps(_finite(record), indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    """Return a record with null for what JSON cannot say: a bound that is not there is infinite."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
