"""What tags say to a driver."""

from __future__ import annotations

import pytest

from territory_geo.geodata.roads.tags import CLASS_KMH, Drive, drive, limit_kmh


@pytest.mark.parametrize(
    ("tags", "open_ways"),
    [
        ({}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "true"}, (True, False)),
        ({"oneway": "1"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"oneway": "reverse"}, (False, True)),
        ({"oneway": "no"}, (True, True)),
        ({"oneway": "alternating"}, (True, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "circular"}, (True, False)),
        ({"junction": "roundabout", "oneway": "no"}, (True, True)),
        ({"junction": "roundabout", "oneway": "-1"}, (False, True)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway_link"}, (True, True)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
    ],
)
def test_directions(tags, open_ways):
    rule = drive({"highway": "primary", **tags})
    assert isinstance(rule, Drive)
    assert (rule.forward_kmh > 0, rule.backward_kmh > 0) == open_ways


@pytest.mark.parametrize(
    ("tags", "answer"),
    [
        ({"highway": "footway"}, None),
        ({"highway": "track"}, None),
        ({"highway": "construction"}, None),
        ({"highway": "service", "area": "yes"}, None),
        ({"highway": "service", "access": "private"}, "access=private"),
        ({"highway": "residential", "motor_vehicle": "no"}, "motor_vehicle=no"),
        # The most specific tag decides, in both directions.
        ({"highway": "residential", "access": "yes", "motorcar": "no"}, "motorcar=no"),
        ({"highway": "primary", "oneway": "reversible"}, "oneway=reversible"),
    ],
)
def test_closed_ways(tags, answer):
    assert drive(tags) == answer


def test_what_is_open_to_cars_alone_is_open():
    rule = drive({"highway": "service", "access": "no", "motor_vehicle": "yes"})
    assert rule == Drive(CLASS_KMH["service"], CLASS_KMH["service"])


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0), (" 50 ", 50.0), ("50 km/h", 50.0), ("50kmh", 50.0), ("50 kph", 50.0), ("30 mph", 48.28032),
        ("30mph", 48.28032), ("62.5", 62.5), ("walk", 6.0), ("none", None), ("signals", None), ("variable", None),
        ("RU:urban", 50.0), ("DE:rural", None), ("DE:motorway", None), ("GB:zone20", 20.0), ("DE:zone:30", 30.0),
        ("BE-VLG:urban", 50.0), ("AT:living_street", 6.0), ("80;60", 60.0), ("80|100", 80.0), ("10 knots", 18.52),
    ],
)  # fmt: skip
def test_limits(text, kmh):
    assert limit_kmh(text) == (pytest.approx(kmh) if kmh is not None else None, True)


@pytest.mark.parametrize(
    "text", ["", "fast", "50 mp/h", "0", "-50", "50;", "50 @ (22:00-06:00)", "DE:somewhere", "1e3"]
)
def test_limits_that_say_nothing_clear_are_not_guessed(text):
    assert limit_kmh(text) == (None, False)
    rule = drive({"highway": "primary", "maxspeed": text})
    assert rule == Drive(65.0, 65.0, False, text)


def test_directions_have_limits_of_their_own():
    rule = drive({"highway": "primary", "maxspeed": "100", "maxspeed:backward": "50"})
    assert rule == Drive(85.0, 42.5)
    # What is said of a closed direction is of no consequence.
    assert drive({"highway": "primary", "oneway": "yes", "maxspeed:backward": "fast"}) == Drive(65.0, 0.0)


def test_own_speeds_and_roads_one_cannot_stop_on():
    assert drive({"highway": "residential"}, {"residential": 12.0}) == Drive(12.0, 12.0)
    assert drive({"highway": "trunk"}) == Drive(85.0, 85.0, True)
