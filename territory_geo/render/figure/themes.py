"""Colours of the paper under a figure: light and dark."""

from __future__ import annotations

from dataclasses import dataclass

from territory_geo.render.colors import FILL_OPACITY, LAND


@dataclass(frozen=True)
class Theme:
    """Colours as ``#rrggbb``: what is around, the sea, the land and its edge, borders, letters and what is behind them.

    `opacity` is that of a territory's colour over the land, 0–1.
    """

    paper: str
    sea: str
    land: str
    coast: str
    border: str
    ink: str
    soft: str
    halo: str
    opacity: float


THEMES = {
    "light": Theme("#ffffff", "#e9edf1", LAND, "#b9c4cd", "#ffffff", "#16202c", "#5b6876", "#ffffff", FILL_OPACITY),
    "dark": Theme("#12171d", "#1a2129", "#2b343e", "#475360", "#12171d", "#eef2f6", "#a3afba", "#12171d", 0.74),
}
"""Values of `theme`."""
