"""What is minimised: the weighted travel from each unit to the centre of its territory."""

from __future__ import annotations

from dataclasses import dataclass

from territory_geo.errors import OptionError
from territory_geo.geodata.distance import Distance
from territory_geo.geodata.matrix import DistanceMatrix

CENTERS = ("unit", "centroid", "home")
"""Where trips can start."""


@dataclass(frozen=True)
class Travel:
    """Minimise the weighted travel from each unit to the centre of its territory.

    Parameters
    ----------
    distance : GreatCircle, Planar or DistanceMatrix, optional
        How travel is measured; left out: straight lines that fit the units' coordinates. A matrix ``.by("hours")``
        makes driving hours what is minimised, all others kilometres.
    power : {1, 2}, default 1
        1: kilometres (hours); 2: their squares, which punishes long ways and rounds the territories.
    weight : str or None, default "auto"
        The measure that counts each unit's trips; "auto" is the first balanced measure, None counts each
        unit once.
    center : {"unit", "centroid", "home"}, default "unit"
        Where trips start. "unit": the unit of the territory from which travel to its other units is least.
        "centroid": the weighted mean of its units' coordinates (on the globe, the point of the surface above it).
        "home": the rep's home; the problem then needs `reps`.

    Raises
    ------
    OptionError
        If an option is unusable, or centroids are asked for with a table of distances, which has no rows for them.
    """

    distance: Distance | DistanceMatrix | None = None
    power: int = 1
    weight: str | None = "auto"
    center: str = "unit"

    def __post_init__(self) -> None:
        if self.power not in (1, 2):
            raise OptionError(f"The 'power' parameter of Travel must be 1 or 2. Got {self.power!r} instead.")
        if self.center not in CENTERS:
            raise OptionError(
                f"The 'center' parameter of Travel must be one of {CENTERS}. Got {self.center!r} instead."
            )
        if self.distance is not None and not (
            isinstance(self.distance, DistanceMatrix)
            or (hasattr(self.distance, "place") and hasattr(self.distance, "between"))
        ):
            raise OptionError(
                f"The 'distance' of Travel must be GreatCircle(), Planar() or a DistanceMatrix; a file is read by "
                f"DistanceMatrix.read('ways.csv'). Got {type(self.distance).__name__} instead."
            )
        if self.center == "centroid" and isinstance(self.distance, DistanceMatrix):
            raise OptionError(
                "A DistanceMatrix knows no way to a centroid, which is no place of its table. "
                "Use center='unit' or center='home'."
            )
