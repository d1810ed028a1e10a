"""The trade between travel, disruption and balance: a dozen full plans, and where the bend is."""

from territory_geo.analyze.frontier.frontier import Frontier, frontier

__all__ = ["Frontier", "frontier"]
