"""Problems with many rules at once: how soon a plan is found that keeps them all, and how far a long run goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

import territory_geo as tg
from territory_geo.geodata.samples import data_path, us_counties

RESULTS = Path(__file__).resolve().parent / "results" / "rules.json"
LOCKS, GROUPS = 40, 30
"""Locked accounts, and keep-together groups, of the demo."""


def locks(units: tg.BasicUnits) -> list[tg.Lock]:
    """Every so many-th customer stays with the rep of today."""
    members = units.members[units.members["kind"] == "customer"]
    chosen = members.iloc[:: len(members) // LOCKS].head(LOCKS)
    return [tg.Lock(id_, rep) for id_, rep in zip(chosen["id"], chosen["current_rep"], strict=True)]


def groups(units: tg.BasicUnits, many: int = GROUPS, size: int = 3) -> list[tg.Together]:
    """Every so many-th unit stays with its nearest neighbours: branches around a head office."""
    xy = units.plane.to_plane(units.xy)
    heads = np.arange(len(units))[:: len(units) // many][:many]
    near = cKDTree(xy).query(xy[heads], size)[1]
    return [tg.Together([units.ids[i] for i in row]) for row in near]


def demo(cap: float = 0.05) -> tg.TerritoryProblem:
    """The demo accounts for 24 homes: 40 locks, 30 groups, two measures within 10 %, and 5 % of revenue may move.

    Contiguity is not asked for: today's alignment is scattered, and one piece per rep alone moves 7.8 % of revenue.
    """
    units = tg.BasicUnits.from_accounts(tg.read_accounts(data_path("accounts.csv")))
    return tg.TerritoryProblem(
        units,
        None,
        reps=tg.read_reps(data_path("reps.csv")),
        balance={"visit_hours": 0.10, "potential_usd": 0.10},
        objective=tg.Travel(center="home"),
        constraints=[*locks(units), *groups(units), tg.DisruptionBudget(revenue=cap)],
        current="current_rep",
    )


def counties() -> tg.TerritoryProblem:
    """The counties in 20 contiguous territories with every kind of constraint at once; today's are another design."""
    table = us_counties()
    # Today: strips from west to east with equal population, which nobody would draw anew.
    place = table.geometry.representative_point().x.rank(method="first").astype(int).to_numpy() - 1
    people = table["population"].to_numpy(dtype=float)
    passed = np.cumsum(people[np.argsort(place)])[place]
    table["today"] = [f"T{1 + int(19.999 * share):02d}" for share in passed / people.sum()]
    units = tg.BasicUnits.from_areas(table)
    apart = [units.ids[i] for i in (100, 101)]
    return tg.TerritoryProblem(
        units,
        tg.ContiguityGraph.from_units(units),
        n_territories=20,
        balance={"population": 0.10, "households": 0.12},
        constraints=[
            tg.Lock([units.ids[0]], table["today"].iloc[0]), tg.Forbid([units.ids[-1]], table["today"].iloc[0]),
            *groups(units, 20), tg.Apart(apart), tg.MaxRadius(1_500), tg.AccountRange(20, 600),
            tg.KeepWhole("state", cost=0.2), tg.BorderLength(cost=0.0005), tg.OverlapCost(cost=2.0),
            tg.DisruptionBudget(population=0.7),
        ],
        current="today",
    )  # fmt: skip


CASES: dict[str, tuple[Callable[[], tg.TerritoryProblem], tuple[float, ...]]] = {
    "demo_accounts": (demo, (5.0, 30.0)),
    "counties": (counties, (30.0,)),
}
"""Problem, and the time limits looked at, seconds."""


def run(long: float = 600.0, seed: int = 7) -> Path:
    """Solve each case within its limits and once for `long` seconds, and write what came out.

    Parameters
    ----------
    long : float
        Seconds of the run that the others are held against.
    seed : int
        Of every run.
    """
    rows: list[dict[str, Any]] = []
    for name, (make, limits) in CASES.items():
        problem = make()
        # Once, so that compiling is not counted.
        tg.solve(problem, stop=tg.MaxIterations(2), seed=seed)
        for limit in (*limits, long):
            begun = time.monotonic()
            solution = tg.solve(problem, stop=tg.MaxRuntime(limit), seed=seed)
            found = solution.history[solution.history["missed"] <= 0]
            rows.append(
                {
                    "case": name, "limit": limit, "seconds": round(time.monotonic() - begun, 2),
                    "status": str(solution.status), "objective": solution.objective, "gap": solution.gap,
                    "bound_kind": solution.bound_kind, "reason": solution.reason,
                    "first_feasible": None if found.empty else round(float(found["seconds"].iloc[0]), 2),
                }
            )  # fmt: skip
            print(rows[-1], flush=True)
            RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return RESULTS
