"""A plan drawn with matplotlib: on an axis of yours or a new one, and written as PNG, SVG or PDF."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from territory_geo.errors import MissingDependency, OptionError
from territory_geo.render.figure.scales import scale_of
from territory_geo.render.figure.scene import Scene, scene_of
from territory_geo.render.figure.strokes import draw
from territory_geo.render.figure.themes import THEMES, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from territory_geo.plan.plan import TerritoryPlan

_WIDE = 10.0
_TALLEST = 8.0
_INSTALL = "Figures need matplotlib: pip install 'territory-geo[plot]'"


def plot(
    plan: TerritoryPlan,
    by: str = "territory",
    *,
    ax: Axes | None = None,
    title: str | None = None,
    theme: str = "light",
    accounts: bool | None = None,
    labels: bool = True,
    source: str | None = None,
) -> Axes:
    """Draw a plan as a figure for slides and paper.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan; its shapes may come from points, areas or hexagons.
    by : str, default "territory"
        What colours say: "territory" (neighbours differ); "deviation" (of the first balanced measure); or a column of
        `plan.territories`: one with a target on a diverging scale centred on it, any other on a growing one.
    ax : matplotlib Axes, optional
        Where to draw; left out, a new figure of pyplot.
    title : str, optional
        Headline; "Territory plan" when not given, none when empty.
    theme : {"light", "dark"}
        Colours of the paper.
    accounts : bool, optional
        Whether accounts are dots; left out: yes where they are what is assigned and at most 60,000.
    labels : bool, default True
        Whether territories carry their ids, and figures where `by` shows one. Labels never overlap; the line at the
        bottom says how many find no place.
    source : str, optional
        Said at the bottom right; left out, where boundaries and roads come from.

    Returns
    -------
    matplotlib Axes
        In metres of an equal-area projection that suits the extent; its figure has ``savefig``.

    Raises
    ------
    OptionError
        If `by` or `theme` is unknown.
    MissingDependency
        If matplotlib is not installed.

    Examples
    --------
    >>> plan.plot(by="deviation", theme="dark").figure.savefig("deviation.svg")  # doctest: +SKIP
    """
    look = _theme(theme)
    scale = None if by == "territory" else scale_of(plan, by)
    scene = scene_of(plan)
    if ax is None:
        _require()
        from matplotlib import pyplot

        ax = pyplot.figure(**_paper(scene, look)).add_axes(_room(scene))
    draw(plan, scene, ax, look, scale, title, accounts, labels, source)
    return ax


def write_figure(plan: TerritoryPlan, path: str | os.PathLike[str], *, dpi: int = 200, **options: Any) -> list[str]:
    """Write `plot` as .png, .svg or .pdf; the same plan gives the same bytes on one machine.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    path : path
        Its ending says the format; an earlier file is replaced.
    dpi : int
        Dots per inch of a PNG; the figure is ten inches wide.
    **options
        Of `plot`, without `ax`.
    """
    _require()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    from territory_geo.render.export.folder import named_failures
    from territory_geo.render.export.shapes import fresh

    look = _theme(options.pop("theme", "light"))
    by, scene = options.pop("by", "territory"), scene_of(plan)
    unknown = set(options) - {"title", "accounts", "labels", "source"}
    if unknown:
        raise OptionError(f"A figure has no option {', '.join(sorted(unknown))}.")
    figure = Figure(**_paper(scene, look))
    draw(
        plan, scene, figure.add_axes(_room(scene)), look, None if by == "territory" else scale_of(plan, by),
        options.get("title"), options.get("accounts"), options.get("labels", True), options.get("source"),
    )  # fmt: skip
    file = fresh(path)
    # No dates, no random names: what changes from run to run is left out.
    stamps: dict[str, dict[str, None]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    with named_failures(file), mpl.rc_context({"svg.hashsalt": "territory-geo"}):
        figure.savefig(file, dpi=dpi, metadata=stamps.get(file.suffix.lower()), facecolor=look.paper)
    return []


def _theme(name: str) -> Theme:
    if name not in THEMES:
        raise OptionError(f"The 'theme' parameter must be one of {', '.join(THEMES)}. Got {name!r} instead.")
    return THEMES[name]


def _require() -> None:
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise MissingDependency(_INSTALL) from error


def _paper(scene: Scene, look: Theme) -> dict[str, Any]:
    """Return the size of the figure: ten inches wide and as tall as the map asks."""
    west, south, east, north = scene.bounds
    tall = min(_TALLEST, max(3.2, (_WIDE - 0.5) * (north - south) / (east - west)))
    return {"figsize": (_WIDE, round(tall + 1.35, 2)), "facecolor": look.paper}


def _room(scene: Scene) -> tuple[float, float, float, float]:
    """Return where the map lies in the figure: room above for the title, below for scale and source."""
    tall = _paper(scene, THEMES["light"])["figsize"][1]
    return 0.25 / _WIDE, 0.5 / tall, 1 - 0.5 / _WIDE, 1 - 1.35 / tall
