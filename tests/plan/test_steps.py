"""Whole numbers against what a person would count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory_geo.plan.steps import common_step, nearest_multiples


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([3, 6, 9], 3.0),
        ([0, 0, 7], 7.0),
        ([0.1, 0.2, 0.5], 0.1),
        ([20 / 60, 30 / 60, 50 / 60], 1 / 6),
        ([1, 2**0.5], None),
        ([], None),
        ([0.0], None),
    ],
)
def test_common_step(values, step):
    found = common_step(np.array(values, dtype=float))
    assert found == (None if step is None else pytest.approx(step, rel=1e-12))


@given(st.lists(st.integers(1, 400), min_size=2, max_size=60), st.sampled_from([1, 1 / 60, 0.25, 1e-3, 1e6]))
def test_the_step_of_whole_numbers_is_their_divisor(numbers, unit):
    assert common_step(np.array(numbers) * unit) == pytest.approx(np.gcd.reduce(numbers) * unit, rel=1e-9)


def test_random_measures_have_no_step():
    assert common_step(np.random.default_rng(1).random(500)) is None


@given(st.integers(2, 40), st.integers(1, 5), st.floats(0, 0.5))
def test_an_impossibility_is_one(total, k, tolerance):
    """Equal units can be shared in every way, so that the multiples decide alone."""
    share = total / k
    lower, upper = share * (1 - tolerance), share * (1 + tolerance)
    counts = [c for c in range(total + 1) if lower - 1e-6 <= c <= upper + 1e-6]
    possible = bool(counts) and min(counts) * k <= total <= max(counts) * k
    found = nearest_multiples(np.ones(total), lower, upper, k)
    if not possible:
        assert found == (1.0, total // k, -(-total // k))
    elif not any(abs(c - b) < 1e-5 for c in counts for b in (lower, upper)):
        assert found is None


def test_units_in_decimals_can_reach_any_sum():
    assert nearest_multiples(np.random.default_rng(1).random(50), 5.0, 5.0, 5) is None
