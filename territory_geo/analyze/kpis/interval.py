"""How sure a figure is: intervals for shares, counts, and anything made of sums.

A share carries Wilson's interval, a count the exact one of Poisson, a mean or quotient a jackknife over its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METHODS = {
    "wilson": "Wilson's interval for a share of counts",
    "poisson": "exact Poisson interval for a count",
    "jackknife": "jackknife: each account (or lead, or opportunity) left out once, Student's t",
    "none": "a total, not a sample: no interval",
}
"""The methods in words."""


def wilson(top: Floats, over: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the ends of Wilson's score interval for top of over; NaN where over is 0.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the
    American Statistical Association 22.

    Examples
    --------
    >>> low, high = wilson(np.array([1.0]), np.array([10.0]), 0.95)
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.0179, 0.4042)
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    n = np.where(over > 0, over, np.nan)
    p = top / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(np.maximum(0.0, p * (1 - p) / n + z * z / (4 * n * n)))
    # At 0 of n and n of n the end is exactly 0 or 1; rounding must not say otherwise.
    return np.where(p <= 0, np.minimum(0, p), middle - half), np.where(p >= 1, p, middle + half)


def poisson(count: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the ends of the exact interval for a count of events.

    References
    ----------
    Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28.

    Examples
    --------
    >>> low, high = poisson(np.array([0.0, 10.0]), 0.95)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 4.795], [3.689, 18.39])
    """
    from scipy.special import gammaincinv

    alpha = 1 - confidence
    low = np.where(count > 0, gammaincinv(np.maximum(count, 1e-9), alpha / 2), 0.0)
    return low, np.asarray(gammaincinv(count + 1, 1 - alpha / 2), dtype=float)


def jackknife(
    group: Ints,
    values: Mapping[str, Floats],
    sums: Mapping[str, Floats],
    combine: Callable[[Mapping[str, Floats]], Floats],
    confidence: float,
) -> tuple[Floats, Floats]:
    """Return the ends of an interval for any figure made of sums, by leaving out one row at a time.

    Parameters
    ----------
    group : int array, shape (m,)
        Group of each row.
    values : mapping of str to float array, shape (m,)
        What is summed.
    sums : mapping of str to float array, shape (k,)
        Per group.
    combine : callable
        From sums to the figure.
    confidence : float
        Such as 0.95.

    Returns
    -------
    low, high : float array, shape (k,)
        NaN where fewer than two rows count or a figure is missing without one of them. For a mean it is the usual
        t interval.

    References
    ----------
    Tukey, J. W. (1958). Bias and confidence in not quite large samples. Annals of Mathematical Statistics 29.
    """
    from scipy.special import stdtrit

    k = len(next(iter(sums.values())))
    counted = np.zeros(len(group), dtype=bool)
    for column in values.values():
        counted |= column != 0
    group = group[counted]
    used = {name: column[counted] for name, column in values.items()}
    without = combine({name: sums[name][group] - column for name, column in used.items()})
    n = np.bincount(group, minlength=k).astype(float)
    safe = np.where(n > 0, n, np.nan)
    mean = np.bincount(group, without, minlength=k) / safe
    square = np.bincount(group, (without - mean[group]) ** 2, minlength=k)
    with np.errstate(invalid="ignore"):
        error = np.sqrt(square * (safe - 1) / safe)
    half = np.where(n >= 2, stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2), np.nan) * error
    value = combine(sums)
    return value - half, value + half
