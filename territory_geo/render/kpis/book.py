"""A workbook of KPIs for Excel: figures as numbers in formats of their own, and text that is never run.

A cell that begins with =, + or @ stays the text that it is; no formula comes from data.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pandas as pd

from territory_geo.analyze.kpis import KPIS, kpi_definitions, kpi_scores
from territory_geo.render.sheets import Book, open_book

_FIGURES = ("value", "low", "high", "previous", "change", "target")
_SHARES = ("weight", "attainment", "territory_weight", "account_weight")


def write_book(table: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a table of KPIs as an Excel workbook.

    Parameters
    ----------
    table : DataFrame
        From `kpis`.
    path : path
        Ends in .xlsx; an earlier file is replaced.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    with open_book(path) as book:
        _about(book, table)
        for level in dict.fromkeys(table["level"]):
            rows = _for_people(table[table["level"] == level])
            book.sheet(_title(str(level)), rows, _unit_code(rows["unit"].astype(str).tolist()))
        if (table["level"] == "company").any() or table["target"].notna().any():
            scores = kpi_scores(table)
            if len(scores):
                book.sheet("scores", scores, _plain_code)
        book.sheet("definitions", kpi_definitions(), _plain_code)


def _for_people(rows: pd.DataFrame) -> pd.DataFrame:
    names = rows["kpi"].map({name: kpi.title for name, kpi in KPIS.items()})
    rest = [name for name in rows.columns if name not in ("level", "key", "motion", "kpi")]
    return pd.DataFrame({"key": rows["key"], "motion": rows["motion"], "figure": names, **{n: rows[n] for n in rest}})


def _about(book: Book, table: pd.DataFrame) -> None:
    about = table.attrs
    lines = [
        ("period", about.get("period", "")), ("compared with", about.get("previous", "")),
        ("currency", about.get("currency") or "not stated"),
        ("intervals", f"{100 * float(about.get('confidence', 0.95)):g} %; the method is in the column interval"),
        *(("note", note) for note in about.get("notes", [])),
    ]  # fmt: skip
    book.sheet("about", pd.DataFrame(lines, columns=["what", "value"]), _plain_code)


def _title(level: str) -> str:
    """Return a name for a level's sheet that differs from those of the other sheets."""
    return f"{level}_" if level.lower() in ("about", "scores", "definitions") else level


def _unit_code(units: list[str]) -> Callable[[str, int, float], str]:
    """Return the format of a figure by the unit of its row."""

    def code(head: str, row: int, value: float) -> str:
        unit = units[row] if head in _FIGURES else ""
        if unit in ("share", "ratio"):
            return "0.0%"
        return "#,##0" if unit == "count" else _plain_code(head, row, value)

    return code


def _plain_code(head: str, row: int, value: float) -> str:
    if head in _SHARES:
        return "0.0%"
    return "#,##0" if head in ("n", "kpis") or abs(value) >= 1000 else "#,##0.00"
