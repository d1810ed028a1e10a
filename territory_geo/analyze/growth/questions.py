"""The two questions behind an extended plan: the one for everybody, and the neighbours' own, which is solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.growth.part import accounts_of, part_of_constraints, part_of_graph, part_of_units
from territory_geo.geodata.contiguity import ContiguityGraph
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan.constraints import Bounds, DisruptionBudget, Lock
from territory_geo.plan.current import account_values
from territory_geo.plan.measures import depends, without_hours
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem

Bools = NDArray[np.bool_]

MARGIN = 0.1
"""Part of the tolerance that is left unused for hours: a territory's own depend a little on all other accounts."""


def whole_problem(
    plan: TerritoryPlan,
    units: BasicUnits,
    graph: ContiguityGraph | None,
    reps: Reps | None,
    disruption: Mapping[str, float],
    owner: NDArray[np.object_],
    chosen: Bools,
) -> TerritoryProblem:
    """Return the question for everybody: those who are no neighbours are locked, the budget counts all accounts."""
    problem = plan.problem
    ids = np.array(units.ids, dtype=object)
    locks = [Lock(ids[~chosen & (owner == name)].tolist(), str(name)) for name in sorted(set(owner[~chosen]))]
    force = problem.reps
    if force is not None and reps is not None:
        force = Reps(pd.concat([force.frame, reps.frame]))
    kept = [c for c in problem.constraints if not isinstance(c, DisruptionBudget)]
    return replace(
        problem, units=units, graph=graph, n_territories=problem.n_territories + (0 if reps is None else len(reps)),
        constraints=(*kept, *locks, DisruptionBudget(disruption)),
        reps=force, current=accounts_of(plan.labels, problem.units), work=None,
    )  # fmt: skip


def part_problem(
    plan: TerritoryPlan, whole: TerritoryProblem, homes: Mapping[str, int], chosen: Bools, neighbours: set[str]
) -> TerritoryProblem:
    """Return the question for the neighbours and who is new."""
    units = whole.units if whole.workload is None else without_hours(whole.units)
    part = part_of_units(units, chosen)
    inside, territories = set(part.ids), neighbours | set(homes)
    budget = next(c for c in whole.constraints if isinstance(c, DisruptionBudget))
    kept = part_of_constraints(plan.problem.constraints, inside, territories)
    kept += tuple(Lock([units.ids[row]], name) for name, row in homes.items())
    assert isinstance(whole.current, pd.Series)
    assert whole.alignment is not None
    held = whole.current[whole.current.isin(neighbours)]
    theirs = np.isin(whole.alignment.reps, sorted(neighbours))[whole.alignment.owner]
    theirs &= whole.alignment.owner >= 0
    caps = {}
    for measure, cap in budget.caps:
        # The cap is a share of what everybody holds; the neighbours hold a part of that.
        values = account_values(units, measure)
        everybody, part_holds = float(values[whole.alignment.owner >= 0].sum()), float(values[theirs].sum())
        caps[measure] = min(1.0, cap * everybody / part_holds) if part_holds > 0 else cap
    return replace(
        whole, units=part, graph=None if whole.graph is None else part_of_graph(whole.graph, part, chosen),
        n_territories=len(territories), constraints=(*kept, DisruptionBudget(caps)),
        reps=None if whole.reps is None else Reps(whole.reps.frame.loc[sorted(territories)]), current=held, work=None,
        balance={name: _narrowed(whole, name) for name in whole.balance},
    )  # fmt: skip


def _narrowed(problem: TerritoryProblem, measure: str) -> float | Bounds:
    """Return the tolerance of a measure for the search: a little less for hours, which all accounts bear on."""
    limit = problem.balance[measure]
    return limit if isinstance(limit, Bounds) or not depends(problem, measure) else limit * (1 - MARGIN)
