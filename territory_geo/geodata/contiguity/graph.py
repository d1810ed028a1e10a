"""The graph itself: edges with their kinds, bridges, what was cut, and the two ways to make it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.contiguity.barriers import Barriers, stated_pairs
from territory_geo.geodata.contiguity.borders import RULES
from territory_geo.geodata.contiguity.islands import check_policy, links
from territory_geo.geodata.contiguity.matrix import adjacency
from territory_geo.geodata.contiguity.touching import touching
from territory_geo.geodata.ids import texts
from territory_geo.geodata.notices import finding, findings_table
from territory_geo.geodata.units import BasicUnits

Ints = NDArray[np.int64]

BRIDGES = ("bridge", "attach", "stated")
"""Kinds of edges between units that do not touch: the shortest ways, ways to the largest part, the user's own."""
COLUMNS = ["u", "v", "kind", "length_km"]


@dataclass(frozen=True, eq=False)
class ContiguityGraph:
    """Which units touch.

    Parameters
    ----------
    units : BasicUnits
        What touches.
    pairs : array, shape (e, 2)
        Positions of units that touch, each pair once, the smaller position first, sorted.
    kinds : array of str, shape (e,)
        Why they touch. border (areas), grid (hexagons), cell (points), inside and near (an account on its own: the
        area it lies in, and that area's neighbours), given (`from_edges`); and, joining what does not touch:
        bridge, attach, stated.
    cut : DataFrame
        The edges that barriers took away, in the same columns.
    findings : DataFrame
        How the graph was made: `rule`, `rows` (edges or units), `example`, `action`.
    barriers : GeoSeries or None
        The lines and polygons that parted neighbours, in longitude and latitude or the units' metres.
    """

    units: BasicUnits = field(repr=False)
    pairs: Ints
    kinds: NDArray[np.object_]
    cut: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS), repr=False)
    findings: pd.DataFrame = field(default_factory=findings_table, repr=False)
    barriers: gpd.GeoSeries | None = field(default=None, repr=False)

    @classmethod
    def from_units(
        cls,
        units: BasicUnits,
        *,
        islands: str = "bridge",
        rule: str = "rook",
        min_border_km: float = 0.0,
        bridges: pd.DataFrame | str | os.PathLike[str] | None = None,
        barriers: Any = None,
    ) -> ContiguityGraph:
        """Build the graph from the units' shapes.

        Parameters
        ----------
        units : BasicUnits
            Areas: neighbours share a border (see `rule`). Hexagons: neighbours on the grid. Points: their cells,
            clipped to the land mask, share a border; without a mask (outside of the United States) the cells
            reach as far as the points' surroundings. A table's units: Delaunay neighbours.
        islands : {"bridge", "attach", "allow", "fail"}
            What happens to parts that would stay apart: join them by the shortest ways (from island to island
            where that is shorter), attach each to the nearest unit of the largest part, leave them, or refuse.
        rule : {"rook", "queen"}
            For areas: neighbours share a border of positive length, or at least a corner.
        min_border_km : float, default 0
            For areas: shorter borders do not count.
        bridges : DataFrame or path, optional
            Table `u,v` of unit or account ids that are to be neighbours (ferries, tunnels), barriers or not.
        barriers : GeoDataFrame or path, optional
            Lines and polygons (rivers, ridges, closed borders, lakes). An edge whose straight way between the
            two units' places meets one is cut, and listed in `cut`. Polygons are cut out of the cells of point
            units instead, so that ways around them stay.

        Raises
        ------
        DataError
            With ``islands="fail"``, naming the units that touch nothing; or if bridges or barriers cannot be
            used.
        OptionError
            If an option is none of those allowed.

        Notes
        -----
        The shortest bridges are the cheapest Delaunay edges between components (Kruskal); the Delaunay graph
        contains the Euclidean minimum spanning tree (Preparata & Shamos 1985). Ways that cross a barrier are
        taken last.
        """
        check_policy(islands)
        if rule not in RULES:
            raise OptionError(f"The 'rule' parameter must be one of {RULES}. Got {rule!r} instead.")
        if not (np.isfinite(min_border_km) and min_border_km >= 0):
            raise OptionError(
                f"The 'min_border_km' parameter must be a number of at least 0. Got {min_border_km!r} instead."
            )
        if (rule != "rook" or min_border_km > 0) and (units.kind in ("points", "table") or units.hexagon_resolution):
            raise OptionError("The 'rule' and 'min_border_km' parameters are for areas; these units are none.")
        stated = None if bridges is None else stated_pairs(bridges, units.unit_of, units.ids)
        layer = None if barriers is None else Barriers(barriers, units)
        pairs, kinds, said = touching(units, rule=rule, min_border_km=min_border_km, barriers=layer)
        return cls._joined(units, pairs, kinds, islands, said=said, stated=stated, barriers=layer)

    @classmethod
    def from_edges(cls, units: BasicUnits, edges: pd.DataFrame, *, islands: str = "allow") -> ContiguityGraph:
        """Take the graph from a table with the columns `u` and `v` (unit ids) and, if there, `kind`.

        Raises
        ------
        DataError
            If a column is missing or an id is not among the units; the first ones are named.
        """
        check_policy(islands)
        missing = [c for c in ("u", "v") if c not in edges.columns]
        if missing:
            raise DataError(f"The edges need the columns u and v; missing: {', '.join(missing)}.")
        position = {id_: i for i, id_ in enumerate(units.ids)}
        ends = [pd.Series(texts(edges[c]), dtype=object) for c in ("u", "v")]
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
        pairs = pairs.reshape(-1, 2)
        return cls._joined(units, pairs, kinds, islands, said=[finding("neighbours", len(pairs), "a table", "used")])

    @classmethod
    def _joined(
        cls,
        units: BasicUnits,
        pairs: Ints,
        kinds: Sequence[str],
        islands: str,
        *,
        said: list[dict[str, object]],
        stated: Ints | None = None,
        barriers: Barriers | None = None,
    ) -> ContiguityGraph:
        """Return the graph of edges without what barriers cut, with what is stated and what the policy adds."""
        labels = np.array(kinds, dtype=object)
        crossed = np.zeros(len(pairs), dtype=bool)
        if barriers is not None:
            # Cells are clipped by barriers that are areas: what still touches goes around them.
            crossed = barriers.cross(pairs, lines_only=units.kind == "points")
        cut, pairs, labels = _table(units, pairs[crossed], labels[crossed]), pairs[~crossed], labels[~crossed]
        if barriers is not None:
            text = f"{len(barriers.lines)} lines, {len(barriers.solid)} areas, {barriers.ignored} shapes that are none"
            said = [*said, finding("cut by barriers", len(cut), text, "edges taken away")]
        if stated is not None:
            new = stated[~np.isin(_codes(stated, units), _codes(pairs, units))]
            text = f"{len(stated) - len(new)} of them touch anyway"
            said = [*said, finding("bridges stated", len(stated), text, "used")]
            pairs, labels = np.vstack([pairs, new]), np.append(labels, ["stated"] * len(new))
        touching_alone = adjacency(pairs, len(units))
        component = connected_components(touching_alone, directed=False)[1].astype(np.int64)
        xy = units.plane.to_plane(units.xy)
        added = links(xy, component, units.ids, islands, None if barriers is None else barriers.cross)
        kind = "attach" if islands == "attach" else "bridge"
        every, labels = np.vstack([pairs, added]), np.append(labels, [kind] * len(added))
        if len(added):
            longest = _table(units, added, labels[len(pairs) :]).nlargest(1, "length_km").iloc[0]
            text = f"{longest['u']} to {longest['v']}, {longest['length_km']:,.1f} km, the longest"
            said = [*said, finding("parts that touch nothing", len(added), text, f"joined ({islands})")]
        codes = _codes(every, units)
        if (np.diff(codes) < 0).any():
            order = np.argsort(codes, kind="stable")
            every, labels = every[order], labels[order]
        shapes = None if barriers is None else barriers.shapes
        graph = cls(units, every, labels, cut, findings_table(said), shapes)
        if not len(added):
            # Nothing was joined: what was looked at on the way is what the graph is.
            graph.__dict__.update(matrix=touching_alone, components=component)
        return graph

    @property
    def unit_ids(self) -> list[str]:
        """The units' ids as text, in their order."""
        return self.units.ids

    @cached_property
    def edges(self) -> pd.DataFrame:
        """The pairs as a table: `u`, `v` (ids in the type that the units' table has), `kind`, `length_km`.

        The length is that of the straight way from the one's place to the other's.
        """
        return _table(self.units, self.pairs, self.kinds)

    @cached_property
    def matrix(self) -> csr_matrix:
        """The symmetric adjacency matrix, with sorted neighbours."""
        return adjacency(self.pairs, len(self.units))

    @cached_property
    def components(self) -> Ints:
        """The number of each unit's component, shape (n,)."""
        labels: Ints = connected_components(self.matrix, directed=False)[1].astype(np.int64)
        return labels

    @property
    def n_components(self) -> int:
        """In how many parts the graph falls."""
        return int(self.components.max()) + 1 if len(self.components) else 0

    @cached_property
    def bridges(self) -> pd.DataFrame:
        """The edges that join what does not touch: the policy's (bridge, attach) and the user's (stated)."""
        code, names = pd.factorize(self.kinds)
        bridging = np.flatnonzero(np.isin(np.array(names, dtype=str), BRIDGES)[code])
        return _table(self.units, self.pairs[bridging], self.kinds[bridging])

    @property
    def n_isolates(self) -> int:
        """How many units touch no other."""
        return int((np.diff(self.matrix.indptr) == 0).sum())

    def report(self) -> pd.DataFrame:
        """Return how the graph was made: one row per rule, with count, example and action."""
        return self.findings.copy()

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
        entries |= {str(row["rule"]): f"{row['rows']:,} ({row['example']})" for _, row in self.findings.iterrows()}
        return definition_table("Contiguity graph", entries | {"bridges": str(len(self.bridges))}, self.bridges)


def _codes(pairs: Ints, units: BasicUnits) -> Ints:
    codes: Ints = pairs[:, 0] * len(units) + pairs[:, 1]
    return codes


def _table(units: BasicUnits, pairs: Ints, kinds: Any) -> pd.DataFrame:
    """Return edges as a table."""
    index, xy = units.frame.index, units.plane.to_plane(units.xy)
    apart_km = np.linalg.norm(xy[pairs[:, 0]] - xy[pairs[:, 1]], axis=1) / 1000.0
    return pd.DataFrame(
        {
            "u": pd.Series(index[pairs[:, 0]], dtype=index.dtype),
            "v": pd.Series(index[pairs[:, 1]], dtype=index.dtype),
            "kind": pd.Series(kinds, dtype=object),
            "length_km": np.round(apart_km, 3),
        }
    )
