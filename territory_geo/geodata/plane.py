"""The plane in which lengths and areas are taken: local and equal-area, so that they mean the same everywhere.

Data that comes in planar metres is in its plane already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shapes = NDArray[Any]


@dataclass(frozen=True)
class LocalPlane:
    """A Lambert azimuthal equal-area plane around the middle of the data, in metres.

    `geographic=False` is the plane the data is in already: projecting changes nothing.
    """

    lon: float
    lat: float
    geographic: bool = True

    @classmethod
    def around(cls, xy: Floats, *, geographic: bool) -> LocalPlane:
        """Return the plane around the middle of coordinates of shape (n, 2)."""
        if not geographic or len(xy) == 0:
            return cls(0.0, 0.0, geographic)
        xy = xy[np.isfinite(xy).all(axis=1)]
        low, high = xy.min(axis=0), xy.max(axis=0)
        if high[0] - low[0] > 180:
            # Fiji lies on both sides of the 180° meridian: counted from there, its middle is not in Africa.
            east = np.where(xy[:, 0] < 0, xy[:, 0] + 360, xy[:, 0])
            if np.ptp(east) < high[0] - low[0]:
                low[0], high[0] = east.min(), east.max()
        return cls(_turned(float(low[0] + high[0]) / 2), float(low[1] + high[1]) / 2)

    def _transformer(self) -> pyproj.Transformer:
        plane = pyproj.CRS.from_proj4(f"+proj=laea +lat_0={self.lat!r} +lon_0={self.lon!r} +datum=WGS84 +units=m")
        return pyproj.Transformer.from_crs(4326, plane, always_xy=True)

    def to_plane(self, xy: Floats) -> Floats:
        """Return metres, shape (n, 2), from longitudes and latitudes."""
        if not self.geographic:
            return np.asarray(xy, dtype=float)
        return np.column_stack(self._transformer().transform(xy[:, 0], xy[:, 1]))

    def shapes_to_plane(self, shapes: Shapes) -> Shapes:
        """Return shapes with their vertices in metres."""
        return shapes if not self.geographic else _map_vertices(shapes, self._transformer(), "FORWARD")

    def shapes_from_plane(self, shapes: Shapes) -> Shapes:
        """Return shapes with their vertices back in the data's own coordinates."""
        return shapes if not self.geographic else _map_vertices(shapes, self._transformer(), "INVERSE")


def _turned(lon: float) -> float:
    return lon - 360 if lon > 180 else lon


def _map_vertices(shapes: Shapes, transformer: pyproj.Transformer, direction: str) -> Shapes:
    def function(xy: Floats) -> Floats:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1], direction=direction))

    mapped: Shapes = shapely.transform(shapes, function)
    return mapped
