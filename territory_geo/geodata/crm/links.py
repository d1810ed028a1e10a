"""Tables of a CRM against each other: accounts, contacts, superiors and people that a row names and nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.geodata import ids
from territory_geo.geodata.crm.draft import Draft
from territory_geo.geodata.crm.fields import TABLES

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts

_LONG, _SHORT = 18, 15


def check_links(drafts: Mapping[str, Draft], accounts: Accounts | None) -> None:
    """Complete accounts from contacts, and list what refers to nothing.

    Parameters
    ----------
    drafts : mapping of table to Draft
        All tables; their findings grow.
    accounts : Accounts, optional
        Those that rows should belong to.
    """
    if accounts is not None:
        known = set(ids.texts(accounts.frame["id"]).tolist())
        for draft in drafts.values():
            if "account_id" in draft.frame:
                _shortened(draft, known)
    contacts = drafts.get("contacts")
    if contacts is not None:
        _superiors(contacts)
        _contacts(drafts.get("activities"), contacts)
    for draft in drafts.values():
        if "account_id" in draft.frame:
            _accounts(draft, accounts)
    people = drafts.get("people")
    if people is not None:
        known = set(people.frame.loc[people.open, "person_id"])
        for draft in drafts.values():
            if "rep_id" in draft.frame:
                _listed(draft, "rep_id", known, "unknown_person", "among the people")


def _shortened(draft: Draft, known: set[str]) -> None:
    """Match ids of 15 characters with those of 18 that begin with them: Salesforce writes both."""
    long = {account[:_SHORT]: account for account in known if len(account) == _LONG}
    if not long:
        return
    texts = draft.frame["account_id"].to_numpy(dtype=object).copy()
    where = np.array([i for i, text in enumerate(texts) if text not in known and text in long], dtype=np.int64)
    found = [f"account_id {texts[i]!r} is {long[texts[i]]!r}" for i in where]
    draft.ledger.add("short_id", where, found, "matched")
    texts[where] = [long[texts[i]] for i in where]
    draft.put("account_id", texts)


def _accounts(draft: Draft, accounts: Accounts | None) -> None:
    each = any(part.name == "account_id" and part.each for part in TABLES[draft.name]) or draft.name == "activities"
    if each:
        bare = np.flatnonzero((draft.frame["account_id"] == "").to_numpy())
        draft.ledger.add("missing_account", bare, ["there is no account"] * len(bare))
    if accounts is not None:
        known = set(ids.texts(accounts.frame["id"]).tolist())
        _listed(draft, "account_id", known, "unknown_account", "among the accounts")


def _listed(draft: Draft, field: str, known: set[str], rule: str, where: str) -> None:
    codes, values = pd.factorize(draft.frame[field].to_numpy(dtype=object))
    strange = np.array([bool(value) and value not in known for value in values], dtype=bool)
    rows = np.flatnonzero(strange[codes]) if len(values) else np.empty(0, dtype=np.int64)
    texts = [f"{field} {values[codes[i]]!r} is not {where}" for i in rows]
    draft.ledger.add(rule, rows, texts)


def _contacts(activities: Draft | None, contacts: Draft) -> None:
    """Take the account of the contact where an activity names none; list contacts that do not fit."""
    if activities is None:
        return
    frame = contacts.frame[contacts.open]
    home = dict(zip(frame["contact_id"], frame["account_id"], strict=True))
    named = activities.frame["contact_id"].to_numpy(dtype=object)
    own = activities.frame["account_id"].to_numpy(dtype=object).copy()
    codes, people = pd.factorize(named)
    theirs = np.array([home.get(person, "") for person in people], dtype=object)[codes]
    missing = np.flatnonzero((own == "") & (theirs != ""))
    texts = [f"the account of {named[i]!r} is {theirs[i]!r}" for i in missing]
    activities.ledger.add("account_of_contact", missing, texts, "taken")
    own[missing] = theirs[missing]
    activities.put("account_id", own)
    apart = np.flatnonzero((theirs != "") & (theirs != own))
    texts = [f"contact {named[i]!r} belongs to {theirs[i]!r}, the row to {own[i]!r}" for i in apart]
    activities.ledger.add("contact_elsewhere", apart, texts)
    _listed(activities, "contact_id", set(home), "unknown_contact", "among the contacts")


def _superiors(contacts: Draft) -> None:
    """List superiors that are not there, and circles."""
    rows = np.flatnonzero(contacts.open)
    ids = contacts.frame["contact_id"].to_numpy(dtype=object)
    superiors = contacts.frame["reports_to"].to_numpy(dtype=object)
    above: dict[Any, Any] = {ids[i]: superiors[i] for i in rows}
    position = {ids[i]: int(i) for i in rows}
    strangers = [int(i) for i in rows if above[ids[i]] and above[ids[i]] not in above]
    texts = [f"reports to {above[ids[i]]!r}, who is not among the contacts" for i in strangers]
    contacts.ledger.add("unknown_superior", np.array(strangers, dtype=np.int64), texts)
    state: dict[Any, int] = {}
    looped: list[int] = []
    for start in above:
        path: list[Any] = []
        at = start
        while at in above and at not in state:
            state[at] = len(path) + 1
            path.append(at)
            at = above[at]
        if at in path:
            looped += [position[one] for one in path[path.index(at) :]]
        for one in path:
            state[one] = -1
    looped.sort()
    contacts.ledger.add(
        "reports_to_loop", np.array(looped, dtype=np.int64), ["reports to himself or herself over others"] * len(looped)
    )
