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
    """Return ids and longitude, latitude, shape (p, 2), of BasicUnits, Reps or GeoDataFrames of points (any CRS).

    Raises
    ------
    OptionError
        If a source is something else, or in a plane without a CRS.
    DataError
        If two places have one id.
    """
    ids, parts = [], []
    for source in sources:
        if isinstance(source, BasicUnits):
            _require_degrees(source.frame.crs)
            names, xy = source.ids, source.xy
        else:
            frame = source.frame if isinstance(source, Reps) else source
            if not hasattr(frame, "geometry") or not hasattr(frame, "crs"):
                raise OptionError(
                    f"Places must be BasicUnits, Reps or a GeoDataFrame of points whose index is the id. "
                    f"Got {type(source).__name__} instead."
                )
            _require_degrees(frame.crs)
            if (frame.geometry.geom_type != "Point").any():
                raise OptionError("Places must be points. Some shapes of the GeoDataFrame are not.")
            names = [id_text(value) for value in frame.index]
            points = frame.geometry.to_crs(4326)
            xy = np.column_stack([points.x, points.y])
        ids += names
        parts.append(np.asarray(xy, dtype=float))
    repeated = list(_repeated(ids))
    if repeated:
        raise DataError(f"Two places have the id {', '.join(repeated[:5])}. Units and reps need ids of their own.")
    if not ids:
        raise DataError("There are no places to join to the road network.")
    return ids, np.concatenate(parts)


def _require_degrees(crs: Any) -> None:
    if crs is None:
        raise OptionError(
            "A road network needs places on the globe. These are in a plane without a coordinate reference system: "
            "read them as longitude and latitude, or give their CRS."
        )


def _repeated(ids: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for id_ in ids:
        if id_ in seen:
            yield id_
        seen.add(id_)
