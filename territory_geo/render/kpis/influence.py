"""The influence map of an account as a picture: who reports to whom, who decides, is met, blocks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import networkx as nx

from territory_geo.render.kpis.page import page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_COLORS = {"decides": "#4366c6", "influences": "#22bda0", "uses": "#8797f6", "blocks": "#b63a60", "unknown": "#9aa5b1"}
# Colours for a picture by itself; a page sets those of its own theme by the classes.
_INK, _SOFT = 'class="ink" fill="#1d2733"', 'class="soft" fill="#5b6773"'
_HALO = 'stroke="#fff" stroke-width="4" paint-order="stroke"'
_WIDE, _TALL, _TOP = 150, 116, 46
_BELOW = 52
"""From a person's place down to below his or her name and role, where lines from subordinates end."""


def influence_svg(graph: nx.DiGraph) -> str:
    """Draw an influence map.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `influence_map`.

    Returns
    -------
    str
        An ``<svg>`` element: superiors above, size by influence, colour and letter by decision power (D, I, U, B),
        a full disc for who was met and a ring for who was not. Text is escaped.
    """
    place, width, height = _places(graph)
    parts = []
    for low, high in graph.edges:
        (x1, y1), (x2, y2) = place[low], place[high]
        y2 += _BELOW if y1 > y2 else 0
        parts.append(f'<path d="M{x1} {y1} C{x1} {(y1 + y2) / 2} {x2} {(y1 + y2) / 2} {x2} {y2}"/>')
    links = f'<g fill="none" stroke="#9aa5b1">{"".join(parts)}</g>'
    nodes = "".join(_node(node, data, place[node]) for node, data in graph.nodes(data=True))
    title = f"Account {graph.graph['account']}, {graph.graph['period']}"
    words = "D decides · I influences · U uses · B blocks · full: met · ring: not met"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="system-ui,sans-serif" font-size="11" role="img" aria-label="{escape(title, quote=True)}">'
        f'<rect class="paper" width="100%" height="100%" fill="#fff"/><text x="12" y="18" font-weight="600" {_INK}>'
        f'{escape(title)}</text><text x="12" y="{height - 8}" {_SOFT}>{escape(words)}</text>{links}{nodes}</svg>'
    )


def influence_page(graphs: Sequence[nx.DiGraph], *, title: str | None = None) -> str:
    """Return a page of HTML with the influence maps of several accounts, and who should be met next.

    Parameters
    ----------
    graphs : sequence of networkx.DiGraph
        From `influence_map`.
    title : str, optional
        Headline.

    Returns
    -------
    str
        HTML, complete, without scripts; text from data is escaped.
    """
    cards = []
    for graph in graphs:
        cards.append(
            f'<section class="card people"><div class="head"><h2>{escape(str(graph.graph["account"]))}</h2>'
            f'<span class="soft">{escape(who_is_met(graph))}</span></div>'
            f'<div class="wide">{influence_svg(graph)}</div></section>'
        )
    head = escape(title or "Who decides, who is met, who blocks")
    return page(title or "Influence maps", f'<h1>{head}</h1><div class="grid">{"".join(cards)}</div>')


def who_is_met(graph: nx.DiGraph) -> str:
    """Return how many contacts were met, and who decides or blocks and was not, the most influential first."""
    people = [data for _, data in graph.nodes(data=True)]
    met = sum(bool(data["met"]) for data in people)
    wanted = sorted(
        (data for data in people if not data["met"] and data["decision_power"] in ("decides", "blocks")),
        key=lambda data: (-float(data["influence"]), str(data["name"])),
    )
    missing = ", ".join(f"{data['name'] or 'a person without a name'} ({data['decision_power']})" for data in wanted)
    return f"{met} of {len(people)} met. " + (
        f"Not met yet: {missing}." if missing else "All who decide or block were met."
    )


def _places(graph: nx.DiGraph) -> tuple[dict[Any, tuple[float, float]], int, int]:
    """Return a place for each contact: layers by the way to the top, in each the subordinates below their superior."""
    layer: dict[Any, int] = {}
    for part in sorted(nx.weakly_connected_components(graph), key=lambda part: min(map(str, part))):
        tops = [node for node in part if graph.out_degree(node) == 0] or [min(part, key=str)]
        for node, steps in nx.multi_source_dijkstra_path_length(graph.reverse(copy=False), set(tops)).items():
            layer[node] = int(steps)
    order: dict[Any, float] = {}
    rows: list[list[Any]] = [[] for _ in range(max(layer.values()) + 1)]
    for node in sorted(graph, key=lambda node: (layer[node], str(node))):
        rows[layer[node]].append(node)
    place: dict[Any, tuple[float, float]] = {}
    width = max(max(len(row) for row in rows) * _WIDE, 430)
    for depth, row in enumerate(rows):
        row.sort(
            key=lambda node: (min((order.get(high, 0.0) for high in graph.successors(node)), default=0.0), str(node))
        )
        for i, node in enumerate(row):
            order[node] = (i + 0.5) / len(row)
            place[node] = (round(width * order[node], 1), _TOP + 24 + depth * _TALL)
    return place, int(width), _TOP + len(rows) * _TALL + 10


def _node(node: Any, data: dict[str, Any], at: tuple[float, float]) -> str:
    x, y = at
    power = str(data["decision_power"])
    color, radius = _COLORS[power], round(9 + 16 * float(data["influence"]) ** 0.5, 1)
    fill = color if data["met"] else "#fff"
    letter = "?" if power == "unknown" else power[0].upper()
    name = str(data["name"] or node)
    ring = "met" if data["met"] else "ring"
    times = f"met {data['contacts']} times" if data["met"] else "not met"
    about = f"{name}, {data['role'] or 'role unknown'}: {power}, {times}, influence {100 * data['influence']:.0f} %"
    role = escape(str(data["role"])[:24])
    return (
        f'<g class="{ring}"><title>{escape(about)}</title><circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" '
        f'stroke="{color}" stroke-width="2.5"/><text x="{x}" y="{y + 4}" text-anchor="middle" font-weight="600" '
        f'fill="{"#fff" if data["met"] else color}">{letter}</text><text x="{x}" y="{y + radius + 14}" '
        f'text-anchor="middle" {_INK} {_HALO}>{escape(name[:22])}</text><text x="{x}" y="{y + radius + 27}" '
        f'text-anchor="middle" {_SOFT} {_HALO}>{role}</text></g>'
    )
