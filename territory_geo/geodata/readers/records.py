"""JSON tables: a list of records, records under a key, columns, or one record per line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.readers.dialect import decoded
from territory_geo.geodata.readers.tables import Notes

LINE_SUFFIXES = (".jsonl", ".ndjson")
"""Endings of files with one JSON record per line."""

_GEOGRAPHIC = ("FeatureCollection", "Feature", "Topology", "GeometryCollection", "Point", "MultiPoint")


def load_json(path: Path) -> Any:
    """Return the content of a JSON file, or of one with a record per line.

    Raises
    ------
    DataError
        If it is not JSON, with the line.
    """
    text = decoded(path.read_bytes(), str(path))[0]
    if path.suffix.lower() in LINE_SUFFIXES:
        return _lines(text, path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        # One record per line under the other name: what follows the first record is the next.
        if error.msg == "Extra data" and text.lstrip().startswith("{") and error.lineno > 1:
            return _lines(text, path)
    return _parsed(text, str(path))


def _lines(text: str, path: Path) -> list[Any]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    return [_parsed(line, f"{path}, line {number}") for number, line in lines]


def _parsed(text: str, label: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(f"{label} is not JSON: {error}. Write the file anew.") from error


def is_geographic(content: Any) -> bool:
    """Tell whether a JSON document is GeoJSON, TopoJSON or Esri's JSON rather than a table."""
    if not isinstance(content, dict):
        return False
    return content.get("type") in _GEOGRAPHIC or {"geometryType", "features"} <= set(content)


def read_records(content: Any, label: str) -> tuple[pd.DataFrame, Notes]:
    """Turn a JSON document into a table.

    Parameters
    ----------
    content : object
        A list of objects; an object with one list of objects among its values (``{"results": [...]}``); or columns,
        ``{"id": [...], "lat": [...]}`` or ``{"id": {"0": ...}}``. Objects in records become columns with dotted
        names, such as ``BillingAddress.latitude``.
    label : str
        Name of the source, for messages.

    Returns
    -------
    frame : DataFrame
        One row per record.
    notes : list of (rule, finding, action)
        Which part of the document was read.

    Raises
    ------
    DataError
        If the document is none of these.
    """
    notes: Notes = []
    if isinstance(content, dict):
        lists = {key: value for key, value in content.items() if _is_records(value)}
        if len(lists) == 1:
            key, content = next(iter(lists.items()))
            notes.append(("sheet", f"the records under {key!r}", "read"))
        elif len(lists) > 1:
            raise DataError(f"{label} holds several lists of records: {', '.join(map(repr, lists))}. Keep one of them.")
    if isinstance(content, list) and all(isinstance(record, dict) for record in content):
        frame = pd.json_normalize(content, sep=".") if content else pd.DataFrame()
        frame, said = _with_centers(frame)
        return _text_columns(frame), [*notes, *said]
    if isinstance(content, dict) and content:
        columns = list(content.values())
        if all(isinstance(c, list) for c in columns) and len({len(c) for c in columns}) == 1:
            return _text_columns(pd.DataFrame(content)), [*notes, ("sheet", "columns", "read")]
        if all(isinstance(c, dict) for c in columns) and len({tuple(c) for c in columns}) == 1:
            frame = pd.DataFrame({name: list(c.values()) for name, c in content.items()})
            return _text_columns(frame), [*notes, ("sheet", "columns", "read")]
    raise DataError(
        f"{label} is JSON, and no table: it needs a list of records such as "
        '[{"id": 1, "lat": 52.5, "lon": 13.4}], or columns of one length.'
    )


def _with_centers(frame: pd.DataFrame) -> tuple[pd.DataFrame, Notes]:
    """Give the ways and relations of an Overpass answer the centres that stand in a part of their own."""
    pairs = {"lat": "center.lat", "lon": "center.lon"}
    if not set(pairs.values()) <= set(frame.columns):
        return frame, []
    without = frame[list(set(pairs) & set(frame.columns))].isna().all(axis=1)
    rows = int((without & frame["center.lat"].notna()).sum())
    filled = {name: frame.get(name, pd.Series(index=frame.index, dtype=float)).fillna(frame[center])
              for name, center in pairs.items()}  # fmt: skip
    frame = frame.drop(columns=list(pairs.values())).assign(**filled)
    many = "1 record has" if rows == 1 else f"{rows:,} records have"
    return frame, [("sheet", f"{many} a centre instead of a place", "placed there")] if rows else []


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(isinstance(record, dict) for record in value)


def _text_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Write what is left of lists as text: a table's cell holds one value."""
    for name in frame.columns:
        if frame[name].map(lambda value: isinstance(value, (list, dict))).any():
            frame[name] = frame[name].map(lambda v: json.dumps(v) if isinstance(v, (list, dict)) else v)
    return frame.rename(columns=str).reset_index(drop=True)
