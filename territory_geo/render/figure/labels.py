"""Where labels go: inside their territory where there is room, never over one another.

The largest territories come first; what finds no place is left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.render.shapes import Shapes

Floats = NDArray[np.float64]
Lines = tuple[str, ...]
"""A label: its first line is bold."""

_ACROSS = 14
# Of a line's height, in multiples of the letters' size.
_LEADING = 1.22
# Room around a label, in multiples of the letters' size.
_AIR = 0.35
_NARROW = set("iljtfrI.,:;'!|()[] ")


@dataclass(frozen=True)
class Placed:
    """A label in its place: the middle of its box, and the box, in the units of the sheet."""

    number: int
    lines: Lines
    x: float
    y: float
    box: tuple[float, float, float, float]


def place_labels(
    shapes: Shapes,
    variants: Sequence[Sequence[Lines]],
    *,
    size: float,
    width: Callable[[str, bool], float],
    taken: Sequence[tuple[float, float, float, float]] = (),
) -> list[Placed]:
    """Return a place for each label that fits.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (k,)
        On the sheet.
    variants : sequence of sequences of lines, length k
        Wordings of each label, the best first; a shorter one is taken where the longer finds no room.
    size : float
        Height of the letters, in the units of the sheet.
    width : callable
        Width of a text (and whether it is bold) in multiples of the letters' size.
    taken : sequence of boxes
        Where no label may lie: west, south, east, north.

    Returns
    -------
    list of Placed
        In the order of their numbers; boxes do not overlap. A territory that is missing found no place.
    """
    order = np.lexsort((np.arange(len(shapes)), -shapely.area(shapes)))
    boxes: list[tuple[float, float, float, float]] = list(taken)
    found = []
    for number in order.tolist():
        spots = _spots(shapes[number])
        if not len(spots):
            continue
        placed = _fit(shapes[number], spots, variants[number], boxes, size, width, number)
        if placed is not None:
            boxes.append(placed.box)
            found.append(placed)
    return sorted(found, key=lambda placed: placed.number)


def _fit(
    shape: shapely.Geometry, spots: Floats, wordings: Sequence[Lines],
    boxes: list[tuple[float, float, float, float]], size: float, width: Callable[[str, bool], float], number: int,
) -> Placed | None:  # fmt: skip
    """Return the best place: wholly inside for the best wording, then any wording, then over the border."""
    fitted = []
    for lines in wordings:
        wide = (max(width(line, i == 0) for i, line in enumerate(lines)) + 2 * _AIR) * size
        tall = (len(lines) * _LEADING + 2 * _AIR) * size
        west, south = spots[:, 0] - wide / 2, spots[:, 1] - tall / 2
        free = ~_clash(west, south, wide, tall, boxes)
        fitted.append((lines, west, south, wide, tall, free))
    shapely.prepare(shape)
    for inside in (True, False):
        for lines, west, south, wide, tall, free in fitted:
            fits = free
            if inside:
                fits = free & shapely.contains(shape, shapely.box(west, south, west + wide, south + tall))
            if fits.any():
                i = int(np.argmax(fits))
                box = (float(west[i]), float(south[i]), float(west[i] + wide), float(south[i] + tall))
                return Placed(number, lines, float(spots[i, 0]), float(spots[i, 1]), box)
    return None


def _clash(
    west: Floats, south: Floats, wide: float, tall: float, boxes: Sequence[Sequence[float]]
) -> NDArray[np.bool_]:
    clash = np.zeros(len(west), dtype=bool)
    for w, s, e, n in boxes:
        clash |= (west < e) & (west + wide > w) & (south < n) & (south + tall > s)
    return clash


def _spots(shape: shapely.Geometry) -> Floats:
    """Return points inside a shape's largest part, those farthest from its border first."""
    parts = shapely.get_parts(shape)
    if not len(parts) or shapely.is_empty(shape):
        return np.empty((0, 2))
    part = parts[int(np.argmax(shapely.area(parts)))]
    west, south, east, north = shapely.bounds(part)
    x, y = np.meshgrid(np.linspace(west, east, _ACROSS + 2)[1:-1], np.linspace(south, north, _ACROSS + 2)[1:-1])
    xy = np.column_stack([x.ravel(), y.ravel()])
    safe = shapely.point_on_surface(part)
    points = np.append(shapely.points(xy), [safe])
    shapely.prepare(part)
    points = points[shapely.contains(part, points)]
    if not len(points):
        return np.array([[safe.x, safe.y]])
    far = shapely.distance(points, shapely.boundary(part))
    return np.asarray(shapely.get_coordinates(points[np.argsort(-far, kind="stable")]))


def text_width(text: str, bold: bool) -> float:
    """Return about how wide a text is in multiples of the letters' size; rather too much than too little."""
    wide = sum(0.36 if c in _NARROW else 0.92 if c in "mwMW@" else 0.72 if c.isupper() else 0.6 for c in text)
    return wide * (1.06 if bold else 1.0)
