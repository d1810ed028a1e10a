"""Targets: by name or title, for a period or a year, reached upwards or downwards; every slip is named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from territory_geo.analyze.kpis import KPIS, KpiOptions, kpis
from territory_geo.analyze.kpis.targets import attainment
from territory_geo.errors import DataError

OPTIONS = KpiOptions(market="potential", margin=0.5)


def told(company: SimpleNamespace, rows: list[tuple[Any, ...]], columns: str = "kpi value", **changes: Any) -> Any:
    given = {"period": "2025", "coverage": company.coverage, "owner": "current_rep", "options": OPTIONS}
    targets = pd.DataFrame(rows, columns=columns.split())
    return kpis(company.plan_of(), company.crm_of(), targets=targets, **{**given, **changes})


@pytest.mark.parametrize(
    ("value", "target", "better", "expected"),
    [
        (30, 40, "higher", 0.75),
        (30, 24, "lower", 0.8),  # hours until a lead is contacted
        (0.2, 0.4, "lower", 2),  # half the share of travel
        (0, 0.1, "lower", 2),  # nobody is at risk
        (0, 0.1, "higher", 0),
        (-0.05, 0.1, "higher", -0.5),  # revenue fell
        (-0.1, -0.05, "higher", np.nan),  # of a fall that was allowed there is no share
        (-0.3, 0.1, "lower", np.nan),  # cost by a revenue below 0
        (1, 0, "higher", np.nan),
        (np.nan, 1, "higher", np.nan),
        (3, 2, "neither", 1.5),
    ],
)
def test_how_far_a_target_is_reached(value: float, target: float, better: str, expected: float) -> None:
    found = attainment(np.array([value]), np.array([target]), np.array([better], dtype=object))
    assert found.tolist() == pytest.approx([expected], nan_ok=True)


def test_lower_is_better_in_the_table(company: SimpleNamespace) -> None:
    names = ["response_hours", "travel_share", "churn_risk"]
    rows = [("response_hours", 8), ("travel_share", 0.25), ("churn_risk", "5 %")]
    table = told(company, rows, by=["company"], measures=names)
    found = table[table["aligned"]].set_index("kpi")["attainment"]
    # 17 hours on average, 150 of 360 minutes, nobody at risk.
    assert found[names].tolist() == pytest.approx([8 / 17, 0.25 / (150 / 360), 2])


def test_the_narrowest_target_counts(company: SimpleNamespace) -> None:
    rows = [("visits", 4, "", ""), ("visits", 2, "rep", ""), ("visits", 6, "rep", "r1"), ("win_rate", 0.5, "", "")]
    by = ["company", "territory", "rep"]
    table = told(company, rows, "kpi value level key", by=by, measures=["visits", "win_rate"])
    visits = table[(table["motion"] == "territory") & (table["kpi"] == "visits")].set_index(["level", "key"])
    assert visits.loc[("company", "company"), ["target", "attainment"]].tolist() == [4, 1]
    assert visits.loc[("rep", "r1"), ["target", "attainment"]].tolist() == [6, 0.5]
    assert visits.loc[("rep", "r2"), ["target", "attainment"]].tolist() == [2, 0.5]
    # A sum without a level is the company's; a share is everybody's.
    assert np.isnan(visits.loc[("territory", "T1"), "target"])
    rates = table[(table["motion"] == "account") & (table["kpi"] == "win_rate")]
    assert (rates["target"] == 0.5).all()
    # Figures of the other way of selling have none.
    assert table.loc[~table["aligned"], "target"].isna().all()


def test_names_as_on_the_screen_and_shares_in_per_cent(company: SimpleNamespace) -> None:
    rows = [(" opportunities WON", "50 %"), ("Share of travel", "25%"), ("Revenue", "2,000"), ("churn", 0.4)]
    table = told(company, rows, by=["company"])
    found = table[table["target"].notna()].set_index("kpi")["target"].to_dict()
    assert found == {"win_rate": 0.5, "travel_share": 0.25, "revenue": 2000, "churn": 0.4}


def test_a_target_for_a_year_is_shared_out_where_it_adds_up(company: SimpleNamespace) -> None:
    rows = [("visits", 12, "year"), ("win_rate", "50 %", "year"), ("leads", 5, "period"), ("revenue", 4000, "")]
    table = told(company, rows, "kpi value per", by=["company"], period="2025-Q1")
    found = table[table["target"].notna()].set_index("kpi")["target"].to_dict()
    assert found == {"visits": 3, "win_rate": 0.5, "leads": 5, "revenue": 4000}
    assert any("25 % of them are taken for 2025-01-01 to 2025-03-31" in note for note in table.attrs["notes"])
    assert {name for name, kpi in KPIS.items() if kpi.flow} == {
        "revenue", "new_customers", "visits", "meetings", "leads", "revenue_per_rep", "white_space",
    }  # fmt: skip


def test_a_target_that_meets_nothing_is_said(company: SimpleNamespace) -> None:
    table = told(company, [("visits", 3, "rep", "r9"), ("visits", 3, "Rep", "r1")], "kpi value level key")
    assert "Row 1 of the targets meets no figure: Visits, rep r9." in table.attrs["notes"]
    assert not any(note.startswith("Row 2") for note in table.attrs["notes"])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("visit", 1, "", "", ""), r"row 1: there is no KPI 'visit'\. Did you mean 'visits'"),
        (("Win rates", 1, "", "", ""), "there is no KPI 'Win rates'"),
        (("visits", "many", "", "", ""), "the value 'many' is no number"),
        (("visits", "50 %", "", "", ""), "'50 %' is a share, and Visits is told in count"),
        (("win_rate", 50, "", "", ""), "a target of 50 for Opportunities won is 5,000 %. Write 0.5 or '50 %'"),
        (("net_retention", 105, "", "", ""), "Write 1.05 or '105 %'"),
        (("visits", 1, "quarter", "", ""), "per must be period or year, not 'quarter'"),
        (("visits", 1, "", "reps", ""), "there is no level 'reps'. Did you mean 'rep'"),
        (("visits", 1, "", "", "r1"), "a key needs its level"),
    ],
)
def test_targets_that_cannot_be_used(company: SimpleNamespace, row: tuple[Any, ...], message: str) -> None:
    with pytest.raises(DataError, match=message):
        told(company, [row], "kpi value per level key", by=["company"])


def test_a_target_comes_once_and_columns_are_named(company: SimpleNamespace) -> None:
    with pytest.raises(DataError, match="row 2: this target comes twice"):
        told(company, [("visits", 1), ("Visits", 1)])
    with pytest.raises(DataError, match="The targets have no column 'value'"):
        told(company, [("visits", 1)], "kpi goal")
