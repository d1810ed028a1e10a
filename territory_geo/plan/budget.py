"""A disruption budget as sums: whose accounts, of which measure, how much may change rep.

Each cap and each price is one term, linear in who gets which unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from territory_geo.geodata.clean import id_text
from territory_geo.plan.constraints import DisruptionBudget
from territory_geo.plan.current import account_values

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class BudgetTerm:
    """What may change rep, of one measure and one group of accounts.

    Parameters
    ----------
    budget : DisruptionBudget
        Where it comes from.
    measure, whose : str
        What is counted; of whom: empty for the plan as a whole, else a rep's id or a tier.
    held : sparse matrix, shape (units, reps)
        What each of `CurrentAlignment.reps` holds in each unit. A unit that goes to rep r keeps ``held[unit, r]``.
    total : float
        The sum of `held`; never 0.
    cap : float or None
        The most that may change rep, in the measure's unit: a share of `total`.
    price : float
        What all of `total` changing rep costs, in the mean of what is minimised; 0 without a price.
    """

    budget: DisruptionBudget
    measure: str
    whose: str
    held: csr_matrix
    total: float
    cap: float | None
    price: float = 0.0

    def moved(self, rep: Ints) -> float:
        """Return what changes rep when each unit goes to a rep (-1: to one who holds nothing today), shape (units,)."""
        held = self.held.tocoo()
        return float(held.data[rep[held.row] != held.col].sum())


def budget_terms(problem: TerritoryProblem) -> tuple[BudgetTerm, ...]:
    """Return the terms of all disruption budgets of a problem; groups that hold nothing today have none."""
    terms: list[BudgetTerm] = []
    for budget in problem.of_kind(DisruptionBudget):
        alignment = problem.alignment
        assert alignment is not None
        for measure, share in budget.caps:
            values = account_values(problem.units, measure)
            for whose, chosen in _groups(problem, budget.per).items():
                held = alignment.held(np.where(chosen, values, 0.0))
                if (total := float(held.sum())) > 0:
                    terms.append(BudgetTerm(budget, measure, whose, held, total, share * total))
        for measure, cost in budget.price:
            held = alignment.held(account_values(problem.units, measure))
            if (total := float(held.sum())) > 0:
                terms.append(BudgetTerm(budget, measure, "", held, total, None, cost))
    return tuple(terms)


def _groups(problem: TerritoryProblem, per: str) -> dict[str, NDArray[np.bool_]]:
    """Return which accounts belong to each group, shape (members,) each."""
    alignment, members = problem.alignment, problem.units.members
    assert alignment is not None
    if per == "plan":
        return {"": np.ones(len(members), dtype=bool)}
    if per == "territory":
        return {rep: alignment.owner == i for i, rep in enumerate(alignment.reps)}
    tier = np.array([id_text(value) for value in members[per]], dtype=object)
    return {value or f"no {per}": tier == value for value in sorted(set(tier))}
