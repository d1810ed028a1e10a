"""What rules imply for single units: locks and forbidden territories that follow from others.

If one unit of a group is locked, all are; what must be apart from a locked unit cannot join it; with homes, what lies
beyond the radius is forbidden. Where nothing is left for a unit, no plan exists.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.rules.judge import reach_of
from territory_geo.optimize.rules.reach import ROUNDING

if TYPE_CHECKING:
    from territory_geo.optimize.arrays import ProblemArrays

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def closed(arrays: ProblemArrays) -> ProblemArrays:
    """Return the arrays with all locks and forbidden territories that follow; `rules.stuck` lists units without any.

    Parameters
    ----------
    arrays : ProblemArrays
        The problem. Without rules it comes back as it is.

    Notes
    -----
    Repeated until nothing follows any more: O(n k) each time. Where units are stuck, the rest stays as it was, so that
    a nearest plan can be sought.
    """
    rules = arrays.rules
    if not rules.asked or rules.stuck.size:
        return arrays
    allowed = np.isfinite(arrays.extra)
    if arrays.at_home and np.isfinite(rules.radius):
        homes = np.arange(arrays.n, arrays.n + arrays.k)
        allowed = allowed & (reach_of(arrays, homes) <= rules.radius * (1 + ROUNDING))
        rules = replace(rules, radius=np.inf)
    elif not rules.tied.size:
        return arrays
    stuck = _narrowed(arrays, allowed)
    if stuck.size:
        return replace(arrays, rules=replace(arrays.rules, stuck=stuck))
    extra = np.where(allowed, arrays.extra, np.inf)
    single = allowed.sum(axis=1) == 1
    locked = np.where(single, allowed.argmax(axis=1), arrays.locked)
    return replace(arrays, extra=extra, locked=locked, rules=rules)


def _narrowed(arrays: ProblemArrays, allowed: Bools) -> Ints:
    """Take from `allowed` what the rules rule out, in place; return the units that nothing is left for."""
    tables, pairs = arrays.rules.tables, arrays.rules.pairs_apart
    both = np.concatenate([pairs, pairs[:, ::-1]])
    while True:
        before = int(allowed.sum())
        if tables.group_units.size:
            shared = np.logical_and.reduceat(allowed[tables.group_units], tables.group_start[:-1], axis=0)
            allowed[tables.group_units] = np.repeat(shared, np.diff(tables.group_start), axis=0)
        if both.size:
            settled = allowed[both[:, 0]].sum(axis=1) == 1
            allowed[both[settled, 1], allowed[both[settled, 0]].argmax(axis=1)] = False
        if int(allowed.sum()) == before:
            break
    stuck = np.array(~allowed.any(axis=1))
    if tables.group.size and pairs.size:
        inside = (tables.group[pairs[:, 0]] >= 0) & (tables.group[pairs[:, 0]] == tables.group[pairs[:, 1]])
        stuck[pairs[inside].ravel()] = True
    return np.flatnonzero(stuck)
