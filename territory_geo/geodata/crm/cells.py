"""The cells of a table of a CRM: text, dates, yes and no, amounts; what cannot be read is listed or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata import ids
from territory_geo.geodata.clean.amounts import table_decimal
from territory_geo.geodata.clean.values import is_marker, is_text, numbers, quoted
from territory_geo.geodata.crm.dates import read_dates
from territory_geo.geodata.crm.draft import Draft
from territory_geo.geodata.crm.fields import Field
from territory_geo.geodata.crm.words import flags
from territory_geo.geodata.readers.dialect import TextFormat


def distinct(cells: pd.Series) -> tuple[NDArray[np.int64], pd.Series]:
    """Return each cell's place among the different cells of a column, and these in the order in which they come first.

    A million cells are often a few hundred different ones, and each of them is then read once. Cells of several kinds
    stay as they are, as 1 and True would become one.
    """
    kinds = pd.api.types.infer_dtype(cells, skipna=True) if cells.dtype == object else "string"
    if kinds not in ("string", "empty"):
        return np.arange(len(cells), dtype=np.int64), cells.reset_index(drop=True)
    codes, values = pd.factorize(cells, use_na_sentinel=False)
    return codes.astype(np.int64), pd.Series(values, name=cells.name)


def texts_of(frame: pd.DataFrame, column: str | None) -> NDArray[Any]:
    """Return a column as text without spaces around it; empty where there is nothing."""
    if column is None:
        return np.full(len(frame), "", dtype=object)
    cells = frame[column]
    if isinstance(cells.dtype, pd.StringDtype) and cells.head(1000).is_unique:
        return np.array(cells.str.strip().fillna("").to_numpy(dtype=object), dtype=object)
    codes, values = distinct(cells)
    if isinstance(values.dtype, pd.StringDtype):
        texts = values.str.strip().fillna("").to_numpy(dtype=object)
    else:
        texts = np.array([text.strip() for text in ids.texts(values).tolist()], dtype=object)
    return texts[codes] if len(texts) else np.empty(0, dtype=object)


def dates_of_rows(draft: Draft, frame: pd.DataFrame, part: Field, day_first: bool | None, label: str) -> Any:
    """Return a column of dates; NaT where there is none."""
    column = draft.columns[part.name]
    if column is None:
        return np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[us]")
    codes, values = distinct(frame[column])
    read = read_dates(values, day_first=day_first, label=label)
    for note in read.notes:
        draft.ledger.say("dates", f"{column}: {note}", "read")
    strange = np.flatnonzero(read.strange[codes])
    texts = [f"{part.name} {quoted(frame[column].iat[int(i)])} is no date" for i in strange]
    draft.ledger.add("unreadable_date" if part.each else "optional_date", strange, texts)
    if part.each:
        blank = np.flatnonzero(read.blank[codes])
        draft.ledger.add("missing_date", blank, [f"{part.name} is missing"] * len(blank))
    return read.times[codes]


def flags_of(draft: Draft, frame: pd.DataFrame, part: Field) -> NDArray[np.int8]:
    """Return yes (1), no (0) or nothing (-1) per row."""
    values, strange = flags(texts_of(frame, draft.columns[part.name]))
    for word, count in strange.items():
        draft.ledger.say("words", f"{part.name} {word!r} ({count:,} rows) is neither yes nor no", "taken as missing")
    return values


def numbers_of(draft: Draft, frame: pd.DataFrame, part: Field, text: TextFormat | None) -> NDArray[np.float64]:
    """Return amounts or minutes; NaN where there is none."""
    column = draft.columns[part.name]
    if column is None:
        return np.full(len(frame), np.nan)
    cells = frame[column]
    decimal = None if text is None else text.decimal
    if decimal is None and is_text(cells):
        decimal = table_decimal(frame[[column]], [])
        if decimal is not None:
            sign = "comma" if decimal == "," else "dot"
            draft.ledger.say("number_format", f"{column}: the {sign} is the decimal sign", "read")
    codes, different = distinct(cells)
    found = numbers(different, decimal=decimal)
    found[~np.isfinite(found)] = np.nan
    unread = np.isnan(found)
    written = unread.copy()
    written[unread] = [isinstance(c, str) and bool(c.strip()) and not is_marker(c) for c in different[unread].tolist()]
    values = found[codes]
    strange, blank = np.flatnonzero(written[codes]), np.flatnonzero((unread & ~written)[codes])
    texts = [f"{part.name} {quoted(different.iat[codes[i]])} is no number" for i in strange]
    draft.ledger.add("unreadable_amount" if part.each else "optional_number", strange, texts)
    if part.each:
        draft.ledger.add("missing_amount", blank, [f"{part.name} is missing"] * len(blank))
    below = np.flatnonzero(values < 0)
    rule = "negative_amount" if part.kind == "amount" else "negative_number"
    draft.ledger.add(rule, below, [f"{part.name} {values[i]:,.10g} is negative" for i in below])
    if part.kind == "number":
        values[below] = np.nan
    return values
