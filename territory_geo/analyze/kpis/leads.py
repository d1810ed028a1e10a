"""Territory KPIs of leads: how many, how fast they are answered, how many become something.

A lead counts in the period in which it was created, for its account or, without one, for the person it is with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.kpis.definition import Floats, Kpi, Parts, total

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period

Bools = NDArray[np.bool_]
_HOUR = np.timedelta64(1, "h")


def _leads(facts: Facts, period: Period) -> Parts:
    return facts.of_records("leads", facts.rows("leads").within(period, "created"), mean=False)


def _conversion(facts: Facts, period: Period) -> Parts:
    leads = facts.rows("leads")
    done = leads.column("converted") < period.stop.to_datetime64()
    return facts.of_records("leads", leads.within(period, "created"), done)


def _hours(facts: Facts, period: Period) -> tuple[Bools, Floats, str]:
    """Return which leads count, the hours until each lead was contacted (NaN: not yet), and a note."""
    leads = facts.rows("leads")
    ours, contacted = leads.within(period, "created"), leads.column("contacted")
    hours = (contacted - leads.column("created")) / _HOUR
    early = hours < 0
    count = int((early & ours).sum())
    note = f"in the whole plan, {count:,} leads were contacted before they were created: no time is taken from them"
    return ours, np.where(early | (contacted >= period.stop.to_datetime64()), np.nan, hours), note if count else ""


def _response(facts: Facts, period: Period) -> Parts:
    ours, hours, note = _hours(facts, period)
    return facts.of_records("leads", ours & ~np.isnan(hours), hours, note=note)


def _answered(facts: Facts, period: Period) -> Parts:
    ours, hours, note = _hours(facts, period)
    return facts.of_records("leads", ours, hours <= facts.options.answer_hours, note=note)


KPIS = (
    Kpi(
        "leads", "Leads", "territory", "count", "leads created in the period", ("leads.created",),
        "marketing, fairs, referrals", _leads, total, interval="poisson", needs=("leads.created",), flow=True,
    ),
    Kpi(
        "lead_conversion", "Leads converted", "territory", "share",
        "leads created in the period and converted by its end / leads created in the period; late ones had less time",
        ("leads.created", "leads.converted"), "answering fast; asking whether the lead fits before driving there",
        _conversion, over="leads", interval="wilson", needs=("leads.created", "leads.converted"),
    ),
    Kpi(
        "response_hours", "Hours until a lead is contacted", "territory", "hours",
        "mean hours from creation to first contact, of leads created and contacted in the period; leads without "
        "contact are in the next figure only",
        ("leads.created", "leads.contacted"), "who is told of a lead, and when", _response,
        over="leads that were contacted", interval="jackknife", better="lower",
        needs=("leads.created", "leads.contacted"),
    ),
    Kpi(
        "leads_answered", "Leads answered in time", "territory", "share",
        "leads contacted within the answer time (24 hours unless set) / leads created in the period",
        ("leads.created", "leads.contacted"), "who is told of a lead, and when", _answered, over="leads",
        interval="wilson", needs=("leads.created", "leads.contacted"),
    ),
)  # fmt: skip
