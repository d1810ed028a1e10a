"""Small HTML fragments for notebooks: a caption, name–value pairs, a table; all text escaped.

One look for every object that a person displays, and one way to write figures, which the command line shares.
Colours come from the page, so that light and dark themes both fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 30
"""Rows of a table that are shown; the others are counted."""

_SHARES = ("deviation", "share", "gap")
_PLACES = ("lat", "lon", "latitude", "longitude", "center_x", "center_y")
_LINE = "1px solid rgba(128,128,128,.35)"
_BLOCK = "font:13px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums;max-width:100%;overflow-x:auto"
_TABLE = "border-collapse:collapse;border:none;color:inherit;font:inherit;margin:0 0 6px 0;width:auto"
_CELL = "border:none;background:none;color:inherit;vertical-align:top;padding:2px 16px 2px 0"


def definition_table(caption: str, entries: Mapping[str, str], table: pd.DataFrame | None = None) -> str:
    """Return a caption, name–value pairs and, below them, a table's first rows; everything is escaped."""
    name_style = f"{_CELL};text-align:left;font-weight:400;opacity:.7;white-space:nowrap"
    rows = "".join(
        f'<tr style="background:none"><th style="{name_style}">{escape(str(name))}</th>'
        f'<td style="{_CELL};text-align:left">{escape(str(value))}</td></tr>'
        for name, value in entries.items()
    )
    pairs = f'<table style="{_TABLE}">{rows}</table>' if rows else ""
    below = "" if table is None or table.empty else _rows(table)
    head = f'<div style="font-weight:600;margin:4px 0">{escape(caption)}</div>'
    return f'<div style="{_BLOCK}">{head}{pairs}{below}</div>'


def readable(column: pd.Series) -> list[str]:
    """Return a column as text: thousands separated, shares in percent, no more decimals than help.

    Examples
    --------
    >>> import pandas as pd
    >>> readable(pd.Series([1234567.0, 2.5], name="revenue"))
    ['1,234,567', '2']
    >>> readable(pd.Series([0.05, -0.1], name="visits_deviation"))
    ['+5.0 %', '-10.0 %']
    """
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return ["yes" if value else "no" for value in column]
    if not pd.api.types.is_numeric_dtype(column):
        return ["" if value is None or value is pd.NA or value != value else str(value) for value in column]
    values = column.to_numpy(dtype=float, na_value=np.nan)
    if str(column.name).endswith(_SHARES):
        sign = "" if str(column.name).startswith("max") else "+"
        return ["" if np.isnan(value) else f"{_rounded(100 * value, 1):{sign}.1f} %" for value in values]
    decimals = 4 if column.name in _PLACES else _decimals(values)
    return ["" if np.isnan(value) else f"{_rounded(value, decimals):,.{decimals}f}" for value in values]


def _rounded(value: float, decimals: int) -> float:
    """Return a rounded value whose zero has no minus sign."""
    return round(float(value), decimals) + 0.0


def _decimals(values: np.ndarray) -> int:
    """Return how many decimals a column needs: none for whole or large values, more for small ones."""
    known = values[np.isfinite(values)]
    largest = float(np.abs(known).max()) if known.size else 0.0
    if largest >= 1000 or (known == np.round(known)).all():
        return 0
    return 1 if largest >= 10 else 2 if largest >= 1 else 4


def _rows(table: pd.DataFrame) -> str:
    import pandas as pd

    shown = table.head(MOST_ROWS)
    numeric = [
        pd.api.types.is_numeric_dtype(shown[name]) and not pd.api.types.is_bool_dtype(shown[name])
        for name in shown.columns
    ]
    styles = [f"{_CELL};text-align:{'right' if right else 'left'}" for right in numeric]
    # A name may break after each underscore, so that a wide table of narrow figures stays narrow.
    head = "".join(
        f'<th style="{style};font-weight:500;border-bottom:{_LINE};vertical-align:bottom">'
        f"{escape(str(name)).replace('_', '_<wbr>')}</th>"
        for name, style in zip(shown.columns, styles, strict=True)
    )
    columns = [readable(shown[name]) for name in shown.columns]
    body = "".join(
        '<tr style="background:none">'
        + "".join(
            f'<td style="{style}{";white-space:nowrap" if right else ""}">{escape(text)}</td>'
            for text, style, right in zip(cells, styles, numeric, strict=True)
        )
        + "</tr>"
        for cells in zip(*columns, strict=True)
    )
    more = len(table) - len(shown)
    note = f'<div style="opacity:.7">… and {more:,} more rows</div>' if more else ""
    top = f'<thead><tr style="background:none">{head}</tr></thead>'
    return f'<table style="{_TABLE}">{top}<tbody>{body}</tbody></table>{note}'


def driving_time(hours: float) -> str:
    """Return hours as a person says them: minutes below two hours.

    >>> driving_time(0.025), driving_time(0.75), driving_time(2.25)
    ('1.5 min', '45 min', '2.2 h')
    """
    if hours * 60 < 9.95:
        return f"{hours * 60:.1f} min"
    return f"{hours * 60:.0f} min" if hours < 2 else f"{hours:,.1f} h"
