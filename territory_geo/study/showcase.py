"""The demo's map with everything that a map can show: today and the plan, homes, named accounts, findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from territory_geo.study.run import Result

NAMED_USD = 750_000
"""Potential from which an account of the demo company has a team of its own."""


def write_showcase(result: Result, base: Path) -> None:
    """Write the demo company's map again, with its reps, its account teams and what was found in its data.

    Parameters
    ----------
    result : Result
        Of the study ``demo_accounts.toml``; nothing happens if it has no plan.
    base : Path
        Folder of the shipped data.
    """
    from territory_geo.demand.profile import SegmentRules
    from territory_geo.demand.segments import segment_accounts
    from territory_geo.geodata.accounts import read_accounts
    from territory_geo.geodata.reps import read_reps
    from territory_geo.optimize.teams import solve_teams
    from territory_geo.plan.teams.problem import TeamProblem
    from territory_geo.render.map import map_with_today

    if result.solution.plan is None:
        return
    accounts = read_accounts(base / "accounts.csv")
    segments = segment_accounts(accounts, SegmentRules({"named": {"potential_usd": NAMED_USD}}))
    named = accounts.frame[accounts.frame["id"].isin(segments.accounts("named"))]
    teams = solve_teams(TeamProblem(named, read_reps(base / "team.csv")))
    page = map_with_today(
        result.solution.plan,
        title=result.study.outputs.title or result.study.name,
        reps=read_reps(base / "reps.csv"),
        teams=teams.plan,
        findings=accounts.findings,
    )
    page.save(str(result.directory / "map.html"))
