"""What arithmetic alone can tell about a problem, before any search.

Every "impossible" here is a proof; its words go into the solution's reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from territory_geo.plan.check.blocks import Blocks
from territory_geo.plan.check.budgets import about_budgets
from territory_geo.plan.check.measures import about_measures
from territory_geo.plan.check.named import about_names
from territory_geo.plan.check.pieces import about_pieces
from territory_geo.plan.check.radius import about_radius
from territory_geo.plan.check.words import SLACK, amount, precise

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

__all__ = ["SLACK", "amount", "findings", "impossibility", "precise"]

MOST_REASONS = 5
"""Proofs that are told in one sentence."""


def findings(problem: TerritoryProblem) -> pd.DataFrame:
    """Return the table of `TerritoryProblem.check`."""
    blocks = Blocks.of(problem)
    rows = [*about_measures(problem, blocks), *about_pieces(problem, blocks), *about_names(problem, blocks)]
    rows += [*about_radius(problem, blocks), *about_budgets(problem, blocks)]
    return pd.DataFrame(rows, columns=["finding", "detail", "verdict"])


def impossibility(problem: TerritoryProblem) -> str | None:
    """Return the reasons why no plan can exist, in words, or None where arithmetic sees none."""
    table = findings(problem)
    reasons = table.loc[table["verdict"] == "impossible", "detail"]
    told = list(dict.fromkeys(reasons))
    more = [f"and {len(told) - MOST_REASONS} more, see problem.check()"] if len(told) > MOST_REASONS else []
    return "; ".join([*told[:MOST_REASONS], *more]) if told else None
