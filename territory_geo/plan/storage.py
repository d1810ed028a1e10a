"""Saving a plan with its problem, and loading it back: one folder, plain formats, provenance inside.

Tables are Parquet and CSV, the rest is one JSON file; nothing is pickled.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.contiguity import ContiguityGraph
from territory_geo.geodata.distance import GreatCircle, Planar
from territory_geo.geodata.ids import texts
from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.geodata.notices import FINDING_COLUMNS
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan.constraints import Bounds
from territory_geo.plan.constraints.record import statement_of, statement_record
from territory_geo.plan.current import owners_of
from territory_geo.plan.measures import without_hours
from territory_geo.plan.objective import Travel
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.records import distance_of, matrix_record, workload_of, workload_record
from territory_geo.plan.text import data_sha256, plan_text

FORMAT = 1
"""Raised when a saved plan can no longer be read by an older version."""

RECORD = "saved_plan.json"
"""Written last: where it is, the rest is."""

SAVED = "saved"
"""Folder beside a run's files that holds its plan."""
TEXT = "plan.txt"
"""The plan for people and for version control; nothing is read from it."""

WORK = "work_"
"""What the files of the workload's own table of distances begin with."""

LAND = "land.wkb"
"""A land mask that the user brought."""

BARRIERS = "barriers.parquet"
"""The lines and areas that part neighbours."""


def save_plan(plan: TerritoryPlan, directory: str | os.PathLike[str]) -> None:
    """Save a plan and its problem into a new or empty folder, or over a plan saved earlier.

    Parameters
    ----------
    plan : TerritoryPlan
        Any plan, also an edited one.
    directory : path
        Gets units.parquet, members.parquet, rejects.csv, labels.csv, saved_plan.json, plan.txt; contiguity.csv,
        reps.parquet, current.csv, distances.npy, distances.csv, hours.npy (for the workload's own: work_…),
        barriers.parquet and land.wkb where the problem has them.

    Raises
    ------
    OptionError
        If the folder holds other files.
    DataError
        If the folder cannot be written, or a column of the data holds values of several types.
    """
    folder = Path(directory)
    problem, units = plan.problem, plan.problem.units
    record = json.dumps(_record(plan), indent=1, default=_plain)
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / RECORD).exists():
            raise OptionError(f"{folder} holds other files. Save the plan into a new or empty folder.")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RECORD).unlink(missing_ok=True)
        units.frame.to_parquet(folder / "units.parquet")
        units.members.to_parquet(folder / "members.parquet")
        units.rejects.to_csv(folder / "rejects.csv", index=False)
        if _own_land(units.land):
            (folder / LAND).write_bytes(shapely.to_wkb(units.land))
        if problem.graph is not None:
            problem.graph.edges.to_csv(folder / "contiguity.csv", index=False)
            if problem.graph.barriers is not None:
                problem.graph.barriers.to_frame("geometry").to_parquet(folder / BARRIERS)
        if problem.reps is not None:
            problem.reps.frame.to_parquet(folder / "reps.parquet")
        if problem.current is not None:
            owners = owners_of(units, problem.current)
            pd.DataFrame({"id": texts(units.members["id"]), "rep": owners}).to_csv(folder / "current.csv", index=False)
        _save_matrix(folder, "", problem.objective.distance)
        _save_matrix(folder, WORK, None if problem.workload is None else problem.workload.rules.distance)
        labels = pd.DataFrame({"unit": units.ids, "territory": plan.labels.to_numpy()})
        labels.to_csv(folder / "labels.csv", index=False)
        (folder / TEXT).write_text(plan_text(plan), encoding="utf-8", newline="\n")
        (folder / RECORD).write_text(record, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror or error}. Choose another folder.") from error
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(f"The plan cannot be saved: {error}. Give each column values of one type.") from error


def load_plan(directory: str | os.PathLike[str]) -> TerritoryPlan:
    """Load a plan that `TerritoryPlan.save` wrote, or that a run left in the folder ``saved`` of its own.

    Raises
    ------
    DataError
        If the folder holds no saved plan, a file of it is missing or broken, or it was written by a newer
        version.
    """
    folder = Path(directory)
    if not (folder / RECORD).is_file() and (folder / SAVED / RECORD).is_file():
        folder = folder / SAVED
    for name in (RECORD, "units.parquet", "members.parquet", "rejects.csv", "labels.csv"):
        if not (folder / name).is_file():
            raise DataError(f"{folder} holds no saved plan: {name} is missing. Name a folder that `save` wrote.")
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if record["format"] > FORMAT:
            raise DataError(f"{folder} was saved by a newer version. Update territory-geo to read it.")
        return _plan(folder, record)
    except json.JSONDecodeError as error:
        raise DataError(f"{folder / RECORD} is not valid JSON: {error}.") from error
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        # Our own errors about the content (a unit without a label, say) say enough themselves.
        if isinstance(error, (DataError, OptionError)):
            raise
        raise DataError(f"{folder} holds a broken plan: {type(error).__name__}, {error}. Save it again.") from error


def _own_land(land: Any) -> bool:
    return not (land is None or isinstance(land, str))


def _land(folder: Path, stored: str | None) -> Any:
    return shapely.from_wkb((folder / LAND).read_bytes()) if stored == LAND else stored


def _record(plan: TerritoryPlan) -> dict[str, Any]:
    """Return the content of saved_plan.json: all that no table says."""
    problem, units, objective = plan.problem, plan.problem.units, plan.problem.objective
    return {
        "format": FORMAT,
        "provenance": dict(plan.provenance),
        "data_sha256": data_sha256(units),
        "units": {
            "measures": list(units.measures), "kind": units.kind, "source": units.source,
            "sha256": units.sha256, "mended_shapes": list(units.mended_shapes),
            "land": LAND if _own_land(units.land) else units.land,
            "joined": units.joined, "own_units": list(units.own_units), "areas_source": units.areas_source,
            "areas_sha256": units.areas_sha256, "hexagon_resolution": units.hexagon_resolution,
            "findings": units.findings.to_dict("records"), "refused_areas": units.refused_areas.to_dict("records"),
        },
        "graph": None if problem.graph is None else {
            "cut": problem.graph.cut.to_dict("records"), "findings": problem.graph.findings.to_dict("records"),
            "barriers": problem.graph.barriers is not None,
        },
        "problem": {
            "n_territories": problem.n_territories,
            "balance": {m: asdict(v) if isinstance(v, Bounds) else v for m, v in problem.balance.items()},
            "objective": {
                "distance": matrix_record(objective.distance), "power": objective.power, "weight": objective.weight,
                "center": objective.center,
            },
            "constraints": [statement_record(c) for c in problem.constraints],
            "contiguous": problem.graph is not None,
            "reps": problem.reps is not None,
            "current": problem.alignment is not None,
            "workload": None if problem.workload is None else workload_record(problem.workload),
        },
    }  # fmt: skip


def _plan(folder: Path, record: dict[str, Any]) -> TerritoryPlan:
    """Return the plan of a folder's tables and record."""
    asked, stored = record["problem"], record["units"]
    rejects = _table(folder / "rejects.csv", ["id", "reason"]).astype({"row": "int64"})
    units = BasicUnits(
        gpd.read_parquet(folder / "units.parquet"), tuple(stored["measures"]),
        gpd.read_parquet(folder / "members.parquet"), rejects, stored["kind"], source=stored["source"],
        sha256=stored["sha256"], mended_shapes=tuple(stored["mended_shapes"]), land=_land(folder, stored["land"]),
        joined=stored["joined"], own_units=tuple(stored["own_units"]), areas_source=stored["areas_source"],
        areas_sha256=stored["areas_sha256"], hexagon_resolution=stored["hexagon_resolution"],
        findings=pd.DataFrame(stored["findings"], columns=list(FINDING_COLUMNS)),
        refused_areas=pd.DataFrame(stored["refused_areas"], columns=["row", "id", "reason"]),
    )  # fmt: skip
    workload = workload_of(asked.get("workload"), lambda entry: _distance(folder, entry, WORK))
    units = units if workload is None else without_hours(units)
    edges = _table(folder / "contiguity.csv", ["u", "v", "kind"]) if asked["contiguous"] else None
    problem = TerritoryProblem(
        units,
        None if edges is None else _graph(folder, units, edges, record["graph"]),
        n_territories=asked["n_territories"],
        balance={m: Bounds(**v) if isinstance(v, dict) else v for m, v in asked["balance"].items()},
        objective=Travel(**{**asked["objective"], "distance": _distance(folder, asked["objective"]["distance"])}),
        constraints=[statement_of(entry) for entry in asked["constraints"]],
        current=_current(folder) if asked.get("current") else None,
        reps=Reps(gpd.read_parquet(folder / "reps.parquet")) if asked.get("reps") else None,
        workload=workload,
    )
    labels = _table(folder / "labels.csv", ["unit", "territory"])
    return TerritoryPlan(problem, labels.set_index("unit")["territory"], record["provenance"])


def _graph(folder: Path, units: BasicUnits, edges: pd.DataFrame, stored: dict[str, Any]) -> ContiguityGraph:
    graph = ContiguityGraph.from_edges(units, edges)
    findings = pd.DataFrame(stored["findings"], columns=list(FINDING_COLUMNS))
    cut = pd.DataFrame(stored["cut"], columns=graph.cut.columns)
    # Plans saved before barriers were kept do not say.
    barriers = gpd.read_parquet(folder / BARRIERS).geometry if stored.get("barriers") else None
    return replace(graph, cut=cut, findings=findings, barriers=barriers)


def _table(path: Path, text: list[str]) -> pd.DataFrame:
    """Read a CSV file of ours: "NA" and "007" are ids like any other."""
    return pd.read_csv(path, dtype=dict.fromkeys(text, str), keep_default_na=False)


def _save_matrix(folder: Path, prefix: str, matrix: Any) -> None:
    """Write the numbers of a table of distances, if it is one."""
    (folder / f"{prefix}hours.npy").unlink(missing_ok=True)
    if not isinstance(matrix, DistanceMatrix):
        return
    np.save(folder / f"{prefix}distances.npy", matrix.km, allow_pickle=False)
    if matrix.hours is not None:
        np.save(folder / f"{prefix}hours.npy", matrix.hours, allow_pickle=False)
    pd.DataFrame({"id": matrix.ids}).to_csv(folder / f"{prefix}distances.csv", index=False)


def _distance(
    folder: Path, record: dict[str, Any] | None, prefix: str = ""
) -> GreatCircle | Planar | DistanceMatrix | None:
    if record is not None and record["kind"] == "matrix":
        ids = _table(folder / f"{prefix}distances.csv", ["id"])["id"]
        hours = np.load(folder / f"{prefix}hours.npy", allow_pickle=False) if record.get("hours") else None
        km = np.load(folder / f"{prefix}distances.npy", allow_pickle=False)
        return DistanceMatrix(tuple(ids), km, hours, record.get("measure", "km"))
    return distance_of(record)


def _current(folder: Path) -> pd.Series:
    table = _table(folder / "current.csv", ["id", "rep"])
    return table.set_index("id")["rep"]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be stored")
