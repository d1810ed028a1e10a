"""Units that any plan must put into one territory, and units whose territory is settled before the search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from territory_geo.plan.check.words import some
from territory_geo.plan.constraints import Forbid, HomeInside, KeepWhole, Lock, Together
from territory_geo.plan.places import containers

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Blocks:
    """What groups, containers, locks and homes come to.

    Parameters
    ----------
    block : int array, shape (n,)
        The number of the group that each unit belongs to; alone, a number of its own.
    said : dict of block to ids
        The constraints that make a group.
    pins : dict of row to list of (territory, id)
        Which territory a unit must be in, and by which constraint.
    bans : dict of row to list of (territory, id)
        Which territories it must not be in.
    territories : tuple of str
        The named ones.
    """

    block: Ints
    said: dict[int, list[str]]
    pins: dict[int, list[tuple[str, str]]]
    bans: dict[int, list[tuple[str, str]]]
    territories: tuple[str, ...]

    @classmethod
    def of(cls, problem: TerritoryProblem) -> Blocks:
        """Return the blocks of a problem; overlapping groups are one."""
        n = len(problem.units)
        stated = [c for c in problem.constraints if isinstance(c, (Lock, Forbid, Together))]
        row = {id_: i for i, id_ in enumerate(problem.units.ids)} if stated else {}
        joined: list[tuple[str, Ints]] = []
        for group in problem.of_kind(Together):
            joined.append((group.id, np.array([row[id_] for id_ in group.units], dtype=np.int64)))
        for whole in problem.of_kind(KeepWhole):
            if whole.limit == 0:
                joined += [(whole.id, rows) for rows in containers(problem.units, whole.column).values()]
        block = np.arange(n, dtype=np.int64)
        if joined:
            u = np.concatenate([rows[:-1] for _, rows in joined])
            v = np.concatenate([rows[1:] for _, rows in joined])
            graph = coo_matrix((np.ones(len(u)), (u, v)), shape=(n, n))
            block = connected_components(graph, directed=False)[1].astype(np.int64)
        said: dict[int, list[str]] = {}
        for id_, rows in joined:
            said.setdefault(int(block[rows[0]]), []).append(id_)
        pins: dict[int, list[tuple[str, str]]] = {}
        bans: dict[int, list[tuple[str, str]]] = {}
        for constraint in stated:
            if not isinstance(constraint, Together):
                found = pins if isinstance(constraint, Lock) else bans
                for unit in constraint.units:
                    found.setdefault(row[unit], []).append((constraint.territory, constraint.id))
        for home in problem.of_kind(HomeInside):
            assert problem.home_units is not None
            for rep, unit_row in zip(problem.named_territories, problem.home_units.tolist(), strict=True):
                pins.setdefault(unit_row, []).append((rep, home.id))
        return cls(block, said, pins, bans, problem.named_territories)

    def groups(self) -> Iterator[tuple[Ints, str]]:
        """Yield the rows of each group of several units, and what keeps it together, in words."""
        if not self.said:
            return
        order = np.argsort(self.block, kind="stable")
        edges = np.searchsorted(self.block[order], np.array([[b, b + 1] for b in self.said]))
        for (first, last), ids in zip(edges.tolist(), self.said.values(), strict=True):
            yield order[first:last], f"{some(list(dict.fromkeys(ids)))} keeps them together"

    @cached_property
    def pinned_rows(self) -> dict[str, Ints]:
        """The rows that locks and homes put into each named territory, by its name, sorted."""
        found: dict[str, set[int]] = {name: set() for name in self.territories}
        for row, pins in self.pins.items():
            for name, _ in pins:
                found[name].add(row)
        return {name: np.array(sorted(rows), dtype=np.int64) for name, rows in found.items()}

    @cached_property
    def held_rows(self) -> dict[str, Ints]:
        """The rows that must be in each named territory: pinned themselves, or in a group with such a unit."""
        if not self.said:
            return self.pinned_rows
        return {
            name: np.flatnonzero(np.isin(self.block, self.block[rows])).astype(np.int64) if len(rows) else rows
            for name, rows in self.pinned_rows.items()
        }

    def pinned(self) -> Iterator[tuple[Ints, str]]:
        """Yield the rows that must be in each named territory, and why, in words, where there are several."""
        for territory, rows in self.held_rows.items():
            if len(rows) > 1:
                ids = [id_ for row in rows.tolist() for name, id_ in self.pins.get(row, []) if name == territory]
                yield rows, f"both must be in {territory} ({some(list(dict.fromkeys(ids)))})"

    def territory_of(self) -> dict[int, set[str]]:
        """Return the territories that each block is pinned to."""
        found: dict[int, set[str]] = {}
        for row, pins in self.pins.items():
            found.setdefault(int(self.block[row]), set()).update(name for name, _ in pins)
        return found

    def banned_from(self) -> dict[int, set[str]]:
        """Return the territories that each block is kept out of."""
        found: dict[int, set[str]] = {}
        for row, bans in self.bans.items():
            found.setdefault(int(self.block[row]), set()).update(name for name, _ in bans)
        return found
