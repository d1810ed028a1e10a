"""Units that are hexagons of the H3 grid, with accounts joined.

H3 divides the globe into cells of similar size at sixteen resolutions, so that the same hexagons come out
whatever the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import h3
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.land import land_around, mask_name
from territory_geo.geodata.measures import with_measures
from territory_geo.geodata.notices import finding
from territory_geo.geodata.plane import LocalPlane
from territory_geo.geodata.topology import clean_polygons
from territory_geo.geodata.units.joined import Placed, own_accounts, with_land
from territory_geo.geodata.units.points import land_of

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts

FINEST = 15
"""The finest resolution of H3."""
AUTO_FINEST = 9
"""The finest that "auto" chooses: hexagons of about 0.1 square kilometres."""
AUTO_MOST = 10_000
"""Hexagons that "auto" lets a design have, empty ones included."""
AUTO_ACCOUNTS = 3.0
"""Accounts per hexagon with accounts that "auto" asks for on average."""
MOST = 500_000
"""Hexagons that may be made at all."""


def units_of_hexagons(
    accounts: Accounts,
    resolution: int | str,
    measures: Sequence[str] | None,
    *,
    empty: bool,
    land: Any,
    own_units: Sequence[Any],
) -> dict[str, Any]:
    """Return the fields of units that are hexagons; see `BasicUnits.from_hexagons`."""
    import geopandas as gpd

    whole = isinstance(resolution, (int, np.integer)) and not isinstance(resolution, bool)
    if resolution != "auto" and not (whole and 0 <= int(resolution) <= FINEST):
        raise OptionError(
            f"The 'resolution' parameter must be 'auto' or a whole number from 0 (hexagons of about 4,400,000 km²) "
            f"to {FINEST} (1 m²). Got {resolution!r} instead."
        )
    if accounts.frame.crs is None:
        raise DataError("Hexagons cover the globe: the accounts need longitude and latitude, not planar metres.")
    table, names, rejects, said = with_measures(
        accounts.frame, measures, rejects=accounts.rejects, source=accounts.source, roles=accounts.columns.values()
    )
    own = own_accounts(table, own_units, accounts)
    xy = np.column_stack([table.geometry.x, table.geometry.y])
    plane = LocalPlane.around(xy, geographic=True)
    land = land_of(accounts, xy, plane, land)
    mask = land_around(xy, plane, land) if empty else None
    if resolution == "auto":
        level = _chosen(xy[~own], mask)
        said.append(finding("resolution", 0, f"{level}: {_size(level)} each", "chosen"))
    else:
        level = int(resolution)
    cells = np.array([h3.latlng_to_cell(lat, lon, level) for lon, lat in xy], dtype=object)
    every = {str(cell) for cell in cells[~own]}
    if mask is not None:
        expected = shapely.area(mask) / 1e6 / h3.average_hexagon_area(level, "km^2")
        if expected > MOST:
            raise OptionError(
                f"Resolution {level} gives about {expected:,.0f} hexagons for this land; {MOST:,} are allowed. "
                f"Choose a coarser one, or leave out hexagons without accounts (empty=False)."
            )
        every |= _cells_on(mask, plane, level, {str(cell) for cell in cells})
        said.append(finding("land mask", 0, mask_name(xy, plane, land), "hexagons without accounts lie on it"))
    ids = sorted(every)
    position = {id_: i for i, id_ in enumerate(ids)}
    shapes, _ = clean_polygons(hexagon_shapes(ids)) if ids else (np.empty(0, dtype=object), None)
    pieces = gpd.GeoDataFrame({"id": pd.Series(ids, dtype=object)}, geometry=gpd.GeoSeries(shapes, crs=4326), crs=4326)
    where = np.array([-1 if alone else position[str(cell)] for cell, alone in zip(cells, own, strict=True)])
    fields = with_land(Placed(table, where.astype(np.int64)), names, pieces, (), said)
    kind = "mixed" if own.any() else "hexagons"
    return fields | {
        "kind": kind, "rejects": rejects, "source": accounts.source, "sha256": accounts.sha256,
        "land": land if empty else None, "hexagon_resolution": level,
    }  # fmt: skip


def hexagon_shapes(ids: Sequence[str]) -> NDArray[Any]:
    """Return the polygons of H3 cells in longitude and latitude; across the 180° meridian they go on beyond it."""
    rings = []
    for id_ in ids:
        ring = np.array([(lon, lat) for lat, lon in h3.cell_to_boundary(id_)])
        if np.ptp(ring[:, 0]) > 180:
            ring[:, 0] = np.where(ring[:, 0] < 0, ring[:, 0] + 360, ring[:, 0])
        rings.append(shapely.linearrings(ring))
    polygons: NDArray[Any] = np.asarray(shapely.polygons(rings), dtype=object)
    return polygons


def hexagon_pairs(ids: Sequence[str]) -> NDArray[np.int64]:
    """Return the pairs of H3 cells that are neighbours on the grid, as sorted positions, shape (e, 2)."""
    position = {id_: i for i, id_ in enumerate(ids)}
    pairs = [
        (i, position[other])
        for id_, i in position.items()
        for other in h3.grid_disk(id_, 1)
        if other in position and position[other] > i
    ]
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def _chosen(xy: NDArray[np.float64], mask: Any) -> int:
    """Return the finest resolution whose hexagons hold enough accounts each and are not too many."""
    area_km2 = 0.0 if mask is None else shapely.area(mask) / 1e6
    for level in range(AUTO_FINEST, 0, -1):
        occupied = len({h3.latlng_to_cell(lat, lon, level) for lon, lat in xy})
        many = max(occupied, area_km2 / h3.average_hexagon_area(level, "km^2"))
        if many <= AUTO_MOST and len(xy) >= AUTO_ACCOUNTS * occupied:
            return level
    return 0 if len(xy) else 1


def _cells_on(mask: Any, plane: LocalPlane, level: int, held: set[str]) -> set[str]:
    """Return the cells that meet the land, and those held by accounts."""
    inside: set[str] = set()
    dense = shapely.segmentize(mask, 50_000.0)
    for part in shapely.get_parts(plane.shapes_from_plane(np.array([dense], dtype=object))[0]):
        outer, *holes = ([(lat, lon) for lon, lat in shapely.get_coordinates(ring)] for ring in shapely.get_rings(part))
        inside |= set(h3.polygon_to_cells(h3.LatLngPoly(outer, *holes), level))
    # The grid's own search takes cells whose middle lies inside; the shore is in the cells around those.
    shore = sorted({cell for held_cell in inside | held for cell in h3.grid_disk(held_cell, 1)} - inside)
    shapely.prepare(mask)
    wet = shapely.intersects(mask, plane.shapes_to_plane(hexagon_shapes(shore)))
    return inside | held | {cell for cell, meets in zip(shore, wet, strict=True) if meets}


def _size(level: int) -> str:
    area = h3.average_hexagon_area(level, "km^2")
    return f"about {area:,.0f} km²" if area >= 10 else f"about {area:.2g} km²"
