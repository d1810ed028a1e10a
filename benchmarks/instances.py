"""Known instances in a folder: which there are, how each is stated with the public API, how its plans are judged.

The kind of a group is told by the columns of its known.csv, so that other instances need no change here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import territory_geo as tg
from benchmarks import score


@dataclass(frozen=True)
class Kind:
    """A kind of instance.

    Parameters
    ----------
    name : str
        hess, cpmp or ttdp.
    key : str
        The column of known.csv with the instances' names.
    known : str
        The column with the value to compare with.
    """

    name: str
    key: str
    known: str


HESS, CPMP, TTDP = (
    Kind("hess", "state", "reference"),
    Kind("cpmp", "instance", "best_known"),
    Kind("ttdp", "instance", "best_known"),
)


@dataclass(frozen=True)
class Instance:
    """One instance: its group's folder, its kind, its name and its row of known.csv (None if it has none)."""

    folder: Path
    kind: Kind
    name: str
    row: dict[str, Any] | None

    @property
    def group(self) -> str:
        """The name of the group."""
        return self.folder.name

    @property
    def known(self) -> float | None:
        """The value to compare with, None where none is given."""
        value = None if self.row is None else self.row.get(self.kind.known)
        return None if value is None or pd.isna(value) else float(value)


@dataclass(frozen=True)
class Stated:
    """An instance as a problem of this package, and its judge.

    Parameters
    ----------
    problem : TerritoryProblem
        For `solve`.
    ids : list of str
        Units in the order of the instance's file.
    judge : callable
        Labels in that order → what is wrong ("" if nothing), and the value in the instance's own definition.
    """

    problem: tg.TerritoryProblem
    ids: list[str]
    judge: Callable[[Any], tuple[str, float]]


def discover(root: Path) -> list[Instance]:
    """Return all instances below a folder; those with files but without a known value are among them."""
    found: list[Instance] = []
    for table in sorted(root.glob("*/known.csv")):
        known = pd.read_csv(table)
        kind = _kind_of(set(known.columns))
        if kind is None:
            print(f"{table.parent.name}: its known.csv has columns of no kind that is known here; left out")
            continue
        rows = {str(row[kind.key]): row for row in known.to_dict("records")}
        extra = sorted(set(_files(table.parent, kind)) - set(rows))
        found += [Instance(table.parent, kind, name, _text_keys(row)) for name, row in rows.items()]
        found += [Instance(table.parent, kind, name, None) for name in extra]
    if not found:
        raise SystemExit(f"No instances in {root}: it needs folders with a known.csv. See benchmarks/README.md.")
    return found


def _text_keys(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _kind_of(columns: set[str]) -> Kind | None:
    if {"state", "lower", "upper"} <= columns:
        return HESS
    if {"instance", "capacity"} <= columns:
        return CPMP
    return TTDP if {"instance", "tolerance"} <= columns else None


def _files(folder: Path, kind: Kind) -> Iterator[str]:
    if kind is HESS:
        yield from (path.parent.name for path in folder.glob("*/nodes.csv"))
    elif kind is TTDP:
        yield from (path.name.removesuffix(".nodes.csv") for path in folder.glob("*.nodes.csv"))
    else:
        yield from (path.stem for path in folder.glob("*.csv") if path.stem != "known")


def state(instance: Instance) -> Stated:
    """Read an instance and state it as a problem.

    Raises
    ------
    ValueError
        If known.csv has no row for it: then nobody knows what is asked.
    """
    if instance.row is None:
        raise ValueError("known.csv has no row for it")
    return {"hess": _hess, "cpmp": _cpmp, "ttdp": _ttdp}[instance.kind.name](instance, instance.row)


def _positions(ids: list[str], edges: pd.DataFrame) -> Any:
    position = {id_: i for i, id_ in enumerate(ids)}
    return np.array([[position[str(u)], position[str(v)]] for u, v in zip(edges["u"], edges["v"], strict=True)])


def _faults(labels: Any, k: int, pairs: Any) -> list[str]:
    faults = []
    count = len(np.unique(labels))
    if count != k:
        faults.append(f"{count} territories, not {k}")
    if pairs is not None and (split := score.split_territories(labels, pairs)):
        faults.append(f"{split} territories in pieces")
    return faults


def _hess(instance: Instance, row: dict[str, Any]) -> Stated:
    folder = instance.folder / instance.name
    nodes, edges = pd.read_csv(folder / "nodes.csv"), pd.read_csv(folder / "edges.csv")
    ids, k = nodes["id"].astype(str).tolist(), int(row["k"])
    lower, upper = float(row["lower"]), float(row["upper"])
    units = tg.BasicUnits.from_table(nodes, id="id", x="x_m", y="y_m", measures=["pop2010"])
    graph = tg.ContiguityGraph.from_edges(units, edges)
    problem = tg.TerritoryProblem(
        units,
        graph,
        n_territories=k,
        balance={"pop2010": tg.Bounds(lower, upper)},
        objective=tg.Travel(power=2),
    )
    xy, people = nodes[["x_m", "y_m"]].to_numpy(dtype=float), nodes["pop2010"].to_numpy(dtype=float)
    pairs = _positions(ids, edges)

    def judge(labels: Any) -> tuple[str, float]:
        faults = _faults(labels, k, pairs)
        if missed := score.outside_bounds(labels, people, lower, upper):
            faults.append(f"population out of bounds by {missed:,.0f}")
        return ", ".join(faults), score.total_travel(labels, xy, people, score.hess_cost)

    return Stated(problem, ids, judge)


def _cpmp(instance: Instance, row: dict[str, Any]) -> Stated:
    nodes = pd.read_csv(instance.folder / f"{instance.name}.csv")
    ids, k, capacity = nodes["id"].astype(str).tolist(), int(row["k"]), float(row["capacity"])
    units = tg.BasicUnits.from_table(nodes, id="id", x="x", y="y", measures=["demand"])
    problem = tg.TerritoryProblem(
        units, n_territories=k, balance={"demand": tg.Bounds(0, capacity)}, objective=tg.Travel(weight=None)
    )
    xy, demand = nodes[["x", "y"]].to_numpy(dtype=float), nodes["demand"].to_numpy(dtype=float)

    def judge(labels: Any) -> tuple[str, float]:
        faults = _faults(labels, k, None)
        if missed := score.outside_bounds(labels, demand, 0.0, capacity):
            faults.append(f"capacity exceeded by {missed:g}")
        return ", ".join(faults), score.total_travel(labels, xy, np.ones(len(xy)), score.straight)

    return Stated(problem, ids, judge)


def _ttdp(instance: Instance, row: dict[str, Any]) -> Stated:
    nodes = pd.read_csv(instance.folder / f"{instance.name}.nodes.csv")
    edges = pd.read_csv(instance.folder / f"{instance.name}.edges.csv")
    ids, k, tolerance = nodes["id"].astype(str).tolist(), int(row["k"]), float(row["tolerance"])
    measures = ["w1", "w2", "w3"]
    units = tg.BasicUnits.from_table(nodes, id="id", x="x", y="y", measures=measures)
    problem = tg.TerritoryProblem(
        units,
        tg.ContiguityGraph.from_edges(units, edges),
        n_territories=k,
        balance=dict.fromkeys(measures, tolerance),
        objective=tg.Travel(weight=None),
    )
    xy, pairs = nodes[["x", "y"]].to_numpy(dtype=float), _positions(ids, edges)

    def judge(labels: Any) -> tuple[str, float]:
        faults = _faults(labels, k, pairs)
        for measure in measures:
            deviation = score.largest_deviation(labels, nodes[measure].to_numpy(dtype=float), k)
            if deviation > tolerance + 1e-9:
                faults.append(f"{measure} {100 * deviation:.2f} % off the mean")
        return ", ".join(faults), score.total_travel(labels, xy, np.ones(len(xy)), score.straight)

    return Stated(problem, ids, judge)
