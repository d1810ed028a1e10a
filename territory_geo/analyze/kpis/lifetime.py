"""Account KPI of lifetime value: what a customer brings while it stays, with and without discounting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from territory_geo.analyze.kpis.definition import Floats, Kpi, Parts, Sums, divided
from territory_geo.analyze.kpis.revenue import buyers_of, revenue_of

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period


def lifetime_value(margin: Floats, retention: Floats, discount: Floats | float) -> Floats:
    """Return the value of a customer: margin × (1 + discount) / (1 + discount − retention).

    Parameters
    ----------
    margin : array
        Of a customer a year.
    retention : array
        Share of customers who stay another year, 0–1.
    discount : float or array
        Yearly rate; 0 does not discount.

    Returns
    -------
    array
        The sum over years t = 0, 1, … of margin × (retention / (1 + discount))^t: the first year counts in full. NaN
        where it has no end (nobody leaves, and nothing is discounted).

    References
    ----------
    Gupta, S. and Lehmann, D. R. (2003). Customers as assets. Journal of Interactive Marketing 17; theirs counts from
    the second year on.

    Examples
    --------
    >>> lifetime_value(np.array([100.0]), np.array([0.8]), 0.0).round(6).tolist()
    [500.0]
    """
    return divided(margin * (1 + discount), 1 + discount - retention)


def _of(discounted: bool) -> Callable[[Facts, Period], Parts]:
    def parts(facts: Facts, period: Period) -> Parts:
        before, now = buyers_of(facts, period.previous), buyers_of(facts, period)
        share, discount = facts.options.margin, facts.options.discount
        ones = np.ones(facts.n)
        values = {
            "brought": revenue_of(facts, period) * (1.0 if share is None else share), "customers": now * 1.0,
            "stayed": (before & now) * 1.0, "before": before * 1.0,
        }  # fmt: skip
        # What holds for all, as means, so that the combination needs nothing but sums.
        values |= {"years": ones * period.years, "apart": ones * period.apart, "rate": ones * discount, "rows": ones}
        formula = f"m × (1 + d) / (1 + d − r), d = {100 * discount:g} % a year" if discounted else "m / (1 − r)"
        brings = "revenue (no margin was given)" if share is None else f"margin ({100 * share:g} % of revenue)"
        note = (
            f"{formula}; m: {brings} per customer and year, r: share who buy again after a year; both taken to stay so"
        )
        return Parts(facts.everyone, values, note)

    return parts


def _value(discounted: bool) -> Callable[[Sums], Floats]:
    def combine(sums: Sums) -> Floats:
        years, apart = divided(sums["years"], sums["rows"]), divided(sums["apart"], sums["rows"])
        rate = divided(sums["rate"], sums["rows"]) if discounted else np.zeros_like(years)
        stayed = divided(sums["stayed"], sums["before"])
        yearly = divided(divided(sums["brought"], sums["customers"]), years)
        with np.errstate(divide="ignore", invalid="ignore"):
            retention = stayed ** (1 / apart)
        return lifetime_value(yearly, retention, rate)

    return combine


_SOURCE = ("orders.amount", "orders.date")
_TEXT = (
    "m = revenue × margin / customers / years of the period; r = (customers of the period before who bought again / "
    "customers of the period before) ^ (1 / years from the beginning of one to that of the other)"
)
_TAKEN = "taken that m and r stay as they are for ever, and that customers are alike"
_OVER = "customers who left (where nobody leaves, the sum over the years has no end), or no customers at all"
_MOVES = "margin, and customers who stay"
_REFERENCE = "Gupta, S. and Lehmann, D. R. (2003). Customers as assets. Journal of Interactive Marketing 17."
_POOLED = ("stayed", "before")
KPIS = (
    Kpi(
        "lifetime_value", "Lifetime value of a customer", "account", "money",
        f"m / (1 − r), not discounted; {_TEXT}; {_TAKEN}", _SOURCE, _MOVES, _of(False), _value(False), over=_OVER,
        interval="jackknife", needs=_SOURCE, looks_back=True, reference=_REFERENCE,
        pooled=_POOLED,
    ),
    Kpi(
        "lifetime_value_discounted", "Lifetime value, discounted", "account", "money",
        f"m × (1 + d) / (1 + d − r), d = 10 % a year unless set; {_TEXT}; {_TAKEN}", _SOURCE, _MOVES, _of(True),
        _value(True), over=_OVER, interval="jackknife", needs=_SOURCE, looks_back=True, reference=_REFERENCE,
        pooled=_POOLED,
    ),
)  # fmt: skip
