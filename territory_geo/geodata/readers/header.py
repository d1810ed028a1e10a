"""Where the header of a table is, and what its columns are called.

Exports put titles and group headings above the header, leave columns without a name, or use a name twice; what is
made of it is said, and no cell with a value is left out.
"""

from __future__ import annotations

import csv
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from territory_geo.geodata.clean.values import amount
from territory_geo.geodata.readers.dialect import DELIMITERS, delimiter_of

_GLANCE = 60
_FEWEST_COLUMNS = 3
_FULL = 0.6
_SHOWN = 3


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """Return the position of the header among a table's first rows; 0 where nothing speaks against the first.

    A title fills at most half of the cells that most rows fill. The header is the first row from there on that fills
    most of them without a number among them, or the one below where that is fuller: a heading over several columns.

    Parameters
    ----------
    rows : sequence of sequence of str
        Cells, empty ones included; rows without any cell are passed over.

    Examples
    --------
    >>> header_row([["Customers"], [], ["id", "lat", "lon"], ["1", "42.1", "-71.0"]])
    2
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    counts = [count for count in filled[1:] if count]
    if not counts:
        return 0
    usual = statistics.median_high(counts)
    first = filled[0]
    if usual < _FEWEST_COLUMNS or (first > usual / 2 and len(rows[0]) - first < 2):
        return 0
    for i, count in enumerate(filled):
        if count >= _FULL * usual and _is_words(rows[i]):
            below = next((j for j in range(i + 1, len(rows)) if filled[j]), i)
            return below if filled[below] > count and _is_words(rows[below]) else i
    return 0


def _is_words(row: Sequence[str]) -> bool:
    return all(amount(cell.strip(), ".") != amount(cell.strip(), ".") for cell in row if cell.strip())


def find_header(text: str, delimiter: str | None) -> tuple[str, int]:
    """Return the delimiter of a text, and how many of its lines stand above the header.

    Parameters
    ----------
    text : str
        With line feeds; the first line is not blank.
    delimiter : str or None
        Where it is known.
    """
    lines = text.split("\n", _GLANCE)[:_GLANCE]
    first = delimiter or delimiter_of(lines[0])
    best, records = first, _records(lines, first)
    if len(records[0][1]) == 1 and delimiter is None:
        # A title shows no delimiter: the one that splits most lines into the most fields is it.
        parsed = {d: _records(lines, d) for d in DELIMITERS}
        usual = {d: statistics.median_high(len(cells) for _, cells in parsed[d]) for d in DELIMITERS}
        best = max(DELIMITERS, key=lambda d: usual[d])
        records = parsed[best]
    start = header_row([cells for _, cells in records])
    return (best, records[start - 1][0]) if start else (first, 0)


def _records(lines: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """Return records with the number of their last line; quotes that never close end the look."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    try:
        for record in reader:
            found.append((reader.line_num, record))
    except csv.Error:
        pass
    return found or [(1, [lines[0]])]


def above_note(rows: Sequence[str]) -> tuple[str, str, str]:
    """Return the finding about what stands above the header."""
    said = [row.strip() for row in rows if row.strip(" ,;\t|")]
    shown = ", ".join(repr(row) for row in said[:_SHOWN]) + (", …" if len(said) > _SHOWN else "")
    many = f"{len(rows):,} lines stand" if len(rows) != 1 else "1 line stands"
    return "header", f"{many} above the header: {shown}", "left out; rows are counted without them"


def column_names(header: Sequence[str], holds: Sequence[bool]) -> tuple[list[str | None], list[Any]]:
    """Return the name of each column (None: it is left out), and what was noticed.

    Parameters
    ----------
    header : sequence of str
        As the source writes it.
    holds : sequence of bool
        Whether a column holds any value.

    Examples
    --------
    >>> names, said = column_names(["id", "note", "note", "", ""], [True, True, True, True, False])
    >>> names
    ['id', 'note (1)', 'note (2)', 'column 4', None]
    >>> said[0]
    ('renamed_column', "'note' comes 2 times", 'renamed note (1), note (2)')
    """
    stripped = [name.strip() for name in header]
    count, seen = Counter(stripped), Counter[str]()
    names: list[str | None] = []
    for i, (name, full) in enumerate(zip(stripped, holds, strict=True), 1):
        seen[name] += 1
        if name:
            names.append(name if count[name] == 1 else _free(f"{name} ({seen[name]})", count))
        else:
            names.append(_free(f"column {i}", count) if full else None)
    said = []
    for name, times in count.items():
        if name and times > 1:
            new = ", ".join(str(made) for made, old in zip(names, stripped, strict=True) if old == name)
            said.append(("renamed_column", f"{name!r} comes {times} times", f"renamed {new}"))
    said += [
        ("unnamed_column", f"column {i} has no name", f"called {name}")
        for i, (name, old) in enumerate(zip(names, stripped, strict=True), 1)
        if name is not None and not old
    ]
    gone = [i for i, name in enumerate(names, 1) if name is None]
    if gone:
        which = f"columns {', '.join(map(str, gone))} have" if len(gone) > 1 else f"column {gone[0]} has"
        said.append(("unnamed_column", f"{which} neither a name nor a value", "left out"))
    return names, said


def _free(name: str, taken: Counter[str]) -> str:
    while name in taken:
        name += "_"
    return name
