"""Starts from the linear model: of homes, with a bound that holds for every plan; of today's centres, which move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.centers import Centers, centers_cost, recenter
from territory_geo.optimize.coarse import applies as is_large
from territory_geo.optimize.guide import guided
from territory_geo.optimize.linear.ascent import Relaxed, ascend
from territory_geo.optimize.linear.model import linear_model
from territory_geo.optimize.linear.rounding import rounded
from territory_geo.optimize.repair import make_contiguous
from territory_geo.optimize.rules.place import grown
from territory_geo.optimize.rules.spending import spent_table
from territory_geo.optimize.rules.today import today_centers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]

MOVES = 3
"""Times that centres of today move to the middle of what they would get."""


@dataclass(frozen=True, eq=False)
class LinearStart:
    """Labels to begin with.

    Parameters
    ----------
    labels : int32 array, shape (n,)
        In one piece per territory where that is asked.
    bound : float
        No plan costs less; minus infinity where centres can move.
    priced : float array, shape (n, k), or None
        What the loads and the spending of units cost at the prices found; None where centres can move.
    """

    labels: Labels
    bound: float = -np.inf
    priced: Floats | None = None


def applies(arrays: ProblemArrays) -> bool:
    """Tell whether the model says more than a flow: there are rules, and homes or centres of today to begin with."""
    somewhere = arrays.centering == HOME or bool((arrays.rules.today >= 0).any() and not arrays.rules.alike)
    ruled = arrays.rules.asked and not arrays.rules.stuck.size
    return ruled and somewhere and arrays.k > 1 and not is_large(arrays)


def proves(arrays: ProblemArrays) -> bool:
    """Tell whether starts come with a bound that holds for the problem itself."""
    return arrays.centering == HOME and applies(arrays) and guided(arrays) is arrays


def kind(arrays: ProblemArrays) -> str:
    """Say in words what the bound leaves out."""
    tables = arrays.rules.tables
    left = [
        ("contiguity", arrays.contiguous),
        ("units apart", tables.apart_units.size),
        ("containers", tables.split_cost.size),
        ("borders", tables.border.size),
        ("hulls", arrays.rules.hulls),
    ]
    named = ", ".join(name for name, there in left if there)
    return "transportation within budgets, units divisible" + (f", {named} left out" if named else "")


def linear_starts(arrays: ProblemArrays, go_on: Callable[[], bool]) -> Iterator[LinearStart]:
    """Yield what the linear model comes to, once for homes and after each move of other centres.

    Parameters
    ----------
    arrays : ProblemArrays
        A problem that the model `applies` to.
    go_on : callable
        Asked often; what is known when it says no is rounded all the same.
    """
    at_home = arrays.centering == HOME
    centers: Centers = today_centers(arrays)
    relaxed: Relaxed | None = None
    for _ in range(1 if at_home else MOVES):
        model = linear_model(arrays, centers)
        relaxed = ascend(model, go_on, relaxed)
        labels, priced = rounded(model, relaxed, go_on)
        whole = _in_pieces(arrays, labels, centers)
        if whole is not None:
            yield LinearStart(whole, relaxed.bound, priced_units(arrays, priced)) if at_home else LinearStart(whole)
        if at_home or not go_on():
            return
        moved, _ = recenter(arrays, labels if whole is None else whole)
        centers = np.where(moved >= 0, moved, centers) if moved.ndim == 1 else moved


def priced_units(arrays: ProblemArrays, relaxed: Relaxed) -> Floats:
    """Return what the load and the spending of each unit cost in each territory at these prices, shape (n, k)."""
    cost = spent_table(arrays, relaxed.spent_price)
    for q in range(arrays.m):
        cost += arrays.measures[:, :, q] * relaxed.load_price[:, q]
    return cost


def _in_pieces(arrays: ProblemArrays, labels: Labels, centers: Centers) -> Labels | None:
    """Return labels with one piece per territory where that is asked, and no empty one; groups stay where they are."""
    cost = centers_cost(arrays, centers)
    rows = centers.astype(np.int64) if centers.ndim == 1 else np.full(arrays.k, -1)
    tied = arrays.rules.tied
    if not tied.size:
        return make_contiguous(arrays, labels, cost, rows)
    held = arrays.locked.copy()
    held[tied] = labels[tied]
    kept = make_contiguous(replace(arrays, locked=held), labels, cost, rows)
    return grown(arrays, labels, cost, rows) if kept is None else kept
