"""The calendar read by a parser that is not ours: events, times, escapes, folded lines."""

from __future__ import annotations

from datetime import datetime

import icalendar
import pytest

from territory_geo.analyze.icalendar import Appointment, calendar

START = datetime(2026, 3, 2, 8, 15)
END = datetime(2026, 3, 2, 9, 0)
STAMP = datetime(2026, 1, 5)


def parsed(*entries: Appointment, name: str = "Visits W") -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(calendar(entries, name=name, stamp=STAMP))


def test_an_event_comes_back_as_it_was():
    one = Appointment("W-K01@territory-geo", START, END, "Bakery", "Account K01.", (-93.25, 41.5))
    read = parsed(one)
    assert read.errors == []
    assert str(read["version"]) == "2.0"
    assert str(read["prodid"]).startswith("-//territory-geo//")
    assert str(read["x-wr-calname"]) == "Visits W"
    (event,) = read.walk("VEVENT")
    assert event.errors == []
    assert (str(event["uid"]), str(event["summary"])) == ("W-K01@territory-geo", "Bakery")
    assert str(event["description"]) == "Account K01."
    assert event["dtend"].dt - event["dtstart"].dt == END - START
    assert (event["geo"].latitude, event["geo"].longitude) == (41.5, -93.25)


def test_visits_are_in_local_time_and_the_stamp_in_utc():
    # A floating time means the same hour wherever the calendar is read: the rep's own morning.
    (event,) = parsed(Appointment("u", START, END, "x")).walk("VEVENT")
    assert event["dtstart"].dt == START
    assert event["dtstart"].dt.tzinfo is None
    stamp = event["dtstamp"].dt
    assert stamp.utcoffset().total_seconds() == 0
    assert stamp.replace(tzinfo=None) == STAMP


@pytest.mark.parametrize(
    "text",
    [
        "Smith, Sons; Ltd",
        "back\\slash and \\n that is no line break",
        "two\nlines",
        "Bäckerei Größe & Söhne, München; 東京本店 🚚 " * 6,  # longer than a line, of several bytes a sign
        "END:VEVENT",
        'quoted "name": colon',
    ],
)
def test_texts_come_back_whole(text):
    (event,) = parsed(Appointment("u", START, END, text, text)).walk("VEVENT")
    assert str(event["summary"]) == text
    assert str(event["description"]) == text


def test_many_events_stay_apart():
    entries = [
        Appointment(f"u{i}", START.replace(day=2 + i % 5), END.replace(day=2 + i % 5), f"S {i}") for i in range(40)
    ]
    events = parsed(*entries).walk("VEVENT")
    assert [str(event["uid"]) for event in events] == [one.uid for one in entries]
    assert [event["dtstart"].dt for event in events] == [one.start for one in entries]
