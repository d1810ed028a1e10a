"""Whatever a user names (a file of any known kind, a folder, a database, a data frame) into one table.

The one place that knows which reader takes what.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.readers.books import BOOK_SUFFIXES, read_book
from territory_geo.geodata.readers.databases import is_database, read_database
from territory_geo.geodata.readers.dialect import TextFormat
from territory_geo.geodata.readers.packed import is_packed, unpacked
from territory_geo.geodata.readers.records import LINE_SUFFIXES, is_geographic, load_json, read_records
from territory_geo.geodata.readers.tables import Broken, Notes, read_text_table, sha256_of
from territory_geo.geodata.readers.vectors import (
    VECTOR_SUFFIXES,
    in_degrees,
    is_parquet,
    parquet_has_geometry,
    read_vector,
    text_names,
)

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
"""Endings of delimited text."""

READABLE = (*TEXT_SUFFIXES, *BOOK_SUFFIXES, *LINE_SUFFIXES, *VECTOR_SUFFIXES)
"""All known endings."""

_EDGE = 4096
"""Bytes at the ends of a file where services write about the whole."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """A source as a table.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Index 0..n-1; a GeoDataFrame is in degrees, or has no CRS.
    label : str
        What messages call it.
    sha256 : str
        Of the file or folder; empty for others.
    notes : list of (rule, finding, action)
        What the reader guessed.
    broken : dict
        Rows that are not whole: rule, then position and finding.
    """

    frame: Any
    label: str
    sha256: str = ""
    notes: Notes = field(default_factory=list)
    broken: Broken = field(default_factory=dict)


def kind_of(path: Path, layer: str | None = None) -> str:
    """Return what a path holds: "text", "book", "json", "table" (plain Parquet) or "shapes".

    Raises
    ------
    DataError
        If it does not exist, or its ending is not known.
    """
    if not path.exists():
        raise DataError(f"{path} does not exist. Check the spelling, or give the full path.")
    name = path.name.lower()
    if is_packed(path):
        with unpacked(path, READABLE, layer) as inner:
            return kind_of(inner)
    if name.endswith(TEXT_SUFFIXES):
        return "text"
    if name.endswith(BOOK_SUFFIXES):
        return "book"
    if name.endswith(LINE_SUFFIXES):
        return "json"
    if is_parquet(path):
        return "shapes" if parquet_has_geometry(path) else "table"
    if name.endswith(".json"):
        return "shapes" if is_geographic(load_json(path)) else "json"
    if name.endswith(VECTOR_SUFFIXES):
        return "shapes"
    if path.is_dir():
        raise DataError(f"{path} is a folder. Name a file in it, or a folder of Parquet files.")
    raise DataError(f"{path}: the ending {path.suffix!r} is not known. Readable are {', '.join(READABLE)}.")


def known_crs(crs: Any) -> str | None:
    """Return a reference system as text; longitude and latitude are always "EPSG:4326", None stays None.

    Raises
    ------
    OptionError
        If pyproj does not know it.
    """
    if crs is None or (isinstance(crs, str) and crs == "EPSG:4326"):
        return crs
    import pyproj

    try:
        system = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise OptionError(
            "The 'crs' parameter must be a reference system such as 'EPSG:4326' (longitude, latitude) or 'EPSG:25832', "
            f"or None (planar metres). Got {crs!r} instead."
        ) from error
    if not (system.is_geographic or system.is_projected):
        raise OptionError(f"The 'crs' parameter must be geographic or projected. Got {system.name!r} instead.")
    same = system.equals("EPSG:4326", ignore_axis_order=True)
    return "EPSG:4326" if same else system.to_string()


def load(
    source: str | os.PathLike[str] | pd.DataFrame,
    *,
    layer: str | None = None,
    query: str | None = None,
    text: TextFormat | None = None,
    crs: str | None = None,
) -> Loaded:
    """Read a source.

    Parameters
    ----------
    source : path, URL or DataFrame
        As in `read_accounts`.
    layer : str, optional
        Layer of a geographic file, sheet of a workbook.
    query : str, optional
        SQL for a database.
    text : TextFormat, optional
        How a text file is written.
    crs : str, optional
        Reference system of shapes that declare none.

    Raises
    ------
    DataError
        If the source cannot be read.
    OptionError
        If an option does not fit the kind of source: it would be ignored without a word.
    """
    if is_database(source):
        _unfit(source, "a database has none of it", layer=layer, text=text)
        frame, label, notes = read_database(str(source), query)
        return _checked(frame, label, "", notes, crs or "EPSG:4326")
    if isinstance(source, pd.DataFrame):
        label = "the GeoDataFrame" if hasattr(source, "active_geometry_name") else "the DataFrame"
        _unfit(label, "it is read as it is", layer=layer, text=text, query=query)
        return _checked(source, label, "", [], crs)
    path = Path(source)
    if path.exists() and is_packed(path):
        with unpacked(path, READABLE, layer) as inner:
            loaded = load(inner, query=query, text=text, crs=crs)
        note = ("sheet", f"{inner.name} in the archive", "read")
        return replace(loaded, label=path.name, sha256=sha256_of(path), notes=[note, *loaded.notes])
    kind = kind_of(path)
    _unfit(path, "only a database takes a query", query=query)
    _unfit(path, "only delimited text has a text format", text=None if kind == "text" else text)
    if kind in ("text", "json", "table"):
        _unfit(path, "a table has no layers", layer=layer)
    if kind == "text":
        frame, notes, broken = read_text_table(path, text)
        return replace(_checked(frame, path.name, sha256_of(path), notes, crs), broken=broken)
    if kind == "book":
        frame, notes = read_book(path, sheet=layer)
    elif kind == "json":
        frame, notes = read_records(load_json(path), str(path))
    elif kind == "table":
        frame, notes = pd.read_parquet(path).reset_index(drop=True), []
    else:
        return Loaded(read_vector(path, layer=layer, crs=crs), path.name, sha256_of(path), _cut_short(path))
    return _checked(frame, path.name, sha256_of(path), notes, crs)


def _cut_short(path: Path) -> Notes:
    """Return a note where a map service says that it sent only part of its records."""
    if path.suffix.lower() not in (".json", ".geojson"):
        return []
    with path.open("rb") as stream:
        head = stream.read(_EDGE)
        stream.seek(max(0, path.stat().st_size - _EDGE))
        edges = head + stream.read()
    if not re.search(rb'"exceededTransferLimit"\s*:\s*true', edges):
        return []
    return [("partial", "the service sent only part of its records (exceededTransferLimit)", "ask it for the rest")]


def _checked(frame: pd.DataFrame, label: str, digest: str, notes: Notes, crs: str | None) -> Loaded:
    if hasattr(frame, "active_geometry_name"):
        if not label.startswith("the ") and frame.crs is None:
            notes = [*notes, ("no_crs", "the geometries carry no reference system", f"taken as {crs}")]
        elif not label.startswith("the "):
            crs = None
        return Loaded(in_degrees(frame, label, crs=crs), label, digest, notes)
    return Loaded(text_names(frame.reset_index(drop=True), label), label, digest, notes)


def _unfit(source: Any, why: str, **given: Any) -> None:
    wrong = [name for name, value in given.items() if value is not None]
    if wrong:
        raise OptionError(f"{source}: {', '.join(wrong)} cannot be used here, {why}. Leave it out.")
