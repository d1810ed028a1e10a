"""Balanced, contiguous sales territories from a customer table, as maps and reports.

The public names are loaded when first used, so that importing the package costs nothing; `__init__.pyi` tells type
checkers where they are.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from territory_geo._version import __version__ as __version__

_HOMES = {
    "territory_geo.analyze.compare": ("Comparison", "compare"),
    "territory_geo.analyze.edits": ("EditReport", "apply_edits"),
    "territory_geo.analyze.explain": ("explain",),
    "territory_geo.analyze.overlays": (
        "OverlayReport",
        "OverlaySolution",
        "SalesForce",
        "check_overlays",
        "design_overlay",
    ),
    "territory_geo.demand.profile": ("IdealProfile", "SegmentRules", "Trait"),
    "territory_geo.demand.segments": ("Segments", "segment_accounts"),
    "territory_geo.optimize.hybrid": ("HybridSolution", "solve_hybrid"),
    "territory_geo.plan.hybrid.plan": ("HybridPlan",),
    "territory_geo.plan.hybrid.problem": ("HybridProblem", "split_named"),
    "territory_geo.optimize.teams": ("TeamSolution", "solve_teams"),
    "territory_geo.plan.teams.plan": ("TeamPlan",),
    "territory_geo.plan.teams.problem": ("TeamProblem",),
    "territory_geo.plan.teams.roles": ("TeamPrices", "TeamRole", "usual_roles"),
    "territory_geo.render.advice": ("write_advice",),
    "territory_geo.render.duties": ("write_teams",),
    "territory_geo.render.hybrid": ("write_hybrid",),
    "territory_geo.analyze.kpis": (
        "Alignment",
        "KpiOptions",
        "account_cards",
        "fair_ranking",
        "influence_map",
        "kpi_definitions",
        "kpi_scores",
        "kpis",
        "white_space",
    ),
    "territory_geo.analyze.advisor": ("Advice", "AdviceTerms", "advise"),
    "territory_geo.analyze.growth.extend": ("Extension", "extend_plan"),
    "territory_geo.analyze.frontier": ("Frontier", "frontier"),
    "territory_geo.analyze.rebalance": ("Rebalancing", "merge_forces", "reassign", "rebalance"),
    "territory_geo.analyze.growth.projection": ("project_growth",),
    "territory_geo.analyze.quotas": ("Quotas", "set_quotas"),
    "territory_geo.analyze.response": ("Response",),
    "territory_geo.analyze.hours": ("compare_hours",),
    "territory_geo.analyze.routes": ("RoutePlan", "plan_routes"),
    "territory_geo.analyze.sizing": ("Sizing", "size_force"),
    "territory_geo.demand.policy": ("CallPolicy",),
    "territory_geo.demand.rules": ("WorkRules",),
    "territory_geo.demand.tours.calibrate": ("calibrate_tours",),
    "territory_geo.demand.tours.estimate": ("TourModel",),
    "territory_geo.demand.workload": ("Workload",),
    "territory_geo.errors": (
        "DataError",
        "MissingDependency",
        "OptionError",
        "TerritoryGeoError",
        "VerificationError",
    ),
    "territory_geo.geodata.accounts": ("Accounts", "read_accounts"),
    "territory_geo.geodata.contiguity": ("ContiguityGraph",),
    "territory_geo.geodata.crm": ("CRM", "read_crm"),
    "territory_geo.geodata.distance": ("GreatCircle", "Planar"),
    "territory_geo.geodata.geocode": ("Geocoded", "geocode"),
    "territory_geo.geodata.matrix": ("DistanceMatrix",),
    "territory_geo.geodata.readers.dialect": ("TextFormat",),
    "territory_geo.geodata.reps": ("Reps", "read_reps"),
    "territory_geo.geodata.roads": ("RoadNetwork", "RowCache", "calibrate"),
    "territory_geo.geodata.speed": ("SpeedProfile",),
    "territory_geo.geodata.units": ("BasicUnits",),
    "territory_geo.optimize.solution": ("Solution", "Status"),
    "territory_geo.optimize.solve": ("solve",),
    "territory_geo.optimize.stop": ("FirstFeasible", "GapBelow", "MaxIterations", "MaxRuntime", "NoImprovement"),
    "territory_geo.plan.constraints": (
        "AccountRange",
        "Apart",
        "BorderLength",
        "Bounds",
        "DisruptionBudget",
        "Forbid",
        "HomeInside",
        "KeepWhole",
        "Lock",
        "MaxRadius",
        "OverlapCost",
        "Together",
    ),
    "territory_geo.plan.edits": ("locks_from",),
    "territory_geo.plan.grouping": ("together_by",),
    "territory_geo.plan.plan": ("TerritoryPlan",),
    "territory_geo.plan.objective": ("Travel",),
    "territory_geo.plan.problem": ("TerritoryProblem",),
    "territory_geo.plan.storage": ("load_plan",),
    "territory_geo.render.explore": ("explore",),
    "territory_geo.render.compare": (
        "comparison_figure",
        "comparison_page",
        "comparison_style",
        "write_comparison",
    ),
    "territory_geo.render.frontier": ("frontier_figure", "write_frontier"),
    "territory_geo.render.kpis": ("influence_svg", "kpi_style", "scorecards_page", "write_kpis"),
    "territory_geo.render.report": ("report",),
    "territory_geo.study": ("design",),
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(["__version__", "samples", *_WHERE])


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (SPEC 1)."""
    if name == "samples":
        return import_module("territory_geo.geodata.samples")
    if name in _WHERE:
        value = getattr(import_module(_WHERE[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
