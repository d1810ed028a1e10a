"""Shapes out of arcs: all arcs of a topology in one array, and every kind of shape built from it in one call.

The reader hands over plain features; nothing here knows of files, layers or properties.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.errors import DataError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]
Feature = dict[str, Any]

# Kinds of shape, and how deep their lists of lines are nested.
DEPTH = {"Point": 0, "MultiPoint": 0, "LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}


@dataclass(frozen=True)
class Arcs:
    """All arcs in one array: arc ``i`` is ``xy[start[i]:start[i + 1]]``, ``count[i]`` points.

    ``scale`` and ``shift`` undo quantisation; ``xy`` is in the file's coordinates already.
    """

    xy: Floats
    start: Ints
    count: list[int]
    scale: Floats
    shift: Floats
    quantised: bool

    @classmethod
    def of(cls, topology: dict[str, Any]) -> Arcs:
        """Collect the arcs of a topology, undoing quantisation."""
        arcs = topology["arcs"]
        start, count = _starts(arcs), [len(arc) for arc in arcs]
        points = [position[:2] for arc in arcs for position in arc]
        transform = topology.get("transform")
        if transform is None:
            xy = np.array(points, dtype=np.float64).reshape(-1, 2)
            return cls(xy, start, count, np.ones(2), np.zeros(2), quantised=False)
        scale, shift = (np.array(transform[key], dtype=np.float64) for key in ("scale", "translate"))
        # Each arc is a first point followed by differences; integer sums are exact, so one running sum over
        # everything, less what had been summed before the arc began, gives every arc at once.
        running = np.cumsum(np.array(points, dtype=np.int64).reshape(-1, 2), axis=0)
        before = np.vstack([np.zeros((1, 2), dtype=np.int64), running])[start[:-1]]
        grid = running - np.repeat(before, np.diff(start), axis=0)
        return cls(grid * scale + shift, start, count, scale, shift, quantised=True)

    def points(self, positions: list[Any]) -> Floats:
        """Coordinates given directly (Point, MultiPoint): quantised, but never as differences."""
        xy = np.array([position[:2] for position in positions], dtype=np.float64).reshape(-1, 2)
        return xy * self.scale + self.shift if self.quantised else xy

    def size(self, line: list[int]) -> int:
        """Points of a line made of arcs."""
        return sum(self.count[ref if ref >= 0 else ~ref] for ref in line) - len(line) + 1

    def join(self, lines: list[list[int]]) -> tuple[Floats, Ints]:
        """Coordinates of lines made of arcs, and where each line starts, shape (n_lines + 1,).

        The first point of every arc but a line's first repeats the point before it and is left out.
        """
        size = np.array([len(refs) for refs in lines], dtype=np.int64)
        ref = np.fromiter((r for refs in lines for r in refs), dtype=np.int64, count=int(size.sum()))
        arc = np.where(ref < 0, ~ref, ref)
        if len(arc) and arc.max() >= len(self.start) - 1:
            raise ValueError(f"arc {arc.max()} of {len(self.start) - 1}")
        first = np.zeros(len(ref), dtype=bool)
        first[np.cumsum(size)[size > 0] - size[size > 0]] = True
        skip = (~first).astype(np.int64)
        length = np.diff(self.start)[arc] - skip
        if len(length) and (length < 0).any():
            raise ValueError("an arc without points")
        ends = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        offset = np.arange(ends[-1]) - np.repeat(ends[:-1] - skip, length)
        begin = np.where(ref < 0, self.start[arc + 1] - 1, self.start[arc])
        finish = np.where(ref < 0, self.start[arc], self.start[arc + 1] - 1)
        if not (first[1:] | (self.xy[begin[1:]] == self.xy[finish[:-1]]).all(axis=1)).all():
            raise ValueError("an arc does not begin where the one before it ends")
        index = np.repeat(begin, length) + np.repeat(np.where(ref < 0, -1, 1), length) * offset
        line_ends = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        return self.xy[index], ends[line_ends]


def decode(features: list[Feature], arcs: Arcs) -> tuple[Shapes, Counter[str]]:
    """Geometries of the features, in their order, and what was left out or closed on the way.

    Each kind of shape is built in one call.
    """
    geometry = np.full(len(features), None, dtype=object)
    found = Counter(collapsed_rings=0, closed_rings=0)
    rows: dict[str, list[int]] = {}
    for row, feature in enumerate(features):
        kind = feature.get("type")
        if kind is None:
            continue
        if kind not in DEPTH:
            label = repr(str(feature["id"])) if feature.get("id") is not None else f"at row {row + 1}"
            raise DataError(
                f"feature {label}: a shape must be one of {', '.join(DEPTH)}. Got {kind!r} instead. "
                "Split collections into features of one kind."
            )
        rows.setdefault(kind, []).append(row)
    for kind, where in rows.items():
        geometry[where] = _build(kind, [features[row] for row in where], arcs, found)
    return geometry, found


def _build(kind: str, features: list[Feature], arcs: Arcs, found: Counter[str]) -> Shapes:
    """All shapes of one kind: coordinates in one array, and per level of nesting where each part starts."""
    offsets: list[Ints] = []
    if kind == "Point":
        coordinates = arcs.points([f["coordinates"] for f in features])
    elif kind == "MultiPoint":
        coordinates = arcs.points([position for f in features for position in f["coordinates"]])
        offsets = [_starts([f["coordinates"] for f in features])]
    else:
        level: list[Any] = [f["arcs"] for f in features]
        if kind == "Polygon":
            level = [_sound([rings], arcs, found)[0] for rings in level]
        elif kind == "MultiPolygon":
            level = [_sound(polygons, arcs, found) for polygons in level]
        for _ in range(DEPTH[kind]):
            offsets.insert(0, _starts(level))
            level = [part for parts in level for part in parts]
        coordinates, start = arcs.join(level)
        if kind.endswith("Polygon"):
            coordinates, start = _close(coordinates, start, found)
        offsets.insert(0, start)
    shape_type = getattr(shapely.GeometryType, kind.upper())
    shapes = shapely.from_ragged_array(shape_type, coordinates, tuple(offsets) or None)
    return np.asarray(shapes, dtype=object)


def _sound(polygons: list[list[list[int]]], arcs: Arcs, found: Counter[str]) -> list[list[list[int]]]:
    """Leave out rings of fewer than four points.

    Quantisation squeezes tiny islands and enclaves to two or three points, which enclose nothing; GDAL leaves
    them out too. A shape that has nothing else keeps them, so that it still has a place.
    """
    kept = [
        [ring for ring in rings if arcs.size(ring) >= 4] for rings in polygons if rings and arcs.size(rings[0]) >= 4
    ]
    if not kept:
        return polygons
    found["collapsed_rings"] += sum(map(len, polygons)) - sum(map(len, kept))
    return kept


def _close(coordinates: Floats, start: Ints, found: Counter[str]) -> tuple[Floats, Ints]:
    """Repeat a ring's first point at its end where it is open or has fewer than four points."""
    length = np.diff(start)
    if not length.all():
        raise ValueError("a ring without arcs")
    is_open = (coordinates[start[:-1]] != coordinates[start[1:] - 1]).any(axis=1)
    found["closed_rings"] += int((is_open & (length >= 4)).sum())
    extra = np.maximum(4 - length, is_open)
    repeated = coordinates[np.repeat(start[:-1], extra)]
    coordinates = np.insert(coordinates, np.repeat(start[1:], extra), repeated, axis=0)
    return coordinates, np.concatenate([[0], np.cumsum(length + extra)]).astype(np.int64)


def _starts(parts: list[Any]) -> Ints:
    """Where each part begins when all are laid end to end, shape (n_parts + 1,)."""
    return np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
