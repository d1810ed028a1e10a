"""The contiguity graph: which basic units touch, and how separate parts are joined.

Areas touch where they share a border, point units where their cells on land do. Parts that touch nothing
else are joined by bridges, shortest first, and every bridge is listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata import clean
from territory_geo.geodata.topology import delaunay_pairs
from territory_geo.geodata.units import BasicUnits

Ints = NDArray[np.int64]

ISLAND_POLICIES = ("bridge", "allow", "fail")
"""What to do with units that nothing touches: join them, leave them, refuse."""


@dataclass(frozen=True, eq=False)
class ContiguityGraph:
    """Which units touch.

    Parameters
    ----------
    unit_ids : list of str
        Ids as text, in the units' order.
    edges : DataFrame
        `u`, `v` (unit ids as text), `kind` (border, cell, bridge or given), `length_km` (from the one's place
        to the other's), each pair once.
    pairs : array, shape (e, 2)
        The same edges as positions.
    """

    unit_ids: list[str]
    edges: pd.DataFrame
    pairs: Ints

    @classmethod
    def from_units(cls, units: BasicUnits, *, islands: str = "bridge") -> ContiguityGraph:
        """Build the graph from the units' shapes.

        Parameters
        ----------
        units : BasicUnits
            Areas: neighbours share a border of positive length (rook). Points: their cells, clipped to land,
            share a border. A table's units: Delaunay neighbours.
        islands : {"bridge", "allow", "fail"}
            What happens to units that would stay apart: join them by the shortest bridges, leave the graph
            in several components, or refuse.

        Raises
        ------
        DataError
            With ``islands="fail"``, naming the units that touch nothing.

        Notes
        -----
        The shortest bridges are the cheapest Delaunay edges between components (Kruskal); the Delaunay graph
        contains the Euclidean minimum spanning tree (Preparata & Shamos 1985).
        """
        if islands not in ISLAND_POLICIES:
            raise OptionError(f"The 'islands' parameter must be one of {ISLAND_POLICIES}. Got {islands!r} instead.")
        if units.kind == "areas":
            shapes = np.array(units.frame.geometry.to_numpy(), dtype=object)
            pairs, kind = _known_pairs(units), "border"
            pairs = shared_border_pairs(shapes) if pairs is None else pairs
        elif units.kind == "points":
            pairs, kind = units.cells.pairs, "cell"
        else:
            pairs, kind = delaunay_pairs(units.plane.to_plane(units.xy)), "cell"
        return cls._joined(units, pairs, [kind] * len(pairs), islands)

    @classmethod
    def from_edges(cls, units: BasicUnits, edges: pd.DataFrame, *, islands: str = "allow") -> ContiguityGraph:
        """Take the graph from a table with the columns `u` and `v` (unit ids) and, if there, `kind`.

        Raises
        ------
        DataError
            If a column is missing or an id is not among the units; the first ones are named.
        """
        if islands not in ISLAND_POLICIES:
            raise OptionError(f"The 'islands' parameter must be one of {ISLAND_POLICIES}. Got {islands!r} instead.")
        missing = [c for c in ("u", "v") if c not in edges.columns]
        if missing:
            raise DataError(f"The edges need the columns u and v; missing: {', '.join(missing)}.")
        position = {id_: i for i, id_ in enumerate(units.ids)}
        ends = [edges[c].map(clean.id_text) for c in ("u", "v")]
        unknown = sorted({id_ for column in ends for id_ in column if id_ not in position})
        if unknown:
            named = ", ".join(map(repr, unknown[:5]))
            raise DataError(
                f"The edges name {len(unknown)} ids that are no units, such as {named}. "
                "Take those edges out, or check that both tables write ids alike."
            )
        pairs = np.sort(np.column_stack([column.map(position) for column in ends]).astype(np.int64), axis=1)
        distinct = pairs[:, 0] != pairs[:, 1]
        pairs, first = np.unique(pairs[distinct], axis=0, return_index=True)
        kinds = edges["kind"][distinct].iloc[first].tolist() if "kind" in edges.columns else ["given"] * len(pairs)
        return cls._joined(units, pairs.reshape(-1, 2), kinds, islands)

    @classmethod
    def _joined(cls, units: BasicUnits, pairs: Ints, kinds: list[str], islands: str) -> ContiguityGraph:
        count, component = connected_components(adjacency(pairs, len(units)), directed=False)
        bridges = np.empty((0, 2), dtype=np.int64)
        if count > 1 and islands == "fail":
            main = np.bincount(component).argmax()
            apart = [units.ids[i] for i in np.flatnonzero(component != main)]
            raise DataError(
                f"{len(apart)} units touch nothing else of the largest part, such as {', '.join(apart[:5])}. "
                f"Use islands='bridge' to join them by the shortest bridges."
            )
        if count > 1 and islands == "bridge":
            bridges = _shortest_bridges(units, component)
        every = np.vstack([pairs, bridges]) if len(bridges) else pairs
        labels = np.array([*kinds, *["bridge"] * len(bridges)], dtype=object)
        ids = np.array(units.ids, dtype=object)
        order = np.argsort(every[:, 0] * len(units) + every[:, 1], kind="stable")
        every = every[order]
        xy = units.plane.to_plane(units.xy)
        apart_km = np.linalg.norm(xy[every[:, 0]] - xy[every[:, 1]], axis=1) / 1000.0
        table = pd.DataFrame(
            {
                "u": pd.Series(ids[every[:, 0]], dtype=object),
                "v": pd.Series(ids[every[:, 1]], dtype=object),
                "kind": pd.Series(labels[order], dtype=object),
                "length_km": np.round(apart_km, 3),
            }
        )
        return cls(units.ids, table, every)

    @cached_property
    def matrix(self) -> csr_matrix:
        """The symmetric adjacency matrix, with sorted neighbours."""
        return adjacency(self.pairs, len(self.unit_ids))

    @cached_property
    def components(self) -> Ints:
        """The number of each unit's component, shape (n,)."""
        labels: Ints = connected_components(self.matrix, directed=False)[1].astype(np.int64)
        return labels

    @property
    def n_components(self) -> int:
        """In how many parts the graph falls."""
        return int(self.components.max()) + 1 if len(self.components) else 0

    @property
    def bridges(self) -> pd.DataFrame:
        """The edges that were added to join separate parts."""
        return self.edges[self.edges["kind"] == "bridge"].reset_index(drop=True)

    @property
    def n_isolates(self) -> int:
        """How many units touch no other."""
        return int((np.diff(self.matrix.indptr) == 0).sum())

    def __repr__(self) -> str:
        return (
            f"<ContiguityGraph of {len(self.unit_ids):,} nodes, {len(self.pairs):,} edges, "
            f"{self.n_components} component{'s' * (self.n_components != 1)}, {self.n_isolates} isolates, "
            f"{len(self.bridges)} bridges>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"units": f"{len(self.unit_ids):,}", "edges": f"{len(self.pairs):,}"}
        entries |= {"components": str(self.n_components), "isolates": str(self.n_isolates)}
        return definition_table("Contiguity graph", entries | {"bridges": str(len(self.bridges))}, self.bridges)


def shared_border_pairs(shapes: NDArray[Any]) -> Ints:
    """Return the pairs of polygons that share a border of positive length (rook contiguity), shape (e, 2).

    The shapes must lie on one precision grid (`topology.clean_polygons`).
    """
    tree = shapely.STRtree(shapes)
    u, v = tree.query(shapes, predicate="intersects")
    u, v = u[u < v], v[u < v]
    shared = shapely.length(shapely.intersection(shapes[u], shapes[v])) > 0
    pairs = np.column_stack([u[shared], v[shared]]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _known_pairs(units: BasicUnits) -> Ints | None:
    """Return the neighbours that the source itself states, as sorted positions."""
    if units.known_edges is None:
        return None
    position = {id_: i for i, id_ in enumerate(units.ids)}
    ends = [units.known_edges[c].map(position).to_numpy(dtype=np.int64) for c in ("u", "v")]
    pairs: Ints = np.unique(np.sort(np.column_stack(ends), axis=1), axis=0)
    return pairs


def adjacency(pairs: Ints, n: int) -> csr_matrix:
    """Return the symmetric 0/1 matrix of pairs of shape (e, 2), with sorted neighbours."""
    both = np.vstack([pairs, pairs[:, ::-1]])
    matrix = coo_matrix((np.ones(len(both), dtype=np.int8), (both[:, 0], both[:, 1])), shape=(n, n)).tocsr()
    matrix.sort_indices()
    return matrix


def _shortest_bridges(units: BasicUnits, component: Any) -> Ints:
    """Return the shortest edges that join all components (Kruskal over Delaunay edges), shape (b, 2)."""
    xy = units.plane.to_plane(units.xy)
    candidates = delaunay_pairs(xy)
    candidates = candidates[component[candidates[:, 0]] != component[candidates[:, 1]]]
    length = np.linalg.norm(xy[candidates[:, 0]] - xy[candidates[:, 1]], axis=1)
    order = np.lexsort((candidates[:, 1], candidates[:, 0], length))
    root = list(range(int(component.max()) + 1))

    def find(part: int) -> int:
        while root[part] != part:
            root[part] = part = root[root[part]]
        return part

    chosen = []
    for u, v in candidates[order]:
        a, b = find(int(component[u])), find(int(component[v]))
        if a != b:
            root[a] = b
            chosen.append((u, v))
    return np.array(chosen, dtype=np.int64).reshape(-1, 2)
