"""The look that every picture of a plan shares: where its shapes are drawn, and which colour each territory has.

The interactive map, figures, reports and KML agree, because they all ask here or by the same steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from territory_geo.render.colors import color_territories
from territory_geo.render.shapes import Frame, Shapes, geographic, neighbour_graph, polygonal, simplify_coverage

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan


@dataclass(frozen=True, eq=False)
class Look:
    """How a plan is drawn.

    Parameters
    ----------
    frame : Frame
        The part of the plane that holds the territories.
    shapes : ndarray of Polygon or MultiPolygon, shape (k,)
        Simplified together, in the frame's coordinates, in the order of `plan.territory_ids`.
    fills : tuple of str
        ``#rrggbb`` of each territory; no two that share a border have the same.
    """

    frame: Frame
    shapes: Shapes
    fills: tuple[str, ...]


def look_of(plan: TerritoryPlan) -> Look:
    """Return a plan's look: the colours are those of its map."""
    table = geographic(plan.territories)
    shapes = polygonal(table.geometry)
    frame = Frame.around(shapes, geographic=table.crs is not None)
    shapes = simplify_coverage(frame.place(shapes), tolerance=frame.tolerance, grid=frame.grid)
    return Look(frame, shapes, tuple(color_territories(neighbour_graph(shapes, frame=frame))))
