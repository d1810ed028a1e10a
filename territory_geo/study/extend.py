"""The part of a study about a new market or a new rep: the neighbours of the plan make room, everybody else stays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from territory_geo.study.parts import Part, Share, Text

if TYPE_CHECKING:
    from territory_geo.analyze.growth.extend import Extension
    from territory_geo.optimize.stop import Stop
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.progress import Progress
    from territory_geo.study.asked import Data
    from territory_geo.study.work_keys import WorkKeys


class ExtendKeys(Part):
    """A new market, a new rep or both, fitted into the plan; see `extend_plan`.

    `accounts` is a file with all accounts, today's and the new ones, in the columns of the study's own; `reps` one with
    the new reps. `disruption` is how much of what the territories hold may change rep, such as ``{ revenue = 0.05 }``.
    """

    accounts: Text | None = None
    reps: Text | None = None
    disruption: Annotated[dict[str, Share], Field(min_length=1)]

    @model_validator(mode="after")
    def _something(self) -> ExtendKeys:
        if self.accounts is None and self.reps is None:
            raise ValueError("needs accounts (a file of all, with the new ones), reps (who joins), or both")
        return self


def write_extension(
    plan: TerritoryPlan,
    keys: ExtendKeys,
    data: Data,
    work: WorkKeys | None,
    base: Path,
    folder: Path,
    *,
    title: str,
    stop: Stop | None,
    seed: int,
    progress: Progress,
) -> Extension:
    """Fit the new market or rep into a plan; write the new plan's files, changes.csv and moves.csv.

    Parameters
    ----------
    plan : TerritoryPlan
        Of the study.
    keys : ExtendKeys
        What is new.
    data, work : Data, WorkKeys or None
        How the study reads accounts.
    base, folder : path
        Where files are found, and where these go; without a plan none is written.
    title : str
        Of the plan; the map's headline.
    stop, seed, progress
        As in `solve`.
    """
    from territory_geo.analyze.growth.extend import extend_plan
    from territory_geo.render.export import write_plan
    from territory_geo.study.stating import load_units
    from territory_geo.study.work import read_force, write_tables

    units = None
    if keys.accounts is not None:
        measures = [name for name in plan.problem.units.measures if name != "workload"]
        place = "source" if data.accounts is None else "accounts"
        units = load_units(data.model_copy(update={place: keys.accounts}), base, measures, work)
    reps = None if keys.reps is None else read_force(base / keys.reps, plan.problem.units)
    found = extend_plan(
        plan, units=units, reps=reps, disruption=keys.disruption, stop=stop, seed=seed, progress=progress
    )
    if found.plan is not None:
        write_plan(found.plan, folder, title=f"{title}, extended")
        write_tables(folder, {"changes": found.changes().reset_index(), "moves": found.moves()})
    return found
