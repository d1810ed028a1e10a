"""Which visits are due in some weeks of the year: each account as often as its policy says, neighbours together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def phases(visits: Floats, order: Ints) -> Floats:
    """Return where in its cycle each account begins, 0 to 1, shape (n,): neighbours alike, so that they come together.

    Parameters
    ----------
    visits : array, shape (n,)
        Visits a year: accounts of the same number share a cycle.
    order : int array, shape (n,)
        The accounts along a curve on which neighbours follow one another.

    Examples
    --------
    >>> phases(np.array([4.0, 4.0, 1.0]), np.array([1, 0, 2])).tolist()
    [0.75, 0.25, 0.5]
    """
    rank = np.empty(len(visits), dtype=np.int64)
    rank[order] = np.arange(len(visits))
    found = np.zeros(len(visits))
    for often in np.unique(visits):
        same = np.flatnonzero(visits == often)
        found[same[np.argsort(rank[same], kind="stable")]] = (np.arange(same.size) + 0.5) / same.size
    return found


def due(visits: Floats, phase: Floats, first: int, weeks: int, year: float) -> Ints:
    """Return how many visits of each account fall into some weeks, shape (n,).

    Over the weeks of a whole year they add up to the visits a year, where these are whole numbers.

    Parameters
    ----------
    visits, phase : array, shape (n,)
        Visits a year, and from `phases`.
    first, weeks : int
        The first week (from 0), and how many.
    year : float
        Weeks a year that belong to customers.

    Examples
    --------
    >>> visits, phase = np.array([4.0, 1.0]), np.array([0.5, 0.5])
    >>> [due(visits, phase, week, 10, 40.0).tolist() for week in (0, 10, 20, 30)]
    [[1, 0], [1, 1], [1, 0], [1, 0]]
    """
    before, after = (np.floor(visits * week / year + phase + 1e-9) for week in (first, first + weeks))
    return (after - before).astype(np.int64)


def windows(count: int, weeks: int, days_per_week: int) -> list[tuple[int, int, int, int]]:
    """Return when each of `count` visits of an account may be: (first week, last week, first day, last day).

    Visits of one account lie in parts of the time that do not overlap, as far as there are enough weeks, or days.

    Examples
    --------
    >>> windows(2, 4, 5), windows(2, 1, 5)
    ([(0, 1, 0, 4), (2, 3, 0, 4)], [(0, 0, 0, 1), (0, 0, 2, 4)])
    """
    if count == 0:
        return []
    if count <= weeks:
        edges = [i * weeks // count for i in range(count + 1)]
        return [(edges[i], edges[i + 1] - 1, 0, days_per_week - 1) for i in range(count)]
    found = []
    for week in range(weeks):
        here = (week + 1) * count // weeks - week * count // weeks
        for i in range(here):
            first = min(days_per_week - 1, i * days_per_week // here)
            last = max(first, min(days_per_week - 1, (i + 1) * days_per_week // here - 1))
            found.append((week, week, first, last))
    return found
