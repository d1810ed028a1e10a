"""Two sales forces become one: territories that meet the other force may change, all others keep what they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.growth.extend import Extension, checked
from territory_geo.analyze.growth.part import accounts_of
from territory_geo.analyze.growth.questions import part_problem, whole_problem
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.accounts import Accounts
from territory_geo.geodata.contiguity import ContiguityGraph
from territory_geo.geodata.ids import texts
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits
from territory_geo.optimize.solve import solve
from territory_geo.optimize.stop import Stop
from territory_geo.plan.constraints import DisruptionBudget
from territory_geo.plan.measures import without_hours
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.progress import Progress

Texts = NDArray[np.object_]


def merge_forces(
    plan: TerritoryPlan,
    other: TerritoryPlan,
    *,
    disruption: Mapping[str, float],
    units: BasicUnits | None = None,
    graph: ContiguityGraph | None = None,
    stop: Stop | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Extension:
    """Merge two sales forces into one plan; only territories that meet the other force change, within the budget.

    Parameters
    ----------
    plan, other : TerritoryPlan
        The two forces as they are. All territories of both stay; each has a name of its own.
    disruption : mapping of measure to share
        How much of what both forces hold may change rep, such as ``{"revenue": 0.1}``; see `DisruptionBudget`.
    units : BasicUnits, optional
        The accounts of both. Left out: put together from both plans, where their units are accounts.
    graph : ContiguityGraph, optional
        Of these units; left out: where `plan` asks for one piece each, built from their shapes.
    stop, seed, progress : optional
        As in `solve`.

    Returns
    -------
    Extension
        `neighbours` are the territories that meet the other force; its `before` is both plans laid over each other,
        where territories may be in pieces. Its `plan` is None where they find none within tolerances and budget:
        `reason` says why.

    Raises
    ------
    OptionError
        If both plans have a territory of one name, or only one of them has reps.
    DataError
        If the forces do not meet anywhere, or `units` lack accounts.

    Notes
    -----
    An account that both forces hold counts as one of `plan`'s. Balance, objective and workload are those of `plan`;
    locks and other constraints are those of both; disruption budgets are replaced. Where one piece each is asked for,
    it is asked of the territories of both: where accounts of two forces are mixed, much has to change.

    Examples
    --------
    >>> def strip(ids, owner, x):
    ...     table = pd.DataFrame({"id": list(ids), "x": x, "y": 0.0, "visits": 1.0})
    ...     units = BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    ...     graph = ContiguityGraph.from_units(units)
    ...     problem = TerritoryProblem(units, graph, n_territories=2, balance={"visits": 0.2})
    ...     return TerritoryPlan(problem, pd.Series(list(owner), index=units.ids))
    >>> merged = merge_forces(
    ...     strip("abcd", "AABB", range(4)), strip("efghij", "CCCDDD", range(4, 10)), disruption={"accounts": 0.2}
    ... )
    >>> merged.neighbours
    ('B', 'C')
    """
    problem = plan.problem
    twice = sorted(set(plan.territory_ids) & set(other.territory_ids))
    if twice:
        raise OptionError(
            f"Both plans have a territory {twice[0]!r}. Design one of them with reps= whose ids the other has not."
        )
    if (problem.reps is None) != (other.problem.reps is None):
        raise OptionError("One plan has reps and the other has none. Design both with reps=, or both without.")
    both = _united(plan, other) if units is None else units
    held = _held(plan, other)
    lost = sorted(set(held.index) - set(texts(both.members["id"])))
    if lost:
        raise DataError(
            f"The 'units' lack {len(lost):,} accounts of the plans, such as {lost[0]}. Build them from all."
        )
    if graph is None and problem.graph is not None:
        graph = ContiguityGraph.from_units(both)
    owner = _owner_of_units(both, held)
    today = _today(plan, other, both, graph, owner, held)
    near = _meeting(graph if graph is not None else ContiguityGraph.from_units(both), owner, set(other.territory_ids))
    chosen = np.isin(owner.astype(str), near)
    whole = replace(
        whole_problem(today, both, graph, None, disruption, owner, chosen), n_territories=today.problem.n_territories,
        current=held,
    )  # fmt: skip
    asked = part_problem(today, whole, {}, chosen, set(near))
    solution = solve(asked, stop=stop, seed=seed, progress=progress)
    if solution.plan is None:
        return Extension(None, today, tuple(near), (), solution, solution.reason)
    labels = pd.Series(owner, index=both.frame.index, dtype=object)
    labels[chosen] = solution.plan.labels.to_numpy()
    merged, reason = checked(whole, labels, asked, solution, near)
    return Extension(merged, today, tuple(near), (), solution, reason)


def _united(plan: TerritoryPlan, other: TerritoryPlan) -> BasicUnits:
    """Return units of the accounts of both plans, each account once."""
    first, second = (
        p.problem.units if p.problem.workload is None else without_hours(p.problem.units) for p in (plan, other)
    )
    for units in (first, second):
        if units.rows_are_areas or units.kind not in ("points", "table"):
            raise OptionError("The plans' units are areas. Give units= built from the accounts of both plans.")
    if (first.members.crs is None) != (second.members.crs is None):
        raise DataError("One plan has longitudes and latitudes, the other planar metres. Design both in one system.")
    lacking = sorted(set(first.measures) - set(second.members.columns) - {"accounts"})
    if lacking:
        raise DataError(f"The accounts of the second plan have no column {lacking[0]!r}, which the first one measures.")
    new = second.members[~np.isin(texts(second.members["id"]).astype(str), texts(first.members["id"]).astype(str))]
    members = pd.concat([first.members, new], ignore_index=True).drop(columns=["unit"])
    members["row"] = np.arange(1, len(members) + 1)
    accounts = Accounts(
        members, first.rejects.iloc[:0], first.findings.iloc[:0], {}, f"{first.source} and {second.source}", "",
        pd.DataFrame(columns=["row", "lon", "lat"]), first.land,
    )  # fmt: skip
    return BasicUnits.from_accounts(accounts, measures=[m for m in first.measures if m in members])


def _held(plan: TerritoryPlan, other: TerritoryPlan) -> pd.Series:
    """Return the territory of each account of both plans; of those that both hold, the first plan's."""
    first, second = (accounts_of(p.labels, p.problem.units) for p in (plan, other))
    held: pd.Series = pd.concat([first, second[~second.index.isin(first.index)]])
    return held


def _owner_of_units(units: BasicUnits, held: pd.Series) -> Texts:
    """Return the territory of each unit: that of its first account which has one, by id; refuse units without any."""
    members = pd.DataFrame({"unit": texts(units.members["unit"]), "id": texts(units.members["id"])})
    members["owner"] = held.reindex(members["id"]).to_numpy(dtype=object)
    known = members.dropna().sort_values("id", kind="stable").drop_duplicates("unit").set_index("unit")["owner"]
    owner: Texts = known.reindex(units.ids).to_numpy(dtype=object)
    nobody = [id_ for id_, name in zip(units.ids, owner, strict=True) if not isinstance(name, str)]
    if nobody:
        raise DataError(
            f"The 'units' hold {len(nobody):,} units without an account of either plan, such as {nobody[0]}. "
            f"Build them from the accounts of both plans alone; `extend_plan` takes new ones."
        )
    return owner


def _today(
    plan: TerritoryPlan,
    other: TerritoryPlan,
    units: BasicUnits,
    graph: ContiguityGraph | None,
    owner: Texts,
    held: pd.Series,
) -> TerritoryPlan:
    """Return both plans laid over each other."""
    problem = plan.problem
    reps = None
    if problem.reps is not None and other.problem.reps is not None:
        if ("capacity_hours" in problem.reps.frame) != ("capacity_hours" in other.problem.reps.frame):
            raise DataError("Some reps have capacity_hours and some have none. Give all of them hours, or nobody.")
        reps = Reps(pd.concat([problem.reps.frame, other.problem.reps.frame]))
    kept = [c for c in (*problem.constraints, *other.problem.constraints) if not isinstance(c, DisruptionBudget)]
    merged: TerritoryProblem = replace(
        problem, units=units, graph=graph, reps=reps, constraints=tuple(kept), current=held, work=None,
        n_territories=len(plan.territory_ids) + len(other.territory_ids),
    )  # fmt: skip
    return TerritoryPlan(merged, pd.Series(owner, index=units.frame.index, dtype=object))


def _meeting(graph: ContiguityGraph, owner: Texts, theirs: set[str]) -> list[str]:
    """Return the territories with a unit that touches one of the other force, sorted."""
    second = np.isin(owner.astype(str), sorted(theirs))
    across = graph.pairs[second[graph.pairs[:, 0]] != second[graph.pairs[:, 1]]]
    if not len(across):
        raise DataError("The two forces do not meet: no territory of one touches the other's. Nothing has to change.")
    return sorted({str(name) for name in owner[across.reshape(-1)]})
