"""Which territory goes to which rep of today: the matching that lets the most stay where it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from territory_geo.plan.constraints import DisruptionBudget
from territory_geo.plan.current import account_values

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def kept_table(problem: TerritoryProblem, codes: Ints, measure: str = "accounts") -> Floats:
    """Return what each territory would keep with each of today's reps, shape (territories, reps).

    Parameters
    ----------
    problem : TerritoryProblem
        With a current alignment.
    codes : int array, shape (n,)
        Territory number of each unit.
    measure : str, default "accounts"
        What is counted: a numeric column of the accounts.
    """
    assert problem.alignment is not None
    held = problem.alignment.held(account_values(problem.units, measure)).tocoo()
    kept = np.zeros((int(codes.max()) + 1, len(problem.alignment.reps)))
    np.add.at(kept, (codes[held.row], held.col), held.data)
    return kept


def best_matching(kept: Floats, first: Sequence[int] | Ints | None = None) -> Ints:
    """Return the position of the rep of each territory, -1 where no rep is left or nothing would be kept.

    Parameters
    ----------
    kept : array, shape (territories, reps)
        From `kept_table`.
    first : int array, shape (territories,), optional
        A number that tells territories apart whatever their order, such as each one's first unit: ties are then
        settled alike however territories are numbered.

    References
    ----------
    Crouse, D. F. (2016). On implementing 2D rectangular assignment algorithms. IEEE Transactions on Aerospace and
    Electronic Systems 52(4) (the method behind scipy's `linear_sum_assignment`).

    Examples
    --------
    >>> best_matching(np.array([[5.0, 4.0], [5.0, 0.0], [0.0, 0.0]])).tolist()
    [1, 0, -1]
    """
    order = np.arange(len(kept)) if first is None else np.argsort(np.asarray(first), kind="stable")
    territory, rep = linear_sum_assignment(kept[order], maximize=True)
    matched = np.full(len(kept), -1, dtype=np.int64)
    matched[order[territory]] = np.where(kept[order[territory], rep] > 0, rep, -1)
    return matched


def matched_names(problem: TerritoryProblem, codes: Ints, measure: str | None = None) -> list[str | None]:
    """Return the id of today's rep who suits each territory best, None where there is none left, shape (k,).

    Reps whom a constraint names, or who are told apart by `reps`, are not given away: those stay whose they are,
    in the order of `named_territories`; only other territories and reps are matched. What counts is the first measure
    of a disruption budget, without one the number of accounts.
    """
    if measure is None:
        measure = next((m for budget in problem.of_kind(DisruptionBudget) for m in budget.measures), "accounts")
    alignment = problem.alignment
    assert alignment is not None
    names: list[str | None] = [None] * problem.n_territories
    fixed = set(problem.fixed_names)
    for number, name in enumerate(problem.named_territories):
        if name in fixed:
            names[number] = name
    free = np.array([t for t, name in enumerate(names) if name is None], dtype=np.int64)
    reps = np.array([r for r, rep in enumerate(alignment.reps) if rep not in fixed], dtype=np.int64)
    if not (free.size and reps.size):
        return names
    kept = np.zeros((problem.n_territories, len(alignment.reps)))
    found = kept_table(problem, codes, measure)
    kept[: len(found)] = found
    first = np.full(problem.n_territories, len(codes), dtype=np.int64)
    np.minimum.at(first, codes, np.arange(len(codes)))
    for territory, rep in zip(free, best_matching(kept[np.ix_(free, reps)], first[free]), strict=True):
        if rep >= 0:
            names[territory] = alignment.reps[reps[rep]]
    return names
