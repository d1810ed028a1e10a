"""Account KPIs of products: how many an account buys, what it could buy, cross-selling and upselling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.analyze.kpis.covered import uncovered, unknown
from territory_geo.analyze.kpis.definition import Kpi, Parts, total
from territory_geo.analyze.kpis.market import market_of
from territory_geo.analyze.kpis.options import KpiOptions
from territory_geo.analyze.kpis.revenue import of_customers, revenue_of

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.alignment import Alignment
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period
    from territory_geo.geodata.crm import CRM
    from territory_geo.plan.plan import TerritoryPlan


def bought(facts: Facts, period: Period) -> tuple[np.ndarray, list[str], str]:
    """Return the amount per account and product in a period, shape (n, products), the products, and a note.

    Products are all that the table of orders has; orders without one count in revenue only.
    """
    orders = facts.rows("orders")
    codes, names = orders.codes("product")
    offered = [str(name) for name in names if name]
    place = np.array([offered.index(str(name)) if name else -1 for name in names], dtype=np.int64)
    ours = orders.within(period)
    bare = int((ours & orders.has("product", "")).sum())
    at = place[codes] if len(names) else np.zeros(0, dtype=np.int64)
    kept = np.flatnonzero(ours & (at >= 0))
    flat = orders.subject[kept] * max(1, len(offered)) + at[kept]
    amount = np.bincount(flat, orders.column("amount")[kept], minlength=facts.n * len(offered))
    note = f"in the whole plan, {bare:,} orders without a product do not count" if bare else ""
    return amount[: facts.n * len(offered)].reshape(facts.n, len(offered)), offered, note


def _penetration(facts: Facts, period: Period) -> Parts:
    amount, offered, note = bought(facts, period)
    return facts.of_accounts((amount > 0).sum(axis=1), np.full(facts.n, len(offered)), note)


def _cross_sell(facts: Facts, period: Period) -> Parts:
    now, _, note = bought(facts, period)
    before, _, _ = bought(facts, period.previous)
    fresh = np.where(before > 0, 0.0, np.maximum(now, 0.0)).sum(axis=1)
    return of_customers(facts, period, fresh, note)


def _upsell(facts: Facts, period: Period) -> Parts:
    now, _, note = bought(facts, period)
    before, _, _ = bought(facts, period.previous)
    more = np.where(before > 0, np.maximum(now - before, 0.0), 0.0).sum(axis=1)
    return of_customers(facts, period, more, note)


def _room(facts: Facts, period: Period) -> Parts:
    market, note = market_of(facts, period)
    return facts.of_accounts(np.maximum(0.0, market - revenue_of(facts, period)), note=note)


def bought_before(facts: Facts, period: Period) -> np.ndarray | None:
    """Return the amount per account and product in the period before, or None where orders do not tell."""
    if uncovered(facts.crm, ["orders"], period.previous, to_its_end=False):
        return None
    return bought(facts, period.previous)[0]


def states(now: np.ndarray, before: np.ndarray | None) -> np.ndarray:
    """Return what became of each product: bought, new (not in the period before), lapsed (only then), white space.

    Where nothing is known of the period before, whatever is bought is "bought".
    """
    if before is None:
        return np.asarray(np.where(now > 0, "bought", "white space"), dtype=object)
    bought_now = np.where(before > 0, "bought", "new")
    not_now = np.where(before > 0, "lapsed", "white space")
    return np.asarray(np.where(now > 0, bought_now, not_now), dtype=object)


def white_space(
    plan: TerritoryPlan | Alignment, crm: CRM, *, period: Any = None, options: KpiOptions | None = None
) -> pd.DataFrame:
    """Return which account buys which product, and where there is room.

    Parameters
    ----------
    plan, crm
        As in `kpis`.
    period : str, pair of dates or Period, optional
        As in `kpis`.
    options : KpiOptions, optional
        With `market`, the room in money is added.

    Returns
    -------
    DataFrame
        One row per account and product: `account_id`, `territory`, `product`, `amount` (in the period), `previous`
        (in the period before; missing where orders do not reach back to it), `state`: "bought", "new" (not in the
        period before), "lapsed" (only then), "white space" (neither). With a market also `room`: what the account
        could buy more in the period, over all products.

    Raises
    ------
    DataError
        If there are no orders with products, or none reach into the period.
    """
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.table import chosen_period
    from territory_geo.errors import DataError

    options = options or KpiOptions()
    facts = Facts(plan, crm, coverage=None, owner=None, options=options)
    when = chosen_period(period, crm)
    if missing := facts.missing(("orders.amount", "orders.product")) or unknown(crm, ["orders"], when):
        raise DataError(f"White space cannot be told: {missing}.")
    now, offered, _ = bought(facts, when)
    before = bought_before(facts, when)
    ids = facts.subjects["account_id"].to_numpy(dtype=object)[: facts.n]
    table = pd.DataFrame(
        {
            "account_id": np.repeat(ids, len(offered)),
            "territory": np.repeat(facts.subjects["territory"].to_numpy(dtype=object)[: facts.n], len(offered)),
            "product": np.tile(np.array(offered, dtype=object), facts.n),
            "amount": now.ravel(),
            "previous": np.nan if before is None else before.ravel(),
        }
    )
    table["state"] = states(now, before).ravel()
    if facts.account(options.market) is not None:
        market, _ = market_of(facts, when)
        table["room"] = np.repeat(np.maximum(0.0, market - revenue_of(facts, when)), len(offered))
    return table


_NEEDS = ("orders.amount", "orders.date", "orders.product")
KPIS = (
    Kpi(
        "product_penetration", "Products an account buys", "account", "share",
        "pairs of account and product with an order in the period / (accounts × products in the table of orders)",
        ("orders.product",), "offering what the account does not buy yet", _penetration, over="accounts or products",
        interval="jackknife", needs=_NEEDS,
    ),
    Kpi(
        "cross_sell", "Cross-selling", "account", "ratio",
        "revenue, in the period, of products that the account did not buy in the period before / its revenue then, "
        "over accounts with revenue then",
        ("orders.product", "orders.amount"), "offering what the account does not buy yet", _cross_sell,
        over="revenue in the period before", interval="jackknife", needs=_NEEDS, looks_back=True,
    ),
    Kpi(
        "upsell", "Upselling", "account", "ratio",
        "what the account bought more of products it bought in the period before / its revenue then, over accounts "
        "with revenue then",
        ("orders.product", "orders.amount"), "more of what the account buys", _upsell,
        over="revenue in the period before", interval="jackknife", needs=_NEEDS, looks_back=True,
    ),
    Kpi(
        "white_space", "White space", "account", "money",
        "sum over accounts of (market measure a year × length of the period − revenue), where above 0",
        ("accounts.market", "orders.amount"), "what accounts buy elsewhere, or not yet", _room, total, better="neither",
        needs=("orders.amount", "orders.date", "accounts.market"), flow=True,
    ),
)  # fmt: skip
