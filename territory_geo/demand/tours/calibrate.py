"""How well the estimate of tours fits: OR-Tools' round tours through samples of neighbouring stops, and their error."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from territory_geo.demand.tours.estimate import TourModel
from territory_geo.errors import OptionError
from territory_geo.geodata.distance import GreatCircle, Planar
from territory_geo.geodata.units import BasicUnits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TICKS = 1000
"""Steps per kilometre: OR-Tools counts in whole numbers."""
LOOKED_AT = 100
"""Tours that OR-Tools looks at for each sample: a count, so that a run repeats."""
FEWEST = 5
"""Stops below which a tour says nothing about the country."""


@dataclass(frozen=True, eq=False)
class TourFit:
    """What a sample of tours says about the estimate.

    Parameters
    ----------
    tours : TourModel
        With the factor that fits the first half of the samples.
    error, error_before : float
        Mean deviation of the estimate from OR-Tools' tours, as a share, in the other half: with the fitted factor, and
        with the one there was.
    table : DataFrame
        A row per sample: `stops`, `tour_km` (OR-Tools), `estimated_km` (fitted), `error` (share, signed), `used` (fit
        or test).
    """

    tours: TourModel
    error: float
    error_before: float
    table: pd.DataFrame

    def __repr__(self) -> str:
        return (
            f"<TourFit: local {self.tours.local:.3f}, off by {100 * self.error:.1f} % on tours it was not fitted to "
            f"({100 * self.error_before:.1f} % before)>"
        )


def calibrate_tours(
    units: BasicUnits, tours: TourModel | None = None, *, samples: int = 16, stops: int = 60, seed: int = 0
) -> TourFit:
    """Fit the hops of the estimate to OR-Tools' shortest tours, and say how far off it is.

    Parameters
    ----------
    units : BasicUnits
        Points; each sample is one of them and those nearest to it.
    tours : TourModel, optional
        To start from.
    samples : int, default 16
        How many tours: one half to fit, the other half to tell the error. At least 2.
    stops : int, default 60
        Stops of each tour; fewer where there are not so many units. At least 5.
    seed : int, default 0
        Of the choice of samples.

    Raises
    ------
    OptionError
        If there are too few units, samples or stops.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> table = pd.DataFrame({"id": range(400), "x": rng.uniform(0, 1e5, 400), "y": rng.uniform(0, 1e5, 400)})
    >>> units = BasicUnits.from_table(table, id="id", x="x", y="y", measures=[])
    >>> fit = calibrate_tours(units, samples=4, stops=40)
    >>> 0.6 < fit.tours.local < 0.9, fit.error < 0.2
    (True, True)

    References
    ----------
    Beardwood, Halton & Hammersley 1959.
    """
    model = tours or TourModel()
    size = min(stops, len(units))
    for name, value, least in (("samples", samples, 2), ("stops", stops, FEWEST)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise OptionError(f"The {name!r} parameter must be an int of at least {least}. Got {value!r} instead.")
    if size < FEWEST:
        raise OptionError(f"{len(units)} units are too few to calibrate tours: {FEWEST} are needed.")
    plane = units.plane.to_plane(units.xy)
    root = np.sqrt(shapely.area(units.shapes) / 1e6)
    straight = GreatCircle() if units.geographic else Planar()
    chosen = np.random.default_rng(seed).choice(len(units), size=min(samples, len(units)), replace=False)
    rows = []
    for number, unit in enumerate(chosen):
        near = np.atleast_1d(cKDTree(plane).query(plane[unit], k=size)[1])
        xy = units.xy[np.sort(near)]
        a, b = np.repeat(np.arange(size), size), np.tile(np.arange(size), size)
        km = straight.between(xy[a], xy[b]).reshape(size, size)
        used = "fit" if number % 2 == 0 else "test"
        rows.append({"stops": size, "tour_km": tour_km(km), "root": float(root[near].sum()), "used": used})
    table = pd.DataFrame(rows)
    fit = table[(table["used"] == "fit") & (table["root"] > 0)]
    if fit.empty or fit["tour_km"].sum() <= 0:
        raise OptionError("All units of the samples lie on one spot: there is no tour to fit to.")
    # Least squares of relative errors: each sample counts alike, wherever it lies.
    ratio = (fit["root"] / fit["tour_km"]).to_numpy()
    local = float(ratio.sum() / (ratio**2).sum())
    test = table[table["used"] == "test"]
    error, before = (float((f * test["root"] / test["tour_km"] - 1).abs().mean()) for f in (local, model.local))
    table["estimated_km"] = local * table["root"]
    table["error"] = table["estimated_km"] / table["tour_km"] - 1
    return TourFit(replace(model, local=local), error, before, table.drop(columns="root"))


def tour_km(km: Floats) -> float:
    """Return the length of a short round tour through all places of a table of distances, by OR-Tools.

    Examples
    --------
    >>> square = np.array([[0, 1, 2**0.5, 1], [1, 0, 1, 2**0.5], [2**0.5, 1, 0, 1], [1, 2**0.5, 1, 0]])
    >>> tour_km(square)
    4.0
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    n = len(km)
    manager = pywrapcp.RoutingIndexManager(n, 1, 0)
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(
        routing.RegisterTransitMatrix(np.round(km * TICKS).astype(np.int64).tolist())
    )
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.solution_limit = LOOKED_AT
    answer = routing.SolveWithParameters(parameters)
    return float(answer.ObjectiveValue()) / TICKS
