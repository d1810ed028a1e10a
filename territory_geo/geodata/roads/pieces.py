"""From ways to a graph: roads between junctions, and the part of it in which every place reaches every other.

A junction is where ways meet or end; the nodes between them only give a road its length and its shape.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from territory_geo.geodata.distance import GreatCircle
from territory_geo.geodata.roads.extract import Ways

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Roads between junctions.

    Parameters
    ----------
    junctions : array, shape (n, 2)
        Longitude and latitude.
    start, end : int array, shape (r,)
        The junctions of each road.
    km : array, shape (r,)
        Its length along its shape.
    kmh : array, shape (r, 2)
        Speed from start to end and back; 0 where closed.
    passing : bool array, shape (r,)
        Whether one cannot stop there.
    lonlat, offsets : arrays, shapes (s, 2) and (r + 1,)
        The roads' shapes, one after the other.
    """

    junctions: Floats
    start: Ints
    end: Ints
    km: Floats
    kmh: Floats
    passing: Bools
    lonlat: Floats
    offsets: Ints

    @property
    def open_km(self) -> float:
        """Kilometres of road, each once."""
        return float(self.km.sum())

    def arcs(self) -> tuple[Ints, Ints, Floats, Floats]:
        """Return the directed roads: from, to, km, hours, each of shape (a,)."""
        ahead, back = self.kmh[:, 0] > 0, self.kmh[:, 1] > 0
        tail = np.concatenate([self.start[ahead], self.end[back]])
        head = np.concatenate([self.end[ahead], self.start[back]])
        km = np.concatenate([self.km[ahead], self.km[back]])
        hours = km / np.concatenate([self.kmh[ahead, 0], self.kmh[back, 1]])
        return tail, head, km, hours

    def fingerprint(self) -> str:
        """Return a SHA-256 of all that travel depends on."""
        digest = hashlib.sha256()
        for array in (self.junctions, self.start, self.end, self.km, self.kmh, self.passing, self.lonlat, self.offsets):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def between_junctions(ways: Ways) -> Pieces:
    """Return the roads between junctions, in the order of the ways' node ids, whatever that of the file."""
    _, code, uses = np.unique(ways.nodes, return_inverse=True, return_counts=True)
    first, last = ways.offsets[:-1], ways.offsets[1:] - 1
    junction = uses > 1
    junction[code[first]] = junction[code[last]] = True
    stops = np.flatnonzero(junction[code])
    way = np.searchsorted(ways.offsets, stops, side="right") - 1
    same = way[:-1] == way[1:]
    begin, finish, way = stops[:-1][same], stops[1:][same], way[:-1][same]

    step = np.append(GreatCircle().between(ways.lonlat[:-1], ways.lonlat[1:]), 0.0)
    # Each road summed for itself: differences of one running sum would depend on the order of the file.
    km = np.add.reduceat(step, np.column_stack([begin, finish]).ravel())[::2]
    # The nodes next to both ends tell parallel roads apart.
    order = np.lexsort((ways.nodes[finish - 1], ways.nodes[begin + 1], code[finish], code[begin]))
    begin, finish, way, km = begin[order], finish[order], way[order], km[order]
    numbered = np.cumsum(junction) - 1
    places = np.zeros((int(junction.sum()), 2))
    places[numbered[code[stops]]] = ways.lonlat[stops]
    lonlat, offsets = _runs(ways.lonlat, begin, finish)
    return Pieces(
        places, numbered[code[begin]], numbered[code[finish]], km, ways.kmh[way], ways.passing[way], lonlat, offsets
    )


def strongest(pieces: Pieces) -> Pieces:
    """Return the largest part in which every junction can be reached from every other."""
    n = len(pieces.junctions)
    tail, head, _, _ = pieces.arcs()
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(n, n)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    size = np.bincount(label)
    # Equal parts: the one with the first junction, so that numbers of parts never matter.
    kept = label == label[int(np.flatnonzero(size[label] == size.max())[0])]
    roads = np.flatnonzero(kept[pieces.start] & kept[pieces.end])
    numbered = np.cumsum(kept) - 1
    lonlat, offsets = _runs(pieces.lonlat, pieces.offsets[roads], pieces.offsets[roads + 1] - 1)
    return Pieces(
        pieces.junctions[kept], numbered[pieces.start[roads]], numbered[pieces.end[roads]], pieces.km[roads],
        pieces.kmh[roads], pieces.passing[roads], lonlat, offsets,
    )  # fmt: skip


def _runs(values: Floats, begin: Ints, finish: Ints) -> tuple[Floats, Ints]:
    """Return the rows `begin` to `finish` (both included) of each run, one after the other, and where each starts."""
    length = finish - begin + 1
    offsets = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    rows = np.arange(offsets[-1]) - np.repeat(offsets[:-1] - begin, length)
    return values[rows], offsets
