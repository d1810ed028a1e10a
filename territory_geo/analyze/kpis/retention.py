"""Account KPIs of keeping customers: net retention, expansion, losses, and who falls silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.analyze.kpis.definition import Kpi, Parts
from territory_geo.analyze.kpis.revenue import buyers_of, of_customers, revenue_of

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period

_DAY = np.timedelta64(1, "D")


def _net_retention(facts: Facts, period: Period) -> Parts:
    return of_customers(facts, period, revenue_of(facts, period))


def _expansion(facts: Facts, period: Period) -> Parts:
    more = revenue_of(facts, period) - revenue_of(facts, period.previous)
    return of_customers(facts, period, np.maximum(0.0, more))


def _churn(facts: Facts, period: Period) -> Parts:
    before, now = buyers_of(facts, period.previous), buyers_of(facts, period)
    return facts.of_accounts(before & ~now, before)


def _at_risk(facts: Facts, period: Period) -> Parts:
    orders = facts.rows("orders")
    stop = period.stop.to_datetime64()
    ours = np.flatnonzero((orders.column("date") < stop) & (orders.column("amount") > 0))
    # Several orders on one day are one occasion.
    day = orders.column("date")[ours].astype("datetime64[D]").astype(np.int64)
    occasions = np.unique(np.column_stack([orders.subject[ours], day]), axis=0)
    subject, day = occasions[:, 0], occasions[:, 1]
    count = np.bincount(subject, minlength=facts.n)
    first, last = np.full(facts.n, np.iinfo(np.int64).max), np.full(facts.n, np.iinfo(np.int64).min)
    np.minimum.at(first, subject, day)
    np.maximum.at(last, subject, day)
    several = count >= 2
    gap = np.where(several, (last - first) / np.maximum(count - 1, 1), np.nan)
    silent = int(period.last_day.to_datetime64().astype("datetime64[D]").astype(np.int64)) - last
    # Who has not ordered since the period before began is lost, not at risk.
    current = buyers_of(facts, period) | buyers_of(facts, period.previous)
    judged = several & current
    risk = judged & (np.where(several, silent, 0) > facts.options.silence * np.nan_to_num(gap))
    left = int((current & ~several).sum())
    note = (
        f"in the whole plan, {left:,} customers with a single order have no usual gap and do not count" if left else ""
    )
    return facts.of_accounts(risk, judged, note)


_NEEDS = ("orders.amount", "orders.date")
KPIS = (
    Kpi(
        "net_retention", "Net retention of revenue", "account", "ratio",
        "revenue, in the period, of accounts with revenue in the period before / their revenue then",
        ("orders.amount", "orders.date"), "keeping customers, and selling them more", _net_retention,
        over="revenue in the period before", interval="jackknife", needs=_NEEDS, looks_back=True,
    ),
    Kpi(
        "expansion", "Expansion", "account", "ratio",
        "sum over customers of the period before of what they bought more / their revenue then",
        ("orders.amount", "orders.date"), "cross-selling and upselling", _expansion,
        over="revenue in the period before", interval="jackknife", needs=_NEEDS, looks_back=True,
    ),
    Kpi(
        "churn", "Customers lost", "account", "share",
        "accounts with an order in the period before and none in this one / accounts with an order in the period "
        "before",
        ("orders.date",), "noticing silence early", _churn, over="customers in the period before",
        interval="wilson", better="lower", needs=_NEEDS, looks_back=True,
    ),
    Kpi(
        "churn_risk", "Customers at risk", "account", "share",
        "customers of this or the period before whose last order is longer ago than twice (unless set) their usual gap "
        "between order days / customers with at least two order days",
        ("orders.date",), "calling those who have fallen silent", _at_risk, over="customers with two order days",
        interval="wilson", better="lower", needs=_NEEDS, looks_back=True,
    ),
)  # fmt: skip
