"""The advice of a study: all accounts in territories, the named ones out of them with teams, and the two compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from territory_geo.demand.profile import SegmentRules
from territory_geo.progress import Progress
from territory_geo.study.hybrid import Sorting
from territory_geo.study.selling import AdviseKeys, HybridKeys, owning_reps, team_problem

if TYPE_CHECKING:
    import pandas as pd

    from territory_geo.analyze.advisor import Advice
    from territory_geo.demand.segments import Segments
    from territory_geo.geodata.crm import CRM
    from territory_geo.study.schema import Study


def advice_of(study: Study, base: Path, progress: Progress) -> Advice:
    """Return the advice that a study asks for.

    Raises
    ------
    DataError, OptionError
        If the data, the people or the options cannot be used.
    """
    from territory_geo.analyze.advisor import AdviceTerms, advise
    from territory_geo.plan.hybrid.problem import HybridProblem
    from territory_geo.study.stating import problem_of, stop_of

    assert study.advise is not None
    assert study.teams is not None
    keys, hybrid = study.advise, study.hybrid or HybridKeys(hours=next(iter(study.design.balance)))
    everything = problem_of(study, base, progress)
    sorting = Sorting(study.model_copy(update={"hybrid": hybrid}), base)
    rest = problem_of(study, base, progress, sorting)
    assert sorting.named is not None
    own = owning_reps(hybrid, rest.reps, sorting.owners)
    teams, _ = team_problem(study.teams, sorting.named, sorting.owners, base, own)
    terms = AdviceTerms(keys.cost_per_hour, keys.margin, keys.depth, keys.reach)
    return advise(
        everything, HybridProblem(rest, teams, hours=hybrid.hours, per_visit_km=hybrid.per_visit_km),
        value=keys.value, segments=_segments(keys, sorting, everything.units.members), crm=_crm(keys, base),
        growth=keys.growth, years=keys.years, terms=terms, stop=stop_of(study.search), turns=hybrid.turns,
        exchanges=hybrid.exchanges,
        gap=max(study.teams.gap, keys.gap), work=study.teams.work, seed=study.search.seed, progress=progress,
    )  # fmt: skip


def _segments(keys: AdviseKeys, sorting: Sorting, members: pd.DataFrame) -> Segments | str:
    """Return the rules' segments, or where these only say which accounts are named, the accounts' own column."""
    found = sorting.segments
    if found is None:
        return keys.segment
    ruled = found.profile.thresholds if isinstance(found.profile, SegmentRules) else found.profile.cuts
    return keys.segment if set(ruled) == {"named"} and keys.segment in members.columns else found


def _crm(keys: AdviseKeys, base: Path) -> CRM | None:
    from territory_geo.geodata.crm import read_crm

    tables = {name: getattr(keys, name) for name in ("contacts", "opportunities")}
    given = {name: base / path for name, path in tables.items() if path is not None}
    return read_crm(**given) if given else None
