"""Towns on a territory's map, for orientation: the largest ones that ship, named where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from territory_geo.render.figure.labels import Placed, text_width
from territory_geo.render.figure.scene import Box, Scene
from territory_geo.render.towns import CREDIT, largest_towns

if TYPE_CHECKING:
    from territory_geo.render.report.maps import View

MOST = 14
"""Towns on one map."""
_SIZE = 11.0


def sources(scene: Scene) -> str:
    """Return what must be said of the sources of a territory's map."""
    return "; ".join(part for part in (scene.credit, CREDIT if len(scene.land) else "") if part)


def towns_in(scene: Scene, view: View, shape: shapely.Geometry, taken: list[Box]) -> list[Placed]:
    """Return the largest towns of a shape that can be named without overlap.

    Parameters
    ----------
    scene : Scene
        Whose sheet it is.
    view : View
        The window on it.
    shape : Polygon or MultiPolygon
        Towns inside are named; on the sheet.
    taken : list of boxes
        Where no name may lie; left as it is.

    Returns
    -------
    list of Placed
        With the place of the town and the box of its name, beside it.
    """
    if not scene.frame.geographic or shapely.is_empty(shape) or not len(scene.land):
        return []
    towns = largest_towns()
    west, south, east, north = scene.frame.bounds
    lon = towns["lon"].to_numpy(dtype=float)
    lat = towns["lat"].to_numpy(dtype=float)
    lon = np.where(lon > 0, lon - 360, lon) if scene.frame.wraps else lon
    near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    xy = scene.sheet.points(np.column_stack([lon[near], lat[near]]))
    shapely.prepare(shape)
    inside = shapely.contains_xy(shape, xy[:, 0], xy[:, 1])
    size, boxes = _SIZE / view.scale, list(taken)
    left, bottom, right, top = view.bounds
    found: list[Placed] = []
    for i, (x, y) in zip(near[inside].tolist(), xy[inside].tolist(), strict=True):
        name = str(towns["name"].iloc[i])
        wide, tall = (text_width(name, False) + 0.6) * size, 1.3 * size
        # To the right of the town where there is room, else to the left, above or below it.
        for dx, dy in ((0.35, 0.0), (-0.35, 0.0), (0.0, 1.15), (0.0, -1.15), (0.9, 0.0), (-0.9, 0.0)):
            start = x - wide / 2 if dx == 0 else x + dx * size if dx > 0 else x + dx * size - wide
            box = (start, y + dy * size - tall / 2, start + wide, y + dy * size + tall / 2)
            seen = left < box[0] and box[2] < right and bottom < box[1] and box[3] < top
            if seen and not any(box[0] < e and box[2] > w and box[1] < n and box[3] > s for w, s, e, n in boxes):
                boxes += [box, (x - 0.4 * size, y - 0.4 * size, x + 0.4 * size, y + 0.4 * size)]
                found.append(Placed(i, (name,), x, y, box))
                break
        if len(found) == MOST:
            break
    return found
