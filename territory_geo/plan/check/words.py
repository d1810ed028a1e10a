"""How findings are said: amounts, and what a finding is."""

from __future__ import annotations

Finding = tuple[str, str, str]
"""What it is about, what was found, and the verdict: fine, note or impossible."""

SLACK = 1e-9
"""Share by which a bound may be passed by rounding alone."""


def amount(value: float) -> str:
    """Return a measure's value for a message: thousands separated, no needless decimals.

    >>> amount(10081570.0), amount(12.345)
    ('10,081,570', '12.3')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:,.1f}"


def precise(value: float) -> str:
    """Return a measure's value for a message in which small differences matter.

    >>> precise(1436.116666666), precise(12.0), precise(10081570)
    ('1,436.1167', '12', '10,081,570')
    """
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def some(names: list[str], most: int = 5) -> str:
    """Return a list for a message, cut where it is long.

    >>> some(["a", "b", "c"], 2)
    'a, b, …'
    """
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
