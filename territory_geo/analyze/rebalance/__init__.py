"""From today's alignment to a plan within its tolerances, by as little change as possible."""

from territory_geo.analyze.rebalance.fewest import Rebalancing, rebalance
from territory_geo.analyze.rebalance.leaving import reassign

__all__ = ["Rebalancing", "reassign", "rebalance"]
