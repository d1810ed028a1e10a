"""The figure of a `Sizing`: hours, what each rep brings, and what changes rep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from territory_geo.render.charts.style import (
    BLUE,
    GREY,
    RED,
    new_figure,
    percent,
    thousands,
    titled,
    whole_numbers,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from territory_geo.analyze.sizing import Sizing


def sizing_figure(sizing: Sizing) -> Figure:
    """Return `Sizing.plot`."""
    sweep = sizing.sweep
    told = "changes_rep" in sweep
    figure, panels = new_figure(13.5 if told else 9.5, 3.8, 3 if told else 2)
    hours, brings = panels[:2]
    hours.plot(sweep.index, sweep["hours"], marker="o", color=BLUE, label="needed for all visits")
    hours.plot(sweep.index, sweep["capacity"], marker="s", color=RED, label="there are")
    most = float(sweep[["hours", "capacity"]].to_numpy().max())
    hours.axvline(sizing.current, color=GREY, linewidth=1, linestyle=":")
    hours.set_ylim(0, most * 1.18)
    hours.annotate(
        "today", (sizing.current, most * 1.12), xytext=(4, 0), textcoords="offset points", color=GREY, fontsize=9
    )
    rep = "rep covers" if sizing.needed == 1 else "reps cover"
    titled(hours, f"{sizing.needed} {rep} all visits", x="reps", y="hours a year")
    hours.legend(frameon=False, fontsize=9, loc="lower right")
    marginal = sweep["marginal_won"].iloc[1:]
    brings.bar(
        marginal.index, marginal, width=0.6, color=[RED if k == sizing.current else BLUE for k in marginal.index]
    )
    if sizing.current in marginal.index:
        brings.annotate(
            "today", (sizing.current, max(0.0, float(marginal[sizing.current]))), xytext=(0, 4),
            textcoords="offset points", ha="center", color=RED, fontsize=9,
        )  # fmt: skip
    titled(brings, "What each rep more brings", x="reps", y=sizing.value)
    if told:
        changes = panels[2]
        changes.bar(sweep.index, sweep["changes_rep"], width=0.6, color=BLUE, label="accounts")
        changes.plot(
            sweep.index, sweep["value_changes_rep"], linestyle="none", marker="D", markersize=5, color=RED,
            markeredgecolor="white", label=sizing.value,
        )  # fmt: skip
        changes.set_ylim(0, max(0.01, float(sweep[["changes_rep", "value_changes_rep"]].to_numpy().max())) * 1.3)
        changes.legend(frameon=False, fontsize=9, ncols=2, loc="upper center")
        titled(changes, "What must change rep at least", x="reps", y="share")
        percent(changes.yaxis)
    for axes in panels:
        whole_numbers(axes.xaxis)
    for axes in (hours, brings):
        thousands(axes.yaxis)
    brings.set_ylim(bottom=min(0.0, float(marginal.min()) if len(marginal) else 0.0))
    return figure
