"""Dates as exports write them, and the questions that no column answers."""

from __future__ import annotations

import pandas as pd
import pytest

from territory_geo.errors import DataError
from territory_geo.geodata.crm.dates import read_dates


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2025-03-04", "2025-03-04T10:22:00"], ["2025-03-04 00:00", "2025-03-04 10:22"]),
        (["2025-03-04T10:22:00.000+0200", "2025-03-04T10:22:00Z"], ["2025-03-04 08:22", "2025-03-04 10:22"]),
        (["31.12.2025", "01.02.2025 14:30"], ["2025-12-31 00:00", "2025-02-01 14:30"]),
        (["3/4/2025", "12/31/2025"], ["2025-03-04 00:00", "2025-12-31 00:00"]),
        (["3/4/2025", "31/12/2025"], ["2025-04-03 00:00", "2025-12-31 00:00"]),
        (["3/25/2025 4:05 PM", "3/26/2025, 9:00 AM"], ["2025-03-25 16:05", "2025-03-26 09:00"]),
        (["4 Mar 2025", "Mar 4, 2025", "March 4, 2025"], ["2025-03-04 00:00"] * 3),
        (["20250304", "1741083720000", "1741083720"], ["2025-03-04 00:00", "2025-03-04 10:22", "2025-03-04 10:22"]),
        ([45720.0, 1741083720000.0, 20250304.0], ["2025-03-04 00:00", "2025-03-04 10:22", "2025-03-04 00:00"]),
        ([pd.Timestamp("2025-03-04", tz="America/New_York")], ["2025-03-04 05:00"]),
        ([pd.Timestamp("2025-03-04").date(), None], ["2025-03-04 00:00", None]),
    ],
)
def test_forms(cells: list[object], expected: list[str | None]) -> None:
    read = read_dates(pd.Series(cells, name="date"))
    assert not read.strange.any()
    found = [None if pd.isna(time) else f"{pd.Timestamp(time):%Y-%m-%d %H:%M}" for time in read.times]
    assert found == expected


def test_what_is_no_date_is_neither_read_nor_lost() -> None:
    read = read_dates(pd.Series(["2025-03-04", "soon", "", None, "2025-13-01", "31.02.2025"], name="date"))
    assert read.strange.tolist() == [False, True, False, False, True, True]
    assert read.blank.tolist() == [False, False, True, True, False, False]


def test_day_and_month_are_never_guessed() -> None:
    with pytest.raises(DataError, match="'3/4/2025' may start with the day or with the month"):
        read_dates(pd.Series(["3/4/2025", "5/6/2025"], name="date"))
    with pytest.raises(DataError, match="'31/1/2025' starts with the day and '1/31/2025' with the month"):
        read_dates(pd.Series(["31/1/2025", "1/31/2025"], name="date"))
    assert read_dates(pd.Series(["3/4/2025"]), day_first=True).times[0] == pd.Timestamp("2025-04-03")
    assert read_dates(pd.Series(["3/4/2025"]), day_first=False).times[0] == pd.Timestamp("2025-03-04")
    forced = read_dates(pd.Series(["31/1/2025", "1/31/2025"], name="date"), day_first=True)
    assert forced.strange.tolist() == [False, True]
