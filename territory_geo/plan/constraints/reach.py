"""Units and places: how far from its centre a territory reaches, and where its rep lives."""

from __future__ import annotations

from dataclasses import dataclass

from territory_geo.errors import OptionError
from territory_geo.plan.constraints.named import Named, amount_of


@dataclass(frozen=True, init=False)
class MaxRadius(Named):
    """The farthest that a unit may lie from the centre of its territory.

    Parameters
    ----------
    km : float
        Kilometres, measured as travel is: with the objective's detour, or along the roads of its table of
        distances. Where driving hours are minimised these are still the kilometres of that table.
    name : str, optional
        What messages call it.

    Notes
    -----
    The centre is the one that the plan reports (`TerritoryPlan.centers`) and that travel is counted from. With
    ``Travel(center="unit")`` it is, among the units of the territory from which all its other units lie within
    `km`, the one of least travel; only where there is none, and the constraint is broken, the one of least travel of
    all. With "centroid" it is the centroid and with "home" the rep's home, wherever they lie.

    Examples
    --------
    >>> print(MaxRadius(km=250))
    no unit is more than 250 km from its territory's centre
    """

    km: float
    name: str | None

    def __init__(self, km: float, *, name: str | None = None) -> None:
        if (amount := amount_of(km, "km", "MaxRadius")) == 0:
            raise OptionError("The 'km' of a MaxRadius must be above 0. Got 0 instead.")
        self._keep(km=amount, name=name)

    @property
    def _usual_id(self) -> str:
        return f"max_radius:{self.km:g}"

    def __str__(self) -> str:
        return f"no unit is more than {self.km:,g} km from its territory's centre"


@dataclass(frozen=True, init=False)
class HomeInside(Named):
    """Each rep's territory contains the rep's home.

    The home's unit is the area or hexagon that contains it; where none does, and for points, the unit that lies
    nearest to it in a straight line. The problem needs `reps`.

    Parameters
    ----------
    name : str, optional
        What messages call it.

    Examples
    --------
    >>> print(HomeInside())
    each rep's territory contains the rep's home
    """

    name: str | None

    def __init__(self, *, name: str | None = None) -> None:
        self._keep(name=name)

    @property
    def _usual_id(self) -> str:
        return "home_inside"

    def __str__(self) -> str:
        return "each rep's territory contains the rep's home"
