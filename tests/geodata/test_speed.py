"""Hours from kilometres."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import territory_geo as tg


def test_each_band_has_its_own_speed():
    profile = tg.SpeedProfile(kmh=(20, 50, 100), upto_km=(10, 60))
    assert profile.hours([0, 5, 10, 35, 60, 160]).tolist() == [0, 0.25, 0.5, 1.0, 1.5, 2.5]
    assert profile.hours(10).shape == ()
    assert tg.SpeedProfile(kmh=[80], upto_km=[]).hours([[40.0], [0.0]]).tolist() == [[0.5], [0.0]]


@given(st.lists(st.floats(0, 2000), min_size=2, max_size=2))
def test_longer_takes_longer_and_two_legs_never_less_than_one_trip(legs):
    one, other = sorted(legs)
    hours = tg.SpeedProfile().hours([one, other, one + other])
    assert hours[0] <= hours[1] <= hours[2] <= hours[0] + hours[1] + 1e-12


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kmh": (), "upto_km": ()}, "'kmh' parameter must be positive numbers"),
        ({"kmh": (30, 0, 90)}, "'kmh' parameter must be positive numbers"),
        ({"kmh": (30, float("nan"), 90)}, "'kmh' parameter must be positive numbers"),
        ({"upto_km": (30, 5)}, "'upto_km' parameter must be rising positive numbers"),
        ({"upto_km": (0, 5)}, "'upto_km' parameter must be rising positive numbers"),
        ({"upto_km": (5, float("inf"))}, "'upto_km' parameter must be rising positive numbers"),
        ({"upto_km": (5,)}, r"3 speeds need 2 ends of bands \('upto_km'\). Got 1."),
    ],
)
def test_unusable_profiles(options, message):
    with pytest.raises(tg.OptionError, match=message):
        tg.SpeedProfile(**options)


@pytest.mark.parametrize("kind", [tg.GreatCircle, tg.Planar])
def test_a_distance_knows_the_hours_of_its_kilometres(kind):
    a, b = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 0.5], [1.0, 1.0]])
    plain, quick = kind(detour=1.2), kind(detour=1.2, speed=tg.SpeedProfile(kmh=(60,), upto_km=()))
    assert quick.hours_between(a, b) == pytest.approx(quick.between(a, b) / 60)
    assert plain.hours_between(a, b) == pytest.approx(tg.SpeedProfile().hours(plain.between(a, b)))
    with pytest.raises(tg.OptionError, match="'speed' parameter must be a SpeedProfile"):
        kind(speed=60)
