"""Account KPIs of people: who is met, who decides, who blocks, and accounts that hang on one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.kpis.coverage import met
from territory_geo.analyze.kpis.definition import Kpi, Parts

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period

Bools = NDArray[np.bool_]


def met_contacts(facts: Facts, period: Period) -> Bools:
    """Tell which contacts were met in a period (visit, meeting, demonstration, call), in the order of the contacts."""
    activities = facts.rows("activities")
    spoken = activities.within(period) & (met(activities) | activities.has("type", "call"))
    codes, names = activities.codes("contact_id")
    seen = names[np.unique(codes[spoken])] if len(names) else names
    at = pd.Index(facts.rows("contacts").column("contact_id")).get_indexer(pd.Index(seen))
    met_them: Bools = np.zeros(len(facts.rows("contacts")), dtype=bool)
    met_them[at[at >= 0]] = True
    return met_them


def _coverage(facts: Facts, period: Period) -> Parts:
    met_them = met_contacts(facts, period)
    return facts.of_records("contacts", np.ones(len(met_them), dtype=bool), met_them)


def _deciders(facts: Facts, period: Period) -> Parts:
    decides = facts.rows("contacts").has("decision_power", "decides")
    return facts.of_records("contacts", decides, met_contacts(facts, period))


def _blocked(facts: Facts, period: Period) -> Parts:
    contacts = facts.rows("contacts")
    blocks = contacts.has("decision_power", "blocks") & ~met_contacts(facts, period)
    return facts.of_accounts(facts.per_account("contacts", blocks) > 0, facts.summed(contacts.subject) > 0)


def _single(facts: Facts, period: Period) -> Parts:
    contacts = facts.rows("contacts")
    seen, several = facts.per_account("contacts", met_contacts(facts, period)), facts.summed(contacts.subject) >= 2
    return facts.of_accounts(several & (seen == 1), several & (seen > 0))


def contact_table(facts: Facts, period: Period) -> pd.DataFrame:
    """Return the contacts of the plan's accounts with `met` (bool) beside their columns."""
    return facts.rows("contacts").frame.assign(met=met_contacts(facts, period))


_NEEDS = ("contacts.account_id", "activities.contact_id", "activities.date", "activities.type")
KPIS = (
    Kpi(
        "stakeholder_coverage", "Contacts met", "account", "share",
        "contacts met in the period (visit, meeting, demonstration, call) / known contacts",
        ("contacts.contact_id", "activities.contact_id"), "meeting more than the usual one", _coverage,
        over="contacts", interval="wilson", needs=_NEEDS,
    ),
    Kpi(
        "decider_coverage", "Decision makers met", "account", "share",
        "contacts who decide and were met in the period / contacts who decide",
        ("contacts.decision_power", "activities.contact_id"), "asking for the one who decides", _deciders,
        over="contacts who decide", interval="wilson", needs=(*_NEEDS, "contacts.decision_power"),
    ),
    Kpi(
        "blocked_accounts", "Accounts with a blocker nobody met", "account", "share",
        "accounts with a contact who blocks and was not met in the period / accounts with contacts",
        ("contacts.decision_power", "activities.contact_id"), "meeting those who are against it", _blocked,
        over="accounts with contacts", interval="wilson", better="lower", needs=(*_NEEDS, "contacts.decision_power"),
    ),
    Kpi(
        "single_threaded", "Accounts met through one person", "account", "share",
        "accounts with several contacts of whom exactly one was met / accounts with several contacts, any met",
        ("contacts.contact_id", "activities.contact_id"), "a second and a third contact", _single,
        over="accounts with several contacts, any of them met", interval="wilson", better="lower", needs=_NEEDS,
    ),
)  # fmt: skip
