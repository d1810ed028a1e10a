"""What type checkers and editors know of the public names, which are loaded when first used."""

from territory_geo._version import __version__ as __version__
from territory_geo.analyze.advisor import (
    Advice as Advice,
)
from territory_geo.analyze.advisor import (
    AdviceTerms as AdviceTerms,
)
from territory_geo.analyze.advisor import (
    advise as advise,
)
from territory_geo.analyze.compare import (
    Comparison as Comparison,
)
from territory_geo.analyze.compare import (
    compare as compare,
)
from territory_geo.analyze.edits import (
    EditReport as EditReport,
)
from territory_geo.analyze.edits import (
    apply_edits as apply_edits,
)
from territory_geo.analyze.explain import explain as explain
from territory_geo.analyze.frontier import Frontier as Frontier
from territory_geo.analyze.frontier import frontier as frontier
from territory_geo.analyze.growth.extend import (
    Extension as Extension,
)
from territory_geo.analyze.growth.extend import (
    extend_plan as extend_plan,
)
from territory_geo.analyze.growth.projection import project_growth as project_growth
from territory_geo.analyze.hours import compare_hours as compare_hours
from territory_geo.analyze.kpis import (
    Alignment as Alignment,
)
from territory_geo.analyze.kpis import (
    KpiOptions as KpiOptions,
)
from territory_geo.analyze.kpis import (
    account_cards as account_cards,
)
from territory_geo.analyze.kpis import (
    fair_ranking as fair_ranking,
)
from territory_geo.analyze.kpis import (
    influence_map as influence_map,
)
from territory_geo.analyze.kpis import (
    kpi_definitions as kpi_definitions,
)
from territory_geo.analyze.kpis import (
    kpi_scores as kpi_scores,
)
from territory_geo.analyze.kpis import (
    kpis as kpis,
)
from territory_geo.analyze.kpis import (
    white_space as white_space,
)
from territory_geo.analyze.overlays import (
    OverlayReport as OverlayReport,
)
from territory_geo.analyze.overlays import (
    OverlaySolution as OverlaySolution,
)
from territory_geo.analyze.overlays import (
    SalesForce as SalesForce,
)
from territory_geo.analyze.overlays import (
    check_overlays as check_overlays,
)
from territory_geo.analyze.overlays import (
    design_overlay as design_overlay,
)
from territory_geo.analyze.quotas import (
    Quotas as Quotas,
)
from territory_geo.analyze.quotas import (
    set_quotas as set_quotas,
)
from territory_geo.analyze.rebalance import Rebalancing as Rebalancing
from territory_geo.analyze.rebalance import merge_forces as merge_forces
from territory_geo.analyze.rebalance import reassign as reassign
from territory_geo.analyze.rebalance import rebalance as rebalance
from territory_geo.analyze.response import Response as Response
from territory_geo.analyze.routes import (
    RoutePlan as RoutePlan,
)
from territory_geo.analyze.routes import (
    plan_routes as plan_routes,
)
from territory_geo.analyze.sizing import (
    Sizing as Sizing,
)
from territory_geo.analyze.sizing import (
    size_force as size_force,
)
from territory_geo.demand.policy import CallPolicy as CallPolicy
from territory_geo.demand.profile import (
    IdealProfile as IdealProfile,
)
from territory_geo.demand.profile import (
    SegmentRules as SegmentRules,
)
from territory_geo.demand.profile import (
    Trait as Trait,
)
from territory_geo.demand.rules import WorkRules as WorkRules
from territory_geo.demand.segments import (
    Segments as Segments,
)
from territory_geo.demand.segments import (
    segment_accounts as segment_accounts,
)
from territory_geo.demand.tours.calibrate import calibrate_tours as calibrate_tours
from territory_geo.demand.tours.estimate import TourModel as TourModel
from territory_geo.demand.workload import Workload as Workload
from territory_geo.errors import (
    DataError as DataError,
)
from territory_geo.errors import (
    MissingDependency as MissingDependency,
)
from territory_geo.errors import (
    OptionError as OptionError,
)
from territory_geo.errors import (
    TerritoryGeoError as TerritoryGeoError,
)
from territory_geo.errors import (
    VerificationError as VerificationError,
)
from territory_geo.geodata import samples as samples
from territory_geo.geodata.accounts import (
    Accounts as Accounts,
)
from territory_geo.geodata.accounts import (
    read_accounts as read_accounts,
)
from territory_geo.geodata.contiguity import ContiguityGraph as ContiguityGraph
from territory_geo.geodata.crm import (
    CRM as CRM,
)
from territory_geo.geodata.crm import (
    read_crm as read_crm,
)
from territory_geo.geodata.distance import (
    GreatCircle as GreatCircle,
)
from territory_geo.geodata.distance import (
    Planar as Planar,
)
from territory_geo.geodata.geocode import (
    Geocoded as Geocoded,
)
from territory_geo.geodata.geocode import (
    geocode as geocode,
)
from territory_geo.geodata.matrix import DistanceMatrix as DistanceMatrix
from territory_geo.geodata.readers.dialect import TextFormat as TextFormat
from territory_geo.geodata.reps import (
    Reps as Reps,
)
from territory_geo.geodata.reps import (
    read_reps as read_reps,
)
from territory_geo.geodata.roads import (
    RoadNetwork as RoadNetwork,
)
from territory_geo.geodata.roads import (
    RowCache as RowCache,
)
from territory_geo.geodata.roads import (
    calibrate as calibrate,
)
from territory_geo.geodata.speed import SpeedProfile as SpeedProfile
from territory_geo.geodata.units import BasicUnits as BasicUnits
from territory_geo.optimize.hybrid import (
    HybridSolution as HybridSolution,
)
from territory_geo.optimize.hybrid import (
    solve_hybrid as solve_hybrid,
)
from territory_geo.optimize.solution import (
    Solution as Solution,
)
from territory_geo.optimize.solution import (
    Status as Status,
)
from territory_geo.optimize.solve import solve as solve
from territory_geo.optimize.stop import (
    FirstFeasible as FirstFeasible,
)
from territory_geo.optimize.stop import (
    GapBelow as GapBelow,
)
from territory_geo.optimize.stop import (
    MaxIterations as MaxIterations,
)
from territory_geo.optimize.stop import (
    MaxRuntime as MaxRuntime,
)
from territory_geo.optimize.stop import (
    NoImprovement as NoImprovement,
)
from territory_geo.optimize.teams import (
    TeamSolution as TeamSolution,
)
from territory_geo.optimize.teams import (
    solve_teams as solve_teams,
)
from territory_geo.plan.constraints import (
    AccountRange as AccountRange,
)
from territory_geo.plan.constraints import (
    Apart as Apart,
)
from territory_geo.plan.constraints import (
    BorderLength as BorderLength,
)
from territory_geo.plan.constraints import (
    Bounds as Bounds,
)
from territory_geo.plan.constraints import (
    DisruptionBudget as DisruptionBudget,
)
from territory_geo.plan.constraints import (
    Forbid as Forbid,
)
from territory_geo.plan.constraints import (
    HomeInside as HomeInside,
)
from territory_geo.plan.constraints import (
    KeepWhole as KeepWhole,
)
from territory_geo.plan.constraints import (
    Lock as Lock,
)
from territory_geo.plan.constraints import (
    MaxRadius as MaxRadius,
)
from territory_geo.plan.constraints import (
    OverlapCost as OverlapCost,
)
from territory_geo.plan.constraints import (
    Together as Together,
)
from territory_geo.plan.edits import locks_from as locks_from
from territory_geo.plan.grouping import together_by as together_by
from territory_geo.plan.hybrid.plan import HybridPlan as HybridPlan
from territory_geo.plan.hybrid.problem import (
    HybridProblem as HybridProblem,
)
from territory_geo.plan.hybrid.problem import (
    split_named as split_named,
)
from territory_geo.plan.objective import Travel as Travel
from territory_geo.plan.plan import TerritoryPlan as TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem as TerritoryProblem
from territory_geo.plan.storage import load_plan as load_plan
from territory_geo.plan.teams.plan import TeamPlan as TeamPlan
from territory_geo.plan.teams.problem import TeamProblem as TeamProblem
from territory_geo.plan.teams.roles import (
    TeamPrices as TeamPrices,
)
from territory_geo.plan.teams.roles import (
    TeamRole as TeamRole,
)
from territory_geo.plan.teams.roles import (
    usual_roles as usual_roles,
)
from territory_geo.render.advice import write_advice as write_advice
from territory_geo.render.compare import (
    comparison_figure as comparison_figure,
)
from territory_geo.render.compare import (
    comparison_page as comparison_page,
)
from territory_geo.render.compare import (
    comparison_style as comparison_style,
)
from territory_geo.render.compare import (
    write_comparison as write_comparison,
)
from territory_geo.render.duties import write_teams as write_teams
from territory_geo.render.explore import explore as explore
from territory_geo.render.frontier import frontier_figure as frontier_figure
from territory_geo.render.frontier import write_frontier as write_frontier
from territory_geo.render.hybrid import write_hybrid as write_hybrid
from territory_geo.render.kpis import (
    influence_svg as influence_svg,
)
from territory_geo.render.kpis import (
    kpi_style as kpi_style,
)
from territory_geo.render.kpis import (
    scorecards_page as scorecards_page,
)
from territory_geo.render.kpis import (
    write_kpis as write_kpis,
)
from territory_geo.render.report import report as report
from territory_geo.study import design as design
