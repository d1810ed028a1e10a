"""Units and territories by name: units locked to a territory, units kept out of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from territory_geo.plan.constraints.named import Named, first_of, listed, territory_id, unit_ids


@dataclass(frozen=True, init=False)
class Lock(Named):
    """Units that must be in a given territory.

    Parameters
    ----------
    units : id or ids
        Account or area ids; where accounts on one spot form one unit, it holds for all of them.
    territory : str
        The territory they belong to. A territory that a constraint names keeps that name; with reps, or a
        current alignment, it is a rep's id.
    name : str, optional
        What messages call it.

    Examples
    --------
    >>> print(Lock(["06037", "06059"], "West"))
    2 units (06037, 06059) stay in West
    """

    units: tuple[str, ...]
    territory: str
    name: str | None

    def __init__(self, units: Any, territory: str, *, name: str | None = None) -> None:
        self._keep(units=unit_ids(units, "Lock"), territory=territory_id(territory, "Lock"), name=name)

    @property
    def _usual_id(self) -> str:
        return f"lock:{first_of(self.units)}>{self.territory}"

    def __str__(self) -> str:
        return f"{listed(self.units)} {'stays' if len(self.units) == 1 else 'stay'} in {self.territory}"


@dataclass(frozen=True, init=False)
class Forbid(Named):
    """Units that must not be in a given territory: accounts that a rep must not have.

    Parameters
    ----------
    units : id or ids
        Account or area ids; where accounts on one spot form one unit, it holds for all of them.
    territory : str
        The territory they must not belong to; with reps, or a current alignment, a rep's id.
    name : str, optional
        What messages call it.

    Examples
    --------
    >>> print(Forbid("06037", "West"))
    unit 06037 is kept out of West
    """

    units: tuple[str, ...]
    territory: str
    name: str | None

    def __init__(self, units: Any, territory: str, *, name: str | None = None) -> None:
        self._keep(units=unit_ids(units, "Forbid"), territory=territory_id(territory, "Forbid"), name=name)

    @property
    def _usual_id(self) -> str:
        return f"forbid:{first_of(self.units)}>{self.territory}"

    def __str__(self) -> str:
        return f"{listed(self.units)} {'is' if len(self.units) == 1 else 'are'} kept out of {self.territory}"
