"""The look that every picture of a plan shares: where its shapes are drawn, and which colour each territory has.

The interactive map, figures, reports and KML agree, because they all ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

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
    """Return a plan's look."""
    return looks_of([plan])[0]


def looks_of(plans: Iterable[TerritoryPlan]) -> list[Look]:
    """Return the looks of plans that are drawn in one place: one frame, and one colour for a territory in all of them.

    A plan by itself has the colours that it has beside today's alignment, where that is known: its map, its report and
    its figures agree.

    Parameters
    ----------
    plans : iterable of TerritoryPlan
        At least one. The first one's territories set the frame.
    """
    plans = list(plans)
    if len(plans) == 1 and plans[0].problem.alignment is not None:
        return looks_of([type(plans[0]).from_current(plans[0].problem), *plans])[1:]
    tables = [geographic(plan.territories) for plan in plans]
    shapes = [polygonal(table.geometry) for table in tables]
    frame = Frame.around(shapes[0], geographic=tables[0].crs is not None)
    drawn = [simplify_coverage(frame.place(each), tolerance=frame.tolerance, grid=frame.grid) for each in shapes]
    ids = [[str(name) for name in table.index] for table in tables]
    fills = shared_colors(ids, [neighbour_graph(each, frame=frame) for each in drawn])
    return [Look(frame, each, tuple(fill)) for each, fill in zip(drawn, fills, strict=True)]


def shared_colors(ids: Sequence[Sequence[str]], graphs: Sequence[nx.Graph[int]]) -> list[list[str]]:
    """Colour the territories of several plans at once: equal ids get one colour, neighbours in any plan differ.

    Parameters
    ----------
    ids : sequence of sequences of str
        The territories of each plan.
    graphs : sequence of networkx.Graph
        Which of them are neighbours, by position; see `neighbour_graph`.

    Returns
    -------
    list of list of str
        A colour per territory and plan.
    """
    number: dict[str, int] = {}
    for name in (name for each in ids for name in each):
        number.setdefault(name, len(number))
    union: nx.Graph[int] = nx.Graph()
    union.add_nodes_from(range(len(number)))
    for each, graph in zip(ids, graphs, strict=True):
        for i, j, weight in graph.edges.data("weight", default=1.0):
            u, v = number[each[i]], number[each[j]]
            known = union.edges[u, v]["weight"] if union.has_edge(u, v) else 0.0
            union.add_edge(u, v, weight=max(weight, known))
    colors = color_territories(union)
    return [[colors[number[name]] for name in each] for each in ids]
