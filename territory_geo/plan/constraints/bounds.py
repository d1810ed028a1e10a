"""The least and the most that a territory may hold: of a measure, or of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from territory_geo.errors import OptionError
from territory_geo.plan.constraints.named import Named


@dataclass(frozen=True)
class Bounds:
    """The least and the most of a measure that each territory may hold.

    Parameters
    ----------
    lower, upper : float
        In the measure's own unit; both are allowed values.
    """

    lower: float
    upper: float

    def __post_init__(self) -> None:
        if not 0 <= self.lower <= self.upper:
            raise OptionError(f"Bounds need 0 <= lower <= upper. Got lower={self.lower!r}, upper={self.upper!r}.")

    def __str__(self) -> str:
        return f"{self.lower:,g} to {self.upper:,g}"


@dataclass(frozen=True, init=False)
class AccountRange(Named):
    """The least and the most accounts that each territory may hold.

    Parameters
    ----------
    lower, upper : int
        Numbers of accounts (the built-in measure `accounts`); both are allowed values.
    name : str, optional
        What messages call it.

    Examples
    --------
    >>> print(AccountRange(80, 200))
    each territory holds 80 to 200 accounts
    """

    lower: int
    upper: int
    name: str | None

    def __init__(self, lower: int, upper: int, *, name: str | None = None) -> None:
        whole = [_whole(value) for value in (lower, upper)]
        if whole[0] is None or whole[1] is None or not 0 <= whole[0] <= whole[1]:
            raise OptionError(
                f"An AccountRange needs whole numbers with 0 <= lower <= upper. Got lower={lower!r}, upper={upper!r}."
            )
        self._keep(lower=whole[0], upper=whole[1], name=name)

    @property
    def _usual_id(self) -> str:
        return f"accounts:{self.lower}-{self.upper}"

    def __str__(self) -> str:
        return f"each territory holds {self.lower:,} to {self.upper:,} accounts"


def _whole(value: Any) -> int | None:
    try:
        return int(value) if not isinstance(value, (bool, str)) and int(value) == value else None
    except (TypeError, ValueError, OverflowError):
        return None
