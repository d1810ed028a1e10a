"""The start of a problem with homes and rules: from the linear model, with a bound that holds for every plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.arrays import HOME, ProblemArrays
from territory_geo.optimize.centers import centers_cost
from territory_geo.optimize.coarse import applies as is_large
from territory_geo.optimize.guide import guided
from territory_geo.optimize.linear.ascent import Relaxed, ascend
from territory_geo.optimize.linear.model import linear_model
from territory_geo.optimize.linear.rounding import rounded
from territory_geo.optimize.repair import make_contiguous
from territory_geo.optimize.rules.place import grown
from territory_geo.optimize.rules.spending import spent_table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class LinearStart:
    """Labels to begin with.

    Parameters
    ----------
    labels : int32 array, shape (n,), or None
        In one piece per territory where that is asked; None where no way was found.
    bound : float
        No plan costs less.
    priced : float array, shape (n, k)
        What the loads and the spending of units cost at the prices found.
    """

    labels: Labels | None
    bound: float
    priced: Floats


def applies(arrays: ProblemArrays) -> bool:
    """Tell whether the model says more than a flow: there are rules, and homes, so that travel is linear."""
    ruled = arrays.rules.asked and not arrays.rules.stuck.size
    return ruled and arrays.centering == HOME and arrays.k > 1 and not is_large(arrays)


def proves(arrays: ProblemArrays) -> bool:
    """Tell whether the start's bound holds for the problem itself: the search does not use weights of its own."""
    return applies(arrays) and guided(arrays) is arrays


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


def linear_start(arrays: ProblemArrays, go_on: Callable[[], bool]) -> LinearStart:
    """Return what the linear model comes to.

    Parameters
    ----------
    arrays : ProblemArrays
        A problem that the model `applies` to.
    go_on : callable
        Asked often; what is known when it says no is rounded all the same.
    """
    model = linear_model(arrays)
    relaxed = ascend(model, go_on)
    labels, priced = rounded(model, relaxed, go_on)
    return LinearStart(_in_pieces(arrays, labels), relaxed.bound, priced_units(arrays, priced))


def priced_units(arrays: ProblemArrays, relaxed: Relaxed) -> Floats:
    """Return what the load and the spending of each unit cost in each territory at these prices, shape (n, k)."""
    cost = spent_table(arrays, relaxed.spent_price)
    for q in range(arrays.m):
        cost += arrays.measures[:, :, q] * relaxed.load_price[:, q]
    return cost


def _in_pieces(arrays: ProblemArrays, labels: Labels) -> Labels | None:
    """Return labels with one piece per territory where that is asked, and no empty one; groups stay where they are."""
    centers = np.arange(arrays.n, arrays.n + arrays.k)
    cost, held, tied = centers_cost(arrays, centers), arrays.locked.copy(), arrays.rules.tied
    held[tied] = labels[tied]
    kept = make_contiguous(replace(arrays, locked=held), labels, cost, centers)
    return grown(arrays, labels, cost, centers) if kept is None and tied.size else kept
