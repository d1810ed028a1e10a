"""Fitting straight lines to real roads: the detour and the speeds that a sample of trips has.

So that a million accounts, for which no table of roads can be held, get realistic kilometres and hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.distance import GreatCircle
from territory_geo.geodata.roads.network import SNAP_KM, RoadNetwork
from territory_geo.geodata.roads.places import ids_and_lonlat
from territory_geo.geodata.roads.snapping import snapped
from territory_geo.geodata.roads.travel import RoadTravel
from territory_geo.geodata.speed import SpeedProfile

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.geodata.reps import Reps
    from territory_geo.geodata.units import BasicUnits

Floats = NDArray[np.float64]

FASTEST_KMH = 130.0
"""Fitted speeds stay below."""


@dataclass(frozen=True)
class Calibration:
    """A great-circle distance fitted to a road network, and how well it fits.

    Parameters
    ----------
    distance : GreatCircle
        With the fitted detour and speeds.
    trips : int
        Trips of the sample; half of them were fitted, the other half tell the errors.
    errors : DataFrame
        Index `km`, `hours`; `median` and `p90` of the error of a trip as a share of its true value, and `total`: the
        error of the sum of all trips, with its sign.
    """

    distance: GreatCircle
    trips: int
    errors: pd.DataFrame

    def __repr__(self) -> str:
        speed = self.distance.speed
        assert speed is not None
        said = "; ".join(
            f"{unit}: median error {100 * row['median']:.0f} %, nine of ten below {100 * row['p90']:.0f} %"
            for unit, row in self.errors.iterrows()
        )
        kmh = ", ".join(f"{v:.0f}" for v in speed.kmh)
        return f"<Calibration: detour {self.distance.detour:.2f}, {kmh} km/h; {self.trips:,} trips, {said}>"


def calibrate(
    network: RoadNetwork,
    points: BasicUnits | Reps | gpd.GeoDataFrame,
    *,
    sample: int = 200,
    bands: int = 3,
    seed: int = 0,
    snap_km: float = SNAP_KM,
) -> Calibration:
    """Fit the detour and the speeds of straight lines to a road network.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    points : BasicUnits, Reps or GeoDataFrame of points
        Places like those that will be measured; their trips should be as long as those of the design.
    sample : int, default 200
        Places to draw; trips between all of them are used.
    bands : int, default 3
        Bands of the speed profile; their ends cut the trips into equally many.
    seed : int
        Of the draw.
    snap_km : float
        As in `RoadNetwork.travel`.

    Returns
    -------
    Calibration
        Its `distance` goes into `Travel`.

    Raises
    ------
    DataError
        If fewer than three places of the sample lie apart.

    Notes
    -----
    The detour is the ratio of all road kilometres to all straight ones. The times per kilometre of the bands are
    the bounded least-squares solution with each squared error divided by the length of its trip (scipy's
    `lsq_linear`), which keeps the sum of all hours. Both are fitted on
    a random half of the trips and judged on the other.
    """
    for name, value, least in (("sample", sample, 3), ("bands", bands, 1)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise OptionError(f"The {name!r} parameter must be an int of at least {least}. Got {value!r} instead.")
    rng = np.random.default_rng(seed)
    ids, lonlat = ids_and_lonlat(points)
    # Drawn in the order of the ids, so that the order of rows does not matter.
    order = np.argsort(np.array(ids), kind="stable")
    drawn = np.sort(rng.choice(len(ids), size=min(sample, len(ids)), replace=False))
    chosen = order[drawn]
    travel = RoadTravel(network.pieces, snapped(network.pieces, [ids[i] for i in chosen], lonlat[chosen], snap_km))
    straight, km, hours = _trips(travel)
    half = rng.permutation(len(straight)) % 2 == 0
    if half.sum() < 2 or (~half).sum() < 1:
        raise DataError("Fewer than three places of the sample lie apart. Draw more, or take other points.")
    detour = max(1.0, float(km[half].sum() / straight[half].sum()))
    speed = _speeds(detour * straight[half], hours[half], bands)
    distance = GreatCircle(detour=detour, speed=speed)
    guess_km = detour * straight[~half]
    errors = pd.DataFrame(
        [_errors(guess_km, km[~half]), _errors(speed.hours(guess_km), hours[~half])],
        index=pd.Index(["km", "hours"], name="measure"),
    )
    return Calibration(distance, len(straight), errors)


def _trips(travel: RoadTravel) -> tuple[Floats, Floats, Floats]:
    """Return straight kilometres, road kilometres and hours of all trips between places that lie apart on the road."""
    matrix = travel.matrix()
    assert matrix.hours is not None
    a, b = np.nonzero(~np.eye(len(matrix.ids), dtype=bool))
    # From road to road, as the network measures: the way from a place to its road is in neither.
    met = travel.places[["road_lon", "road_lat"]].to_numpy()
    straight = GreatCircle().between(met[a], met[b]) if len(a) else np.empty(0)
    km, hours = matrix.km[a, b], matrix.hours[a, b]
    apart = (straight > 1e-6) & (km > 0) & (hours > 0)
    return straight[apart], km[apart], hours[apart]


def _speeds(km: Floats, hours: Floats, bands: int) -> SpeedProfile:
    """Return the profile that fits trips of so many kilometres best."""
    ends = np.unique(np.quantile(km, np.arange(1, bands) / bands).round(3)) if bands > 1 else np.empty(0)
    ends = ends[(ends > 0) & (ends < km.max())]
    unfitted = SpeedProfile(kmh=(1.0,) * (len(ends) + 1), upto_km=tuple(ends.tolist()))
    # Divided by the root of its length, no trip rules the fit, and the sum of all hours comes out right: the bands of
    # a trip add up to its length, so that the normal equations do to the sum of all errors. The unknowns are the last
    # band's time per kilometre and what each band before it adds: speeds cannot fall as trips grow.
    so_far = np.cumsum(unfitted.in_bands(km), axis=1)
    root = np.sqrt(km)
    least = np.append(np.zeros(len(ends)), 1.0 / FASTEST_KMH)
    found = lsq_linear(so_far / root[:, None], hours / root, (least, np.inf))
    pace = np.cumsum(found.x[::-1])[::-1]
    return SpeedProfile(kmh=tuple((1.0 / pace).round(3).tolist()), upto_km=tuple(ends.tolist()))


def _errors(guess: Floats, true: Floats) -> dict[str, float]:
    share = np.abs(guess - true) / true
    return {
        "median": float(np.median(share)),
        "p90": float(np.quantile(share, 0.9)),
        "total": float(guess.sum() / true.sum() - 1.0),
    }
