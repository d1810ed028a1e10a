"""The places that a ranking allows, worked out by hand: clear differences count, chains of neighbours do not."""

from __future__ import annotations

import numpy as np
import pytest

from territory_geo.analyze.kpis.fairness import rank_range

NOTHING = float("nan")


@pytest.mark.parametrize(
    ("value", "half", "best", "worst"),
    [
        # 3 − 1.8 = 1.2 is more than √(0.5² + 0.5²) = 0.71, 0.6 is not: the first and the third are told apart.
        ([3, 2.4, 1.8], [0.5, 0.5, 0.5], [1, 1, 2], [2, 3, 3]),
        # A chain in which each overlaps the next: the ends are clear all the same.
        ([5, 4, 3, 2, 1], [0.8] * 5, [1, 1, 2, 3, 4], [2, 3, 4, 5, 5]),
        # Sure places where nothing overlaps.
        ([9, 5, 1], [0.1, 0.1, 0.1], [1, 2, 3], [1, 2, 3]),
        # Who has no interval may be anywhere, and tells nobody apart.
        ([9, 5, 1], [0.1, NOTHING, 0.1], [1, 1, 2], [2, 3, 3]),
        ([2, 2], [0, 0], [1, 1], [2, 2]),
    ],
)
def test_rank_range(value: list[float], half: list[float], best: list[int], worst: list[int]) -> None:
    figures, spread = np.array(value, dtype=float), np.array(half)
    found = rank_range(figures, figures - spread, figures + spread)
    assert (found[0].tolist(), found[1].tolist()) == (best, worst)


def test_sides_of_an_interval_count_by_the_side_that_faces_the_other() -> None:
    # 2 may be as low as 1.9; 1 as high as 1.9, though as low as −5: 1 > √(0.1² + 0.9²) = 0.906.
    best, worst = rank_range(np.array([2.0, 1.0]), np.array([1.9, -5.0]), np.array([9.0, 1.9]))
    assert (best.tolist(), worst.tolist()) == ([1, 2], [1, 2])
