"""The independent check of a plan: from tables, with networkx, sharing no code with the optimiser.

It trusts nothing that the plan says about itself: totals, deviations and pieces are worked out again, from
memory or from the files that were written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd

from territory_geo.geodata.clean import id_text
from territory_geo.plan.constraints import Lock

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem

TOLERANCE = 1e-9
"""Share by which a bound may be passed, and a total may differ, through rounding."""
NETWORKX_UNITS = 50_000
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
    pairs = [(str(unit), str(t)) for unit, t in zip(plan.problem.units.ids, plan.labels, strict=True)]
    _check_assignment(result, plan.problem, pairs)
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
    _check_assignment(result, problem, pairs)
    _check_rows(result, problem, assignments, rejects, record)
    _check_totals(result, problem, pairs, territories, record)
    return result


def _check_assignment(result: Verification, problem: TerritoryProblem, pairs: list[tuple[str, str]]) -> None:
    """Check pairs of (unit, territory), as read, against the problem."""
    known, seen = set(problem.units.ids), dict[str, str]()
    again = []
    for unit, territory in pairs:
        if unit in seen:
            again.append(f"unit {unit} is in {seen[unit]} and in {territory}")
        seen.setdefault(unit, territory)
    missing = [unit for unit in problem.units.ids if not seen.get(unit)]
    result.add("complete", (f"unit {u} has no territory" for u in missing), f"{len(known):,} units assigned")
    result.add("exclusive", again, "no unit twice")
    result.add("known units", (f"{u} is no unit" for u in seen if u not in known), "no stranger")
    groups: dict[str, list[str]] = {}
    for unit, territory in seen.items():
        if unit in known and territory:
            groups.setdefault(territory, []).append(unit)
    wrong = [] if len(groups) == problem.n_territories else [f"{len(groups)} instead of {problem.n_territories}"]
    result.add("number of territories", wrong, f"{problem.n_territories} territories")
    if problem.graph is not None:
        result.add("one piece", _scattered(problem, groups), "each territory is one piece")
    for measure in problem.balance:
        result.add(f"balance of {measure}", _unbalanced(problem, groups, measure), "within bounds")
    broken = []
    for constraint in problem.constraints:
        for unit in constraint.units:
            inside = seen.get(unit) == constraint.territory
            if inside != isinstance(constraint, Lock):
                broken.append(f"{constraint} (unit {unit} is in {seen.get(unit)})")
    if problem.constraints:
        result.add("constraints", broken, f"{len(problem.constraints)} constraints kept")


def _scattered(problem: TerritoryProblem, groups: dict[str, list[str]]) -> Iterable[str]:
    """Yield the territories that are in several pieces."""
    assert problem.graph is not None
    if len(problem.units) > NETWORKX_UNITS:
        counts = pieces_with_scipy(problem.graph.edges, groups)
    else:
        counts = pieces_with_networkx(problem.graph.edges, groups)
    for territory, count in sorted(counts.items()):
        if count != 1:
            yield f"{territory} is in {count} pieces"


def pieces_with_networkx(edges: pd.DataFrame, groups: dict[str, list[str]]) -> dict[str, int]:
    """Return the number of connected pieces of each group of units."""
    graph: Any = nx.Graph()
    graph.add_nodes_from(unit for units in groups.values() for unit in units)
    graph.add_edges_from(zip(edges["u"].map(id_text), edges["v"].map(id_text), strict=True))
    return {name: nx.number_connected_components(graph.subgraph(units)) for name, units in groups.items()}


def pieces_with_scipy(edges: pd.DataFrame, groups: dict[str, list[str]]) -> dict[str, int]:
    """Return the same as `pieces_with_networkx`, in compiled code."""
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    names = list(groups)
    units = pd.Index([unit for held in groups.values() for unit in held], dtype=object)
    group = np.repeat(np.arange(len(names)), [len(held) for held in groups.values()])
    u, v = (units.get_indexer(pd.Index(edges[end].map(id_text), dtype=object)) for end in ("u", "v"))
    inner = (u >= 0) & (v >= 0)
    inner[inner] = group[u[inner]] == group[v[inner]]
    matrix = coo_matrix((np.ones(int(inner.sum())), (u[inner], v[inner])), shape=(len(units), len(units)))
    _, piece = connected_components(matrix, directed=False)
    counts = np.bincount(group[np.unique(piece, return_index=True)[1]], minlength=len(names))
    return {name: int(count) for name, count in zip(names, counts, strict=True)}


def _unbalanced(problem: TerritoryProblem, groups: dict[str, list[str]], measure: str) -> Iterable[str]:
    """Yield the territories outside the bounds of a measure."""
    values = dict(zip(problem.units.ids, problem.units.frame[measure].astype(float), strict=True))
    lower, target, upper = problem.bounds(measure)
    slack = TOLERANCE * target
    for territory, units in sorted(groups.items()):
        load = sum(values[unit] for unit in units)
        if not lower - slack <= load <= upper + slack:
            yield f"{territory} holds {load:,.6g}, allowed {lower:,.6g} to {upper:,.6g}"


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
    wrong = [f"row {row} is missing" for row in expected if row not in set(rows)]
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
        _, target, _ = problem.bounds(measure)
        sums: dict[str, float] = {}
        for unit, value in zip(problem.units.ids, problem.units.frame[measure].astype(float), strict=True):
            territory = owner.get(unit, "")
            sums[territory] = sums.get(territory, 0.0) + value
        written = dict(zip(table["territory"], table[measure].astype(float), strict=True))
        wrong = [
            f"{name}: {written.get(name)} written, {total:,.6g} in fact"
            for name, total in sums.items()
            if abs(written.get(name, float("inf")) - total) > 1e-6 * max(abs(total), target)
        ]
        wrong += [f"{name} is written and holds nothing" for name in written if name not in sums]
        worst = max(abs(total - target) / target for total in sums.values())
        stated = float(record["balance"][measure]["max_deviation"])
        if abs(stated - worst) > 1e-6:
            wrong.append(f"plan.json says a largest deviation of {stated:.6f}, it is {worst:.6f}")
        result.add(f"totals of {measure}", wrong, "as written")
