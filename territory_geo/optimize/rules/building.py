"""Tables of rules from what is asked: groups, pairs apart, containers, budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory_geo.optimize.rules.tables import UNLIMITED, row_starts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def grouped(n: int, groups: Sequence[Sequence[int]]) -> dict[str, Ints]:
    """Return the fields of `Tables` for keep-together groups; groups that share a unit become one."""
    leader = np.arange(n)

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = int(leader[i])
        return i

    for group in groups:
        for other in group[1:]:
            a, b = find(int(group[0])), find(int(other))
            leader[max(a, b)] = min(a, b)
    root = np.array([find(i) for i in range(n)], dtype=np.int64)
    size = np.bincount(root, minlength=n)
    heads = np.flatnonzero(size > 1)
    number = np.full(n, -1, dtype=np.int64)
    number[heads] = np.arange(len(heads))
    group_of = number[root]
    inside = np.flatnonzero(group_of >= 0)
    units = inside[np.argsort(group_of[inside], kind="stable")]
    if not heads.size:
        return {}
    return {"group": group_of, "group_start": row_starts(size[heads]), "group_units": units}


def kept_apart(n: int, pairs: Sequence[tuple[int, int]]) -> dict[str, Ints]:
    """Return the fields of `Tables` for units to keep apart."""
    both = {(int(a), int(b)) for a, b in pairs if a != b} | {(int(b), int(a)) for a, b in pairs if a != b}
    if not both:
        return {}
    listed = np.array(sorted(both), dtype=np.int64)
    return {"apart_start": row_starts(np.bincount(listed[:, 0], minlength=n)), "apart_units": listed[:, 1].copy()}


@dataclass(frozen=True)
class Kind:
    """One kind of container, such as states.

    Parameters
    ----------
    members : sequence of int array
        The units of each container; a unit may lie in several.
    cost : float
        Of each further territory in a container.
    limit : int
        Most further territories in all.
    """

    members: Sequence[Ints]
    cost: float
    limit: int = UNLIMITED


def containers(n: int, kinds: Sequence[Kind]) -> dict[str, Ints | Floats]:
    """Return the fields of `Tables` for containers; those of one unit can never be split and are left out."""
    listed = [(number, units) for number, kind in enumerate(kinds) for units in kind.members if len(units) > 1]
    if not listed:
        return {}
    depth = np.zeros(n, dtype=np.int64)
    for _, units in listed:
        depth[units] += 1
    container = np.full((n, int(depth.max())), -1, dtype=np.int64)
    depth[:] = 0
    for code, (_, units) in enumerate(listed):
        container[units, depth[units]] = code
        depth[units] += 1
    kind = np.array([number for number, _ in listed], dtype=np.int64)
    return {
        "container": container, "kind": kind, "split_cost": np.array([kind.cost for kind in kinds])[kind],
        "split_limit": np.array([kind.limit for kind in kinds], dtype=np.int64),
    }  # fmt: skip


@dataclass(frozen=True)
class Budget:
    """What may change hands: parts of units with their owners of today, and how much of it may leave them.

    Parameters
    ----------
    unit, owner : int array, shape (parts,)
        The unit a part lies in, and the territory that has it today, -1 if that is none of those to come.
    amount : float array, shape (parts,)
        Not negative.
    cap : float
        How much in all may be with another territory than today.
    """

    unit: Ints
    owner: Ints
    amount: Floats
    cap: float


def budgeted(n: int, k: int, budgets: Sequence[Budget]) -> dict[str, Ints | Floats]:
    """Return the fields of `Tables` for budgets; those that allow everything to move are left out."""
    budgets = [b for b in budgets if b.cap < b.amount.sum() * (1 - 1e-12)]
    if not budgets:
        return {}
    unit = np.concatenate([b.unit for b in budgets]).astype(np.int64)
    number = np.repeat(np.arange(len(budgets)), [len(b.unit) for b in budgets])
    owner = np.concatenate([b.owner for b in budgets]).astype(np.int64)
    amount = np.concatenate([b.amount for b in budgets]).astype(float)
    # One row per unit, budget and owner: many accounts of a unit may have the same rep.
    keys, inverse = np.unique(np.column_stack([unit, number, owner]), axis=0, return_inverse=True)
    total = np.bincount(inverse.reshape(-1), amount, minlength=len(keys))
    used = total > 0
    keys, total = keys[used], total[used]
    whole = np.array([b.amount.sum() for b in budgets])
    cap = np.array([b.cap for b in budgets]) + 5e-10 * whole
    return {
        "spent_start": row_starts(np.bincount(keys[:, 0], minlength=n)),
        "spent_budget": keys[:, 1].copy(), "spent_owner": keys[:, 2].copy(), "spent_amount": total,
        "cap": cap, "budget_scale": k / np.maximum(whole, 1e-300),
    }  # fmt: skip
