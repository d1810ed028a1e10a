"""Units that are points: one per spot where accounts lie, or one per row of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata import clean
from territory_geo.geodata.ids import texts
from territory_geo.geodata.land import land_near
from territory_geo.geodata.measures import with_measures
from territory_geo.geodata.notices import finding, findings_table
from territory_geo.geodata.plane import LocalPlane
from territory_geo.geodata.topology import same_spot
from territory_geo.geodata.units.parts import sorted_by_id, sums_by_unit

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts


def land_of(accounts: Accounts, xy: NDArray[np.float64], plane: LocalPlane, land: Any) -> Any:
    """Return the land mask of units: the stated one, else what the accounts were read with."""
    if not (isinstance(land, str) and land == "auto") or isinstance(accounts.land, str):
        return land
    return None if accounts.land is None else land_near(xy, plane, accounts.land)


def units_of_spots(accounts: Accounts, measures: Sequence[str] | None, land: Any) -> dict[str, Any]:
    """Return the fields of units that are the spots where accounts lie."""
    import geopandas as gpd

    members, names, rejects, said = with_measures(
        accounts.frame, measures, rejects=accounts.rejects, source=accounts.source, roles=accounts.columns.values()
    )
    xy = np.column_stack([members.geometry.x, members.geometry.y])
    plane = LocalPlane.around(xy, geographic=members.crs is not None)
    land = land_of(accounts, xy, plane, land)
    xy = plane.to_plane(xy)
    order = np.argsort(texts(members["id"]).astype(str), kind="stable")
    leader = np.empty(len(members), dtype=np.int64)
    leader[order] = order[same_spot(xy[order])]
    members = members.assign(unit=members["id"].to_numpy()[leader])
    totals = sums_by_unit(members, names)
    places = members.iloc[np.unique(leader)].set_index("unit").geometry
    frame = gpd.GeoDataFrame(totals, geometry=places.reindex(totals.index), crs=members.crs)
    shared = np.flatnonzero(leader != np.arange(len(members)))
    if len(shared):
        first = members.iloc[shared[0]]
        text = f"row {first['row']}: on the spot of {clean.id_text(first['unit'])}"
        said.append(finding("accounts on one spot", len(shared), text, "one unit, apart again in the output"))
    return {
        "frame": sorted_by_id(frame, members.crs), "measures": names, "members": members, "rejects": rejects,
        "kind": "points", "source": accounts.source, "sha256": accounts.sha256, "land": land,
        "findings": findings_table(said),
    }  # fmt: skip


def units_of_rows(
    table: pd.DataFrame, *, id: str, x: str, y: str, crs: str | None, measures: Sequence[str]
) -> dict[str, Any]:
    """Return the fields of units that are the rows of a table."""
    from territory_geo.geodata.accounts import read_accounts

    # Only what will be balanced is looked at: the table's other columns are its own affair.
    looked_at = [name for name in measures if name in table.columns]
    accounts = read_accounts(table, id=id, lon=x, lat=y, crs=crs, measures=looked_at)
    members, names, rejects, _ = with_measures(
        accounts.frame, measures, rejects=accounts.rejects, source="the table", roles=accounts.columns.values()
    )
    members = members.assign(unit=members["id"].to_numpy())
    frame = members.set_index("unit")[[*names, "geometry"]]
    return {
        "frame": sorted_by_id(frame, members.crs), "measures": names, "members": members, "rejects": rejects,
        "kind": "table", "findings": findings_table(),
    }  # fmt: skip
