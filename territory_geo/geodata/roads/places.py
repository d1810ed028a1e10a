"""What can be joined to a road network: units, reps, accounts or any table of points, as ids and coordinates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import id_text
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits

Floats = NDArray[np.float64]


def ids_and_lonlat(*sources: Any) -> tuple[list[str], Floats]:
    """Return ids and longitude, latitude, shape (p, 2), of BasicUnits, Reps or GeoDataFrames of points (EPSG:4326).

    Raises
    ------
    OptionError
        If a source is something else, or not in longitude and latitude.
    DataError
        If two places have one id.
    """
    ids, parts = [], []
    for source in sources:
        if isinstance(source, BasicUnits):
            crs, names, xy = source.frame.crs, source.ids, source.xy
        else:
            frame = source.frame if isinstance(source, Reps) else source
            if not hasattr(frame, "geometry") or not hasattr(frame, "crs"):
                raise OptionError(
                    f"Places must be BasicUnits, Reps or a GeoDataFrame of points whose index is the id. "
                    f"Got {type(source).__name__} instead."
                )
            crs = frame.crs
            if (frame.geometry.geom_type != "Point").any():
                raise OptionError("Places must be points. Some shapes of the GeoDataFrame are not.")
            names = [id_text(value) for value in frame.index]
            xy = np.column_stack([frame.geometry.x, frame.geometry.y])
        if crs is None or crs.to_epsg() != 4326:
            raise OptionError("A road network needs places in longitude and latitude (EPSG:4326), not in a plane.")
        ids += names
        parts.append(np.asarray(xy, dtype=float))
    repeated = list(_repeated(ids))
    if repeated:
        raise DataError(f"Two places have the id {', '.join(repeated[:5])}. Units and reps need ids of their own.")
    if not ids:
        raise DataError("There are no places to join to the road network.")
    return ids, np.concatenate(parts)


def _repeated(ids: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for id_ in ids:
        if id_ in seen:
            yield id_
        seen.add(id_)
