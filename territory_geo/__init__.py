"""Balanced, contiguous sales territories from a customer table, as maps and reports.

The public names are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from territory_geo._version import __version__

if TYPE_CHECKING:
    from territory_geo.analyze.advisor import Advice, AdviceTerms, advise
    from territory_geo.analyze.growth.extend import Extension, extend_plan
    from territory_geo.analyze.growth.projection import project_growth
    from territory_geo.analyze.hours import compare_hours
    from territory_geo.analyze.kpis import (
        Alignment,
        KpiOptions,
        fair_ranking,
        influence_map,
        kpi_definitions,
        kpi_scores,
        kpis,
        white_space,
    )
    from territory_geo.analyze.overlays import OverlayReport, SalesForce, check_overlays
    from territory_geo.analyze.quotas import Quotas, set_quotas
    from territory_geo.analyze.response import Response
    from territory_geo.analyze.routes import RoutePlan, plan_routes
    from territory_geo.analyze.sizing import Sizing, size_force
    from territory_geo.demand.policy import CallPolicy
    from territory_geo.demand.profile import IdealProfile, SegmentRules, Trait
    from territory_geo.demand.rules import WorkRules
    from territory_geo.demand.segments import Segments, segment_accounts
    from territory_geo.demand.tours.calibrate import calibrate_tours
    from territory_geo.demand.tours.estimate import TourModel
    from territory_geo.demand.workload import Workload
    from territory_geo.errors import (
        DataError,
        MissingDependency,
        OptionError,
        TerritoryGeoError,
        VerificationError,
    )
    from territory_geo.geodata import samples
    from territory_geo.geodata.accounts import Accounts, read_accounts
    from territory_geo.geodata.contiguity import ContiguityGraph
    from territory_geo.geodata.crm import CRM, read_crm
    from territory_geo.geodata.distance import GreatCircle, Planar
    from territory_geo.geodata.geocode import Geocoded, geocode
    from territory_geo.geodata.matrix import DistanceMatrix
    from territory_geo.geodata.readers.dialect import TextFormat
    from territory_geo.geodata.reps import Reps, read_reps
    from territory_geo.geodata.roads import RoadNetwork, RowCache, calibrate
    from territory_geo.geodata.speed import SpeedProfile
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.optimize.hybrid import HybridSolution, solve_hybrid
    from territory_geo.optimize.solution import Solution, Status
    from territory_geo.optimize.solve import solve
    from territory_geo.optimize.stop import FirstFeasible, GapBelow, MaxIterations, MaxRuntime, NoImprovement
    from territory_geo.optimize.teams import TeamSolution, solve_teams
    from territory_geo.plan.constraints import (
        AccountRange,
        Apart,
        BorderLength,
        Bounds,
        DisruptionBudget,
        Forbid,
        HomeInside,
        KeepWhole,
        Lock,
        MaxRadius,
        OverlapCost,
        Together,
    )
    from territory_geo.plan.hybrid.plan import HybridPlan
    from territory_geo.plan.hybrid.problem import HybridProblem, split_named
    from territory_geo.plan.objective import Travel
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem
    from territory_geo.plan.storage import load_plan
    from territory_geo.plan.teams.plan import TeamPlan
    from territory_geo.plan.teams.problem import TeamProblem
    from territory_geo.plan.teams.roles import TeamPrices, TeamRole, usual_roles
    from territory_geo.render.advice import write_advice
    from territory_geo.render.duties import write_teams
    from territory_geo.render.explore import explore
    from territory_geo.render.hybrid import write_hybrid
    from territory_geo.render.kpis import influence_svg, kpi_style, scorecards_page, write_kpis
    from territory_geo.render.report import report
    from territory_geo.study import design

_HOMES = {
    "territory_geo.analyze.overlays": ("OverlayReport", "SalesForce", "check_overlays"),
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
        "fair_ranking",
        "influence_map",
        "kpi_definitions",
        "kpi_scores",
        "kpis",
        "white_space",
    ),
    "territory_geo.analyze.advisor": ("Advice", "AdviceTerms", "advise"),
    "territory_geo.analyze.growth.extend": ("Extension", "extend_plan"),
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
    "territory_geo.plan.plan": ("TerritoryPlan",),
    "territory_geo.plan.objective": ("Travel",),
    "territory_geo.plan.problem": ("TerritoryProblem",),
    "territory_geo.plan.storage": ("load_plan",),
    "territory_geo.render.explore": ("explore",),
    "territory_geo.render.kpis": ("influence_svg", "kpi_style", "scorecards_page", "write_kpis"),
    "territory_geo.render.report": ("report",),
    "territory_geo.study": ("design",),
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "CRM",
    "AccountRange",
    "Accounts",
    "Advice",
    "AdviceTerms",
    "Alignment",
    "Apart",
    "BasicUnits",
    "BorderLength",
    "Bounds",
    "CallPolicy",
    "ContiguityGraph",
    "DataError",
    "DisruptionBudget",
    "DistanceMatrix",
    "Extension",
    "FirstFeasible",
    "Forbid",
    "GapBelow",
    "Geocoded",
    "GreatCircle",
    "HomeInside",
    "HybridPlan",
    "HybridProblem",
    "HybridSolution",
    "IdealProfile",
    "KeepWhole",
    "KpiOptions",
    "Lock",
    "MaxIterations",
    "MaxRadius",
    "MaxRuntime",
    "MissingDependency",
    "NoImprovement",
    "OptionError",
    "OverlapCost",
    "OverlayReport",
    "Planar",
    "Quotas",
    "Reps",
    "Response",
    "RoadNetwork",
    "RoutePlan",
    "RowCache",
    "SalesForce",
    "SegmentRules",
    "Segments",
    "Sizing",
    "Solution",
    "SpeedProfile",
    "Status",
    "TeamPlan",
    "TeamPrices",
    "TeamProblem",
    "TeamRole",
    "TeamSolution",
    "TerritoryGeoError",
    "TerritoryPlan",
    "TerritoryProblem",
    "TextFormat",
    "Together",
    "TourModel",
    "Trait",
    "Travel",
    "VerificationError",
    "WorkRules",
    "Workload",
    "__version__",
    "advise",
    "calibrate",
    "calibrate_tours",
    "check_overlays",
    "compare_hours",
    "design",
    "explore",
    "extend_plan",
    "fair_ranking",
    "geocode",
    "influence_map",
    "influence_svg",
    "kpi_definitions",
    "kpi_scores",
    "kpi_style",
    "kpis",
    "load_plan",
    "plan_routes",
    "project_growth",
    "read_accounts",
    "read_crm",
    "read_reps",
    "report",
    "samples",
    "scorecards_page",
    "segment_accounts",
    "set_quotas",
    "size_force",
    "solve",
    "solve_hybrid",
    "solve_teams",
    "split_named",
    "usual_roles",
    "white_space",
    "write_advice",
    "write_hybrid",
    "write_kpis",
    "write_teams",
]


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
    return sorted(__all__)
