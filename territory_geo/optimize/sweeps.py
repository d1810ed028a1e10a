"""A few cold rounds along all borders: the end of a coarse start, where little but the borders is left to mend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.annealing import anneal, foreign_neighbours
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.centers import recenter
from territory_geo.optimize.coarsen import WaysFor
from territory_geo.optimize.local_search import COLD, PRICE, PRICE_RISE, Score, violation_of

Labels = NDArray[np.int32]

WARM = 0.01
"""First temperature, as a share of the mean travel of a unit."""
ROUNDS, MENDING = 3, 6
"""Rounds that are always made, and most that follow until all bounds hold."""
PROPOSALS = 4
"""Moves proposed per border unit and round."""
FIRM = 10.0
"""How much dearer missing a bound becomes with each mending round."""
ROOM, WIDTH = 3.0, 0.05
"""Room that is kept to the bounds by turns, in mean units, and at most as a share of the width between them."""


def sweep(arrays: ProblemArrays, labels: Labels, state: NDArray[np.uint64]) -> tuple[Labels, Score, int]:
    """Return better labels within bounds, or as near to them as a few rounds come, their score, and moves proposed.

    Parameters
    ----------
    arrays, labels, state
        As in `anneal_cycle`.

    Notes
    -----
    O(n + edges) and `PROPOSALS` moves per border unit in each round.
    """
    current, movable, proposed = labels.copy(), arrays.locked < 0, 0
    centers, travel = recenter(arrays, current)
    best, best_score = current.copy(), Score(violation_of(arrays, current), float(travel.sum()))
    worked_out = WaysFor(arrays)
    room = np.minimum(ROOM * arrays.target * arrays.k / arrays.n, WIDTH * (arrays.upper - arrays.lower))
    for turn in range(ROUNDS + MENDING):
        border = int(np.count_nonzero(foreign_neighbours(current, arrays.indptr, arrays.indices)))
        mean, done = float(travel.sum()) / arrays.n, min(turn / (ROUNDS - 1), 1.0)
        price = PRICE * PRICE_RISE * FIRM ** max(0, turn - ROUNDS + 1)
        # Chains of territories that are exactly full pass nothing on: by turns they have to keep some room.
        inset = room if turn < ROUNDS - 1 or (turn - ROUNDS) % 2 == 0 else np.zeros_like(room)
        lower, upper = arrays.lower + inset, arrays.upper - inset
        anneal(
            current, worked_out(centers), arrays.measures, lower, upper, arrays.target, movable, arrays.indptr,
            arrays.indices, arrays.contiguous, WARM * mean * (COLD / WARM) ** done,
            price * max(float(travel.sum()), 1e-9) / arrays.k, PROPOSALS * border, state,
        )  # fmt: skip
        proposed += PROPOSALS * border
        centers, travel = recenter(arrays, current)
        now = Score(violation_of(arrays, current), float(travel.sum()))
        if now.better(best_score):
            best, best_score = current.copy(), now
        if turn >= ROUNDS - 1 and best_score.feasible:
            break
    return best, best_score, proposed
