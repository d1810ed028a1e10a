"""Call planning: a territory's visits become days and weeks, as tables, CSV files and a calendar.

What does not fit is listed with its reason; no visit is lost.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.analyze.due_visits import due_visits
from territory_geo.analyze.icalendar import Appointment, calendar
from territory_geo.demand.rules import WorkRules
from territory_geo.demand.tours.stops import Weeks
from territory_geo.demand.tours.weeks import plan_weeks
from territory_geo.demand.workload import Workload
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.decimals import decimal_text
from territory_geo.plan.plan import TerritoryPlan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILES = ("visits.csv", "days.csv", "left.csv", "calendar.ics")
"""What is written."""


@dataclass(frozen=True, eq=False)
class RoutePlan:
    """The weeks of one territory.

    Parameters
    ----------
    territory : str
        Whose.
    start : date
        The Monday of the first week.
    n_weeks : int
        How many.
    rules : WorkRules
        By which they were made.
    accounts : DataFrame
        One row per visit that is due: `id`, `name`, `minutes`, `x`, `y`.
    weeks : Weeks
        The visits in their weeks.
    geographic : bool
        Whether x, y are degrees.
    """

    territory: str
    start: date
    n_weeks: int
    rules: WorkRules
    accounts: pd.DataFrame
    weeks: Weeks
    geographic: bool

    @cached_property
    def visits(self) -> pd.DataFrame:
        """One row per planned visit in order of time.

        `week` (from 1), `date`, `start`, `end` (local time), `id`, `name`, `minutes`, `drive_minutes` (to get there).
        """
        weeks, held = self.weeks, self.accounts
        begins = [self._moment(w, t) for w, t in zip(weeks.week, weeks.start, strict=True)]
        minutes = held["minutes"].to_numpy(dtype=float)[weeks.visit]
        table = pd.DataFrame(
            {
                "week": weeks.week + 1, "date": [b.date() for b in begins], "start": begins,
                "end": [b + timedelta(minutes=float(m)) for b, m in zip(begins, minutes, strict=True)],
                "id": held["id"].to_numpy()[weeks.visit], "name": held["name"].to_numpy()[weeks.visit],
                "minutes": minutes, "drive_minutes": weeks.drive,
            }
        )  # fmt: skip
        return table

    @cached_property
    def left(self) -> pd.DataFrame:
        """Visits that did not fit: `id`, `name`, `minutes`, `reason`."""
        table = self.accounts.iloc[self.weeks.left][["id", "name", "minutes"]].reset_index(drop=True)
        return table.assign(reason=pd.Series(self.weeks.reasons, dtype=object))

    @cached_property
    def days(self) -> pd.DataFrame:
        """One row per working day with visits or drives: `date`, `visits`, `visit_hours`, `drive_hours`, `night`."""
        day = self.rules.day_hours * 60
        rows: dict[tuple[int, int], list[float]] = {}
        for week, visit, begin, end, drive in self.events():
            for d in range(int(begin // day), int(max(begin, end - 1e-6) // day) + 1):
                part = min(end, (d + 1) * day) - max(begin, d * day)
                row = rows.setdefault((week, d), [0.0, 0.0, 0.0])
                row[0] += visit
                row[1 if visit else 2] += (part if not drive or visit else max(part, 0.0)) / 60
        nights = set(self.weeks.nights)
        return pd.DataFrame(
            [
                {
                    "date": self.start + timedelta(weeks=week, days=d), "visits": int(row[0]), "visit_hours": row[1],
                    "drive_hours": row[2], "night": "away" if (week, d) in nights else "home",
                }
                for (week, d), row in sorted(rows.items())
            ],
            columns=["date", "visits", "visit_hours", "drive_hours", "night"],
        )  # fmt: skip

    def events(self) -> Iterator[tuple[int, int, float, float, bool]]:
        """Yield (week, 1 for a visit, begin, end, whether it is a drive), in minutes of the week's working hours."""
        weeks = self.weeks
        minutes = self.accounts["minutes"].to_numpy(dtype=float)
        homes = sorted(weeks.back)
        free, before, day = 0.0, -1, self.rules.day_hours * 60
        away = set(weeks.nights)
        for i, week in enumerate(weeks.week.tolist()):
            if week != before:
                free, before = 0.0, week
            # At home in between: the next morning begins there.
            for w, at in homes:
                if w == week and free < at <= weeks.start[i]:
                    free = float(np.ceil((at - 1e-6) / day) * day)
            # The trip begins in the morning after the last evening at home, not days before its first visit.
            leaves = int(weeks.start[i] // day)
            while (week, leaves - 1) in away:
                leaves -= 1
            free = max(free, min(leaves * day, float(weeks.start[i] - weeks.drive[i])))
            if weeks.drive[i] > 0:
                yield week, 0, free, free + float(weeks.drive[i]), True
            begin = float(weeks.start[i])
            free = begin + float(minutes[weeks.visit[i]])
            yield week, 1, begin, free, False
        for (w, at), way in weeks.back.items():
            yield w, 0, at - way, at, True

    def _moment(self, week: int, minute: float) -> datetime:
        """Return the local time of a minute of a week's working hours."""
        day, rest = divmod(float(minute), self.rules.day_hours * 60)
        morning = datetime.combine(self.start + timedelta(weeks=int(week), days=int(day)), datetime.min.time())
        return morning + timedelta(minutes=round(self.rules.day_start * 60 + rest))

    def working_days(self) -> list[tuple[int, date]]:
        """Return each working day with its row in a list of days that has an empty row between weeks."""
        per_week = self.rules.days_per_week
        return [
            (week * (per_week + 1) + d, self.start + timedelta(weeks=week, days=d))
            for week in range(self.n_weeks)
            for d in range(per_week)
        ]

    def plot(self) -> Figure:
        """Return a figure: a row per day, with visits, drives and nights away.

        Raises
        ------
        MissingDependency
            If matplotlib is not installed.
        """
        from territory_geo.render.charts.weeks import weeks_figure

        return weeks_figure(self)

    def hours(self) -> dict[str, float]:
        """Return `visits`, `visit_hours`, `driving_hours`, `nights`, `left` (visits) of all weeks."""
        return {
            "visits": float(len(self.weeks.visit)), "visit_hours": float(self.visits["minutes"].sum()) / 60,
            "driving_hours": self.weeks.drive_hours, "nights": float(len(self.weeks.nights)),
            "left": float(len(self.weeks.left)),
        }  # fmt: skip

    def to_ics(self) -> str:
        """Return the visits as an iCalendar text (RFC 5545), in local time without a zone."""
        xy = self.accounts[["x", "y"]].to_numpy(dtype=float)[self.weeks.visit]
        entries = []
        for i, row in enumerate(self.visits.to_dict("records")):
            said = f"Account {row['id']}. {row['drive_minutes']:.0f} minutes to get there."
            place = (float(xy[i, 0]), float(xy[i, 1])) if self.geographic else None
            uid = f"{self.territory}-{row['id']}-{row['start']:%Y%m%dT%H%M}@territory-geo"
            title = str(row["name"]) or str(row["id"])
            entries.append(Appointment(uid, row["start"], row["end"], title, said, place))
        stamp = datetime.combine(self.start, datetime.min.time())
        return calendar(entries, name=f"Visits {self.territory}", stamp=stamp)

    def write(self, directory: str | os.PathLike[str]) -> None:
        """Write visits.csv, days.csv, left.csv and calendar.ics into a folder, over files of those names.

        Raises
        ------
        DataError
            If the folder cannot be written.
        """
        folder = Path(directory)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, table in (("visits.csv", self.visits), ("days.csv", self.days), ("left.csv", self.left)):
                table.to_csv(
                    folder / name, index=False, lineterminator="\n", float_format=decimal_text, encoding="utf-8"
                )
            (folder / "calendar.ics").write_text(self.to_ics(), encoding="utf-8", newline="")
        except OSError as error:
            raise DataError(f"{folder} cannot be written: {error.strerror or error}. Choose another folder.") from error

    def __repr__(self) -> str:
        done = self.hours()
        return (
            f"<RoutePlan {self.territory}: {done['visits']:.0f} visits in {self.n_weeks} weeks, "
            f"{done['driving_hours']:.0f} hours driving, {done['nights']:.0f} nights away, {done['left']:.0f} left out>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        return definition_table(repr(self)[1:-1], {}, self.days)


def plan_routes(
    plan: TerritoryPlan,
    territory: str,
    *,
    n_weeks: int = 4,
    first_week: int = 0,
    start: date = date(2026, 1, 5),
    workload: Workload | None = None,
    worth: str | None = None,
    rounds: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
) -> RoutePlan:
    """Lay the visits of a territory that are due in some weeks into days.

    Parameters
    ----------
    plan : TerritoryPlan
        Whose accounts have visits a year and minutes, and where they are known `opening_hours`.
    territory : str
        Which; trips start at its rep's home, else at its centre.
    n_weeks, first_week : int
        How many weeks, and the first of them counted from 0 in the year of customers' weeks: accounts take turns.
    start : date
        The first Monday.
    workload : Workload, optional
        Rules and columns; left out: the problem's, else the usual ones.
    worth : str, optional
        A column of the accounts: where not all visits fit, those go first that bring least of it per visit.
    rounds, seconds, seed : optional
        As in `plan_weeks`.

    Raises
    ------
    OptionError, DataError
        If there is no such territory, `start` is no Monday, or the accounts lack a column.
    """
    if not isinstance(start, date) or start.weekday() != 0:
        raise OptionError(f"The 'start' parameter must be a Monday, such as date(2026, 1, 5). Got {start!r} instead.")
    asked = due_visits(plan, territory, n_weeks=n_weeks, first_week=first_week, workload=workload, worth=worth)
    weeks = plan_weeks(
        asked.home, asked.stops, asked.rules, n_weeks=int(n_weeks), distance=asked.distance, rounds=rounds,
        seconds=seconds, seed=seed,
    )  # fmt: skip
    return RoutePlan(territory, start, int(n_weeks), asked.rules, asked.accounts, weeks, asked.geographic)
