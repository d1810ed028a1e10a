"""The look that all figures share: few lines, two colours, titles that say what is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from territory_geo.errors import MissingDependency

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GREY, BLUE, RED, PALE = "#22303c", "#7b8794", "#1f5a89", "#b4532a", "#d9e2ea"


WIDTH = 6.2
"""Inches: half a page, or the screen of a telephone on which 10 points can still be read."""


def new_figure(
    height: float, panels: int = 1, *, margins: tuple[float, float, float, float] | None = None
) -> tuple[Figure, list[Axes]]:
    """Return an empty figure with panels one below the other, its height in inches.

    With margins in inches (left, right, above, below) it is drawn once; without them twice, first to find them.

    Raises
    ------
    MissingDependency
        If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine
    except ImportError as error:
        raise MissingDependency("Figures need matplotlib: pip install 'territory-geo[plot]'") from error
    if margins is None:
        figure = Figure(figsize=(WIDTH, height), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12))
        grid = figure.add_gridspec(panels, 1)
    else:
        figure, (left, right, above, below) = Figure(figsize=(WIDTH, height)), margins
        sides = {"left": left / WIDTH, "right": 1 - right / WIDTH, "top": 1 - above / height, "bottom": below / height}
        grid = figure.add_gridspec(panels, 1, **sides)
    axes = list(grid.subplots(squeeze=False)[:, 0])
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.spines[["left", "bottom"]].set_color(PALE)
        one.tick_params(colors=GREY, labelcolor=INK, length=0, labelsize=10)
        one.grid(axis="y", color=PALE, linewidth=0.7)
        one.set_axisbelow(True)
    return figure, axes


def titled(axes: Axes, title: str, *, below: str = "") -> None:
    """Give a panel its headline, to the left, and below it what is shown in which unit."""
    axes.set_title(title, loc="left", fontsize=13, color=INK, fontweight="bold", pad=24 if below else 8)
    axes.annotate(
        below, (0, 1), xytext=(0, 9), xycoords="axes fraction", textcoords="offset points", fontsize=10, color=GREY
    )


def thousands(axis: Any) -> None:
    """Let an axis write 12,500 instead of 12500, and 4.2 M for millions."""
    axis.set_major_formatter(lambda value, _: short(value))


def money(axis: Any, sign: str) -> None:
    """The same with the sign of a currency, where there is one."""
    axis.set_major_formatter(lambda value, _: sign + short(value))


def percent(axis: Any) -> None:
    """Let an axis write shares as per cent."""
    axis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")


def short(value: float) -> str:
    """Return a number as people say it.

    >>> short(12500.0), short(4.25e6), short(0.0)
    ('12,500', '4.25 M', '0')
    """
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.3g} M"
    return f"{value:,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.2g}"
