"""Periods: what they span, with what they are compared, and that days of which nothing is known never count as 0."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from territory_geo.analyze.kpis import KPIS, KpiOptions, Period, fair_ranking, kpis
from territory_geo.errors import OptionError

OPTIONS = KpiOptions(market="potential", margin=0.5)


def told(company: SimpleNamespace, crm: Any = None, **options: Any) -> pd.DataFrame:
    """Return the company's figures, by KPI."""
    given = {"coverage": company.coverage, "owner": "current_rep", "by": ["company"], "options": OPTIONS}
    table = kpis(company.plan_of(), crm or company.crm_of(), **{**given, **options})
    return table[table["aligned"]].set_index("kpi")


@pytest.mark.parametrize(
    ("text", "shown", "months", "before"),
    [
        ("2025", "2025-01-01 to 2025-12-31", 12, "2024-01-01 to 2024-12-31"),
        ("2025-H2", "2025-07-01 to 2025-12-31", 6, "2025-01-01 to 2025-06-30"),
        ("2025Q1", "2025-01-01 to 2025-03-31", 3, "2024-10-01 to 2024-12-31"),
        ("2024-02", "2024-02-01 to 2024-02-29", 1, "2024-01-01 to 2024-01-31"),
        ("2025-01-15/2025-02-14", "2025-01-15 to 2025-02-14", 1, "2024-12-15 to 2025-01-14"),
        ("2025-01-15/2025-01-20", "2025-01-15 to 2025-01-20", None, "2025-01-09 to 2025-01-14"),
    ],
)
def test_periods(text: str, shown: str, months: int | None, before: str) -> None:
    period = Period.of(text)
    assert (str(period), period.months, str(period.previous)) == (shown, months, before)


@pytest.mark.parametrize(
    ("text", "against", "comparison"),
    [
        ("2025-Q3", "before", "the quarter before, 2025-04-01 to 2025-06-30"),
        ("2025-Q3", "year", "the same time a year before, 2024-07-01 to 2024-09-30"),
        ("2025", "before", "the year before, 2024-01-01 to 2024-12-31"),
        ("2025-01-15/2025-01-20", "before", "the 6 days before, 2025-01-09 to 2025-01-14"),
        ("2024-02", "year", "the same time a year before, 2023-02-01 to 2023-02-28"),
    ],
)
def test_with_what_it_is_compared_is_said(text: str, against: str, comparison: str) -> None:
    assert Period.of(text, against=against).comparison == comparison


def test_a_year_back_needs_a_year_at_most() -> None:
    with pytest.raises(OptionError, match="longer than a year"):
        Period.of("2024-01-01/2025-06-30", against="year")
    with pytest.raises(OptionError, match=r"'against' parameter must be 'before' or 'year'\. Got 'quarter'"):
        Period.of("2024", against="quarter")


def test_the_quarter_before_or_a_year_before(company: SimpleNamespace) -> None:
    # Orders: 2,000 in Q1 2024, 200 in Q2, 500 in Q3; in 2025 1,800 in Q1, 300 in Q2.
    quarter = told(company, period="2025-Q2", measures=["revenue", "revenue_growth"])
    assert quarter.loc["revenue", ["value", "previous", "change"]].tolist() == [300, 1800, -1500]
    assert quarter.loc["revenue_growth", "value"] == pytest.approx(300 / 1800 - 1)
    year = told(company, period="2025-Q2", against="year", measures=["revenue", "revenue_growth", "lifetime_value"])
    assert year.loc["revenue", ["value", "previous"]].tolist() == [300, 200]
    assert year.loc["revenue_growth", "value"] == pytest.approx(300 / 200 - 1)
    assert year.attrs["against"] == "the same time a year before, 2024-04-01 to 2024-06-30"


def test_lifetime_value_takes_yearly_shares(company: SimpleNamespace) -> None:
    # Of e and f, who bought in Q1 2024, e did in Q1 2025: half stay a year. Its 1,600 in a quarter are 6,400 a year.
    names = ["lifetime_value", "lifetime_value_discounted"]
    found = told(company, period="2025-Q1", against="year", measures=names)["value"]
    margin = 0.5 * 1600 / 0.25
    assert found.tolist() == pytest.approx([margin / (1 - 0.5), margin * 1.1 / (1.1 - 0.5)])


@pytest.mark.parametrize("period", ["2031", "2019-Q4"])
def test_a_period_outside_of_all_data_is_refused(company: SimpleNamespace, period: str) -> None:
    with pytest.raises(OptionError) as refused:
        told(company, period=period)
    said = str(refused.value)
    assert f"The period {Period.of(period)} lies outside of the data" in said
    assert "orders 2024-01-10 to 2025-06-01" in said
    assert "opportunities 2024-01-10 to 2026-01-10" in said  # won on its last day
    assert "leave it out for the last twelve whole months" in said
    with pytest.raises(OptionError, match="lies outside of the data"):
        fair_ranking(company.plan_of(), company.crm_of(), potential="potential", period=period)


def test_of_a_table_without_a_day_in_the_period_nothing_is_known(company: SimpleNamespace) -> None:
    table = told(company, period="2026-01")
    of_orders = [name for name, kpi in KPIS.items() if "orders" in kpi.tables and name in table.index]
    assert len(of_orders) > 10
    assert table.loc[of_orders, "value"].isna().all()
    missing = "orders end on 2025-06-01: nothing is known of 2026-01-01 to 2026-01-31"
    assert table.loc["revenue", "note"] == missing
    assert f"{missing.capitalize()}; figures made of them are missing." in table.attrs["notes"]
    assert np.isfinite(table["value"].dropna()).all()
    assert not table["note"][table["value"].isna()].eq("").any()


def test_a_period_that_is_partly_covered_says_so(company: SimpleNamespace) -> None:
    table = told(company, period="2025")
    assert "orders end on 2025-06-01: only a part of the period is covered" in table.loc["revenue", "note"]
    assert table.attrs["notes"] == ["Orders end on 2025-06-01: only a part of 2025-01-01 to 2025-12-31 is covered."]
    whole = told(company, period="2025-01-01/2025-05-31")
    assert "covered" not in whole.loc["revenue", "note"]


def test_growth_from_days_without_data_is_missing_with_the_reason(company: SimpleNamespace) -> None:
    table = told(company, period="2024-Q1", measures=["revenue", "revenue_growth", "churn"])
    reason = "orders begin on 2024-01-10: nothing to compare with in 2023-10-01 to 2023-12-31"
    assert table.loc["revenue", "value"] == 2000 - 500
    assert np.isnan(table.loc["revenue", "previous"])
    assert np.isnan(table.loc["revenue", "change"])
    for name in ("revenue", "revenue_growth", "churn"):
        assert reason in table.loc[name, "note"]
    assert np.isnan(table.loc[["revenue_growth", "churn"], "value"]).all()
    # The month before a table begins is no less unknown because it is near.
    january = told(company, period="2024-01", measures=["revenue_growth"])
    assert np.isnan(january.loc["revenue_growth", "value"])


def test_no_revenue_before_is_no_infinite_growth(company: SimpleNamespace) -> None:
    table = told(company, period="2025-Q1", measures=["revenue_growth"])  # no order in the quarter before
    assert np.isnan(table.loc["revenue_growth", "value"])
    assert "no revenue in the period before: there is nothing to divide by" in table.loc["revenue_growth", "note"]
