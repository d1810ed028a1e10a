"""Balanced, contiguous sales territories from a customer table, as maps and reports.

The public names are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from territory_geo._version import __version__

if TYPE_CHECKING:
    from territory_geo.analyze.overlays import OverlayReport, SalesForce, check_overlays
    from territory_geo.demand.profile import IdealProfile, SegmentRules, Trait
    from territory_geo.demand.segments import Segments, segment_accounts
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
    from territory_geo.geodata.distance import GreatCircle, Planar
    from territory_geo.geodata.geocode import Geocoded, geocode
    from territory_geo.geodata.matrix import DistanceMatrix
    from territory_geo.geodata.readers.dialect import TextFormat
    from territory_geo.geodata.reps import Reps, read_reps
    from territory_geo.geodata.roads import RoadNetwork, RowCache, calibrate
    from territory_geo.geodata.speed import SpeedProfile
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.optimize.solution import Solution, Status
    from territory_geo.optimize.solve import solve
    from territory_geo.optimize.stop import FirstFeasible, GapBelow, MaxIterations, MaxRuntime, NoImprovement
    from territory_geo.optimize.teams import TeamSolution, solve_teams
    from territory_geo.plan.constraints import Bounds, Forbid, Lock
    from territory_geo.plan.objective import Travel
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem
    from territory_geo.plan.storage import load_plan
    from territory_geo.plan.teams.plan import TeamPlan
    from territory_geo.plan.teams.problem import TeamProblem
    from territory_geo.plan.teams.roles import TeamPrices, TeamRole, usual_roles
    from territory_geo.render.duties import write_teams
    from territory_geo.render.findings import explore
    from territory_geo.study import design

_HOMES = {
    "territory_geo.analyze.overlays": ("OverlayReport", "SalesForce", "check_overlays"),
    "territory_geo.demand.profile": ("IdealProfile", "SegmentRules", "Trait"),
    "territory_geo.demand.segments": ("Segments", "segment_accounts"),
    "territory_geo.errors": (
        "DataError",
        "MissingDependency",
        "OptionError",
        "TerritoryGeoError",
        "VerificationError",
    ),
    "territory_geo.geodata.accounts": ("Accounts", "read_accounts"),
    "territory_geo.geodata.contiguity": ("ContiguityGraph",),
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
    "territory_geo.optimize.teams": ("TeamSolution", "solve_teams"),
    "territory_geo.plan.constraints": ("Bounds", "Forbid", "Lock"),
    "territory_geo.plan.plan": ("TerritoryPlan",),
    "territory_geo.plan.objective": ("Travel",),
    "territory_geo.plan.problem": ("TerritoryProblem",),
    "territory_geo.plan.storage": ("load_plan",),
    "territory_geo.plan.teams.plan": ("TeamPlan",),
    "territory_geo.plan.teams.problem": ("TeamProblem",),
    "territory_geo.plan.teams.roles": ("TeamPrices", "TeamRole", "usual_roles"),
    "territory_geo.render.duties": ("write_teams",),
    "territory_geo.render.findings": ("explore",),
    "territory_geo.study": ("design",),
}
_WHERE = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Accounts",
    "BasicUnits",
    "Bounds",
    "ContiguityGraph",
    "DataError",
    "DistanceMatrix",
    "FirstFeasible",
    "Forbid",
    "GapBelow",
    "Geocoded",
    "GreatCircle",
    "IdealProfile",
    "Lock",
    "MaxIterations",
    "MaxRuntime",
    "MissingDependency",
    "NoImprovement",
    "OptionError",
    "OverlayReport",
    "Planar",
    "Reps",
    "RoadNetwork",
    "RowCache",
    "SalesForce",
    "SegmentRules",
    "Segments",
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
    "Trait",
    "Travel",
    "VerificationError",
    "__version__",
    "calibrate",
    "check_overlays",
    "design",
    "explore",
    "geocode",
    "load_plan",
    "read_accounts",
    "read_reps",
    "samples",
    "segment_accounts",
    "solve",
    "solve_teams",
    "usual_roles",
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
