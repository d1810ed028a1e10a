"""Tables as sheets of an Excel workbook: figures as numbers in formats of their own, and text that is never run.

A cell that begins with =, + or @ stays the text that it is; no formula comes from data.
"""

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
from territory_geo.render.export import named_failures

WIDEST = 60
"""Characters that a column is wide at the most."""
LONGEST = 32_000
"""Characters that a cell takes."""
MOST_ROWS = 1_000_000
"""Rows that a sheet takes, without its header."""

Kind = Callable[[str, int, float], str]
"""Column, row and value of a figure → "percent", "whole", "fine", or a format as Excel writes it: ``#,##0.0``."""


class Book:
    """An open workbook.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    """

    def __init__(self, book: Any) -> None:
        self.book = book
        self.formats = {
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E9EDF1"}
            ),
            "text": book.add_format({"valign": "top"}),
            "percent": book.add_format({"num_format": "0.0%", "valign": "top"}),
            "whole": book.add_format({"num_format": "#,##0", "valign": "top"}),
            "fine": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        }

    def sheet(self, name: str, table: pd.DataFrame, kind: Kind, *, frozen: int = 0) -> None:
        """Write a table as a sheet with a fixed header, filters and widths that fit; `frozen` columns stay in sight.

        Raises
        ------
        DataError
            If the table has more rows than a sheet takes.
        """
        if len(table) > MOST_ROWS:
            raise DataError(f"A sheet takes {MOST_ROWS:,} rows, {name} has {len(table):,}. Use the CSV files instead.")
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, frozen)
        for column, head in enumerate(table.columns):
            sheet.write_string(0, column, str(head), self.formats["head"])
            widest = len(str(head))
            for row, cell in enumerate(table[head].tolist(), 1):
                widest = max(widest, self._cell(sheet, (row, column), cell, str(head), kind))
            sheet.set_column(column, column, min(WIDEST, widest + 2))
        if len(table):
            sheet.autofilter(0, 0, len(table), len(table.columns) - 1)

    def _cell(self, sheet: Any, at: tuple[int, int], cell: Any, head: str, kind: Kind) -> int:
        """Write a cell; return how wide it is."""
        if isinstance(cell, bool):
            sheet.write_string(*at, "yes" if cell else "no", self.formats["text"])
        elif isinstance(cell, (int, float)):
            if math.isfinite(cell):
                sheet.write_number(*at, cell, self._format(kind(head, at[0] - 1, float(cell))))
                return 12
        elif cell is not None and cell == cell and cell != "":
            text = str(cell)[:LONGEST]
            sheet.write_string(*at, text, self.formats["text"])
            return len(text)
        return 0

    def _format(self, kind: str) -> Any:
        if kind not in self.formats:
            self.formats[kind] = self.book.add_format({"num_format": kind, "valign": "top"})
        return self.formats[kind]


@contextmanager
def workbook(path: str | os.PathLike[str]) -> Iterator[Book]:
    """Open a workbook for writing; an earlier file is replaced. The same tables give the same bytes.

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
