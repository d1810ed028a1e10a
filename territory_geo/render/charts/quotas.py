"""The figure of `Quotas`: what can be expected against the quota, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.render.charts.style import BLUE, GREY, PALE, new_figure, percent, titled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from territory_geo.analyze.quotas import Quotas


def quota_figure(quotas: Quotas) -> Figure:
    """Return a figure: what can be expected of each territory as a share of its quota, before and after.

    Raises
    ------
    MissingDependency
        If matplotlib is not installed.
    """
    table = quotas.table.sort_values("attainment_before", kind="stable")
    height = max(3.2, 0.26 * len(table) + 1.9)
    figure, (axes,) = new_figure(height)
    at = np.arange(len(table))
    same = table["before"].nunique() == 1
    axes.hlines(at, table["attainment_before"], table["attainment"], color=PALE, linewidth=4)
    axes.plot(
        table["attainment_before"], at, "o", color="white", markeredgecolor=GREY, markersize=7,
        label="the same quota for all" if same else "quotas before",
    )  # fmt: skip
    axes.plot(table["attainment"], at, "o", color=BLUE, markersize=7, label="these quotas")
    axes.axvline(1.0, color=GREY, linewidth=1, linestyle=":")
    axes.set_yticks(at, [str(name) for name in table.index])
    axes.set_ylim(-0.8, len(table) - 0.2)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    spread = quotas.spread()
    ends = spread[["least", "most"]].astype(float).mul(100).round().astype(int)
    before, after = (
        f"{least} %" if least == most else f"{least} to {most} %" for least, most in ends.to_numpy().tolist()
    )
    titled(
        axes, f"{before} of quota before, {after} now",
        below="What can be expected of each territory, as a share of its quota",
    )  # fmt: skip
    percent(axes.xaxis)
    axes.legend(frameon=False, fontsize=10, loc="upper center", ncols=2, bbox_to_anchor=(0.5, -0.5 / height))
    return figure
