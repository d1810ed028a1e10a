"""What joins and what parts neighbours in a plan's contiguity graph, as the map draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from territory_geo.geodata.contiguity.barriers import Barriers
from territory_geo.geodata.ids import texts
from territory_geo.render.shapes import Frame, geographic

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

KINDS = {"bridge": "Bridge", "attach": "Attached to the mainland", "stated": "Bridge as stated"}
"""What the map calls the kinds of bridges."""


def bridges_data(plan: TerritoryPlan, frame: Frame) -> dict[str, Any] | None:
    """Return the bridges as lines with their ends, kinds and lengths, or None where there are none.

    Parameters
    ----------
    plan : TerritoryPlan
        The plan to draw.
    frame : Frame
        What the map shows.

    Returns
    -------
    dict or None
        Ready for `script_json`; coordinates are (latitude, longitude), or (y, x) on a plane.
    """
    graph = plan.problem.graph
    if graph is None or graph.bridges.empty:
        return None
    bridges = graph.bridges
    ends = [texts(bridges[end]) for end in ("u", "v")]
    kinds = [kind for kind in KINDS if (bridges["kind"] == kind).any()]
    return {
        "lines": _ways(plan, frame, *ends),
        "from": list(ends[0]),
        "to": list(ends[1]),
        "kinds": [KINDS[kind] for kind in kinds],
        "kind": [kinds.index(kind) for kind in bridges["kind"]],
        "km": bridges["length_km"].round(1).tolist(),
    }


def barriers_data(plan: TerritoryPlan, frame: Frame, barriers: Any = None) -> dict[str, Any] | None:
    """Return the barriers as shapes, and the ways between neighbours that they cut; None where there are neither.

    Parameters
    ----------
    plan : TerritoryPlan
        Its graph knows which ways were cut.
    frame : Frame
        What the map shows.
    barriers : GeoDataFrame or path, optional
        Lines and areas to draw instead of those that the graph was built with.

    Raises
    ------
    DataError
        They cannot be read, hold no line and no polygon, or are planar where the plan is not (or the other way round).
    """
    graph = plan.problem.graph
    cut = None if graph is None else graph.cut
    layer = None if graph is None else graph.barriers
    if barriers is not None:
        layer = Barriers(barriers, plan.problem.units).shapes
    shapes: list[dict[str, Any]] = []
    if layer is not None:
        # As fine as the territories' borders: a river may come with more vertices than all of them.
        fine = shapely.simplify(np.asarray(geographic(layer).array, dtype=object), frame.tolerance)
        shapes = [_rings(part) for part in shapely.get_parts(frame.place(fine))]
    if (cut is None or cut.empty) and not shapes:
        return None
    ends = [] if cut is None or cut.empty else [texts(cut[end]) for end in ("u", "v")]
    return {
        "shapes": shapes,
        "cut": _ways(plan, frame, *ends) if ends else [],
        "from": list(ends[0]) if ends else [],
        "to": list(ends[1]) if ends else [],
    }


def _rings(shape: Any) -> dict[str, Any]:
    """Return a line or an area as (latitude, longitude) pairs, or (y, x) on a plane."""
    area = shape.geom_type == "Polygon"
    lines = shapely.get_rings(shape) if area else [shape]
    return {"area": area, "at": [shapely.get_coordinates(line)[:, ::-1].round(5).tolist() for line in lines]}


def _ways(plan: TerritoryPlan, frame: Frame, start: Any, end: Any) -> list[list[list[float]]]:
    """Return straight lines between units as pairs of (latitude, longitude), or (y, x) on a plane."""
    units = plan.problem.units
    position = {id_: i for i, id_ in enumerate(units.ids)}
    points = frame.place(np.asarray(shapely.points(units.xy), dtype=object))
    xy = np.column_stack([shapely.get_y(points), shapely.get_x(points)]).round(5)
    return [[xy[position[u]].tolist(), xy[position[v]].tolist()] for u, v in zip(start, end, strict=True)]
