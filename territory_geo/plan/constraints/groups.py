"""Units and each other: groups that stay together, groups whose members are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from territory_geo.plan.constraints.named import Named, first_of, listed, unit_ids


@dataclass(frozen=True, init=False)
class Together(Named):
    """Units that must be in one territory, whichever it is: a head office and its branches.

    Parameters
    ----------
    units : ids
        Two or more account or area ids.
    name : str, optional
        What messages call it.

    Notes
    -----
    Accounts of a group may lie in one unit; what is left of the group is then that unit, and nothing to insist on.

    Examples
    --------
    >>> print(Together(["A1", "A2", "A3"]))
    3 units (A1, A2, A3) stay together
    """

    units: tuple[str, ...]
    name: str | None

    def __init__(self, units: Any, *, name: str | None = None) -> None:
        self._keep(units=unit_ids(units, "Together", 2), name=name)

    @classmethod
    def _of_units(cls, units: tuple[str, ...], name: str | None) -> Together:
        """Return a group in the ids of units, of which there may be one."""
        group = object.__new__(cls)
        group._keep(units=tuple(dict.fromkeys(units)), name=name)
        return group

    @property
    def _usual_id(self) -> str:
        return f"together:{first_of(self.units)}"

    def __str__(self) -> str:
        return f"{listed(self.units)} {'stays' if len(self.units) == 1 else 'stay'} together"


@dataclass(frozen=True, init=False)
class Apart(Named):
    """Units of which no two may be in the same territory: competitors who must not share a rep.

    Parameters
    ----------
    units : ids
        Two or more account or area ids, in as many different units.
    name : str, optional
        What messages call it.

    Examples
    --------
    >>> print(Apart(["A1", "B7"]))
    2 units (A1, B7) are kept apart
    """

    units: tuple[str, ...]
    name: str | None

    def __init__(self, units: Any, *, name: str | None = None) -> None:
        self._keep(units=unit_ids(units, "Apart", 2), name=name)

    @property
    def _usual_id(self) -> str:
        return f"apart:{first_of(self.units)}"

    def __str__(self) -> str:
        return f"{listed(self.units)} are kept apart"
