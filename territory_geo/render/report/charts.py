"""Small charts of the report as SVG: how far from the target, beside the figure."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT = 120, 14


def deviation_bar(value: float, *, reach: float, tolerance: float, label: str) -> str:
    """Return a bar that leaves the middle to the left or the right, with the tolerance as a pale band.

    Parameters
    ----------
    value : float
        Share of the target above (below) it; NaN draws no bar.
    reach : float
        The share at the ends of the chart, above 0.
    tolerance : float
        Half the width of the band; 0 or infinite for none.
    label : str
        What a reader who sees no picture gets.
    """
    middle = WIDTH / 2

    def x(share: float) -> float:
        return round(middle + max(-1.0, min(1.0, share / reach)) * (middle - 1), 1)

    parts = []
    if 0 < tolerance < math.inf:
        left, right = x(-tolerance), x(tolerance)
        parts.append(f'<rect class="band" x="{left}" y="1" width="{right - left:.1f}" height="{HEIGHT - 2}"/>')
    if not math.isnan(value):
        start, end = sorted((middle, x(value)))
        kind = "over" if value > 0 else "under"
        parts.append(f'<rect class="{kind}" x="{start}" y="3.5" width="{end - start:.1f}" height="{HEIGHT - 7}"/>')
    parts.append(f'<line class="axis" x1="{middle}" x2="{middle}" y1="0" y2="{HEIGHT}"/>')
    return (
        f'<svg class="deviation" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label, quote=True)}">{"".join(parts)}</svg>'
    )
