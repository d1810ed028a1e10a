"""Figures of KPIs as text, each as its unit asks."""

from __future__ import annotations

import math

GOOD, BAD, EVEN = "better", "worse", "no change"


def shown(value: float, unit: str) -> str:
    """Return a figure with its unit; a dash where there is none.

    Examples
    --------
    >>> shown(0.758, "share"), shown(1_079_826.4, "USD"), shown(2.4145, "per day"), shown(float("nan"), "days")
    ('75.8 %', '1,079,826 USD', '2.41 per day', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if unit in ("share", "ratio"):
        return f"{_rounded(100 * value, 1):,.1f} %".replace("-", "−")
    if unit == "count":
        return f"{_rounded(value, 0):,.0f}".replace("-", "−")
    size = abs(value)
    decimals = 0 if size >= 1000 or size == 0 else 1 if size >= 10 else 2
    text = f"{_rounded(value, decimals):,.{decimals}f}".replace("-", "−")
    return text if unit in ("points", "") else f"{text} {unit}"


def span_text(low: float, high: float, unit: str) -> str:
    """Return an interval, short: its unit stands beside the figure already.

    Examples
    --------
    >>> span_text(0.378, 0.547, "share"), span_text(91407.2, 128845.0, "USD"), span_text(float("nan"), 1.0, "days")
    ('37.8 to 54.7 %', '91,407 to 128,845', '')
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    percent = " %" if unit in ("share", "ratio") else ""
    ends = [shown(end, unit).removesuffix(f" {unit}").removesuffix(" %") for end in (low, high)]
    return " to ".join(ends) + percent


def change_text(change: float, unit: str) -> str:
    """Return a change with its sign; shares change by points.

    Examples
    --------
    >>> change_text(0.0159, "share"), change_text(-3.0, "days")
    ('+1.6 points', '−3.00 days')
    """
    if change is None or math.isnan(change):
        return ""
    sign = "+" if change > 0 else ""
    if unit in ("share", "ratio"):
        points = _rounded(100 * change, 1)
        return f"{sign if points else ''}{points:,.1f} points".replace("-", "−")
    return sign + shown(change, unit)


def _rounded(value: float, decimals: int) -> float:
    """Return a rounded value whose zero has no sign."""
    return round(value, decimals) + 0.0


def direction(change: float, better: str) -> str:
    """Return whether a change is better, worse or none; empty where nobody can say."""
    if change is None or math.isnan(change) or better == "neither":
        return ""
    if change == 0:
        return EVEN
    return GOOD if (change > 0) == (better == "higher") else BAD
