"""Money that came in: revenue, its growth, new customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.kpis.definition import Kpi, Parts, Sums, divided, total

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period

Floats = NDArray[np.float64]


def revenue_of(facts: Facts, period: Period) -> Floats:
    """Return the orders' amount per account in a period, shape (n,)."""
    ours = facts.rows("orders").within(period)
    return facts.per_account("orders", ours, "amount")


def buyers_of(facts: Facts, period: Period) -> NDArray[np.bool_]:
    """Tell which accounts ordered in a period, shape (n,): a return (an amount below 0) is no order."""
    orders = facts.rows("orders")
    ours = orders.within(period) & (orders.column("amount") > 0)
    bought: NDArray[np.bool_] = facts.per_account("orders", ours) > 0
    return bought


def of_customers(facts: Facts, period: Period, top: Floats, note: str = "") -> Parts:
    """Return `top` as a share of the revenue of the period before, over accounts with revenue then."""
    before = revenue_of(facts, period.previous)
    return facts.of_accounts(np.where(before > 0, top, 0.0), np.where(before > 0, before, 0.0), note)


def _revenue(facts: Facts, period: Period) -> Parts:
    return facts.of_accounts(revenue_of(facts, period))


def _growth(facts: Facts, period: Period) -> Parts:
    return facts.of_accounts(revenue_of(facts, period), revenue_of(facts, period.previous))


def _grown(sums: Sums) -> Floats:
    return divided(sums["top"], sums["over"]) - 1


def _new_customers(facts: Facts, period: Period) -> Parts:
    orders = facts.rows("orders")
    earlier = (orders.column("date") < period.start.to_datetime64()) & (orders.column("amount") > 0)
    return facts.of_accounts(buyers_of(facts, period) & ~(facts.per_account("orders", earlier) > 0))


KPIS = (
    Kpi(
        "revenue", "Revenue", "both", "money", "sum of the orders' amounts in the period, returns taken off",
        ("orders.amount", "orders.date"), "customers, orders per customer, amount per order", _revenue, total,
        needs=("orders.amount", "orders.date"), flow=True,
    ),
    Kpi(
        "revenue_growth", "Growth of revenue", "both", "ratio", "revenue / revenue of the period before − 1",
        ("orders.amount", "orders.date"), "new customers, expansion, fewer losses", _growth, _grown,
        over="revenue in the period before", interval="jackknife", needs=("orders.amount", "orders.date"),
        looks_back=True, signed=True,
    ),
    Kpi(
        "new_customers", "New customers", "territory", "count",
        "accounts whose first order in the table lies in the period", ("orders.date",),
        "prospecting; following up on leads", _new_customers, total, interval="poisson", needs=("orders.date",),
        looks_back=True, flow=True,
    ),
)  # fmt: skip
