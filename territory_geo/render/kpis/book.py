"""A workbook of KPIs for Excel: figures as numbers in formats of their own, and text that is never run.

A cell that begins with =, + or @ stays the text that it is; no formula comes from data.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pandas as pd

from territory_geo.analyze.kpis import KPIS, kpi_definitions, kpi_scores
from territory_geo.render.export import named_failures

_WIDEST = 60
_LONGEST = 32_000


def write_book(table: pd.DataFrame, path: str | os.PathLike[str], *, ranking: pd.DataFrame | None = None) -> None:
    """Write a table of KPIs as an Excel workbook.

    Parameters
    ----------
    table : DataFrame
        From `kpis`.
    path : path
        Ends in .xlsx; an earlier file is replaced.
    ranking : DataFrame, optional
        From `fair_ranking`: a sheet of its own.

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
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "text": book.add_format({"valign": "top"}),
            "percent": book.add_format({"num_format": "0.0%", "valign": "top"}),
            "whole": book.add_format({"num_format": "#,##0", "valign": "top"}),
            "fine": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        }
        _about(book, formats, table)
        for level in dict.fromkeys(table["level"]):
            _sheet(book, formats, _title(str(level)), _for_people(table[table["level"] == level]), units=True)
        if (table["level"] == "company").any() or table["target"].notna().any():
            scores = kpi_scores(table)
            if len(scores):
                _sheet(book, formats, "scores", scores)
        if ranking is not None:
            _sheet(book, formats, "ranking", ranking)
        _sheet(book, formats, "definitions", kpi_definitions())
        book.close()


def _for_people(rows: pd.DataFrame) -> pd.DataFrame:
    names = rows["kpi"].map({name: kpi.title for name, kpi in KPIS.items()})
    rest = [name for name in rows.columns if name not in ("level", "key", "motion", "kpi")]
    return pd.DataFrame({"key": rows["key"], "motion": rows["motion"], "figure": names, **{n: rows[n] for n in rest}})


def _about(book: Any, formats: dict[str, Any], table: pd.DataFrame) -> None:
    about = table.attrs
    lines = [
        ("period", about.get("period", "")), ("compared with", about.get("previous", "")),
        ("currency", about.get("currency") or "not stated"),
        ("intervals", f"{100 * float(about.get('confidence', 0.95)):g} %; the method is in the column interval"),
        *(("note", note) for note in about.get("notes", [])),
    ]  # fmt: skip
    _sheet(book, formats, "about", pd.DataFrame(lines, columns=["what", "value"]))


def _title(level: str) -> str:
    """Return a name that Excel takes for a sheet."""
    kept = "".join("_" if letter in "[]:*?/\\'" else letter for letter in level)[:28] or "level"
    return f"{kept}_" if kept.lower() in ("about", "scores", "ranking", "definitions", "history") else kept


def _sheet(book: Any, formats: dict[str, Any], name: str, table: pd.DataFrame, *, units: bool = False) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    figures = ("value", "low", "high", "previous", "change", "target")
    for column, head in enumerate(table.columns):
        cells = table[head].tolist()
        sheet.write_string(0, column, str(head), formats["head"])
        widest = len(str(head))
        for row, cell in enumerate(cells, 1):
            if isinstance(cell, bool):
                sheet.write_string(row, column, "yes" if cell else "no", formats["text"])
            elif isinstance(cell, (int, float)):
                if math.isfinite(cell):
                    unit = str(table["unit"].iat[row - 1]) if units and head in figures else ""
                    sheet.write_number(row, column, cell, _format(formats, str(head), unit, float(cell)))
                    widest = max(widest, 12)
            elif cell is not None and cell == cell and cell != "":
                text = str(cell)[:_LONGEST]
                sheet.write_string(row, column, text, formats["text"])
                widest = max(widest, len(text))
        sheet.set_column(column, column, min(_WIDEST, widest + 2))
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _format(formats: dict[str, Any], head: str, unit: str, value: float) -> Any:
    if unit in ("share", "ratio") or head in ("weight", "attainment", "territory_weight", "account_weight"):
        return formats["percent"]
    whole = unit == "count" or head in ("n", "kpis") or abs(value) >= 1000
    return formats["whole" if whole else "fine"]
