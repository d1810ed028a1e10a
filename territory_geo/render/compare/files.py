"""All files of a comparison in one folder: tables, workbook, page, figure."""

from __future__ import annotations

import json
import math
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo._version import __version__
from territory_geo.render.compare.lines import finite, lines
from territory_geo.render.compare.page import comparison_page
from territory_geo.render.compare.plot import comparison_figure
from territory_geo.render.export import named_failures, require_writable
from territory_geo.render.sheets import workbook

if TYPE_CHECKING:
    from territory_geo.analyze.compare import Comparison

FILES = (
    "comparison.html", "comparison.xlsx", "comparison.json", "comparison.png", "plans.csv", "territories.csv",
    "reps.csv", "disruption.csv", "splits.csv", "accounts.csv", "moves.csv",
)  # fmt: skip
"""What may be written; the picture where matplotlib is installed."""
SHARES = ("_share", "_deviation", "_moved", "_within", "_kept", "covered_visits", "covered_accounts", "overlap_nearer",
          "overlap_hulls", "hull_reock", "polsby_popper")  # fmt: skip
"""Columns that end so are shares from 0 to 1."""
SHEET_ROWS = 50_000
"""Moves up to which the workbook lists them all; moves.csv always does."""


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as it is written to comparison.json: null for what is not known."""
    return {
        "compared_with": comparison.base,
        "accounts": len(comparison.sides.ids),
        "measures": list(comparison.measures),
        "territories_matched_by": "name" if comparison.sides.by_name else "accounts",
        "notes": list(comparison.notes),
        "plans": _records(comparison.plans.reset_index()),
        "territories": _records(comparison.territories),
        "disruption": _records(comparison.disruption),
        "splits": _records(comparison.splits),
        "version": __version__,
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(k): None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
        for row in table.astype(object).to_dict("records")
    ]


def write_comparison(
    comparison: Comparison, directory: str | os.PathLike[str], *, title: str | None = None
) -> list[str]:
    """Write a comparison as files.

    Parameters
    ----------
    comparison : Comparison
        From `compare`.
    directory : path
        Made if needed; files of an earlier run are replaced.
    title : str, optional
        Headline of the page.

    Returns
    -------
    list of str
        Names of the files: comparison.html, .xlsx, .json, plans.csv, territories.csv, reps.csv, disruption.csv,
        splits.csv, accounts.csv (a row per plan and account), moves.csv (with reasons), and comparison.png where
        matplotlib is installed.

    Raises
    ------
    DataError
        If the folder cannot be written.
    """
    folder = Path(directory)
    require_writable(folder)
    moves = comparison.moves()
    tables = {
        "plans": comparison.plans.reset_index(), "territories": comparison.territories, "reps": comparison.reps,
        "disruption": comparison.disruption, "splits": comparison.splits, "moves": moves,
    }  # fmt: skip
    with named_failures(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        for name, table in {**tables, "accounts": comparison.accounts}.items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        text = json.dumps(comparison_record(comparison), indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "comparison.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        html = comparison_page(comparison, title=title, moves=moves)
        (folder / "comparison.html").write_text(html, encoding="utf-8", newline="\n")
        _book(comparison, tables, folder / "comparison.xlsx")
        if find_spec("matplotlib") is not None:
            comparison_figure(comparison).savefig(folder / "comparison.png", dpi=130, metadata={"Software": None})
    return [name for name in FILES if (folder / name).is_file()]


def _book(comparison: Comparison, tables: dict[str, pd.DataFrame], path: Path) -> None:
    with workbook(path) as book:
        book.sheet("plans", _for_people(comparison), _by_line(comparison))
        for name, table in tables.items():
            if name == "moves" and len(table) > SHEET_ROWS:
                lost = f"{len(table):,} accounts change rep: moves.csv lists them."
                book.sheet(name, pd.DataFrame({"note": [lost]}), _kind)
            elif name != "plans":
                book.sheet(name, table, _kind)
        definitions = [(line.title, line.unit or "money", line.better, line.note) for line in lines(comparison)]
        notes = [("note", "", "", note) for note in comparison.notes]
        columns = ["figure", "unit", "better is", "how it is worked out"]
        book.sheet("definitions", pd.DataFrame([*definitions, *notes], columns=columns), _kind)


def _for_people(comparison: Comparison) -> pd.DataFrame:
    rows = lines(comparison)
    table = pd.DataFrame({"group": [line.group for line in rows], "figure": [line.title for line in rows]})
    for name in comparison.plans.index:
        table[str(name)] = [finite(comparison.plans.at[name, line.column]) for line in rows]
    return table


def _by_line(comparison: Comparison) -> Any:
    units = [line.unit for line in lines(comparison)]

    def kind(head: str, row: int, value: float) -> str:
        del head
        return "percent" if units[row] == "share" else _size(value)

    return kind


def _kind(head: str, row: int, value: float) -> str:
    del row
    return "percent" if head.endswith(SHARES) else _size(value)


def _size(value: float) -> str:
    return "whole" if abs(value) >= 1000 or value == round(value) else "fine"
