"""Accounts: customers and prospects with a place on the map, validated; rejects carry their reason.

Every input row ends either in the frame or in the rejects, and both keep the row's number in the source.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo.geodata.clean.ledger import refuse_unclean, summary

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.geodata.readers.dialect import TextFormat
    from territory_geo.geodata.reps import Reps


@dataclass(frozen=True, eq=False)
class Accounts:
    """Validated customers and prospects.

    Parameters
    ----------
    frame : GeoDataFrame
        One row per accepted account in input order: `row` (1 is the first record), `id`, the source's own
        columns, and a point geometry in longitude and latitude (EPSG:4326) or planar metres (no CRS). A column
        of the source called row, id, unit or geometry is renamed row_source, …, which the findings say. Where
        places come from postcodes or towns: also `accuracy` and `error_km`.
    rejects : DataFrame
        One row per refused account: `row`, `id`, `reason`.
    findings : DataFrame
        Everything that was noticed, one line per row and rule: `row` (missing where it is about the table),
        `id`, `rule`, `severity`, `finding`, `action`.
    columns : dict
        Which column of the source plays which role (id, lon, lat, name, rep; postcode, town, state, where places
        come from them).
    source, sha256 : str
        Where the data came from and its SHA-256 (empty for a data frame).
    rejected_places : DataFrame
        `row`, `lon`, `lat` of refused rows that have numbers for coordinates, as the source gave them.
    land : "auto", polygon or None
        The land mask that was asked for, in the coordinates of `frame`; units made of the accounts keep to it.
    """

    frame: gpd.GeoDataFrame
    rejects: pd.DataFrame
    findings: pd.DataFrame
    columns: dict[str, str | None]
    source: str
    sha256: str
    rejected_places: pd.DataFrame
    land: Any = field(default="auto", repr=False)

    @property
    def rows_read(self) -> int:
        """How many records the source holds."""
        return len(self.frame) + len(self.rejects)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return f"<Accounts: {len(self.frame):,} of {self.rows_read:,} rows used, {len(self.rejects):,} rejected>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        head = {"rows read": f"{self.rows_read:,}", "used": f"{len(self):,}", "rejected": f"{len(self.rejects):,}"}
        roles = {f"{role} column": column or "none" for role, column in self.columns.items()}
        return definition_table("Accounts", {"source": self.source, **head, **roles}, self.report())

    def report(self) -> pd.DataFrame:
        """Return what was found in the data, what matters most first.

        Returns
        -------
        DataFrame
            One line per rule and action: `rule`, `severity` (error, warning, info), `rows` (how many), `row_numbers`,
            `example`, `action`. Guesses about the table as a whole have a line each, with 0 rows. `findings` has
            every single row.
        """
        return summary(self.findings)


def read_accounts(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    id: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    name: str | None = None,
    rep: str | None = None,
    postcode: str | None = None,
    town: str | None = None,
    state: str | None = None,
    postal_file: str | os.PathLike[str] | None = None,
    country: str | None = None,
    measures: Sequence[str] = (),
    reps: Reps | None = None,
    crs: str | None = "auto",
    layer: str | None = None,
    query: str | None = None,
    text: TextFormat | None = None,
    land: Any = "auto",
    fix: Sequence[str] = (),
    keep: Sequence[str] = (),
    reject: Sequence[str] = (),
    strict: bool = False,
) -> Accounts:
    """Read customers and prospects from any table with coordinates or postcodes, or from geographic points.

    Parameters
    ----------
    source : path, URL or DataFrame
        CSV or TSV (also .gz), Excel, JSON or Parquet with longitude and latitude columns, or with postcodes or
        towns; GeoJSON, GeoPackage, Shapefile, GeoParquet (also a folder), KML, FlatGeobuf or TopoJSON with points;
        a database as a URL, such as ``postgresql://host/sales`` or ``duckdb:///sales.duckdb``; a (Geo)DataFrame.
    id, lon, lat, name, rep : str, optional
        Columns by role; `rep` is who looks after the account today. Left out, they are recognised by usual names
        (account_id, Kundennummer, latitude, Breitengrad, …); a postcode or county code is taken for the id only
        where no two rows share one.
    postcode, town, state : str, optional
        Columns from which places are found where a table has no coordinates: each row then carries its `accuracy`
        (postcode, town, …) and `error_km`. Left out, they are recognised; named in a table with coordinates, they
        place the rows in which those are missing.
    postal_file, country
        Postcodes of other countries than the United States, as in `geocode`.
    measures : sequence of str
        Columns that will be balanced: rows where one is missing, negative or no number are refused here, not later.
    reps : Reps, optional
        The sales force, to find accounts whose current rep is not in it.
    crs : str or None, default "auto"
        Reference system of the coordinates: anything pyproj knows, such as "EPSG:25832"; None for planar metres.
        "auto" is longitude and latitude for a table; what a geographic file declares, else planar metres.
    layer : str, optional
        Layer of a file, or sheet of a workbook, that has several.
    query : str, optional
        SQL, for a database.
    text : TextFormat, optional
        Encoding, delimiter and decimal sign of a text file, where the guess is not right.
    land : "auto", path, GeoDataFrame, polygon, or None
        What accounts should lie on: a file with polygons, such as a country's outline, or a polygon in degrees.
        "auto" is the shipped outline, for data of the United States, and nothing elsewhere, which the report says.
        Territories of these accounts end there too.
    fix : sequence of str
        Rules whose rows are mended instead of refused or kept: swapped, sign_lost, missing_measure,
        negative_measure, unreadable_measure.
    keep : sequence of str
        Rules that draw a conclusion, which may be wrong, and whose rows then stay as they are: swapped, sign_lost.
    reject : sequence of str
        Rules whose rows are refused instead of kept: off_land, far_outlier, stacked, …
    strict : bool
        Refuse the source as a whole where it has errors or warnings.

    Returns
    -------
    Accounts
        With `rejects` and `findings`; no row is lost.

    Raises
    ------
    DataError
        If the source cannot be read, a needed column is missing, or `strict` found something: then with every
        finding.
    OptionError
        If an option cannot be used.
    MissingDependency
        If a database needs a package that is not installed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": [1, 2], "lon": [2.35, 999.0], "lat": [48.86, 52.52]})
    >>> accounts = read_accounts(table)
    >>> accounts
    <Accounts: 1 of 2 rows used, 1 rejected>
    >>> accounts.rejects.to_dict("records")
    [{'row': 2, 'id': '2', 'reason': 'lon 999 is outside -180 to 180'}]
    >>> read_accounts(pd.DataFrame({"id": [1], "zip": ["02139"]})).frame["error_km"].tolist()
    [5.9]
    """
    from territory_geo.geodata.clean.ledger import Ledger
    from territory_geo.geodata.clean.run import cleaned
    from territory_geo.geodata.geocode.asked import Geocoding
    from territory_geo.geodata.readers.sources import known_crs, load

    if crs != "auto":
        crs = known_crs(crs)
    # Wrong options are told before a large file is read.
    Ledger(0, fix=fix, keep=keep, reject=reject)
    loaded = load(source, layer=layer, query=query, text=text, crs=None if crs == "auto" else crs)
    accounts = cleaned(
        loaded,
        chosen={"id": id, "lon": lon, "lat": lat, "name": name, "rep": rep},
        places=Geocoding(postcode, town, state, postal_file, country),
        measures=tuple(measures),
        reps=reps,
        crs=crs,
        land=land,
        decimal=None if text is None else text.decimal,
        ledger=lambda rows: Ledger(rows, fix=fix, keep=keep, reject=reject),
    )
    if strict:
        refuse_unclean(accounts.findings, accounts.source)
    return accounts
