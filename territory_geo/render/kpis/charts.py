"""Small charts as SVG text, drawn by hand: a figure on the scale of its peers, and a bar of shares."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT = 170, 18
_PAD = 5


def bullet(
    value: float, low: float, high: float, *, least: float, most: float, reference: float, target: float, label: str
) -> str:
    """Return a figure as a dot on a scale, its interval as a line, the company as a tick, the target as a diamond.

    Parameters
    ----------
    value, low, high : float
        Figure and ends of its interval; NaN is left out.
    least, most : float
        Ends of the scale: the smallest and largest figure among peers.
    reference, target : float
        Of the company; NaN is left out.
    label : str
        What a reader of the page who sees no picture gets.

    Returns
    -------
    str
        An ``<svg>`` element; empty where there is no figure, or all figures are the same.
    """
    if math.isnan(value) or not (math.isfinite(least) and math.isfinite(most)):
        return ""
    ends = [x for x in (least, most, reference, target, value) if math.isfinite(x)]
    least, most = min(ends), max(ends)
    room = most - least
    if room == 0:
        return ""

    def x(at: float) -> float:
        return round(_PAD + (WIDTH - 2 * _PAD) * min(1.0, max(0.0, (at - least) / room)), 1)

    middle = HEIGHT / 2
    parts = [f'<line class="axis" x1="{_PAD}" x2="{WIDTH - _PAD}" y1="{middle}" y2="{middle}"/>']
    if math.isfinite(low) and math.isfinite(high):
        parts.append(f'<line class="range" x1="{x(low)}" x2="{x(high)}" y1="{middle}" y2="{middle}"/>')
    if math.isfinite(reference):
        parts.append(f'<line class="tick" x1="{x(reference)}" x2="{x(reference)}" y1="3" y2="{HEIGHT - 3}"/>')
    if math.isfinite(target):
        at = x(target)
        parts.append(f'<path class="target" d="M{at} 3 l4 6 l-4 6 l-4 -6 z"/>')
    parts.append(f'<circle class="dot" cx="{x(value)}" cy="{middle}" r="4"/>')
    return (
        f'<svg class="bullet" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label, quote=True)}">{"".join(parts)}</svg>'
    )


def share_bar(territory: float, label: str) -> str:
    """Return a bar of two shares: work by territory, and the rest with named accounts."""
    cut = round(160 * min(1.0, max(0.0, territory)), 1)
    return (
        f'<svg class="shares" width="160" height="8" viewBox="0 0 160 8" role="img" '
        f'aria-label="{escape(label, quote=True)}"><rect class="both" width="160" height="8" rx="2"/>'
        f'<rect class="territory" width="{cut}" height="8" rx="2"/></svg>'
    )
