"""What selling brings and costs: revenue per person, cost as a share of revenue.

A person, and what a person costs, is spread over the accounts he or she owns by their visit hours (equally where
none are known), so that territories, teams and ways of selling add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.analyze.kpis.definition import Kpi, Parts
from territory_geo.analyze.kpis.revenue import revenue_of

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period


def heads_of(facts: Facts) -> np.ndarray:
    """Return which share of its owner each account has, shape (n,); 0 where nobody is known."""
    owner = facts.subjects["owner"].iloc[: facts.n]
    codes, _ = pd.factorize(owner, sort=True)
    hours = facts.subjects["hours"].to_numpy(dtype=float)[: facts.n]
    total, count = np.bincount(codes, hours), np.bincount(codes)
    share = np.where(total[codes] > 0, hours / np.where(total[codes] > 0, total[codes], 1.0), 1.0 / count[codes])
    heads: np.ndarray = np.where(owner.to_numpy(dtype=object) == "", 0.0, share)
    return heads


def _owned(facts: Facts) -> np.ndarray:
    owned: np.ndarray = facts.subjects["owner"].to_numpy(dtype=object)[: facts.n] != ""
    return owned


def _per_rep(facts: Facts, period: Period) -> Parts:
    # Accounts of nobody bring no revenue to anybody.
    revenue = np.where(_owned(facts), revenue_of(facts, period), 0.0)
    return facts.of_accounts(revenue, heads_of(facts))


def _cost(facts: Facts, period: Period) -> Parts:
    people = facts.crm["people"].set_index("person_id")["cost"]
    yearly = facts.subjects["owner"].iloc[: facts.n].map(people).to_numpy(dtype=float)
    heads = heads_of(facts)
    unknown = np.isnan(yearly) & _owned(facts)
    owners = facts.subjects["owner"].iloc[: facts.n][unknown].nunique()
    note = f"in the whole plan, {owners:,} people without a cost do not count, nor do their accounts" if owners else ""
    known = ~np.isnan(yearly) & _owned(facts)
    cost = np.where(known, np.nan_to_num(yearly) * heads * period.years, 0.0)
    return facts.of_accounts(cost, np.where(known, revenue_of(facts, period), 0.0), note)


KPIS = (
    Kpi(
        "revenue_per_rep", "Revenue per person", "territory", "money",
        "revenue of owned accounts / people, each spread over owned accounts by visit hours",
        ("orders.amount", "coverage.owner"), "hours with accounts that can buy more; less travel", _per_rep,
        over="people who own accounts", needs=("orders.amount", "orders.date"), flow=True,
    ),
    Kpi(
        "cost_of_sales", "Cost of sales", "territory", "share",
        "yearly cost of the people × length of the period / revenue of the accounts they own",
        ("people.cost", "orders.amount"), "more revenue per person; less travel; cheaper channels", _cost,
        over="revenue", better="lower", needs=("people.cost", "orders.amount", "orders.date"),
    ),
)  # fmt: skip
