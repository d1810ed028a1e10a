"""Problems with many rules at once: how soon a plan is found that keeps them all, and how far a long run goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

import territory_geo as tg
from territory_geo.geodata.samples import data_path

RESULTS = Path(__file__).resolve().parent / "results" / "rules.json"
LOCKS, GROUPS = 40, 30
"""Locked accounts, and keep-together groups, of the demo."""


def locks(units: tg.BasicUnits) -> list[tg.Lock]:
    """Every so many-th customer stays with the rep of today."""
    members = units.members[units.members["kind"] == "customer"]
    chosen = members.iloc[:: len(members) // LOCKS].head(LOCKS)
    return [tg.Lock(id_, rep) for id_, rep in zip(chosen["id"], chosen["current_rep"], strict=True)]


def groups(units: tg.BasicUnits) -> list[tg.Together]:
    """Every so many-th unit stays with its two nearest neighbours: branches around a head office."""
    xy = units.plane.to_plane(units.xy)
    heads = np.arange(len(units))[:: len(units) // GROUPS][:GROUPS]
    near = cKDTree(xy).query(xy[heads], 3)[1]
    return [tg.Together([units.ids[i] for i in row]) for row in near]


def demo(contiguous: bool = False, cap: float = 0.05) -> tg.TerritoryProblem:
    """The demo accounts for 24 homes: 40 locks, 30 groups, two measures within 10 %, and 5 % of revenue may move."""
    accounts = tg.read_accounts(data_path("accounts.csv"))
    units = tg.BasicUnits.from_accounts(accounts)
    reps = tg.read_reps(data_path("reps.csv"))
    return tg.TerritoryProblem(
        units,
        tg.ContiguityGraph.from_units(units) if contiguous else None,
        reps=reps,
        balance={"visit_hours": 0.10, "potential_usd": 0.10},
        objective=tg.Travel(center="home"),
        constraints=[*locks(units), *groups(units), tg.DisruptionBudget(revenue=cap)],
        current="current_rep",
    )
