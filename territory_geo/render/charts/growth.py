"""The figure of `project_growth`: hours over the years, and who joins where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.render.charts.style import BLUE, INK, RED, new_figure, thousands, titled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

NAMED = 3
"""Homes that are named beside a year."""


def growth_figure(table: pd.DataFrame) -> Figure:
    """Return a figure of what `project_growth` tells: a bar for each year, and above it who joins where.

    Raises
    ------
    MissingDependency
        If matplotlib is not installed.
    """
    figure, (axes,) = new_figure(1.7 + 0.62 * len(table))
    at = np.arange(len(table))
    hours, capacity = (table[name].to_numpy(dtype=float) for name in ("hours", "capacity"))
    axes.barh(at, hours, height=0.44, color=BLUE, label="hours the work takes")
    axes.vlines(capacity, at - 0.3, at + 0.3, color=RED, linewidth=3, label="hours the reps have")
    for row, (hired, homes) in enumerate(zip(table["hired"], table["homes"], strict=True)):
        if hired:
            named = _homes(str(homes), int(hired))
            said = " · ".join(named[:NAMED]) + (f" and {len(named) - NAMED} more" if len(named) > NAMED else "")
            axes.annotate(
                f"+{hired}  {said}", (0, row - 0.25), xytext=(2, 1), textcoords="offset points", va="bottom",
                fontsize=9.5, color=INK,
            )  # fmt: skip
    axes.set_yticks(at, ["today" if year == 0 else f"year {year}" for year in table["year"]])
    axes.set_ylim(len(table) - 0.4, -0.75)
    axes.set_xlim(0, float(max(hours.max(), capacity.max())) * 1.03)
    titled(axes, next_hire(table), below="Hours a year; + who joins, and where that saves most hours")
    axes.legend(
        frameon=False, fontsize=10, loc="upper center", ncols=2, bbox_to_anchor=(0.5, -0.5 / (1.7 + 0.62 * len(table)))
    )
    axes.grid(visible=False)
    thousands(axes.xaxis)
    return figure


def next_hire(table: pd.DataFrame) -> str:
    """Return when the next reps are needed, as a headline; `table` is of `project_growth`."""
    hiring = table[table["hired"] > 0]
    if hiring.empty:
        return f"Nobody has to be hired in {int(table['year'].max())} years"
    year, hired = int(hiring["year"].iloc[0]), int(hiring["hired"].iloc[0])
    if year == 0:
        return "One rep more is needed today" if hired == 1 else f"{hired} reps more are needed today"
    return f"The next rep is needed in year {year}"


def _homes(text: str, count: int) -> list[str]:
    """Return the homes of a list with commas, where the name of a town may hold one itself (Boise, ID).

    >>> _homes("Boise, ID, Reno, NV", 2), _homes("East, West", 2)
    (['Boise, ID', 'Reno, NV'], ['East', 'West'])
    """
    parts = text.split(", ")
    each = max(1, len(parts) // count)
    return [", ".join(parts[i : i + each]) for i in range(0, len(parts), each)]
