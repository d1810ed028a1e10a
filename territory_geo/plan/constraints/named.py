"""What all constraints share: ids as text, a short name for messages, the listing of units in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from territory_geo.errors import OptionError
from territory_geo.geodata.clean import id_text


class Named:
    """A statement with an id: the name that the user gave it, else one made of its content."""

    name: str | None

    @property
    def id(self) -> str:
        """A short name for messages."""
        return self.name or self._usual_id

    @property
    def _usual_id(self) -> str:
        raise NotImplementedError

    def _keep(self, **fields: Any) -> None:
        """Set the fields of a frozen statement, and check its name."""
        name = fields.get("name")
        if name is not None and (not isinstance(name, str) or not name.strip()):
            raise OptionError(
                f"The 'name' of a {type(self).__name__} must be text, such as 'L17'. Got {name!r} instead."
            )
        for field, value in fields.items():
            object.__setattr__(self, field, value)


def unit_ids(units: Any, kind: str, least: int = 1) -> tuple[str, ...]:
    """Return unit ids as text, each once, in the order given.

    Raises
    ------
    OptionError
        If there are fewer than `least`, or one is empty.
    """
    values = [units] if isinstance(units, str) or not isinstance(units, Iterable) else list(units)
    ids = tuple(dict.fromkeys(id_text(value) for value in values))
    if len(ids) < least or not all(ids):
        count = "one or more unit ids" if least == 1 else f"{least} or more different unit ids"
        raise OptionError(
            f"The 'units' of a{'n' * (kind[0] in 'AEIOU')} {kind} must be {count}. Got {units!r} instead."
        )
    return ids


def territory_id(territory: Any, kind: str) -> str:
    """Return a territory's id as text."""
    text = id_text(territory)
    if not text:
        raise OptionError(
            f"The 'territory' of a {kind} must be a territory's (or a rep's) id. Got {territory!r} instead."
        )
    return text


def amount_of(value: Any, option: str, kind: str, *, infinite: bool = False) -> float:
    """Return a number of at least 0.

    Raises
    ------
    OptionError
        If it is no number, negative, or infinite where it must not be.
    """
    try:
        amount = float("nan") if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        amount = float("nan")
    if not amount >= 0 or (amount == float("inf") and not infinite):
        more = " (or inf)" if infinite else ""
        raise OptionError(f"The '{option}' of a {kind} must be a number of at least 0{more}. Got {value!r} instead.")
    return amount


def listed(units: tuple[str, ...]) -> str:
    """Return units in words: the first three by id."""
    shown = ", ".join(units[:3]) + (", …" if len(units) > 3 else "")
    return f"unit {shown}" if len(units) == 1 else f"{len(units)} units ({shown})"


def first_of(units: tuple[str, ...]) -> str:
    """Return the first unit, with a plus sign where there are more."""
    return f"{units[0]}{'+' * (len(units) > 1)}"
