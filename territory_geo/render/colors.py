"""Colours of territories: neighbours never share one, and look as different as the palette allows.

Distances are taken in OKLab after mixing the fill with the land below it, as seen with normal vision and
with three colour vision deficiencies; the worst of the four counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

LAND = "#f7f6f2"
"""Colour of the land under the territories."""

DARK_LAND = "#27303b"
"""Colour of the land in the dark theme."""

FILL_OPACITY = 0.62
"""Opacity of the fill of a territory over the land."""

PALETTE: tuple[str, ...] = (
    "#4366c6",  # blue
    "#e6992e",  # orange
    "#22bda0",  # teal
    "#f8d246",  # yellow
    "#b63a60",  # crimson
    "#8797f6",  # periwinkle
    "#b7e19a",  # light green
    "#70d8f5",  # sky
    "#dd6552",  # coral
)
"""Nine hues in alternating lightness, chosen so that they stay apart with a colour vision deficiency."""

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
_VISION = (
    np.eye(3),
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
)
# A colour two steps away on the map should differ too, but far less urgently than a neighbour.
_SECOND_NEIGHBOUR = 0.15
_CLASH = 1e6
# Distances in OKLab: up to about this a likeness disturbs, at twice it is forgotten.
_LIKENESS = 0.055
_VARIETY = 0.08


def color_territories(graph: nx.Graph[int], *, palette: Sequence[str] = PALETTE) -> list[str]:
    """Give every territory a colour that none of its neighbours has.

    The proper colouring with the fewest colours, of three, is improved by moving single territories to the colour that
    lies farthest from those around it, until nothing improves. The result depends on the graph only.

    Parameters
    ----------
    graph : networkx.Graph
        Nodes 0 … n-1 are the territories in order. Edges join those that share a border; an edge with a
        ``weight`` below 1 joins two that only come close, which should differ but need not.
    palette : sequence of str
        Colours as ``#rrggbb``. When a graph needs more, further shades are derived from it.

    Returns
    -------
    list of str
        One colour per node, in the order of the nodes' numbers.

    Examples
    --------
    >>> import networkx as nx
    >>> colors = color_territories(nx.cycle_graph(5))
    >>> all(colors[u] != colors[v] for u, v in nx.cycle_graph(5).edges)
    True
    """
    n = graph.number_of_nodes()
    ordered: nx.Graph[int] = nx.Graph()
    ordered.add_nodes_from(range(n))
    ordered.add_weighted_edges_from(
        sorted((min(u, v), max(u, v), float(w)) for u, v, w in graph.edges.data("weight", default=1.0))
    )
    borders = nx.Graph((u, v) for u, v, weight in ordered.edges.data("weight") if weight >= 1)
    start = _proper(borders)
    shades = extended(palette, max(start.values(), default=0) + 1)
    return [shades[i] for i in _improve(ordered, [start.get(i, 0) for i in range(n)], distances(shades))]


def _proper(borders: nx.Graph[int]) -> dict[int, int]:
    """Number the colours so that neighbours differ: of several orders the one that needs the fewest."""
    tried = [nx.greedy_color(borders, strategy="saturation_largest_first")]
    for strategy in ("largest_first", "smallest_last"):
        # Exchanging two colours along a chain often saves one more: a palette's own hues beat shades of them.
        tried.append(nx.greedy_color(borders, strategy=strategy, interchange=True))
    return min(tried, key=lambda colors: max(colors.values(), default=0))


def _improve(graph: nx.Graph[int], colors: list[int], distance: NDArray[np.float64]) -> list[int]:
    """Local search: each territory moves to its cheapest colour until a whole sweep changes nothing."""
    likeness = np.exp(-((distance / _LIKENESS) ** 2))
    near = [[(j, float(data["weight"])) for j, data in graph.adj[i].items()] for i in graph]
    second = [sorted({k for j, _ in near[i] for k, _ in near[j]} - {i, *graph.adj[i]}) for i in graph]
    used = np.bincount(colors, minlength=len(distance)).astype(np.float64)
    for _ in range(50):
        changed = False
        for i in graph:
            cost = np.zeros(len(distance))
            for j, weight in near[i]:
                cost += likeness[colors[j]] * weight
                cost[colors[j]] += _CLASH if weight >= 1 else 1.0
            for k in second[i]:
                cost += _SECOND_NEIGHBOUR * likeness[colors[k]]
            used[colors[i]] -= 1
            # A colour that is already everywhere makes the legend harder to read.
            cost += _VARIETY * used / (len(near) / len(distance))
            best = int(np.argmin(cost))
            if cost[best] >= cost[colors[i]] - 1e-12:
                best = colors[i]
            used[best] += 1
            changed |= best != colors[i]
            colors[i] = best
        if not changed:
            break
    return colors


def extended(palette: Sequence[str], n: int) -> list[str]:
    """Return the palette, with lighter and darker shades appended until it has at least `n` colours."""
    colors = list(palette)
    step = 0
    while len(colors) < n:
        step += 1
        toward = (255, 255, 255) if step % 2 else (0, 0, 0)
        share = 0.35 / (1 + (step - 1) // 2) + 0.1
        fresh = [mix(color, toward, share) for color in palette]
        colors += [color for color in fresh if color not in colors] or [_golden(len(colors))]
    return colors


def _golden(index: int) -> str:
    """Return a colour by number, for graphs that exhaust every shade."""
    number = (index * 10368889) % 0xFFFFFF
    return f"#{number:06x}"


def rgb(color: str) -> tuple[int, int, int]:
    """Split ``#rrggbb`` into three integers 0–255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def mix(color: str, other: tuple[int, int, int], share: float) -> str:
    """Mix a colour with a `share` (0–1) of another one."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(rgb(color), other, strict=True))


def dark(color: str) -> str:
    """Return the shade used for dots and text on the fill: same hue, clearly darker."""
    return mix(color, (16, 24, 40), 0.42)


def light(color: str) -> str:
    """Return the shade used for dots on the fill where the land is dark: same hue, clearly lighter."""
    return mix(color, (255, 255, 255), 0.55)


def tint(color: str) -> str:
    """Return what a fill looks like on the land, for the legend."""
    return mix(color, rgb(LAND), 1 - FILL_OPACITY)


def distances(colors: Sequence[str], *, opacity: float = FILL_OPACITY, land: str = LAND) -> NDArray[np.float64]:
    """Return how far colours are apart when seen as fills, in the least favourable of four kinds of vision.

    Parameters
    ----------
    colors : sequence of str
        Colours as ``#rrggbb``, length n.
    opacity : float
        Opacity of the fill over the land, 0–1.
    land : str
        Colour of the land as ``#rrggbb``; `DARK_LAND` in the dark theme.

    Returns
    -------
    ndarray of float, shape (n, n)
        Distances in OKLab; 0.02 is just noticeable side by side, 0.1 is plainly different.
    """
    below = np.array(rgb(land)) / 255
    seen = opacity * np.array([rgb(color) for color in colors]).reshape(-1, 3) / 255 + (1 - opacity) * below
    linear = np.where(seen <= 0.04045, seen / 12.92, ((seen + 0.055) / 1.055) ** 2.4)
    worst = np.full((len(colors), len(colors)), np.inf)
    for vision in _VISION:
        lab = np.cbrt(np.clip(linear @ vision.T, 0, 1) @ _TO_LMS.T) @ _TO_LAB.T
        worst = np.minimum(worst, np.linalg.norm(lab[:, None] - lab[None], axis=-1))
    return worst
