"""Numbers and names as people read them: units, thousands separators, signed percentages.

A `NumberFormat` is decided once per measure here and travels to the browser with the data, so that the
title, the legend and the tooltips agree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass

_MINUS = "\N{MINUS SIGN}"
_SPACE = "\N{NO-BREAK SPACE}"
_SUFFIXES = {"km": "km", "km2": "km²", "min": "min", "minutes": "min", "hours": "h", "pct": "%"}
_PREFIXES = {"usd": "$", "eur": "€", "gbp": "£"}
_KEEP_WORD = {"minutes", "hours"}


@dataclass(frozen=True)
class NumberFormat:
    """How the values of one measure are written.

    Parameters
    ----------
    label : str
        Name for people, "visit hours".
    prefix, suffix : str
        Unit before or after the number, possibly empty.
    decimals : int
        Digits after the point, 0–4.
    """

    label: str
    prefix: str = ""
    suffix: str = ""
    decimals: int = 0

    @classmethod
    def of(cls, name: str, values: Iterable[float]) -> NumberFormat:
        r"""Choose label, unit and decimals from a measure's name and its values.

        Examples
        --------
        >>> NumberFormat.of("revenue_usd", [120_000.0])
        NumberFormat(label='revenue', prefix='$', suffix='', decimals=0)
        >>> NumberFormat.of("visit_hours", [1250.5]).write(1250.5)
        '1,250\xa0h'
        """
        words = name.replace("_", " ").split()
        unit = words[-1].lower() if words else ""
        prefix, suffix = _PREFIXES.get(unit, ""), _SUFFIXES.get(unit, "")
        if len(words) > 1 and (prefix or suffix) and unit not in _KEEP_WORD:
            words = words[:-1]
        finite = [abs(float(v)) for v in values if math.isfinite(v)]
        top = max(finite, default=0.0)
        whole = all(v == round(v) for v in finite)
        decimals = 0 if whole or top >= 100 else 1 if top >= 10 else 2 if top >= 1 else 4
        return cls(" ".join(words) or name, prefix, suffix, decimals)

    def write(self, value: float) -> str:
        """Write a value with its unit and thousands separators."""
        text = f"{abs(value):,.{self.decimals}f}"
        sign = _MINUS if value < 0 and float(text.replace(",", "")) else ""
        return f"{sign}{self.prefix}{text}{_SPACE + self.suffix if self.suffix else ''}"

    def to_json(self) -> dict[str, str | int]:
        """Return the fields for the browser."""
        return asdict(self)


def share_text(share: float, *, signed: bool = False) -> str:
    r"""Write a share as a percentage: 0.0321 → "3.2 %", signed "+3.2 %".

    Examples
    --------
    >>> share_text(-0.0321, signed=True)
    '−3.2\xa0%'
    """
    text = f"{abs(share) * 100:.1f}"
    sign = ""
    if signed and float(text):
        sign = "+" if share > 0 else _MINUS
    return f"{sign}{text}{_SPACE}%"


def tolerance_text(share: float) -> str:
    """Write a tolerance: 0.1 → "±10 %", 0.005 → "±0.5 %"."""
    return f"±{float(f'{share * 100:.4g}'):,g}{_SPACE}%"
