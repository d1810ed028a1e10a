"""Account teams: from a question to an integer program, its bound, its solution, and why there is none."""

from territory_geo.optimize.teams.solution import TeamSolution
from territory_geo.optimize.teams.solve import solve_teams

__all__ = ["TeamSolution", "solve_teams"]
