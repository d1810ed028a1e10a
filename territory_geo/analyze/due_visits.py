"""The visits of a territory that are due in some weeks: whose, how long, and when they may take place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.demand.due import due, phases, windows
from territory_geo.demand.opening import spans
from territory_geo.demand.rules import WorkRules
from territory_geo.demand.tours.stops import Stops
from territory_geo.demand.workload import Workload
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.distance import Distance
from territory_geo.geodata.hilbert import LEVELS, hilbert_indices
from territory_geo.geodata.ids import texts
from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]

OPENING = "opening_hours"
"""Column of accounts with their opening hours, if there is one."""


@dataclass(frozen=True, eq=False)
class DueVisits:
    """What a territory's rep has to fit into some weeks.

    Parameters
    ----------
    home : array, shape (2,)
        Where trips start.
    stops : Stops
        The visits.
    rules : WorkRules
        How the rep works.
    accounts : DataFrame
        A row per visit: `id`, `name`, `minutes`, `x`, `y`, `worth`.
    geographic : bool
        Whether coordinates are degrees.
    distance : Distance
        How long one drives between home and the visits.
    """

    home: Floats
    stops: Stops
    rules: WorkRules
    accounts: pd.DataFrame
    geographic: bool
    distance: Distance


def due_visits(
    plan: TerritoryPlan,
    territory: str,
    *,
    n_weeks: int = 4,
    first_week: int = 0,
    workload: Workload | None = None,
    worth: str | None = None,
) -> DueVisits:
    """Return the visits of a territory that are due; the parameters are those of `plan_routes`."""
    if territory not in plan.territory_ids:
        raise OptionError(f"There is no territory {territory!r}. Territories: {', '.join(plan.territory_ids)}.")
    for name, value, least in (("n_weeks", n_weeks, 1), ("first_week", first_week, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise OptionError(f"The {name!r} parameter must be an int of at least {least}. Got {value!r} instead.")
    workload = workload or plan.problem.workload or Workload()
    rules, held = workload.rules, plan.accounts
    held = held[(held["territory"] == territory).to_numpy()]
    units = plan.problem.units
    own = workload is plan.problem.workload and plan.problem.work is not None
    work = plan.problem.work if own else workload.of(units, plan.problem.reps)
    assert work is not None
    # A table knows accounts among areas by their own ids, accounts that are units by theirs.
    row = units.frame.index.get_indexer(pd.Index(held["unit"]))
    known = np.where(units.on_their_own[row], texts(held["unit"]), texts(held["id"]))
    places = np.column_stack([held.geometry.x, held.geometry.y])
    distance = work.knowing(known.tolist(), places, "accounts").distance
    table = pd.DataFrame({"id": texts(held["id"]), "name": texts(held["name"] if "name" in held else held["id"])})
    table["minutes"] = held[workload.minutes].to_numpy(dtype=float)
    table["x"], table["y"] = held.geometry.x.to_numpy(), held.geometry.y.to_numpy()
    visits = held[workload.visits].to_numpy(dtype=float)
    opens = _opening(held)
    table["worth"] = _worth(held, worth, visits)
    order = np.argsort(hilbert_indices(table["x"].to_numpy(), table["y"].to_numpy(), LEVELS), kind="stable")
    count = due(visits, phases(visits, order), int(first_week), int(n_weeks), rules.weeks())
    rows = np.repeat(np.arange(len(table)), count)
    frames = [window for c in count.tolist() for window in windows(c, int(n_weeks), rules.days_per_week)]
    when = np.array(frames, dtype=np.int64).reshape(-1, 4)
    asked = table.iloc[rows].reset_index(drop=True)
    stops = Stops(
        asked[["x", "y"]].to_numpy(), asked["minutes"].to_numpy(), when[:, :2], when[:, 2:], [opens[i] for i in rows],
        asked["worth"].to_numpy(),
    )  # fmt: skip
    return DueVisits(home_of(plan, territory), stops, rules, asked, units.geographic, distance)


def home_of(plan: TerritoryPlan, territory: str) -> Floats:
    """Return where a territory's trips start: at the rep's home, else at the centre."""
    if plan.problem.homes is not None:
        home: Floats = plan.problem.homes[plan.problem.named_territories.index(territory)]
        return home
    center: Floats = plan.centers.xy[plan.territory_ids.index(territory)]
    return center


def _opening(held: pd.DataFrame) -> list[Floats | None]:
    if OPENING not in held:
        return [None] * len(held)
    found: list[Floats | None] = []
    for row, text in zip(held["row"], held[OPENING], strict=True):
        try:
            found.append(None if pd.isna(text) or not str(text).strip() else spans(str(text)))
        except DataError as error:
            raise DataError(f"Row {row}: {error}") from error
    return found


def _worth(held: pd.DataFrame, name: str | None, visits: Floats) -> Floats:
    if name is None:
        return np.zeros(len(held))
    if name not in held:
        raise OptionError(
            f"The accounts have no column {name!r} (worth). Columns: {', '.join(map(str, held.columns))}."
        )
    values = pd.to_numeric(held[name], errors="coerce").fillna(0.0).to_numpy(dtype=float)
    worth: Floats = np.maximum(values, 0.0) / np.maximum(visits, 1.0)
    return worth
