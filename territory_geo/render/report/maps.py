"""Maps of the report as SVG: the whole plan, and each territory among its neighbours.

The same scene as in figures; colours of paper and letters come from the page, so that both themes and print fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from territory_geo.render.colors import dark, light
from territory_geo.render.figure.labels import Placed, place_labels, text_width
from territory_geo.render.figure.projection import length_text, round_length
from territory_geo.render.figure.scene import Box, Scene, cut, padded
from territory_geo.render.report.towns import towns_in
from territory_geo.render.report.words import counted
from territory_geo.render.shapes import Shapes

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]

WIDTH = 960
"""Units of a drawing from side to side."""
LEAST_SHARE = 0.45
"""Of a territory's drawing, from side to side, that a narrow screen shows; more where the territory is wider."""
BROAD = 0.75
"""Share from which letters would be too small on a narrow screen: there only neighbours are named."""
_LETTERS = 13.0
_SMALL = 11.0


@dataclass(frozen=True)
class View:
    """A window of the sheet on paper: `scale` units of the drawing per metre."""

    bounds: Box
    height: float
    scale: float

    @classmethod
    def of(cls, bounds: Box, height: float | None = None) -> View:
        """Return the view that shows all of `bounds`; with a height the shorter side gets more room."""
        west, south, east, north = bounds
        scale = WIDTH / (east - west)
        if height is None:
            return cls(bounds, round((north - south) * scale, 1), scale)
        scale = min(scale, height / (north - south))
        x, y = (west + east) / 2, (south + north) / 2
        across, up = WIDTH / scale / 2, height / scale / 2
        return cls((x - across, y - up, x + across, y + up), height, scale)

    def xy(self, points: Floats) -> Floats:
        """Return places on paper, from the top left, of metres on the sheet."""
        west, _, _, north = self.bounds
        return np.column_stack([(points[:, 0] - west) * self.scale, (north - points[:, 1]) * self.scale])

    def path(self, shape: shapely.Geometry) -> str:
        """Return the outline of a shape, simplified to what print shows."""
        rings = []
        for ring in shapely.get_rings(shapely.get_parts(shapely.simplify(shape, 0.35 / self.scale))):
            xy = np.round(self.xy(shapely.get_coordinates(ring)), 1)[:-1]
            if len(xy) >= 3:
                rings.append("M" + "L".join(f"{x:g} {y:g}" for x, y in xy.tolist()) + "Z")
        return "".join(rings)


def overview_map(plan: TerritoryPlan, scene: Scene) -> str:
    """Return the map of the whole plan."""
    view = View.of(scene.bounds)
    if view.height > 0.8 * WIDTH:
        view = View.of(scene.bounds, 0.8 * WIDTH)
    parts = [_paper(view, scene)]
    for shape, fill in zip(scene.shapes, scene.fills, strict=True):
        parts.append(f'<path class="mine" fill="{fill}" d="{view.path(shape)}"/>')
    parts.append(_states(view, scene.land))
    if not plan.problem.units.rows_are_areas and len(scene.points) <= 20_000:
        parts += [_dots(view, scene, t, 1.1 if len(scene.points) > 2_000 else 1.8) for t in range(len(scene.shapes))]
    parts.append(_pins(view, scene.centers))
    size = _LETTERS if len(scene.shapes) <= 60 else 10.0
    labels = place_labels(
        scene.shapes, [[(name,)] for name in plan.territory_ids], size=size / view.scale, width=text_width,
        taken=_boxes(scene.centers, 6 / view.scale),
    )  # fmt: skip
    parts += [_label(view, label, size, "name") for label in labels]
    missing = len(scene.shapes) - len(labels)
    said = f"Map of {len(scene.shapes):,} territories"
    return _drawing(view, parts, said) + (
        f'<p class="note">{counted(missing, "label")} found no place.</p>' if missing else ""
    )


def territory_map(plan: TerritoryPlan, scene: Scene, t: int, height: float) -> str:
    """Return the map of one territory with its accounts, its start, towns, and the neighbours in pale colours.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan.
    scene : Scene
        Of the plan.
    t : int
        Which territory, in the order of `plan.territory_ids`.
    height : float
        Of the drawing, in its units; it is `WIDTH` wide.
    """
    shape = scene.shapes[t]
    center = scene.centers[t]
    around = shape if shapely.is_empty(shape) else shapely.union(shape, shapely.Point(center))
    bounds = scene.bounds if shapely.is_empty(around) else tuple(float(b) for b in shapely.bounds(around))
    inside = padded(bounds, 0.09)
    view = View.of(inside, height)
    # On a narrow screen the neighbours give way.
    share = max(LEAST_SHARE, (inside[2] - inside[0]) / (view.bounds[2] - view.bounds[0]))
    parts = [_paper(view, scene)]
    window = shapely.box(*view.bounds)
    near = [i for i in np.flatnonzero(shapely.intersects(scene.shapes, window)).tolist() if i != t]
    for i in near:
        parts.append(f'<path class="other" fill="{scene.fills[i]}" d="{view.path(_cut(scene.shapes[i], view))}"/>')
    parts.append(f'<path class="mine" fill="{scene.fills[t]}" d="{view.path(shape)}"/>')
    parts.append(_states(view, scene.land))
    if not plan.problem.units.rows_are_areas:
        parts.append(_dots(view, scene, t, 2.4))
    parts.append(_pins(view, scene.centers[t : t + 1]))
    taken = [*_boxes(scene.centers[t : t + 1], 7 / view.scale), _bar_box(view)]
    towns = towns_in(scene, view, shape, taken)
    for town in towns:
        taken.append(town.box)
        parts.append(_town(view, town))
    # Only where the whole name is in sight.
    inner = padded(view.bounds, -20 / WIDTH)
    others = np.array([shapely.clip_by_rect(scene.shapes[i], *inner) for i in near], dtype=object)
    labels = place_labels(
        others, [[(plan.territory_ids[i],)] for i in near], size=_LETTERS / view.scale, width=text_width, taken=taken
    )
    parts += [_label(view, label, _LETTERS, "beside") for label in labels]
    kind = "window broad" if share > BROAD else "window"
    drawing = _drawing(view, parts, f"Map of {plan.territory_ids[t]} and its neighbours")
    return f'<div class="{kind}" style="--share:{share:.3f}">{drawing}</div>'


def _bar_box(view: View) -> Box:
    """Return where the scale bar lies, on the sheet."""
    west, south, _, _ = view.bounds
    return west, south, west + 0.3 * WIDTH / view.scale, south + 40 / view.scale


def _cut(shape: shapely.Geometry, view: View) -> shapely.Geometry:
    return shapely.clip_by_rect(shape, *padded(view.bounds, 0.02))


def _paper(view: View, scene: Scene) -> str:
    ground = f'<rect class="sea" width="{WIDTH}" height="{view.height:g}"/>'
    if not len(scene.land):
        return ground.replace('"sea"', '"plain"')
    land = "".join(f'<path d="{view.path(shape)}"/>' for shape in cut(scene.land, view.bounds, 0.02))
    return f'{ground}<g class="land">{land}</g>'


def _states(view: View, land: Shapes) -> str:
    lines = "".join(f'<path d="{view.path(shape)}"/>' for shape in cut(land, view.bounds, 0.02))
    return f'<g class="states">{lines}</g>'


def _dots(view: View, scene: Scene, t: int, radius: float) -> str:
    xy = np.unique(np.round(view.xy(scene.points[scene.owner == t]), 1), axis=0)
    # Lines of no length with round ends: a dot in a tenth of the letters that a circle takes.
    steps = "".join(f"M{x:g} {y:g}h0" for x, y in xy.tolist())
    fill = scene.fills[t]
    return f'<path class="dots" color="{light(fill)}" stroke="{dark(fill)}" stroke-width="{2 * radius:g}" d="{steps}"/>'


def _pins(view: View, centers: Floats) -> str:
    known = centers[np.isfinite(centers).all(axis=1)]
    return "".join(f'<circle class="pin" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in view.xy(known).tolist())


def _boxes(centers: Floats, reach: float) -> list[Box]:
    known = centers[np.isfinite(centers).all(axis=1)]
    return [(x - reach, y - reach, x + reach, y + reach) for x, y in known.tolist()]


def _label(view: View, label: Placed, size: float, kind: str) -> str:
    x, y = view.xy(np.array([[label.x, label.y]]))[0]
    text, y = escape(label.lines[0]), y + 0.35 * size
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size:g}">{text}</text>'


def _town(view: View, town: Placed) -> str:
    (x, y), (w, s, _, n) = view.xy(np.array([[town.x, town.y]]))[0], town.box
    left, middle = view.xy(np.array([[w, (s + n) / 2]]))[0]
    return (
        f'<circle class="town" cx="{x:.1f}" cy="{y:.1f}" r="1.8"/><text class="place" x="{left + 3:.1f}" '
        f'y="{middle + 0.35 * _SMALL:.1f}" font-size="{_SMALL:g}">{escape(town.lines[0])}</text>'
    )


def _drawing(view: View, parts: list[str], said: str) -> str:
    metres = round_length(0.2 * WIDTH / view.scale)
    length, y = metres * view.scale, view.height - 14
    bar = (
        f'<path class="bar" d="M14 {y - 5:g}V{y:g}H{14 + length:.1f}V{y - 5:g}"/>'
        f'<text class="place" x="18" y="{y - 8:g}" font-size="{_SMALL:g}">{length_text(metres)}</text>'
    )
    return (
        f'<svg class="map" viewBox="0 0 {WIDTH} {view.height:g}" role="img" aria-label="{escape(said, quote=True)}">'
        f"{''.join(parts)}{bar}</svg>"
    )
