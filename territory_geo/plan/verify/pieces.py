"""Whether territories are in one piece, counted with networkx, or with scipy where there are many units."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd

from territory_geo.geodata.ids import texts

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

NETWORKX_UNITS = 50_000
"""Above this many units, pieces are counted with scipy; the tests hold both to the same answer."""


def scattered(problem: TerritoryProblem, groups: dict[str, list[str]]) -> Iterable[str]:
    """Yield the territories that are in several pieces."""
    assert problem.graph is not None
    if len(problem.units) > NETWORKX_UNITS:
        counts = pieces_with_scipy(problem.graph.edges, groups)
    else:
        counts = pieces_with_networkx(problem.graph.edges, groups)
    for territory, count in sorted(counts.items()):
        if count != 1:
            yield f"{territory} is in {count} pieces"


def pieces_with_networkx(edges: pd.DataFrame, groups: dict[str, list[str]]) -> dict[str, int]:
    """Return the number of connected pieces of each group of units."""
    graph: Any = nx.Graph()
    graph.add_nodes_from(unit for units in groups.values() for unit in units)
    graph.add_edges_from(zip(texts(edges["u"]), texts(edges["v"]), strict=True))
    return {name: nx.number_connected_components(graph.subgraph(units)) for name, units in groups.items()}


def pieces_with_scipy(edges: pd.DataFrame, groups: dict[str, list[str]]) -> dict[str, int]:
    """Return the same as `pieces_with_networkx`, in compiled code."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    names = list(groups)
    units = pd.Index([unit for held in groups.values() for unit in held], dtype=object)
    group = np.repeat(np.arange(len(names)), [len(held) for held in groups.values()])
    u, v = (units.get_indexer(pd.Index(texts(edges[end]), dtype=object)) for end in ("u", "v"))
    inner = (u >= 0) & (v >= 0)
    inner[inner] = group[u[inner]] == group[v[inner]]
    matrix = coo_matrix((np.ones(int(inner.sum())), (u[inner], v[inner])), shape=(len(units), len(units)))
    _, piece = connected_components(matrix, directed=False)
    counts = np.bincount(group[np.unique(piece, return_index=True)[1]], minlength=len(names))
    return {name: int(count) for name, count in zip(names, counts, strict=True)}
