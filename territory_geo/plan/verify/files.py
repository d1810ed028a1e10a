"""The files of a plan against the problem: every row once, totals as the assignments add up to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.geodata.clean import id_text
from territory_geo.geodata.ids import texts
from territory_geo.plan.constraints import MaxRadius
from territory_geo.plan.verify.assignment import bounds_position, check_assignment
from territory_geo.plan.verify.changes import changes_of, shares_changed
from territory_geo.plan.verify.reach import between_rows
from territory_geo.plan.verify.result import Verification

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem


def verify_written(problem: TerritoryProblem, directory: str | Path) -> Verification:
    """Check the files of a plan against the problem: what was written is what is checked.

    Parameters
    ----------
    problem : TerritoryProblem
        What was asked.
    directory : path
        With assignments.csv, rejects.csv, territories.csv, plan.json and, if there, units.csv.
    """
    folder, result = Path(directory), Verification()
    text = {"id": str, "unit": str, "territory": str}
    assignments = pd.read_csv(folder / "assignments.csv", dtype=text, keep_default_na=False)
    rejects = pd.read_csv(folder / "rejects.csv", dtype={"id": str, "reason": str}, keep_default_na=False)
    territories = pd.read_csv(
        folder / "territories.csv", dtype={"territory": str, "center": str}, keep_default_na=False
    )
    record = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    pairs = list(dict.fromkeys(zip(assignments["unit"], assignments["territory"], strict=True)))
    if (folder / "units.csv").is_file():
        # Units without any account are in no row of the assignments.
        units = pd.read_csv(folder / "units.csv", dtype=text, keep_default_na=False)
        pairs = list(dict.fromkeys([*pairs, *zip(units["unit"], units["territory"], strict=True)]))
    check_assignment(result, problem, [unit for unit, _ in pairs], [territory for _, territory in pairs])
    _check_rows(result, problem, assignments, rejects, record)
    _check_totals(result, problem, pairs, territories, record)
    if problem.current is not None:
        _check_changes(result, problem, assignments, record)
    if problem.of_kind(MaxRadius) and problem.objective.center == "unit":
        result.add("centres", _misplaced(problem, dict(pairs), territories), "as far from their units as written")
    return result


def _check_rows(
    result: Verification,
    problem: TerritoryProblem,
    assignments: pd.DataFrame,
    rejects: pd.DataFrame,
    record: dict[str, Any],
) -> None:
    """Check that every input row is accounted for once, with the unit it belongs to."""
    expected = {
        int(row): id_text(unit)
        for row, unit in zip(problem.units.members["row"], problem.units.members["unit"], strict=True)
    }
    rows = assignments["row"].astype(int)
    there = set(rows)
    wrong = [f"row {row} is missing" for row in expected if row not in there]
    wrong += [f"row {row} is there twice" for row in rows[rows.duplicated()]]
    wrong += [
        f"row {row} is in unit {unit}, not {expected.get(row)}"
        for row, unit in zip(rows, assignments["unit"], strict=True)
        if expected.get(row) != unit
    ]
    result.add("rows", wrong, f"{len(expected):,} rows, each once")
    refused = {int(row) for row in problem.units.rejects["row"]}
    written = set(rejects["row"].astype(int))
    lost = [f"row {row} was refused and is not in rejects.csv" for row in sorted(refused - written)]
    both = [f"row {row} is both accepted and refused" for row in sorted(written & set(rows))]
    silent = [f"row {row} is refused without a reason" for row in rejects.loc[rejects["reason"] == "", "row"]]
    result.add("rejects", [*lost, *both, *silent], f"{len(written):,} refused, each with its reason")
    counted, read = record["input"], len(expected) + len(refused)
    sums = counted["rows_used"] == len(rows) and counted["rows_rejected"] == len(written)
    fits = sums and counted["rows_read"] == read == counted["rows_used"] + counted["rows_rejected"]
    result.add("row counts", [] if fits else [f"plan.json says {counted}"], f"{read:,} rows read")


def _check_totals(
    result: Verification,
    problem: TerritoryProblem,
    pairs: list[tuple[str, str]],
    table: pd.DataFrame,
    record: dict[str, Any],
) -> None:
    """Check the written totals and deviations against sums over the written assignments."""
    owner = dict(pairs)
    for measure in problem.balance:
        targets = problem.bounds(measure)[1]
        sums: dict[str, float] = {}
        for unit, value in zip(problem.units.ids, problem.units.frame[measure].astype(float), strict=True):
            territory = owner.get(unit, "")
            sums[territory] = sums.get(territory, 0.0) + value
        written = dict(zip(table["territory"], table[measure].astype(float), strict=True))
        wrong = [
            f"{name}: {written.get(name)} written, {total:,.6g} in fact"
            for name, total in sums.items()
            if abs(written.get(name, float("inf")) - total) > 1e-6 * max(abs(total), targets.max())
        ]
        wrong += [f"{name} is written and holds nothing" for name in written if name not in sums]
        worst = max(abs(total / targets[bounds_position(problem, name)] - 1) for name, total in sums.items())
        stated = float(record["balance"][measure]["max_deviation"])
        if abs(stated - worst) > 1e-6:
            wrong.append(f"plan.json says a largest deviation of {stated:.6f}, it is {worst:.6f}")
        result.add(f"totals of {measure}", wrong, "as written")


def _check_changes(
    result: Verification, problem: TerritoryProblem, assignments: pd.DataFrame, record: dict[str, Any]
) -> None:
    """Check the written shares that change rep against the written rows."""
    now = dict(zip(assignments["row"].astype(int), assignments["territory"], strict=True))
    changes = changes_of(problem, [now.get(int(row), "") for row in problem.units.members["row"]])
    wrong = []
    for measure, stated in record.get("disruption", {}).get("shares", {}).items():
        moved, held = shares_changed(problem, changes, measure).get("", (0.0, 0.0))
        share = moved / held if held else 0.0
        if abs(share - stated) > 1e-9:
            wrong.append(
                f"plan.json says that {100 * stated:.4g} % of {measure} changes rep, it is {100 * share:.4g} %"
            )
    result.add("changes of rep", wrong, "as written")


def _misplaced(problem: TerritoryProblem, owner: dict[str, str], table: pd.DataFrame) -> list[str]:
    """Return the territories whose written centre is not theirs, or not as far from their units as is written."""
    row = {id_: i for i, id_ in enumerate(problem.units.ids)}
    wrong = []
    for name, center, stated in zip(
        table["territory"], texts(table["center"]), table["max_km"].astype(float), strict=True
    ):
        members = np.array([i for id_, i in row.items() if owner.get(id_) == name], dtype=np.int64)
        if owner.get(center) != name:
            wrong.append(f"{name}: its centre {center} is in {owner.get(center)}")
        elif abs((far := between_rows(problem, members, row[center]).max()) - stated) > 1e-6 * max(1.0, far):
            wrong.append(f"{name}: a largest distance of {stated:,.6g} km is written, it is {far:,.6g}")
    return wrong
