"""The time that KPIs are about: whole days, its length in years, and the period before it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from territory_geo.errors import DataError, OptionError

_FORMS = "'2025', '2025-H1', '2025-Q3', '2025-07', '2025-01-15/2025-03-31', or a pair of dates, the last included"
AGAINST = ("before", "year")
"""With what a period is compared: what came right before it, of the same length, or the same time a year earlier."""

_WHOLE = 5
_DAYS = 365.25
_NAMES = {12: "year", 6: "half-year", 3: "quarter", 1: "month"}


@dataclass(frozen=True)
class Period:
    """From a day up to, but without, another.

    Parameters
    ----------
    start, stop : Timestamp
        Midnights; `stop` is the day after the last one.
    against : {"before", "year"}
        With what it is compared: the period right before it, of the same length, or the same time a year earlier.

    Raises
    ------
    OptionError
        If nothing lies between them, or a period of more than a year is to be compared with a year earlier.

    Examples
    --------
    >>> Period.of("2025-Q3")
    Period(2025-07-01 to 2025-09-30)
    >>> Period.of("2025-Q3").previous, Period.of("2025-Q3").years
    (Period(2025-04-01 to 2025-06-30), 0.25)
    >>> Period.of("2025-Q3", against="year").previous
    Period(2024-07-01 to 2024-09-30)
    """

    start: pd.Timestamp
    stop: pd.Timestamp
    against: str = "before"

    def __post_init__(self) -> None:
        if not self.start < self.stop:
            raise OptionError(f"The 'period' must end after it begins. Got {self.start} to {self.stop}.")
        if self.against not in AGAINST:
            raise OptionError(f"The 'against' parameter must be 'before' or 'year'. Got {self.against!r} instead.")
        if self.against == "year" and self.start + pd.DateOffset(years=1) < self.stop:
            raise OptionError(f"The period {self} is longer than a year: it can be compared against 'before' only.")

    @classmethod
    def of(cls, given: Any, *, against: str | None = None) -> Period:
        """Return a period from what a user writes; `against` as in the class, "before" unless set.

        Raises
        ------
        OptionError
            If it cannot be understood; the message lists the forms.
        """
        if isinstance(given, Period):
            return given if against is None else replace(given, against=against)
        wrong = OptionError(f"The 'period' parameter must be one of {_FORMS}. Got {given!r} instead.")
        try:
            if isinstance(given, str) and "/" not in given:
                return cls._named(given.strip(), wrong, against or "before")
            first, last = given.split("/") if isinstance(given, str) else given
            begin, end = (pd.Timestamp(day).normalize() for day in (first, last))
            return cls(begin, end + pd.Timedelta(days=1), against or "before")
        except OptionError:
            raise
        except (TypeError, ValueError) as error:
            raise wrong from error

    @classmethod
    def _named(cls, text: str, wrong: OptionError, against: str) -> Period:
        found = re.fullmatch(r"(\d{4})(?:-?([HQ])(\d)|-(\d{2}))?", text, re.IGNORECASE)
        if found is None:
            raise wrong
        months, place = 12, 1
        if found[2]:
            months, place = (6 if found[2].upper() == "H" else 3), int(found[3])
        elif found[4]:
            months, place = 1, int(found[4])
        if not 1 <= place <= 12 // months:
            raise wrong
        start = pd.Timestamp(int(found[1]), 1 + (place - 1) * months, 1)
        return cls(start, start + pd.DateOffset(months=months), against)

    @classmethod
    def last_year(cls, dates: Iterable[pd.Timestamp]) -> Period:
        """Return the last twelve whole months that data covers; a month counts when data reaches its last five days.

        Raises
        ------
        DataError
            If there is no date.
        """
        known = [date for date in dates if not pd.isna(date)]
        if not known:
            raise DataError("The CRM has no dates from which to take a period. Give the tables, or say period='2025'.")
        last = max(known).normalize()
        month = last.replace(day=1)
        after = month + pd.DateOffset(months=1)
        stop = after if (after - last).days <= _WHOLE else month
        return cls(stop - pd.DateOffset(months=12), stop)

    @property
    def months(self) -> int | None:
        """How many whole months it has; None where it has no whole number of them."""
        count = (self.stop.year - self.start.year) * 12 + self.stop.month - self.start.month
        return count if count > 0 and self.start + pd.DateOffset(months=count) == self.stop else None

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.stop - self.start).days

    @property
    def years(self) -> float:
        """Its length in years: twelfths where it has whole months, else days / 365.25."""
        return self.days / _DAYS if self.months is None else self.months / 12

    @property
    def previous(self) -> Period:
        """The period before it, of as many months or days, or the same time a year earlier, as `against` says."""
        if self.against == "year":
            year = pd.DateOffset(years=1)
            return Period(self.start - year, self.stop - year, "year")
        before = pd.DateOffset(months=self.months) if self.months else pd.Timedelta(days=self.days)
        return Period(self.start - before, self.start)

    @property
    def apart(self) -> float:
        """How many years lie between its beginning and that of the previous one."""
        return 1.0 if self.against == "year" else self.years

    @property
    def comparison(self) -> str:
        """With what it is compared, in words, such as "the quarter before, 2025-04-01 to 2025-06-30"."""
        if self.against == "year":
            return f"the same time a year before, {self.previous}"
        months = self.months
        span = _NAMES.get(months or 0, f"{months} months" if months else f"{self.days:,} days")
        return f"the {span} before, {self.previous}"

    @property
    def last_day(self) -> pd.Timestamp:
        """The last day in it."""
        return self.stop - pd.Timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d} to {self.last_day:%Y-%m-%d}"

    def __repr__(self) -> str:
        return f"Period({self})"
