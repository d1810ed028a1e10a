"""The bend of a curve: where giving a little more stops paying."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_BEND = 0.05
"""How far below the straight line between its ends a curve must reach, in shares of its height, to have a bend."""


def knee(given: Floats, got: Floats) -> int | None:
    """Return the position of the point farthest below the line between the ends of a falling curve, or None.

    Parameters
    ----------
    given : array, shape (n,)
        What is given up, rising; such as the share of accounts that changes rep.
    got : array, shape (n,)
        What is to be small, such as travel.

    Returns
    -------
    int or None
        None where there are fewer than three points, or no bend: then each further change brings as much as the last.

    Examples
    --------
    >>> knee(np.array([0.0, 0.1, 0.2, 0.3]), np.array([100.0, 82.0, 80.0, 79.0]))
    1
    >>> knee(np.array([0.0, 0.1, 0.2]), np.array([3.0, 2.0, 1.0])) is None
    True

    References
    ----------
    Satopää, Albrecht, Irwin & Raghavan 2011: the largest distance to the chord, both axes from 0 to 1.
    """
    if len(given) < 3:
        return None
    width, height = float(given[-1] - given[0]), float(got[0] - got[-1])
    if width <= 0 or height <= 0:
        return None
    below = 1 - (given - given[0]) / width - (got - got[-1]) / height
    at = int(below.argmax())
    return at if below[at] >= LEAST_BEND else None
