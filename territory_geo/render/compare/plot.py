"""A comparison as one figure: balance of all territories, travel against change, relationships by tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.errors import MissingDependency
from territory_geo.render.compare.lines import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from territory_geo.analyze.compare import Comparison

INK, SOFT, BLUE, RED, BAND = "#1d2733", "#5b6773", "#4366c6", "#b63a60", "#e8ecf7"
SHADES = ("#24408f", "#4366c6", "#7f97dd", "#b9c6ee", "#dfe5f7")


def comparison_figure(comparison: Comparison) -> Figure:
    """Return a comparison as a figure with three panels.

    Left: each territory's deviation from its target, of the first balanced measure, with the tolerance as a band.
    Middle: mean kilometres to the centre against the share of accounts that changes rep. Right: relationships kept,
    by tier where there are tiers.

    Raises
    ------
    MissingDependency
        If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependency("Figures need matplotlib: pip install 'territory-geo[plot]'") from error
    names = [str(name) for name in comparison.plans.index]
    figure = Figure(figsize=(13, 1.9 + 0.42 * max(4, len(names))), layout="constrained")
    balance, trade, kept = figure.subplots(1, 3, width_ratios=[1.2, 1, 1])
    _balance(balance, comparison, names)
    _trade(trade, comparison, names)
    _kept(kept, comparison, names)
    for axes in (balance, trade, kept):
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color("#c8cfd6")
        axes.tick_params(colors=SOFT, length=0, labelsize=9)
        axes.xaxis.label.set(color=SOFT, fontsize=9)
    return figure


def _plain(text: str) -> str:
    """Return text in which a dollar sign is a dollar sign, not the beginning of a formula."""
    return text.replace("$", r"\$")


def _balance(axes: Axes, comparison: Comparison, names: list[str]) -> None:
    measure = comparison.measures[0]
    table = comparison.territories
    limit = tolerance(comparison, measure)
    if np.isfinite(limit):
        axes.axvspan(-100 * limit, 100 * limit, color=BAND, zorder=0)
    axes.axvline(0, color="#c8cfd6", linewidth=1, zorder=1)
    for row, name in enumerate(names):
        off = 100 * table.loc[table["plan"] == name, f"{measure}_deviation"].to_numpy(dtype=float)
        out = np.abs(off) > 100 * limit * (1 + 1e-9) if np.isfinite(limit) else np.zeros(len(off), dtype=bool)
        # Apart from each other in a fixed order, so that the picture is the same each time.
        height = row + 0.22 * np.sin(2.4 * np.arange(len(off)))
        axes.scatter(off[~out], height[~out], s=26, color=BLUE, alpha=0.75, linewidths=0, zorder=2)
        axes.scatter(off[out], height[out], s=26, color=RED, alpha=0.85, linewidths=0, zorder=2)
    axes.set_yticks(range(len(names)), [_plain(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    band = f", tolerance ±{100 * limit:g} %" if np.isfinite(limit) else ""
    axes.set_title(_plain(f"{words(measure)}: every territory"), loc="left", color=INK, fontsize=11, fontweight="bold")
    axes.set_xlabel(f"% from the target{band}")


def _trade(axes: Axes, comparison: Comparison, names: list[str]) -> None:
    change = 100 * comparison.plans["accounts_moved"].to_numpy(dtype=float)
    km = comparison.plans["mean_km"].to_numpy(dtype=float)
    axes.scatter(change, km, s=60, color=BLUE, zorder=2)
    span = max(float(np.ptp(km)), 0.02 * float(km.max()), 1e-9)
    at: list[tuple[float, float]] = []
    right = max(float(change.max()), 1.0) * 1.35
    for name, x, y in zip(names, change, km, strict=True):
        height = y
        while any(abs(height - b) < 0.09 * span and abs(x - a) < 0.3 * right for a, b in at):
            height += 0.1 * span
        at.append((x, height))
        axes.annotate(_plain(name), (x, height), xytext=(7, 0), textcoords="offset points", va="center",
                      fontsize=9, color=INK, zorder=3)  # fmt: skip
    axes.set_xlim(-0.03 * right, right)
    axes.set_ylim(float(km.min()) - 0.25 * span, max(b for _, b in at) + 0.25 * span)
    axes.grid(color="#eceff2", linewidth=1, zorder=0)
    axes.set_title("Mean km to the centre", loc="left", color=INK, fontsize=11, fontweight="bold")
    axes.set_xlabel(_plain(f"% of accounts that change rep against {comparison.base}"))


def _kept(axes: Axes, comparison: Comparison, names: list[str]) -> None:
    table = comparison.disruption
    table = table[table["measure"] == "relationships"]
    tiers = [t for t in dict.fromkeys(table["tier"]) if t][: len(SHADES)] or [""]
    width = 0.8 / len(tiers)
    for i, tier in enumerate(tiers):
        mine = table[table["tier"] == tier].set_index("plan").loc[names, "kept_share"]
        rows = np.arange(len(names)) - 0.4 + width * (i + 0.5)
        axes.barh(rows, 100 * mine, height=0.86 * width, color=SHADES[i], label=_plain(tier or "all"), zorder=2)
    axes.set_yticks(range(len(names)), [_plain(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.grid(axis="x", color="#eceff2", linewidth=1, zorder=0)
    axes.set_title("Relationships kept", loc="left", color=INK, fontsize=11, fontweight="bold")
    axes.set_xlabel("% of customers with their rep")
    if len(tiers) > 1:
        axes.legend(frameon=False, fontsize=8, labelcolor=SOFT, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def tolerance(comparison: Comparison, measure: str) -> float:
    """Return the tolerance of a measure, a share, where all plans that balance it have the same; else NaN."""
    found = {
        side.plan.problem.balance[measure] for side in comparison.sides.sides if measure in side.plan.problem.balance
    }
    limit = next(iter(found)) if len(found) == 1 else None
    return float(limit) if isinstance(limit, (int, float)) else float("nan")
