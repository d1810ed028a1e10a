"""Segments: thresholds by hand, families as one customer, and how many accounts hang on each threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.demand.profile import IdealProfile, SegmentRules, Trait
from territory_geo.demand.segments import segment_accounts
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.families import account_table, families

RULES = SegmentRules(
    {
        "named": {"revenue_usd": 1000, "stakeholders": 20},
        "enterprise": {"revenue_usd": 500},
        "mid-market": {"revenue_usd": 100},
    }
)


def table(**columns: Any) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"account_id": [f"A{i}" for i in range(n)], **columns})


def test_the_first_rule_that_is_met_decides() -> None:
    accounts = table(revenue_usd=[1000, 999.5, 500, 100, 99, 0], stakeholders=[1, 2, 20, 3, 1, 19])
    found = segment_accounts(accounts, RULES)
    assert found.frame["segment"].tolist() == ["named", "enterprise", "named", "mid-market", "smb", "smb"]
    assert found.frame["reason"]["A2"] == "stakeholders 20 is at least 20"
    assert found.frame["reason"]["A5"] == "meets no rule above"
    assert repr(found) == "<Segments: 2 named, 1 enterprise, 1 mid-market, 2 smb>"


@pytest.mark.parametrize(("needs", "named"), [("any", 3), ("all", 1), (1, 3), (2, 1)])
def test_how_many_thresholds_are_needed(needs: Any, named: int) -> None:
    accounts = table(revenue_usd=[10, 10, 0, 0], stakeholders=[5, 0, 5, 0])
    rules = SegmentRules({"named": {"revenue_usd": 10, "stakeholders": 5}}, needs=needs)
    assert len(segment_accounts(accounts, rules).accounts("named")) == named


def test_a_family_is_one_customer() -> None:
    accounts = table(
        parent_id=["", "A0", "A1", "", "X", "X"],
        revenue_usd=[200, 200, 100, 450, 60, 40],
        growth=[0.1, 0.2, 0.6, 0.0, 0.0, 0.0],
        products=["pumps", "pumps;valves", "", "pumps", "a", "b"],
        deal_size_usd=[5, 9, 7, 1, 1, 1],
    )
    rules = SegmentRules(
        {
            "named": {"products": 3, "deal_size_usd": 99},
            "enterprise": {"revenue_usd": 500},
            "mid-market": {"revenue_usd": 100},
        }
    )
    found = segment_accounts(accounts, rules)
    # A0 is the parent of A1, A1 of A2: 500 together. A4 and A5 share a parent that is not in the table: 100.
    assert found.frame["family"].tolist() == ["A0", "A0", "A0", "A3", "A4", "A4"]
    assert found.frame["segment"].tolist() == ["enterprise"] * 3 + ["mid-market"] * 3
    assert found.figures.loc["A0", ["revenue_usd", "products", "deal_size_usd"]].tolist() == [500, 2, 9]
    assert found.frame["reason"]["A5"] == "revenue_usd 100 is at least 100 (family of 2)"
    assert found.summary()[["accounts", "families", "revenue_usd"]].to_numpy().tolist() == [
        [0, 0, 0], [3, 1, 500], [3, 2, 550], [0, 0, 0],
    ]  # fmt: skip


def test_a_circle_of_parents_is_one_family() -> None:
    accounts = account_table(table(parent_id=["A1", "A2", "A0", "A3"]))
    assert families(accounts).tolist() == ["A0", "A0", "A0", "A3"]


def test_the_score_by_hand() -> None:
    accounts = table(
        potential_usd=[0, 100, 200, 400, np.nan],
        cycle_days=[300, 30, 165, 10, 30],
        industry=["utilities", "farms", "utilities", "farms", "utilities"],
    )
    ideal = IdealProfile(
        {
            "potential_usd": Trait(2, 0, 200),
            "cycle_days": Trait(1, 300, 30),
            "industry": Trait(1, among=("utilities",)),
        },
        {"named": 80, "enterprise": 50},
    )
    found = segment_accounts(accounts, ideal)
    # 2 × 0 + 0 + 1 = 1 of 4; 2 × ½ + 1 + 0 = 2; 2 + ½ + 1 = 3.5; 2 + 1 + 0 = 3; unknown + 1 + 1 = 2
    assert found.frame["score"].tolist() == [25, 50, 87.5, 75, 50]
    assert found.frame["segment"].tolist() == ["smb", "enterprise", "named", "enterprise", "enterprise"]
    assert found.missing == {"potential_usd": 1}
    assert found.explain()[-1] == "not known: potential_usd of 1 families, which reach no threshold of it"
    assert "cycle_days: none at 300, 25 of 100 points at 30" in found.explain()


def test_sensitivity_by_hand() -> None:
    accounts = table(revenue_usd=[850, 950, 1000, 1050, 1150, 1250])
    found = segment_accounts(accounts, SegmentRules({"named": {"revenue_usd": 1000}}))
    moved = found.sensitivity().set_index("step")
    # at 800 two more are named, at 900 one more; at 1,100 two fewer, at 1,200 three fewer
    assert moved["up"].to_dict() == {-0.2: 2, -0.1: 1, 0.1: 0, 0.2: 0}
    assert moved["down"].to_dict() == {-0.2: 0, -0.1: 0, 0.1: 2, 0.2: 3}
    assert moved["named"].to_dict() == {-0.2: 6, -0.1: 5, 0.1: 2, 0.2: 1}
    assert (moved["changed"] == moved["up"] + moved["down"]).all()


def test_sensitivity_counts_members_and_not_families() -> None:
    accounts = table(revenue_usd=[500, 450, 10], parent_id=["", "A0", ""])
    found = segment_accounts(accounts, SegmentRules({"named": {"revenue_usd": 1000}}))
    assert found.sensitivity([-0.1])["changed"].tolist() == [2]


def test_sensitivity_of_scores_keeps_the_cuts_in_order() -> None:
    ideal = IdealProfile({"revenue_usd": Trait(1, 0, 100)}, {"named": 90, "enterprise": 80})
    found = segment_accounts(table(revenue_usd=[85, 95, 60, 75]), ideal)
    moved = found.sensitivity([-0.2, 0.2])
    assert moved["moved_to"].round(3).tolist() == [80.0, 100.0, 64.0, 90.0]
    assert moved["changed"].tolist() == [1, 1, 1, 1]


def test_the_order_of_rows_changes_nothing() -> None:
    accounts = tg.samples.demo_accounts()
    rules = SegmentRules({"named": {"potential_usd": 600_000}, "enterprise": {"potential_usd": 150_000}})
    one = segment_accounts(accounts, rules)
    other = segment_accounts(accounts.sample(frac=1, random_state=3), rules)
    pd.testing.assert_frame_equal(one.frame, other.frame.loc[one.frame.index])
    # A second way to count, without any of the code above.
    head = accounts["parent_id"].fillna(accounts["account_id"])
    total = accounts["potential_usd"].groupby(head).transform("sum")
    assert len(one.accounts("named")) == int((total >= 600_000).sum())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SegmentRules({}), "must name some of named, enterprise, mid-market"),
        (lambda: SegmentRules({"smb": {"a": 1}}), "must name some of"),
        (lambda: SegmentRules({"enterprise": {"a": 1}, "named": {"a": 2}}), "in this order"),
        (lambda: SegmentRules({"named": {"a": float("nan")}}), "must be numbers"),
        (lambda: SegmentRules({"named": {"a": 1}}, needs=2), "from 1 to the 1"),
        (lambda: SegmentRules({"named": {"a": 1}}, combine={"a": "median"}), "sum, max, mean, distinct"),  # type: ignore[dict-item]
        (lambda: Trait(0, 1, 2), "above 0"),
        (lambda: Trait(1, 1, 1), "two different numbers"),
        (lambda: Trait(1, 1, 2, among=("x",)), "either two different numbers"),
        (lambda: IdealProfile({"a": Trait(1, 0, 1)}, {"named": 50, "enterprise": 60}), "falling"),
        (lambda: IdealProfile({}, {"named": 50}), "at least one trait"),
    ],
)
def test_options_that_make_no_sense(make: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        make()


def test_data_that_cannot_be_judged() -> None:
    with pytest.raises(DataError, match="no column 'stakeholders'"):
        segment_accounts(table(revenue_usd=[1]), RULES)
    with pytest.raises(DataError, match="A1: revenue_usd 'lots' is no number"):
        segment_accounts(table(revenue_usd=[1, "lots"]), SegmentRules({"named": {"revenue_usd": 1}}))
    both = pd.DataFrame({"id": ["A"], "account_id": ["B"], "revenue_usd": 1})
    with pytest.raises(DataError, match="both columns"):
        segment_accounts(both, SegmentRules({"named": {"revenue_usd": 1}}))
    assert account_table(both.assign(id="B")).index.tolist() == ["B"]
    with pytest.raises(DataError, match="row 3: the id is missing; row 2: id 'A' is already used"):
        segment_accounts(
            pd.DataFrame({"id": ["A", "A", ""], "revenue_usd": 1}), SegmentRules({"named": {"revenue_usd": 1}})
        )


def test_a_segment_that_nobody_can_be_in_is_refused() -> None:
    table = pd.DataFrame({"account_id": ["A", "B"], "revenue_usd": [1.0, 9.0], "sites": [1.0, 1.0]})
    upside_down = SegmentRules({"named": {"revenue_usd": 2}, "enterprise": {"revenue_usd": 5}})
    with pytest.raises(OptionError, match="Nobody can be 'enterprise'"):
        segment_accounts(table, upside_down)
    for rules in (
        SegmentRules({"named": {"revenue_usd": 2}, "enterprise": {"revenue_usd": 5, "sites": 1}}),
        SegmentRules({"named": {"revenue_usd": 2, "sites": 2}, "enterprise": {"revenue_usd": 5}}, needs="all"),
    ):
        assert segment_accounts(table, rules).frame["segment"]["B"] != "smb"


def test_columns_as_a_crm_writes_them() -> None:
    table = pd.DataFrame({"id": ["A"], "Parent ID": ["B"], "Segment": ["named"], "Products": ["x"]})
    found = account_table(table)
    assert found.loc["A", ["parent_id", "segment", "products"]].tolist() == ["B", "named", "x"]
    # Two that are written alike say nothing, and a name that is there already stays.
    assert "segment" not in account_table(table.assign(SEGMENT="smb"))
    assert account_table(table.assign(segment="smb"))["segment"].tolist() == ["smb"]
