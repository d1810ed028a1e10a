"""Whole numbers: a measure that comes in steps can only add up to multiples of the step.

686 accounts cannot be shared among five territories with a tolerance of zero, and no search will find out why.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDING, SMALLEST = 1e-9, 1e-6
"""Shares of the largest value: what counts as rounding, and the smallest step that is looked for."""


def common_step(values: Floats) -> float | None:
    """Return the largest number of which all values are whole multiples, or None where there is no clear one.

    Parameters
    ----------
    values : float array, shape (n,)
        Not negative.

    Examples
    --------
    >>> import numpy as np
    >>> common_step(np.array([20.0, 50.0, 30.0]))
    10.0
    >>> common_step(np.array([1.0, np.pi])) is None
    True

    References
    ----------
    Euclid's algorithm with nearest-whole quotients, so that rounding does not pile up.
    """
    found = np.unique(values[values > 0])
    if not found.size:
        return None
    largest, step = float(found[-1]), 0.0
    for value in found:
        a, b = float(value), step
        while b > ROUNDING * largest * 10:
            a, b = b, abs(a - b * round(a / b))
        step = a
        if step < SMALLEST * largest:
            return None
    step = float(found.sum() / np.round(found / step).sum())
    rest = np.abs(found - step * np.round(found / step))
    return step if bool((rest <= ROUNDING * largest).all()) else None


def nearest_multiples(
    values: Floats, lower: float, upper: float, n_territories: int
) -> tuple[float, float, float] | None:
    """Return (step, below, above) if multiples of the step cannot meet the bounds, else None.

    Parameters
    ----------
    values : float array, shape (n,)
        One measure of all units.
    lower, upper : float
        Bounds of each territory's sum.
    n_territories : int
        How many territories share the total.

    Returns
    -------
    (step, below, above) or None
        The multiples between which a territory's equal share of the total lies: the bounds must reach out to both,
        or to the one that equals the share.
    """
    step = common_step(values)
    if step is None:
        return None
    margin = (len(values) * float(values.max()) * ROUNDING + abs(upper) * ROUNDING) / step
    if margin > 0.01:
        return None
    least, most = math.ceil(lower / step - margin), math.floor(upper / step + margin)
    total = int(np.round(values / step).sum())
    if least <= most and least * n_territories <= total <= most * n_territories:
        return None
    below = total // n_territories
    return step, below * step, (below if total % n_territories == 0 else below + 1) * step
