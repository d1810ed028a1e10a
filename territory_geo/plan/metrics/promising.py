"""Which units of a large territory can be its best centre: a few tangents instead of comparing all pairs.

The travel to a place is a convex function of it (an arc is convex and rising in its chord, a chord convex in its
end), so that the tangent at one candidate bounds the travel to all others from below.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

TANGENTS = 50
"""Most candidates of a territory that are measured for the screening."""

HAIR = 1e-9
"""Share by which a bound may be wrong through rounding."""


def promising(points: Floats, weight: Floats, start: Ints, *, sphere: bool, power: int) -> Bools:
    """Return which units can be the best centre of their territory, shape (n,).

    Parameters
    ----------
    points : array, shape (n, 3)
        Places, territory after territory; in a plane, the third coordinate is zero.
    weight : array, shape (n,)
        Trips.
    start : int array, shape (t,)
        Where each territory begins; none is empty.
    sphere : bool
        Whether ways are arcs of the unit sphere, else straight lines.
    power : {1, 2}
        Of the ways.

    Notes
    -----
    All territories take their next tangent at once, until each one's lowest bound is above its best travel: O(n) for
    each of about a dozen rounds.

    References
    ----------
    Kelley 1960 (cutting planes).
    """
    n, result = len(weight), np.zeros(len(weight), dtype=bool)
    axes = [np.ascontiguousarray(axis) for axis in (points.T if sphere else points.T[:2])]
    size = np.diff(np.append(start, n))
    # What is left to do, territory after territory: their units, where each begins, the best travel found.
    units, own = np.arange(n), np.repeat(np.arange(len(start)), size)
    best, tried = np.full(len(start), np.inf), np.zeros(n, dtype=bool)
    # The first candidate is the one nearest to the mean: its distance is a bound as good as any to begin with.
    heavy = weight + 1e-300
    mass = np.add.reduceat(heavy, start)
    least = np.full(n, -1e300)
    for axis in axes:
        least += (axis - (np.add.reduceat(axis * heavy, start) / mass)[own]) ** 2
    for turn in range(TANGENTS + 1):
        lowest = np.minimum.reduceat(np.where(tried, np.inf, least), start)
        open_ = lowest <= best * (1 + HAIR) if turn < TANGENTS else np.zeros(len(start), dtype=bool)
        left = open_[own]
        ended = np.flatnonzero(~left)
        result[units[ended]] = least[ended] <= best[own[ended]] * (1 + HAIR)
        if not open_.any():
            break
        if len(ended):
            units, least, tried, weight = units[left], least[left], tried[left], weight[left]
            axes = [axis[left] for axis in axes]
            size, best, lowest = size[open_], best[open_], lowest[open_]
            start, own = np.cumsum(size) - size, np.repeat(np.arange(len(size)), size)
        level = np.flatnonzero(~tried & (least == lowest[own]))
        candidate = level[np.append(True, own[level][1:] != own[level][:-1])]
        tried[candidate] = True
        apart = [axis[candidate][own] - axis for axis in axes]
        chord = np.sqrt(np.sum([d * d for d in apart], axis=0))
        way, rise = _ways(chord, sphere=sphere)
        pull = weight * rise / np.where(chord > 0, chord, np.inf)
        if power == 2:
            pull, way = pull * 2.0 * way, way * way
        total = np.add.reduceat(way * weight, start)
        best = np.minimum(best, total)
        bound = total[own]
        for d in apart:
            bound -= d * np.add.reduceat(d * pull, start)[own]
        least = np.maximum(least, bound)
    return result


def _ways(chord: Floats, *, sphere: bool) -> tuple[Floats, Floats | float]:
    """Return the way along each chord, and how fast it grows with the chord."""
    if not sphere:
        return chord, 1.0
    half = np.minimum(1.0, chord / 2.0)
    return 2.0 * np.arcsin(half), 1.0 / np.sqrt(np.maximum(1e-12, 1.0 - half**2))
