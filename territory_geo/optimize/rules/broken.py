"""What a plan misses, in the words of the one who asked for it: for the line of progress and for the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.rules.judge import radius_missed
from territory_geo.optimize.rules.state import missed_in_all
from territory_geo.optimize.rules.tables import NO_TABLES

if TYPE_CHECKING:
    from territory_geo.optimize.arrays import ProblemArrays

PARTS = {
    "groups to keep together": ("group", "group_start", "group_units"),
    "pairs to keep apart": ("apart_start", "apart_units"),
    "what may change rep": (
        "spent_start", "spent_budget", "spent_owner", "spent_amount", "cap", "budget_scale",
    ),
    "containers to keep whole": ("container", "split_cost", "kind", "split_limit"),
}  # fmt: skip
"""The tables of each kind of rule."""
LEAST = 1e-12
"""A smaller share of a territory is rounding."""


def broken(arrays: ProblemArrays, labels: NDArray[np.int32], missed: float) -> dict[str, float]:
    """Return what is missed, by kind of rule, in shares of a territory; the largest first.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem.
    labels : int array, shape (n,)
        A plan.
    missed : float
        Its violation in all; what no rule accounts for is the balance's.
    """
    found: dict[str, float] = {}
    if arrays.rules.asked:
        tables = arrays.rules.tables
        for name, columns in PARTS.items():
            alone = NO_TABLES._replace(**{column: getattr(tables, column) for column in columns})
            found[name] = float(missed_in_all(labels, arrays.k, alone))
        if np.isfinite(arrays.rules.radius):
            found["the radius"] = radius_missed(arrays, labels, None)
    found["balance"] = missed - sum(found.values())
    listed = sorted(found.items(), key=lambda item: -item[1])
    return {name: share for name, share in listed if share > LEAST}


def in_words(parts: dict[str, float]) -> str:
    """Return parts as text, such as "balance by 1.20 %, what may change rep by 0.31 %"."""
    return ", ".join(f"{name} by {100 * share:.2f} %" for name, share in parts.items())
