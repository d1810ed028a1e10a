"""The public names of the package, pinned: adding or removing one is a decision, recorded here.

Names are loaded on first use, so each is also resolved once.
"""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
from pathlib import Path

import pytest

import territory_geo as tg

PUBLIC = {
    # reading
    "Accounts",
    "Reps",
    "TextFormat",
    "explore",
    "extend_plan",
    "read_accounts",
    "read_reps",
    "geocode",
    "Geocoded",
    "samples",
    # what is there
    "BasicUnits",
    "ContiguityGraph",
    "DistanceMatrix",
    "Extension",
    "GreatCircle",
    "Planar",
    "RoadNetwork",
    "RowCache",
    "SpeedProfile",
    "calibrate",
    # the question
    "AccountRange",
    "Apart",
    "BorderLength",
    "DisruptionBudget",
    "HomeInside",
    "KeepWhole",
    "MaxRadius",
    "OverlapCost",
    "Together",
    "Bounds",
    "Forbid",
    "Lock",
    "TerritoryProblem",
    "Travel",
    # the search
    "FirstFeasible",
    "GapBelow",
    "MaxIterations",
    "MaxRuntime",
    "NoImprovement",
    "Solution",
    "Status",
    "design",
    "solve",
    # the answer
    "TerritoryPlan",
    "load_plan",
    "locks_from",
    "report",
    # plans side by side, why, and edits by hand
    "Comparison",
    "EditReport",
    "apply_edits",
    "compare",
    "comparison_figure",
    "comparison_page",
    "comparison_style",
    "explain",
    "write_comparison",
    # from today to a plan near it, and the trade between change and travel
    "Frontier",
    "Rebalancing",
    "frontier",
    "frontier_figure",
    "merge_forces",
    "reassign",
    "write_frontier",
    "rebalance",
    # what happened, and the figures it makes
    "Alignment",
    "CRM",
    "KpiOptions",
    "account_cards",
    "fair_ranking",
    "influence_map",
    "influence_svg",
    "kpi_definitions",
    "kpi_scores",
    "kpi_style",
    "kpis",
    "read_crm",
    "scorecards_page",
    "white_space",
    "write_kpis",
    # the work
    "CallPolicy",
    "Quotas",
    "Response",
    "RoutePlan",
    "Sizing",
    "TourModel",
    "WorkRules",
    "Workload",
    "calibrate_tours",
    "compare_hours",
    "plan_routes",
    "project_growth",
    "set_quotas",
    "size_force",
    # segments, account teams, overlays, both models in one plan, advice
    "Advice",
    "AdviceTerms",
    "HybridPlan",
    "HybridProblem",
    "HybridSolution",
    "advise",
    "solve_hybrid",
    "split_named",
    "write_advice",
    "write_hybrid",
    "IdealProfile",
    "OverlayReport",
    "OverlaySolution",
    "SalesForce",
    "SegmentRules",
    "Segments",
    "TeamPlan",
    "TeamPrices",
    "TeamProblem",
    "TeamRole",
    "TeamSolution",
    "Trait",
    "check_overlays",
    "design_overlay",
    "segment_accounts",
    "solve_teams",
    "together_by",
    "usual_roles",
    "write_teams",
    # what can go wrong
    "DataError",
    "MissingDependency",
    "OptionError",
    "TerritoryGeoError",
    "VerificationError",
}


def test_the_public_names_are_exactly_these() -> None:
    assert {name for name in tg.__all__ if not name.startswith("__")} == PUBLIC
    assert len(tg.__all__) == len(set(tg.__all__))


def test_the_stub_knows_the_same_names_at_the_same_places() -> None:
    tree = ast.parse(Path(tg.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    told = {name.name: line.module for line in tree.body if isinstance(line, ast.ImportFrom) for name in line.names}
    homes = {name: tg._WHERE.get(name) for name in PUBLIC} | {"__version__": "territory_geo._version"}
    assert told == homes | {"samples": "territory_geo.geodata"}


def test_dir_lists_the_public_names() -> None:
    assert set(dir(tg)) >= PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_name_resolves_and_says_what_it_is(name: str) -> None:
    value = getattr(tg, name)
    assert inspect.getdoc(value), f"{name} has no docstring"
    home = value.__name__ if inspect.ismodule(value) else value.__module__
    assert home.startswith("territory_geo.")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        tg.no_such_name  # noqa: B018


def test_the_version_is_the_installed_one() -> None:
    assert tg.__version__ == importlib.metadata.version("territory-geo")
