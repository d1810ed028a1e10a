"""The rules of a problem as arrays: which units go together or not, what may be spent, what is soft and what it costs.

Kernels read the same arrays (`Tables`); what has no rules holds empty arrays and costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

TOGETHER, APART, RADIUS, SPLIT = 0.1, 0.1, 0.01, 0.1
"""What a unit away from its group, a pair that should be apart, a unit beyond the radius and a split too many count
among violations, which are otherwise shares of a territory's target. Beyond the radius, the share of it counts too."""


UNLIMITED = np.iinfo(np.int64).max
"""A limit of splits that is none."""


class Tables(NamedTuple):
    """What kernels read.

    Parameters
    ----------
    group : int array, shape (n,) or (0,)
        The keep-together group of each unit, -1 for none.
    group_start, group_units : int array
        The units of each group, in compressed rows.
    apart_start, apart_units : int array
        The units that each unit must not share a territory with, in compressed rows; symmetric.
    container : int array, shape (n, q)
        The containers that each unit lies in, numbered through over all kinds of containers; -1 for none.
    split_cost : float array, shape (containers,)
        What each further territory in a container costs.
    kind : int array, shape (containers,)
        Which kind of container each is.
    split_limit : int array, shape (kinds,)
        Most further territories in all containers of a kind.
    border : float array, shape (edges,) or (0,)
        What an edge of the contiguity graph costs where it is cut; the same in both directions.
    spent_start : int array, shape (n + 1,) or (1,)
        Row of each unit in the next three.
    spent_budget, spent_owner : int array
        A budget, and the territory that a part of the unit has today (-1: none of those to come).
    spent_amount : float array
        What the budget loses unless the unit is in that territory.
    cap, budget_scale : float array, shape (b,)
        What a budget may lose, and what turns an excess into shares of a territory.
    """

    group: Ints
    group_start: Ints
    group_units: Ints
    apart_start: Ints
    apart_units: Ints
    container: Ints
    split_cost: Floats
    kind: Ints
    split_limit: Ints
    border: Floats
    spent_start: Ints
    spent_budget: Ints
    spent_owner: Ints
    spent_amount: Floats
    cap: Floats
    budget_scale: Floats


def _whole() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules besides bounds, locks, forbidden pairs and contiguity.

    Parameters
    ----------
    tables : Tables
        See there.
    radius : float
        Most distance of a unit from its territory's centre, in what `ProblemArrays.scale` (or `ways`) gives; infinite
        for none.
    ways : array, shape (N, N) or (0, 0)
        Distances to hold against the radius, in the order of `points`, where they are others than the minimised ones.
    overlap : float array, shape (n,) or (0,)
        What a unit costs that lies nearer to another territory's centre.
    hulls : float
        What it costs that the hulls of all pairs of territories lie in each other, in full.
    hull_points : float array, shape (p, 2)
        The accounts' places in a plane.
    hull_units : int array, shape (p,)
        The unit that each account lies in.
    today : int array, shape (n,) or (0,)
        The territory that most of a unit is in today, -1 for none: a start.
    stuck : int array
        Units that nothing is left for: no plan exists.
    """

    tables: Tables
    radius: float = np.inf
    ways: Floats = field(default_factory=lambda: np.empty((0, 0)))
    overlap: Floats = field(default_factory=lambda: np.empty(0))
    hulls: float = 0.0
    hull_points: Floats = field(default_factory=lambda: np.empty((0, 2)))
    hull_units: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    today: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    stuck: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @cached_property
    def asked(self) -> bool:
        """Whether there is any rule."""
        t = self.tables
        some = t.group.size or t.apart_units.size or t.split_cost.size or t.border.size or t.cap.size
        return bool(some or self.by_center or self.hulls)

    @property
    def by_center(self) -> bool:
        """Whether a rule looks at the distance to centres."""
        return bool(np.isfinite(self.radius) or self.overlap.size)

    @property
    def alike(self) -> bool:
        """Whether territories can be exchanged as far as the rules go: no budget knows them by name."""
        return self.tables.cap.size == 0

    @cached_property
    def priced(self) -> bool:
        """Whether plans pay for something besides travel: splits, borders or overlap."""
        soft = self.tables.split_cost.any() or self.tables.border.size or self.overlap.size or self.hulls
        return bool(soft)

    @cached_property
    def tied(self) -> Ints:
        """The units that cannot move alone without regard to others: grouped, or kept apart from some."""
        t = self.tables
        grouped = np.flatnonzero(t.group >= 0)
        kept = np.flatnonzero(np.diff(t.apart_start) > 0) if t.apart_units.size else _whole()
        return np.union1d(grouped, kept)

    @property
    def groups(self) -> list[Ints]:
        """The units of each group."""
        t = self.tables
        return [t.group_units[a:b] for a, b in zip(t.group_start[:-1], t.group_start[1:], strict=True)]

    @property
    def pairs_apart(self) -> Ints:
        """Pairs of units to keep apart, smaller first, shape (pairs, 2)."""
        t = self.tables
        if not t.apart_units.size:
            return np.empty((0, 2), dtype=np.int64)
        source = np.repeat(np.arange(len(t.apart_start) - 1), np.diff(t.apart_start))
        first = source < t.apart_units
        return np.column_stack([source[first], t.apart_units[first]])

    def spent(self, labels: NDArray[np.int32]) -> Floats:
        """Return what each budget loses by labels, shape (budgets,)."""
        t = self.tables
        unit = np.repeat(np.arange(len(labels)), np.diff(t.spent_start)) if t.cap.size else _whole()
        away = t.spent_owner != labels[unit]
        lost: Floats = np.bincount(t.spent_budget[away], t.spent_amount[away], minlength=t.cap.size).astype(float)
        return lost

    def spending(self, n: int, k: int) -> Floats:
        """Return what each unit takes from each budget in each territory, shape (budgets, n, k)."""
        t = self.tables
        taken = np.zeros((t.cap.size, n, k))
        if not t.cap.size:
            return taken
        unit = np.repeat(np.arange(n), np.diff(t.spent_start))
        all_of_it = np.zeros((t.cap.size, n))
        np.add.at(all_of_it, (t.spent_budget, unit), t.spent_amount)
        taken[:] = all_of_it[:, :, None]
        owned = t.spent_owner >= 0
        np.add.at(taken, (t.spent_budget[owned], unit[owned], t.spent_owner[owned]), -t.spent_amount[owned])
        return np.maximum(taken, 0.0)

    def reordered(self, order: Ints, edges: Ints) -> Rules:
        """Return the same rules with units in another order; `edges` are the old positions of the new edges."""
        today = self.today[order] if self.today.size else self.today
        if not self.asked:
            return replace(self, today=today)
        t, number = self.tables, np.empty(len(order), dtype=np.int64)
        number[order] = np.arange(len(order))
        group = t.group[order] if t.group.size else t.group
        apart = [number[t.apart_units[row]] for row in _rows(t.apart_start, order)] if t.apart_units.size else []
        spent = np.concatenate(_rows(t.spent_start, order)) if t.cap.size else _whole()
        tables = t._replace(
            group=group,
            group_units=number[t.group_units] if t.group_units.size else t.group_units,
            apart_start=row_starts([len(a) for a in apart]) if apart else t.apart_start,
            apart_units=np.concatenate(apart) if apart else t.apart_units,
            container=t.container[order] if t.split_cost.size else t.container,
            border=t.border[edges] if t.border.size else t.border,
            spent_start=row_starts(np.diff(t.spent_start)[order]) if t.cap.size else t.spent_start,
            spent_budget=t.spent_budget[spent] if t.cap.size else t.spent_budget,
            spent_owner=t.spent_owner[spent] if t.cap.size else t.spent_owner,
            spent_amount=t.spent_amount[spent] if t.cap.size else t.spent_amount,
        )
        overlap = self.overlap[order] if self.overlap.size else self.overlap
        places = number[self.hull_units] if self.hull_units.size else self.hull_units
        return replace(self, tables=tables, overlap=overlap, today=today, hull_units=places)


def _rows(start: Ints, order: Ints) -> list[Ints]:
    """Return the positions of each unit's entries in compressed rows, in the order of `order`."""
    return [np.arange(start[i], start[i + 1]) for i in order]


def row_starts(lengths: Sequence[int] | Ints) -> Ints:
    """Return where compressed rows of these lengths begin, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


NO_TABLES = Tables(
    group=_whole(), group_start=np.zeros(1, np.int64), group_units=_whole(), apart_start=np.zeros(1, np.int64),
    apart_units=_whole(), container=np.empty((0, 0), np.int64), split_cost=np.empty(0),
    kind=_whole(), split_limit=_whole(), border=np.empty(0),
    spent_start=np.zeros(1, np.int64), spent_budget=_whole(), spent_owner=_whole(), spent_amount=np.empty(0),
    cap=np.empty(0), budget_scale=np.empty(0),
)  # fmt: skip

NONE = Rules(NO_TABLES)
"""No rules at all."""
