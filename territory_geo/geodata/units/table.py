"""What basic units are: their table, their members, their places and shapes.

They are kept in the order of their ids, so that the order of the input's rows never matters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from territory_geo.geodata.ids import texts
from territory_geo.geodata.land import land_around, mask_name
from territory_geo.geodata.notices import findings_table
from territory_geo.geodata.plane import LocalPlane
from territory_geo.geodata.topology import Cells, inner_points, same_spot, voronoi_cells

if TYPE_CHECKING:
    import geopandas as gpd

Floats = NDArray[np.float64]

REMEMBERED = 20_000
"""Cells of up to so many places are kept for the next plan of the same accounts; more take too much memory."""


@dataclass(frozen=True, eq=False)
class UnitTable:
    """The pieces that territories are made of.

    `BasicUnits` is this with ways to make it.

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
    kind : {"points", "areas", "hexagons", "mixed", "table"}
        What a unit is; "mixed" are areas or hexagons beside accounts that are units of their own.
    source, sha256 : str
        Of the input.
    mended_shapes : tuple of str
        Ids of areas whose outline was invalid and had to be mended.
    known_edges : DataFrame, optional
        `u`, `v`: neighbours that the source itself states (TopoJSON arcs).
    land : "auto", polygon or None
        As given to `from_accounts`.
    findings : DataFrame
        What was noticed on the way: `rule`, `rows`, `example`, `action`.
    joined : bool
        Whether the members are accounts that were joined to areas or hexagons.
    own_units : tuple of str
        Ids, as text, of the units that are accounts on their own among areas or hexagons.
    refused_areas : DataFrame
        Areas that could not be used when accounts were joined: `row` and `id` in the areas' file, `reason`.
    areas_source, areas_sha256 : str
        Of the areas that accounts were joined to.
    hexagon_resolution : int, optional
        Of the H3 grid.

    Notes
    -----
    Ids keep the type that the source has in every table (`frame.index`, `members`, a plan's `labels` and
    `accounts`, a graph's `edges`); they are text in lists (`ids`), in messages and in files. Only where areas
    and accounts are units side by side ("mixed") are the units' ids text in tables too.
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
    findings: pd.DataFrame = field(default_factory=findings_table, repr=False)
    joined: bool = False
    own_units: tuple[str, ...] = ()
    refused_areas: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["row", "id", "reason"]), repr=False
    )
    areas_source: str = ""
    areas_sha256: str = ""
    hexagon_resolution: int | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return (
            f"<BasicUnits: {len(self):,} {self.kind} from {len(self.members):,} rows "
            f"({len(self.rejects):,} rejected), measures: {', '.join(self.measures)}>"
        )

    def report(self) -> pd.DataFrame:
        """Return what was noticed while making the units: one row per rule, with count, example and action."""
        return self.findings.copy()

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"units": f"{len(self):,} ({self.kind})", "rows": f"{len(self.members):,}"}
        if self.refused_areas.size:
            entries["areas refused"] = f"{len(self.refused_areas):,}"
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
        return list(texts(self.frame.index))

    @cached_property
    def unit_of(self) -> dict[str, str]:
        """The unit of each accepted row, both by their ids as text; a unit's own id stands for itself.

        Where an account and an area share an id, the account is meant.
        """
        members = zip(texts(self.members["id"]), texts(self.members["unit"]), strict=True)
        return dict(zip(self.ids, self.ids, strict=True)) | dict(members)

    @property
    def rows_are_areas(self) -> bool:
        """Whether the input's rows are areas, not accounts."""
        return self.kind == "areas" and not self.joined

    @cached_property
    def on_their_own(self) -> NDArray[np.bool_]:
        """Which units are points, shape (n,): all of them, none, or the accounts among areas."""
        if self.kind == "mixed":
            return np.isin(np.array(self.ids), np.array(self.own_units))
        return np.full(len(self), self.kind in ("points", "table"))

    @cached_property
    def xy(self) -> Floats:
        """The place of each unit, shape (n, 2): the point, or a point inside the area."""
        shapes = np.array(self.frame.geometry.to_numpy(), dtype=object)
        places = np.empty((len(self), 2))
        point = self.on_their_own
        places[point] = np.column_stack([shapely.get_x(shapes[point]), shapely.get_y(shapes[point])])
        places[~point] = inner_points(shapes[~point])
        return places

    @property
    def mask(self) -> str:
        """What bounds the cells of point units, in words: the shipped outline, a given polygon, or nothing."""
        return mask_name(self.xy, self.plane, self.land)

    @cached_property
    def plane(self) -> LocalPlane:
        """The equal-area plane in which lengths and areas of these units are measured."""
        return LocalPlane.around(self.xy, geographic=self.geographic)

    @cached_property
    def cells(self) -> Cells:
        """The Voronoi cells of point units on land, in plane metres."""
        return cells_of(self.plane.to_plane(self.xy), land_around(self.xy, self.plane, self.land))

    @cached_property
    def shapes(self) -> NDArray[Any]:
        """One polygon per unit, in plane metres: the area or hexagon itself, or the point's cell.

        Units on one spot (a table's) share a cell: the first has it, the others have an empty shape, and so
        have accounts on their own among areas.
        """
        if self.kind not in ("points", "table"):
            land = ~self.on_their_own
            shapes = np.full(len(self), shapely.Polygon(), dtype=object)
            shapes[land] = self.plane.shapes_to_plane(np.array(self.frame.geometry.to_numpy()[land], dtype=object))
            return shapes
        xy = self.plane.to_plane(self.xy)
        leader = same_spot(xy) == np.arange(len(self))
        if leader.all():
            return self.cells.shapes
        shapes = np.full(len(self), shapely.Polygon(), dtype=object)
        shapes[leader] = cells_of(xy[leader], land_around(self.xy, self.plane, self.land)).shapes
        return shapes


def cells_of(xy: Floats, land: Any) -> Cells:
    """Return `voronoi_cells`; plans of the same accounts, each loaded by itself, share what was worked out once."""
    if len(xy) > REMEMBERED:
        return voronoi_cells(xy, land)
    return _remembered(np.ascontiguousarray(xy, dtype=np.float64).tobytes(), shapely.to_wkb(land))


@lru_cache(maxsize=4)
def _remembered(places: bytes, land: bytes) -> Cells:
    return voronoi_cells(np.frombuffer(places).reshape(-1, 2).copy(), shapely.from_wkb(land))
