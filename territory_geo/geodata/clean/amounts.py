"""Amounts of rows (revenue, visits, potential): text that writes numbers, and values that cannot be summed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.clean.values import (
    Array,
    Reasons,
    cells_and_numbers,
    decimal_sign,
    is_marker,
    is_missing,
    is_text,
    numbers,
    proven_signs,
    quoted,
)

_MOSTLY = 0.5
"""A column is looked through where more than this share of it is filled, or has digits."""

_STRAY = 0.05
"""A column of text that nobody named is one of amounts with up to this share of other cells, or with a single one."""

_CODES = re.compile(r"^[+-]?0\d|^[+-]?\d{16,}$")
_DIGIT = re.compile(r"\d")
_SAMPLE = 1000
_LEAST = 50
_LONG = 40


def table_decimal(frame: pd.DataFrame, coordinates: Sequence[str | None]) -> str | None:
    """Return the decimal sign that the table's columns prove, or None where none or both are proven.

    A comma in coordinates comes first, as it can separate no thousands; a dot in them says little about amounts,
    since coordinates often come from elsewhere.
    """
    texts = {
        name: frame[name].dropna().tolist()
        for name in frame.columns
        if is_text(frame[name]) and (name in coordinates or not _few_numbers(frame[name]))
    }
    commas = {name for name, cells in texts.items() if _holds_comma(cells)}
    # Without a comma there is no choice: 1.234 is what it says.
    if any(decimal_sign(texts[name]) == "," for name in coordinates if name in commas):
        return ","
    found = set()
    for name, cells in texts.items():
        if name in coordinates or not commas or not cells:
            continue
        sign = decimal_sign(cells if name in commas else cells[:_SAMPLE])
        if sign is not None and not np.isnan(numbers(pd.Series(cells[:_SAMPLE], dtype=object))).any():
            found.add(sign)
    return found.pop() if len(found) == 1 else None


def _holds_comma(cells: list[Any]) -> bool:
    try:
        return "," in "\0".join(cells)
    except TypeError:
        return any("," in cell for cell in cells if isinstance(cell, str))


def read_amounts(
    frame: pd.DataFrame, ledger: Ledger, *, skip: Collection[str | None], wanted: Collection[str], decimal: str | None
) -> pd.DataFrame:
    """Return the table with amounts that are written as text turned into numbers, and list what was turned.

    A column of text becomes numeric where every cell is an amount or a word for a missing one; columns of
    codes (leading zeros, long integers) and other text stay as they are.

    Parameters
    ----------
    frame : DataFrame
        The table.
    ledger : Ledger
        Where conversions are written down.
    skip : collection of str
        Columns that play another role.
    wanted : collection of str
        Columns that will be balanced: each of their cells that is no amount is listed, however many there are.
    decimal : {".", ","} or None
        The table's decimal sign; None where it is unknown.
    """
    changed: dict[str, pd.Series] = {}
    doubtful: dict[bool, list[str]] = {}
    for name in frame.columns:
        column = frame[name]
        if name in skip or not is_text(column) or (name not in wanted and _few_numbers(column)):
            continue
        cells, plain = cells_and_numbers(column)
        filled = np.array([not is_missing(cell) for cell in cells], dtype=bool)
        texts = [cell for cell, there in zip(cells, filled, strict=True) if there]
        if not texts or not all(isinstance(cell, (str, int, float)) for cell in texts):
            continue
        if name not in wanted and any(map(_CODES.search, map(str, texts))):
            continue
        values = numbers(column, decimal=decimal)
        markers = filled & np.array([is_marker(cell) for cell in cells], dtype=bool)
        bad = filled & ~np.isfinite(values) & ~markers & ~ledger.refused
        readable = filled & np.isfinite(values)
        if not readable.any() or (name not in wanted and bad.sum() > max(1.0, _STRAY * filled.sum())):
            continue
        _list_unreadable(name, cells, bad, values, ledger, refuse=name in wanted)
        rows = np.flatnonzero(markers)
        words = [f"{name} {cells[i]!r}" for i in rows]
        if bad.any() and "unreadable_measure" not in ledger.fix:
            ledger.add("missing_marker", rows, words, "left as text, like the rest of the column")
            continue
        turned = np.flatnonzero(readable & (plain != values))
        choice = any("," in text or "." in text for text in map(str, texts))
        if len(turned) and choice and decimal is None and decimal_sign(texts) is None:
            doubtful.setdefault(bool(proven_signs(texts)), []).append(name)
        action = "read as numbers"
        ledger.add("number_text", turned, [f"{name} {quoted(cells[i])} is {values[i]:,.10g}" for i in turned], action)
        ledger.add("missing_marker", rows, words, "taken as missing")
        whole = bool((values[np.isfinite(values)] % 1 == 0).all()) and not np.isnan(values).any()
        changed[name] = pd.Series(values.astype(np.int64) if whole else values, index=frame.index)
    for both, names in sorted(doubtful.items()):
        why = (
            "some cells prove the comma, some the dot"
            if both
            else "nothing proves whether the comma or the dot is the decimal sign"
        )
        done = "each read by its own sign, the dot where it shows none" if both else "taken as the dot"
        ledger.say("number_format", f"{', '.join(names)}: {why}", done)
    return frame.assign(**changed)


def _few_numbers(column: pd.Series) -> bool:
    """Tell at a glance that a column is no column of amounts: not a digit in most of a sample spread over it."""
    sample = _filled(column.iloc[:: max(1, len(column) // _SAMPLE)])
    if len(sample) < _LEAST and len(column) > _SAMPLE:
        filled = column.dropna()
        sample = _filled(filled.iloc[:: max(1, len(filled) // _SAMPLE)])
    digits = sum(len(cell) < _LONG and _DIGIT.search(cell) is not None for cell in sample)
    return digits < _MOSTLY * len(sample)


def _filled(cells: pd.Series) -> list[str]:
    return [text for text in (str(cell).strip() for cell in cells.dropna().tolist()) if text]


def _list_unreadable(name: str, cells: list[Any], bad: Array, values: Array, ledger: Ledger, *, refuse: bool) -> None:
    rows = np.flatnonzero(bad)
    mend = "unreadable_measure" in ledger.fix
    texts = [
        f"{name} {str(cells[i])!r} is {'larger than any number can be' if np.isinf(values[i]) else 'not a number'}"
        for i in rows
    ]
    ledger.add("unreadable_measure", rows, texts, "0 written" if mend else "", refuse=refuse)
    if mend:
        values[rows] = 0.0


def check_amounts(
    frame: pd.DataFrame, ledger: Ledger, *, measures: Collection[str], skip: Collection[str | None]
) -> pd.DataFrame:
    """List amounts that are missing or negative, and return the table with those mended that `fix` names.

    Rows without a usable amount in a column of `measures` are refused. Where no measures are named, all numeric
    columns are looked at; missing amounts only in those that are mostly filled.
    """
    changed: dict[str, pd.Series] = {}
    for name in frame.columns:
        column = frame[name]
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        if name in skip or not numeric or (measures and name not in measures):
            continue
        values = numbers(column)
        lost, below = ~np.isfinite(values), values < 0
        if not measures and lost.sum() >= _MOSTLY * len(lost):
            lost[:] = False
        for rule, found in (("missing_measure", lost), ("negative_measure", below)):
            rows = np.flatnonzero(found)
            text = f"{name} is missing"
            texts = [text if rule == "missing_measure" else f"{name} {values[i]:g} is negative" for i in rows]
            mend = rule in ledger.fix
            ledger.add(rule, rows, texts, "0 written" if mend else "", refuse=name in measures)
            if mend and len(rows):
                values[rows] = 0.0
                changed[name] = pd.Series(values, index=frame.index)
    return frame.assign(**changed)


def measure_reasons(frame: pd.DataFrame, measures: Sequence[str]) -> Reasons:
    """Return why a row's measures cannot be used: missing, not a number, infinite or negative."""
    reasons: Reasons = {}
    for name in measures:
        values = numbers(frame[name])
        cells = frame[name].tolist()
        for i in np.flatnonzero(~(np.isfinite(values) & (values >= 0))).tolist():
            raw = cells[i]
            if is_missing(raw):
                reasons.setdefault(i, f"{name} is missing")
            elif np.isfinite(values[i]) and values[i] < 0:
                reasons.setdefault(i, f"{name} {values[i]:g} is negative")
            else:
                reasons.setdefault(i, f"{name} {str(raw)!r} is not a number")
    return reasons
