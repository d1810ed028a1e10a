"""Units that are areas: counties, postcode areas, tracts, as a file or a table of polygons has them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata import clean
from territory_geo.geodata.columns import find_column, without_reserved
from territory_geo.geodata.measures import reject_table, with_measures
from territory_geo.geodata.notices import finding, findings_table
from territory_geo.geodata.readers.tables import sha256_of
from territory_geo.geodata.readers.vectors import in_degrees, read_areas_and_arcs
from territory_geo.geodata.topology import clean_polygons, inner_points
from territory_geo.geodata.units.parts import sorted_by_id

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, eq=False)
class AreaTable:
    """Areas as read: those that can be used, those that cannot, and what the source says about neighbours.

    Parameters
    ----------
    frame : GeoDataFrame
        One row per usable area: `row`, `id`, the source's own columns, its polygon on the precision grid.
    names : tuple of str
        The measures.
    rejects : DataFrame
        One row per refused area: `row`, `id`, `reason`.
    refused : dict of int to str
        The same reasons by the row's position in the source.
    shapes : array of polygons
        Of every row of the source, as read.
    mended : tuple of str
        Ids of areas whose outline was invalid.
    known_edges : DataFrame or None
        `u`, `v`: neighbours by shared arcs.
    source, sha256 : str
        Where the areas came from.
    """

    frame: Any
    names: tuple[str, ...]
    rejects: pd.DataFrame
    refused: dict[int, str]
    shapes: NDArray[Any]
    mended: tuple[str, ...]
    known_edges: pd.DataFrame | None
    source: str
    sha256: str
    findings: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class LoadedAreas:
    """Areas as a file or a table has them: in degrees or planar, with the pairs of rows that share an arc."""

    frame: Any
    arcs: tuple[Any, Any] | None
    source: str
    sha256: str

    @classmethod
    def of(cls, areas: gpd.GeoDataFrame | str | os.PathLike[str], layer: str | None) -> LoadedAreas:
        """Load areas from a file or take a table."""
        if isinstance(areas, pd.DataFrame):
            return cls(in_degrees(areas, "the areas"), None, "the areas", "")
        path = Path(areas)
        frame, arcs = read_areas_and_arcs(path, layer)
        return cls(in_degrees(frame, path.name), arcs, path.name, sha256_of(path))

    @property
    def columns(self) -> list[str]:
        """Names of the columns, without the geometry's."""
        return [str(name) for name in self.frame.columns if name != self.frame.geometry.name]


def read_areas(loaded: LoadedAreas, *, id: str | None, measures: Sequence[str] | None) -> AreaTable:
    """Sort the usable areas from the unusable; see `BasicUnits.from_areas`."""
    import geopandas as gpd

    frame, arcs, source, sha256 = loaded.frame, loaded.arcs, loaded.source, loaded.sha256
    column = find_column("id", frame.columns, id, source=source)
    if column is None:
        raise DataError(
            f"{source} has no column that looks like an id. Its columns: "
            f"{', '.join(map(str, frame.columns))}. Name it with id=… (--id on the command line)."
        )
    ids, rows = frame[column], pd.Series(np.arange(1, len(frame) + 1))
    shapes = np.array(frame.geometry.to_numpy(), dtype=object)
    usable = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    reasons = {int(i): "the shape is missing, empty or no polygon" for i in np.flatnonzero(~usable)}
    clean.id_reasons(ids, rows, reasons)
    refused = np.array(sorted(reasons), dtype=np.int64)
    rejects = reject_table(ids.to_numpy(), rows.to_numpy(), refused, [reasons[int(i)] for i in refused])
    good, _ = without_reserved(pd.DataFrame(frame.drop(columns=frame.geometry.name)), column)
    good.insert(0, "id", ids)
    good.insert(0, "row", rows)
    good = gpd.GeoDataFrame(good, geometry=shapes, crs=frame.crs).drop(index=refused)
    table, names, rejects, said = with_measures(
        good.reset_index(drop=True), measures, rejects=rejects, source=source, roles=(column,)
    )
    polygons, invalid = clean_polygons(np.array(table.geometry.to_numpy(), dtype=object))
    mended = tuple(clean.id_text(value) for value in table["id"].to_numpy()[invalid])
    table = table.set_geometry(polygons, crs=frame.crs)
    known = None
    # A file that shares no arc at all says nothing about neighbours.
    if arcs is not None and len(arcs[0]):
        positions = pd.Series(np.arange(len(table)), index=table["row"] - 1).reindex(range(len(frame)))
        ends = np.column_stack([positions.to_numpy()[arcs[0]], positions.to_numpy()[arcs[1]]])
        ends = ends[~np.isnan(ends).any(axis=1)].astype(np.int64)
        text = table["id"].map(clean.id_text).to_numpy()
        known = pd.DataFrame({"u": text[ends[:, 0]], "v": text[ends[:, 1]]})
    by_row = {int(row) - 1: str(reason) for row, reason in zip(rejects["row"], rejects["reason"], strict=True)}
    if mended:
        said.append(finding("invalid outline", len(mended), f"area {mended[0]}", "mended"))
    return AreaTable(table, names, rejects, by_row, shapes, mended, known, source, sha256, said)


def units_of_areas(read: AreaTable) -> dict[str, Any]:
    """Return the fields of units that are areas and nothing else: each area is its own only member."""
    table = read.frame.assign(unit=read.frame["id"].to_numpy())
    polygons = np.array(table.geometry.to_numpy(), dtype=object)
    members = table.set_geometry(shapely.points(inner_points(polygons)), crs=table.crs)
    return {
        "frame": sorted_by_id(table.set_index("unit")[[*read.names, "geometry"]], table.crs),
        "measures": read.names, "members": members, "rejects": read.rejects, "kind": "areas", "source": read.source,
        "sha256": read.sha256, "mended_shapes": read.mended, "known_edges": read.known_edges,
        "findings": findings_table(read.findings),
    }  # fmt: skip
