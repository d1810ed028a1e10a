"""Accounts joined to pieces of land: areas or hexagons, with named accounts as points of their own.

Every account ends in a unit or in the rejects; what was tied, moved or refused is counted in the findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata import clean
from territory_geo.geodata.formula import columns_needed
from territory_geo.geodata.ids import texts
from territory_geo.geodata.measures import reject_table, with_measures
from territory_geo.geodata.notices import finding, findings_table
from territory_geo.geodata.units.areas import AreaTable
from territory_geo.geodata.units.locate import locate
from territory_geo.geodata.units.parts import sorted_by_id, sums_by_unit

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts

OWN_MEASURES = ("accounts", "visit_hours")


@dataclass(frozen=True, eq=False)
class Placed:
    """Accounts with the land they belong to, and those that belong to none.

    Parameters
    ----------
    members : GeoDataFrame
        Accepted accounts.
    land : array, shape (n,)
        Position of the piece of land of each; -1 for an account that is a unit of its own.
    """

    members: Any
    land: Any


def split_measures(
    measures: Sequence[str] | None, accounts: Accounts, columns: Sequence[str]
) -> tuple[Sequence[str] | None, Sequence[str] | None]:
    """Return which of the measures are the accounts' and which the areas'; a name that both have is the accounts'.

    Raises
    ------
    DataError
        If neither has a measure's columns.
    """
    if measures is None:
        return None, None
    known = {*map(str, accounts.frame.columns), *OWN_MEASURES}
    theirs: list[str] = []
    own: list[str] = []
    for text, needed in columns_needed(measures).items():
        if set(needed) <= known:
            own.append(text)
        elif set(needed) <= {str(name) for name in columns}:
            theirs.append(text)
        else:
            missing = next(name for name in needed if name not in known)
            raise DataError(
                f"There is no measure {missing!r}, neither among the accounts' columns "
                f"({', '.join(sorted(known - {'row', 'id', 'geometry'}))}) nor among the areas' ({', '.join(columns)})."
            )
    return own, theirs


def join_accounts(
    read: AreaTable,
    accounts: Accounts,
    measures: Sequence[str] | None,
    *,
    nearest_km: float,
    own_units: Sequence[Any],
) -> dict[str, Any]:
    """Return the fields of units that are areas with accounts in them; see `BasicUnits.from_areas`."""
    if not (np.isfinite(nearest_km) and nearest_km >= 0):
        raise OptionError(f"The 'nearest_km' parameter must be a number of at least 0. Got {nearest_km!r} instead.")
    if (accounts.frame.crs is None) != (read.frame.crs is None):
        flat, round_ = ("accounts", "areas") if accounts.frame.crs is None else ("areas", "accounts")
        raise DataError(
            f"The {flat} are in planar metres and the {round_} in longitude and latitude, so they cannot be joined. "
            f"Give the {flat} a coordinate reference system."
        )
    table, names, rejects, said = with_measures(
        accounts.frame, measures, rejects=accounts.rejects, source=accounts.source, roles=accounts.columns.values()
    )
    # Refused areas are asked too: an account in one must not be taken for a neighbour's.
    shapes = read.shapes.copy()
    shapes[read.frame["row"].to_numpy() - 1] = read.frame.geometry.to_numpy()
    broken = np.array(sorted(read.refused), dtype=np.int64)
    fit = broken[np.isin(shapely.get_type_id(shapes[broken]), (3, 6))]
    shapes[np.setdiff1d(broken, fit)] = None
    shapes[fit] = shapely.make_valid(shapes[fit], method="structure", keep_collapsed=False)
    ids = _ids_by_row(read, len(shapes))
    xy = np.column_stack([table.geometry.x, table.geometry.y])
    own = own_accounts(table, own_units, accounts)
    found = locate(xy, shapes, ids, geographic=table.crs is not None)
    reasons: dict[int, str] = {}
    for i in np.flatnonzero(~own & ((found.area < 0) | (found.distance_km > nearest_km))).tolist():
        near = found.area[i]
        which = "" if near < 0 else f"; the nearest, {ids[near]}, is {_km(found.distance_km[i])} away"
        reasons[i] = f"the place lies in no area{which} (allowed are {nearest_km:g} km)"
    for i in np.flatnonzero(~own & (found.area >= 0) & np.isin(found.area, broken)).tolist():
        area = int(found.area[i])
        reasons.setdefault(i, f"the place lies in area {ids[area]!r} (row {area + 1}), refused: {read.refused[area]}")
    said += _noticed(table, found, ids, own, reasons)
    position = np.full(len(shapes), -1, dtype=np.int64)
    position[read.frame["row"].to_numpy() - 1] = np.arange(len(read.frame))
    kept = np.array([i for i in range(len(table)) if i not in reasons], dtype=np.int64)
    refused = np.array(sorted(reasons), dtype=np.int64)
    more = reject_table(table["id"].to_numpy(), table["row"].to_numpy(), refused, [reasons[int(i)] for i in refused])
    rejects = pd.concat([rejects, more], ignore_index=True).sort_values("row", ignore_index=True)
    if not len(kept):
        raise DataError(
            f"No account of {accounts.source} lies in an area of {read.source}, such as row {more['row'].iloc[0]}: "
            f"{more['reason'].iloc[0]}. Check that longitude and latitude are not swapped."
        )
    land = np.where(own, -1, position[found.area])[kept]
    fields = with_land(
        Placed(table.iloc[kept].reset_index(drop=True), land), names, read.frame, read.names, [*read.findings, *said]
    )
    return fields | {
        "rejects": rejects, "source": accounts.source, "sha256": accounts.sha256, "areas_source": read.source,
        "areas_sha256": read.sha256, "mended_shapes": read.mended, "known_edges": read.known_edges,
        "refused_areas": read.rejects,
    }  # fmt: skip


def with_land(
    placed: Placed, names: Sequence[str], land: Any, land_names: Sequence[str], said: list[dict[str, object]]
) -> dict[str, Any]:
    """Return the fields of units that are pieces of land, and accounts on their own.

    Parameters
    ----------
    placed : Placed
        The accounts.
    names, land_names : sequence of str
        Measures of the accounts, and of the land itself; a name that both have is the accounts', and the
        land's is called NAME_area.
    land : GeoDataFrame
        One row per piece: `id`, its measures, its polygon. Pieces without accounts stay, with sums of 0.
    said : list
        Findings so far.
    """
    import geopandas as gpd

    own = placed.land < 0
    land_ids = land["id"].to_numpy()
    members = placed.members
    unit: Any
    if own.any():
        # Areas and accounts among each other: text is the one type that both have.
        land_ids = texts(land_ids)
        unit = np.empty(len(members), dtype=object)
        unit[own] = _distinct(texts(members["id"])[own], set(land_ids), said)
        unit[~own] = land_ids[placed.land[~own]]
    else:
        unit = land_ids[placed.land]
    members = members.assign(unit=unit)
    totals = sums_by_unit(members, names)
    pieces = pd.DataFrame({"unit": land_ids}).set_index("unit")
    clash = [name for name in land_names if name in names and name not in OWN_MEASURES]
    for name in land_names:
        if name not in OWN_MEASURES:
            pieces[f"{name}_area" if name in clash else name] = land[name].to_numpy()
    if clash:
        said = [*said, finding("measure of both", len(clash), clash[0], "the areas' is called NAME_area")]
    own_rows = pd.DataFrame(0.0, index=pd.Index(unit[own], name="unit"), columns=pieces.columns)
    every = pd.concat([pieces, own_rows]) if own.any() else pieces
    sums = totals.reindex(every.index)
    # A unit without any account holds nothing; one whose accounts all lack a value holds something unknown.
    sums.loc[~every.index.isin(totals.index)] = 0.0
    shapes = np.concatenate([land.geometry.to_numpy(), members.geometry.to_numpy()[own]])
    frame = gpd.GeoDataFrame(pd.concat([sums, every], axis=1), geometry=shapes, crs=members.crs)
    empty = len(land) - len(np.unique(placed.land[~own]))
    if empty:
        vacant = np.setdiff1d(np.arange(len(land)), placed.land)
        example = f"{clean.id_text(land['id'].iloc[int(vacant[0])])}"
        said = [*said, finding("pieces without accounts", empty, example, "kept, with sums of 0")]
    both = set(texts(members["id"])) & set(texts(land_ids))
    if both:
        text = "an id in a lock means the account"
        said = [*said, finding("ids of an account and of a piece", len(both), min(both), text)]
    return {
        "frame": sorted_by_id(frame, members.crs), "measures": (*names, *pieces.columns), "members": members,
        "kind": "mixed" if own.any() else "areas", "own_units": tuple(sorted(unit[own])), "joined": True,
        "findings": findings_table(said),
    }  # fmt: skip


def own_accounts(table: Any, asked: Sequence[Any], accounts: Accounts) -> Any:
    """Return which accounts are units of their own, shape (n,)."""
    if isinstance(asked, (str, bytes)):
        raise OptionError(f"The 'own_units' parameter must be a list of account ids. Got {asked!r} instead.")
    wanted = {clean.id_text(value) for value in asked}
    if not wanted:
        return np.zeros(len(table), dtype=bool)
    text = texts(table["id"])
    missing = sorted(wanted - set(text))
    if missing:
        refused = dict(zip(accounts.rejects["id"], accounts.rejects["reason"], strict=True))
        why = f" (it was rejected: {refused[missing[0]]})" if missing[0] in refused else ""
        raise DataError(f"{len(missing)} of the own_units are no usable account, such as {missing[0]!r}{why}.")
    return np.isin(text, list(wanted))


def _distinct(ids: Any, taken: set[str], said: list[dict[str, object]]) -> list[str]:
    """Return ids that no area has."""
    names = []
    for id_ in ids:
        name = id_
        while name in taken:
            name = f"{name} (account)"
        names.append(name)
    changed = [(old, new) for old, new in zip(ids, names, strict=True) if old != new]
    if changed:
        said.append(finding("own unit with an area's id", len(changed), changed[0][0], f"called {changed[0][1]}"))
    return names


def _ids_by_row(read: AreaTable, count: int) -> list[str]:
    ids = [""] * count
    for table in (read.frame, read.rejects):
        for row, id_ in zip(table["row"], table["id"], strict=True):
            ids[int(row) - 1] = clean.id_text(id_)
    return ids


def _noticed(table: Any, found: Any, ids: list[str], own: Any, reasons: dict[int, str]) -> list[dict[str, object]]:
    """Return what is to be said about ties, nearest areas and rejects."""
    said = []
    rows = table["row"].to_numpy()
    fine = ~own & ~np.isin(np.arange(len(table)), list(reasons))
    tied = np.flatnonzero(fine & (found.holding > 1))
    if len(tied):
        i = int(tied[0])
        text = f"row {rows[i]}: {found.holding[i]} areas, taken for {ids[found.area[i]]}"
        said.append(finding("on a border or in an overlap", len(tied), text, "the area with the smallest id"))
    moved = np.flatnonzero(fine & (found.holding == 0))
    if len(moved):
        i = int(moved[np.argmax(found.distance_km[moved])])
        text = f"row {rows[i]}: {_km(found.distance_km[i])} from {ids[found.area[i]]}, the farthest"
        said.append(finding("outside of all areas", len(moved), text, "the nearest area"))
    if reasons:
        i = min(reasons)
        said.append(finding("in no usable area", len(reasons), f"row {rows[i]}: {reasons[i]}", "rejected"))
    return said


def _km(distance: float) -> str:
    return f"{distance:,.1f} km" if np.isfinite(distance) else "too far to tell"
