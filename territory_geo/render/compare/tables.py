"""The plans of a comparison as a styled table for notebooks: figures down, plans across."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from territory_geo.render.compare.lines import finite, lines
from territory_geo.render.kpis.figures import direction, shown

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from territory_geo.analyze.compare import Comparison

_COLORS = {"better": "color:#128a75", "worse": "color:#b63a60"}


def comparison_style(comparison: Comparison) -> Styler:
    """Return a comparison as a styled table: what is better than the first plan green, what is worse red.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    pandas Styler
        All text from data is escaped.
    """
    rows = lines(comparison)
    names = [str(name) for name in comparison.plans.index]
    index = pd.MultiIndex.from_tuples([(line.group, line.title) for line in rows], names=["", "figure"])
    texts, colors = pd.DataFrame("", index=index, columns=names), pd.DataFrame("", index=index, columns=names)
    for i, line in enumerate(rows):
        first = finite(comparison.plans[line.column].iloc[0])
        for j, value in enumerate(comparison.plans[line.column]):
            texts.iat[i, j] = shown(finite(value), line.unit)
            if j:
                colors.iat[i, j] = _COLORS.get(direction(finite(value) - first, line.better), "")
    style = texts.style.apply(lambda _: colors, axis=None)
    style = style.format(escape="html").format_index(escape="html").format_index(escape="html", axis=1)
    looks: dict[str, Any] = {"text-align": "right", "white-space": "nowrap"}
    style = style.set_properties(**looks)
    return style.set_caption(f"Plans compared with {escape(comparison.base)}")
