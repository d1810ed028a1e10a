"""Runs this package: compiled before the clock starts, then with a seed and a time limit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import territory_geo as tg


@dataclass(frozen=True)
class Run:
    """One solve.

    Parameters
    ----------
    seconds : float
        Of the whole call, proof and check included.
    labels : Series or None
        Territory by unit id, None where no plan was found.
    status, reason : str
        As the solution says.
    gap : float or None
        Between plan and proven bound, a share.
    """

    seconds: float
    labels: pd.Series | None
    status: str
    reason: str
    gap: float | None

    def arranged(self, ids: Any) -> Any:
        """Return the labels in the order of ids, or None."""
        if self.labels is None:
            return None
        return self.labels.set_axis(self.labels.index.map(str)).loc[[str(i) for i in ids]].to_numpy()


def run(problem: tg.TerritoryProblem, seconds: float, seed: int) -> Run:
    """Solve a problem within a time limit."""
    started = time.perf_counter()
    solution = tg.solve(problem, stop=tg.MaxRuntime(seconds), seed=seed)
    elapsed = time.perf_counter() - started
    labels = None if solution.plan is None else solution.plan.labels
    return Run(elapsed, labels, str(solution.status), solution.reason, solution.gap)


def warm_up() -> float:
    """Compile everything that the benchmarks touch, on small made-up problems; return the seconds it took."""
    started = time.perf_counter()
    rng = np.random.default_rng(0)
    for size, k in ((40, 3), (400, 6)):
        table = pd.DataFrame(rng.random((size, 2)), columns=["x", "y"])
        table["id"] = range(size)
        for measure in ("a", "b", "c"):
            table[measure] = rng.integers(5, 9, size).astype(float)
        sphere = _units(table, "EPSG:4326")
        plane = _units(table.assign(x=table["x"] * 1e5, y=table["y"] * 1e5), None)
        graph = tg.ContiguityGraph.from_units(plane)
        three = {"a": 0.2, "b": 0.2, "c": 0.2}
        capacity = tg.Bounds(0, 1.3 * float(table["a"].sum()) / k)
        problems = [
            tg.TerritoryProblem(
                sphere,
                tg.ContiguityGraph.from_units(sphere),
                n_territories=k,
                balance={"a": 0.1},
                objective=tg.Travel(),
            ),
            tg.TerritoryProblem(plane, graph, n_territories=k, balance={"a": 0.1}, objective=tg.Travel(power=2)),
            tg.TerritoryProblem(plane, graph, n_territories=k, balance=three, objective=tg.Travel(weight=None)),
            tg.TerritoryProblem(plane, n_territories=k, balance={"a": capacity}, objective=tg.Travel(weight=None)),
        ]
        for problem in problems:
            tg.solve(problem, stop=tg.MaxIterations(20) | tg.MaxRuntime(5))
    return time.perf_counter() - started


def _units(table: pd.DataFrame, crs: str | None) -> tg.BasicUnits:
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", crs=crs, measures=["a", "b", "c"])
