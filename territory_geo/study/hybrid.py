"""Running the parts of a study about how it is sold: named accounts leave, teams and territories are solved, files.

`run.py` calls in: before the units are made, instead of the plain search, and once the plan is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from territory_geo.progress import Progress
from territory_geo.study.selling import owning_reps, sorted_accounts, team_problem

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.demand.segments import Segments
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.optimize.hybrid import HybridSolution
    from territory_geo.optimize.stop import Stop
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem
    from territory_geo.study.schema import Study


class Sorting:
    """Sorts accounts while they are read: keeps the named ones and, where asked, takes them out of the geography."""

    def __init__(self, study: Study, base: Path) -> None:
        self.study, self.base = study, base
        self.segments: Segments | None = None
        self.named: pd.DataFrame | None = None
        self.owners: dict[str, str] = {}

    def __call__(self, accounts: Accounts) -> Accounts:
        """Return the accounts that stay in the geography."""
        from territory_geo.plan.hybrid.problem import split_named

        assert self.study.segments is not None
        self.segments, ids, self.owners = sorted_accounts(self.study.segments, accounts, self.base)
        if self.study.teams is None:
            return accounts
        self.named, rest = split_named(accounts, ids)
        return rest if self.study.hybrid is not None else accounts


def solved_hybrid(
    study: Study, problem: TerritoryProblem, sorting: Sorting, stop: Stop | None, progress: Progress
) -> tuple[HybridSolution, list[str]]:
    """Return territories and teams over one pool of hours, and what is to be said about the teams."""
    from territory_geo.optimize.hybrid import solve_hybrid
    from territory_geo.optimize.hybrid.solve import DEFAULT_STOP
    from territory_geo.optimize.stop import FirstFeasible
    from territory_geo.plan.hybrid.problem import HybridProblem

    assert study.hybrid is not None
    assert study.teams is not None
    assert sorting.named is not None
    keys = study.hybrid
    if keys.quick:
        stop = FirstFeasible() | (stop or DEFAULT_STOP)
    own = owning_reps(keys, problem.reps, sorting.owners)
    teams, notes = team_problem(study.teams, sorting.named, sorting.owners, sorting.base, own)
    asked = HybridProblem(problem, teams, hours=keys.hours, per_visit_km=keys.per_visit_km)
    solution = solve_hybrid(
        asked, stop=stop, turns=keys.turns, exchanges=keys.exchanges, gap=study.teams.gap, work=study.teams.work,
        seed=study.search.seed, progress=progress,
    )  # fmt: skip
    return solution, notes


def write_selling(
    study: Study, sorting: Sorting | None, plan: TerritoryPlan | None, hybrid: HybridSolution | None, directory: Path,
    progress: Progress,
) -> list[str]:  # fmt: skip
    """Write segments, teams or the hybrid plan, and the advice, each in its folder; return what is to be said."""
    from territory_geo.optimize.teams import solve_teams
    from territory_geo.render.duties import write_teams
    from territory_geo.render.export import named_failures
    from territory_geo.render.hybrid import write_hybrid

    notes: list[str] = []
    if sorting is not None and sorting.segments is not None:
        with named_failures(directory):
            directory.mkdir(parents=True, exist_ok=True)
            sorting.segments.frame.to_csv(directory / "segments.csv", lineterminator="\n", encoding="utf-8")
            sorting.segments.sensitivity().to_csv(directory / "sensitivity.csv", index=False, lineterminator="\n")
    if hybrid is not None:
        write_hybrid(hybrid, directory / "hybrid")
    elif study.teams is not None and sorting is not None and sorting.named is not None and plan is not None:
        progress("teams", 0.0, "who looks after named accounts")
        asked, notes = team_problem(study.teams, sorting.named, sorting.owners, sorting.base)
        found = solve_teams(asked, gap=study.teams.gap, work=study.teams.work, seed=study.search.seed)
        held = plan.accounts
        territories = dict(zip(held["id"].astype(str), held["territory"].astype(str), strict=True))
        write_teams(found, directory / "teams", territories=territories)
        progress("teams", 1.0, repr(found))
    if study.advise is not None and sorting is not None:
        from territory_geo.render.advice import write_advice
        from territory_geo.study.advise import advice_of

        write_advice(advice_of(study, sorting.base, progress), directory / "advice")
    return notes
