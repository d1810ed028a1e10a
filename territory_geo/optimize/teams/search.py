"""One program solved: relax, solve over the promising variables, then over all that could still be better.

A variable whose reduced cost exceeds (best cost - bound) is in no better solution, so leaving it out loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.teams.exact import Outcome, solve_exactly
from territory_geo.optimize.teams.program import Program
from territory_geo.optimize.teams.relaxation import relax

FIRST = 6
"""How many people each place offers in the first round, the most promising ones."""


def solve_program(
    program: Program, *, gap: float, work: float, seed: int, pressed: Callable[[], bool] = lambda: False
) -> Outcome:
    """Return the best solution found, with a bound over all solutions.

    Parameters
    ----------
    program : Program
    gap : float
        Stop where (cost - bound) / cost is at most this share.
    work : float
        Deterministic seconds that may be spent.
    seed : int
    pressed : callable
        Tells whether somebody asked to stop; the best so far is returned then.
    """
    everything = np.ones(len(program.cost), dtype=bool)
    relaxed = relax(program)
    if relaxed is None:
        return solve_exactly(program, everything, None, bound=0, enough=0.0, work=work, seed=seed, pressed=pressed)
    bound = max(0, relaxed.bound)
    enough = bound / (1 - gap)
    promising = _promising(program, relaxed.reduced) | (relaxed.shares > 1e-9)
    first = solve_exactly(
        program, promising, relaxed.shares > 0.5, bound=bound, enough=enough, work=work / 2, seed=seed, pressed=pressed
    )
    if pressed():
        return replace(first, bound=bound, finished=first.cost is not None and first.cost <= bound)
    if first.chosen is None or first.cost is None:
        useful = everything
    else:
        useful = (program.place < 0) | (relaxed.reduced <= first.cost - bound)
        if not (useful & ~promising).any():
            if first.finished or first.cost <= enough:
                return first
        elif first.cost <= enough:
            return replace(first, bound=bound, finished=first.cost <= bound)
        useful |= first.chosen
    second = solve_exactly(
        program, useful, first.chosen, bound=bound, enough=enough, work=work - first.work, seed=seed, pressed=pressed
    )
    spent = first.work + second.work
    if first.chosen is None or first.cost is None:
        return replace(second, work=spent)
    if second.chosen is None or second.cost is None or second.cost > first.cost:
        return replace(first, bound=min(first.cost, second.bound), finished=False, work=spent)
    return replace(second, bound=min(second.cost, second.bound), work=spent)


def _promising(program: Program, reduced: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return auxiliary variables, and for each place the few of least reduced cost."""
    found = program.place < 0
    order = np.lexsort((np.arange(len(reduced)), reduced, program.place))
    places = program.place[order]
    starts = np.searchsorted(places, places)
    found[order[np.arange(len(order)) - starts < FIRST]] = True
    return found
