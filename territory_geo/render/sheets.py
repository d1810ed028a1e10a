"""Workbooks: sheets with a frozen header, filters and number formats, in which no text of the data is ever a formula."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from territory_geo.errors import DataError
from territory_geo.render.export.folder import named_failures

MOST_ROWS = 1_048_576
"""Of a sheet, header included."""
_WIDEST = 60
_LONGEST = 32_000
_RESERVED = "history"


class Book:
    """A workbook that is being written.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        Opened by `open_book`.
    """

    def __init__(self, book: Any) -> None:
        self.book = book
        self.names: set[str] = {_RESERVED}
        self.formats: dict[str, Any] = {}
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        self.head = book.add_format(head | {"bg_color": "#E9EDF3", "font_color": "#16202C", "border_color": "#8A96A3"})
        self.text = book.add_format({"valign": "top"})

    def format(self, code: str) -> Any:
        """Return the format of a number: a code as Excel writes it, such as ``#,##0.0``."""
        if code not in self.formats:
            self.formats[code] = self.book.add_format({"num_format": code, "valign": "top"})
        return self.formats[code]

    def sheet(
        self, name: str, table: pd.DataFrame, code: Callable[[str, int, float], str], *, frozen: int = 0
    ) -> None:
        """Add a sheet.

        Parameters
        ----------
        name : str
            Of the sheet; letters that Excel refuses are replaced.
        table : DataFrame
            Numbers, booleans and texts.
        code : callable
            Format code of a number, by column, row and value.
        frozen : int
            Columns that stay in sight, beside the header.

        Raises
        ------
        DataError
            If the table has more rows than a sheet.
        """
        if len(table) >= MOST_ROWS:
            raise DataError(f"A sheet holds {MOST_ROWS - 1:,} rows, {name} has {len(table):,}. Write CSV files instead.")
        sheet = self.book.add_worksheet(self._free(name))
        sheet.freeze_panes(1, frozen)
        for column, head in enumerate(table.columns):
            sheet.write_string(0, column, str(head), self.head)
            widest = max((len(word) for word in str(head).split()), default=0) + 3  # the filter's button
            for row, cell in enumerate(table[head].tolist(), 1):
                if isinstance(cell, bool):
                    sheet.write_string(row, column, "yes" if cell else "no", self.text)
                elif isinstance(cell, (int, float)):
                    if math.isfinite(cell):
                        sheet.write_number(row, column, cell, self.format(code(str(head), row - 1, float(cell))))
                        widest = max(widest, 11)
                elif cell is not None and cell == cell and cell != "":
                    text = str(cell)[:_LONGEST]
                    sheet.write_string(row, column, text, self.text)
                    widest = max(widest, len(text))
            sheet.set_column(column, column, min(_WIDEST, widest + 2))
        if len(table):
            sheet.autofilter(0, 0, len(table), len(table.columns) - 1)

    def _free(self, name: str) -> str:
        """Return a name that Excel takes and that no other sheet has."""
        plain = "".join("_" if letter in "[]:*?/\\'" else letter for letter in name)[:28] or "sheet"
        free = plain
        while free.lower() in self.names:
            free = f"{free}_"
        self.names.add(free.lower())
        return free


@contextmanager
def open_book(path: str | os.PathLike[str]) -> Iterator[Book]:
    """Open a workbook for writing; it is saved at the end. The same tables give the same bytes.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    import xlsxwriter

    # Opened here so that a path that cannot be written is the usual message, not the library's.
    with named_failures(Path(path)), Path(path).open("wb") as stream:
        book = xlsxwriter.Workbook(
            stream, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
                     "nan_inf_to_errors": False, "in_memory": True}
        )  # fmt: skip
        book.set_properties({"created": datetime(2000, 1, 1)})
        yield Book(book)
        book.close()
