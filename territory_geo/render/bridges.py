"""The bridges of a plan's contiguity graph, as the map draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from territory_geo.geodata.ids import texts
from territory_geo.render.shapes import Frame

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
    units, bridges = plan.problem.units, graph.bridges
    position = {id_: i for i, id_ in enumerate(units.ids)}
    ends = [texts(bridges[end]) for end in ("u", "v")]
    points = frame.place(np.asarray(shapely.points(units.xy), dtype=object))
    xy = np.column_stack([shapely.get_y(points), shapely.get_x(points)]).round(5)
    kinds = [kind for kind in KINDS if (bridges["kind"] == kind).any()]
    return {
        "lines": [[xy[position[u]].tolist(), xy[position[v]].tolist()] for u, v in zip(*ends, strict=True)],
        "from": list(ends[0]),
        "to": list(ends[1]),
        "kinds": [KINDS[kind] for kind in kinds],
        "kind": [kinds.index(kind) for kind in bridges["kind"]],
        "km": bridges["length_km"].round(1).tolist(),
    }
