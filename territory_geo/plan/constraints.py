"""What the business insists on: small frozen statements, each with an id and a text form.

All of them are hard. A constraint names units and territories by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from territory_geo.errors import OptionError
from territory_geo.geodata.clean import id_text


def _ids(units: Any, name: str) -> tuple[str, ...]:
    values = [units] if isinstance(units, str) or not isinstance(units, Iterable) else list(units)
    ids = tuple(dict.fromkeys(id_text(value) for value in values))
    if not ids or not all(ids):
        raise OptionError(f"The 'units' of a {name} must be one or more unit ids. Got {units!r} instead.")
    return ids


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


@dataclass(frozen=True)
class Lock:
    """Units that must be in a given territory.

    Parameters
    ----------
    units : id or ids
        Account or area ids; where accounts on one spot form one unit, it holds for all of them.
    territory : str
        The territory they belong to. A territory that a constraint names keeps that name.

    Examples
    --------
    >>> print(Lock(["06037", "06059"], "West"))
    2 units (06037, 06059) stay in West
    """

    units: tuple[str, ...]
    territory: str

    def __init__(self, units: Any, territory: str) -> None:
        object.__setattr__(self, "units", _ids(units, "Lock"))
        object.__setattr__(self, "territory", str(territory))

    @property
    def id(self) -> str:
        """A short name for messages."""
        return f"lock:{self.units[0]}{'+' * (len(self.units) > 1)}>{self.territory}"

    def __str__(self) -> str:
        return f"{_listed(self.units)} {'stays' if len(self.units) == 1 else 'stay'} in {self.territory}"


@dataclass(frozen=True)
class Forbid:
    """Units that must not be in a given territory.

    Parameters
    ----------
    units : id or ids
        Account or area ids; where accounts on one spot form one unit, it holds for all of them.
    territory : str
        The territory they must not belong to.

    Examples
    --------
    >>> print(Forbid("06037", "West"))
    unit 06037 is kept out of West
    """

    units: tuple[str, ...]
    territory: str

    def __init__(self, units: Any, territory: str) -> None:
        object.__setattr__(self, "units", _ids(units, "Forbid"))
        object.__setattr__(self, "territory", str(territory))

    @property
    def id(self) -> str:
        """A short name for messages."""
        return f"forbid:{self.units[0]}{'+' * (len(self.units) > 1)}>{self.territory}"

    def __str__(self) -> str:
        return f"{_listed(self.units)} {'is' if len(self.units) == 1 else 'are'} kept out of {self.territory}"


Constraint = Lock | Forbid


def _listed(units: tuple[str, ...]) -> str:
    shown = ", ".join(units[:3]) + (", …" if len(units) > 3 else "")
    return f"unit {shown}" if len(units) == 1 else f"{len(units)} units ({shown})"
