"""Delimited text and data frames into one table of text and numbers.

Ids and postcodes keep their leading zeros: a column becomes numeric only when nothing is lost by it.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.ids import id_text
from territory_geo.geodata.readers.dialect import NAMES, TextFormat, decoded, delimiter_of, stated_delimiter
from territory_geo.geodata.readers.header import above_note, column_names, find_header
from territory_geo.geodata.readers.plain import plain_table
from territory_geo.geodata.readers.widths import Widths, lines_of, record_widths

__all__ = ["delimiter_of", "numbers_where_lossless", "read_delimited", "read_text_table", "sha256_of"]

Notes = list[tuple[str, str, str]]
"""What a reader guessed: rule, finding, action."""

Broken = dict[str, dict[int, str]]
"""Rows that are not whole: rule, then position and finding."""

_GLANCE = 100
_LEADING_ZERO = r"^[+-]?0\d"
_GROUPS = r"^[+-]?\d{1,3}\.\d{3}$"
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
    return _table(text, path, None, strict=True)[0]


def read_text_table(path: Path, how: TextFormat | None = None) -> tuple[pd.DataFrame, Notes, Broken]:
    """Read a CSV or TSV file, also gzipped, whatever its encoding and delimiter; what was found comes with it.

    Parameters
    ----------
    path : Path
        The file.
    how : TextFormat, optional
        What the user states.

    Returns
    -------
    frame : DataFrame
        As `read_delimited`; lines above the header and columns without name and value are left out.
    notes : list of (rule, finding, action)
        Encoding, delimiter, what stands above the header, blank lines, columns that got another name.
    broken : dict
        For the rules long_record and short_record: position of each such row, and what is to be said of it.

    Raises
    ------
    DataError
        As `read_delimited`, for bytes that are no text, and for a broken archive.
    """
    how = how or TextFormat()
    content = path.read_bytes()
    if path.suffix.lower() == ".gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{path} cannot be unpacked: {error}. Write the file anew.") from error
    text, encoding, guessed = decoded(content, str(path), how.encoding)
    notes: Notes = [("encoding", encoding, "guessed from its bytes" if guessed else "used")]
    stated, text = stated_delimiter(text.replace("\r\n", "\n").replace("\r", "\n"))
    frame, delimiter, said, broken = _table(text, path, how.delimiter or stated, strict=False)
    action = "used" if how.delimiter else "stated in the first line" if stated else "found from the header"
    notes.append(("delimiter", NAMES.get(delimiter, repr(delimiter)), action))
    return frame, [*notes, *said], broken


def _table(text: str, path: Path, delimiter: str | None, *, strict: bool) -> tuple[pd.DataFrame, str, Notes, Broken]:
    """Return a table of text, its delimiter, what was noticed, and the records of another width than the header.

    `strict` takes the first line for the header, and each of its names once.
    """
    if not text.strip():
        raise DataError(f"{path} is empty. It needs a header line and one line per record.")
    above = re.match(r"(?: *\n)*", text)
    lead = above.end() if above else 0
    lines, text = text[:lead].count("\n"), text[lead:]
    notes: Notes = []
    delimiter, titles = (
        (delimiter or delimiter_of(text.split("\n", 1)[0]), 0) if strict else find_header(text, delimiter)
    )
    if titles:
        parts = text.split("\n", titles)
        notes.append(above_note(parts[:titles]))
        text, lines = parts[titles], lines + titles
    reader = csv.reader(lines_of(text), delimiter=delimiter)
    header = [name.strip() for name in next(reader)]
    below = reader.line_num
    twice = sorted({name for name in header if header.count(name) > 1}) if strict else []
    if twice:
        raise DataError(f"{path}: the header has {', '.join(map(repr, twice))} more than once. Rename one of them.")
    plain = plain_table(text, delimiter, len(header), below)
    found = (
        record_widths(text, delimiter, len(header), path, lines=lines, strict=strict)
        if plain is None
        else Widths(len(plain), 0, len(header), len(header))
    )
    header += [""] * (found.named - len(header))
    try:
        frame = plain if plain is not None else pd.read_csv(
            _stream(text, below), sep=delimiter, dtype=str, header=None, names=range(found.widest), index_col=False,
            keep_default_na=False, na_values=[""], skip_blank_lines=True, on_bad_lines="error",
        )[list(range(len(header)))]  # fmt: skip
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame({i: pd.Series(dtype=object) for i in range(len(header))})
    except (pd.errors.ParserError, ValueError) as error:
        raise DataError(f"{path}: {str(error).strip()}. Check the quotes around that value.") from error
    if len(frame) != found.records:
        raise DataError(
            f"{path}: {found.records} or {len(frame)} records, as one reads the quotes. Check that they pair."
        )
    if strict:
        return frame.set_axis(header, axis=1), delimiter, notes, {}
    hollow = frame[0].isna()
    hollow[hollow] = frame[hollow].isna().all(axis=1)
    hollow[list(found.long)] = False
    again = (frame[0].str.strip() == header[0]) & ~hollow if header[0] else hollow & False
    if again.any():
        same = [frame.loc[again, i].fillna("").str.strip() == name for i, name in enumerate(header)]
        again[again] = np.logical_and.reduce(same)
    if again.any():
        hollow |= again
        repeats = f"the header comes again in {int(again.sum()):,} lines"
        notes.append(("header", repeats, "left out; rows are counted without them"))
    at = np.cumsum(~hollow.to_numpy()) - 1
    frame = frame[~hollow].reset_index(drop=True) if hollow.any() else frame
    broken = {
        rule: {int(at[i]): text for i, text in rows.items() if not hollow[i]}
        for rule, rows in (("long_record", found.long), ("short_record", found.short))
    }
    if blank := found.blank + int(hollow.sum()) - int(again.sum()):
        notes.append(("blank_lines", f"{blank:,} below the header; rows are counted without them", "left out"))
    names, said = column_names(header, [bool(frame[i].notna().any()) for i in frame.columns])
    frame = frame[[i for i, name in enumerate(names) if name is not None]]
    return frame.set_axis([name for name in names if name is not None], axis=1), delimiter, [*notes, *said], broken


def _stream(text: str, lines: int) -> io.BytesIO:
    """Return a text as a stream without its first lines."""
    below = 0
    for _ in range(lines):
        below = text.find("\n", below) + 1 or len(text)
    return io.BytesIO(text[below:].encode())


def numbers_where_lossless(frame: pd.DataFrame, *, ids: str | None = None, decimal: str | None = None) -> pd.DataFrame:
    """Return the table with its text columns turned numeric where every value is a plain number.

    A column with leading zeros (postcodes, county codes) or with integers too long to be exact stays text,
    and so does one with a single value that is not a number; `units` says which rows those are once the
    column is asked for as a measure. The column `ids` stays text unless its numbers read as they did (1E5 or
    1.10 do not). Where the table's decimal sign is known to be the comma, 1.234 is no plain number either.
    """
    converted: dict[str, pd.Series] = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
            converted[name] = column
            continue
        # A glance spares most columns of text the rest.
        glance = column.head(_GLANCE).dropna().astype(object)
        if all(type(cell) is str for cell in glance) and pd.to_numeric(glance, errors="coerce").isna().any():
            converted[name] = column
            continue
        filled = column.dropna()
        if filled.empty or pd.api.types.infer_dtype(filled, skipna=False) not in ("string", "categorical"):
            converted[name] = column
            continue
        if pd.to_numeric(filled.head(_GLANCE).astype(object), errors="coerce").isna().any():
            converted[name] = column
            continue
        text = filled.str.strip()
        number = pd.to_numeric(column.astype(object), errors="coerce")
        plain = not number[filled.index].isna().any() and not text.str.match(_LEADING_ZERO).any()
        exact = number.dtype.kind in "iu" or not text.str.match(_LONG_INTEGER).any()
        same = name != ids or bool((number[filled.index].map(id_text) == text).all())
        dotted = decimal == "," and bool(text.str.match(_GROUPS).any())
        converted[name] = number if plain and exact and same and not dotted else column
    return pd.DataFrame(converted, index=frame.index)
