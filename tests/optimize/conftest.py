"""Small problems with known answers: grids, and every partition of them by brute force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg


def make_grid(
    rows: int, columns: int, values: list[float] | None = None, *, shuffle: int | None = None
) -> tuple[tg.BasicUnits, tg.ContiguityGraph]:
    """Units on a grid of kilometre steps with rook neighbours.

    a00 - a01 - a02
     |     |     |
    a10 - a11 - a12
    """
    cells = [(r, c) for r in range(rows) for c in range(columns)]
    table = pd.DataFrame(
        {
            "id": [f"a{r}{c:x}" for r, c in cells],
            "x": [1000.0 * c for _, c in cells],
            "y": [-1000.0 * r for r, _ in cells],
            "load": np.ones(len(cells)) if values is None else values,
        }
    )
    if shuffle is not None:
        table = table.sample(frac=1.0, random_state=shuffle)
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["load"])
    edges = [(f"a{r}{c:x}", f"a{r}{c + 1:x}") for r, c in cells if c + 1 < columns]
    edges += [(f"a{r}{c:x}", f"a{r + 1}{c:x}") for r, c in cells if r + 1 < rows]
    return units, tg.ContiguityGraph.from_edges(units, pd.DataFrame(edges, columns=["u", "v"]))


@dataclass
class Optimum:
    """The best plan of a small problem, by looking at all of them."""

    cost: float
    plans: int


def enumerate_plans(problem: tg.TerritoryProblem) -> Optimum:
    """Try every way to cut at most 16 units into connected territories within bounds."""
    n, k = len(problem.units), problem.n_territories
    neighbours = [0] * n
    if problem.graph is not None:
        for u, v in problem.graph.pairs:
            neighbours[u] |= 1 << int(v)
            neighbours[v] |= 1 << int(u)
    xy, weight = problem.units.xy, problem.weight
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) / 1000.0
    sides = {m: [float(side[0]) for side in problem.bounds(m)] for m in problem.balance}
    bounds = [(problem.units.frame[m].to_numpy(float), *sides[m]) for m in problem.balance]

    def one_piece(mask: int) -> bool:
        if problem.graph is None:
            return True
        reached = frontier = mask & -mask
        while frontier:
            unit = (frontier & -frontier).bit_length() - 1
            frontier &= frontier - 1
            new = neighbours[unit] & mask & ~reached
            reached |= new
            frontier |= new
        return reached == mask

    cost: dict[int, float] = {}
    by_first: dict[int, list[int]] = {i: [] for i in range(n)}
    for mask in range(1, 1 << n):
        members = [i for i in range(n) if mask >> i & 1]
        held = [(values[members].sum(), low, high) for values, low, _, high in bounds]
        if all(low - 1e-9 <= load <= high + 1e-9 for load, low, high in held) and one_piece(mask):
            cost[mask] = float((apart[np.ix_(members, members)] ** problem.objective.power @ weight[members]).min())
            by_first[members[0]].append(mask)

    best, count = float("inf"), 0

    def extend(covered: int, used: int, total: float) -> Iterator[float]:
        if covered == (1 << n) - 1:
            if used == k:
                yield total
            return
        if used == k:
            return
        first = (~covered & -~covered).bit_length() - 1
        for mask in by_first[first]:
            if not mask & covered:
                yield from extend(covered | mask, used + 1, total + cost[mask])

    for total in extend(0, 0, 0.0):
        count += 1
        best = min(best, total)
    return Optimum(best, count)


@pytest.fixture(scope="session")
def grid() -> Callable[..., tuple[tg.BasicUnits, tg.ContiguityGraph]]:
    """Build units on a grid and their graph."""
    return make_grid


@pytest.fixture(scope="session")
def brute_force() -> Callable[[tg.TerritoryProblem], Optimum]:
    """Enumerate all plans of a small problem."""
    return enumerate_plans
