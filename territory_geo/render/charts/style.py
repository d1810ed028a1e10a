"""The look that all figures share: few lines, two colours, titles that say what is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from territory_geo.errors import MissingDependency

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GREY, BLUE, RED, PALE = "#22303c", "#7b8794", "#1f5a89", "#b4532a", "#d9e2ea"


def new_figure(width: float, height: float, panels: int) -> tuple[Figure, list[Axes]]:
    """Return an empty figure with panels side by side, sizes in inches.

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
    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.1))
    axes = list(figure.subplots(1, panels, squeeze=False)[0])
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.spines[["left", "bottom"]].set_color(PALE)
        one.tick_params(colors=GREY, labelcolor=INK, length=0, labelsize=9)
        one.grid(axis="y", color=PALE, linewidth=0.7)
        one.set_axisbelow(True)
    return figure, axes


def titled(axes: Axes, title: str, *, x: str = "", y: str = "") -> None:
    """Give a panel its title, to the left, and the names of its axes."""
    axes.set_title(title, loc="left", fontsize=10.5, color=INK, fontweight="bold")
    axes.set_xlabel(x, fontsize=9, color=GREY)
    axes.set_ylabel(y, fontsize=9, color=GREY)


def whole_numbers(axis: Any) -> None:
    """Let an axis show whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def thousands(axis: Any) -> None:
    """Let an axis write 12,500 instead of 12500, and 4.2 M for millions."""
    axis.set_major_formatter(lambda value, _: short(value))


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
