"""How fast one drives: hours of a trip from its kilometres.

Short trips are slow, long ones reach the main roads: the first kilometres of every trip have their own speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from territory_geo.errors import OptionError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SpeedProfile:
    """Speed by how far a trip has come.

    Parameters
    ----------
    kmh : sequence of float, default (30, 60, 95)
        Kilometres per hour in each band of the trip.
    upto_km : sequence of float, default (5, 30)
        Where each band but the last one ends, rising: by default the first 5 km of a trip are driven at 30 km/h, the
        next 25 km at 60 and all the rest at 95.

    Raises
    ------
    OptionError
        If a speed is not positive, the bands do not rise, or their numbers do not fit.

    Notes
    -----
    That speed rises with the length of a trip is a general finding (Varga, Kovács, Tóth, Papp & Néda 2016, "Further
    we travel the faster we go", PLoS ONE 11, e0148913). The default figures are a rule of thumb of this package for a
    mix of town and country; `calibrate` fits a profile to a road network. Hours never fall as kilometres rise, and
    two legs never take less time than one trip of the same length.

    Examples
    --------
    >>> SpeedProfile().hours([5.0, 30.0, 125.0]).round(3).tolist()
    [0.167, 0.583, 1.583]
    """

    kmh: Sequence[float] = (30.0, 60.0, 95.0)
    upto_km: Sequence[float] = (5.0, 30.0)

    def __post_init__(self) -> None:
        kmh, ends = tuple(map(float, self.kmh)), tuple(map(float, self.upto_km))
        if not kmh or not all(np.isfinite(v) and v > 0 for v in kmh):
            raise OptionError(f"The 'kmh' parameter must be positive numbers, one per band. Got {self.kmh!r} instead.")
        if not np.isfinite(ends).all() or any(b <= a for a, b in zip((0.0, *ends), ends, strict=False)):
            raise OptionError(f"The 'upto_km' parameter must be rising positive numbers. Got {self.upto_km!r} instead.")
        if len(ends) != len(kmh) - 1:
            raise OptionError(f"{len(kmh)} speeds need {len(kmh) - 1} ends of bands ('upto_km'). Got {len(ends)}.")
        object.__setattr__(self, "kmh", kmh)
        object.__setattr__(self, "upto_km", ends)

    def in_bands(self, km: ArrayLike) -> Floats:
        """Return the kilometres of each trip in each band, the shape of `km` and one more axis."""
        length = np.asarray(km, dtype=float)[..., None]
        starts = np.array([0.0, *self.upto_km])
        widths = np.diff(np.array([*starts, np.inf]))
        share: Floats = np.clip(length - starts, 0.0, widths)
        return share

    def hours(self, km: ArrayLike) -> Floats:
        """Return the hours of trips of so many kilometres, the shape of `km`."""
        hours: Floats = self.in_bands(km) @ (1.0 / np.array(self.kmh))
        return hours
