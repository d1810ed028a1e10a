"""A styled table for notebooks: one row per key, one column per KPI, bars behind the figures."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo.analyze.kpis import KPIS
from territory_geo.errors import DataError
from territory_geo.render.kpis.figures import shown

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

_BAR = "#4366c633"
_LOOKS: list[Any] = [
    {"selector": "", "props": "border-collapse:collapse;font-variant-numeric:tabular-nums"},
    {"selector": "caption", "props": "text-align:left;font-weight:600;padding:6px 0;white-space:nowrap"},
    {"selector": "th.col_heading", "props": "text-align:right;vertical-align:bottom;font-weight:500;font-size:12px;"
     "padding:2px 8px;min-width:64px;max-width:110px;border-bottom:1px solid #9aa5b1"},
    {"selector": "th.row_heading, th.index_name, th.blank", "props": "text-align:left;font-weight:600;padding:2px 8px"},
    {"selector": "tbody tr", "props": "border-bottom:1px solid #9aa5b140"},
]  # fmt: skip


def kpi_style(table: pd.DataFrame, *, level: str = "territory", motion: str | None = None) -> Styler:
    """Return the figures of one level as a styled table.

    Parameters
    ----------
    table : DataFrame
        From `kpis`.
    level : str
        Which one.
    motion : {"territory", "account", "all"}, optional
        Whose accounts; left out, all of them, which sets the motion beside the KPI where it needs to be told.

    Returns
    -------
    pandas Styler
        All text from data is escaped.

    Raises
    ------
    DataError
        If the table has no such rows.
    """
    rows = table[(table["level"] == level) & (True if motion is None else table["motion"] == motion)]
    if rows.empty:
        raise DataError(f"The table has no rows of level {level!r}{f' and motion {motion!r}' if motion else ''}.")
    motions = rows.groupby("kpi")["motion"].nunique()
    heads = [
        KPIS[kpi].title + (f" ({who})" if motions[kpi] > 1 else "")
        for kpi, who in zip(rows["kpi"], rows["motion"], strict=True)
    ]
    wide = rows.assign(head=heads).pivot(index="key", columns="head", values="value")
    wide = wide[list(dict.fromkeys(heads))].rename_axis(index=level, columns=None)
    units = dict(zip(heads, rows["unit"], strict=True))
    formats: dict[Any, Any] = {head: _as(unit) for head, unit in units.items()}
    style = wide.style.format(formats, escape="html").format_index(escape="html").format_index(escape="html", axis=1)
    # Lengths from zero, so that bars do not make small differences large; nothing to draw where all is zero.
    for head in wide.columns:
        known = wide[head].dropna()
        if known.abs().max() > 0:
            signed = bool((known < 0).any())
            style = style.bar(subset=[head], color=_BAR, height=80, **({"align": "zero"} if signed else {"vmin": 0}))
    looks: dict[str, Any] = {"text-align": "right", "white-space": "nowrap", "padding": "2px 8px"}
    style = style.set_properties(**looks).set_table_styles(_LOOKS)
    about = table.attrs.get("period")
    return style.set_caption(escape(f"By {level}, {about}" if about else f"By {level}"))


def _as(unit: str) -> Callable[[float], str]:
    return lambda value: shown(value, unit)
