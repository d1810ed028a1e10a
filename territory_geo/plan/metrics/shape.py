"""How compact territories are. There are many definitions; each function here is one, and bears its name.

All are shares: 1 is a disk, lower is longer, thinner or more ragged.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def polsby_popper(shapes: NDArray[Any]) -> Floats:
    """Return 4π × area / outline² of each shape, shape (k,): low where borders wind; NaN for an empty shape.

    References
    ----------
    Polsby & Popper 1991.

    Examples
    --------
    >>> polsby_popper(np.array([shapely.box(0, 0, 1, 1)])).round(4).tolist()  # π / 4
    [0.7854]
    """
    return _ratio(4.0 * np.pi * shapely.area(shapes), shapely.length(shapes) ** 2)


def reock(hulls: NDArray[Any]) -> Floats:
    """Return area / area of the smallest circle around each hull, shape (k,): low where accounts lie along a line.

    A hull without any area (fewer than three spots, or spots in a line) has none: NaN.

    References
    ----------
    Reock 1961, there of the territory's shape.

    Examples
    --------
    >>> reock(np.array([shapely.box(0, 0, 1, 1)])).round(4).tolist()  # 2 / π
    [0.6366]
    """
    area = shapely.area(hulls)
    return _ratio(area, np.where(area > 0, np.pi * shapely.minimum_bounding_radius(hulls) ** 2, 0.0))


def _ratio(part: Floats, whole: Floats) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return found
