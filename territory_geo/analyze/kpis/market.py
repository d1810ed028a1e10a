"""How much of the market a territory has: share of the money, share of the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.analyze.kpis.definition import Kpi, Parts
from territory_geo.analyze.kpis.revenue import buyers_of, revenue_of

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period


def market_of(facts: Facts, period: Period) -> tuple[np.ndarray, str]:
    """Return what each account could buy in a period, shape (n,), and what has to be said of it."""
    yearly = facts.account(facts.options.market)
    assert yearly is not None
    unknown = ~(yearly >= 0)
    note = (
        f"in the whole plan, {int(unknown.sum()):,} accounts have no {facts.options.market} and do not count"
        if unknown.any()
        else ""
    )
    return np.where(unknown, 0.0, yearly) * period.years, note


def _share(facts: Facts, period: Period) -> Parts:
    market, note = market_of(facts, period)
    revenue = np.where(market > 0, revenue_of(facts, period), 0.0)
    return facts.of_accounts(revenue, market, note)


def _penetration(facts: Facts, period: Period) -> Parts:
    return facts.share_of_accounts(buyers_of(facts, period))


KPIS = (
    Kpi(
        "market_share", "Share of the market", "territory", "share",
        "revenue / (market measure a year × length of the period), over accounts whose market measure is above 0",
        ("orders.amount", "accounts.market"), "winning what accounts buy elsewhere", _share,
        over="market", interval="jackknife", needs=("orders.amount", "accounts.market"),
    ),
    Kpi(
        "penetration", "Accounts that buy", "territory", "share", "accounts with an order in the period / all accounts",
        ("orders.date",), "turning prospects into customers", _penetration, over="accounts", interval="wilson",
        needs=("orders.date",),
    ),
)  # fmt: skip
