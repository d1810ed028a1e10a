"""Today's alignment as a plan, also where it is split, unbalanced, or of another number of reps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from territory_geo._version import __version__
from territory_geo.errors import OptionError
from territory_geo.plan.current import alignment_of, owners_of

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def current_plan(problem: TerritoryProblem) -> TerritoryPlan:
    """Return `TerritoryPlan.from_current`."""
    from territory_geo.plan.plan import TerritoryPlan

    if problem.current is None:
        raise OptionError("The problem does not say who has what today: give current=, a column of the accounts.")
    units = problem.units
    # Everybody of today has a territory today, also who is gone in the plan.
    today = alignment_of(units, owners_of(units, problem.current), None)
    held = today.held(np.ones(len(units.members)))
    owner, most = _owners(held)
    whole = np.asarray(held.sum(axis=1)).ravel()
    shared = np.diff(held.indptr) > 1
    made: dict[str, Any] = {
        "status": "current",
        "version": __version__,
        "shared_units": int(shared.sum()),
        "accounts_in_shared_units_of_others": int((whole - most)[shared].sum()),
        "units_of_nobody": int((owner < 0).sum()),
    }
    nobody = np.flatnonzero(owner < 0)
    if nobody.size:
        taken = np.flatnonzero(owner >= 0)
        places = units.plane.to_plane(units.xy)
        distance, near = cKDTree(places[taken]).query(places[nobody], k=min(2, len(taken)))
        if near.ndim == 2:
            # Of two that are equally near the first id is taken.
            tie = distance[:, 1] <= distance[:, 0] * (1 + 1e-12)
            near = np.where(tie, near.min(axis=1), near[:, 0])
        owner[nobody] = owner[taken[near]]
    names = np.array(today.reps, dtype=object)[owner]
    there = sorted(set(names))
    if set(there) != set(problem.named_territories) or len(there) != problem.n_territories:
        made["other_problem"] = f"{len(there)} territories of today instead of {problem.n_territories}"
        problem = _problem_of_today(problem, len(there))
    return TerritoryPlan(problem, pd.Series(names, index=units.frame.index), made)


def _owners(held: csr_matrix) -> tuple[Ints, Floats]:
    """Return the rep who holds most accounts of each unit, and how many; the first id where two hold as many.

    Units of nobody have the rep -1.
    """
    held.sum_duplicates()
    table = held.tocoo()
    order = np.lexsort((table.col, -table.data, table.row))
    row, first = np.unique(table.row[order], return_index=True)
    owner, most = np.full(held.shape[0], -1, dtype=np.int64), np.zeros(held.shape[0])
    owner[row], most[row] = table.col[order][first], table.data[order][first]
    return owner, most


def _problem_of_today(problem: TerritoryProblem, reps: int) -> TerritoryProblem:
    """Return the same question for the reps of today, without what speaks of the reps and territories to come."""
    center = "unit" if problem.objective.center == "home" else problem.objective.center
    return replace(
        problem, n_territories=reps, reps=None, constraints=(), objective=replace(problem.objective, center=center)
    )
