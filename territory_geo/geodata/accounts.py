"""Accounts: customers and prospects with a place on the map, validated; rejects carry their reason.

Every input row ends either in the frame or in the rejects, and both keep the row's number in the source.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata import clean
from territory_geo.geodata.columns import find_column, names_a_place, without_reserved
from territory_geo.geodata.readers.tables import numbers_where_lossless, read_delimited, sha256_of
from territory_geo.geodata.readers.vectors import VECTOR_SUFFIXES, in_degrees, read_vector, text_names

if TYPE_CHECKING:
    import geopandas as gpd

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, eq=False)
class Accounts:
    """Validated customers and prospects.

    Parameters
    ----------
    frame : GeoDataFrame
        One row per accepted account in input order: `row` (1 is the first record), `id`, the source's own
        columns, and a point geometry in longitude and latitude (EPSG:4326) or planar metres (no CRS). A column
        of the source called row, id, unit or geometry is renamed row_source, …, which the findings say.
    rejects : DataFrame
        One row per refused account: `row`, `id`, `reason`.
    findings : DataFrame
        What the reader noticed: `rule`, `rows` (how many), `example`, `action`.
    columns : dict
        Which column of the source plays which role (id, lon, lat, name).
    source, sha256 : str
        Where the data came from and its SHA-256 (empty for a data frame).
    """

    frame: gpd.GeoDataFrame
    rejects: pd.DataFrame
    findings: pd.DataFrame
    columns: dict[str, str | None]
    source: str
    sha256: str

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
        """Return what was found in the data: one row per rule, with count, an example and what was done."""
        return self.findings.copy()


def read_accounts(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    id: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    name: str | None = None,
    crs: str | None = "EPSG:4326",
    layer: str | None = None,
) -> Accounts:
    """Read customers and prospects from a table with coordinates or a geographic file of points.

    Parameters
    ----------
    source : path or DataFrame
        CSV or TSV with longitude and latitude columns, or GeoJSON, GeoPackage, Shapefile, GeoParquet or
        TopoJSON with points; or a (Geo)DataFrame.
    id, lon, lat, name : str, optional
        Columns by role. Left out, they are recognised by usual names (account_id, lon, latitude, …); a
        postcode or county code is taken for the id only where no two rows share one.
    crs : str or None, default "EPSG:4326"
        Reference system of the coordinates of a table: longitude and latitude in degrees, or None for
        planar metres. Geographic files declare their own.
    layer : str, optional
        Layer of a file that has several.

    Returns
    -------
    Accounts
        With `rejects` and `findings`; no row is lost.

    Raises
    ------
    DataError
        If the source cannot be read or a needed column is missing.
    OptionError
        If `crs` is none of the two.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": [1, 2], "lon": [2.35, 999.0], "lat": [48.86, 52.52]})
    >>> accounts = read_accounts(table)
    >>> accounts
    <Accounts: 1 of 2 rows used, 1 rejected>
    >>> accounts.rejects.to_dict("records")
    [{'row': 2, 'id': '2', 'reason': 'lon 999 is outside -180 to 180'}]
    """
    import geopandas as gpd

    if crs not in (None, "EPSG:4326"):
        raise OptionError(
            "The 'crs' parameter must be 'EPSG:4326' (longitude, latitude) or None (planar metres). "
            f"Got {crs!r} instead."
        )
    frame, label, digest = _load(source, layer)
    roles: dict[str, str | None] = {
        "id": find_column("id", frame.columns, id, source=label),
        "name": find_column("name", frame.columns, name, source=label),
    }
    guess = None if id is not None else roles["id"]
    if guess is not None and names_a_place(guess) and (frame[guess].isna().any() or not frame[guess].is_unique):
        roles["id"] = None
    declared: str | None = "EPSG:4326"
    geographic = isinstance(frame, gpd.GeoDataFrame)
    if geographic:
        x, y = clean.point_coordinates(frame.geometry)
        declared = None if frame.crs is None else declared
    else:
        frame, declared = numbers_where_lossless(frame, ids=roles["id"]), crs
        across, up = _needed("lon", frame, lon, label), _needed("lat", frame, lat, label)
        roles |= {"lon": across, "lat": up}
        x, y = clean.numbers(frame[across]), clean.numbers(frame[up])

    rows = pd.Series(np.arange(1, len(frame) + 1), index=frame.index)
    ids = rows if roles["id"] is None else frame[roles["id"]]
    reasons = clean.coordinate_reasons(x, y, frame, roles, planar=declared is None)
    clean.id_reasons(ids, rows, reasons)
    bad = pd.Series(reasons, dtype=object).reindex(range(len(frame)))
    used = bad.isna().to_numpy()
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name) if geographic else frame)
    table, renamed = without_reserved(table, roles["id"])
    findings = clean.findings(reasons, roles, renamed, label)
    table.insert(0, "id", ids)
    table.insert(0, "row", rows)
    kept = table[used].reset_index(drop=True)
    points = gpd.points_from_xy(x[used], y[used])
    rejects = pd.DataFrame(
        {
            "row": rows[~used].to_numpy(),
            "id": [clean.id_text(value) for value in ids[~used]],
            "reason": bad[~used].to_numpy(),
        }
    )
    return Accounts(gpd.GeoDataFrame(kept, geometry=points, crs=declared), rejects, findings, roles, label, digest)


def _needed(role: str, frame: pd.DataFrame, chosen: str | None, label: str) -> str:
    """Return the column of a coordinate, or raise `DataError`."""
    column = find_column(role, frame.columns, chosen, source=label)
    if column is None:
        raise DataError(
            f"{label} has no column that looks like {role} (longitude and latitude are needed). Its columns: "
            f"{', '.join(frame.columns)}. Name it with {role}=… (--{role} on the command line)."
        )
    return column


def _load(source: str | os.PathLike[str] | pd.DataFrame, layer: str | None) -> tuple[pd.DataFrame, str, str]:
    """Return the source as a table with index 0..n-1, its label for messages, and its SHA-256."""
    if isinstance(source, pd.DataFrame):
        import geopandas as gpd

        if isinstance(source, gpd.GeoDataFrame):
            return in_degrees(source, "the GeoDataFrame"), "the GeoDataFrame", ""
        return text_names(source.reset_index(drop=True), "the DataFrame"), "the DataFrame", ""
    path = Path(source)
    if not path.exists():
        raise DataError(f"{path} does not exist. Check the spelling, or give the full path.")
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return read_delimited(path), path.name, sha256_of(path)
    if suffix in VECTOR_SUFFIXES:
        return read_vector(path, layer=layer), path.name, sha256_of(path)
    raise DataError(
        f"{path}: the ending {suffix!r} is not known. Readable are {', '.join(TEXT_SUFFIXES + VECTOR_SUFFIXES)}."
    )
