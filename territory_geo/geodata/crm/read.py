"""One source into one table of a CRM: columns found, cells read, rows without what they need refused."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError
from territory_geo.geodata.clean.amounts import table_decimal
from territory_geo.geodata.clean.identity import check_ids
from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.clean.values import ids_as_text, is_marker, is_text, numbers, quoted
from territory_geo.geodata.columns import did_you_mean, plain
from territory_geo.geodata.crm.dates import read_dates
from territory_geo.geodata.crm.draft import Draft
from territory_geo.geodata.crm.fields import CODES, TABLES, Field
from territory_geo.geodata.crm.rules import CRM_RULES
from territory_geo.geodata.crm.words import CHANNEL_OF, flags, understood
from territory_geo.geodata.readers.dialect import TextFormat
from territory_geo.geodata.readers.sources import load

Source = str | os.PathLike[str] | pd.DataFrame | tuple[str, str]
"""A file, a data frame, or the URL of a database with the query."""

_SHOWN = 8


@dataclass(frozen=True)
class Reading:
    """How tables are read.

    Parameters
    ----------
    columns : mapping of table to mapping of field to column
        Columns that are not recognised by their names.
    words : mapping of field to mapping of source word to ours
        Words that are not known: ``{"stage": {"Signed": "won"}}``.
    day_first : bool, optional
        Whether 3/4/2025 is a day in April, where a column leaves it open.
    text : TextFormat, optional
        How text files are written.
    reject : sequence of str
        Rules whose rows are refused instead of kept.
    """

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    day_first: bool | None = None
    text: TextFormat | None = None
    reject: Sequence[str] = ()


def read_table(name: str, source: Source, how: Reading) -> Draft:
    """Read one table.

    Parameters
    ----------
    name : str
        Which one, a key of `TABLES`.
    source : path, DataFrame or (URL, query)
        Where from.
    how : Reading
        Options.

    Raises
    ------
    DataError
        If the source cannot be read, a needed column is missing, or a date can be read in two ways.
    """
    where, query = source if isinstance(source, tuple) else (source, None)
    is_frame = isinstance(where, pd.DataFrame)
    is_file = not is_frame and query is None and str(where).lower().endswith((".csv", ".tsv", ".txt", ".gz"))
    loaded = load(where, query=query, text=how.text if is_file else None)
    label = f"{loaded.label} ({name})"
    frame = pd.DataFrame(loaded.frame)
    ledger = Ledger(len(frame), reject=how.reject, rules=CRM_RULES)
    for rule, finding, action in loaded.notes:
        ledger.say(rule, finding, action)
    columns = _columns(name, frame, how.columns.get(name, {}), label)
    draft = Draft(name, pd.DataFrame(index=frame.index), ledger, columns, loaded.label, loaded.sha256)
    _ids(draft, frame)
    for part in TABLES[name][1:]:
        column = columns[part.name]
        if part.kind in ("ref", "text"):
            draft.frame[part.name] = _texts(frame, column)
        elif part.kind == "date":
            draft.frame[part.name] = _dates(draft, frame, part, how.day_first, label)
        elif part.kind == "flag":
            draft.frame[part.name] = _flags(draft, frame, part)
        else:
            draft.frame[part.name] = _numbers(draft, frame, part, how.text)
    _one_account(draft)
    _vocabulary(draft, how.words)
    _currencies(draft)
    return draft


def _columns(name: str, frame: pd.DataFrame, chosen: Mapping[str, str], label: str) -> dict[str, str | None]:
    """Return the source column of each field."""
    fields = TABLES[name]
    names = [str(column) for column in frame.columns]
    unknown = [part for part in chosen if part not in {f.name for f in fields}]
    if unknown:
        listed = ", ".join(f.name for f in fields)
        hint = did_you_mean(unknown[0], [f.name for f in fields])
        raise DataError(f"{label}: there is no field {unknown[0]!r}.{hint} Fields: {listed}.")
    whole: dict[str, str] = {}
    last: dict[str, str] = {}
    for column in names:
        whole.setdefault(plain(column), column)
        if "." in column:
            last.setdefault(plain(column.rpartition(".")[2]), column)
    found: dict[str, str | None] = {}
    taken = set(chosen.values())
    for part in fields:
        if part.name in chosen:
            if chosen[part.name] not in names:
                raise DataError(
                    f"{label} has no column {chosen[part.name]!r} (asked for as {part.name})."
                    f"{did_you_mean(chosen[part.name], names)} Its columns: {', '.join(names)}."
                )
            found[part.name] = chosen[part.name]
            continue
        usual = [*part.names]
        if part.kind == "amount":
            usual += [f"{known}_{code.lower()}" for known in part.names for code in CODES]
        # The last part of a dotted name (properties.amount) counts where no whole name does.
        usually = next(
            (way[known] for way in (whole, last) for known in usual if known in way and way[known] not in taken), None
        )
        found[part.name] = usually
        if usually is not None:
            taken.add(usually)
    missing = [part.name for part in fields if part.needed and found[part.name] is None]
    if missing:
        raise DataError(
            f"{label} has no column for {', '.join(missing)}. Its columns: {', '.join(names)}. Name it with "
            f"columns={{{name!r}: {{{missing[0]!r}: '…'}}}}."
        )
    return found


def _ids(draft: Draft, frame: pd.DataFrame) -> None:
    """Read the ids; an order may have several lines of one id."""
    name = TABLES[draft.name][0].name
    column = draft.columns[name]
    for part, source in draft.columns.items():
        if source is not None and plain(source) != part:
            draft.ledger.say("column", f"{source} is {part}", "used")
    if column is None:
        draft.ledger.say("no_id_column", f"no column is {name}", "row numbers are the ids")
        draft.frame[name] = np.array([str(i) for i in range(1, len(frame) + 1)], dtype=object)
        return
    ids = _texts(frame, column)
    draft.frame[name] = ids
    rows = pd.Series(np.arange(1, len(frame) + 1))
    if draft.name != "orders":
        check_ids(pd.Series(ids, dtype=object), rows, draft.ledger, frame.reset_index(drop=True))
        return
    blank = np.flatnonzero(ids == "")
    draft.ledger.add("missing_id", blank, ["the id is missing"] * len(blank))
    # Lines of one order share its id; only a line that comes twice in every column is refused.
    again = frame.duplicated(keep="first").to_numpy() & draft.open
    where = np.flatnonzero(again)
    draft.ledger.add("repeated_record", where, ["the same record as an earlier row"] * len(where))


def _texts(frame: pd.DataFrame, column: str | None) -> NDArray[Any]:
    """Return a column as text without spaces around it; empty where there is nothing."""
    if column is None:
        return np.full(len(frame), "", dtype=object)
    cells = frame[column]
    if isinstance(cells.dtype, pd.StringDtype):
        return np.array(cells.str.strip().fillna("").to_numpy(dtype=object), dtype=object)
    codes, values = pd.factorize(cells, use_na_sentinel=False)
    texts = np.array([text.strip() for text in ids_as_text(pd.Series(values)).tolist()], dtype=object)
    return texts[codes] if len(texts) else np.empty(0, dtype=object)


def _dates(draft: Draft, frame: pd.DataFrame, part: Field, day_first: bool | None, label: str) -> Any:
    column = draft.columns[part.name]
    if column is None:
        return np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[us]")
    read = read_dates(frame[column], day_first=day_first, label=label)
    for note in read.notes:
        draft.ledger.say("dates", f"{column}: {note}", "read")
    strange = np.flatnonzero(read.strange)
    texts = [f"{part.name} {quoted(frame[column].iat[int(i)])} is no date" for i in strange]
    draft.ledger.add("unreadable_date" if part.each else "optional_date", strange, texts)
    if part.each:
        blank = np.flatnonzero(read.blank)
        draft.ledger.add("missing_date", blank, [f"{part.name} is missing"] * len(blank))
    return read.times


def _flags(draft: Draft, frame: pd.DataFrame, part: Field) -> NDArray[np.int8]:
    values, strange = flags(_texts(frame, draft.columns[part.name]))
    for word, count in strange.items():
        draft.ledger.say("words", f"{part.name} {word!r} ({count:,} rows) is neither yes nor no", "taken as missing")
    return values


def _numbers(draft: Draft, frame: pd.DataFrame, part: Field, text: TextFormat | None) -> NDArray[np.float64]:
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
    values = numbers(cells, decimal=decimal)
    values[~np.isfinite(values)] = np.nan
    nothing = np.flatnonzero(np.isnan(values))
    left = cells.iloc[nothing].tolist()
    written = np.array([isinstance(c, str) and bool(c.strip()) and not is_marker(c) for c in left], dtype=bool)
    strange, blank = nothing[written], nothing[~written]
    texts = [f"{part.name} {quoted(cell)} is no number" for cell, use in zip(left, written, strict=True) if use]
    draft.ledger.add("unreadable_amount" if part.each else "optional_number", strange, texts)
    if part.each:
        draft.ledger.add("missing_amount", blank, [f"{part.name} is missing"] * len(blank))
    below = np.flatnonzero(values < 0)
    rule = "negative_amount" if part.kind == "amount" else "negative_number"
    draft.ledger.add(rule, below, [f"{part.name} {values[i]:,.10g} is negative" for i in below])
    if part.kind == "number":
        values[below] = np.nan
    return values


def _one_account(draft: Draft) -> None:
    """Take the first of several accounts in one cell, as some exports write them."""
    for name in ("account_id", "contact_id"):
        if name not in draft.frame or draft.frame.empty:
            continue
        texts = draft.frame[name]
        several = np.flatnonzero(texts.str.contains(";", regex=False).to_numpy(dtype=bool))
        if len(several):
            was = texts.to_numpy(dtype=object).copy()
            firsts = [str(was[i]).split(";")[0].strip() for i in several]
            found = [f"{name} {quoted(was[i])} names several" for i in several]
            actions = "the first was taken"
            draft.ledger.add("several_accounts", several, found, actions)
            was[several] = firsts
            draft.frame[name] = was


def _vocabulary(draft: Draft, words: Mapping[str, Mapping[str, str]]) -> None:
    frame, ledger = draft.frame, draft.ledger
    for name in ("stage", "decision_power", "type", "channel"):
        if name not in frame:
            continue
        texts = frame[name].to_numpy(dtype=object)
        values, pairs, strange = understood(name, texts, words.get(name))
        if draft.columns[name] is None and name != "channel":
            frame[name] = values
            continue
        changed = [f"{word} → {ours}" for word, ours in pairs.items() if plain(word) != plain(ours)]
        if changed:
            more = f", … ({len(changed)} words)" if len(changed) > _SHOWN else ""
            ledger.say("words", f"{name}: {', '.join(changed[:_SHOWN])}{more}", "understood so")
        if strange:
            where = np.flatnonzero(np.isin(texts, list(strange)))
            ledger.add("unknown_word", where, [f"{name} {quoted(texts[i])} is not known" for i in where])
        if name == "stage":
            blank = np.flatnonzero(texts == "")
            ledger.add("missing_stage", blank, ["stage is missing"] * len(blank))
            won, closed = frame["is_won"].to_numpy(), frame["is_closed"].to_numpy()
            values = np.where(won == 1, "won", np.where((closed == 1) & (won == 0), "lost", values))
            frame["stage_name"] = texts
        if name == "channel":
            by_type = pd.Series(frame["type"]).map(CHANNEL_OF).to_numpy(dtype=object)
            values = np.where(texts == "", by_type, values)
        frame[name] = values
    if draft.name == "opportunities":
        draft.frame = frame.drop(columns=["is_won", "is_closed"])
        _closing(draft)
    if draft.name == "leads":
        for later in ("contacted", "converted"):
            _ordered(draft, "created", later)


def _closing(draft: Draft) -> None:
    """List closings that cannot be used: expected ones of open opportunities, missing ones, too early ones."""
    frame = draft.frame
    closed, decided = frame["closed"].notna().to_numpy(), (frame["stage"] != "open").to_numpy()
    expected = np.flatnonzero(closed & ~decided)
    texts = ["closing is an expectation: the stage is open"] * len(expected)
    draft.ledger.add("open_stage_closed", expected, texts)
    bare = np.flatnonzero(decided & ~closed)
    stages = frame["stage"].to_numpy(dtype=object)
    draft.ledger.add("won_without_date", bare, [f"{stages[i]}, and no date of closing" for i in bare])
    frame["closed"] = frame["closed"].where(pd.Series(decided, index=frame.index))
    _ordered(draft, "created", "closed")


def _ordered(draft: Draft, first: str, then: str) -> None:
    # By day: some exports write one of the two without its hour.
    early = draft.frame[then].dt.floor("D") < draft.frame[first].dt.floor("D")
    where = np.flatnonzero(early.to_numpy(dtype=bool))
    draft.ledger.add("date_order", where, [f"{then} lies before {first}" for _ in where])


def _currencies(draft: Draft) -> None:
    """Note in which currency each amount is."""
    for part in TABLES[draft.name]:
        if part.kind != "amount" or draft.columns[part.name] is None:
            continue
        column = str(draft.columns[part.name])
        ending = re.search(r"_([a-z]{3})$", plain(column))
        named = draft.columns.get("currency")
        if named is not None:
            draft.has_currency = True
            codes = np.array([str(code).upper() for code in draft.frame["currency"]], dtype=object)
        elif ending and ending[1].upper() in CODES:
            codes = np.full(len(draft.frame), ending[1].upper(), dtype=object)
        else:
            codes = np.full(len(draft.frame), "", dtype=object)
        draft.currencies[part.name] = codes
