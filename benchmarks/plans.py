"""How long plans take to compare and to explain: made-up accounts, territories around random centres.

Run ``python -m benchmarks.plans``; it prints seconds of processor time beside seconds on the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

import territory_geo as tg

ACCOUNTS, TERRITORIES, PLANS, EXPLAINED = 100_000, 200, 10, 5_000


def world(accounts: int, territories: int, seed: int = 0) -> tg.TerritoryProblem:
    """Return a problem of accounts spread over a thousand kilometres, each with a rep of today."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "id": [f"A{i:06d}" for i in range(accounts)],
            "x": random.uniform(0, 1e6, accounts),
            "y": random.uniform(0, 1e6, accounts),
            "visits_per_year": random.integers(1, 12, accounts),
            "revenue_usd": random.gamma(2.0, 9_000.0, accounts).round(),
            "segment": random.choice(["enterprise", "mid-market", "smb"], accounts),
            "state": [f"S{i:02d}" for i in random.integers(0, 48, accounts)],
        }
    )
    table["rep"] = _nearest(random, table[["x", "y"]].to_numpy(), territories)
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table, crs=None), measures=["visits_per_year"], land=None)
    return tg.TerritoryProblem(units, n_territories=territories, balance={"visits_per_year": 0.5}, current="rep")


def plan_of(problem: tg.TerritoryProblem, seed: int) -> tg.TerritoryPlan:
    """Return a plan of territories around random centres."""
    random = np.random.default_rng(seed)
    names = _nearest(random, problem.units.xy, problem.n_territories)
    return tg.TerritoryPlan(problem, pd.Series(names, index=problem.units.frame.index))


def _nearest(random: np.random.Generator, xy: Any, territories: int) -> Any:
    names = np.array([f"R{i:03d}" for i in range(territories)], dtype=object)
    return names[cKDTree(random.uniform(0, 1e6, (territories, 2))).query(xy)[1]]


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do some work and print how long it took."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    print(
        f"{what}: {time.process_time() - processor:.2f} s of a core, {time.perf_counter() - clock:.2f} s on the clock"
    )
    return result


def main() -> None:
    """Compare ten plans of 100,000 accounts, explain 5,000 accounts."""
    problem = world(ACCOUNTS, TERRITORIES)
    plans = {f"plan {seed}": plan_of(problem, seed) for seed in range(1, PLANS)}
    first = {"today": tg.TerritoryPlan.from_current(problem)}
    found = timed(
        f"compare {PLANS} plans of {ACCOUNTS:,} accounts, centres included", lambda: tg.compare(first | plans)
    )
    timed("the same, centres known", lambda: tg.compare(first | plans))
    timed("a row per plan and account", lambda: found.accounts)
    small = plan_of(world(EXPLAINED, 24), 1)
    timed(f"explain {EXPLAINED:,} accounts in 24 territories", lambda: tg.explain(small))
    plan = plans["plan 1"]
    ids = plan.problem.units.ids[:: ACCOUNTS // EXPLAINED]
    timed(f"explain {EXPLAINED:,} accounts of {ACCOUNTS:,} in {TERRITORIES}", lambda: tg.explain(plan, ids))


if __name__ == "__main__":
    main()
