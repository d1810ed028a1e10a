"""Figures on the screen: the company's table with targets, and in words what has to be said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

WHOSE = {"all": "in all", "territory": "by territory", "account": "named"}
"""Which accounts a figure counts."""


def print_figures(table: pd.DataFrame) -> None:
    """Print the figures of the company, or of the first level there is.

    Parameters
    ----------
    table : DataFrame
        From `kpis`; texts come from data, so nothing in them is markup.
    """
    import io
    import sys

    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    about = table.attrs
    typer.echo(f"\n{about['period']}, compared with {about['against']}; "
               f"money in {about['currency'] or 'a currency that no table states'}.\n")  # fmt: skip
    level = "company" if (table["level"] == "company").any() else str(table["level"].iat[0])
    rows = table[table["level"] == level].to_dict("records")
    aims = any(row["target"] == row["target"] for row in rows)
    heads = [*([level] if level != "company" else []), "figure", "accounts", "n", "value", "interval", "change",
             *(["target", "reached"] if aims else [])]  # fmt: skip
    lines = Table(box=None, pad_edge=False)
    for head in heads:
        left = head in (level, "figure", "interval")
        lines.add_column(head, justify="left" if left else "right", no_wrap=True)
    for row in rows:
        cells = _cells(row)
        lines.add_row(*(escape(cells[head] if head in cells else str(row["key"])) for head in heads))
    if sys.stdout.isatty():
        Console(highlight=False).print(lines)
    else:
        text = io.StringIO()
        Console(file=text, highlight=False, width=10_000, color_system=None).print(lines)
        typer.echo("\n".join(line.rstrip() for line in text.getvalue().splitlines()))
    typer.echo("\naccounts: those that a figure is about. n: the records or accounts that an interval is made from.")
    if aims:
        typer.echo("reached: value / target, or target / value where lower is better (definitions.html).")
    for note in [*about["notes"], *_notes(rows)]:
        typer.echo(f"Note: {note}")
    for row in rows:
        if row["value"] != row["value"]:
            typer.echo(f"No {_title(row).lower()}: {row['note']}.")


def _cells(row: dict[Any, Any]) -> dict[str, str]:
    from territory_geo.render.kpis.figures import change_text, shown, span_text

    unit = str(row["unit"])
    return {
        "figure": _title(row),
        "accounts": f"{row['accounts']:,} {WHOSE[str(row['motion'])]}",
        "n": "" if row["n"] != row["n"] else f"{row['n']:,.0f}",
        "value": shown(row["value"], unit),
        "interval": span_text(row["low"], row["high"], unit),
        "change": change_text(row["change"], unit),
        "target": "" if row["target"] != row["target"] else shown(row["target"], unit),
        "reached": "" if row["attainment"] != row["attainment"] else f"{100 * row['attainment']:.0f} %",
    }


def _notes(rows: list[dict[Any, Any]]) -> list[str]:
    """Return what is said of figures that are there, each text once, with the figures that it is about."""
    whom: dict[str, list[str]] = {}
    for row in rows:
        if row["note"] and row["value"] == row["value"]:
            titles = whom.setdefault(str(row["note"]), [])
            if _title(row) not in titles:
                titles.append(_title(row))
    return [f"{', '.join(titles)}: {note}." for note, titles in whom.items()]


def _title(row: dict[Any, Any]) -> str:
    from territory_geo.analyze.kpis.registry import KPIS

    return KPIS[row["kpi"]].title
