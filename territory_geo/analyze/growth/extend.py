"""A new market, or a new rep: the neighbours make room, everybody else keeps what they have.

The neighbours' territories and the new accounts are a problem of their own for `solve`; how much of what customers
are used to may change is a disruption budget. The whole plan is checked by code that shares nothing with the search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.growth.part import accounts_of
from territory_geo.analyze.growth.questions import part_problem, whole_problem
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.contiguity import ContiguityGraph
from territory_geo.geodata.ids import texts
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits
from territory_geo.optimize.solution import Solution
from territory_geo.optimize.solve import solve
from territory_geo.optimize.stop import Stop
from territory_geo.plan.constraints import Bounds
from territory_geo.plan.measures import without_hours
from territory_geo.plan.metrics import loads
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.tables import travel_figures
from territory_geo.progress import Progress


@dataclass(frozen=True, eq=False)
class Extension:
    """What a new market or a new rep changes.

    Parameters
    ----------
    plan : TerritoryPlan or None
        The whole new plan; its constraints lock everybody but the neighbours, and hold the budget. None where the
        neighbours found no plan: `reason` says why.
    before : TerritoryPlan
        The plan it started from.
    neighbours : tuple of str
        The territories that may change.
    new : tuple of str
        Territories that were not there before.
    solution : Solution
        Of the neighbours' part.
    reason : str
        Why there is no plan; empty otherwise.
    """

    plan: TerritoryPlan | None
    before: TerritoryPlan
    neighbours: tuple[str, ...]
    new: tuple[str, ...]
    solution: Solution
    reason: str = ""

    def changes(self) -> pd.DataFrame:
        """Return a row per territory, those that change first: `accounts` before and after, `came`, `new`, `gone`.

        `came` are accounts that another territory had, `new` those that nobody had, `gone` those that it gave away.
        """
        before, held, after = self._owners()
        moved = held.notna() & (held != after)
        rest = (t for t in pd.unique(after) if t not in self.new)
        names = [*self.neighbours, *self.new, *sorted(rest)]
        table = pd.DataFrame(index=pd.Index(list(dict.fromkeys(names)), name="territory"))
        counts = {
            "accounts_before": before, "accounts": after, "came": after[moved], "new": after[held.isna()],
            "gone": held[moved],
        }  # fmt: skip
        for column, owner in counts.items():
            table[column] = owner.value_counts().reindex(table.index, fill_value=0).astype(int)
        return table

    def moves(self) -> pd.DataFrame:
        """Return a row per account that is new or changes territory: `id`, `from` (empty where nobody had it), `to`."""
        _, held, after = self._owners()
        changed = (held != after).to_numpy(dtype=bool)
        return pd.DataFrame(
            {"id": after.index[changed], "from": held[changed].fillna("").array, "to": after[changed].array}
        )

    def _owners(self) -> tuple[pd.Series, pd.Series, pd.Series]:
        """Return who had each account, the same for the accounts of the new plan, and who has those now."""
        if self.plan is None:
            raise OptionError(f"There is no new plan: {self.reason}.")
        before = accounts_of(self.before.labels, self.before.problem.units)
        after = accounts_of(self.plan.labels, self.plan.problem.units)
        return before, before.reindex(after.index), after

    def summary(self) -> str:
        """Return one line: who may change, what is new, how many accounts change hands."""
        what = f"{len(self.neighbours)} neighbours" + (f", new: {', '.join(self.new)}" if self.new else "")
        if self.plan is None:
            return f"{what}; no plan: {self.reason}"
        table = self.changes()
        # Of all accounts that somebody had, whoever that was: those who leave have no row.
        known = table["accounts"].sum() - table["new"].sum()
        return f"{what}; {table['new'].sum():,} new accounts, {table['came'].sum():,} of {known:,} change rep"

    def __repr__(self) -> str:
        return f"<Extension: {self.summary()}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        shown = None if self.plan is None else self.changes().reset_index()
        return definition_table("Extension", {"what": self.summary()}, shown)


def extend_plan(
    plan: TerritoryPlan,
    *,
    units: BasicUnits | None = None,
    graph: ContiguityGraph | None = None,
    reps: Reps | None = None,
    disruption: Mapping[str, float],
    stop: Stop | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Extension:
    """Fit a new market, a new rep, or both into a plan; only the neighbours change, and only within the budget.

    Parameters
    ----------
    plan : TerritoryPlan
        As it is today.
    units : BasicUnits, optional
        All of the plan's accounts, and those of the new market. Left out: there is no new market.
    graph : ContiguityGraph, optional
        Of these units; left out: where the plan asks for one piece each, built from their shapes.
    reps : Reps, optional
        The new reps. Each gets a territory with their id, in which they live. Left out: the neighbours share the
        market among themselves.
    disruption : mapping of measure to share
        How much of what the plan's territories hold may change rep, such as ``{"revenue": 0.05}``; see
        `DisruptionBudget`. New accounts have no rep to lose.
    stop, seed, progress : optional
        As in `solve`.

    Returns
    -------
    Extension
        Its `plan` is None where the neighbours cannot do it within tolerances and budget.

    Raises
    ------
    OptionError, DataError
        If nothing is new, the units lack accounts of the plan, a name is taken, or nobody is a neighbour.

    Notes
    -----
    Neighbours are the territories that hold or touch a new account, those where a new rep lives, and those that touch
    these.
    They, and the new ones, are balanced among each other, within the plan's tolerances: nobody else can give or take.

    Examples
    --------
    >>> table = pd.DataFrame({"id": list("abcdef"), "x": range(6), "y": 0.0, "visits": 1.0})
    >>> every = BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> old = BasicUnits.from_table(table[:4], id="id", x="x", y="y", measures=["visits"])
    >>> problem = TerritoryProblem(old, ContiguityGraph.from_units(old), n_territories=2, balance={"visits": 0.1})
    >>> plan = TerritoryPlan(problem, pd.Series(["W", "W", "E", "E"], index=old.ids))
    >>> extend_plan(plan, units=every, disruption={"accounts": 0.1}).plan.labels.tolist()
    ['W', 'W', 'E', 'E', 'E', 'E']
    """
    now = _grown_units(plan, units)
    if units is None and reps is None:
        raise OptionError("Nothing is new. Give units= with a new market's accounts, reps= with a new rep, or both.")
    if graph is not None and graph.unit_ids != now.ids:
        raise OptionError("The graph was built from other units. Build it with ContiguityGraph.from_units(units).")
    if graph is None and plan.problem.graph is not None:
        graph = plan.problem.graph if units is None else ContiguityGraph.from_units(now)
    owner, fresh = owners_today(plan, now)
    homes = _new_homes(plan, now, reps)
    touch = graph if graph is not None else ContiguityGraph.from_units(now)
    neighbours = touching(touch, owner, fresh, list(homes.values()))
    chosen = np.isin(owner.astype(str), [*neighbours, ""])
    whole = whole_problem(plan, now, graph, reps, disruption, owner, chosen)
    asked = part_problem(plan, whole, homes, chosen, set(neighbours))
    solution = solve(asked, stop=stop, seed=seed, progress=progress)
    new = tuple(homes)
    if solution.plan is None:
        return Extension(None, plan, tuple(neighbours), new, solution, solution.reason)
    labels = pd.Series(owner, index=now.frame.index, dtype=object)
    labels[chosen] = solution.plan.labels.to_numpy()
    extended, reason = checked(whole, labels, asked, solution, [*neighbours, *new])
    return Extension(extended, plan, tuple(neighbours), new, solution, reason)


def _grown_units(plan: TerritoryPlan, units: BasicUnits | None) -> BasicUnits:
    """Return the units of today and of the new market, without hours of an earlier plan."""
    old = plan.problem.units
    if units is None:
        return old if plan.problem.workload is None else without_hours(old)
    lost = sorted(set(texts(old.members["id"])) - set(texts(units.members["id"])))
    if lost:
        raise DataError(
            f"The 'units' lack {len(lost):,} accounts of the plan, such as {lost[0]}. Build them from today's accounts "
            f"and the new ones together, in the same way as the plan's."
        )
    return units


def owners_today(plan: TerritoryPlan, units: BasicUnits) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return the territory of each unit today (empty for new ones), and which units hold new accounts, shape (n,)."""
    today = dict(zip(plan.problem.units.ids, plan.labels.tolist(), strict=True))
    account = accounts_of(plan.labels, plan.problem.units)
    held = account.reindex(texts(units.members["id"])).fillna("").to_numpy(dtype=object)
    row = pd.Index(units.ids).get_indexer(pd.Index(texts(units.members["unit"])))
    owner = np.array([today.get(id_, "") for id_ in units.ids], dtype=object)
    # A new account on the spot of an old one may give the unit another id.
    known = held != ""
    owner[row[known]] = np.where(owner[row[known]] == "", held[known], owner[row[known]])
    fresh = np.zeros(len(units), dtype=bool)
    fresh[row[~known]] = True
    return owner, fresh | (owner == "")


def _new_homes(plan: TerritoryPlan, units: BasicUnits, reps: Reps | None) -> dict[str, int]:
    """Return the row of the unit in which each new rep lives."""
    if reps is None:
        return {}
    if not isinstance(reps, Reps) or not len(reps):
        raise OptionError(f"The 'reps' parameter must be read_reps(…) of the new reps. Got {reps!r} instead.")
    taken = sorted(set(reps.frame.index) & set(plan.territory_ids))
    if taken:
        raise OptionError(f"There is a territory {taken[0]!r} already. Give reps only those who are new.")
    known = plan.problem.reps
    if known is not None and ("capacity_hours" in known.frame) != ("capacity_hours" in reps.frame):
        raise DataError("Some reps have capacity_hours and some have none. Give all of them hours, or nobody.")
    xy = np.column_stack([reps.frame.geometry.x, reps.frame.geometry.y])
    places = units.plane.to_plane(units.xy)
    rows = [int(np.hypot(*(places - home).T).argmin()) for home in units.plane.to_plane(xy)]
    shared = next((name for i, name in enumerate(reps.frame.index) if rows[i] in rows[:i]), None)
    if shared is not None:
        raise DataError(f"{shared} lives in the same unit as another new rep. Give them homes apart.")
    return dict(zip(map(str, reps.frame.index), rows, strict=True))


def touching(
    graph: ContiguityGraph, owner: NDArray[np.object_], fresh: NDArray[np.bool_], homes: list[int]
) -> list[str]:
    """Return the territories that touch a new account, those where new reps live, and those that touch these."""
    there = owner.astype(str)
    starts = fresh | np.isin(there, there[homes])
    ends = graph.pairs[starts[graph.pairs].any(axis=1)].reshape(-1)
    found = sorted(set(there[ends]) | set(there[starts]))
    found = [name for name in found if name]
    if not found:
        raise DataError(
            "Nobody is a neighbour: no territory touches these accounts. Bridges (islands='bridge') say who is near."
        )
    return found


def checked(
    whole: TerritoryProblem, labels: pd.Series, asked: TerritoryProblem, solution: Solution, movers: list[str]
) -> tuple[TerritoryPlan | None, str]:
    """Return the whole plan, checked, or why it is none."""
    assert solution.plan is not None
    provenance = {**solution.plan.provenance, "objective": None, "bound": None, "bound_kind": None}
    provenance.pop("gap", None)
    found = TerritoryPlan(whole, labels, provenance)
    mine = np.isin(found.territory_ids, movers)
    wide: dict[str, float | Bounds] = {}
    for measure, limit in whole.balance.items():
        load = loads(found.problem, found.codes, measure)
        # Those who change are held to the tolerance; everybody else holds what they held.
        wide[measure] = Bounds(float(load.min()) * (1 - 1e-9), float(load.max()) * (1 + 1e-9))
        target = float(load[mine].sum()) * asked.shares
        lower, upper = (
            (limit.lower, limit.upper) if isinstance(limit, Bounds) else (target * (1 - limit), target * (1 + limit))
        )
        over = np.maximum(load[mine] - upper, lower - load[mine]) / np.where(target > 0, target, 1.0)
        if float(over.max()) > 1e-9:
            name = np.array(found.territory_ids)[mine][int(over.argmax())]
            return None, (
                f"{name} misses the bounds of {measure} by {100 * float(over.max()):.2g} % once all accounts count; a "
                f"longer search or a wider tolerance may find a plan"
            )
    plan = TerritoryPlan(replace(found.problem, balance=wide), labels, provenance)
    provenance["objective"] = float(travel_figures(plan)["objective"])
    check = plan.verify()
    if not check.ok:
        return None, f"the plan for everybody would not keep all that is asked: {'; '.join(check.failures)}"
    return plan, ""
