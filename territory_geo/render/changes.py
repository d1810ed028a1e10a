"""Who had each account before: today's reps, or the first of several plans, and which territory is theirs now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from territory_geo.plan.current import owners_of
from territory_geo.render.packing import pack_array

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

Codes = np.ndarray[Any, np.dtype[np.int64]]


def changes_data(plans: Mapping[str, TerritoryPlan], codes: list[Codes]) -> dict[str, Any] | None:
    """Return who had each account before, or None where there is nothing to compare with.

    Parameters
    ----------
    plans : mapping of name to TerritoryPlan
        If the first one's problem knows today's alignment, that is what was before; else it is the first of several
        plans.
    codes : list of int arrays, shape (accounts,)
        From `territory_codes`.

    Returns
    -------
    dict or None
        ``before``: what it is called; ``names``: who had accounts; ``codes``: who had each, -1 for nobody; ``owner``:
        per plan the position of each one's territory, -1 for none; ``moved``: per plan how many accounts change
        hands, those of reps who have no territory any more with them; ``held``, ``free``: how many accounts somebody
        had, and nobody; ``isBefore``: per plan whether it is what was before; ``matched``: whether territories were
        matched by most accounts in common because their ids differ.
    """
    first = next(iter(plans.values()))
    alignment = first.problem.alignment
    ids = [[str(name) for name in plan.territories.index] for plan in plans.values()]
    matched = False
    if alignment is not None:
        owners = [str(name) for name in owners_of(first.problem.units, first.problem.current)]
        names = sorted({name for name in owners if name})
        number = {name: i for i, name in enumerate(names)}
        before = np.array([number.get(name, -1) for name in owners], dtype=np.int64)
    elif len(plans) > 1:
        names, before = ids[0], codes[0]
    else:
        return None
    owner = []
    for each, theirs in zip(ids, codes, strict=True):
        by_name = len(set(names) & set(each)) * 2 >= min(len(names), len(each))
        matched |= not by_name
        owner.append(_same(names, each) if by_name else _most_alike(before, theirs, len(names), len(each)))
    held = before >= 0
    moved = [int((held & (now[before] != theirs)).sum()) for now, theirs in zip(owner, codes, strict=True)]
    current = [plan.provenance.get("status") == "current" for plan in plans.values()]
    first_is_before = alignment is None or current[0]
    return {
        "before": "today" if alignment is not None else next(iter(plans)),
        "names": names,
        "codes": pack_array(before),
        "owner": owner,
        "moved": [
            0 if status or (first_is_before and i == 0) else n
            for i, (n, status) in enumerate(zip(moved, current, strict=True))
        ],
        "held": int(held.sum()),
        "free": int((~held).sum()),
        "matched": matched,
        "isBefore": [status or (first_is_before and i == 0) for i, status in enumerate(current)],
    }


def _same(names: list[str], ids: list[str]) -> Codes:
    position = {name: i for i, name in enumerate(ids)}
    return np.array([position.get(name, -1) for name in names], dtype=np.int64)


def _most_alike(before: Codes, now: Codes, n_before: int, n_now: int) -> Codes:
    """Match territories one to one so that most accounts stay where they were (Kuhn 1955)."""
    common = np.zeros((n_before, n_now))
    known = before >= 0
    np.add.at(common, (before[known], now[known]), 1)
    rows, columns = linear_sum_assignment(common, maximize=True)
    owner = np.full(n_before, -1, dtype=np.int64)
    owner[rows] = np.where(common[rows, columns] > 0, columns, -1)
    return owner
