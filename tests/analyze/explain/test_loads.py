"""Words about bounds: two amounts that differ are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from territory_geo.analyze.explain.loads import Bound


@pytest.mark.parametrize(
    ("load", "lower", "upper", "words"),
    [
        (1471.4, 1471.6, 9e3, "would be 1,471 h, below their least of 1,472 h"),
        (1471.41, 1471.44, 9e3, "would be 1,471.41 h, below their least of 1,471.44 h"),
        (12.0, 1.0, 11.0, "would be 12 h, above their cap of 11 h"),
        (0.12345, 0.12349, 1.0, "would be 0.12345 h, below their least of 0.12349 h"),
    ],
)
def test_bounds_are_told_apart(load: float, lower: float, upper: float, words: str) -> None:
    none = np.zeros(1)
    assert Bound("workload", "workload", none, none, none).words("T1", load, lower, upper) == f"T1's workload {words}"
