"""How much wider all bounds must be for a cover to exist: the least widening, by halving a sorted list."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from territory_geo.optimize.nested.choice import Choices
from territory_geo.optimize.nested.cover import exact_cover


def least_widening(
    choices: Choices, *, work: float, seed: int, pressed: Callable[[], bool] = lambda: False
) -> float | None:
    """Return the share of the target by which the bounds must be wider, None where no width is enough.

    Parameters
    ----------
    choices : Choices
        All of them, those out of bounds too; costs do not matter.
    work : float
        Deterministic seconds that each cover may take; one that is not found in it counts as none.

    Notes
    -----
    The bottleneck of a set partition: O(log(choices)) covers.
    """

    def works(lack: float) -> bool:
        return exact_cover(choices.within(lack), work=work, seed=seed, pressed=pressed, priced=False).chosen is not None

    steps = np.unique(choices.lack)
    if not len(steps) or not works(float(steps[-1])):
        return None
    low, high = -1, len(steps) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if works(float(steps[middle])) else (middle, high)
    return float(steps[high])
