"""Writing a plan: the files of a design run, checked as they were written before they get their names.

Files are written into a hidden folder beside their place, read back and verified there, and only then moved,
so that an `assignments.csv` is always a verified one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from territory_geo._version import __version__
from territory_geo.errors import DataError, VerificationError
from territory_geo.geodata.clean import id_text
from territory_geo.geodata.ids import texts
from territory_geo.plan.current import owners_of
from territory_geo.plan.storage import RECORD, SAVED
from territory_geo.plan.verify import verify_written
from territory_geo.render.export.record import assignment_texts, input_record, plan_record, write_json
from territory_geo.render.export.tables import formula_note

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem

FILES = (
    "assignments.csv", "rejects.csv", "territories.csv", "territories.geojson", "plan.json", "map.html",
    "contiguity.csv", "units.csv",
)  # fmt: skip
"""Every file that a design run may write into its folder."""
BESIDE = ("report.html", "report.xlsx")
"""What a study may write beside them."""
MOST_SHOWN = 80
"""Letters of a sentence in a headline."""
DEGREE_DECIMALS = 6
"""Of coordinates in GeoJSON: about ten centimetres."""


def write_plan(
    plan: TerritoryPlan,
    directory: str | os.PathLike[str],
    *,
    title: str | None = None,
    save_graph: bool = False,
) -> list[str]:
    """Write a plan's files: assignments, rejects, territories (CSV and GeoJSON), plan.json and the map.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan; it must pass its check.
    directory : path
        Made if needed. Files of an earlier run are replaced.
    title : str, optional
        Headline of the map.
    save_graph : bool, default False
        Also write contiguity.csv.

    Returns
    -------
    list of str
        Whether texts of the CSV files look like formulas to a spreadsheet.

    Raises
    ------
    VerificationError
        If what was written does not pass; nothing is then left in the folder.
    DataError
        If the folder cannot be written.
    """
    from territory_geo.render.map import map_with_today

    folder = prepared(directory)
    stage = folder / ".unverified"
    with named_failures(folder):
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
        try:
            _write_tables(plan, stage, save_graph)
            record = plan_record(plan)
            write_json(stage / "plan.json", record)
            check = verify_written(plan.problem, stage)
            if not check.ok:
                raise VerificationError(f"The written plan fails its check ({'; '.join(check.failures)}).")
            write_json(stage / "plan.json", record | {"verified": [name for name, _, _ in check.checks]})
            map_with_today(plan, title=title).save(str(stage / "map.html"))
            _publish(stage, folder)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    return formula_note(assignment_texts(plan), "assignments.csv")


def write_nearest(
    problem: TerritoryProblem,
    nearest: TerritoryPlan | None,
    directory: str | os.PathLike[str],
    outcome: dict[str, Any],
) -> None:
    """Write the outcome of a solve without a plan: plan.json, rejects.csv, and the nearest in `nearest/`.

    Parameters
    ----------
    problem : TerritoryProblem
        What was asked.
    nearest : TerritoryPlan or None
        The plan that misses the bounds by least; its assignments go to nearest/nearest.csv, never to an
        assignments.csv.
    directory : path
        Made if needed. Files of an earlier run are removed.
    outcome : dict
        status, reason and provenance.
    """
    from territory_geo.render.map import map_with_today

    folder = prepared(directory)
    with named_failures(folder):
        _rejects(problem).to_csv(folder / "rejects.csv", index=False)
        write_json(
            folder / "plan.json", outcome | {"input": input_record(problem), "verified": [], "version": __version__}
        )
        if nearest is None:
            return
        inner = folder / "nearest"
        inner.mkdir()
        _assignments(nearest).to_csv(inner / "nearest.csv", index=False)
        _territories(nearest).to_csv(inner / "territories.csv")
        failed = nearest.verify().failures
        write_json(inner / "violations.json", {"failed": failed, **nearest.metrics})
        drawn = map_with_today(nearest, name="Nearest", title=_broken(failed))
        drawn.save(str(inner / "map.html"))


def _broken(failed: Sequence[str]) -> str:
    """Return the headline of a nearest plan's map: what it breaks, as far as that is read at a glance."""
    first = failed[0].split("; ")[0] if failed else ""
    short = first if len(first) <= MOST_SHOWN else first[: MOST_SHOWN - 1].rstrip() + "…"
    more = ", and more" if failed and (len(failed) > 1 or first != failed[0]) else ""
    return f"Nearest plan, breaks {short}{more}" if failed else "Nearest plan"


def require_writable(directory: str | os.PathLike[str]) -> None:
    """Raise `DataError` if a folder can surely not be made or written; nothing is made yet."""
    folder = Path(directory)
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    reason = None
    if not place.is_dir():
        reason = f"{place} is a file" if place != folder else "it is a file"
    elif not os.access(place, os.W_OK | os.X_OK):
        reason = "permission denied"
    if reason is not None:
        raise DataError(f"{folder} cannot be written: {reason}. Choose another folder with --out.")


def prepared(directory: str | os.PathLike[str]) -> Path:
    """Return the folder, made and without the files of an earlier run."""
    folder = Path(directory)
    require_writable(folder)
    with named_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*FILES, *BESIDE):
            (folder / name).unlink(missing_ok=True)
        if (folder / "nearest").is_dir():
            shutil.rmtree(folder / "nearest")
        if (folder / SAVED / RECORD).is_file():
            shutil.rmtree(folder / SAVED)
    return folder


@contextmanager
def named_failures(folder: Path) -> Iterator[None]:
    """Turn what the system refuses (rights, a full disk, a file open elsewhere) into a `DataError`."""
    try:
        yield
    except OSError as error:
        what = f" ({Path(str(error.filename)).name})" if error.filename else ""
        raise DataError(
            f"{folder} cannot be written: {error.strerror or error}{what}. Close programs that have its "
            f"files open, or choose another folder with --out."
        ) from error


def _publish(stage: Path, folder: Path) -> None:
    """Move the checked files to their place, the assignments last: where they are, everything is."""
    for file in sorted(stage.iterdir(), key=lambda file: (file.name == FILES[0], file.name)):
        file.replace(folder / file.name)


def _assignments(plan: TerritoryPlan) -> pd.DataFrame:
    table = pd.DataFrame(plan.accounts[["row", "id", "unit", "territory"]])
    if plan.problem.current is not None:
        table = table.assign(today=owners_of(plan.problem.units, plan.problem.current))
    return table.sort_values("row").assign(id=table["id"].map(id_text), unit=table["unit"].map(id_text))


def _units(plan: TerritoryPlan) -> pd.DataFrame:
    """Return a row per unit, also for those without any account."""
    units = plan.problem.units
    table = pd.DataFrame({"unit": units.ids, "territory": plan.labels.to_numpy()})
    return table.assign(**{name: units.frame[name].to_numpy() for name in units.measures})


def _rejects(problem: TerritoryProblem) -> pd.DataFrame:
    return problem.units.rejects[["row", "id", "reason"]].sort_values("row")


def _territories(plan: TerritoryPlan) -> pd.DataFrame:
    return pd.DataFrame(plan.territories.drop(columns="geometry"))


def _write_tables(plan: TerritoryPlan, folder: Path, save_graph: bool) -> None:
    _assignments(plan).to_csv(folder / "assignments.csv", index=False)
    _rejects(plan.problem).to_csv(folder / "rejects.csv", index=False)
    if plan.problem.units.joined:
        _units(plan).to_csv(folder / "units.csv", index=False)
    _territories(plan).to_csv(folder / "territories.csv")
    shapes = plan.territories.reset_index()
    if plan.problem.units.geographic:
        shapes = shapes.set_geometry(shapely.set_precision(shapes.geometry.to_numpy(), 10.0**-DEGREE_DECIMALS))
    (folder / "territories.geojson").write_text(shapes.to_json(drop_id=True), encoding="utf-8")
    if save_graph and plan.problem.graph is not None:
        edges = plan.problem.graph.edges[["u", "v", "kind"]]
        edges.assign(u=texts(edges["u"]), v=texts(edges["v"])).to_csv(folder / "contiguity.csv", index=False)
