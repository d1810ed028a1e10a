"""Territory KPIs of leads: how many, how fast they are answered, how many become something.

A lead counts in the period in which it was created, for its account or, without one, for the person it is with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.analyze.kpis.definition import Kpi, Parts, total

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period

_HOUR = np.timedelta64(1, "h")


def _leads(facts: Facts, period: Period) -> Parts:
    leads = facts.rows("leads")
    ours = leads.within(period, "created")
    return Parts(leads.subject[ours], {"top": np.ones(int(ours.sum()))})


def _conversion(facts: Facts, period: Period) -> Parts:
    leads = facts.rows("leads")
    ours = leads.within(period, "created")
    done = leads.column("converted")[ours] < period.stop.to_datetime64()
    return Parts(leads.subject[ours], {"top": done.astype(float), "over": np.ones(int(ours.sum()))})


def _hours(facts: Facts, period: Period) -> tuple[np.ndarray, np.ndarray, int]:
    """Return which leads count, the hours until each was contacted (NaN: not yet), and how many were before."""
    leads = facts.rows("leads")
    ours = leads.within(period, "created")
    contacted = leads.column("contacted")[ours]
    hours = (contacted - leads.column("created")[ours]) / _HOUR
    early = hours < 0
    hours = np.where(early | (contacted >= period.stop.to_datetime64()), np.nan, hours)
    return ours, hours, int(early.sum())


def _early(count: int) -> str:
    return (
        f"in the whole plan, {count:,} leads were contacted before they were created: no time is taken from them"
        if count
        else ""
    )


def _response(facts: Facts, period: Period) -> Parts:
    ours, hours, early = _hours(facts, period)
    known = ~np.isnan(hours)
    subject = facts.rows("leads").subject[ours][known]
    return Parts(subject, {"top": hours[known], "over": np.ones(int(known.sum()))}, _early(early))


def _answered(facts: Facts, period: Period) -> Parts:
    ours, hours, early = _hours(facts, period)
    fast = hours <= facts.options.answer_hours
    values = {"top": fast.astype(float), "over": np.ones(len(hours))}
    return Parts(facts.rows("leads").subject[ours], values, _early(early))


KPIS = (
    Kpi(
        "leads", "Leads", "territory", "count", "leads created in the period", ("leads.created",),
        "marketing, fairs, referrals", _leads, total, interval="poisson", needs=("leads.created",),
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
