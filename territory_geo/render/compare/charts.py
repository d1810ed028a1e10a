"""Charts of a comparison as SVG text, drawn by hand: deviations of all territories, and travel against change."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import product

WIDTH, ROW, LABEL = 640, 34, 150
_FOOT = 26
_LETTER = 8.0
"""About the width of a letter of a name."""
_LINES = (0, -1, 1, -2, 2, -3, 3)
"""How many lines above or below its dot a name may stand, the best first."""


def deviations(rows: Mapping[str, Sequence[float]], tolerance: float, label: str) -> str:
    """Return a strip per plan: each territory a dot at its deviation, the tolerance a band behind.

    Parameters
    ----------
    rows : mapping of plan to deviations
        Shares of the target; NaN is left out.
    tolerance : float
        Half the width of the band; NaN draws none.
    label : str
        What a reader who sees no picture gets.
    """
    known = [abs(v) for values in rows.values() for v in values if math.isfinite(v)]
    most = _rounded_up(max([*known, tolerance if math.isfinite(tolerance) else 0.0, 0.01]))
    height = ROW * len(rows) + _FOOT

    def x(share: float) -> float:
        return round(LABEL + (WIDTH - LABEL - 16) * (share + most) / (2 * most), 1)

    parts = []
    if math.isfinite(tolerance):
        left, right = x(-tolerance), x(tolerance)
        parts.append(f'<rect class="band" x="{left}" y="0" width="{right - left:.1f}" height="{height - _FOOT}"/>')
    for share in (-most, -most / 2, 0.0, most / 2, most):
        at = x(share)
        kind = "zero" if share == 0 else "grid"
        anchor = "end" if share == most else "middle"
        parts.append(f'<line class="{kind}" x1="{at}" x2="{at}" y1="0" y2="{height - _FOOT}"/>')
        parts.append(f'<text x="{at}" y="{height - 8}" text-anchor="{anchor}">{_percent(share)}</text>')
    for i, (name, values) in enumerate(rows.items()):
        y = ROW * i + ROW / 2
        parts.append(f'<text class="name" x="0" y="{y + 4}">{escape(_short(name))}</text>')
        for turn, value in enumerate(values):
            if math.isfinite(value):
                out = " out" if math.isfinite(tolerance) and abs(value) > tolerance * (1 + 1e-9) else ""
                parts.append(
                    f'<circle class="dot{out}" cx="{x(value)}" cy="{y + 7 * math.sin(2.4 * turn):.1f}" r="4.5"/>'
                )
    return _svg(WIDTH, height, parts, label)


def tradeoff(points: Mapping[str, tuple[float, float]], across: str, up: str, label: str) -> str:
    """Return plans as points: what changes to the right, travel upwards; lower left is better.

    Parameters
    ----------
    points : mapping of plan to (share that changes rep, mean km)
    across, up : str
        Names of the axes.
    label : str
    """
    height, left, bottom, right = 300, 56, 40, 20
    xs, ys = [p[0] for p in points.values()], [p[1] for p in points.values()]
    most = max(_rounded_up(max([*xs, 0.02])), 0.02)
    low, high = min(ys), max(ys)
    room = max(high - low, 0.02 * high, 1e-9)
    step = _rounded_up(room / 3, (1, 2, 2.5, 5, 10))
    low = step * math.floor((low - 0.1 * room) / step)
    high = step * math.ceil((high + 0.1 * room) / step)
    lines = round((high - low) / step)

    def place(share: float, km: float) -> tuple[float, float]:
        return (round(left + (WIDTH - left - right) * share / most, 1),
                round(10 + (height - bottom - 10) * (high - km) / (high - low), 1))  # fmt: skip

    parts = []
    for part in range(5):
        share = most * part / 4
        at = place(share, low)
        anchor = "end" if part == 4 else "middle"
        parts.append(f'<line class="grid" x1="{at[0]}" x2="{at[0]}" y1="10" y2="{height - bottom}"/>')
        text = _percent(share, signed=False)
        parts.append(f'<text x="{at[0]}" y="{height - bottom + 16}" text-anchor="{anchor}">{text}</text>')
    for line in range(lines + 1):
        km = low + step * line
        y = place(0, km)[1]
        parts.append(f'<line class="grid" x1="{left}" x2="{WIDTH - right}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{_round_text(km, step)}</text>')
    middle = (left + WIDTH - right) / 2
    parts.append(f'<text class="axis" x="{middle}" y="{height - 6}" text-anchor="middle">{escape(across)}</text>')
    parts.append(f'<text class="axis" x="{left}" y="6" text-anchor="start">{escape(up)}</text>')
    places = [place(*point) for point in points.values()]
    parts += [f'<circle class="dot" cx="{x}" cy="{y}" r="6"/>' for x, y in places]
    for name, (x, y, anchor) in zip(points, _labels(list(map(_short, points)), places), strict=True):
        parts.append(f'<text class="name" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(_short(name))}</text>')
    return _svg(WIDTH, height, parts, label)


def _labels(names: Sequence[str], places: Sequence[tuple[float, float]]) -> list[tuple[float, float, str]]:
    """Return where each name stands and how it is anchored: beside its dot, or lines away where others are in the way.

    A name that finds no free place stands to the right of its dot, where nobody would look for it elsewhere.
    """
    taken = [(x - 6.0, y - 6.0, x + 6.0, y + 6.0) for x, y in places]
    found = []
    for name, (x, y) in zip(names, places, strict=True):
        width = _LETTER * len(name)
        best = (x + 11, y + 4, "start")
        for line, to_left in product(_LINES, (False, True)):
            left, middle = (x - 11 - width if to_left else x + 11), y + 15 * line
            box = (left, middle - 7, left + width, middle + 7)
            inside = left >= 0 and left + width <= WIDTH and middle >= 10
            if inside and not any(_overlap(box, other) for other in taken):
                best = (x - 11, middle + 4, "end") if to_left else (left, middle + 4, "start")
                taken.append(box)
                break
        found.append(best)
    return found


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def bar(share: float, most: float, label: str) -> str:
    """Return a small bar of a share, on the scale of the largest one."""
    width = 0.0 if not (math.isfinite(share) and most > 0) else round(90 * min(1.0, max(0.0, share / most)), 1)
    head = '<svg class="bar" width="90" height="8" viewBox="0 0 90 8" role="img"'
    return (
        f'{head} aria-label="{escape(label, quote=True)}">'
        f'<rect class="rail" width="90" height="8" rx="2"/><rect class="fill" width="{width}" height="8" rx="2"/></svg>'
    )


def _svg(width: int, height: int, parts: list[str], label: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 -8 {width} {height + 8}" role="img" '
        f'aria-label="{escape(label, quote=True)}">{"".join(parts)}</svg>'
    )


def _short(name: str) -> str:
    return name if len(name) <= 20 else f"{name[:19]}…"


def _round_text(value: float, step: float) -> str:
    """Return a number with as many decimals as its scale needs."""
    decimals = next((d for d in range(6) if abs(step * 10**d - round(step * 10**d)) < 1e-9), 6)
    return f"{value:,.{decimals}f}"


def _percent(share: float, *, signed: bool = True) -> str:
    value = 100 * share
    text = f"{abs(value):,.0f}" if abs(value - round(value)) < 0.05 else f"{abs(value):,.1f}"
    sign = "" if not signed or not float(text) else "−" if value < 0 else "+"
    return f"{sign}{text} %"


def _rounded_up(value: float, steps: Sequence[float] = (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10)) -> float:
    """Return the next of some steps times a power of ten that is at least the value."""
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(step * power for step in steps if step * power >= value * (1 - 1e-12))
