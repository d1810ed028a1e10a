"""What the cells of a row mean together: words in our vocabulary, closings of opportunities, currencies."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from territory_geo.geodata.clean.values import quoted
from territory_geo.geodata.columns import plain
from territory_geo.geodata.crm.draft import Draft
from territory_geo.geodata.crm.fields import CODES, TABLES
from territory_geo.geodata.crm.words import CHANNEL_OF, understood

_SHOWN = 8


def take_first_account(draft: Draft) -> None:
    """Take the first of several accounts in one cell, as some exports write them."""
    for name in ("account_id", "contact_id"):
        if name not in draft.frame or draft.frame.empty:
            continue
        was = draft.frame[name].to_numpy(dtype=object).copy()
        codes, values = pd.factorize(was)
        several = np.flatnonzero(np.array([";" in value for value in values], dtype=bool)[codes])
        if len(several):
            firsts = [str(was[i]).split(";")[0].strip() for i in several]
            found = [f"{name} {quoted(was[i])} names several" for i in several]
            actions = "the first was taken"
            draft.ledger.add("several_accounts", several, found, actions)
            was[several] = firsts
            draft.put(name, was)


def understand_words(draft: Draft, words: Mapping[str, Mapping[str, str]]) -> None:
    """Put stages, decision power, kinds of activity and channels into our words, and list what is not known."""
    frame, ledger = draft.frame, draft.ledger
    for name in ("stage", "decision_power", "type", "channel"):
        if name not in frame:
            continue
        texts = frame[name].to_numpy(dtype=object)
        values, pairs, strange = understood(name, texts, words.get(name))
        if draft.columns[name] is None and name != "channel":
            draft.put(name, values)
            continue
        changed = [f"{word} → {ours}" for word, ours in pairs.items() if plain(word) != plain(ours)]
        if changed:
            more = f", … ({len(changed)} words)" if len(changed) > _SHOWN else ""
            ledger.say("words", f"{name}: {', '.join(changed[:_SHOWN])}{more}", "understood so")
        if strange:
            where = np.flatnonzero(pd.Index(texts, dtype=object).isin(list(strange)))
            ledger.add("unknown_word", where, [f"{name} {quoted(texts[i])} is not known" for i in where])
        if name == "stage":
            blank = np.flatnonzero(texts == "")
            ledger.add("missing_stage", blank, ["stage is missing"] * len(blank))
            won, closed = frame["is_won"].to_numpy(), frame["is_closed"].to_numpy()
            values = np.where(won == 1, "won", np.where((closed == 1) & (won == 0), "lost", values))
            draft.put("stage_name", texts)
        if name == "channel":
            codes, kinds = pd.factorize(frame["type"].to_numpy(dtype=object))
            by_type = np.array([CHANNEL_OF[kind] for kind in kinds], dtype=object)[codes]
            values = np.where(texts == "", by_type, values)
        draft.put(name, values)
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


def note_currencies(draft: Draft) -> None:
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
