"""Numbers of tables on disk: no exponent, money to the cent, what is read back is what was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from territory_geo.geodata.decimals import decimal_text


@given(st.floats(-1e12, 1e12))
def test_six_decimals_and_no_exponent(value):
    text = decimal_text(value)
    assert set(text) <= set("-.0123456789")
    assert abs(float(text) - value) <= 5.1e-7 + 1e-15 * abs(value)
    assert text != "-0"


@given(st.integers(-(10**15), 10**15))
def test_whole_numbers_stay_whole(value):
    assert decimal_text(float(value)) == str(value)
