"""A rep leaves: the neighbours take over, everybody else keeps what they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.growth.extend import Extension, checked, owners_today, touching
from territory_geo.analyze.growth.part import accounts_of, part_of_constraints
from territory_geo.analyze.growth.questions import part_problem
from territory_geo.errors import OptionError
from territory_geo.geodata.contiguity import ContiguityGraph
from territory_geo.geodata.reps import Reps
from territory_geo.optimize.solve import solve
from territory_geo.optimize.stop import Stop
from territory_geo.plan.constraints import DisruptionBudget, Lock
from territory_geo.plan.measures import without_hours
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.progress import Progress


def reassign(
    plan: TerritoryPlan,
    leaving: str | Sequence[str],
    *,
    disruption: Mapping[str, float] | None = None,
    stop: Stop | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Extension:
    """Give the accounts of reps who leave to their neighbours; only the neighbours change.

    Parameters
    ----------
    plan : TerritoryPlan
        As it is today.
    leaving : str or sequence of str
        The territories (reps) that end.
    disruption : mapping of measure to share, optional
        How much of what the other territories hold may change rep as well, such as ``{"revenue": 0.02}``; see
        `DisruptionBudget`. Left out: nothing; the neighbours keep all their accounts and take the new ones.
    stop, seed, progress : optional
        As in `solve`.

    Returns
    -------
    Extension
        `neighbours` are those who may change. Its `plan` is None where they cannot take everything within the
        tolerances around their new, larger share and the budget: `reason` says why.

    Raises
    ------
    OptionError
        If a territory is unknown, or nobody is left.
    DataError
        If those who leave have no neighbours.

    Examples
    --------
    >>> from territory_geo.geodata.units import BasicUnits
    >>> table = pd.DataFrame({"id": list("abcdef"), "x": range(6), "y": 0.0, "visits": 1.0})
    >>> units = BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> problem = TerritoryProblem(units, ContiguityGraph.from_units(units), n_territories=3, balance={"visits": 0.1})
    >>> plan = TerritoryPlan(problem, pd.Series(["W", "W", "M", "M", "E", "E"], index=units.ids))
    >>> reassign(plan, "M").plan.labels.tolist()
    ['W', 'W', 'W', 'E', 'E', 'E']
    """
    gone = [leaving] if isinstance(leaving, str) else list(leaving)
    unknown = [name for name in gone if name not in plan.territory_ids]
    if unknown or not gone:
        what = f"There is no territory {unknown[0]!r}" if unknown else "Nobody leaves"
        raise OptionError(f"{what}. Name those that end, out of {', '.join(plan.territory_ids)}.")
    remaining = sorted(set(plan.territory_ids) - set(gone))
    if not remaining:
        raise OptionError("Nobody is left to take the accounts over. Name only those who leave.")
    units = plan.problem.units if plan.problem.workload is None else without_hours(plan.problem.units)
    owner, _ = owners_today(plan, units)
    owner[np.isin(owner.astype(str), gone)] = ""
    graph = plan.problem.graph
    fresh = owner == ""
    neighbours = touching(graph if graph is not None else ContiguityGraph.from_units(units), owner, fresh, [])
    chosen = np.isin(owner.astype(str), [*neighbours, ""])
    whole = _without(plan, gone, remaining, owner, chosen, disruption or {"accounts": 0.0})
    asked = part_problem(plan, whole, {}, chosen, set(neighbours))
    solution = solve(asked, stop=stop, seed=seed, progress=progress)
    if solution.plan is None:
        return Extension(None, plan, tuple(neighbours), (), solution, solution.reason)
    labels = pd.Series(owner, index=units.frame.index, dtype=object)
    labels[chosen] = solution.plan.labels.to_numpy()
    found, reason = checked(whole, labels, asked, solution, neighbours)
    return Extension(found, plan, tuple(neighbours), (), solution, reason)


def _without(
    plan: TerritoryPlan, gone: list[str], remaining: list[str], owner: NDArray[np.object_],
    chosen: NDArray[np.bool_], disruption: Mapping[str, float],
) -> TerritoryProblem:  # fmt: skip
    """Return the question for everybody who stays: those who are no neighbours are locked."""
    problem = plan.problem
    units = problem.units if problem.workload is None else without_hours(problem.units)
    ids = np.array(units.ids, dtype=object)
    kept = part_of_constraints(problem.constraints, set(units.ids), set(remaining))
    locks = [Lock(ids[~chosen & (owner == name)].tolist(), str(name)) for name in sorted(set(owner[~chosen]))]
    held = accounts_of(plan.labels, problem.units)
    return replace(
        problem, units=units, n_territories=len(remaining),
        constraints=(*kept, *locks, DisruptionBudget(disruption)),
        reps=None if problem.reps is None else Reps(problem.reps.frame.loc[remaining]),
        # With reps the problem knows by itself who is gone; without them all names of today would count as there.
        current=held[~held.isin(gone)] if problem.reps is None else held, work=None,
    )  # fmt: skip
