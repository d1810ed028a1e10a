"""Every KPI on the small company, against figures worked out by hand (in the comments)."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from territory_geo.analyze.kpis import KPIS, KpiOptions, kpis

TERRITORY = {
    "account_coverage": 3 / 4,  # a b c seen; d had an e-mail only
    "visit_coverage": (2 + 1 + 1 + 0) / (4 + 2 + 4 + 0),
    "visits": 4,
    "meetings": 4,
    "meeting_conversion": 1 / 3,  # a; b's opportunity came before the visit, c has none
    "leads": 4,
    "lead_conversion": 1 / 4,  # l6 was converted after the period
    "response_hours": (2 + 48 + 1) / 3,
    "leads_answered": 2 / 4,
    "new_customers": 1,  # b
    "market_share": (150 + 50 + 0) / (1000 + 500 + 1000),
    "penetration": 2 / 4,
    "travel_share": 150 / (150 + 210),
    "calls_per_day": 4 / 3,  # r1 on two days, r2 on one
    "revenue_per_rep": 200 / (6 / 16 + 1),  # r1 gives 6 of 16 hours to a and b
    "cost_of_sales": (100 * 6 / 16 + 50) / 200,
}
ACCOUNT = {
    "engagement": ((10 + 0.5) + (4 + 6 * 0.25)) / 2,  # half after 90 days, a quarter after 180
    "engagement_in_person": 10 / 2,
    "engagement_video": 1.5 / 2,
    "engagement_phone": 4 / 2,
    "engagement_email": 0.5 / 2,
    "engagement_event": math.nan,  # the activities have no such contact at all: nothing is known, which is not 0
    "engagement_web": math.nan,
    "content_usage": 2 / 4,
    "content_reach": 1,
    "stakeholder_coverage": 3 / 5,  # e1 f1 f2; e2 had an e-mail only
    "decider_coverage": 1,
    "blocked_accounts": 1 / 2,  # e3 of e
    "single_threaded": 1 / 2,  # e through e1
    "win_rate": 2 / 3,
    "deal_size": (1000 + 3000) / 2,
    "cycle_days": (60 + 30 + 90) / 3,
    "deal_velocity": 3 * (2 / 3) * 2000 / 60,  # o4 o5 o8 are open on the last day
    "open_pipeline": 2000 + 500 + 800,
    "product_penetration": 2 / 4,
    "cross_sell": 300 / 1900,
    "upsell": 100 / 1900,
    "white_space": (5000 - 1900) + 4000,
    "net_retention": 1900 / 1900,
    "expansion": 400 / 1900,
    "churn": 1 / 2,  # f
    "churn_risk": 0,  # e: 213 days silent, usual gap 169
    "lifetime_value": 950 / (1 - 0.5),
    "lifetime_value_discounted": 950 * 1.1 / (1.1 - 0.5),
}
BOTH = {"revenue": 2100, "revenue_growth": 2100 / 2200 - 1}

OPTIONS = KpiOptions(market="potential", margin=0.5)


@pytest.fixture(scope="module")
def table(company: SimpleNamespace) -> pd.DataFrame:
    """All KPIs of 2025, at every level and by region."""
    by = ["company", "territory", "rep", "team", "manager", "region"]
    given = {"period": "2025", "coverage": company.coverage, "owner": "current_rep", "by": by, "options": OPTIONS}
    return kpis(company.plan_of(), company.crm_of(), **given)


def value(table: pd.DataFrame, level: str, key: str, kpi: str, column: str = "value") -> float:
    found = table[(table["level"] == level) & (table["key"] == key) & (table["kpi"] == kpi)]
    assert len(found) == 1, f"{level} {key} {kpi}: {len(found)} rows"
    return float(found[column].iloc[0])


def test_every_kpi_has_a_known_answer() -> None:
    assert {**TERRITORY, **ACCOUNT, **BOTH}.keys() == KPIS.keys()
    for name in TERRITORY:
        assert KPIS[name].model == "territory"
    for name in ACCOUNT:
        assert KPIS[name].model == "account"


@pytest.mark.parametrize("name", [*TERRITORY, *ACCOUNT, *BOTH])
def test_company(table: pd.DataFrame, name: str) -> None:
    assert value(table, "company", "company", name) == pytest.approx(
        {**TERRITORY, **ACCOUNT, **BOTH}[name], nan_ok=True
    )


@pytest.mark.parametrize(
    ("level", "key", "kpi", "expected"),
    [
        ("territory", "T1", "visit_coverage", 3 / 6),
        ("territory", "T2", "visit_coverage", 1 / 4),
        ("territory", "T1", "calls_per_day", 3 / 2),  # the day in a and b counts once
        ("territory", "T2", "calls_per_day", 1),
        ("territory", "T1", "revenue", 2100),
        ("territory", "T2", "revenue", 0),
        ("territory", "T1", "leads", 2),
        ("territory", "T2", "leads", 1),  # l3 is with r2, who has one territory
        ("territory", "(none)", "leads", 1),  # l6 is with k1, who has none
        ("rep", "r1", "engagement", 10.5),
        ("rep", "k1", "engagement", 5.5),
        ("rep", "r1", "revenue_per_rep", 200 / (6 / 16)),
        ("rep", "r2", "cost_of_sales", math.nan),  # no revenue to divide by
        ("rep", "r1", "win_rate", 1 / 2),
        ("rep", "k1", "win_rate", 1),
        ("team", "Key", "deal_velocity", 3 * (2 / 3) * 2000 / 60),
        ("team", "East", "visits", 4),
        ("manager", "m1", "visits", 4),
        ("manager", "m2", "engagement", 5.5),
        ("region", "north", "visits", 3),
        ("region", "south", "revenue", 50),
    ],
)
def test_levels(table: pd.DataFrame, level: str, key: str, kpi: str, expected: float) -> None:
    assert value(table, level, key, kpi) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("kpi", "previous"),
    [("revenue", 2200), ("account_coverage", 2 / 4), ("visits", 2), ("open_pipeline", 3000), ("penetration", 2 / 4)],
)
def test_the_period_before(table: pd.DataFrame, kpi: str, previous: float) -> None:
    assert value(table, "company", "company", kpi, "previous") == pytest.approx(previous)
    change = value(table, "company", "company", kpi) - previous
    assert value(table, "company", "company", kpi, "change") == pytest.approx(change)


def test_a_quarter_scales_what_is_said_by_the_year(company: SimpleNamespace) -> None:
    given = {"coverage": company.coverage, "owner": "current_rep", "by": ["company"], "options": OPTIONS}
    names = ["visit_coverage", "market_share", "cost_of_sales"]
    found = kpis(company.plan_of(), company.crm_of(), period="2025-Q1", measures=names, **given)
    found = found[found["motion"] == "territory"].set_index("kpi")["value"]
    # One visit each in a and b; 1, 0.5, 1 and 0 are required in a quarter; b's extra half makes up for nothing.
    assert found["visit_coverage"] == pytest.approx((1 + 0.5) / 2.5)
    assert found["market_share"] == pytest.approx(200 / 625)
    assert found["cost_of_sales"] == pytest.approx((100 * 6 / 16 + 50) / 4 / 200)


def test_who_sells_both_ways_gets_both_in_proportion(table: pd.DataFrame) -> None:
    mine = table[(table["level"] == "rep") & (table["key"] == "r1")]
    weight = mine.groupby("motion")["weight"].first()
    assert weight["territory"] == pytest.approx(6 / 16)
    assert weight["account"] == pytest.approx(10 / 16)
    models = {KPIS[name].model for name in mine["kpi"]}
    assert models == {"territory", "account", "both"}
    theirs = table[(table["level"] == "rep") & (table["key"] == "r2")]
    assert {KPIS[name].model for name in theirs["kpi"]} == {"territory", "both"}
    assert table["aligned"].all()
