"""Tables of postcodes: the shipped ZIP codes, or a country's file from GeoNames; and how a code is looked up."""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.distance import EARTH_RADIUS_KM

Floats = NDArray[np.float64]

ZIP_ERROR_KM = (2.1, 5.9, 18.8)
"""How far a place lies from the point of its ZIP code: half, nine in ten, ninety-nine in a hundred are nearer."""

GEONAMES_COLUMNS = (
    "country", "postcode", "place", "state_name", "state", "county_name", "county", "district_name", "district",
    "lat", "lon", "accuracy",
)  # fmt: skip
"""Of a GeoNames postal file, which has no header."""


@dataclass(frozen=True, eq=False)
class PostalTable:
    """Points of postcodes.

    Parameters
    ----------
    codes : DataFrame
        Index: the code without spaces and hyphens; `lon`, `lat`, `error_km`, `state`.
    places : DataFrame
        One row per code and place: `place`, `state`, `state_name`, `lon`, `lat`.
    width : int or None
        How many digits each code has, where all are digits and equally long.
    source : str
        For messages.
    american : bool
        Whether these are ZIP codes, which may come with four more digits.
    country : str
        Two letters; empty where it is not known.
    """

    codes: pd.DataFrame
    places: pd.DataFrame
    width: int | None
    source: str
    american: bool = False
    country: str = ""

    def find(self, raw: str) -> tuple[str | None, str]:
        """Return the code that a text means, or None, and what had to be done to it (empty: nothing).

        Examples
        --------
        >>> united_states().find("501")
        ('00501', 'leading zeros were lost')
        """
        key = plain(raw)
        if key in self.codes.index:
            return key, ""
        if self.width is not None:
            prefix = re.fullmatch(r"[A-Z]{1,3}(\d+)", key)
            if prefix and prefix[1] in self.codes.index:
                return prefix[1], "with a country prefix"
            if key.isdigit() and len(key) < self.width and key.zfill(self.width) in self.codes.index:
                return key.zfill(self.width), "leading zeros were lost"
        if self.american and key.isdigit() and len(key) in (7, 8, 9) and key.zfill(9)[:5] in self.codes.index:
            return key.zfill(9)[:5], "four more digits were left out"
        # British and Canadian codes end in three characters, Dutch ones in two, that name a street.
        for tail in (3, 2):
            if re.search(r"[A-Z]", key) and re.search(r"\d", key) and key[:-tail] in self.codes.index:
                return key[:-tail], "only the district is known"
        return None, ""


def plain(raw: str) -> str:
    """Return a postcode in capitals, without spaces, hyphens, or the .0 that spreadsheets add."""
    return re.sub(r"[\s\-]+", "", re.sub(r"^(\d+)\.0+$", r"\1", raw.strip())).upper()


def united_states() -> PostalTable:
    """Return the ZIP codes that ship."""
    from territory_geo.geodata.samples import us_zips

    table = us_zips()
    codes = table.set_index("zip")[["lon", "lat", "state"]].assign(error_km=ZIP_ERROR_KM[1])
    places = table[["place", "state", "lon", "lat"]].assign(state_name="")
    return PostalTable(codes, places, 5, "the ZIP codes that ship (GeoNames)", american=True, country="US")


def from_geonames(path: str | os.PathLike[str], country: str | None) -> PostalTable:
    """Read a postal file of GeoNames: tab-separated text without a header, or the ZIP archive it comes in.

    Parameters
    ----------
    path : path
        Such as DE.txt or DE.zip.
    country : str, optional
        Two letters; needed where the file holds several countries.

    Raises
    ------
    DataError
        If the file cannot be read or is no such file.
    OptionError
        If the country is not in it, or several are and none was named.

    Notes
    -----
    A code with several places lies in their middle. Its error is the distance to the farthest of them or to the
    nearest other code, whichever is more: an estimate of how far the code's area reaches.
    """
    file = Path(path)
    table = _read(file)
    countries = sorted(table["country"].unique())
    if country is None and len(countries) > 1:
        raise OptionError(
            f"{file} holds {len(countries)} countries ({', '.join(countries[:8])}{', …' * (len(countries) > 8)}). "
            f"Name one with country=…."
        )
    if country is not None:
        if country.upper() not in countries:
            raise OptionError(f"{file} holds no postcodes of {country!r}. It holds {', '.join(countries[:8])}.")
        table = table[table["country"] == country.upper()]
    american = set(table["country"]) == {"US"}
    table = table.assign(code=table["postcode"].map(plain))
    xyz = on_sphere(table["lon"].to_numpy(), table["lat"].to_numpy())
    code, names = pd.factorize(table["code"], sort=True)
    middle = middles(xyz, code)
    spread = np.zeros(len(names))
    np.maximum.at(spread, code, arc_km(xyz, middle[code]))
    distinct, which = np.unique(np.round(middle, 9), axis=0, return_inverse=True)
    apart = np.zeros(len(distinct))
    if len(distinct) > 1:
        # Only here: every table is read through this file, and few need it.
        from scipy.spatial import cKDTree

        nearest = cKDTree(distinct).query(distinct, k=2)[1][:, 1]
        apart = arc_km(distinct, distinct[nearest])
    codes = pd.DataFrame(
        {
            "lon": degrees(middle)[:, 0],
            "lat": degrees(middle)[:, 1],
            "state": table.drop_duplicates("code").set_index("code")["state"].reindex(names).to_numpy(),
            "error_km": np.round(np.maximum(spread, apart[which.ravel()]), 1),
        },
        index=pd.Index(names),
    )
    lengths = {len(name) for name in names}
    width = lengths.pop() if len(lengths) == 1 and all(name.isdigit() for name in names) else None
    places = table[["place", "state", "state_name", "lon", "lat"]].reset_index(drop=True)
    return PostalTable(codes, places, width, file.name, american=american, country=str(table["country"].iloc[0]))


def _read(file: Path) -> pd.DataFrame:
    """Return the rows of a postal file with coordinates."""
    if not file.is_file():
        raise DataError(f"{file} {'is a folder' if file.exists() else 'does not exist'}. Name a GeoNames postal file.")
    what = "A GeoNames postal file has 12 columns, separated by tabs, without a header"
    source: Any = file
    try:
        if file.suffix.lower() == ".zip":
            with zipfile.ZipFile(file) as archive:
                inside = [name for name in archive.namelist() if name.lower() not in ("readme.txt",)]
                if len(inside) != 1:
                    raise DataError(f"{file} holds {len(inside)} files besides its readme. {what}; name that file.")
                source = archive.open(inside[0])
                table = _table(source)
        else:
            table = _table(source)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise DataError(f"{file} cannot be read: {str(error).strip()}. {what}.") from error
    if table.shape[1] != len(GEONAMES_COLUMNS):
        raise DataError(f"{file} has {table.shape[1]} columns. {what}.")
    table.columns = pd.Index(GEONAMES_COLUMNS)
    for name, limit in (("lat", 90), ("lon", 180)):
        values = pd.to_numeric(table[name], errors="coerce")
        wrong = np.flatnonzero(~(values.abs() <= limit).to_numpy())
        if len(wrong):
            raise DataError(f"{file}, line {wrong[0] + 1}: the {name} {table[name].iloc[wrong[0]]!r} is none. {what}.")
        table[name] = values.astype(float)
    return table


def _table(source: Any) -> pd.DataFrame:
    return pd.read_csv(source, sep="\t", header=None, dtype=str, keep_default_na=False, quoting=3, encoding="utf-8")


def on_sphere(lon: Floats, lat: Floats) -> Floats:
    """Return points on the unit sphere, shape (n, 3)."""
    lon, lat = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def degrees(xyz: Floats) -> Floats:
    """Return longitude and latitude of points on the unit sphere, shape (n, 2), to a tenth of a metre."""
    lon, lat = np.arctan2(xyz[:, 1], xyz[:, 0]), np.arcsin(np.clip(xyz[:, 2], -1, 1))
    rounded: Floats = np.round(np.degrees(np.column_stack([lon, lat])), 6)
    return rounded


def middles(xyz: Floats, group: NDArray[Any]) -> Floats:
    """Return the middle of each group of points on the unit sphere, shape (groups, 3)."""
    sums = np.column_stack([np.bincount(group, xyz[:, axis]) for axis in range(3)]).astype(np.float64)
    middle: Floats = np.asarray(sums / np.linalg.norm(sums, axis=1)[:, None], dtype=np.float64)
    return middle


def arc_km(a: Floats, b: Floats) -> Floats:
    """Return great-circle kilometres between rows of points on the unit sphere."""
    half = np.clip(np.linalg.norm(a - b, axis=1) / 2, 0, 1)
    kilometres: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(half)
    return kilometres
