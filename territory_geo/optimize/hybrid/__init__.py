"""Hybrid selling: teams and geography solved in turn over one pool of hours, until the hours settle."""

from territory_geo.optimize.hybrid.solution import HybridSolution
from territory_geo.optimize.hybrid.solve import solve_hybrid

__all__ = ["HybridSolution", "solve_hybrid"]
