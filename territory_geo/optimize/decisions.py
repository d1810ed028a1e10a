"""What a plan breaks of pairs and groups, decided: one of a pair is locked where it is, a group to one territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.optimize.conflicts.demands import loads_of
from territory_geo.plan.constraints import Apart, Lock, Together
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem


@dataclass(frozen=True)
class Decision:
    """A lock that the user did not ask for, and how a person says it."""

    lock: Lock
    words: str


def decisions(problem: TerritoryProblem, plans: Sequence[TerritoryPlan | None], turn: int) -> list[Decision]:
    """Return locks that settle the pairs and groups that plans break; each unit is locked once.

    Parameters
    ----------
    problem : TerritoryProblem
        The question.
    plans : sequence of TerritoryPlan or None
        Nearest plans; later ones decide only what the ones before do not break.
    turn : int
        0: of units to keep apart the one nearest to the territory's middle stays, and a group goes where most of its
        load is; 1: the next one.
    """
    found: list[Decision] = []
    taken: set[str] = {unit for lock in problem.of_kind(Lock) for unit in lock.units}
    load = loads_of(problem)
    for plan in plans:
        if plan is None:
            continue
        labels = plan.labels
        for units, name in _broken(problem, labels, _depth(plan), load, turn):
            if not taken & set(units):
                taken |= set(units)
                found.append(_decision(problem, units, name))
    return found


def _broken(
    problem: TerritoryProblem, labels: pd.Series, depth: dict[str, float], load: dict[str, float], turn: int
) -> list[tuple[tuple[str, ...], str]]:
    """Return units that are to stay in, or to join, a territory of a plan."""
    found: list[tuple[tuple[str, ...], str]] = []
    for apart in problem.of_kind(Apart):
        held = labels[list(apart.units)]
        for name in sorted(held[held.duplicated()].unique()):
            inside = sorted(held.index[held == name], key=lambda unit: (depth[unit], unit))
            found.append(((inside[turn % len(inside)],), str(name)))
    for group in problem.of_kind(Together):
        held = labels[list(group.units)]
        if held.nunique() > 1:
            share = pd.Series([load[unit] for unit in held.index], index=held.to_numpy()).groupby(level=0).sum()
            names = sorted(share.index, key=lambda name: (-share[name], name))
            found.append((group.units, str(names[turn % len(names)])))
    return found


def _decision(problem: TerritoryProblem, units: tuple[str, ...], name: str) -> Decision:
    """Return the lock; a territory without a name of its own gets one that nobody else has."""
    territory = name if name in problem.named_territories else f"{name} as it was"
    listed = ", ".join(units[:3]) + (", …" if len(units) > 3 else "")
    return Decision(Lock(units, territory), f"{listed} held in {name}")


def _depth(plan: TerritoryPlan) -> dict[str, float]:
    """Return how far each unit is from the middle of its territory, in metres of a plane."""
    units = plan.problem.units
    places = np.asarray(units.plane.to_plane(units.xy), dtype=float)
    codes = pd.factorize(plan.labels)[0]
    count = np.maximum(np.bincount(codes), 1)
    middle: NDArray[np.float64] = np.column_stack([np.bincount(codes, places[:, axis]) / count for axis in (0, 1)])
    away = np.hypot(*(places - middle[codes]).T)
    return dict(zip(units.ids, away.tolist(), strict=True))
