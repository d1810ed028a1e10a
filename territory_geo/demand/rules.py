"""How a rep works: hours of a day, days of a week, nights away, speed on the road, time at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from territory_geo.errors import OptionError
from territory_geo.geodata.distance import Distance, GreatCircle, Planar
from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.geodata.placed import PlacedTable
from territory_geo.geodata.speed import SpeedProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROADS = 1.3
"""Road kilometres per straight kilometre, unless a distance is given."""

LIMITS: dict[str, tuple[float, float]] = {
    "day_hours": (1.0, 16.0),
    "days_per_week": (1, 7),
    "max_nights": (0, 6),
    "night_hours": (0.0, 12.0),
    "admin_share": (0.0, 0.9),
    "field_share": (0.05, 1.0),
    "working_days": (1, 366),
    "day_start": (0.0, 23.0),
}
"""What each number may be."""


@dataclass(frozen=True)
class WorkRules:
    """How a rep works.

    Parameters
    ----------
    day_hours : float, default 8
        Length of a working day on the road, driving from and to home included.
    days_per_week : int, default 5
        Working days, beginning on Monday.
    day_start : float, default 8
        When the working day starts, hours after midnight.
    max_nights : int, default 4
        Most nights away from home in one trip; 0 for reps who sleep at home. At most `days_per_week` − 1.
    night_hours : float, default 1
        What a night away costs, as hours of work.
    working_days : int, default 220
        Days a year on which a full-time rep works.
    field_share : float, default 0.9
        Share of these days that belong to customers; the rest goes to meetings, training, fairs.
    admin_share : float, default 0
        Share of the hours for customers that is spent at the desk: quotes, reports, preparation.
    distance : GreatCircle, Planar or DistanceMatrix, optional
        How far apart places are, with the speed by which one drives; or a table with hours between all units (and
        reps' homes, towns, accounts, where these are asked for), such as ``RoadNetwork.matrix``. Left out: straight
        lines × 1.3 that fit the coordinates; without a speed of its own, ``SpeedProfile()``. `calibrate` fits both to
        a road network.

    Raises
    ------
    OptionError
        If a number is out of its range.

    Examples
    --------
    >>> rules = WorkRules(admin_share=0.1)
    >>> rules.capacity_hours(), rules.capacity_hours(part_time=0.5)
    (1584.0, 792.0)
    """

    day_hours: float = 8.0
    days_per_week: int = 5
    day_start: float = 8.0
    max_nights: int = 4
    night_hours: float = 1.0
    working_days: int = 220
    field_share: float = 0.9
    admin_share: float = 0.0
    distance: Distance | DistanceMatrix | None = field(default=None)

    def __post_init__(self) -> None:
        for name, (least, most) in LIMITS.items():
            value = getattr(self, name)
            whole = isinstance(least, int)
            number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
            if not number or not least <= value <= most or (whole and value != int(value)):
                kind = "a whole number" if whole else "a number"
                raise OptionError(
                    f"The {name!r} parameter of WorkRules must be {kind} in the range [{least:g}, {most:g}]. "
                    f"Got {value!r} instead."
                )
        if self.max_nights >= self.days_per_week:
            raise OptionError(
                f"The 'max_nights' parameter of WorkRules must be at most days_per_week − 1, here "
                f"{self.days_per_week - 1}: a trip ends within its week. Got {self.max_nights!r} instead."
            )
        if self.day_start + self.day_hours > 24:
            raise OptionError(
                f"A day of {self.day_hours:g} hours that starts at {self.day_start:g} ends after midnight. "
                f"Start earlier or work less."
            )
        if isinstance(self.distance, DistanceMatrix) and self.distance.hours is None:
            raise OptionError("The DistanceMatrix of WorkRules must know hours. Give it hours=…, or a column of hours.")
        if self.distance is not None and not isinstance(self.distance, (GreatCircle, Planar, DistanceMatrix)):
            raise OptionError(
                f"The 'distance' of WorkRules must be GreatCircle(…), Planar(…) or a DistanceMatrix with hours. "
                f"Got {type(self.distance).__name__} instead; a RoadNetwork makes one with matrix(units)."
            )

    def on(self, *, geographic: bool, ids: Sequence[str] = (), xy: Floats | None = None) -> Distance:
        """Return the distance for coordinates in degrees (geographic) or metres, with hours.

        Parameters
        ----------
        geographic : bool
            Degrees, or planar metres.
        ids, xy : optional
            Places by id and coordinates, shape (p, 2): what a table of distances is asked for.

        Raises
        ------
        OptionError, DataError
            If the rules' own distance is for the other kind of coordinates, or lacks places.
        """
        kind = GreatCircle if geographic else Planar
        if self.distance is None:
            return kind(detour=ROADS, speed=SpeedProfile())
        if isinstance(self.distance, DistanceMatrix):
            return PlacedTable.of(self.distance, ids, np.empty((0, 2)) if xy is None else xy, kind())
        if not isinstance(self.distance, kind):
            raise OptionError(
                f"The coordinates are {'degrees' if geographic else 'metres'}: the distance of WorkRules must be "
                f"{kind.__name__}(…). Got {self.distance!r} instead."
            )
        return self.distance

    def capacity_hours(self, part_time: float = 1.0) -> float:
        """Return the hours a year that a rep has for customers: days × hours × field share × part time.

        Raises
        ------
        OptionError
            If `part_time` is not above 0 and at most 1.
        """
        if not 0 < part_time <= 1:
            raise OptionError(f"The 'part_time' parameter must be a share above 0, at most 1. Got {part_time!r}.")
        return round(self.working_days * self.day_hours * self.field_share * part_time, 6)

    def weeks(self) -> float:
        """Return the weeks a year that belong to customers."""
        return self.working_days * self.field_share / self.days_per_week
