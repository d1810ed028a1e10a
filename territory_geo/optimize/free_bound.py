"""When and how long prices are improved: after a search, or along with it where the gap ends the search.

What is done is counted in rounds that follow from the search's own count, so that a run that repeats has a bound
that repeats; labels never depend on it, unless the rule asks for a gap.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from territory_geo.optimize.arrays import CENTROID, HOME, ProblemArrays
from territory_geo.optimize.centers import recenter, travel_to
from territory_geo.optimize.interrupt import noted_interrupt
from territory_geo.optimize.search import Search
from territory_geo.optimize.stop import GapBelow, MaxRuntime, Stop, rules
from territory_geo.optimize.unit_prices import Prices
from territory_geo.optimize.verdict import PROOF_GAP
from territory_geo.progress import Progress

MOST_UNITS = 5_000
"""Above this, the table of all pairs of units takes too much memory and time."""
MOST_UNCLOCKED = 2_000
"""Above this, two rounds take long and prove little: there the bound waits for a rule with a clock."""
SHARE = 0.15
"""Part of a time limit that is kept for the bound."""
LEAST = 3e-7
"""Seconds per pair of units below which the rounds prove next to nothing: shorter limits leave all to the search."""
THIRD = 1 / 3
"""Most time for the bound, as a share of the search's."""
ITERATIONS = 75
"""Iterations of the search that earn one round of prices, where no clock limits it."""
CLOSED = PROOF_GAP
"""Gap at which a plan counts as optimal."""
PATIENCE, GAIN = 10, 1e-5
"""Rounds that together must raise the bound by this share, else it has settled."""
EVERY = 15
"""Iterations of a search between two rounds, where the gap ends the search."""


def applies(arrays: ProblemArrays) -> bool:
    """Tell whether there is room for the table of all pairs of units."""
    return arrays.n <= MOST_UNITS and arrays.centering != HOME


def kept_seconds(arrays: ProblemArrays, limit: float) -> float:
    """Return the part of a time limit, in seconds, that is kept for the bound."""
    part = SHARE * limit
    return part if applies(arrays) and part >= LEAST * arrays.n**2 else 0.0


def kind(arrays: ProblemArrays) -> str:
    """Say in words what the bound leaves out."""
    left = ["contiguity"] if arrays.contiguous else []
    if (arrays.locked >= 0).any() or np.isinf(arrays.extra).any():
        left.append("locks")
    if (arrays.lower != arrays.lower[0]).any() or (arrays.upper != arrays.upper[0]).any() or not arrays.fixed:
        left.append("differing bounds")
    half = ", half of the bound for best units" if arrays.centering == CENTROID else ""
    return f"Lagrangian, units divisible{''.join(f', {part}' for part in left)} left out{half}"


def proven(prices: Prices) -> float:
    """Return what the prices prove of the problem's own centres.

    The travel to a best unit is at most twice the travel to any place, for lengths by the triangle inequality, for
    squares because the mean over units is twice the least (on the sphere less than twice, Toponogov 1959).
    """
    return prices.bound * (0.5 if prices.arrays.centering == CENTROID else 1.0)


def begin(search: Search) -> Prices | None:
    """Return first prices from the search's best plan, or None without one."""
    if search.labels is None or search.best is None or not search.best.feasible:
        return None
    arrays = search.arrays
    cost = travel_to(arrays, recenter(arrays, search.labels)[0])
    return Prices(arrays, search.best.travel, cost[np.arange(arrays.n), search.labels])


def watch(stop: Stop) -> Callable[[Search], None] | None:
    """Return what keeps the gap up to date during a search, where the rule looks at the gap, else None."""
    if not any(isinstance(rule, GapBelow) for rule in rules(stop)):
        return None

    def follow(search: Search) -> None:
        clock, arrays = search.clock, search.arrays
        if not applies(arrays):
            return
        if search.prices is None:
            search.prices = begin(search)
        elif clock.iterations % EVERY == 0:
            search.prices.improve(lambda: True)
        if search.prices is not None:
            clock.gap = _gap(search.prices, search)

    return follow


def after(search: Search, stop: Stop, progress: Progress) -> float | None:
    """Return a bound found after a search, or None where there is no room, no plan or no time for it.

    Parameters
    ----------
    search : Search
        Finished; an interruption during the rounds is noted in it, and what is known by then is returned.
    stop : Stop
        The user's rule: with a clock, what it leaves, up to a third of the search's time.
    progress : Progress
        Told before each round.
    """
    if not applies(search.arrays):
        return None
    limits = [rule.seconds - search.clock.seconds for rule in rules(stop) if isinstance(rule, MaxRuntime)]
    clocked = bool(limits) and search.clock.seconds * (1 + THIRD) >= min(limits)
    seconds = min([*limits, search.clock.seconds * THIRD]) if clocked else min(limits, default=np.inf)
    hurried = clocked and seconds < LEAST * search.arrays.n**2 and search.prices is None
    if seconds <= 0 or hurried or (not limits and search.arrays.n > MOST_UNCLOCKED and search.prices is None):
        return None
    until = time.monotonic() + seconds
    rounds = np.inf if clocked else max(2, search.clock.iterations // ITERATIONS)
    with noted_interrupt() as pressed:
        progress("bound", 0.0, "first prices")
        prices = search.prices or begin(search)
        if prices is None:
            return None
        done, reached = 0, [prices.bound]
        while done < rounds and not pressed() and time.monotonic() < until:
            gap = _gap(prices, search)
            if gap <= CLOSED or (len(reached) > PATIENCE and reached[-1] <= reached[-PATIENCE - 1] * (1 + GAIN)):
                break
            left = 1 - (until - time.monotonic()) / seconds if clocked else done / rounds
            progress("bound", float(np.clip(left, 0.0, 1.0)), f"gap {100 * gap:.2f} %")
            reached.append(prices.improve(lambda: not pressed() and time.monotonic() < until))
            done += 1
        search.interrupted |= pressed()
    progress("bound", 1.0, f"gap {100 * _gap(prices, search):.2f} %")
    return proven(prices)


def _gap(prices: Prices, search: Search) -> float:
    """Return the share by which the best plan may still be above the best possible."""
    if search.best is None or search.best.travel <= 0:
        return 0.0
    return max(0.0, 1 - proven(prices) / search.best.travel)
