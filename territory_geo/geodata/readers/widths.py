"""How many fields the records of a text have: too few, too many, or a quotation mark that swallows lines.

pandas fills short records and cuts long ones without a word; here each of them is found, by its number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from territory_geo.errors import DataError

_MOST_BROKEN = 0.1
"""From this share of long records on, the delimiter is wrong rather than the records."""


@dataclass(frozen=True)
class Widths:
    """Records below a header.

    Parameters
    ----------
    records, blank : int
        How many there are, and how many blank lines between them.
    widest : int
        Fields of the widest record, at least the header's.
    named : int
        The same without the long records: columns that the table has.
    long, short : dict
        Position of each record with more or fewer fields than the header, and what is to be said of it.
    """

    records: int
    blank: int
    widest: int
    named: int
    long: dict[int, str] = field(default_factory=dict)
    short: dict[int, str] = field(default_factory=dict)


def lines_of(text: str) -> Iterator[str]:
    """Return the lines of a text one by one, without a copy of the whole."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def record_widths(text: str, delimiter: str, width: int, path: Path, *, lines: int, strict: bool) -> Widths:
    """Return what the records below a header of `width` fields are like.

    Empty fields at the end are no harm, nor are records with a single field, such as a remark below the table.

    Parameters
    ----------
    text : str
        Header and records.
    delimiter : str
        One character.
    width : int
        Fields of the header.
    path : Path
        For messages.
    lines : int
        Lines above the text.
    strict : bool
        Refuse each record of another width.

    Raises
    ------
    DataError
        If a quotation mark is not closed, or too many records are longer than the header.
    """
    even = _even_records(text, delimiter, width)
    if even is not None:
        return Widths(even, 0, width, width)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    count, blank, waiting, widest, named, end = -1, 0, 0, width, width, 0
    long: dict[int, str] = {}
    short: dict[int, str] = {}
    first = ""
    try:
        for record in reader:
            start, end = end + 1, reader.line_num
            if not record or (len(record) == 1 and not record[0].strip(" ")):
                waiting += 1
                continue
            # Blank lines at the end are nothing to speak of.
            blank, waiting = blank + waiting, 0
            count += 1
            if len(record) == width:
                continue
            widest = max(widest, len(record))
            harmless = not strict and (len(record) == 1 or not any(cell.strip() for cell in record[width:]))
            if harmless and not 1 < len(record) < width:
                named = max(named, len(record))
                continue
            if any("\n" in cell for cell in record):
                raise DataError(
                    f"{path}: a quotation mark that opens in line {lines + start} closes in line {lines + end} or "
                    f"never, and that record has {_fields(len(record))}, the header {width}. Close it, or write it "
                    "twice where it belongs to the text."
                )
            said = f"{_fields(len(record))}, the header has {width} (line {lines + end})"
            first = first or (
                f"{path}: record {count} has {_fields(len(record))} and the header {width} (line {lines + end}). Put "
                f"quotes around a value that holds {delimiter!r} or a line break."
            )
            if len(record) > width:
                long[count - 1] = f"{said}: put quotes around a value that holds {delimiter!r}"
            else:
                short[count - 1] = said
            if strict:
                raise DataError(first)
    except csv.Error as error:
        raise DataError(
            f"{path}, line {lines + reader.line_num}: {error}. Check the quotes around that value."
        ) from error
    if len(long) > _MOST_BROKEN * count:
        raise DataError(first if len(long) == 1 else f"{first} So it is in {len(long):,} of {count:,} records.")
    return Widths(count, blank, widest, named, long, short)


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


def _even_records(text: str, delimiter: str, width: int) -> int | None:
    """Return the number of records below the header where each line is one and has `width` fields, else None.

    Counted at once: without a quotation mark a line is a record and a delimiter ends a field, so that nothing needs to
    be read. Blank lines, other widths and a single column (whose blank lines look like records) take the slow way.
    """
    if width < 2 or '"' in text or "\r" in text or not delimiter.isascii():
        return None
    signs = np.frombuffer(text.encode(), dtype=np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    if not len(ends) or ends[-1] != len(signs) - 1:
        ends = np.append(ends, len(signs))
    if np.diff(ends, prepend=-1).max() > csv.field_size_limit():
        return None
    starts = np.concatenate([[0], ends[:-1] + 1])
    found = np.add.reduceat(signs == ord(delimiter), starts, dtype=np.int64)
    return len(ends) - 1 if bool((found == width - 1).all()) else None
