"""Delimited text and data frames into one table of text and numbers.

Ids and postcodes keep their leading zeros: a column becomes numeric only when nothing is lost by it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from pathlib import Path

import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.clean import id_text

_DELIMITERS = (",", ";", "\t", "|")
_LEADING_ZERO = r"^[+-]?0\d"
_LONG_INTEGER = r"^[+-]?\d{16,}$"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's files in name order, as hexadecimal text."""
    digest = hashlib.sha256()
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def delimiter_of(header: str) -> str:
    """Return the delimiter that splits a header line into the most fields."""
    counts = {d: len(next(csv.reader([header], delimiter=d), [])) for d in _DELIMITERS}
    return max(_DELIMITERS, key=lambda d: counts[d])


def read_delimited(path: Path) -> pd.DataFrame:
    """Read a CSV or TSV file as text; `numbers_where_lossless` makes numbers of it.

    Parameters
    ----------
    path : Path
        UTF-8 text, with or without a byte-order mark; delimiter comma, semicolon, tab or bar.

    Returns
    -------
    DataFrame
        One row per record, in file order, index 0..n-1; blank lines are no records. Empty cells are missing.

    Raises
    ------
    DataError
        If the file is empty, not UTF-8, has two columns of one name, or a record of the wrong width.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: byte {error.start} is not UTF-8. Save the file as 'CSV UTF-8' and read it again."
        ) from error
    if not text.strip():
        raise DataError(f"{path} is empty. It needs a header line and one line per record.")
    above = re.match(r"(?: *\n)*", text)
    text = text[above.end() :] if above else text
    delimiter = delimiter_of(text.split("\n", 1)[0])
    header = [name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=delimiter))]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise DataError(f"{path}: the header has {', '.join(map(repr, twice))} more than once. Rename one of them.")
    count = _count_records(text, delimiter, len(header), path)
    try:
        frame = pd.read_csv(
            io.StringIO(text), sep=delimiter, dtype=str, header=0, names=header, index_col=False,
            keep_default_na=False, na_values=[""], skip_blank_lines=True, on_bad_lines="error",
        )  # fmt: skip
    except (pd.errors.ParserError, ValueError) as error:
        raise DataError(f"{path}: {str(error).strip()}. Check the quotes around that value.") from error
    if len(frame) != count:
        raise DataError(f"{path}: {count} or {len(frame)} records, as one reads the quotes. Check that they pair.")
    return frame


def _count_records(text: str, delimiter: str, width: int, path: Path) -> int:
    """Count the records below the header, each of which must have the header's width.

    pandas fills short records and cuts long ones without a word.
    """
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    count = -1
    try:
        for record in reader:
            if not record or (len(record) == 1 and not record[0].strip(" ")):
                continue
            count += 1
            if len(record) != width:
                raise DataError(
                    f"{path}: record {count} has {len(record)} fields and the header {width} (line "
                    f"{reader.line_num}). Put quotes around a value that holds {delimiter!r} or a line break."
                )
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}. Check the quotes around that value.") from error
    return count


def numbers_where_lossless(frame: pd.DataFrame, *, ids: str | None = None) -> pd.DataFrame:
    """Return the table with its text columns turned numeric where every value is a plain number.

    A column with leading zeros (postcodes, county codes) or with integers too long to be exact stays text,
    and so does one with a single value that is not a number; `units` says which rows those are once the
    column is asked for as a measure. The column `ids` stays text unless its numbers read as they did (1E5 or
    1.10 do not).
    """
    converted: dict[str, pd.Series] = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
            converted[name] = column
            continue
        filled = column.dropna()
        if filled.empty or pd.api.types.infer_dtype(filled, skipna=False) not in ("string", "categorical"):
            converted[name] = column
            continue
        text = filled.str.strip()
        number = pd.to_numeric(column.astype(object), errors="coerce")
        plain = not number[filled.index].isna().any() and not text.str.match(_LEADING_ZERO).any()
        exact = number.dtype.kind in "iu" or not text.str.match(_LONG_INTEGER).any()
        same = name != ids or bool((number[filled.index].map(id_text) == text).all())
        converted[name] = number if plain and exact and same else column
    return pd.DataFrame(converted, index=frame.index)
