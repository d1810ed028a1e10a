"""The figure of a `RoutePlan`: each day as a bar of visits, drives and waiting, nights away marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from territory_geo.render.charts.style import BLUE, GREY, INK, PALE, RED, new_figure, titled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure

    from territory_geo.analyze.routes import RoutePlan

ABOVE, BELOW = 0.62, 0.78
"""Inches for the headlines, and for the hours and the legend."""


def weeks_figure(routes: RoutePlan) -> Figure:
    """Return `RoutePlan.plot`: a row per day, hours from left to right.

    Raises
    ------
    MissingDependency
        If matplotlib is not installed.
    """
    rules, per_week = routes.rules, routes.rules.days_per_week
    day = rules.day_hours * 60
    rows = routes.n_weeks * (per_week + 1) - 1
    height = max(3.2, 0.23 * rows + 1.9)
    figure, (axes,) = new_figure(height, margins=(0.95, 0.12, ABOVE, BELOW))
    begins = rules.day_start
    whole = [
        (begins, week * (per_week + 1) + d, rules.day_hours) for week in range(routes.n_weeks) for d in range(per_week)
    ]
    axes.add_collection(_bars(whole, "#f3f6f8", 0.0))
    for kind, color in ((True, BLUE), (False, PALE)):
        bars = []
        for week, visit, begin, end, _ in routes.events():
            for d in range(int(begin // day), int(max(begin, end - 1e-6) // day) + 1) if visit == kind else ():
                low, high = max(begin, d * day), min(end, (d + 1) * day)
                bars.append((begins + (low - d * day) / 60, week * (per_week + 1) + d, (high - low) / 60))
        axes.add_collection(_bars(bars, color, 0.5))
    for week, d in routes.weeks.nights:
        axes.plot(begins + rules.day_hours + 0.12, week * (per_week + 1) + d, marker="D", color=RED, markersize=5)
    days = routes.working_days()
    axes.set_yticks([at for at, _ in days], [f"{date:%a} {date.day} {date:%b}" for _, date in days])
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_xlim(rules.day_start, rules.day_start + rules.day_hours + 0.35)
    axes.set_xticks(range(int(rules.day_start), int(rules.day_start + rules.day_hours) + 1))
    axes.xaxis.set_major_formatter(lambda value, _: f"{int(value):02d}:00")
    axes.grid(visible=False)
    done = routes.hours()
    fit = f"{done['left']:.0f} {'does' if done['left'] == 1 else 'do'} not fit" if done["left"] else "all fit"
    weeks = f"{routes.n_weeks} weeks" if routes.n_weeks > 1 else "one week"
    titled(
        axes, f"{routes.territory}: {done['visits']:.0f} visits in {weeks}, {fit}",
        below=f"{done['visit_hours']:.0f} hours with customers, {done['driving_hours']:.0f} on the road, "
        f"{done['nights']:.0f} nights away",
    )  # fmt: skip
    handles = [
        axes.barh([0], [0], color=BLUE, label="visit"), axes.barh([0], [0], color=PALE, label="on the road"),
        axes.plot([], [], marker="D", color=RED, linestyle="none", label="night away")[0],
    ]  # fmt: skip
    axes.legend(
        handles=handles, frameon=False, fontsize=10, ncols=3, loc="upper center", labelcolor=INK,
        bbox_to_anchor=(0.5, -0.3 / (height - ABOVE - BELOW)),
    )  # fmt: skip
    axes.tick_params(axis="y", labelcolor=GREY)
    return figure


def _bars(bars: Iterable[tuple[float, int, float]], color: str, edge: float) -> PolyCollection:
    """Return bars (left, row, width) as one thing to draw: one by one, four weeks take a second."""
    from matplotlib.collections import PolyCollection

    thick = 0.39
    corners = [
        [(left, row - thick), (left, row + thick), (left + width, row + thick), (left + width, row - thick)]
        for left, row, width in bars
    ]
    return PolyCollection(corners, facecolors=color, edgecolors="white", linewidths=edge)
