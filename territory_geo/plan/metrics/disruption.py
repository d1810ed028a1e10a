"""What changes rep: counted on accounts, for the plan, for each rep of today, for each tier.

The share is of what reps hold today who can still have a territory; accounts of nobody, and of reps who are gone, are
counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata.clean import id_text
from territory_geo.plan.constraints import DisruptionBudget
from territory_geo.plan.current import account_values, column_of

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan
    from territory_geo.plan.problem import TerritoryProblem

COLUMNS = ["measure", "group", "accounts", "held", "moved", "share"]
WORDS = ("revenue", "potential")
"""Columns that begin so are counted beside the accounts, the balanced measures and those with a budget."""


def changes_rep(plan: TerritoryPlan) -> NDArray[np.bool_]:
    """Return which accounts go to another rep than the one who has them today, shape (members,)."""
    alignment = plan.problem.alignment
    assert alignment is not None
    number = {rep: i for i, rep in enumerate(alignment.reps)}
    rep = np.array([number.get(name, -1) for name in plan.territory_ids], dtype=np.int64)[plan.codes]
    changes: NDArray[np.bool_] = (alignment.owner >= 0) & (rep[alignment.unit] != alignment.owner)
    return changes


def usual_measures(problem: TerritoryProblem) -> list[str]:
    """Return what disruption is counted in: accounts, measures with a budget, revenue, potential, what is balanced."""
    names = {column_of(problem.units, m): None for b in problem.of_kind(DisruptionBudget) for m in b.measures}
    columns = [str(c) for c in problem.units.members.columns]
    numbers = [c for c in columns if pd.api.types.is_numeric_dtype(problem.units.members[c])]
    found = [c for word in WORDS for c in numbers if c == word or c.startswith(f"{word}_")]
    return list(dict.fromkeys(["accounts", *names, *found, *(m for m in problem.balance if m in columns)]))


def uncounted_measures(problem: TerritoryProblem) -> list[str]:
    """Return the usual measures that no share is known of: some account has no value, or a negative one."""
    return [m for m in usual_measures(problem) if not _complete(problem.units.members, m)]


def disruption_table(plan: TerritoryPlan, measures: Sequence[str] | None = None, per: str = "plan") -> pd.DataFrame:
    """Return how much changes rep, one row per measure and group.

    Parameters
    ----------
    plan : TerritoryPlan
        Of a problem with a current alignment.
    measures : sequence of str, optional
        Numeric columns of the accounts; left out, those of `usual_measures` that have a value for each account.
    per : str, default "plan"
        "plan": everything. "territory": for each rep of today. Else a column, such as "segment": for each value.

    Returns
    -------
    DataFrame
        `measure`; `group` (empty, a rep, or a value); `accounts` (how many change rep); `held` and `moved` (of the
        measure, in its unit); `share` (moved / held, 0 where nothing is held).
    """
    problem = plan.problem
    alignment, members = problem.alignment, problem.units.members
    assert alignment is not None
    if measures is None:
        measures = [m for m in usual_measures(problem) if _complete(members, m)]
    group = np.full(len(members), "", dtype=object)
    if per == "territory":
        group = np.array([alignment.reps[i] if i >= 0 else "" for i in alignment.owner], dtype=object)
    elif per != "plan":
        group = np.array([id_text(value) or f"no {per}" for value in members[per]], dtype=object)
    held, moves = alignment.owner >= 0, changes_rep(plan)
    rows = []
    for measure in measures:
        values = account_values(problem.units, measure)
        table = pd.DataFrame({"held": values, "moved": values * moves, "accounts": moves.astype(int)})
        sums = table[held].groupby(group[held], sort=True).sum()
        for name, row in sums.iterrows():
            share = float(row["moved"] / row["held"]) if row["held"] > 0 else 0.0
            rows.append((measure, str(name), int(row["accounts"]), float(row["held"]), float(row["moved"]), share))
    return pd.DataFrame(rows, columns=COLUMNS)


def _complete(members: pd.DataFrame, measure: str) -> bool:
    """Tell whether every account has a value that can be added."""
    if measure not in members:
        return True
    values = members[measure].to_numpy(dtype=float)
    return bool((np.isfinite(values) & (values >= 0)).all())
