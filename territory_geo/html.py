"""Small HTML fragments for notebooks: a caption, a definition list, a table; all text escaped.

One look for every object that a person displays, so that the rooms do not each invent their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_STYLE = "font-family:system-ui,sans-serif;font-size:13px;font-variant-numeric:tabular-nums"
_CELL = "padding:2px 14px 2px 0;text-align:left;border:none;background:none"


def definition_table(caption: str, entries: Mapping[str, str], table: pd.DataFrame | None = None) -> str:
    """Return a caption, name–value pairs and, below them, a table; everything is escaped."""
    rows = "".join(
        f'<tr><th style="{_CELL};font-weight:500;color:#5b6770">{escape(str(name))}</th>'
        f'<td style="{_CELL}">{escape(str(value))}</td></tr>'
        for name, value in entries.items()
    )
    below = "" if table is None or table.empty else table.to_html(index=False, escape=True, border=0)
    return (
        f'<div style="{_STYLE}"><div style="font-weight:600;margin:4px 0">{escape(caption)}</div>'
        f'<table style="border:none">{rows}</table>{below}</div>'
    )
