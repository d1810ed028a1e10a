"""The named ways to make basic units; each has a file of its own that does it.

Units come from accounts (points; accounts on one spot form one unit), from areas or hexagons (with accounts
joined, some of them as points of their own), or from a plain table.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo.errors import OptionError
from territory_geo.geodata.units.areas import LoadedAreas, read_areas, units_of_areas
from territory_geo.geodata.units.joined import join_accounts, split_measures
from territory_geo.geodata.units.points import units_of_rows, units_of_spots
from territory_geo.geodata.units.table import UnitTable

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.geodata.accounts import Accounts


class BasicUnits(UnitTable):
    """The pieces that territories are made of.

    Use `from_accounts`, `from_areas`, `from_hexagons` or `from_table`; each keeps every input row, as a member
    of a unit or as a reject. What a unit has (`frame`, `members`, `rejects`, `findings`, …) is listed at
    `UnitTable`.
    """

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
            Columns to sum per unit, or formulas such as ``"hours = visits * minutes / 60"`` (columns, numbers,
            + - * / and comparisons; ``"customers = kind == 'customer'"`` counts). Rows where one is missing,
            negative or no number become rejects. Left out: every numeric column. `accounts` (their number) and,
            where both columns exist, `visit_hours` (visits_per_year × visit_minutes / 60) are always there.
        land : "auto", polygon in the accounts' coordinates, or None
            Where territories may lie on the map, and what separates neighbours. "auto" takes the land that the
            accounts were read with (`read_accounts(land=…)`), within a quarter of their extent around them; else the
            shipped outline in the United States, and elsewhere no mask but the surroundings of the accounts; `mask`
            says which.

        Raises
        ------
        DataError
            If a measure's column does not exist or no row is left.
        """
        return cls(**units_of_spots(accounts, measures, land))

    @classmethod
    def from_areas(
        cls,
        areas: gpd.GeoDataFrame | str | os.PathLike[str],
        *,
        accounts: Accounts | None = None,
        id: str | None = None,
        measures: Sequence[str] | None = None,
        layer: str | None = None,
        nearest_km: float = 5.0,
        own_units: Sequence[Any] = (),
    ) -> BasicUnits:
        """Make one unit of each area (a county, a postcode area, a tract), with accounts joined if given.

        Parameters
        ----------
        areas : GeoDataFrame or path
            Polygons; any CRS, converted to EPSG:4326; without a CRS: planar metres. From a TopoJSON file,
            neighbours are read from the arcs that areas share, which is exact even where a shape is broken.
        accounts : Accounts, optional
            Each goes to the area that it lies in; on a shared border or in an overlap, to the one whose id comes
            first as text. Areas without accounts stay, with sums of 0. The input's rows are then the accounts.
        id : str, optional
            The column with the areas' ids; left out, it is recognised by usual names.
        measures : sequence of str, optional
            As in `from_accounts`, of the accounts or of the areas; left out: every numeric column of both.
        layer : str, optional
            Layer of a file that has several.
        nearest_km : float, default 5
            Accounts outside of all areas go to the nearest one up to this far (in a local plane); farther ones
            become rejects with the distance.
        own_units : sequence of account ids
            Accounts that become units of their own, as points over the areas: named accounts, or such as are
            locked to somebody else than the area around them.

        Raises
        ------
        DataError
            If the file cannot be read, there is no id column, a measure's column does not exist, no area or no
            account is left, or one table is planar and the other is not.
        OptionError
            If `nearest_km` is no distance, or an option for accounts comes without accounts.

        Examples
        --------
        >>> import geopandas as gpd, pandas as pd, shapely
        >>> from territory_geo.geodata.accounts import read_accounts
        >>> areas = gpd.GeoDataFrame({"id": [1, 2]}, geometry=[shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)])
        >>> accounts = read_accounts(pd.DataFrame({"id": ["a", "b"], "x": [5, 9], "y": [5, 5]}), crs=None)
        >>> units = BasicUnits.from_areas(areas, accounts=accounts)
        >>> units.frame["accounts"].to_dict()
        {1: 2.0, 2: 0.0}
        >>> units.findings["rule"].tolist()
        ['on a border or in an overlap', 'pieces without accounts']
        """
        if accounts is None:
            if own_units:
                raise OptionError("The 'own_units' parameter names accounts, but there are none. Give accounts=… too.")
            return cls(**units_of_areas(read_areas(LoadedAreas.of(areas, layer), id=id, measures=measures)))
        loaded = LoadedAreas.of(areas, layer)
        own, theirs = split_measures(measures, accounts, loaded.columns)
        read = read_areas(loaded, id=id, measures=theirs)
        return cls(**join_accounts(read, accounts, own, nearest_km=nearest_km, own_units=own_units))

    @classmethod
    def from_hexagons(
        cls,
        accounts: Accounts,
        *,
        resolution: int | str = "auto",
        measures: Sequence[str] | None = None,
        empty: bool = True,
        land: Any = "auto",
        own_units: Sequence[Any] = (),
    ) -> BasicUnits:
        """Make units of the hexagons of the H3 grid in which accounts lie, and of those between them.

        Parameters
        ----------
        accounts : Accounts
            With longitude and latitude.
        resolution : int or "auto", default "auto"
            Of the grid: 0 (4,400,000 km² per hexagon) to 15; each step is seven times finer (4: 1,770 km²,
            6: 36 km²). "auto" takes the finest up to 9 with at most 10,000 hexagons and on average three
            accounts in each that has any; the findings say which.
        measures : sequence of str, optional
            As in `from_accounts`.
        empty : bool, default True
            Whether hexagons without accounts are units too where they lie on land, so that territories cover it.
        land : "auto", polygon or None
            As in `from_accounts`; where hexagons without accounts may lie.
        own_units : sequence of account ids
            Accounts that become units of their own, as in `from_areas`.

        Raises
        ------
        DataError
            If the accounts are in planar metres, a measure's column does not exist, or no row is left.
        OptionError
            If the resolution is none, or gives more than 500,000 hexagons.

        References
        ----------
        H3, a hexagonal hierarchical geospatial indexing system: https://h3geo.org.

        Examples
        --------
        >>> import pandas as pd
        >>> from territory_geo.geodata.accounts import read_accounts
        >>> table = pd.DataFrame({"id": [1, 2, 3], "lon": [2.35, 2.351, 2.5], "lat": [48.86, 48.86, 48.86]})
        >>> units = BasicUnits.from_hexagons(read_accounts(table), resolution=6, empty=False)
        >>> sorted(units.frame["accounts"])
        [1.0, 2.0]
        """
        from territory_geo.geodata.units.hexagons import units_of_hexagons

        return cls(**units_of_hexagons(accounts, resolution, measures, empty=empty, land=land, own_units=own_units))

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
        return cls(**units_of_rows(table, id=id, x=x, y=y, crs=crs, measures=measures))
