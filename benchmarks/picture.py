"""The page's pictures: travel against time for the comparison, distance to known values for the instances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from benchmarks.compare import OURS

INK, GREY, LIGHT, BLUE, RED = "#222222", "#6b6b6b", "#dddddd", "#1f5fa8", "#c0392b"
STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "figure.dpi": 130,
}


def draw_compare(content: dict[str, Any], path: Path) -> None:
    """Draw one panel per case: seconds (logarithmic) and mean kilometres; hollow marks break the rules."""
    with plt.rc_context(STYLE):
        cases = content["cases"]
        figure, panels = plt.subplots(1, len(cases), figsize=(6.2 * len(cases), 4.8), squeeze=False)
        for axes, case in zip(panels[0], cases, strict=True):
            _panel(axes, case)
        handles = [
            Line2D([], [], marker="o", color=BLUE, label="territory_geo"),
            Line2D([], [], marker="o", color=GREY, linestyle="", label="keeps the rules"),
            Line2D([], [], marker="o", color=GREY, linestyle="", markerfacecolor="white", label="breaks a rule"),
        ]
        figure.legend(handles=handles, loc="lower center", ncols=3, frameon=False)
        figure.tight_layout(rect=(0, 0.06, 1, 1), w_pad=3)
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)


def _panel(axes: Any, case: dict[str, Any]) -> None:
    by_method: dict[str, list[dict[str, Any]]] = {}
    for row in case["rows"]:
        if row["plans"]:
            by_method.setdefault(row["method"], []).append(row)
    places = []
    for method, rows in by_method.items():
        color = BLUE if method == OURS else GREY
        x, y = [max(row["seconds"], 0.05) for row in rows], [row["km"] for row in rows]
        if len(rows) > 1:
            axes.plot(x, y, color=color, linewidth=1.6, zorder=2)
        for row, seconds, km in zip(rows, x, y, strict=True):
            axes.vlines(seconds, *row["km_range"], color=color, linewidth=1, alpha=0.6, zorder=2)
            kept = row["valid"] == len(row["runs"])
            fill = color if kept else "white"
            axes.plot(seconds, km, "o", color=color, markerfacecolor=fill, markersize=6, zorder=3)
        places.append((y[-1], x[-1], method, color, len(rows) > 1))
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.margins(x=0.05, y=0.08)
    left, right = axes.get_xlim()
    axes.set_xlim(left, right * 5)  # room for names
    axes.grid(axis="y", color=LIGHT, linewidth=0.7)
    axes.tick_params(length=0, which="both")
    axes.set_xlabel("seconds")
    axes.set_ylabel("mean km to the centre (less is better)")
    rule = f"{case['measure'].replace('_', ' ')} ±{100 * case['tolerance']:g} %"
    axes.set_title(
        f"{case['title']}: {case['units']:,} units, {case['territories']} territories, {rule}",
        loc="left",
        fontsize=10,
        color=INK,
        pad=12,
    )
    _name_points(axes, places)


def _name_points(axes: Any, places: list[tuple[float, float, str, str, bool]]) -> None:
    """Write each method beside its last point, moved up or down where two names would touch."""
    axes.figure.canvas.draw()
    dot = axes.figure.dpi / 72
    marks = [line.get_xydata()[0] for line in axes.get_lines() if line.get_marker() == "o"]
    taken = [(x - 4 * dot, x + 4 * dot, y) for x, y in axes.transData.transform(marks)]
    left, right = axes.get_xlim()
    for km, seconds, method, color, on_a_line in sorted(places):
        across, up = axes.transData.transform((seconds, km))
        middle = axes.transData.transform(((left * right) ** 0.5, km))[0]
        to_left = across > middle and not on_a_line  # a name must not lie on its own line
        width, height = 5.4 * dot * len(method), 10 * dot
        start = across - 9 * dot - width if to_left else across + 9 * dot
        moved = up
        while any(start < b and a < start + width and abs(moved - y) < height for a, b, y in taken):
            moved += dot
        taken.append((start, start + width, moved))
        axes.annotate(
            method,
            (seconds, km),
            xytext=(-9 if to_left else 9, (moved - up) / dot),
            textcoords="offset points",
            ha="right" if to_left else "left",
            va="center",
            color=color if method == OURS else INK,
            fontweight="bold" if method == OURS else "normal",
            fontsize=9,
        )


def draw_instances(content: dict[str, Any], path: Path) -> None:
    """Draw a panel per group: each instance's distance to its known value, and the worst that is allowed."""
    groups = [
        g for g in content["groups"] if g["allowed"] is not None and any(r["over"] is not None for r in g["rows"])
    ]
    if not groups:
        return
    with plt.rc_context(STYLE):
        sizes = [len(group["rows"]) for group in groups]
        figure, panels = plt.subplots(
            len(groups),
            1,
            figsize=(8, 0.26 * sum(sizes) + 0.95 * len(groups)),
            gridspec_kw={"height_ratios": [size + 0.6 for size in sizes]},
            squeeze=False,
            layout="constrained",
        )
        for axes, group in zip(panels[:, 0], groups, strict=True):
            _group_panel(axes, group)
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)


def _group_panel(axes: Any, group: dict[str, Any]) -> None:
    rows = group["rows"][::-1]
    for i, row in enumerate(rows):
        if row["over"] is None:
            axes.text(0, i, "  no valid plan", va="center", color=RED, fontsize=9)
            continue
        color = RED if row["over"] > group["allowed"] + 1e-6 else BLUE
        over = 100 * row["over"] if abs(row["over"]) > 1e-6 else 0.0  # known values are written with few digits
        axes.plot([0, over], [i, i], color=color, linewidth=1.6, zorder=2)
        axes.plot(over, i, "o", color=color, markersize=6, zorder=3)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1)
    if group["allowed"]:
        axes.axvline(100 * group["allowed"], color=RED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    axes.set_yticks(range(len(rows)), [row["instance"] for row in rows], color=INK)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(axis="x", color=LIGHT, linewidth=0.7)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} %".replace("-", "−")))
    axes.margins(x=0.08)
    limit = "; dashed: the worst allowed" if group["allowed"] else ""
    axes.set_title(f"{group['name']}: over the known value, {group['seconds']:g} s{limit}", loc="left", fontsize=10)
