"""Whether territories are in one piece, counted with networkx, or with scipy where there are many units."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

NETWORKX_UNITS = 20_000
"""Above this many units, pieces are counted with scipy; the tests hold both to the same answer."""


def scattered(problem: TerritoryProblem, codes: NDArray[np.int64], names: list[str]) -> Iterable[str]:
    """Yield the territories that are in several pieces."""
    assert problem.graph is not None
    count = pieces_with_scipy if len(problem.units) > NETWORKX_UNITS else pieces_with_networkx
    pieces = count(problem.graph.pairs, codes, len(names))
    for territory, found in zip(names, pieces, strict=True):
        if found != 1:
            yield f"{territory} is in {found} pieces"


def pieces_with_networkx(pairs: NDArray[np.int64], codes: NDArray[np.int64], count: int) -> list[int]:
    """Return the number of connected pieces of each group of units.

    Parameters
    ----------
    pairs : array, shape (e, 2)
        Units that touch.
    codes : array, shape (n,)
        The group of each unit, 0 to count - 1; -1 for none.
    count : int
        How many groups.
    """
    import networkx as nx

    graph: Any = nx.Graph()
    graph.add_nodes_from(range(len(codes)))
    graph.add_edges_from(pairs[codes[pairs[:, 0]] == codes[pairs[:, 1]]].tolist())
    found = [0] * count
    for piece in nx.connected_components(graph):
        group = int(codes[next(iter(piece))])
        if group >= 0:
            found[group] += 1
    return found


def pieces_with_scipy(pairs: NDArray[np.int64], codes: NDArray[np.int64], count: int) -> list[int]:
    """Return the same as `pieces_with_networkx`, in compiled code."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    u, v = pairs[codes[pairs[:, 0]] == codes[pairs[:, 1]]].T
    matrix = coo_matrix((np.ones(len(u)), (u, v)), shape=(len(codes), len(codes)))
    _, piece = connected_components(matrix, directed=False)
    owner = codes[np.unique(piece, return_index=True)[1]]
    found: list[int] = np.bincount(owner[owner >= 0], minlength=count).tolist()
    return found
