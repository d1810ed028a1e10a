"""How long tours take, estimated without planning them: hops between neighbouring stops, and ways out and home.

A tour of visits that lie evenly needs about a fixed share of √(area per stop) from one stop to the next, and each
day or trip adds the way out and home, shared by the stops that fit into it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory_geo.demand.rules import WorkRules
from territory_geo.errors import OptionError
from territory_geo.geodata.speed import SpeedProfile

Floats = NDArray[np.float64]

LOCAL = 0.7124
"""Length of the shortest tour through many random places, per √(places × area); Johnson, McGeoch & Rothberg 1996."""


@dataclass(frozen=True)
class TourModel:
    """The continuous approximation of tours.

    Parameters
    ----------
    local : float, default 0.7124
        Kilometres from one stop to the next, straight, per √(square kilometres for each stop).
    stem : float, default 1
        Factor on the way out and home of each day or trip; below 1 where stops on the way shorten it.

    Raises
    ------
    OptionError
        If a factor is not positive.

    Examples
    --------
    Ten stops, each amid 4 km², with as many visits each:

    >>> TourModel().hop_km(np.full(10, 4.0), np.full(10, 6.0)).round(3).tolist()[:2]
    [1.425, 1.425]

    References
    ----------
    Beardwood, Halton & Hammersley 1959 (the shortest path through many points); Daganzo 1984 (the distance travelled
    to visit N points with a maximum of C stops per vehicle).
    """

    local: float = LOCAL
    stem: float = 1.0

    def __post_init__(self) -> None:
        for name in ("local", "stem"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < np.inf:
                raise OptionError(
                    f"The {name!r} parameter of TourModel must be a number above 0. Got {value!r} instead."
                )

    def hop_km(self, area_km2: Floats, visits: Floats) -> Floats:
        """Return the straight kilometres from a stop to the next one, shape (n,).

        Parameters
        ----------
        area_km2 : array, shape (n,)
            The surroundings of each stop: of its cell, or its share of an area.
        visits : array, shape (n,)
            Visits a year. Stops with many visits are visited in rounds from which the others are absent, so that
            the next stop is farther away.
        """
        return self.local * np.sqrt(area_km2) * sparseness(visits)

    def per_stop(self, stem: Floats, hop: Floats, service: Floats, rules: WorkRules) -> tuple[Floats, Floats]:
        """Return driving hours and nights away for one visit of each stop, in the shape of `stem`.

        Parameters
        ----------
        stem : array, shape (n,) or (n, k)
            Hours from home to the stop.
        hop, service : array, shape (n,)
            Hours from the stop before, and hours of a visit.
        rules : WorkRules
            Length of a day, nights, and what a night costs.

        Notes
        -----
        A trip of j nights has room for C = ((j + 1) × day − out and home) / (visit + hop) stops, which share the way
        out and home. The number of nights is the one that costs least. Where even the longest trip is too short,
        the trip has as many nights as it takes: see `reachable`.
        """
        out = 2.0 * self.stem * stem
        shape = (slice(None),) + (None,) * (out.ndim - 1)
        near, stay = hop[shape], service[shape]
        needed = np.maximum(0.0, np.ceil((out + stay) / rules.day_hours - 1e-9) - 1.0)
        # One stop a trip: always possible, and best where home is nearer than the next stop.
        drive, nights = out.copy(), needed
        cost = drive + rules.night_hours * nights
        for j in range(rules.max_nights + 1):
            room = (j + 1) * rules.day_hours - out + near
            stops = np.maximum(1.0, room / np.maximum(stay + near, 1e-9))
            driven, away = near + (out - near) / stops, j / stops
            better = (j >= needed) & (driven >= 0) & (driven + rules.night_hours * away < cost - 1e-12)
            drive, nights = np.where(better, driven, drive), np.where(better, away, nights)
            cost = np.where(better, driven + rules.night_hours * away, cost)
        return drive, nights


def reachable(stem: Floats, service: Floats, rules: WorkRules) -> NDArray[np.bool_]:
    """Tell which stops a trip of the allowed nights can reach at all, in the shape of `stem`."""
    service = service[(slice(None),) + (None,) * (stem.ndim - 1)]
    fits: NDArray[np.bool_] = 2.0 * stem + service <= (rules.max_nights + 1) * rules.day_hours + 1e-9
    return fits


def sparseness(visits: Floats) -> Floats:
    """Return how much farther the next stop is, because not every stop is visited in every round, shape (n,).

    In the round in which stops with at least x visits take part, these are a share p(x) of all stops, and the way to
    the next one is longer by 1/√p(x); the mean over the rounds of each stop comes back.

    >>> sparseness(np.array([1.0, 1.0, 4.0, 4.0])).round(3).tolist()
    [1.0, 1.0, 1.311, 1.311]
    """
    factor = np.ones(len(visits))
    seen = np.flatnonzero(visits > 0)
    if not seen.size:
        return factor
    levels, inverse, counts = np.unique(visits[seen], return_inverse=True, return_counts=True)
    share = 1.0 - np.concatenate([[0], np.cumsum(counts)[:-1]]) / seen.size
    total = np.cumsum(np.diff(levels, prepend=0.0) / np.sqrt(share))
    factor[seen] = (total / levels)[inverse]
    return factor


def hours_of(km: Floats, detour: float, speed: SpeedProfile | None) -> Floats:
    """Return the driving hours of straight kilometres."""
    return (speed or SpeedProfile()).hours(km * detour)
