"""The two shipped examples as bare arrays, which is all that a peer gets, and as problems of this package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import territory_geo as tg
from benchmarks import score
from territory_geo.study import load_units, read_study

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DATA = Path(__file__).resolve().parents[1] / "data"
TITLES = {"demo_counties": "US counties", "demo_accounts": "Demo accounts"}


@dataclass(frozen=True)
class Case:
    """A design task in arrays.

    Parameters
    ----------
    name, title : str
        For files and for people.
    lonlat : array, shape (n, 2)
        Degrees.
    plane_km : array, shape (n, 2)
        The same places in an equal-area plane, kilometres; for methods that know only straight lines.
    weight : array, shape (n,)
        The balanced measure, which weighs travel too.
    pairs : int array, shape (e, 2)
        Positions of units that touch.
    k : int
        Territories.
    measure : str
        What `weight` is.
    tolerance : float
        Allowed deviation from the mean, a share.
    """

    name: str
    title: str
    lonlat: Floats
    plane_km: Floats
    weight: Floats
    pairs: Ints
    k: int
    measure: str
    tolerance: float

    def facts(self) -> dict[str, Any]:
        """Return the case in figures."""
        return {
            "name": self.name,
            "title": self.title,
            "units": len(self.weight),
            "neighbours": len(self.pairs),
            "territories": self.k,
            "measure": self.measure,
            "tolerance": self.tolerance,
        }

    def judge(self, labels: Any) -> dict[str, Any]:
        """Return the figures of a plan by the independent scorer."""
        count = len(np.unique(np.asarray(labels)))
        split = score.split_territories(labels, self.pairs)
        deviation = score.largest_deviation(labels, self.weight, self.k)
        return {
            "territories": count,
            "split": split,
            "deviation": deviation,
            "km": score.mean_km(labels, self.lonlat, self.weight),
            "valid": count == self.k and split == 0 and deviation <= self.tolerance + 1e-9,
        }


def load_case(name: str) -> tuple[Case, tg.TerritoryProblem]:
    """Return a shipped example as arrays and as a problem; kilometres are straight, without a detour factor."""
    study = read_study(DATA / f"{name}.toml")
    units = load_units(study.data, DATA, list(study.design.balance))
    graph = tg.ContiguityGraph.from_units(units)
    ((measure, tolerance),) = study.design.balance.items()
    if not isinstance(tolerance, float) or study.design.territories is None:
        raise TypeError(f"{name}: a tolerance and a number of territories are expected, not {study.design!r}")
    problem = tg.TerritoryProblem(
        units, graph, n_territories=study.design.territories, balance={measure: tolerance}, objective=tg.Travel()
    )
    case = Case(
        name=name,
        title=TITLES[name],
        lonlat=np.asarray(units.xy, dtype=float),
        plane_km=units.plane.to_plane(units.xy) / 1000.0,
        weight=np.asarray(problem.weight, dtype=float),
        pairs=np.asarray(graph.pairs, dtype=np.int64),
        k=study.design.territories,
        measure=measure,
        tolerance=tolerance,
    )
    return case, problem
