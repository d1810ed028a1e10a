"""Databases by URL and query: PostGIS and others through SQLAlchemy, DuckDB through its own library.

Geometries come as well-known binary, with the reference system that PostGIS puts into it.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from territory_geo.errors import DataError, MissingDependency, OptionError
from territory_geo.geodata.readers.tables import Notes

_URL = re.compile(r"^[a-z][a-z0-9]*(\+[a-z0-9_]+)?:(//|$)", re.IGNORECASE)
_HEX = re.compile(r"^0[01][0-9A-Fa-f]{8,}$")
_DRIVERS = ("psycopg", "psycopg2", "pg8000")


def is_database(source: Any) -> bool:
    """Tell whether a source is the URL of a database, such as ``postgresql://host/sales``."""
    return isinstance(source, str) and _URL.match(source) is not None and not source.lower().startswith("file:")


def read_database(url: str, query: str | None) -> tuple[pd.DataFrame, str, Notes]:
    """Run a query and return its rows.

    Parameters
    ----------
    url : str
        ``duckdb:///path/to/file.duckdb``, or any URL that SQLAlchemy knows, such as
        ``postgresql://user:password@host/database``.
    query : str
        SQL; for a geometry, PostGIS may be asked for the column itself, DuckDB for ``ST_AsWKB(column)``.

    Returns
    -------
    frame : DataFrame or GeoDataFrame
        A GeoDataFrame where a column holds well-known binary; its CRS is that of PostGIS, or None.
    label : str
        The URL without its password.
    notes : list of (rule, finding, action)
        Which column is the geometry.

    Raises
    ------
    OptionError
        If there is no query.
    MissingDependency
        If a needed package is not installed, with the line that installs it.
    DataError
        If the database cannot be reached or refuses the query.
    """
    if not query:
        raise OptionError(f'A database needs a query, such as query="SELECT * FROM accounts". Got {query!r} instead.')
    frame, label = _duckdb(url, query) if url.lower().startswith("duckdb:") else _sqlalchemy(url, query)
    frame.columns = [str(name) for name in frame.columns]
    return _with_geometry(frame, label)


def _duckdb(url: str, query: str) -> tuple[pd.DataFrame, str]:
    duckdb = _needed("duckdb", "DuckDB", "duckdb")
    target = re.sub(r"^duckdb:(//)?/?", "", url, flags=re.IGNORECASE)
    label = f"duckdb:{Path(target).name or ' in memory'}"
    if target and target != ":memory:" and not Path(target).exists():
        raise DataError(f"{target} does not exist. Check the spelling; a full path needs four slashes: duckdb:////…")
    try:
        with duckdb.connect(target or ":memory:", read_only=bool(target) and target != ":memory:") as connection:
            result = connection.execute(query)
            names = [entry[0] for entry in result.description]
            rows = result.fetchall()
    except duckdb.Error as error:
        hint = " Ask for ST_AsWKB(…) of it." if "GEOMETRY" in str(error).upper() else ""
        raise DataError(f"{label}: {_first_line(error)}.{hint}") from error
    return pd.DataFrame(rows, columns=names).infer_objects(), label


def _sqlalchemy(url: str, query: str) -> tuple[pd.DataFrame, str]:
    sqlalchemy = _needed("sqlalchemy", "A database", "postgis")
    try:
        address = sqlalchemy.engine.make_url(url)
        if address.drivername in ("postgresql", "postgres"):
            driver = next((name for name in _DRIVERS if importlib.util.find_spec(name)), None)
            if driver is None:
                raise MissingDependency(_install_line("PostgreSQL", "postgis"))
            address = address.set(drivername=f"postgresql+{driver}")
        label = address.render_as_string(hide_password=True)
        engine = sqlalchemy.create_engine(address)
    except sqlalchemy.exc.ArgumentError as error:
        raise DataError(f"The address of the database cannot be read: {_first_line(error)}.") from error
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"The driver {error.name!r} of this database is not installed: pip install it."
        ) from error
    try:
        with engine.connect() as connection:
            result = connection.execute(sqlalchemy.text(query))
            frame = pd.DataFrame(result.fetchall(), columns=list(result.keys())).infer_objects()
    except sqlalchemy.exc.SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise DataError(f"{label}: {_first_line(cause)}. Check the address and the query.") from error
    finally:
        engine.dispose()
    return frame, label


def _needed(module: str, what: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingDependency(_install_line(what, extra)) from error


def _install_line(what: str, extra: str) -> str:
    return f"{what} needs a package that is not installed. Install it with: pip install 'territory-geo[{extra}]'"


def _first_line(error: Any) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _with_geometry(frame: pd.DataFrame, label: str) -> tuple[pd.DataFrame, str, Notes]:
    """Return the rows with their geometry, where one column holds well-known binary."""
    import geopandas as gpd
    import shapely

    found = [name for name in frame.columns if _is_wkb(frame[name])]
    if not found:
        return _plain(frame), label, []
    if len(found) > 1:
        raise DataError(f"{label}: the columns {', '.join(map(repr, found))} all hold geometries. Ask for one of them.")
    cells = [bytes(v) if isinstance(v, (bytes, bytearray, memoryview)) else v for v in frame[found[0]]]
    try:
        shapes = shapely.from_wkb(np.array([None if _is_nothing(v) else v for v in cells], dtype=object))
    except shapely.errors.GEOSException as error:
        raise DataError(f"{label}: the column {found[0]!r} holds a broken geometry: {_first_line(error)}.") from error
    systems = {int(number) for number in shapely.get_srid(shapes[~shapely.is_missing(shapes)])} - {0, -1}
    if len(systems) > 1:
        raise DataError(f"{label}: {found[0]} mixes the systems {sorted(systems)}. Use ST_Transform in the query.")
    crs = f"EPSG:{systems.pop()}" if systems else None
    rest = _plain(frame.drop(columns=found))
    notes: Notes = [("column", f"{found[0]} is the geometry", "used")]
    return gpd.GeoDataFrame(rest, geometry=shapely.force_2d(shapes), crs=crs), label, notes


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def _is_wkb(column: pd.Series) -> bool:
    """Tell whether a column holds well-known binary: bytes, or the hexadecimal text of PostGIS."""
    if column.dtype.kind != "O" and not pd.api.types.is_string_dtype(column):
        return False
    filled = [value for value in column if not _is_nothing(value)]
    if not filled:
        return False
    return all(
        (isinstance(v, (bytes, bytearray, memoryview)) and len(bytes(v)) >= 9 and bytes(v)[0] in (0, 1))
        or (isinstance(v, str) and _HEX.match(v) is not None and len(v) % 2 == 0)
        for v in filled
    )


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return exact decimals (NUMERIC columns) as floats: nothing else here computes with them."""
    from decimal import Decimal

    def is_decimal(column: pd.Series) -> bool:
        filled = column.dropna()
        return len(filled) > 0 and column.dtype == object and all(isinstance(v, Decimal) for v in filled)

    return frame.assign(**{name: frame[name].astype(float) for name in frame.columns if is_decimal(frame[name])})
