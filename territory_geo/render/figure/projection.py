"""The sheet of a figure: a projection that suits the extent, and the length of its scale bar.

Areas are true on it, because territories are compared by their size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from territory_geo.render.shapes import Frame, Shapes

Floats = NDArray[np.float64]

# Beyond these spans, in degrees, an azimuthal sheet bends too much, and the whole globe is drawn instead.
_WIDEST, _TALLEST = 140.0, 110.0
# Straight lines on the globe are curves on the sheet: this many pieces across the extent follow them.
_PIECES = 300


@dataclass(frozen=True)
class Sheet:
    """Where a figure draws longitude and latitude, in metres.

    Parameters
    ----------
    kind : {"azimuthal", "globe", "plane"}
        Lambert's azimuthal equal-area projection around the middle; Equal Earth for most of the globe; or the plan's
        own plane as it is.
    lon, lat : float
        Middle, degrees.
    step : float
        Longest straight piece of a line before it is projected, degrees; 0 leaves lines alone.
    """

    kind: str
    lon: float = 0.0
    lat: float = 0.0
    step: float = 0.0

    @classmethod
    def around(cls, frame: Frame) -> Sheet:
        """Return the sheet for what a frame holds.

        Examples
        --------
        >>> Sheet.around(Frame((-125.0, 25.0, -67.0, 49.0), True))
        Sheet(kind='azimuthal', lon=-96.0, lat=37.0, step=0.193)
        >>> Sheet.around(Frame((0.0, 0.0, 900.0, 500.0), False)).kind
        'plane'
        """
        if not frame.geographic:
            return cls("plane")
        west, south, east, north = frame.bounds
        wide, tall = east - west, north - south
        kind = "globe" if wide > _WIDEST or tall > _TALLEST else "azimuthal"
        step = round(max(wide, tall) / _PIECES, 3)
        return cls(kind, (west + east) / 2, (south + north) / 2, step)

    @cached_property
    def _transformer(self) -> pyproj.Transformer:
        lon = (self.lon + 180) % 360 - 180
        text = (
            f"+proj=eqearth +lon_0={lon!r}"
            if self.kind == "globe"
            else f"+proj=laea +lat_0={self.lat!r} +lon_0={lon!r}"
        )
        return pyproj.Transformer.from_crs(4326, pyproj.CRS.from_proj4(f"{text} +datum=WGS84"), always_xy=True)

    def place(self, shapes: Shapes) -> Shapes:
        """Return shapes with their vertices in metres of the sheet."""
        if self.kind == "plane" or not len(shapes):
            return shapes
        bent = shapely.segmentize(shapes, self.step) if self.step > 0 else shapes
        return np.asarray(shapely.transform(bent, self.points), dtype=object)

    def points(self, xy: Floats) -> Floats:
        """Return metres, shape (n, 2), from longitudes and latitudes."""
        if self.kind == "plane":
            return xy
        return np.column_stack(self._transformer.transform(xy[:, 0], xy[:, 1]))


def round_length(most: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten up to `most`; the unit does not matter.

    >>> round_length(870), round_length(0.3)
    (500.0, 0.2)
    """
    power = 10.0 ** math.floor(math.log10(most))
    return float(next(n * power for n in (5, 2, 1) if n * power <= most * (1 + 1e-12)))


def length_text(metres: float) -> str:
    """Write the length of a scale bar.

    >>> length_text(500_000.0), length_text(200.0)
    ('500 km', '200 m')
    """
    return f"{metres / 1000:,.0f} km" if metres >= 1000 else f"{metres:,.0f} m"
