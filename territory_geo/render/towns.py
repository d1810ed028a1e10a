"""Towns around a plan, largest first, for orientation and search; the browser shows more of them with each zoom."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.geodata import samples
from territory_geo.render.packing import pack_array
from territory_geo.render.shapes import Frame

if TYPE_CHECKING:
    import pandas as pd

CREDIT = "Towns: GeoNames (CC BY 4.0)"
"""Source of the towns, shown in the corner of the map."""
MOST_TOWNS = 2_500
"""Towns that a map carries, the largest in its frame."""

# A little beyond the plan, so that the towns across its border are there too.
_SURROUNDINGS = 0.08


# Names of one place: so near in degrees, and so alike in inhabitants.
_NEAR, _ALIKE = 0.2, 0.1


@cache
def largest_towns() -> pd.DataFrame:
    """Return the towns that ship, the largest first, without quarters listed with the inhabitants of their city."""
    table = samples.us_towns()
    table = table[~named_twice(table)]
    return table.sort_values(["population", "geonameid"], ascending=[False, True], kind="stable", ignore_index=True)


def named_twice(towns: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which entries are a quarter that GeoNames lists with the inhabitants of its city, shape (n,).

    Such as New South Memphis, beside Memphis: the name ends with the city's, which lies near and has about as many.

    Parameters
    ----------
    towns : DataFrame
        `name`, `state`, `lat`, `lon`, `population`.
    """
    rows = list(towns[["name", "state", "lat", "lon", "population"]].itertuples(index=False, name=None))
    known: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for name, state, lat, lon, people in rows:
        known.setdefault((name, state), []).append((lat, lon, people))
    found = np.zeros(len(rows), dtype=np.bool_)
    for i, (name, state, lat, lon, people) in enumerate(rows):
        words = name.split()
        for k in range(1, len(words)):
            for north, east, most in known.get((" ".join(words[k:]), state), []):
                near = abs(north - lat) < _NEAR and abs(east - lon) < _NEAR
                found[i] |= near and abs(people - most) <= _ALIKE * most
    return found


def towns_data(frame: Frame) -> dict[str, Any] | None:
    """Return the largest towns in a frame, or None where it has none.

    Parameters
    ----------
    frame : Frame
        What the map shows.

    Returns
    -------
    dict or None
        ``name``, ``state``, packed ``x`` and ``y`` (steps of ``grid`` from ``origin``) and ``population``.
    """
    if not frame.geographic:
        return None
    table = largest_towns()
    points = frame.place(np.asarray(shapely.points(table[["lon", "lat"]].to_numpy(dtype=float)), dtype=object))
    x, y = shapely.get_x(points), shapely.get_y(points)
    west, south, east, north = frame.bounds
    reach = frame.extent * _SURROUNDINGS
    inside = (x > west - reach) & (x < east + reach) & (y > south - reach) & (y < north + reach)
    rows = np.flatnonzero(inside)[:MOST_TOWNS]
    if not len(rows):
        return None
    grid, kept = frame.grid, table.iloc[rows]
    return {
        "grid": grid,
        "origin": [west, south],
        "x": pack_array(np.rint((x[rows] - west) / grid)),
        "y": pack_array(np.rint((y[rows] - south) / grid)),
        "name": kept["name"].tolist(),
        "state": kept["state"].tolist(),
        "population": pack_array(kept["population"].to_numpy(dtype=np.int64)),
    }
