"""Travel between places along the roads: fastest paths, row by row, when they are asked for.

Rows are found by Dijkstra's algorithm (Dijkstra 1959) in scipy's implementation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from territory_geo.errors import OptionError
from territory_geo.geodata.clean import id_text
from territory_geo.geodata.matrix import LISTED, DistanceMatrix
from territory_geo.geodata.roads.cache import RowCache
from territory_geo.geodata.roads.pieces import Pieces
from territory_geo.geodata.roads.snapping import Snapped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK = 2_000_000
"""Nodes times rows that are searched at once."""

_VERSION = b"1"
"""Raised when rows are computed differently: older cached rows are then not used."""


class RoadTravel:
    """Kilometres and hours along the fastest paths between places, computed row by row when asked for.

    Made by `RoadNetwork.travel`.
    """

    def __init__(self, pieces: Pieces, places: Snapped, cache: RowCache | None = None) -> None:
        self._pieces, self._places, self._cache = pieces, places, cache
        self.ids: tuple[str, ...] = tuple(places.table.index)
        self.searched = 0
        """Rows that were computed, not read from the cache."""

    @property
    def places(self) -> pd.DataFrame:
        """Where each place meets the road: `lon`, `lat`, `road_lon`, `road_lat`, `off_km`."""
        return self._places.table

    @cached_property
    def _key(self) -> str:
        digest = hashlib.sha256(_VERSION + self._pieces.fingerprint().encode())
        digest.update(self._places.road.astype(np.int64).tobytes() + self._places.share.tobytes())
        return digest.hexdigest()[:24]

    @cached_property
    def _graph(self) -> tuple[csr_array, Ints, Floats, Ints]:
        """Hours between nodes in compressed rows, with each arc's key and kilometres, and the node of each place."""
        pieces, road, share = self._pieces, self._places.road, self._places.share
        n, p = len(pieces.junctions), len(road)
        node = np.where(share == 0.0, pieces.start[road], pieces.end[road])
        inside = np.flatnonzero((share > 0.0) & (share < 1.0))
        # Places at one point of a road share a node.
        spots, spot = np.unique(np.column_stack([road[inside], share[inside]]), axis=0, return_inverse=True)
        node[inside] = n + spot.reshape(-1)
        tail, head, km, hours = _with_spots(pieces, spots[:, 0].astype(np.int64), spots[:, 1], n)
        size = n + len(spots)
        # Between two nodes only the fastest road counts; of equally fast ones the shortest.
        order = np.lexsort((km, hours, head, tail))
        keys = tail[order] * size + head[order]
        first = order[np.unique(keys, return_index=True)[1]]
        keys = tail[first] * size + head[first]
        indptr = np.searchsorted(tail[first], np.arange(size + 1))
        graph = csr_array((hours[first], head[first].astype(np.int32), indptr.astype(np.int32)), shape=(size, size))
        assert len(node) == p
        return graph, keys, km[first], node

    def rows(self, ids: Sequence[str]) -> tuple[Floats, Floats]:
        """Return kilometres and hours from some places to all, shape (r, p) each, in the order of `ids`.

        Raises
        ------
        OptionError
            If a place is unknown.
        """
        asked = [id_text(value) for value in ids]
        found = pd.Index(self.ids).get_indexer(pd.Index(asked))
        strangers = [id_ for id_, row in zip(asked, found.tolist(), strict=True) if row < 0]
        if strangers:
            raise OptionError(f"There is no place {', '.join(strangers[:LISTED])} in this table of travel.")
        values = self._rows(found.astype(np.int64))
        return values[:, 0], values[:, 1]

    def matrix(self, measure: str = "km") -> DistanceMatrix:
        """Return the whole table as a `DistanceMatrix` that minimises "km" or "hours"."""
        values = self._rows(np.arange(len(self.ids)))
        return DistanceMatrix(self.ids, values[:, 0], values[:, 1], measure)

    def _rows(self, wanted: Ints) -> Floats:
        """Return rows of kilometres and hours, shape (r, 2, p)."""
        p = len(self.ids)
        values = np.empty((len(wanted), 2, p))
        missing = []
        for i, row in enumerate(wanted.tolist()):
            stored = None if self._cache is None else self._cache.get(self._key, row, p)
            if stored is None:
                missing.append(i)
            else:
                values[i] = stored
        block = max(1, _BLOCK // max(1, self._graph[0].shape[0])) if missing else 1
        for start in range(0, len(missing), block):
            some = np.array(missing[start : start + block])
            values[some] = self._search(wanted[some])
            if self._cache is not None:
                for i in some:
                    self._cache.put(self._key, int(wanted[i]), values[i])
        if missing and self._cache is not None:
            self._cache.trim()
        return values

    def _search(self, rows: Ints) -> Floats:
        graph, keys, arc_km, node = self._graph
        self.searched += len(rows)
        hours, before = dijkstra(graph, indices=node[rows], return_predecessors=True)
        size = graph.shape[0]
        r = len(rows)
        here = np.broadcast_to(np.arange(size), (r, size))
        root = before < 0
        step = np.where(root, here, before).astype(np.int64)
        km = np.zeros((r, size))
        arcs = np.searchsorted(keys, step[~root] * size + here[~root])
        km[~root] = arc_km[arcs]
        # Sums along the paths by doubling: after each round a node knows the way from twice as far back.
        while True:
            further = np.take_along_axis(step, step, axis=1)
            km += np.take_along_axis(km, step, axis=1)
            if (further == step).all():
                break
            step = further
        return np.stack([km[:, node], hours[:, node]], axis=1)


def _with_spots(pieces: Pieces, road: Ints, share: Floats, n: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the arcs of the network and those to, from and between the places on its roads (sorted by road, share)."""
    tail, head, km, hours = pieces.arcs()
    if not len(road):
        return tail, head, km, hours
    spot = n + np.arange(len(road))
    first = np.append(True, road[1:] != road[:-1])
    last = np.append(first[1:], True)
    # Before each place: the place before it on its road, or the road's start; after the last one: the road's end.
    came = np.where(first, pieces.start[road], np.append(0, spot[:-1]))
    part = share - np.where(first, 0.0, np.append(0.0, share[:-1]))
    a = np.append(came, spot[last])
    b = np.append(spot, pieces.end[road[last]])
    length = np.append(part, 1.0 - share[last]) * pieces.km[np.append(road, road[last])]
    kmh = pieces.kmh[np.append(road, road[last])]
    ahead, back = kmh[:, 0] > 0, kmh[:, 1] > 0
    return (
        np.concatenate([tail, a[ahead], b[back]]),
        np.concatenate([head, b[ahead], a[back]]),
        np.concatenate([km, length[ahead], length[back]]),
        np.concatenate([hours, length[ahead] / kmh[ahead, 0], length[back] / kmh[back, 1]]),
    )
