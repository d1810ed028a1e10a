"""From today's alignment to a plan within its tolerances by little change; a rep leaves, two forces merge."""

from territory_geo.analyze.rebalance.fewest import Rebalancing, rebalance
from territory_geo.analyze.rebalance.leaving import reassign
from territory_geo.analyze.rebalance.merging import merge_forces

__all__ = ["Rebalancing", "merge_forces", "reassign", "rebalance"]
