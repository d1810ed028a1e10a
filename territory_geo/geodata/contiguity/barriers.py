"""Bridges and barriers that the user states: ferries that join, rivers and mountains that part.

Bridges are a table of ids, barriers are lines or areas on the map.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata.ids import texts
from territory_geo.geodata.readers.tables import read_delimited
from territory_geo.geodata.readers.vectors import in_degrees, read_vector

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits

Ints = NDArray[np.int64]


def stated_pairs(table: pd.DataFrame | str | os.PathLike[str], unit_of: Mapping[str, str], ids: list[str]) -> Ints:
    """Return the bridges of a table or file `u,v`, as sorted positions, each once, shape (b, 2).

    Parameters
    ----------
    table : DataFrame or path
        CSV or TSV; `u` and `v` are ids of units, or of accounts, which stand for the units they lie in. Other
        columns (a name, say) are not read.
    unit_of : mapping
        Unit of each id, as text.
    ids : list of str
        The units.

    Raises
    ------
    DataError
        If a column is missing, an id is unknown, or both ends are one unit; every row is named.
    """
    source = "The bridges"
    if not isinstance(table, pd.DataFrame):
        path = Path(table)
        if not path.is_file():
            raise DataError(f"{path} {'is a folder' if path.exists() else 'does not exist'}. Name a table of bridges.")
        source, table = str(path), read_delimited(path)
    missing = [name for name in ("u", "v") if name not in table.columns]
    if missing:
        raise DataError(f"{source} need the columns u and v; missing: {', '.join(missing)}.")
    position = {id_: i for i, id_ in enumerate(ids)}
    problems, pairs = [], []
    for row, (u, v) in enumerate(zip(texts(table["u"]), texts(table["v"]), strict=True), 1):
        ends = [unit_of.get(str(end).strip()) for end in (u, v)]
        strangers = [end for end, unit in zip((u, v), ends, strict=True) if unit is None]
        if strangers:
            problems.append(f"row {row}: {', '.join(map(repr, strangers))} is neither a unit nor an account")
        elif ends[0] == ends[1]:
            problems.append(f"row {row}: both ends lie in unit {ends[0]!r}")
        else:
            pairs.append(sorted(position[str(unit)] for unit in ends))
    if problems:
        more = [f"… and {len(problems) - 5} more"] if len(problems) > 5 else []
        raise DataError(f"{source} cannot be used:\n" + "\n".join(f"  {line}" for line in [*problems[:5], *more]))
    return np.unique(np.array(pairs, dtype=np.int64).reshape(-1, 2), axis=0)


class Barriers:
    """Lines and areas that part neighbours, in the units' plane.

    Parameters
    ----------
    layer : GeoDataFrame or path
        Lines (rivers, ridges, closed borders) or polygons (lakes, mountains); points and empty shapes are
        counted as `ignored`.
    units : BasicUnits
        What they part.

    Raises
    ------
    DataError
        If the file cannot be read, holds no line or polygon, or is planar where the units are not (or the
        other way round).
    """

    def __init__(self, layer: Any, units: BasicUnits) -> None:
        frame = layer if isinstance(layer, pd.DataFrame) else read_vector(Path(layer))
        source = "the barriers" if isinstance(layer, pd.DataFrame) else str(layer)
        frame = in_degrees(frame, source)
        if (frame.crs is None) == units.geographic:
            kinds = ("planar metres", "longitude and latitude")
            have, need = kinds if units.geographic else kinds[::-1]
            raise DataError(f"{source} is in {have}, the units are in {need}. Give both the same coordinates.")
        parts = shapely.get_parts(frame.geometry.to_numpy()[frame.geometry.notna().to_numpy()])
        lines = np.isin(shapely.get_type_id(parts), (1, 2)) & ~shapely.is_empty(parts)
        solid = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
        if not (lines | solid).any():
            raise DataError(f"{source} holds no line and no polygon, so it parts nothing.")
        self.ignored = len(frame) - len(frame[frame.geom_type.str.contains("Line|Polygon", na=False)])
        """Shapes of the layer that are neither lines nor polygons."""
        self.shapes = gpd.GeoSeries(parts[lines | solid], crs=frame.crs)
        """The lines and polygons one by one, in longitude and latitude, or in metres where the units are planar."""
        plane = units.plane
        self.lines = plane.shapes_to_plane(parts[lines])
        self.solid = shapely.make_valid(plane.shapes_to_plane(parts[solid]))
        self._xy = plane.to_plane(units.xy)
        self._every = shapely.STRtree(np.concatenate([self.lines, self.solid]))
        self._lines = shapely.STRtree(self.lines)

    def cross(self, pairs: Ints, *, lines_only: bool = False) -> NDArray[np.bool_]:
        """Return which straight ways between two units' places meet a barrier (or a line of it), shape (e,)."""
        ways = shapely.linestrings(np.stack([self._xy[pairs[:, 0]], self._xy[pairs[:, 1]]], axis=1))
        crossed = np.zeros(len(pairs), dtype=bool)
        crossed[(self._lines if lines_only else self._every).query(ways, predicate="intersects")[0]] = True
        return crossed

    def without(self, land: Any) -> Any:
        """Return a land mask without the barriers that are areas."""
        if not len(self.solid):
            return land
        return shapely.difference(land, shapely.union_all(self.solid))
