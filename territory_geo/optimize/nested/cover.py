"""Which sets to choose so that each group is in exactly one: an exact cover, solved by CP-SAT to the proven optimum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from territory_geo.optimize.cpsat import repeatable, solve_heeding
from territory_geo.optimize.nested.choice import Choices

Ints = NDArray[np.int64]

LARGEST = 2**40
"""What the dearest cover may come to in the solver's whole numbers: costs are rounded to less than a billionth."""


@dataclass(frozen=True, eq=False)
class Cover:
    """The outcome.

    Parameters
    ----------
    chosen : int array or None
        Positions of the choices taken, in order.
    cost, bound : float or None
        Their cost, and what no cover can be below.
    finished : bool
        Whether this is proven to be the best, or that there is none.
    """

    chosen: Ints | None
    cost: float | None
    bound: float | None
    finished: bool


def exact_cover(
    choices: Choices, *, work: float, seed: int, pressed: Callable[[], bool] = lambda: False, priced: bool = True
) -> Cover:
    """Return the cheapest choices in which each group is exactly once, as many as there are people.

    Parameters
    ----------
    choices : Choices
    work : float
        Deterministic seconds that may be spent.
    seed : int
    pressed : callable
        Tells whether somebody asked to stop; the best so far is returned then.
    priced : bool, default True
        Whether cost matters; else any cover will do.

    References
    ----------
    Garfinkel, R. S. and Nemhauser, G. L. (1970). Optimal political districting by implicit enumeration techniques.
    Management Science 16(8): territories as a set partition.
    """
    if not choices.reached().all() or len(choices.which) < choices.people:
        return Cover(None, None, None, True)
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in choices.which]
    of_group: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    of_person: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for x, s, person in zip(taken, choices.which.tolist(), choices.person.tolist(), strict=True):
        of_person[person].append(x)
        for group in choices.sets[s]:
            of_group[group].append(x)
    for group in range(choices.groups):
        model.add_exactly_one(of_group[group])
    if choices.named:
        for person in range(choices.people):
            model.add_exactly_one(of_person[person])
    else:
        model.add(cp_model.LinearExpr.sum(taken) == choices.people)
    scale = 1.0
    if priced:
        scale = LARGEST / max(float(choices.cost.max(initial=0.0)) * choices.people, 1e-300)
        model.minimize(cp_model.LinearExpr.weighted_sum(taken, np.rint(choices.cost * scale).astype(int).tolist()))
    solver = repeatable(work, seed)
    status = solve_heeding(solver, model, pressed)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Cover(None, None, None, status == cp_model.INFEASIBLE)
    chosen = np.flatnonzero([solver.value(x) for x in taken]).astype(np.int64)
    cost, proven = float(choices.cost[chosen].sum()), status == cp_model.OPTIMAL
    bound = cost if proven else max(0.0, (solver.best_objective_bound - choices.people) / scale)
    return Cover(chosen, cost, min(cost, bound), proven)
