"""The independent check of a plan: from tables, with networkx, sharing no code with the optimiser.

It trusts nothing that the plan says about itself: totals, deviations and pieces are worked out again, from
memory or from the files that were written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata.clean import id_text
from territory_geo.plan.constraints import Lock
from territory_geo.plan.measures import NAME
from territory_geo.plan.metrics import centers_of

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem

TOLERANCE = 1e-9
"""Share by which a bound may be passed, and a total may differ, through rounding."""
NETWORKX_UNITS = 20_000
"""Above this many units, pieces are counted with scipy; the tests hold both to the same answer."""


@dataclass
class Verification:
    """The outcome of a check.

    Parameters
    ----------
    checks : list of (name, passed, detail)
        In the order in which they were made.
    """

    checks: list[tuple[str, bool, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything passed."""
        return all(passed for _, passed, _ in self.checks)

    @property
    def failures(self) -> list[str]:
        """What failed, in words."""
        return [f"{name}: {detail}" for name, passed, detail in self.checks if not passed]

    def passed(self, name: str) -> bool:
        """Tell whether the check of this name was made and passed."""
        return any(check == name and passed for check, passed, _ in self.checks)

    def add(self, name: str, problems: Iterable[str], fine: str) -> None:
        """Record a check: the problems found, or what was found to be fine."""
        found = list(problems)
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        self.checks.append((name, not found, "; ".join(found[:3]) + more if found else fine))

    def table(self) -> pd.DataFrame:
        """Return the checks as a table."""
        return pd.DataFrame(self.checks, columns=["check", "passed", "detail"])

    def __repr__(self) -> str:
        state = "passed" if self.ok else f"FAILED: {'; '.join(self.failures)}"
        return f"<Verification: {len(self.checks)} checks, {state}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        return definition_table("Verification", {"passed": "yes" if self.ok else "NO"}, self.table())


def verify_plan(plan: TerritoryPlan) -> Verification:
    """Check a plan in memory."""
    result = Verification()
    _check_assignment(result, plan.problem, plan.problem.units.ids, plan.labels.tolist())
    return result


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
    territories = pd.read_csv(folder / "territories.csv", dtype={"territory": str}, keep_default_na=False)
    record = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    pairs = list(dict.fromkeys(zip(assignments["unit"], assignments["territory"], strict=True)))
    if (folder / "units.csv").is_file():
        # Units without any account are in no row of the assignments.
        units = pd.read_csv(folder / "units.csv", dtype=text, keep_default_na=False)
        pairs = list(dict.fromkeys([*pairs, *zip(units["unit"], units["territory"], strict=True)]))
    _check_assignment(result, problem, [unit for unit, _ in pairs], [territory for _, territory in pairs])
    _check_rows(result, problem, assignments, rejects, record)
    _check_totals(result, problem, pairs, territories, record)
    return result


def _check_assignment(
    result: Verification, problem: TerritoryProblem, units: Sequence[str], territories: Sequence[str]
) -> None:
    """Check units and their territories, pair by pair as read, against the problem."""
    ids = problem.units.ids
    given, owners = pd.Series(units, dtype=object), pd.Series(territories, dtype=object).fillna("")
    row = pd.Index(ids, dtype=object).get_indexer(pd.Index(given))
    twice, stranger = given.duplicated().to_numpy(), row < 0
    owner = np.full(len(ids), "", dtype=object)
    used = ~twice & ~stranger
    owner[row[used]] = owners.to_numpy(dtype=object)[used]
    missing = np.flatnonzero(owner == "")
    result.add("complete", (f"unit {ids[i]} has no territory" for i in missing), f"{len(ids):,} units assigned")
    first = dict(zip(given[~twice], owners[~twice], strict=True)) if twice.any() else {}
    again = (f"unit {given[i]} is in {first[given[i]]} and in {owners[i]}" for i in np.flatnonzero(twice))
    result.add("exclusive", again, "no unit twice")
    result.add("known units", (f"{unit} is no unit" for unit in given[stranger & ~twice]), "no stranger")
    codes, found = pd.factorize(owner, sort=True)
    names = [str(name) for name in found]
    if missing.size:
        # Units without a territory, the first in order, get the code -1: they belong to no group.
        codes, names = codes - 1, names[1:]
    count = len(names)
    wrong = [] if count == problem.n_territories else [f"{count} instead of {problem.n_territories}"]
    result.add("number of territories", wrong, f"{problem.n_territories} territories")
    if problem.reps is not None:
        nobody = sorted(set(names) - set(problem.named_territories))
        result.add("reps", (f"{name} is no rep" for name in nobody), "each territory has its rep")
    if problem.graph is not None:
        result.add("one piece", _scattered(problem, codes, names), "each territory is one piece")
    if problem.work is not None and not missing.size and count == problem.n_territories:
        result.add("workload", _stale_hours(problem, codes), "the hours are those of these territories")
    for measure in problem.balance:
        result.add(f"balance of {measure}", _unbalanced(problem, codes, names, measure), "within bounds")
    if problem.constraints:
        seen = dict(zip(ids, owner, strict=True))
        broken = [
            f"{constraint} (unit {unit} is in {seen.get(unit) or None})"
            for constraint in problem.constraints
            for unit in constraint.units
            if (seen.get(unit) == constraint.territory) != isinstance(constraint, Lock)
        ]
        result.add("constraints", broken, f"{len(problem.constraints)} constraints kept")


def _scattered(problem: TerritoryProblem, codes: NDArray[np.int64], names: list[str]) -> Iterable[str]:
    """Yield the territories that are in several pieces."""
    assert problem.graph is not None
    count = pieces_with_scipy if len(problem.units) > NETWORKX_UNITS else pieces_with_networkx
    pieces = count(problem.graph.pairs, codes, len(names))
    for territory, found in zip(names, pieces, strict=True):
        if found != 1:
            yield f"{territory} is in {found} pieces"


def pieces_with_networkx(pairs: NDArray[np.int64], codes: NDArray[np.int64], count: int) -> list[int]:
    """Return the number of connected pieces of each group of units.

    Parameters
    ----------
    pairs : array, shape (e, 2)
        Units that touch.
    codes : array, shape (n,)
        The group of each unit, 0 to count - 1; -1 for none.
    count : int
        How many groups.
    """
    graph: Any = nx.Graph()
    graph.add_nodes_from(range(len(codes)))
    graph.add_edges_from(pairs[codes[pairs[:, 0]] == codes[pairs[:, 1]]].tolist())
    found = [0] * count
    for piece in nx.connected_components(graph):
        group = int(codes[next(iter(piece))])
        if group >= 0:
            found[group] += 1
    return found


def pieces_with_scipy(pairs: NDArray[np.int64], codes: NDArray[np.int64], count: int) -> list[int]:
    """Return the same as `pieces_with_networkx`, in compiled code."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    u, v = pairs[codes[pairs[:, 0]] == codes[pairs[:, 1]]].T
    matrix = coo_matrix((np.ones(len(u)), (u, v)), shape=(len(codes), len(codes)))
    _, piece = connected_components(matrix, directed=False)
    owner = codes[np.unique(piece, return_index=True)[1]]
    found: list[int] = np.bincount(owner[owner >= 0], minlength=count).tolist()
    return found


def _unbalanced(problem: TerritoryProblem, codes: NDArray[np.int64], names: list[str], measure: str) -> Iterable[str]:
    """Yield the territories outside the bounds of a measure."""
    values = problem.units.frame[measure].to_numpy(dtype=float)
    loads = np.bincount(codes[codes >= 0], values[codes >= 0], minlength=len(names))
    lower, target, upper = problem.bounds(measure)
    for territory, load in zip(names, loads, strict=True):
        t = _number(problem, territory)
        slack = TOLERANCE * target[t]
        if not lower[t] - slack <= load <= upper[t] + slack:
            yield f"{territory} holds {load:,.6g}, allowed {lower[t]:,.6g} to {upper[t]:,.6g}"


def _stale_hours(problem: TerritoryProblem, codes: NDArray[np.int64]) -> Iterable[str]:
    """Yield the units whose hours are not what their visits and the way from their territory's centre make them."""
    assert problem.workload is not None
    work, centers = problem.workload.of(problem.units), centers_of(problem, codes)
    hours = work.hours(work.distance.hours_between(centers.xy[codes], problem.units.xy))
    held = problem.units.frame[NAME].to_numpy(dtype=float)
    for i in np.flatnonzero(np.abs(hours - held) > 1e-6 * np.maximum(1.0, hours)):
        yield f"unit {problem.units.ids[i]} counts {held[i]:,.4g} hours, in its territory it takes {hours[i]:,.4g}"


def _number(problem: TerritoryProblem, territory: str) -> int:
    """Return the position of a territory's bounds; where no reps are given, all are alike."""
    named = problem.named_territories
    return named.index(territory) if problem.reps is not None and territory in named else 0


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
        worst = max(abs(total / targets[_number(problem, name)] - 1) for name, total in sums.items())
        stated = float(record["balance"][measure]["max_deviation"])
        if abs(stated - worst) > 1e-6:
            wrong.append(f"plan.json says a largest deviation of {stated:.6f}, it is {worst:.6f}")
        result.add(f"totals of {measure}", wrong, "as written")
