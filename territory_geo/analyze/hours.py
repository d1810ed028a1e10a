"""Hours estimated beside hours planned stop by stop: how far a plan's workload can be trusted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory_geo.analyze.due_visits import home_of
from territory_geo.analyze.routes import plan_routes
from territory_geo.demand.workload import Workload
from territory_geo.plan.plan import TerritoryPlan


def compare_hours(
    plan: TerritoryPlan, *, n_weeks: int = 8, workload: Workload | None = None, rounds: int | None = None, seed: int = 0
) -> pd.DataFrame:
    """Return the estimated hours of each territory beside those of planned weeks.

    Returns
    -------
    DataFrame
        Index `territory`; `visits`, `left`, `planned_hours` (visits, driving, nights at their price; of what fits),
        `estimated_hours` for as many hours of visits, `error` (share).
    """
    workload = workload or plan.problem.workload or Workload()
    work, rules = workload.of(plan.problem.units, plan.problem.reps), workload.rules
    homes = np.array([home_of(plan, name) for name in plan.territory_ids])
    parts = work.parts(work.stem_hours(homes[plan.codes])).groupby(plan.codes).sum()
    field = parts[["visit_hours", "driving_hours", "night_hours"]].to_numpy(dtype=float)
    rows = []
    for t, name in enumerate(plan.territory_ids):
        done = plan_routes(plan, name, n_weeks=n_weeks, workload=workload, rounds=rounds, seed=seed).hours()
        planned = done["visit_hours"] + done["driving_hours"] + rules.night_hours * done["nights"]
        estimated = float(field[t].sum()) * done["visit_hours"] / float(field[t, 0])
        rows.append((int(done["visits"]), int(done["left"]), planned, estimated, estimated / planned - 1))
    columns = ["visits", "left", "planned_hours", "estimated_hours", "error"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(plan.territory_ids, name="territory"))
