"""One source into one table of a CRM: columns found, cells read, rows without what they need refused."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.clean.identity import check_ids
from territory_geo.geodata.clean.ledger import Ledger
from territory_geo.geodata.columns import did_you_mean, plain
from territory_geo.geodata.crm.cells import dates_of_rows, flags_of, numbers_of, texts_of
from territory_geo.geodata.crm.draft import Draft
from territory_geo.geodata.crm.fields import CODES, TABLES
from territory_geo.geodata.crm.meaning import note_currencies, take_first_account, understand_words
from territory_geo.geodata.crm.rules import CRM_RULES
from territory_geo.geodata.readers.dialect import TextFormat
from territory_geo.geodata.readers.sources import load

Source = str | os.PathLike[str] | pd.DataFrame | tuple[str, str]
"""A file, a data frame, or the URL of a database with the query."""


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
    for rule, found in loaded.broken.items():
        ledger.add(rule, list(found), list(found.values()), "last fields empty" if rule == "short_record" else "")
    if shifted := list(loaded.broken.get("long_record", ())):
        # Refused; what stands in the wrong column must not decide how the others are read.
        own = columns[TABLES[name][0].name]
        frame = frame.copy()
        frame.loc[shifted, [column for column in frame.columns if column != own]] = None
    draft = Draft(name, pd.DataFrame(index=frame.index), ledger, columns, loaded.label, loaded.sha256)
    _ids(draft, frame)
    for part in TABLES[name][1:]:
        column = columns[part.name]
        if part.kind in ("ref", "text"):
            draft.put(part.name, texts_of(frame, column))
        elif part.kind == "date":
            draft.frame[part.name] = dates_of_rows(draft, frame, part, how.day_first, label)
        elif part.kind == "flag":
            draft.frame[part.name] = flags_of(draft, frame, part)
        else:
            draft.frame[part.name] = numbers_of(draft, frame, part, how.text)
    take_first_account(draft)
    understand_words(draft, how.words)
    note_currencies(draft)
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
        draft.put(name, np.array([str(i) for i in range(1, len(frame) + 1)], dtype=object))
        return
    ids = texts_of(frame, column)
    draft.put(name, ids)
    rows = pd.Series(np.arange(1, len(frame) + 1))
    if draft.name != "orders":
        check_ids(ids, rows, draft.ledger, frame.reset_index(drop=True))
        return
    blank = np.flatnonzero(ids == "")
    draft.ledger.add("missing_id", blank, ["the id is missing"] * len(blank))
    # Lines of one order share its id; only a line that comes twice in every column is refused.
    again = frame.duplicated(keep="first").to_numpy() & draft.open
    where = np.flatnonzero(again)
    draft.ledger.add("repeated_record", where, ["the same record as an earlier row"] * len(where))
