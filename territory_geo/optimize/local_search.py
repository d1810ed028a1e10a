"""Local search: rounds of annealed shifts and swaps along the borders, with recentring in between.

Contiguity holds before and after every move; bounds are priced until they hold and are then kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize import kernels
from territory_geo.optimize.annealing import anneal
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.centers import MANY, Centers, added_cost, centers_cost, recenter
from territory_geo.optimize.coarsen import WaysFor, plain
from territory_geo.optimize.costs import Ways
from territory_geo.optimize.rules.annealing import anneal_ruled
from territory_geo.optimize.rules.descent import descended
from territory_geo.optimize.rules.judge import beyond, overlap_cost, rules_cost, rules_missed
from territory_geo.optimize.rules.spending import SpendingPrices

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]

GAIN = 1e-7
"""Least share of travel that a model has to save."""
HOT, COLD = 0.3, 3e-4
"""First and last temperature, in shares of the mean travel of a unit. Cold starts keep a good seed."""
REHEAT = 1.0
"""First temperature once every seed had its turn: what a cold search could reach is known by then."""
PRICE, PRICE_RISE = 20.0, 10.0
"""Price of missing a bound by a whole target, in mean travel of a territory; it rises over a cycle."""
GENTLE = 0.002
"""Where loads have good prices already, the price begins at this share of the last: else whatever comes first mends a
bound, at any cost."""
FIRM, FIRMEST = 1.2, 1000.0
"""Where there are rules, the price rises besides by so much in each round that ends with one broken, up to so much."""
MANY_PROPOSALS = 2
"""Moves per unit and round on large problems."""
CYCLE = 150
"""Rounds from hot to cold on large problems; small ones need fewer and get more cycles instead."""
ELBOW_ROOM, EXACT_FROM = 3.0, 0.8
"""Bounds narrower than this many mean units are widened to it at first, and hold in full from this share of a
cycle on: territories that are exactly full at once are walls through which nothing can move."""


def cycle_length(arrays: ProblemArrays) -> int:
    """How many rounds a cycle takes: a tenth of the full length up to 200 units, all of it from 2,000."""
    return int(np.clip(CYCLE * arrays.n / 2_000, CYCLE / 10, CYCLE))


@dataclass(frozen=True)
class Score:
    """How good labels are: violation of the bounds first, then travel."""

    violation: float
    travel: float

    def better(self, other: Score | None) -> bool:
        """Tell whether this is clearly better, beyond rounding."""
        if other is None:
            return True
        if abs(self.violation - other.violation) > 1e-12:
            return self.violation < other.violation
        return self.travel < other.travel * (1 - 1e-12)

    def gains(self, other: Score) -> bool:
        """Tell whether this is better by more than the tolerances of a model: less is missed, or `GAIN` is saved."""
        return self.violation < other.violation or (self.better(other) and self.travel < other.travel * (1 - GAIN))

    @property
    def feasible(self) -> bool:
        """Whether all bounds hold."""
        return self.violation <= 0.0


def violation_of(arrays: ProblemArrays, labels: Labels, centers: Centers | None = None) -> float:
    """Return by how much bounds and rules are missed in all, in shares of the target; `centers` spare looking.

    An empty territory counts as much as one that misses all of its target.
    """
    loads = kernels.territory_loads(labels, arrays.k, arrays.measures)
    missed = np.maximum(0.0, loads - arrays.upper) + np.maximum(0.0, arrays.lower - loads)
    total = float((missed / arrays.target).sum())
    if (arrays.lower <= 0).all(axis=1).any():
        # Where no floor says so: a territory without any unit is none.
        total += float((np.bincount(labels, minlength=arrays.k) == 0).sum())
    return total + rules_missed(arrays, labels, centers) if arrays.rules.asked else total


def worst_deviation(arrays: ProblemArrays, labels: Labels) -> float:
    """Return how far a territory is from its target at most, in any measure, as a share of it."""
    loads = kernels.territory_loads(labels, arrays.k, arrays.measures)
    return float(np.abs(loads / arrays.target - 1.0).max())


def kept_bounds(arrays: ProblemArrays, loads: Floats, territories: slice | int = slice(None)) -> tuple[Floats, Floats]:
    """Return bounds of territories that allow what the problem allows, and missing it by no more than these loads do.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    loads : float array, shape (k, m) or (m,)
        What the territories hold.
    territories : slice or int
        Which ones; left out, all of them.
    """
    return np.minimum(arrays.lower[territories], loads), np.maximum(arrays.upper[territories], loads)


def score(arrays: ProblemArrays, labels: Labels) -> Score:
    """Return the score of labels, with every territory measured from its best centre, and with added costs."""
    centers, travel = recenter(arrays, labels)
    return _scored(arrays, labels, centers, travel)


def _scored(arrays: ProblemArrays, labels: Labels, centers: Centers, travel: Floats) -> Score:
    total = float(travel.sum()) + besides_travel(arrays, labels, centers)
    return Score(violation_of(arrays, labels, centers), total)


def besides_travel(arrays: ProblemArrays, labels: Labels, centers: Centers | None = None) -> float:
    """Return what labels cost besides travel: added costs and soft rules."""
    total = added_cost(arrays, labels)
    if arrays.rules.asked:
        total += rules_cost(arrays, labels, recenter(arrays, labels)[0] if centers is None else centers)
    return total


def proposals_per_round(arrays: ProblemArrays) -> int:
    """How many moves a round proposes: enough to visit every border unit several times.

    Large problems have fewer border units among their units.
    """
    return max(2_000, (10 if arrays.n < MANY else MANY_PROPOSALS) * arrays.n)


def anneal_cycle(
    arrays: ProblemArrays,
    labels: Labels,
    state: NDArray[np.uint64],
    *,
    hot: float,
    share: Callable[[], float],
    after_round: Callable[[Labels, Score], bool],
    priced: Floats | None = None,
) -> tuple[Labels, Score]:
    """Anneal labels from hot to cold and return the best seen.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    labels : int32 array, shape (n,)
        Territories in one piece each; not changed.
    state : uint64 array, shape (1,)
        State of the random numbers; advanced.
    hot : float
        First temperature, in mean travel of a unit.
    share : callable
        Says how much of the whole budget is used, so that the end of the budget is cold.
    after_round : callable
        Receives labels and score after each round and says whether to go on.
    priced : float array, shape (n, k), optional
        With rules: what units cost besides, at prices of loads and budgets that are known to be good. Left out, prices
        of budgets follow what is spent, and loads have none.

    Returns
    -------
    (labels, score)
        The best round's. O(proposals) per round plus one recentring.
    """
    current = labels.copy()
    movable = arrays.locked < 0
    centers, travel = recenter(arrays, current)
    now = _scored(arrays, current, centers, travel)
    best, best_score, total = current.copy(), now, now.travel
    length = cycle_length(arrays)
    worked_out = arrays.n >= MANY and arrays.metric != kernels.MATRIX and plain(arrays)
    worked_out &= arrays.rules.overlap.size == 0 and arrays.rules.alike
    costs = WaysFor(arrays) if worked_out else partial(centers_cost, arrays)
    prices, firm = SpendingPrices(arrays, total / arrays.k), 1.0

    def ruled_cost(centers: Centers) -> Floats | Ways:
        cost = costs(centers)
        if isinstance(cost, Ways):
            return cost
        if arrays.rules.overlap.size:
            cost = cost + overlap_cost(arrays, centers)
        if priced is not None:
            return cost + priced
        return cost if arrays.rules.alike else cost + prices.table()

    for step in range(length):
        done = max(step / length, min(share(), 1.0)) if length == CYCLE else step / length
        mean = total / arrays.n
        lower, upper = _bounds(arrays, step / length)
        temperature = hot * mean * (COLD / hot) ** done
        rise = 1 + (PRICE_RISE - 1) * done if priced is None else PRICE_RISE * GENTLE ** (1 - done)
        penalty = PRICE * rise * max(total, 1e-9) / arrays.k
        if arrays.rules.asked:
            anneal_ruled(
                current, ruled_cost(centers), beyond(arrays, centers), arrays.measures, lower, upper, arrays.target,
                movable, arrays.indptr, arrays.indices, arrays.contiguous, temperature, penalty * firm,
                proposals_per_round(arrays), arrays.rules.tables, state,
            )  # fmt: skip
        else:
            anneal(
                current, costs(centers), arrays.measures, lower, upper, arrays.target, movable,
                arrays.indptr, arrays.indices, arrays.contiguous, temperature, penalty, proposals_per_round(arrays),
                state,
            )  # fmt: skip
        centers, travel = recenter(arrays, current)
        now = _scored(arrays, current, centers, travel)
        total = now.travel
        if not arrays.rules.alike and priced is None:
            prices.follow(current)
        firm = min(firm * FIRM, FIRMEST) if now.violation > 0 else max(1.0, firm / FIRM)
        if now.better(best_score):
            best, best_score = current.copy(), now
        if not after_round(current, now):
            break
    if arrays.rules.hulls:
        return descended(arrays, best, best_score, partial(score, arrays))
    return best, best_score


def _bounds(arrays: ProblemArrays, done: float) -> tuple[Floats, Floats]:
    """Return the bounds to work towards when this share of a cycle is done: very narrow ones begin wider."""
    if arrays.n >= MANY:
        # Chains of territories that are exactly full pass nothing on: some room is kept inside of the bounds.
        inset = np.minimum(ELBOW_ROOM * arrays.k / arrays.n * arrays.target, (arrays.upper - arrays.lower) / 20)
        return arrays.lower + inset, arrays.upper - inset
    room = ELBOW_ROOM * arrays.k / arrays.n * max(0.0, 1 - done / EXACT_FROM) * arrays.target
    wider = np.maximum(0.0, room - (arrays.upper - arrays.lower) / 2)
    return arrays.lower - wider, arrays.upper + wider
