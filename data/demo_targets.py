"""crm_targets.csv: what the synthetic company aims at in a year, names as they stand on its pages. SYNTHETIC."""

from __future__ import annotations

import pandas as pd

GROWTH = 1.1
"""Each person's revenue, against orders of 2024."""

COMPANY = (
    ("Revenue", "110,000,000", "year"), ("New customers", "220", "year"), ("Visits", "12,000", "year"),
    ("Leads", "1,100", "year"),
)  # fmt: skip
EVERYBODY = (
    ("Accounts reached", "80 %"), ("Required visits made", "65 %"), ("Share of travel", "40 %"),
    ("Hours until a lead is contacted", "9"), ("Leads answered in time", "80 %"), ("Cost of sales", "4 %"),
    ("Engagement", "55"), ("Decision makers met", "80 %"), ("Opportunities won", "45 %"),
    ("Days from first step to decision", "130"), ("Net retention of revenue", "105 %"), ("Customers at risk", "10 %"),
)  # fmt: skip


def build_targets(owner: pd.Series, orders: pd.DataFrame) -> pd.DataFrame:
    """Return `kpi`, `value`, `per`, `level`, `key`; `owner` says who looks after each account (index)."""
    sold = orders[orders["date"] < "2025-01-01"]
    of_person = sold.groupby(sold["account_id"].map(owner))["amount_usd"].sum()
    rows = [(kpi, value, per, "company", "") for kpi, value, per in COMPANY]
    rows += [(kpi, value, "", "", "") for kpi, value in EVERYBODY]
    rows += [
        ("Revenue", f"{round(GROWTH * int(revenue) / 50_000) * 50_000:,}", "year", "rep", str(person))
        for person, revenue in of_person.sort_index().items()
    ]
    return pd.DataFrame(rows, columns=["kpi", "value", "per", "level", "key"])
