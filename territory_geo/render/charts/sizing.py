"""The figure of a `Sizing`: hours, what each rep brings, and what changes rep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.render.charts.style import (
    BLUE,
    GREY,
    INK,
    RED,
    money,
    new_figure,
    percent,
    short,
    thousands,
    titled,
)
from territory_geo.render.formats import NumberFormat

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from territory_geo.analyze.sizing import Sizing


def sizing_figure(sizing: Sizing) -> Figure:
    """Return `Sizing.plot`: panels one below the other, so that a telephone can show them."""
    told = "changes_rep" in sizing.sweep
    figure, panels = new_figure(9.0 if told else 6.2, 3 if told else 2)
    value = NumberFormat.of(sizing.value, [])
    _hours(panels[0], sizing)
    _brings(panels[1], sizing, value)
    if told:
        _changes(panels[2], sizing.sweep, value.label)
    for axes in panels:
        axes.set_xticks(
            sizing.sweep.index, [f"{k}\ntoday" if k == sizing.current else str(k) for k in sizing.sweep.index]
        )
        axes.set_xlim(sizing.sweep.index[0] - 0.6, sizing.sweep.index[-1] + 0.6)
    return figure


def _hours(axes: Axes, sizing: Sizing) -> None:
    sweep = sizing.sweep
    axes.plot(sweep.index, sweep["hours"], marker="o", color=BLUE, label="needed for all visits")
    axes.plot(sweep.index, sweep["capacity"], marker="s", color=RED, label="the reps have")
    axes.set_ylim(0, float(sweep[["hours", "capacity"]].to_numpy().max()) * 1.12)
    verb = "rep covers" if sizing.needed == 1 else "reps cover"
    titled(axes, f"{sizing.needed} {verb} all visits", below="Hours a year, by number of reps")
    axes.legend(frameon=False, fontsize=10, loc="lower right")
    thousands(axes.yaxis)


def _brings(axes: Axes, sizing: Sizing, value: NumberFormat) -> None:
    marginal = sizing.sweep["marginal_won"].iloc[1:]
    colors = [RED if k == sizing.current else BLUE for k in marginal.index]
    axes.bar(marginal.index, marginal, width=0.6, color=colors)
    for k, amount in marginal.items():
        axes.annotate(
            value.prefix + short(float(amount)), (float(str(k)), max(0.0, float(amount))), xytext=(0, 3),
            textcoords="offset points", ha="center", color=INK if amount else GREY, fontsize=10,
        )  # fmt: skip
    low, high = (float(np.nanmin(marginal)), float(np.nanmax(marginal))) if len(marginal) else (0.0, 1.0)
    axes.set_ylim(min(0.0, low * 1.1), max(high * 1.18, 1e-9))
    titled(
        axes, "What one rep more brings",
        below=f"{value.label.capitalize()} won on top, by number of reps; none where all visits fit",
    )  # fmt: skip
    money(axes.yaxis, value.prefix)


def _changes(axes: Axes, sweep: pd.DataFrame, value: str) -> None:
    axes.bar(sweep.index, sweep["changes_rep"], width=0.6, color=BLUE, label="accounts")
    axes.plot(
        sweep.index, sweep["value_changes_rep"], linestyle="none", marker="D", markersize=6, color=RED,
        markeredgecolor="white", label=value,
    )  # fmt: skip
    axes.set_ylim(0, max(0.01, float(sweep[["changes_rep", "value_changes_rep"]].to_numpy().max())) * 1.25)
    axes.legend(frameon=False, fontsize=10, loc="upper right")
    titled(axes, "What must change rep at least", below="Share of all, by number of reps")
    percent(axes.yaxis)
