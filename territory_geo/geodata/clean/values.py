"""Cells as values: numbers in the ways people write them, ids as text, what counts as missing.

A number's text is never guessed by itself: whether the comma or the dot is the decimal sign is settled per column
from cells that leave no doubt, else from the rest of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Reasons = dict[int, str]
"""Why a row is refused, by its position; rows that are fine are absent."""

MARKERS = frozenset(
    {
        "n/a", "na", "#n/a", "#na", "nan", "null", "none", "nil", "-", "--", "—", "–", ".", "?", "unknown", "missing",
        "tbd", "k.a.", "k. a.", "keine angabe", "unbekannt", "n.d.", "s/o", "#value!", "#wert!", "#ref!", "#div/0!",
        "#name?", "#nv", "(null)", "(blank)", "not available", "\\n", "point empty",
    }
)  # fmt: skip
"""Words that stand for a missing number, in lower case."""

_CURRENCY = (
    r"(?:[$€£¥₹₽₩₺₴₪฿₫₱]|(?i:US\$|C\$|A\$|R\$|USD|EUR|GBP|CHF|JPY|CNY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|"
    r"BRL|MXN|ZAR|TRY|Fr\.|kr\.?|zł|Kč))"
)
_AMOUNT = re.compile(
    rf"^(?P<open>\()?\s*(?P<sign>[+-])?\s*{_CURRENCY}?\s*(?P<sign2>[+-])?\s*"
    rf"(?P<digits>\d[\d.,' \u00a0\u202f\u2019]*|[.,]\d+)\s*{_CURRENCY}?\s*(?P<sign3>-)?\s*(?P<close>\))?$"
)
_PLAIN = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")


# The two spellings that fill most columns of money, and leave no doubt: 1,234.50 and 1.234,50, with a sign or without.
_WITH_DOT = re.compile(r"\$?(\d{1,3}(?:,\d{3})+\.\d+|\d+\.(?:\d{1,2}|\d{4,}))$")
_WITH_COMMA = re.compile(r"(\d{1,3}(?:\.\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,}))(?: ?€)?$")


def is_text(column: pd.Series) -> bool:
    """Tell whether a column may hold text."""
    return bool(column.dtype == object or pd.api.types.is_string_dtype(column) or column.dtype == "category")


def numbers(column: pd.Series, *, decimal: str | None = None) -> Array:
    """Return a column as floats; what is not a number becomes NaN.

    Parameters
    ----------
    column : Series
        Numbers, or text such as ``$1,234.50``, ``1.234,50 €``, ``1'234``, ``(200)``, ``15-``.
    decimal : {".", ","}, optional
        The table's decimal sign, for columns whose cells leave it open.

    Examples
    --------
    >>> numbers(pd.Series(["$1,234.50", "12", "n/a"])).tolist()
    [1234.5, 12.0, nan]
    """
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column):
        plain: Array = column.to_numpy(dtype=float, na_value=np.nan)
        return plain.copy()
    cells, values = cells_and_numbers(column)
    texts = np.array([isinstance(cell, str) for cell in cells], dtype=bool)
    if not texts.any() or (decimal != "," and not np.isnan(values[texts]).any()):
        return values
    kind = decimal_sign(cells) or decimal
    # pandas reads 1.234 by itself, which is no longer right where dots separate thousands.
    again = texts & (np.isnan(values) if kind != "," else np.ones(len(values), dtype=bool))
    for i in np.flatnonzero(again).tolist():
        values[i] = amount(cells[i], kind or ".")
    return values


def cells_and_numbers(column: pd.Series) -> tuple[list[Any], Array]:
    """Return a column's cells, texts without the spaces around them, and the numbers among them; NaN elsewhere."""
    if not is_text(column):
        numeric = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        return column.tolist(), np.array(numeric, dtype=float)
    cells = [value.strip() if isinstance(value, str) else value for value in column.tolist()]
    plain = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return cells, np.array(plain, dtype=float)


def decimal_sign(texts: Iterable[Any]) -> str | None:
    """Return the decimal sign that a column's cells prove: "." or ",", or None where they leave it open.

    Cells that prove both, as in a column put together from two sources, leave it open too.
    """
    proven = proven_signs(texts)
    return proven.pop() if len(proven) == 1 else None


def proven_signs(texts: Iterable[Any]) -> set[str]:
    """Return the decimal signs that a column's cells prove: none, one, or both."""
    proven: set[str] = set()
    for text in texts:
        if isinstance(text, str) and ("," in text or "." in text):
            proven |= {sign for sign in (_proof(text),) if sign}
            if len(proven) == 2:
                break
    return proven


def _proof(text: str) -> str | None:
    """Return the decimal sign that one cell proves.

    1,5 and 1,2345 and 0,123 prove a comma, 1.5 a dot; the last of two different signs is the decimal one; a sign
    that comes twice separates thousands; 1,234 proves nothing.
    """
    if _WITH_DOT.match(text):
        return "."
    if _WITH_COMMA.match(text):
        return ","
    found = _AMOUNT.match(text.strip())
    if found is None:
        return None
    digits = found["digits"]
    commas, dots = digits.count(","), digits.count(".")
    if commas and dots:
        return "," if digits.rfind(",") > digits.rfind(".") else "."
    if commas > 1:
        return "."
    if dots > 1:
        return ","
    sign = "," if commas else "."
    before, _, after = digits.partition(sign)
    if not commas and not dots:
        return None
    if len(after.rstrip()) != 3 or len(re.sub(r"\D", "", before)) not in (1, 2, 3) or before.startswith("0"):
        return sign
    return None


def amount(text: Any, decimal: str) -> float:
    """Return the number that a text writes, with the given decimal sign where the text leaves it open; else NaN."""
    if not isinstance(text, str):
        return float("nan")
    if (quick := _WITH_DOT.match(text)) is not None:
        return float(quick[1].replace(",", ""))
    if (quick := _WITH_COMMA.match(text)) is not None:
        return float(quick[1].replace(".", "").replace(",", "."))
    if _PLAIN.match(text) and (decimal == "." or "." not in text or _proof(text) == "."):
        return float(text)
    found = _AMOUNT.match(text)
    if found is None or bool(found["open"]) != bool(found["close"]):
        return float("nan")
    signs = [sign for sign in (found["sign"], found["sign2"], found["sign3"]) if sign]
    if len(signs) + bool(found["open"]) > 1:
        return float("nan")
    digits = re.sub(r"[' \u00a0\u202f\u2019]", "'", found["digits"].strip())
    mark = _proof(text) or decimal
    other = "," if mark == "." else "."
    whole, _, part = digits.partition(mark)
    if mark in part or other in part or "'" in part:
        return float("nan")
    groups = re.split(rf"[{re.escape(other)}']", whole)
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        return float("nan")
    value = float(f"{''.join(groups) or '0'}.{part or '0'}")
    return -value if found["open"] or "-" in signs else value


def quoted(cell: Any) -> str:
    """Return a cell in quotes for a message; spaces of any width are shown as a space."""
    if isinstance(cell, str) and not cell.isascii():
        return repr(re.sub(r"[\u00a0\u2007\u2009\u202f]", " ", cell))
    return repr(cell)


def is_marker(value: Any) -> bool:
    """Tell whether a cell is a word for a missing number."""
    return isinstance(value, str) and value.strip().lower() in MARKERS


def is_missing(raw: Any) -> bool:
    """Tell whether a cell holds nothing: no value, NaN, or blank text."""
    return raw is None or raw is pd.NA or raw != raw or (isinstance(raw, str) and not raw.strip())
