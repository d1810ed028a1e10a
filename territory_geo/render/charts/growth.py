"""The figure of a projection: hours against hours there are, year by year, and who is hired where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from territory_geo.render.charts.style import BLUE, INK, RED, new_figure, thousands, titled, whole_numbers

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

NAMED = 2
"""Homes written beside a year."""


def growth_figure(table: pd.DataFrame) -> Figure:
    """Return a figure of what `project_growth` tells.

    Raises
    ------
    MissingDependency
        If matplotlib is not installed.
    """
    figure, (axes,) = new_figure(9.5, 4.2, 1)
    axes.bar(table["year"], table["hours"], width=0.55, color=BLUE, label="hours the work takes")
    axes.step(table["year"], table["capacity"], where="mid", color=RED, linewidth=2, label="hours there are")
    top = float(table[["hours", "capacity"]].to_numpy().max())
    for row in table[table["hired"] > 0].to_dict("records"):
        homes = _homes(str(row["homes"]), int(row["hired"]))
        lines = [f"+{row['hired']}", *homes[:NAMED]]
        lines += [f"and {len(homes) - NAMED} more"] if len(homes) > NAMED else []
        axes.annotate(
            "\n".join(lines), (row["year"], row["capacity"]), xytext=(0, 6), textcoords="offset points",
            ha="center", va="bottom", fontsize=8, color=INK,
        )  # fmt: skip
    axes.set_ylim(0, top * 1.35)
    first = table.loc[table["hired"] > 0, "year"]
    said = "Nobody has to be hired" if first.empty else f"The next rep is needed in year {int(first.iloc[0])}"
    titled(axes, said, x="year", y="hours a year")
    axes.legend(frameon=False, fontsize=9, loc="upper left", ncols=2)
    whole_numbers(axes.xaxis)
    thousands(axes.yaxis)
    return figure


def _homes(text: str, count: int) -> list[str]:
    """Return the homes of a list with commas, where the name of a town may hold one itself (Boise, ID).

    >>> _homes("Boise, ID, Reno, NV", 2), _homes("East, West", 2)
    (['Boise, ID', 'Reno, NV'], ['East', 'West'])
    """
    parts = text.split(", ")
    each = max(1, len(parts) // count)
    return [", ".join(parts[i : i + each]) for i in range(0, len(parts), each)]
