"""Visits to be made, and the weeks into which they were laid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Stops:
    """Visits to be made.

    Parameters
    ----------
    xy : array, shape (v, 2)
        Where; the same place may come several times.
    minutes : array, shape (v,)
        How long.
    weeks : int array, shape (v, 2)
        First and last week (from 0) in which it may be.
    days : int array, shape (v, 2), optional
        First and last day of the week (Monday is 0).
    opens : sequence of arrays, optional
        For each visit the hours in which it may take place, one row (day of the week, from, to) in hours after
        midnight for each span. Left out: all of the working day.
    worth : array, shape (v,), optional
        Which visits to keep where not all fit: of equal reach, those with more.
    """

    xy: Floats
    minutes: Floats
    weeks: Ints
    days: Ints | None = None
    opens: Sequence[Floats | None] | None = None
    worth: Floats | None = None

    def __len__(self) -> int:
        return len(self.minutes)

    def taken(self, rows: Ints) -> Stops:
        """Return some of the visits."""
        return Stops(
            self.xy[rows], self.minutes[rows], self.weeks[rows], None if self.days is None else self.days[rows],
            None if self.opens is None else [self.opens[v] for v in rows],
            None if self.worth is None else self.worth[rows],
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Weeks:
    """Visits in their weeks.

    Parameters
    ----------
    visit, week, start : arrays, shape (s,)
        Position of each planned visit in the stops, its week, and when it starts in minutes of the week's working
        hours; in order of time.
    drive : array, shape (s,)
        Minutes driven to get there, from the visit before or from home.
    back : dict of (week, minute) to minutes
        Drives home: when they end, and how long they take.
    nights : list of (week, day)
        Nights away: those after these days.
    left : int array, shape (l,)
        Visits that did not fit.
    reasons : list of str
        Why, for each of them: "closed", "out of reach" or "no time left".
    cost_minutes : float
        Driving, and nights at their price.
    """

    visit: Ints
    week: Ints
    start: Floats
    drive: Floats
    back: dict[tuple[int, float], float]
    nights: list[tuple[int, int]]
    left: Ints
    reasons: list[str]
    cost_minutes: float
    rounds: int

    @property
    def drive_hours(self) -> float:
        """Hours on the road, all weeks."""
        return (float(self.drive.sum()) + sum(self.back.values())) / 60.0
