"""Basic units: the smallest pieces that are assigned to a territory, with their activity measures.

Units come from accounts (points; accounts on one spot form one unit), from areas, or from a plain table.
They are kept in the order of their ids, so that the order of the input's rows never matters.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata import clean
from territory_geo.geodata.columns import find_column, without_reserved
from territory_geo.geodata.land import land_around
from territory_geo.geodata.measures import reject_table, with_measures
from territory_geo.geodata.plane import LocalPlane
from territory_geo.geodata.readers.tables import sha256_of
from territory_geo.geodata.readers.vectors import in_degrees, read_vector, shared_arcs
from territory_geo.geodata.topology import Cells, clean_polygons, inner_points, same_spot, voronoi_cells

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.geodata.accounts import Accounts

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BasicUnits:
    """The pieces that territories are made of.

    Use `from_accounts`, `from_areas` or `from_table`; each keeps every input row, as a member of a unit or
    as a reject.

    Parameters
    ----------
    frame : GeoDataFrame
        Index `unit`, sorted as text; one column per measure; geometry EPSG:4326, or planar metres without a CRS.
    measures : tuple of str
        The columns that can be balanced: sums over a unit's members, never negative where present.
    members : GeoDataFrame
        One row per accepted input row: `row`, `id`, `unit`, the source's own columns, a point.
    rejects : DataFrame
        One row per refused input row: `row`, `id`, `reason`.
    kind : {"points", "areas", "table"}
        What a unit is.
    source, sha256 : str
        Of the input.
    mended_shapes : tuple of str
        Ids of areas whose outline was invalid and had to be mended.
    known_edges : DataFrame, optional
        `u`, `v`: neighbours that the source itself states (TopoJSON arcs).
    land : "auto", polygon or None
        As given to `from_accounts`.
    """

    frame: gpd.GeoDataFrame
    measures: tuple[str, ...]
    members: gpd.GeoDataFrame
    rejects: pd.DataFrame
    kind: str
    source: str = "a table"
    sha256: str = ""
    mended_shapes: tuple[str, ...] = ()
    known_edges: pd.DataFrame | None = field(default=None, repr=False)
    land: Any = field(default=None, repr=False)

    @classmethod
    def from_accounts(
        cls, accounts: Accounts, *, measures: Sequence[str] | None = None, land: Any = "auto"
    ) -> BasicUnits:
        """Make one unit of each spot where accounts lie.

        Parameters
        ----------
        accounts : Accounts
            From `read_accounts`.
        measures : sequence of str, optional
            Columns to sum per unit; rows where one is missing, negative or no number become rejects. Left
            out: every numeric column. `accounts` (their number) and, where both columns exist, `visit_hours`
            (visits_per_year × visit_minutes / 60) are always there.
        land : "auto", polygon in the accounts' coordinates, or None
            Where territories may lie on the map, and what separates neighbours. "auto" takes the shipped
            outline for accounts in the United States, else the surroundings of the accounts.

        Raises
        ------
        DataError
            If a measure's column does not exist or no row is left.
        """
        import geopandas as gpd

        members, names, rejects = with_measures(
            accounts.frame, measures, rejects=accounts.rejects, source=accounts.source, roles=accounts.columns.values()
        )
        xy = np.column_stack([members.geometry.x, members.geometry.y])
        xy = LocalPlane.around(xy, geographic=members.crs is not None).to_plane(xy)
        order = np.argsort(members["id"].map(clean.id_text).to_numpy(dtype=str), kind="stable")
        leader = np.empty(len(members), dtype=np.int64)
        leader[order] = order[same_spot(xy[order])]
        members = members.assign(unit=members["id"].to_numpy()[leader])
        # Summed in the order of ids, so that shuffled rows give the same sums to the last bit.
        totals = members.iloc[order].groupby("unit", sort=False)[list(names)].sum(min_count=1)
        places = members.iloc[np.unique(leader)].set_index("unit").geometry
        frame = gpd.GeoDataFrame(totals, geometry=places.reindex(totals.index), crs=members.crs)
        return cls._sorted(
            frame, names, members, rejects, "points", source=accounts.source, sha256=accounts.sha256, land=land
        )

    @classmethod
    def from_areas(
        cls,
        areas: gpd.GeoDataFrame | str | os.PathLike[str],
        *,
        id: str | None = None,
        measures: Sequence[str] | None = None,
        layer: str | None = None,
    ) -> BasicUnits:
        """Make one unit of each area (a county, a postcode area, a tract).

        Parameters
        ----------
        areas : GeoDataFrame or path
            Polygons; any CRS, converted to EPSG:4326; without a CRS: planar metres. From a TopoJSON file,
            neighbours are read from the arcs that areas share, which is exact even where a shape is broken.
        id : str, optional
            The column with the areas' ids; left out, it is recognised by usual names.
        measures : sequence of str, optional
            As in `from_accounts`; left out: every numeric column.
        layer : str, optional
            Layer of a file that has several.

        Raises
        ------
        DataError
            If the file cannot be read, there is no id column, a measure's column does not exist, or no area
            is left.
        """
        import geopandas as gpd

        source, sha256, arcs = "the areas", "", None
        if not isinstance(areas, pd.DataFrame):
            path = Path(areas)
            areas, arcs = read_vector(path, layer=layer), shared_arcs(path, layer)
            source, sha256 = path.name, sha256_of(path)
        frame = in_degrees(areas, source)
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
        members, names, rejects = with_measures(
            good.reset_index(drop=True), measures, rejects=rejects, source=source, roles=(column,)
        )
        polygons, invalid = clean_polygons(np.array(members.geometry.to_numpy(), dtype=object))
        mended = tuple(clean.id_text(value) for value in members["id"].to_numpy()[invalid])
        members = members.assign(unit=members["id"].to_numpy()).set_geometry(polygons, crs=frame.crs)
        known = None
        # A file that shares no arc at all says nothing about neighbours.
        if arcs is not None and len(arcs[0]):
            positions = pd.Series(np.arange(len(members)), index=members["row"] - 1).reindex(range(len(frame)))
            ends = np.column_stack([positions.to_numpy()[arcs[0]], positions.to_numpy()[arcs[1]]])
            ends = ends[~np.isnan(ends).any(axis=1)].astype(np.int64)
            text = members["id"].map(clean.id_text).to_numpy()
            known = pd.DataFrame({"u": text[ends[:, 0]], "v": text[ends[:, 1]]})
        units = members.set_index("unit")[[*names, "geometry"]]
        points = shapely.points(inner_points(polygons))
        members = members.set_geometry(points, crs=frame.crs)
        return cls._sorted(
            units, names, members, rejects, "areas", source=source, sha256=sha256, mended_shapes=mended,
            known_edges=known,
        )  # fmt: skip

    @classmethod
    def from_table(
        cls, table: pd.DataFrame, *, id: str, x: str, y: str, crs: str | None = None, measures: Sequence[str]
    ) -> BasicUnits:
        """Make one unit of each row of a table with coordinates; rows on one spot stay units of their own.

        Parameters
        ----------
        table : DataFrame
            One row per unit.
        id, x, y : str
            Its columns; `x` and `y` are planar metres when `crs` is None, else longitude and latitude.
        crs : None or "EPSG:4326"
            Reference system of `x` and `y`.
        measures : sequence of str
            Columns that can be balanced.

        Raises
        ------
        DataError
            If a column does not exist or no row is left.
        """
        from territory_geo.geodata.accounts import read_accounts

        accounts = read_accounts(table, id=id, lon=x, lat=y, crs=crs)
        members, names, rejects = with_measures(
            accounts.frame, measures, rejects=accounts.rejects, source="the table", roles=accounts.columns.values()
        )
        members = members.assign(unit=members["id"].to_numpy())
        frame = members.set_index("unit")[[*names, "geometry"]]
        return cls._sorted(frame, names, members, rejects, "table")

    @classmethod
    def _sorted(
        cls, frame: Any, names: tuple[str, ...], members: Any, rejects: pd.DataFrame, kind: str, **more: Any
    ) -> BasicUnits:
        """Return the units in the order of their ids as text."""
        import geopandas as gpd

        order = np.argsort(np.array([clean.id_text(value) for value in frame.index]), kind="stable")
        ordered = gpd.GeoDataFrame(frame.iloc[order], geometry="geometry", crs=members.crs)
        return cls(ordered, names, members, rejects, kind, **more)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return (
            f"<BasicUnits: {len(self):,} {self.kind} from {len(self.members):,} rows "
            f"({len(self.rejects):,} rejected), measures: {', '.join(self.measures)}>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"units": f"{len(self):,} ({self.kind})", "rows": f"{len(self.members):,}"}
        entries |= {"rejected": f"{len(self.rejects):,}", "shapes mended": f"{len(self.mended_shapes):,}"}
        totals = self.frame[list(self.measures)].sum().map("{:,.0f}".format).rename("total")
        return definition_table("Basic units", entries, totals.rename_axis("measure").reset_index())

    @property
    def geographic(self) -> bool:
        """Whether coordinates are longitude and latitude (else planar metres)."""
        return self.frame.crs is not None

    @cached_property
    def ids(self) -> list[str]:
        """The unit ids as text, in order."""
        return [clean.id_text(value) for value in self.frame.index]

    @cached_property
    def unit_of(self) -> dict[str, str]:
        """The unit of each accepted row, both by their ids as text."""
        members = zip(self.members["id"], self.members["unit"], strict=True)
        return {clean.id_text(id_): clean.id_text(unit) for id_, unit in members}

    @cached_property
    def xy(self) -> Floats:
        """The place of each unit, shape (n, 2): the point, or a point inside the area."""
        shapes = np.array(self.frame.geometry.to_numpy(), dtype=object)
        if self.kind == "areas":
            return inner_points(shapes)
        return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])

    @cached_property
    def plane(self) -> LocalPlane:
        """The equal-area plane in which lengths and areas of these units are measured."""
        return LocalPlane.around(self.xy, geographic=self.geographic)

    @cached_property
    def cells(self) -> Cells:
        """The Voronoi cells of point units on land, in plane metres."""
        return voronoi_cells(self.plane.to_plane(self.xy), land_around(self.xy, self.plane, self.land))

    @cached_property
    def shapes(self) -> NDArray[Any]:
        """One polygon per unit, in plane metres: the area itself or the point's cell.

        Units on one spot (a table's) share a cell: the first has it, the others have an empty shape.
        """
        if self.kind == "areas":
            return self.plane.shapes_to_plane(np.array(self.frame.geometry.to_numpy(), dtype=object))
        xy = self.plane.to_plane(self.xy)
        leader = same_spot(xy) == np.arange(len(self))
        if leader.all():
            return self.cells.shapes
        shapes = np.full(len(self), shapely.Polygon(), dtype=object)
        shapes[leader] = voronoi_cells(xy[leader], land_around(self.xy, self.plane, self.land)).shapes
        return shapes
