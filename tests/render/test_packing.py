"""Packed columns come back as they were, in the smallest type that holds them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from territory_geo.render.packing import pack_array, pack_rounded


def unpacked(column: dict[str, str]) -> Any:
    return np.frombuffer(base64.b64decode(column["d"]), dtype=f"<{column['t']}")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0, 255], "u1"),
        ([-1, 100], "i1"),
        ([0, 256], "u2"),
        ([-1, 300], "i2"),
        ([0, 70_000], "i4"),
        ([0, 2**31], "f4"),  # a power of two: single precision holds it
        ([0, 2**31 + 1], "f8"),
        ([0.5, 1.25], "f4"),
        ([0.1], "f8"),  # not the same number in single precision
        ([1.0, float("nan")], "f4"),
        ([], "u1"),
    ],
)
def test_the_smallest_type_that_holds_all(values: list[float], kind: str) -> None:
    packed = pack_array(np.array(values))
    assert packed["t"] == kind
    np.testing.assert_array_equal(unpacked(packed).astype(float), np.array(values, dtype=float))


def test_rounded_measures_are_single_where_nobody_sees_it() -> None:
    assert pack_rounded(np.array([0.1234, 7.0]), 2)["t"] == "f4"
    assert pack_rounded(np.array([1.2, 3.4]), 0) == pack_array(np.array([1, 3]))
    # Single precision would be off by more than a twentieth of the last digit shown.
    exact = pack_rounded(np.array([123_456_789.25]), 2)
    assert exact["t"] == "f8"
    assert unpacked(exact)[0] == 123_456_789.25
