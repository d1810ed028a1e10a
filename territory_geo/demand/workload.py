"""Workload: the hours a year that units take a rep, visits, driving, nights and desk, from wherever the rep starts.

Everything but the way from home is fixed per unit; so the hours in a territory follow from its centre or home alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from territory_geo.demand.rules import WorkRules
from territory_geo.demand.tours.estimate import TourModel, hours_of, reachable
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.distance import Distance
from territory_geo.geodata.placed import PlacedTable

if TYPE_CHECKING:
    from territory_geo.geodata.reps import Reps
    from territory_geo.geodata.units import BasicUnits

Floats = NDArray[np.float64]

VISITS, MINUTES, REMOTE = "visits_per_year", "visit_minutes", "remote_hours"
"""Columns of accounts that say how much work they are; `CallPolicy.apply` writes them."""


@dataclass(frozen=True)
class Workload:
    """How hours follow from visits and places.

    Parameters
    ----------
    rules : WorkRules
        How a rep works.
    tours : TourModel
        How long tours take.
    visits, minutes : str
        Columns of the accounts: visits a year, and minutes a visit.

    Notes
    -----
    Hours of units add up: from the same home, a territory with an account more never has fewer of them. More visits,
    longer ones and longer ways are never fewer either. Estimated anew from a table with an account more, its
    neighbours lie closer: where it has few visits and they have many, their sum may fall, by up to two per cent.

    Examples
    --------
    >>> import pandas as pd
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"id": ["a", "b"], "lon": [9.0, 9.5], "lat": [50.0, 50.0],
    ...     "visits_per_year": [10, 10], "visit_minutes": [60, 60]})
    >>> units = tg.BasicUnits.from_accounts(tg.read_accounts(table), land=None)
    >>> work = Workload().of(units)
    >>> work.visit_hours.tolist()
    [10.0, 10.0]
    >>> bool((work.hours(np.array([2.0, 2.0])) > work.hours(np.array([1.0, 1.0]))).all())
    True
    """

    rules: WorkRules = field(default_factory=WorkRules)
    tours: TourModel = field(default_factory=TourModel)
    visits: str = VISITS
    minutes: str = MINUTES

    def __post_init__(self) -> None:
        if not isinstance(self.rules, WorkRules):
            raise OptionError(f"The 'rules' of a Workload must be WorkRules(…). Got {self.rules!r} instead.")
        if not isinstance(self.tours, TourModel):
            raise OptionError(f"The 'tours' of a Workload must be a TourModel(…). Got {self.tours!r} instead.")

    def of(self, units: BasicUnits, reps: Reps | None = None) -> UnitWork:
        """Return the work that each unit is.

        Parameters
        ----------
        units : BasicUnits
            Whose accounts have visits and minutes.
        reps : Reps, optional
            Where trips can start besides the units; a table of distances must have them.

        Raises
        ------
        DataError
            If the accounts lack visits or minutes, or one is missing or negative; the message names rows.
        """
        members = units.members
        visits, minutes = (_amounts(members, name) for name in (self.visits, self.minutes))
        remote = _amounts(members, REMOTE) if REMOTE in members else np.zeros(len(members))
        row = units.frame.index.get_indexer(pd.Index(members["unit"]))
        n, on_spot = len(units), units.on_their_own[row]
        area = shapely.area(units.shapes) / 1e6
        count = np.maximum(1, _sums(row, (visits > 0).astype(float), n))
        # Accounts on one spot are visited together; those of an area lie apart in it.
        most, total = np.zeros(n), _sums(row, visits, n)
        np.maximum.at(most, row, visits)
        alone = units.on_their_own
        stops = np.where(alone, most, total)
        hop = self.tours.hop_km((area / np.where(alone, 1, count))[row], np.where(on_spot, most[row], visits))
        share = np.where(on_spot, 1.0, visits)
        weight = _sums(row, share, n)
        mean_hop = _sums(row, hop * share, n) / np.where(weight > 0, weight, 1.0)
        distance = self.rules.on(geographic=units.geographic, ids=units.ids, xy=units.xy)
        if isinstance(distance, PlacedTable) and reps is not None:
            homes = np.column_stack([reps.frame.geometry.x, reps.frame.geometry.y])
            distance = distance.knowing([str(name) for name in reps.frame.index], homes, "reps")
        visit_hours = _sums(row, visits * minutes / 60.0, n)
        if isinstance(distance, PlacedTable):
            hop_hours = mean_hop * distance.pace(units.xy)
        else:
            hop_hours = hours_of(mean_hop, getattr(distance, "detour", 1.0), getattr(distance, "speed", None))
        desk = _sums(row, remote, n)
        return UnitWork(units.xy, stops, total, visit_hours, hop_hours, desk, distance, self)


@dataclass(frozen=True, eq=False)
class UnitWork:
    """The work that units are.

    Parameters
    ----------
    xy : array, shape (n, 2)
        Where they lie.
    stops : array, shape (n,)
        Stops a year: visits, those on one spot made together.
    visits, visit_hours : array, shape (n,)
        Visits a year, and the hours they last.
    hop_hours : array, shape (n,)
        Driving from the stop before, per stop.
    remote_hours : array, shape (n,)
        Hours a year by telephone and video.
    distance : Distance
        How far, how fast.
    workload : Workload
        Rules and tours.
    """

    xy: Floats
    stops: Floats
    visits: Floats
    visit_hours: Floats
    hop_hours: Floats
    remote_hours: Floats
    distance: Distance
    workload: Workload

    @property
    def service(self) -> Floats:
        """Hours of one stop, shape (n,)."""
        served: Floats = np.divide(self.visit_hours, self.stops, out=np.zeros(len(self.stops)), where=self.stops > 0)
        return served

    def knowing(self, names: Sequence[str], xy: Floats, what: str) -> UnitWork:
        """Return the same work with further places where trips can start; only a table of distances asks for them."""
        if not isinstance(self.distance, PlacedTable):
            return self
        return replace(self, distance=self.distance.knowing(names, xy, what))

    def stem_hours(self, homes: Floats) -> Floats:
        """Return driving hours from homes to units: shape (n,) for one home per unit, (n, k) for k homes of any other.

        Parameters
        ----------
        homes : array, shape (n, 2) or (k, 1, 2)
            A home for each unit; or k homes, each for all units.
        """
        homes = np.asarray(homes, dtype=float)
        if homes.ndim == 2:
            return self.distance.hours_between(homes, self.xy)
        columns = [self.distance.hours_between(np.broadcast_to(h, self.xy.shape), self.xy) for h in homes[:, 0]]
        return np.column_stack(columns)

    def hours(self, stem: Floats) -> Floats:
        """Return the hours a year of each unit, in the shape of `stem` (hours from home)."""
        drive, nights = self._travel(stem)
        rules = self.workload.rules
        fixed = (self.visit_hours + self.remote_hours)[(slice(None),) + (None,) * (np.ndim(stem) - 1)]
        total: Floats = (fixed + drive + rules.night_hours * nights) / (1.0 - rules.admin_share)
        return total

    def parts(self, stem: Floats) -> pd.DataFrame:
        """Return the hours of each unit by kind, for one home each: rows sum to `hours`.

        Columns `visit_hours`, `remote_hours`, `driving_hours`, `night_hours`, `admin_hours`, `workload` (their sum),
        `nights` (a year) and `reachable`.
        """
        drive, nights = self._travel(stem)
        rules, total = self.workload.rules, self.hours(stem)
        away = rules.night_hours * nights
        return pd.DataFrame(
            {
                "visit_hours": self.visit_hours, "remote_hours": self.remote_hours, "driving_hours": drive,
                "night_hours": away, "admin_hours": rules.admin_share * total, "workload": total, "nights": nights,
                "reachable": reachable(stem, self.service, rules) | (self.stops <= 0),
            }
        )  # fmt: skip

    def _travel(self, stem: Floats) -> tuple[Floats, Floats]:
        """Return driving hours and nights a year, in the shape of `stem`."""
        drive, nights = self.workload.tours.per_stop(
            np.asarray(stem, dtype=float), self.hop_hours, self.service, self.workload.rules
        )
        stops = self.stops[(slice(None),) + (None,) * (drive.ndim - 1)]
        return drive * stops, nights * stops


def _amounts(members: pd.DataFrame, name: str) -> Floats:
    """Return a column of amounts, or say what is wrong with it."""
    if name not in members.columns:
        raise DataError(
            f"The accounts have no column {name!r}: without it there is no workload. Name the columns "
            f"(Workload(visits=…, minutes=…)), or let a call policy write them: CallPolicy.default().apply(accounts)."
        )
    values: Floats = pd.to_numeric(members[name], errors="coerce").to_numpy(dtype=float)
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        rows = ", ".join(str(members["row"].iloc[i]) for i in bad[:5])
        raise DataError(
            f"{name!r} is missing, negative or no number in {bad.size:,} rows, such as {rows}. Build the units with "
            f"measures=[{name!r}] to turn those rows into rejects, or fill them by a call policy."
        )
    return values


def _sums(row: NDArray[np.int64], values: Floats, n: int) -> Floats:
    """Return the sum of values for each of n rows."""
    return np.bincount(row, values, minlength=n).astype(float)
