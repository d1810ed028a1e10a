"""A workbook of KPIs for Excel: a sheet per level, scores and definitions."""

from __future__ import annotations

import os

import pandas as pd

from territory_geo.analyze.kpis import KPIS, kpi_definitions, kpi_scores
from territory_geo.render.sheets import Kind, workbook


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
    with workbook(path) as book:
        book.sheet("about", _about(table), _usual)
        for level in dict.fromkeys(table["level"]):
            rows = table[table["level"] == level]
            book.sheet(_title(str(level)), _for_people(rows), _by_unit(rows["unit"].astype(str).tolist()))
        if (table["level"] == "company").any() or table["target"].notna().any():
            scores = kpi_scores(table)
            if len(scores):
                book.sheet("scores", scores, _usual)
        if ranking is not None:
            book.sheet("ranking", ranking, _usual)
        book.sheet("definitions", kpi_definitions(), _usual)


def _for_people(rows: pd.DataFrame) -> pd.DataFrame:
    names = rows["kpi"].map({name: kpi.title for name, kpi in KPIS.items()})
    rest = [name for name in rows.columns if name not in ("level", "key", "motion", "kpi")]
    return pd.DataFrame({"key": rows["key"], "motion": rows["motion"], "figure": names, **{n: rows[n] for n in rest}})


def _about(table: pd.DataFrame) -> pd.DataFrame:
    about = table.attrs
    lines = [
        ("period", about.get("period", "")), ("compared with", about.get("against") or about.get("previous", "")),
        ("currency", about.get("currency") or "not stated"),
        ("intervals", f"{100 * float(about.get('confidence', 0.95)):g} %; the method is in the column interval"),
        *(("note", note) for note in about.get("notes", [])),
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=["what", "value"])


def _title(level: str) -> str:
    """Return a name that Excel takes for a sheet."""
    kept = "".join("_" if letter in "[]:*?/\\'" else letter for letter in level)[:28] or "level"
    return f"{kept}_" if kept.lower() in ("about", "scores", "ranking", "definitions", "history") else kept


def _by_unit(units: list[str]) -> Kind:
    """Return the formats of figures whose unit their row says."""
    figures = ("value", "low", "high", "previous", "change", "target")
    return lambda head, row, value: _format(head, units[row] if head in figures else "", value)


def _usual(head: str, row: int, value: float) -> str:
    return _format(head, "", value)


def _format(head: str, unit: str, value: float) -> str:
    if unit in ("share", "ratio") or head in ("weight", "attainment", "territory_weight", "account_weight"):
        return "percent"
    return "whole" if unit == "count" or head in ("n", "accounts", "kpis") or abs(value) >= 1000 else "fine"
