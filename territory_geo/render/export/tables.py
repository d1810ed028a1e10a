"""The tables that files for other programs hold: territories, accounts, centres, with plain columns.

Programs that read them know numbers and texts, so each column becomes one of the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.ids import texts
from territory_geo.render.shapes import geographic

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.plan.plan import TerritoryPlan

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def layers(plan: TerritoryPlan) -> dict[str, gpd.GeoDataFrame]:
    """Return the tables ``territories``, ``accounts`` and ``centers`` of a plan, ids as text.

    Returns
    -------
    dict of GeoDataFrame
        EPSG:4326 where the plan is geographic, else its plane without a CRS.
    """
    import geopandas as gpd

    territories = plain(geographic(plan.territories).reset_index())
    territories.insert(1, "rep", [rep_name(plan, name) for name in territories["territory"]])
    accounts = geographic(plan.accounts)
    noun = "area" if plan.problem.units.rows_are_areas else "account"
    accounts = plain(accounts.drop(columns=[c for c in accounts.columns if c == "row"]))
    places = gpd.GeoSeries.from_xy(plan.territories["center_x"], plan.territories["center_y"])
    centers = gpd.GeoDataFrame(
        {"territory": territories["territory"].to_numpy(), "center": territories["center"].to_numpy()},
        geometry=places.array, crs=territories.crs,
    )  # fmt: skip
    return {"territories": territories, f"{noun}s": accounts, "centers": centers}


def plain(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table whose columns are numbers or texts, apart from the geometry; missing texts are None."""
    table = table.copy()
    for name in table.columns:
        column = table[name]
        if name == table.geometry.name or _is_number(column):
            continue
        if pd.api.types.is_bool_dtype(column):
            table[name] = np.where(column.to_numpy(dtype=bool), "yes", "no")
            continue
        cells = texts(column)
        cells[column.isna().to_numpy()] = None
        table[name] = pd.Series(cells, index=table.index, dtype=object)
    table.columns = [str(name) for name in table.columns]
    return table


def _is_number(column: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column)) and not pd.api.types.is_bool_dtype(column)


def rep_name(plan: TerritoryPlan, territory: str) -> str:
    """Return the name of a territory's rep, or an empty text where the plan knows none."""
    reps = plan.problem.reps
    if reps is None or "name" not in reps.frame or territory not in reps.frame.index:
        return ""
    name = reps.frame["name"].loc[territory]
    return "" if pd.isna(name) else str(name)


def needs_degrees(plan: TerritoryPlan, what: str) -> None:
    """Raise `DataError` where a format holds longitude and latitude and the plan is on a plane of its own."""
    if plan.territories.crs is None:
        raise DataError(
            f"{what} holds longitudes and latitudes, and this plan has planar metres without a reference system. "
            f"Write a GeoPackage (.gpkg) instead, or read the accounts with crs=."
        )


def formulas(columns: Iterable[Any]) -> list[str]:
    """Return the texts that a spreadsheet would run as a formula when it opens them in a CSV file.

    They begin with =, +, -, @, a tab or a carriage return and are no plain numbers.

    >>> formulas([["=1+1", "-12.5", "Anna", "@home"]])
    ['=1+1', '@home']
    """
    return [text for column in columns for text in column if isinstance(text, str) and _runs(text)]


def _runs(text: str) -> bool:
    if not text.startswith(_RISKY):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False


def formula_note(columns: Iterable[Any], file: str) -> list[str]:
    """Return a warning about texts in a CSV file that a spreadsheet would run, if there are any."""
    count = len(formulas(columns))
    if not count:
        return []
    return [
        f"{file} holds {count:,} text{'s' * (count != 1)} that a spreadsheet would take for a formula. They are kept "
        f"as they are, because other programs read them by the letter; in a spreadsheet open the workbook (.xlsx)."
    ]
