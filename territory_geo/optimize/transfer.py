"""Balance won back: surplus is pushed along paths of the territory graph, pair by pair.

A small linear programme says how much each territory should pass to which neighbour; the exact pair model
carries it out. Penalties that act locally cannot push through full neighbours, this can.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from territory_geo.optimize import kernels
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.groups import GoOn
from territory_geo.optimize.local_search import Score, score, violation_of
from territory_geo.optimize.reoptimize import neighbouring_pairs, reoptimize_pair

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]

ROOM = 0.25
"""Share of the allowed width that a transfer may miss its amount by."""
STEPS_PER_TERRITORY = 4
"""Most transfers, per territory, before the search gives up."""

Pair = tuple[int, int]


def push_surplus(arrays: ProblemArrays, labels: Labels, before: Score, go_on: GoOn) -> tuple[Labels, Score]:
    """Return labels that miss the bounds by less, or the same ones.

    Parameters
    ----------
    arrays, labels, go_on
        As in `improve_groups`; a group is a pair that passes something on.
    before : Score
        Of the labels.

    Notes
    -----
    At most ``STEPS_PER_TERRITORY * k`` pair models; a pair that cannot pass its amount is not asked again
    until one of the two has changed.
    """
    best, best_score = labels, before
    current, barred = labels, set[Pair]()
    for _ in range(STEPS_PER_TERRITORY * arrays.k):
        pairs = [pair for pair in neighbouring_pairs(arrays, current) if pair not in barred]
        planned = _transfers(arrays, current, pairs)
        if planned is None:
            break
        pair, amount = planned
        moved = _transfer(arrays, current, pair, amount)
        if moved is None:
            barred.add(pair)
            if not go_on(best, best_score):
                break
            continue
        current = moved
        barred = {other for other in barred if not set(other) & set(pair)}
        missed = violation_of(arrays, current)
        if missed < best_score.violation:
            best, best_score = current, score(arrays, current)
        if missed <= 0.0 or not go_on(best, best_score):
            break
    return best, best_score


def _transfers(arrays: ProblemArrays, labels: Labels, pairs: list[Pair]) -> tuple[Pair, Floats] | None:
    """Return the pair with the largest transfer and its amount per measure (from the first to the second)."""
    k, m = arrays.k, arrays.m
    if not pairs:
        return None
    loads = kernels.territory_loads(labels, k, arrays.measures)
    flows = np.zeros((len(pairs), m))
    for q in range(m):
        inset = ROOM * (arrays.upper[:, q] - arrays.lower[:, q]) / 2
        # Columns: flow s to t, flow t to s for each pair, then shortfall and excess of each territory.
        rows = np.zeros((k, 2 * len(pairs)))
        for column, (s, t) in enumerate(pairs):
            rows[s, column], rows[t, column] = -1.0, 1.0
        rows[:, len(pairs) :] = -rows[:, : len(pairs)]
        slack = np.eye(k)
        low, high = arrays.lower[:, q] + inset - loads[:, q], arrays.upper[:, q] - inset - loads[:, q]
        scale = arrays.mean_target[q]
        result = linprog(
            np.concatenate([np.ones(2 * len(pairs)), np.full(2 * k, 1000.0)]),
            A_ub=np.block([[rows, np.zeros((k, k)), -slack], [-rows, -slack, np.zeros((k, k))]]),
            b_ub=np.concatenate([high, -low]) / scale,
            method="highs-ds",
        )
        if result.x is None:
            return None
        flows[:, q] = (result.x[: len(pairs)] - result.x[len(pairs) : 2 * len(pairs)]) * scale
    size = np.abs(flows / arrays.mean_target).max(axis=1)
    column = int(size.argmax())
    return (pairs[column], flows[column]) if size[column] > 1e-9 else None


def _transfer(arrays: ProblemArrays, labels: Labels, pair: Pair, amount: Floats) -> Labels | None:
    """Return labels in which the pair's first territory passes about the amount to the second."""
    s, t = pair
    wanted = arrays.measures[labels == s, s].sum(axis=0) - amount
    # Half the room: what is missed here must still fit inside the bounds. Coarse units may need more.
    width = ROOM * (arrays.upper - arrays.lower)[[s, t]].min(axis=0) / 2
    for reach in (width, np.maximum(width, np.abs(amount) / 2)):
        bounds = wanted - reach, wanted + reach
        if not arrays.fixed:
            everything = arrays.measures[(labels == s) | (labels == t), t].sum(axis=0)
            bounds = np.append(bounds[0], np.zeros(arrays.m)), np.append(bounds[1], everything)
        moved = reoptimize_pair(arrays, labels, s, t, bounds)
        if moved is not None:
            return moved
    return None
