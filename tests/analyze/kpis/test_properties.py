"""What must hold whatever the data: totals agree, the order of rows never matters, what is missing is said."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory_geo.analyze.kpis import (
    KPIS,
    KpiOptions,
    fair_ranking,
    influence_map,
    kpi_scores,
    kpis,
    white_space,
)
from territory_geo.errors import DataError, OptionError

OPTIONS = KpiOptions(market="potential", margin=0.5)
ADDITIVE = [name for name, kpi in KPIS.items() if kpi.combine.__name__ == "total"]


def told(company: SimpleNamespace, **changes: object) -> pd.DataFrame:
    options: dict[str, object] = {
        "period": "2025",
        "coverage": company.coverage,
        "owner": "current_rep",
        "options": OPTIONS,
    }
    plan, crm = changes.pop("plan", None) or company.plan_of(), changes.pop("crm", None) or company.crm_of()
    return kpis(plan, crm, **{**options, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("level", ["territory", "rep", "team", "manager", "region"])
def test_parts_add_up_to_the_company(company: SimpleNamespace, level: str) -> None:
    table = told(company, by=["company", level], measures=ADDITIVE, models="both")
    sums = table.groupby(["kpi", "motion", "level"])["value"].sum().unstack()
    assert len(sums) == 2 * (len(ADDITIVE) - 1) + 1
    assert sums[level].tolist() == pytest.approx(sums["company"].tolist())


@given(seed=st.integers(0, 2**31))
@settings(max_examples=3)
def test_the_order_of_rows_never_matters(company: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def shuffled(table: pd.DataFrame) -> pd.DataFrame:
        return table.iloc[rng.permutation(len(table))].reset_index(drop=True)

    mixed = company.crm_of(**{name: shuffled(table) for name, table in company.tables.items()})
    expected = told(company)
    found = told(
        company, plan=company.plan_of(shuffled(company.accounts)), crm=mixed, coverage=shuffled(company.coverage)
    )
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_all_are_covered_by_territory_unless_said(company: SimpleNamespace) -> None:
    table = kpis(company.plan_of(), company.crm_of(), period="2025", options=OPTIONS)
    assert set(table["motion"]) == {"territory", "all"}
    assert set(table["level"]) == {"company", "territory"}
    assert any("level rep" in note and "owner=" in note for note in table.attrs["notes"])


def test_figures_of_the_other_model_are_labelled(company: SimpleNamespace) -> None:
    table = told(company, measures=["engagement"], by=["rep"])
    other = table[table["key"] == "r2"].iloc[0]
    assert not other["aligned"]
    assert other["note"] == "made for named accounts; these are accounts covered by territory"
    assert other["value"] == pytest.approx(
        0.5 ** (239 / 90) * 1 / 2 + 10 * 0.5 ** (240 / 90) / 2 + 10 * 0.5 ** (699 / 90) / 2
    )
    assert table.loc[table["key"] == "k1", "aligned"].tolist() == [False, True]
    everything = told(company, models="both", by=["company"])
    assert len(everything) == 2 * (len(KPIS) - 2) + 2


def test_nothing_to_divide_by_is_said(company: SimpleNamespace) -> None:
    table = told(company, by=["territory"], measures=["cost_of_sales"]).set_index(["key", "motion"])
    row = table.loc[("T2", "territory")]
    assert np.isnan(row["value"])
    assert row["note"].startswith("no revenue: there is nothing to divide by")


def test_a_table_that_is_not_there_is_said(company: SimpleNamespace) -> None:
    table = told(company, crm=company.crm_of(activities=None), by=["company"]).set_index("kpi")
    assert np.isnan(table.loc["visits", "value"])
    assert table.loc["visits", "note"] == "no table of activities was given"
    assert table.loc["revenue", "value"] == 2100
    without = told(company, options=KpiOptions(), by=["company"]).set_index("kpi")
    assert "KpiOptions(market" in without.loc["market_share", "note"]


def test_a_channel_that_the_data_never_has_is_missing_and_not_0(company: SimpleNamespace) -> None:
    table = told(company, by=["company", "rep"], measures=["engagement_event", "engagement_video", "engagement"])
    event = table[(table["kpi"] == "engagement_event") & table["aligned"]]
    assert event["value"].isna().all()
    assert event["note"].eq("no data: the activities have no row whose channel is 'event'").all()
    # Nobody met e on a screen, though f was: that is a 0.
    video = table[(table["kpi"] == "engagement_video") & (table["key"] == "r1") & table["aligned"]]
    assert video["value"].tolist() == [0]


def test_periods_that_the_data_does_not_cover_are_said(company: SimpleNamespace) -> None:
    late = company.crm_of(orders=company.tables["orders"].iloc[5:])
    table = told(company, crm=late, by=["company"]).set_index("kpi")
    assert table.loc["revenue", "value"] == 2100
    assert np.isnan(table.loc["revenue", "previous"])
    assert "orders begin on 2025-01-10: nothing to compare with in 2024" in table.loc["revenue", "note"]
    assert np.isnan(table.loc["churn", "value"])
    assert "orders begin on 2025-01-10" in table.loc["churn", "note"]


def test_the_default_period_is_the_last_twelve_whole_months(company: SimpleNamespace) -> None:
    assert told(company, period=None).attrs["period"] == "2025-01-01 to 2025-12-31"


def test_records_of_other_accounts_are_counted(company: SimpleNamespace) -> None:
    orders = pd.concat([company.tables["orders"], pd.DataFrame([("b99", "zz", "2025-05-05", "P", 7)],
                        columns=company.tables["orders"].columns)])  # fmt: skip
    table = told(company, crm=company.crm_of(orders=orders), by=["company"], measures=["revenue"])
    assert table["value"].tolist() == [2100]
    said = "1 orders belong to 1 accounts that are not in the plan, such as 'zz': they count nowhere."
    assert said in table.attrs["notes"]
    strange = company.crm_of(orders=company.tables["orders"].assign(account_id="zz"))
    with pytest.raises(DataError, match="None of the accounts in orders is in the plan"):
        told(company, crm=strange)


def test_currencies_are_in_the_units(company: SimpleNamespace) -> None:
    units = told(company, by=["company"]).set_index("kpi")["unit"]
    assert (units["revenue"], units["deal_velocity"]) == ("EUR", "EUR per day")
    bare = company.crm_of(
        **{n: company.tables[n].rename(columns={"amount_eur": "amount"}) for n in ("orders", "opportunities")},
        people=None,
    )
    units = told(company, crm=bare, by=["company"]).set_index("kpi")["unit"]
    assert units["revenue"] == "money (currency not stated)"


def test_intervals_carry_their_method(company: SimpleNamespace) -> None:
    table = told(company, by=["company"]).set_index("kpi")
    for name, kpi in KPIS.items():
        assert table.loc[name, "interval"] == kpi.interval
    # Wilson for 2 of 3, Poisson for 4, by independent tables: R's prop.test without correction and poisson.test.
    assert table.loc["win_rate", ["low", "high", "n"]].tolist() == pytest.approx([0.2076596, 0.9385081, 3], abs=1e-6)
    assert table.loc["visits", ["low", "high", "n"]].tolist() == pytest.approx([1.0898654, 10.2415878, 4], abs=1e-6)
    # A mean of 60, 30, 90: s = 30, t(2) = 4.302653, so ± 4.302653 × 30 / √3.
    assert table.loc["cycle_days", ["low", "high"]].tolist() == pytest.approx(
        [0.0, 60 + 4.302653 * 30 / 3**0.5], abs=1e-4
    )
    assert np.isnan(table.loc["revenue", "low"])
    bounded = table[(table["unit"] == "share") & (table.index != "market_share")].dropna(subset=["low", "high"])
    assert ((bounded["low"] >= 0) & (bounded["high"] <= 1) & (bounded["low"] <= bounded["value"] + 1e-9)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ([("zz", "account")], "row 1: account 'zz' is not in the plan"),
        ([("a", "acount")], "row 1: motion 'acount' is none of territory, account"),
        ([("a", "account"), ("a", "account")], "row 2: account 'a' comes twice"),
    ],
)
def test_a_coverage_that_cannot_be_used(company: SimpleNamespace, change: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        told(company, coverage=pd.DataFrame(change, columns=["account_id", "motion"]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measures": ["wins"]}, "There is no KPI 'wins'"),
        ({"by": ["continent"]}, "'by' parameter takes company, territory"),
        ({"models": "all"}, "'models' parameter must be 'own' or 'both'"),
        ({"period": "2025-Q5"}, "'period' parameter must be one of"),
        ({"period": ("2025-02-01", "2025-01-01")}, "must end after it begins"),
        ({"period": 2025}, "'period' parameter must be one of"),
        ({"owner": "current_repp"}, "Did you mean 'current_rep'"),
        (
            {"options": KpiOptions(market="potentail")},
            r"no column 'potentail' \(asked for as market\). Did you mean 'poten",
        ),
        ({"options": KpiOptions(market="potentail")}, "Their columns: id, .*region, visits_per_year"),
        ({"options": KpiOptions(market="region")}, r"'region' \(asked for as market\) holds no number"),
    ],
)
def test_wrong_options(company: SimpleNamespace, options: dict[str, object], message: str) -> None:
    with pytest.raises((OptionError, DataError), match=message):
        told(company, **options)


def test_scores_weigh_both_ways_of_selling(company: SimpleNamespace) -> None:
    targets = pd.DataFrame(
        [("visit_coverage", 0.8), ("win_rate", 0.5), ("travel_share", 0.2)], columns=["kpi", "value"]
    )
    table = told(company, targets=targets, measures=["visit_coverage", "win_rate", "travel_share"])
    scores = kpi_scores(table).set_index(["level", "key"])
    # r1: coverage 0.5 of 0.8; travel 120 / 300 = 0.4 against 0.2, lower is better; win rate 0.5 of 0.5.
    mine = scores.loc[("rep", "r1")]
    assert mine["territory"] == pytest.approx((0.625 + 0.5) / 2)
    assert mine["account"] == pytest.approx(1)
    assert mine["score"] == pytest.approx((6 * 0.5625 + 10 * 1) / 16)
    assert np.isnan(scores.loc[("rep", "r2"), "account"])


def test_sums_have_no_yardstick_in_the_company() -> None:
    sums = {name for name, kpi in KPIS.items() if not kpi.comparable}
    assert sums == {*ADDITIVE, "deal_velocity"}


def test_scores_without_targets_compare_with_the_company(company: SimpleNamespace) -> None:
    table = told(company, by=["company", "territory"], measures=["visits", "visit_coverage", "deal_velocity"])
    scores = kpi_scores(table).set_index("key")
    # T1 makes 3 of 6 required visits, the company 4 of 10; visits and velocity are sums.
    assert scores.loc["T1", "score"] == pytest.approx(0.5 / 0.4)
    assert scores.loc["T1", "kpis"] == 1
    with pytest.raises(DataError, match="give targets, or by="):
        kpi_scores(table[table["level"] != "company"])


def test_a_fair_ranking_asks_what_could_be_expected(company: SimpleNamespace) -> None:
    table = fair_ranking(company.plan_of(), company.crm_of(), potential="potential", period="2025").set_index("key")
    # T1 has 6,500 of 11,500 potential and all of the revenue of 2,100.
    assert table.loc["T1", "expected"] == pytest.approx(2100 * 6500 / 11500)
    assert table.loc["T1", "index"] == pytest.approx(11500 / 6500)
    assert table["fair_rank"].to_dict() == {"T1": 1, "T2": 2}
    assert (table["best_rank"] <= table["fair_rank"]).all()
    assert (table["fair_rank"] <= table["worst_rank"]).all()
    assert table.loc["T2", "verdict"] in ("below", "as expected")
    assert table["expected"].sum() == pytest.approx(table["revenue"].sum())
    by_class = fair_ranking(
        company.plan_of(), company.crm_of(), potential="potential", period="2025", within="region"
    ).set_index("key")
    # North (a c e) made 2,050 of 7,000, south (b d f) 50 of 4,500.
    assert by_class.loc["T1", "expected"] == pytest.approx(2050 * 6000 / 7000 + 50 * 500 / 4500)


def test_a_class_that_is_misspelt_is_named(company: SimpleNamespace) -> None:
    with pytest.raises(DataError, match=r"no column 'regoin' \(asked for as within\). Did you mean 'region'"):
        fair_ranking(company.plan_of(), company.crm_of(), potential="potential", period="2025", within="regoin")


def test_influence_shows_who_decides_is_met_and_blocks(company: SimpleNamespace) -> None:
    graph = influence_map(company.crm_of(), "e", period="2025")
    assert list(graph.edges) == [("e2", "e1"), ("e3", "e1")]
    assert [n for n, data in graph.nodes(data=True) if data["met"]] == ["e1"]
    influence = {n: data["influence"] for n, data in graph.nodes(data=True)}
    assert sum(influence.values()) == pytest.approx(1)
    assert max(influence, key=influence.__getitem__) == "e1"
    with pytest.raises(DataError, match="There are no contacts of account 'd'"):
        influence_map(company.crm_of(), "d")


def test_white_space_by_account_and_product(company: SimpleNamespace) -> None:
    table = white_space(company.plan_of(), company.crm_of(), period="2025", options=OPTIONS)
    state = table.set_index(["account_id", "product"])["state"]
    assert state[("e", "P")] == "bought"
    assert state[("e", "Q")] == "new"
    assert state[("f", "P")] == "lapsed"
    assert state[("d", "Q")] == "white space"
    assert table.set_index("account_id")["room"].groupby(level=0).first()["e"] == 3100
