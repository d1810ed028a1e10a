"""The figure of `Quotas`: what can be expected against the quota, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.render.charts.style import BLUE, GREY, PALE, new_figure, percent, titled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from territory_geo.analyze.quotas import Quotas


def quota_figure(quotas: Quotas) -> Figure:
    """Return a figure: the attainment to be expected of each territory, before and after, and how even it is.

    Raises
    ------
    MissingDependency
        If matplotlib is not installed.
    """
    table = quotas.table.sort_values("attainment_before", kind="stable")
    figure, (axes,) = new_figure(9.5, max(2.6, 0.24 * len(table) + 1.3), 1)
    at = np.arange(len(table))
    axes.hlines(at, table["attainment_before"], table["attainment"], color=PALE, linewidth=3)
    axes.plot(table["attainment_before"], at, "o", color="white", markeredgecolor=GREY, markersize=6, label="before")
    axes.plot(table["attainment"], at, "o", color=BLUE, markersize=6, label="after")
    axes.axvline(1.0, color=GREY, linewidth=1, linestyle=":")
    axes.set_yticks(at, [str(name) for name in table.index])
    axes.set_ylim(-0.8, len(table) - 0.2)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    before, after = quotas.spread()["gini"].astype(float).tolist()
    titled(
        axes, f"Expected sales as a share of quota: Gini {before:.3f} before, {after:.3f} after",
        x="expected / quota", y="",
    )  # fmt: skip
    percent(axes.xaxis)
    axes.legend(frameon=False, fontsize=9, loc="lower right")
    return figure
