"""Numbers as tables on disk hold them."""

from __future__ import annotations

from typing import Any


def decimal_text(value: Any) -> str:
    """Return a float in plain digits with up to six decimals: money stays exact, and nothing has an exponent.

    Examples
    --------
    >>> decimal_text(5535900.0), decimal_text(0.98623162), decimal_text(-1709004.375), decimal_text(-1e-9)
    ('5535900', '0.986232', '-1709004.375', '0')
    """
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
