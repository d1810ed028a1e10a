"""What calling brings: the share of an account's potential that is won, by the share of its visits that are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory_geo.errors import OptionError

Floats = NDArray[np.float64]

Curve = Callable[[Floats], Floats]
"""From shares of visits, 0 to 1, to shares of potential."""


@dataclass(frozen=True)
class Response:
    """A curve from a base without visits up to all potential with all visits.

    Parameters
    ----------
    base : float, default 0.3
        Share that comes without any visit.
    power : float, default 0.5
        Below 1 the first visits bring most; 1 is a straight line.

    Examples
    --------
    >>> Response(base=0.2)(np.array([0.0, 0.25, 1.0])).tolist()
    [0.2, 0.6, 1.0]
    """

    base: float = 0.3
    power: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.base <= 1 or not self.power > 0:
            raise OptionError(
                f"A Response needs 0 <= base <= 1 and power above 0. Got base={self.base!r}, power={self.power!r}."
            )

    def __call__(self, share: Floats) -> Floats:
        """Return the share of potential that is won, in the shape of `share`."""
        won: Floats = self.base + (1.0 - self.base) * np.asarray(share, dtype=float) ** self.power
        return won


def checked(curve: Curve) -> Curve:
    """Return a curve that is one, or raise `OptionError`: it must not fall, and stay between 0 and 1."""
    at = np.linspace(0, 1, 101)
    try:
        won = np.asarray(curve(at), dtype=float)
    except (TypeError, ValueError) as error:
        raise OptionError(f"The 'response' must take an array of shares and return one. It said: {error}.") from error
    if won.shape != at.shape or not np.isfinite(won).all() or (np.diff(won) < -1e-12).any():
        raise OptionError("The 'response' must return a share for each share of visits, and must not fall.")
    if won.min() < -1e-12 or won.max() > 1 + 1e-12:
        raise OptionError(f"The 'response' must stay between 0 and 1. It goes from {won.min():g} to {won.max():g}.")
    return curve
