"""Distances between places: along the great circle, or in a plane, and the hours they take.

A distance knows how to place coordinates so that the optimiser can measure quickly, and how to measure
between two lists of places itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from territory_geo.errors import OptionError
from territory_geo.geodata.speed import SpeedProfile

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Placement:
    """Coordinates made ready for measuring.

    Parameters
    ----------
    points : array, shape (n, 3)
        Points on the unit sphere, or planar metres with a third coordinate of zero.
    kind : {"sphere", "planar"}
        How to read `points`.
    scale_km : float
        Kilometres per unit of distance.
    """

    points: Array
    kind: str
    scale_km: float


class Distance(Protocol):
    """What a distance offers to the rest of the package."""

    def place(self, xy: Array) -> Placement:
        """Return the coordinates ready for measuring."""

    def between(self, a: Array, b: Array) -> Array:
        """Return kilometres from each place of `a` to the place of `b` in the same row."""

    def hours_between(self, a: Array, b: Array) -> Array:
        """Return driving hours from each place of `a` to the place of `b` in the same row."""


def _check(detour: float, speed: SpeedProfile | None) -> None:
    if not (speed is None or isinstance(speed, SpeedProfile)):
        raise OptionError(f"The 'speed' parameter must be a SpeedProfile. Got {speed!r} instead.")
    if not (np.isfinite(detour) and detour >= 1.0):
        raise OptionError(
            f"The 'detour' parameter must be a number of at least 1 (road kilometres per straight one). "
            f"Got {detour!r} instead."
        )


@dataclass(frozen=True)
class GreatCircle:
    """Distance along the Earth's surface, times a detour factor.

    Parameters
    ----------
    detour : float, default 1.0
        Road kilometres per kilometre as the crow flies; 1.3 is usual in developed road networks, `calibrate` fits it.
    speed : SpeedProfile, optional
        How fast one drives. Where it is given, plans tell hours as well as kilometres; `hours_between` takes
        ``SpeedProfile()`` where it is not.

    Examples
    --------
    >>> import numpy as np
    >>> paris, berlin = np.array([[2.35, 48.86]]), np.array([[13.40, 52.52]])
    >>> GreatCircle().between(paris, berlin).round().tolist()
    [877.0]
    >>> GreatCircle(detour=1.2, speed=SpeedProfile()).hours_between(paris, berlin).round(1).tolist()
    [11.4]
    """

    detour: float = 1.0
    speed: SpeedProfile | None = None

    def __post_init__(self) -> None:
        _check(self.detour, self.speed)

    def place(self, xy: Array) -> Placement:
        """Return points on the unit sphere from longitudes and latitudes in degrees, shape (n, 2)."""
        lon, lat = np.radians(xy[:, 0]), np.radians(xy[:, 1])
        points = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        return Placement(np.ascontiguousarray(points), "sphere", EARTH_RADIUS_KM * self.detour)

    def between(self, a: Array, b: Array) -> Array:
        """Return kilometres from each place of `a` to the place of `b` in the same row, shape (n,)."""
        pa, pb = self.place(np.atleast_2d(a)), self.place(np.atleast_2d(b))
        chord = np.linalg.norm(pa.points - pb.points, axis=1)
        kilometres: Array = 2.0 * np.arcsin(np.minimum(1.0, chord / 2.0)) * pa.scale_km
        return kilometres

    def hours_between(self, a: Array, b: Array) -> Array:
        """Return driving hours from each place of `a` to the place of `b` in the same row, shape (n,)."""
        return (self.speed or SpeedProfile()).hours(self.between(a, b))


@dataclass(frozen=True)
class Planar:
    """Straight-line distance in a plane whose coordinates are metres.

    Parameters
    ----------
    detour : float, default 1.0
        Road kilometres per straight kilometre.
    speed : SpeedProfile, optional
        As in `GreatCircle`.

    Examples
    --------
    >>> import numpy as np
    >>> Planar().between(np.array([[0.0, 0.0]]), np.array([[3000.0, 4000.0]])).tolist()
    [5.0]
    """

    detour: float = 1.0
    speed: SpeedProfile | None = None

    def __post_init__(self) -> None:
        _check(self.detour, self.speed)

    def place(self, xy: Array) -> Placement:
        """Return the planar points, shape (n, 3), from metres, shape (n, 2)."""
        points = np.zeros((len(xy), 3))
        points[:, :2] = xy
        return Placement(points, "planar", self.detour / 1000.0)

    def between(self, a: Array, b: Array) -> Array:
        """Return kilometres from each place of `a` to the place of `b` in the same row, shape (n,)."""
        difference = np.atleast_2d(a) - np.atleast_2d(b)
        kilometres: Array = np.hypot(difference[:, 0], difference[:, 1]) * self.detour / 1000.0
        return kilometres

    def hours_between(self, a: Array, b: Array) -> Array:
        """Return driving hours from each place of `a` to the place of `b` in the same row, shape (n,)."""
        return (self.speed or SpeedProfile()).hours(self.between(a, b))
