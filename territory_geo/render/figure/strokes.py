"""The strokes of a figure on a matplotlib axis: shapes, dots, labels, words, scale bar, legend."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from territory_geo.render.colors import dark, mix, rgb
from territory_geo.render.figure.labels import Lines, place_labels
from territory_geo.render.figure.projection import length_text
from territory_geo.render.figure.scales import Scale
from territory_geo.render.figure.scene import Scene
from territory_geo.render.figure.themes import Theme
from territory_geo.render.payload import status_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from territory_geo.plan.plan import TerritoryPlan

FAMILIES = ("Inter", "Source Sans 3", "Open Sans", "Helvetica Neue", "Helvetica", "Arial", "Liberation Sans")
"""Letters, the first of them that is installed; else matplotlib's own."""
MOST_DOTS = 60_000
"""Accounts drawn when nobody says whether they should be."""
_VECTOR_DOTS = 8_000


def draw(
    plan: TerritoryPlan, scene: Scene, ax: Axes, look: Theme, scale: Scale | None, title: str | None,
    accounts: bool | None, labels: bool, source: str | None,
) -> None:  # fmt: skip
    """Draw a scene on an axis; the parameters are those of `plot`."""
    west, south, east, north = scene.bounds
    ax.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], facecolor=look.sea)
    ax.set_aspect("equal")
    for side in ax.spines.values():
        side.set_visible(False)
    land = scene.land if len(scene.land) else np.array([shapely.box(west, south, east, north)], dtype=object)
    for shape in land:
        _patch(ax, shape, facecolor=look.land, edgecolor=look.coast if len(scene.land) else "none", linewidth=0.6)
    base = scene.fills if scale is None else scale.fills()
    opacity = look.opacity if scale is None else 1.0
    for shape, fill in zip(scene.shapes, base, strict=True):
        face = mix(fill, rgb(look.land), 1 - opacity)
        _patch(ax, shape, facecolor=face, edgecolor=look.border, linewidth=1.3, joinstyle="round")
    for shape in scene.land:
        _patch(ax, shape, facecolor="none", edgecolor=look.ink, alpha=0.22, linewidth=0.45)
    dots = accounts
    if dots is None:
        dots = not plan.problem.units.joined and not plan.problem.units.rows_are_areas
        dots = dots and len(scene.points) <= MOST_DOTS
    if dots:
        _dots(ax, scene, look, scale)
    ax.scatter(
        scene.centers[:, 0], scene.centers[:, 1], s=16, c=look.paper, edgecolors=look.ink, linewidths=1.1, zorder=4
    )
    left_out = _labels(plan, scene, ax, look, scale) if labels else 0
    _words(plan, scene, ax, look, title, source, left_out)
    _scale_bar(scene, ax, look)
    if scale is not None:
        _legend(ax, scale, look)


def _patch(ax: Axes, shape: Any, **style: Any) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    if rings:
        outline = Outline.make_compound_path(*(Outline(xy, closed=True) for xy in rings))
        # As an artist, not as a patch: the limits are known, and need no look at every vertex.
        ax.add_artist(PathPatch(outline, **style))


def _dots(ax: Axes, scene: Scene, look: Theme, scale: Scale | None) -> None:
    shades = [dark(fill) if look.opacity < 0.7 else mix(fill, (255, 255, 255), 0.55) for fill in scene.fills]
    colors = look.ink if scale is not None else np.array(shades, dtype=object)[scene.owner].tolist()
    many = len(scene.points)
    size = 5.0 if many <= 1_000 else 2.6 if many <= 8_000 else 0.8
    ax.scatter(
        scene.points[:, 0],
        scene.points[:, 1], s=size, c=colors, linewidths=0, alpha=0.75 if scale is None else 0.4, zorder=3,
        rasterized=many > _VECTOR_DOTS,
    )  # fmt: skip


def _labels(plan: TerritoryPlan, scene: Scene, ax: Axes, look: Theme, scale: Scale | None) -> int:
    """Write the labels that find a place; return how many do not."""
    from matplotlib.patheffects import withStroke

    points = 8.5 if len(scene.shapes) <= 60 else 7.0 if len(scene.shapes) <= 150 else 6.0
    size = points * _metres_per_point(scene, ax)
    variants: list[list[Lines]] = []
    for t, name in enumerate(plan.territory_ids):
        figure = "" if scale is None else scale.texts[t]
        variants.append([(name, figure), (name,)] if figure else [(name,)])
    marks = [(x - 0.5 * size, y - 0.5 * size, x + 0.5 * size, y + 0.5 * size) for x, y in scene.centers.tolist()]
    placed = place_labels(scene.shapes, variants, size=size, width=_width, taken=marks)
    for label in placed:
        lines = [plain(line) for line in label.lines]
        halo = [withStroke(linewidth=2.2, foreground=look.halo)]
        text: dict[str, Any] = {
            "ha": "center",
            "parse_math": False,
            "color": look.ink,
            "family": _family(),
            "path_effects": halo,
            "zorder": 5,
        }
        if len(lines) == 1:
            ax.text(label.x, label.y, lines[0], va="center_baseline", size=points, weight="bold", **text)
        else:
            ax.text(label.x, label.y + 0.1 * size, lines[0], va="bottom", size=points, weight="bold", **text)
            ax.text(label.x, label.y - 0.1 * size, lines[1], va="top", size=points * 0.92, **text)
    return len(variants) - len(placed)


@cache
def _family() -> str:
    from matplotlib import font_manager

    there = set(font_manager.get_font_names())
    return next((name for name in FAMILIES if name in there), "DejaVu Sans")


@cache
def _width(text: str, bold: bool) -> float:
    """Return how wide a text is, in multiples of the letters' size."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    if not text.strip():
        return 0.0
    letters = FontProperties(family=_family(), weight="bold" if bold else "normal")
    return float(TextPath((0, 0), plain(text).replace("$", "S"), size=100, prop=letters).get_extents().width) / 100


def plain(text: str) -> str:
    r"""Return a text of the data on one line: what cannot be printed, such as a line break, becomes a space.

    >>> plain("5 $\n")
    '5 $ '
    """
    return "".join(c if c.isprintable() else " " for c in text)


def _metres_per_point(scene: Scene, ax: Axes) -> float:
    """Return how many metres of the sheet one point of print covers, as the axis will be drawn."""
    figure, box = ax.get_figure(root=True), ax.get_position(original=True)
    assert figure is not None
    wide, tall = (float(inches) * 72 for inches in figure.get_size_inches())
    west, south, east, north = scene.bounds
    return max((east - west) / (box.width * wide), (north - south) / (box.height * tall))


def _words(
    plan: TerritoryPlan, scene: Scene, ax: Axes, look: Theme, title: str | None, source: str | None, left_out: int
) -> None:
    headline = "Territory plan" if title is None else title
    above: dict[str, Any] = {
        "parse_math": False,
        "xycoords": "axes fraction",
        "textcoords": "offset points",
        "family": _family(),
        "annotation_clip": False,
    }
    if headline:
        ax.annotate(plain(headline), (0, 1), (0, 27), size=16, weight="bold", color=look.ink, va="bottom", **above)
        ax.annotate(plain(status_line(plan)), (0, 1), (0, 11), size=9.5, color=look.soft, va="bottom", **above)
    said = [scene.credit if source is None else source]
    said += [f"{left_out} label{'s' * (left_out != 1)} found no place"] if left_out else []
    below = plain(" · ".join(part for part in said if part))
    ax.annotate(below, (1, 0), (0, -9), size=7, color=look.soft, ha="right", va="top", **above)


def _scale_bar(scene: Scene, ax: Axes, look: Theme) -> None:
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    west = scene.bounds[0]
    down = ScaledTranslation(0, -11 / 72, ax.figure.dpi_scale_trans)
    place = blended_transform_factory(ax.transData, ax.transAxes) + down
    style: dict[str, Any] = {
        "color": look.soft,
        "linewidth": 1.2,
        "clip_on": False,
        "transform": place,
        "solid_capstyle": "butt",
    }
    ax.plot([west, west + scene.bar], [0, 0], **style)
    for end in (west, west + scene.bar):
        ax.plot([end, end], [0, 0.012], **style)
    ax.text(
        west + scene.bar * 1.05, 0, length_text(scene.bar), transform=place, size=7.5, color=look.soft,
        va="center", family=_family(),
    )  # fmt: skip


def _legend(ax: Axes, scale: Scale, look: Theme) -> None:
    """Draw the scale as a bar of colours at the top right, with its ends and its middle."""
    box = ax.inset_axes((0.70, 1.012, 0.30, 0.022))
    steps = np.linspace(scale.low, scale.high, 120)
    box.imshow(
        np.array([[rgb(scale.color(float(value))) for value in steps]], dtype=np.uint8), aspect="auto",
        extent=(scale.low, scale.high, 0, 1),
    )  # fmt: skip
    box.set(yticks=[], xticks=[value for value, _ in scale.ticks])
    letters: dict[str, Any] = {"family": _family(), "parse_math": False}
    box.set_xticklabels([plain(text) for _, text in scale.ticks], size=7.5, color=look.soft, **letters)
    box.tick_params(length=0, pad=2, top=True, labeltop=True, bottom=False, labelbottom=False)
    sides: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")
    for label, side in zip(box.get_xticklabels(), sides, strict=True):
        label.set_horizontalalignment(side)
    for spine in box.spines.values():
        spine.set_visible(False)
    box.set_title(plain(scale.title), size=8, color=look.ink, pad=13, loc="left", **letters)
