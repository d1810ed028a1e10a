"""Dates in the ways that exports write them, one way per column, and never by a guess.

3/4/2025 may be a day in March or in April: the column's other cells decide, and where none does, the user is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata.clean.values import is_text

Times = NDArray[np.datetime64]
Bools = NDArray[np.bool_]

_NUMERIC = r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(.*))?$"
_ISO = r"^\d{4}-\d{2}-\d{2}"
_COMPACT = r"^\d{8}$"
_EPOCH = r"^\d{10}(?:\d{3})?(?:\.0)?$"
_NAMED = ("%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%b %d %Y", "%d. %B %Y")
_SERIAL = (20_000, 80_000)
_DAY = 86_400_000


@dataclass(frozen=True, eq=False)
class ReadDates:
    """A column of dates.

    Parameters
    ----------
    times : datetime64[us] array, shape (n,)
        NaT where there is none.
    blank, strange : bool array, shape (n,)
        Cells that hold nothing, and cells that cannot be read.
    notes : tuple of str
        How they are written, where that is not plain.
    """

    times: Times
    blank: Bools
    strange: Bools
    notes: tuple[str, ...]


def read_dates(column: pd.Series, *, day_first: bool | None = None, label: str = "the table") -> ReadDates:
    """Return a column as times without a zone; times with one are turned into UTC.

    Parameters
    ----------
    column : Series
        Times, text (2025-03-04, 2025-03-04T10:22:00Z, 20250304, 4.3.2025, 3/4/2025, 4 Mar 2025), seconds or
        milliseconds since 1970, or day numbers of a spreadsheet.
    day_first : bool, optional
        How 3/4/2025 is meant, where the column leaves it open.
    label : str
        The table's name, for messages.

    Raises
    ------
    DataError
        If the column does not tell whether the day or the month comes first.

    Examples
    --------
    >>> read_dates(pd.Series(["3/4/2025", "3/25/2025"])).times.astype(str).tolist()
    ['2025-03-04T00:00:00.000000', '2025-03-25T00:00:00.000000']
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        times, notes = _zoneless(column)
        blank = np.isnat(times)
        return ReadDates(times, blank, np.zeros(len(times), dtype=bool), notes)
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return _of_numbers(column.to_numpy(dtype=float, na_value=np.nan))
    if not is_text(column):
        column = column.astype(object)
    texts = column.astype("str").str.strip() if column.dtype != object else _as_texts(column)
    blank = (column.isna() | (texts == "")).to_numpy(dtype=bool)
    times = np.full(len(column), np.datetime64("NaT"), dtype="datetime64[us]")
    open_ = ~blank
    found: list[str] = []
    iso = open_ & texts.str.match(_ISO).to_numpy(dtype=bool, na_value=False)
    if iso.any():
        parsed, notes = _zoneless(pd.to_datetime(texts[iso], format="ISO8601", errors="coerce", utc=True))
        times[iso] = parsed
        if texts[iso].str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True).any():
            found.append("times with a zone were turned into UTC")
    numeric = open_ & texts.str.match(_NUMERIC).to_numpy(dtype=bool, na_value=False)
    if numeric.any():
        parsed, note = _numeric(texts[numeric], day_first, f"{label}, column {column.name!r}")
        times[numeric] = parsed
        found.append(note)
    compact = open_ & texts.str.match(_COMPACT).to_numpy(dtype=bool, na_value=False)
    if compact.any():
        times[compact] = pd.to_datetime(texts[compact], format="%Y%m%d", errors="coerce").to_numpy("datetime64[us]")
        found.append("eight digits are year, month, day")
    epoch = open_ & texts.str.match(_EPOCH).to_numpy(dtype=bool, na_value=False)
    if epoch.any():
        read = _of_numbers(np.asarray(texts[epoch].astype(float), dtype=np.float64))
        times[epoch] = read.times
        found.extend(read.notes)
    left = open_ & np.isnat(times) & ~(iso | numeric | compact | epoch)
    for form in _NAMED:
        if not left.any():
            break
        parsed = pd.to_datetime(texts[left], format=form, errors="coerce").to_numpy("datetime64[us]")
        times[np.flatnonzero(left)[~np.isnat(parsed)]] = parsed[~np.isnat(parsed)]
        left &= np.isnat(times)
    return ReadDates(times, blank, open_ & np.isnat(times), tuple(found))


def _as_texts(column: pd.Series) -> pd.Series:
    return pd.Series(
        ["" if value is None or value is pd.NaT or value != value else str(value).strip() for value in column],
        index=column.index,
        dtype="str",
    )


def _zoneless(column: Any) -> tuple[Times, tuple[str, ...]]:
    series = pd.Series(column)
    if getattr(series.dt, "tz", None) is None:
        return series.to_numpy("datetime64[us]"), ()
    return series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]"), (
        "times with a zone were turned into UTC",
    )


def _of_numbers(values: NDArray[np.float64]) -> ReadDates:
    """Milliseconds or seconds since 1970, or a spreadsheet's days since 30 December 1899."""
    blank = np.isnan(values)
    milli = np.full(len(values), np.nan)
    serial = (values >= _SERIAL[0]) & (values <= _SERIAL[1])
    seconds = (values >= 1e8) & (values < 1e11)
    millis = (values >= 1e11) & (values < 1e14)
    compact = (values >= 19_000_101) & (values <= 29_991_231)
    milli[serial] = (values[serial] - 25_569) * _DAY
    milli[seconds] = values[seconds] * 1000
    milli[millis] = values[millis]
    good = ~np.isnan(milli)
    times = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[us]")
    times[good] = np.round(milli[good] * 1000).astype(np.int64).astype("datetime64[us]")
    if compact.any():
        text = pd.Series(values[compact].astype(np.int64).astype(str))
        times[compact] = pd.to_datetime(text, format="%Y%m%d", errors="coerce").to_numpy("datetime64[us]")
    notes = [
        note
        for some, note in (
            (serial, "numbers are a spreadsheet's days"),
            (seconds, "numbers are seconds since 1970"),
            (millis, "numbers are milliseconds since 1970"),
            (compact, "eight digits are year, month, day"),
        )
        if some.any()
    ]
    return ReadDates(times, blank, ~blank & np.isnat(times), tuple(notes))


def _numeric(texts: pd.Series, day_first: bool | None, where: str) -> tuple[Times, str]:
    parts = texts.str.extract(_NUMERIC)
    first, second = parts[0].astype(int), parts[2].astype(int)
    dots = bool((parts[1] == ".").all())
    day_proven, month_proven = bool((first > 12).any()), bool((second > 12).any())
    if day_first is None:
        if day_proven and month_proven:
            example = texts[first > 12].iloc[0], texts[second > 12].iloc[0]
            raise DataError(
                f"{where}: {example[0]!r} starts with the day and {example[1]!r} with the month. Say which is right "
                "with day_first=True or day_first=False; the other form is then listed as unreadable."
            )
        if not (day_proven or month_proven or dots):
            raise DataError(
                f"{where}: {texts.iloc[0]!r} may start with the day or with the month, and no other cell tells. "
                "Say day_first=True or day_first=False."
            )
        day_first = day_proven or (dots and not month_proven)
    day, month = (first, second) if day_first else (second, first)
    joined = parts[3] + "-" + month.astype(str).str.zfill(2) + "-" + day.astype(str).str.zfill(2)
    rest = parts[4].fillna("").astype(object).astype("str").str.strip()
    times = pd.to_datetime(joined, format="%Y-%m-%d", errors="coerce").to_numpy("datetime64[us]").copy()
    if (rest != "").any():
        # Hours with AM and PM, or of 24.
        clock = pd.to_datetime("2000-01-01 " + rest.where(rest != "", "00:00"), format="mixed", errors="coerce")
        since = clock.to_numpy("datetime64[us]") - np.datetime64("2000-01-01", "us")
        times = times + since
    return times, f"{texts.iloc[0]!r} starts with the {'day' if day_first else 'month'}"
