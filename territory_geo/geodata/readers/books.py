"""Excel workbooks (also .xls, .xlsb and OpenDocument): one sheet as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.readers.header import above_note, column_names, header_row
from territory_geo.geodata.readers.tables import Notes

BOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
"""Endings of workbooks."""

_EXACT = 2**53
_GLANCE = 60


def read_book(path: Path, *, sheet: str | None = None) -> tuple[pd.DataFrame, Notes]:
    """Read one sheet of a workbook; the first row that is not empty, and no title, is the header.

    Parameters
    ----------
    path : Path
        The workbook.
    sheet : str, optional
        Name of the sheet; may be left out where only one holds anything.

    Returns
    -------
    frame : DataFrame
        One row per record; empty cells are missing, text stays text, whole numbers are integers. Rows without
        any value are no records.
    notes : list of (rule, finding, action)
        Which sheet was read, how many empty rows were left out, what stands above the header, and columns that
        got another name.

    Raises
    ------
    DataError
        If the file is no workbook, or the sheet is not there or empty.
    """
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        contents = {name: _filled(book.get_sheet_by_name(name).to_python()) for name in _sheets(book)}
    except (python_calamine.CalamineError, OSError) as error:
        raise DataError(f"{path} cannot be read as a workbook: {error}. Save it as .xlsx or CSV.") from error
    listed = ", ".join(map(repr, contents))
    if sheet is not None and sheet not in contents:
        raise DataError(f"{path} has no sheet {sheet!r}. It holds {listed}.")
    full = [name for name, rows in contents.items() if any(rows)]
    tables = [name for name in full if _is_table(contents[name])]
    aside = [name for name in full if name not in tables] if sheet is None and len(tables) == 1 else []
    if sheet is None:
        full = tables if aside else full
        if len(full) > 1:
            raise DataError(
                f"{path} holds the sheets {', '.join(map(repr, full))}. Say which one with layer=… (--layer on the "
                "command line)."
            )
        if not full:
            raise DataError(f"{path} is empty. It needs a header row and one row per record.")
        sheet = full[0]
    rows = contents[sheet]
    start = next((i for i, row in enumerate(rows) if row), None)
    if start is None:
        raise DataError(f"{path}: the sheet {sheet!r} is empty. Name one of {', '.join(map(repr, full)) or 'none'}.")
    notes: Notes = [("sheet", sheet, "read")]
    if aside:
        notes.append(("sheet", f"{', '.join(map(repr, aside))}: no table", "left out"))
    width = max(max(row) for row in rows if row) + 1
    texts = [[str(row.get(i, "")) for i in range(width)] for row in rows[start : start + _GLANCE]]
    below = header_row(texts)
    if below:
        notes.append(above_note([" ".join(filter(None, cells)) for cells in texts[:below]]))
    frame, blank, said = _frame(rows[start + below :])
    if blank:
        notes.append(("blank_lines", f"{blank:,} below the header; rows are counted without them", "left out"))
    return frame, [*notes, *said]


def _sheets(book: Any) -> list[str]:
    """Return the names of the sheets that hold cells: charts and macros do not."""
    return [meta.name for meta in book.sheets_metadata if str(meta.typ).endswith("WorkSheet")]


def _is_table(rows: list[dict[int, Any]]) -> bool:
    """Tell whether a sheet holds more than remarks: two rows with two cells."""
    return sum(len(row) > 1 for row in rows) > 1


def _filled(rows: list[list[Any]]) -> list[dict[int, Any]]:
    """Return each row as a mapping of column number to value, without empty cells."""
    return [
        {i: cell for i, cell in enumerate(row) if not (cell is None or (isinstance(cell, str) and not cell.strip()))}
        for row in rows
    ]


def _frame(rows: list[dict[int, Any]]) -> tuple[pd.DataFrame, int, Notes]:
    header, records = rows[0], [row for row in rows[1:] if row]
    last = max(i for i, row in enumerate(rows) if row)
    blank = last - len(records)
    used = sorted({i for row in rows for i in row})
    width = max(used) + 1
    names, said = column_names([str(header.get(i, "")) for i in range(width)], [i in used for i in range(width)])
    columns = {name: _column([row.get(i) for row in records]) for i, name in enumerate(names) if name is not None}
    return pd.DataFrame(columns), blank, said


def _column(cells: list[Any]) -> pd.Series:
    """Return cells as a column: whole numbers as integers, since a workbook knows decimals only."""
    numbers = [cell for cell in cells if cell is not None]
    if numbers and all(type(cell) in (int, float) for cell in numbers):
        if all(float(cell).is_integer() and abs(cell) < _EXACT for cell in numbers):
            return pd.Series(cells, dtype="int64" if len(numbers) == len(cells) else "Int64")
        return pd.Series(cells, dtype="float64")
    # Beside text, such as a total below the ids, 17.0 is still the 17 that stands in the sheet.
    whole = [int(c) if type(c) is float and c.is_integer() and abs(c) < _EXACT else c for c in cells]
    return pd.Series(whole, dtype=object)
