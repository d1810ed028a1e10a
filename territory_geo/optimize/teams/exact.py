"""The integer program solved by CP-SAT: one worker, a limit counted in work and not in seconds, so it repeats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from territory_geo.optimize.cpsat import repeatable, solve_heeding
from territory_geo.optimize.teams.program import Program

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What CP-SAT found.

    Parameters
    ----------
    chosen : bool array, shape (n,), or None
        The best solution.
    cost : int or None
    bound : int
        No solution of the variables that were offered costs less.
    finished : bool
        Whether it proved that this is the best, or that there is none.
    work : float
        Deterministic seconds.
    """

    chosen: Flags | None
    cost: int | None
    bound: int
    finished: bool
    work: float


class _GoodEnough(cp_model.CpSolverSolutionCallback):
    """Stops at a solution that costs no more than asked."""

    def __init__(self, enough: float) -> None:
        super().__init__()
        self._enough = enough

    def on_solution_callback(self) -> None:
        """Look at a new solution."""
        if self.objective_value <= self._enough:
            self.stop_search()


def solve_exactly(
    program: Program, offered: Flags, hint: Flags | None, *, bound: int, enough: float, work: float, seed: int,
    pressed: Callable[[], bool] = lambda: False,
) -> Outcome:  # fmt: skip
    """Return the best solution that uses only variables that are offered.

    Parameters
    ----------
    program : Program
    offered : bool array, shape (n,)
    hint : bool array, shape (n,), optional
        Where to begin.
    bound : int
        What is known already.
    enough : float
        Stop at a solution that costs no more than this.
    work : float
        Deterministic seconds that may be spent.
    seed : int
    pressed : callable
        Tells whether somebody asked to stop; the best so far is returned then.
    """
    model = cp_model.CpModel()
    kept = np.flatnonzero(offered)
    x = {int(j): model.new_bool_var("") for j in kept}
    for place in range(len(program.seats)):
        mine = [x[int(j)] for j in kept[program.place[kept] == place]]
        if not mine:
            return Outcome(None, None, bound, True, 0.0)
        model.add_exactly_one(mine)
    for i in range(program.rows.shape[0]):
        begin, end = program.rows.indptr[i], program.rows.indptr[i + 1]
        columns, amounts = program.rows.indices[begin:end], program.rows.data[begin:end]
        parts = [(x[int(j)], int(a)) for j, a in zip(columns, amounts, strict=True) if int(j) in x]
        limit = int(program.limits[i])
        if limit == 1 and all(a == 1 for _, a in parts):
            model.add_at_most_one([variable for variable, _ in parts])
        elif limit == 0 and len(parts) == 2 and sorted(a for _, a in parts) == [-1, 1]:
            (one,), (other,) = ([v for v, a in parts if a == sign] for sign in (1, -1))
            model.add_implication(one, other)
        else:
            model.add(cp_model.LinearExpr.weighted_sum([v for v, _ in parts], [a for _, a in parts]) <= limit)
    costs = [(x[int(j)], int(program.cost[j])) for j in kept if program.cost[j]]
    model.minimize(cp_model.LinearExpr.weighted_sum([v for v, _ in costs], [c for _, c in costs]))
    if hint is not None:
        for j in kept:
            model.add_hint(x[int(j)], bool(hint[j]))
    solver = repeatable(work, seed)
    status = solve_heeding(solver, model, pressed, _GoodEnough(enough))
    spent = float(solver.response_proto.deterministic_time)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, None, bound, status == cp_model.INFEASIBLE, spent)
    chosen = np.zeros(len(program.cost), dtype=bool)
    chosen[[j for j, variable in x.items() if solver.value(variable)]] = True
    cost = int(program.cost[chosen].sum())
    proven = int(np.ceil(solver.best_objective_bound - 1e-6))
    return Outcome(chosen, cost, max(bound, min(proven, cost)), status == cp_model.OPTIMAL, spent)
