"""The advice on sales models: money by hand, turning points that hold, three real designs, a page that escapes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.analyze.advisor.designs import Design
from territory_geo.analyze.advisor.money import COMPANY, outcome, projection, turning_points
from territory_geo.analyze.advisor.terms import AdviceTerms
from territory_geo.errors import OptionError
from territory_geo.render.advice import advice_page

HOSTILE = "<b>smb</b>"
TERMS = AdviceTerms(cost_per_hour=10.0, margin=0.5, reach=2.0, response=lambda share: np.asarray(share, dtype=float))


def design(model: str, rows: list[tuple[float, float, float, bool]], capacity: float = 100.0) -> Design:
    """Return a design of accounts as (hours, travel, covered, team)."""
    index = pd.Index(["a", "b"], name="account")
    table = pd.DataFrame(rows, columns=["hours", "travel", "covered", "team"], index=index)
    return Design(model, tg.Status.FEASIBLE, object(), table, capacity, 2)  # type: ignore[arg-type]


def facts() -> pd.DataFrame:
    """Return a large account, half of whose value only a team reaches, and a small one."""
    return pd.DataFrame(
        {"segment": ["named", "smb"], "value": [1000.0, 200.0], "beyond": [0.5, 0.0]},
        index=pd.Index(["a", "b"], name="account"),
    )


def both() -> list[Design]:
    alone = design("territory", [(5, 3, 1, False), (4, 2, 1, False)])
    team = design("account-based", [(20, 7, 1, True), (0, 0, 0, False)])
    return [alone, team]


def test_what_designs_bring_by_hand() -> None:
    table = outcome(both(), facts(), TERMS).set_index(["segment", "model"])
    named = table.loc["named"]
    # 1000 × 0.5 margin, half of it only with a team; 5 hours at 10 and 3 of travel.
    assert named.loc["territory", ["won", "cost", "contribution"]].tolist() == [250.0, 53.0, 197.0]
    assert named.loc["account-based", ["won", "cost", "contribution"]].tolist() == [500.0, 207.0, 293.0]
    assert table.loc[("smb", "territory"), "contribution"] == 100 - 42
    assert table.loc[("smb", "account-based"), "contribution"] == 0
    assert table.loc[(COMPANY, "territory"), "contribution"] == 197 + 58
    assert table.loc[(COMPANY, "account-based"), "covered_share"] == pytest.approx(1000 / 1200)


def test_at_a_turning_point_both_are_equal() -> None:
    turning = turning_points(outcome(both(), facts(), TERMS), TERMS).set_index("segment")
    assert turning.loc["named", "best"] == "account-based"
    price = turning.loc["named", "cost_per_hour"]
    assert price == pytest.approx(10 + 96 / 15)
    again = outcome(both(), facts(), replace(TERMS, cost_per_hour=price))
    named = again[again["segment"] == "named"]["contribution"]
    assert named.iloc[0] == pytest.approx(named.iloc[1])
    factor = turning.loc["named", "beyond_factor"]
    less = facts().assign(beyond=facts()["beyond"] * factor)
    named = outcome(both(), less, TERMS).query("segment == 'named'")["contribution"]
    assert named.iloc[0] == pytest.approx(named.iloc[1])


def test_growth_fills_the_hours_and_then_coverage_falls() -> None:
    table = projection([design("territory", [(50, 0, 1, False), (40, 0, 1, False)])], facts(), {"*": 0.5}, 2, TERMS)
    assert table["hours_needed"].tolist() == [90.0, 135.0, 202.5]
    assert table["people_needed"].tolist() == [2, 3, 5]
    # Year 1: 75 hours for a, worth more an hour; 25 of 60 are left for b.
    assert table["covered_share"].tolist()[:2] == [1.0, pytest.approx((1000 + 200 * 25 / 60) / 1200)]
    assert table["cost"].tolist() == [900.0, 1000.0, 1000.0]


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    """Return a company of 24 accounts on a plane, four of them named, with two reps, an executive and a helper."""
    random = np.random.default_rng(4)
    n = 24
    table = pd.DataFrame(
        {
            "account_id": [f"a{i:02d}" for i in range(n)], "lon": random.uniform(0, 1e5, n),
            "lat": random.uniform(0, 1e5, n), "visits": 2.0, "hours": 10.0, "kind": "customer",
            "segment": ["named"] * 4 + [HOSTILE] * (n - 4), "worth": [90_000.0] * 4 + [4_000.0] * (n - 4),
            "stakeholders": [9.0] * 4 + [1.0] * (n - 4), "revenue_usd": 1_000.0,
        }
    )  # fmt: skip
    people = pd.DataFrame(
        {
            "rep_id": ["R1", "R2", "E", "H"], "lon": [2e4, 8e4, 5e4, 5e4], "lat": [2e4, 8e4, 5e4, 4e4],
            "role": ["rep", "rep", "executive", "helper"], "capacity_hours": [160.0, 160.0, 200.0, 100.0],
        }
    )  # fmt: skip
    staff = tg.read_reps(people, crs=None)
    reps = tg.Reps(staff.frame[staff.frame["role"] == "rep"])
    travel = tg.Travel(center="home", weight="visits")

    def territories(rows: pd.DataFrame) -> tg.TerritoryProblem:
        units = tg.BasicUnits.from_table(rows, id="account_id", x="lon", y="lat", measures=["hours", "visits"])
        return tg.TerritoryProblem(units, reps=reps, balance={"hours": 0.3}, objective=travel)

    roles = [tg.TeamRole("executive", 30, "owns"), tg.TeamRole("helper", 10)]
    teams = tg.TeamProblem(table[:4], staff, roles)
    hybrid = tg.HybridProblem(territories(table[4:]), teams, hours="hours")
    return {"territories": territories(table), "hybrid": hybrid}


@pytest.fixture(scope="module")
def advice(small: dict[str, Any]) -> tg.Advice:
    return tg.advise(
        small["territories"], small["hybrid"], value="worth", growth={"*": 0.1},
        terms=AdviceTerms(cost_per_hour=60.0, margin=0.3), stop=tg.MaxIterations(10), work=2.0,
    )  # fmt: skip


def test_three_real_designs_are_compared(advice: tg.Advice) -> None:
    assert list(advice.designs) == ["territory", "account-based", "hybrid"]
    for found in advice.designs.values():
        assert found.plan is not None, found.reason
        assert found.plan.verify().ok
    served = {name: int((d.accounts["covered"] > 0).sum()) for name, d in advice.designs.items()}
    assert served["territory"] == served["hybrid"] == 24
    assert 4 <= served["account-based"] < 24
    assert advice.models == {"company": "hybrid", "named": "account-based", HOSTILE: "territory"}


def test_each_verdict_has_reasons_with_numbers(advice: tg.Advice) -> None:
    named = advice.reasons["named"]
    assert "9.0 stakeholders for each account, 2.3 over all accounts" in named["for"]
    assert any("costs" in text and "less" in text for text in named["against"])
    assert any("once an hour costs more than" in text for text in named["turns"])
    assert "Named: account-based." in advice.text
    assert len(advice.projection) == 12
    assert "there are no opportunities and no column 'cycle_days': cycle days is not known" in advice.notes


def test_dear_hours_turn_the_advice(small: dict[str, Any], advice: tg.Advice) -> None:
    """Past the price that the advice names, the named accounts are better off in territories."""
    price = float(advice.turning.set_index("segment").loc["named", "cost_per_hour"])
    dear = replace(advice.terms, cost_per_hour=price * 1.01)
    frame = pd.DataFrame(
        {
            "segment": ["named"] * 4 + [HOSTILE] * 20, "value": [90_000.0] * 4 + [4_000.0] * 20,
            "beyond": [1 - 3 / 9] * 4 + [0.0] * 20,
        },
        index=pd.Index([f"a{i:02d}" for i in range(24)]),
    )  # fmt: skip
    table = outcome(list(advice.designs.values()), frame, dear).query("segment == 'named'").set_index("model")
    assert table["contribution"].idxmax() != advice.turning.set_index("segment").loc["named", "best"]


def test_the_page_holds_no_markup_from_data(advice: tg.Advice, tmp_path: Path) -> None:
    page = advice_page(advice)
    assert HOSTILE not in page
    assert "&lt;b&gt;smb" in page
    assert "<script" not in page
    written = tg.write_advice(advice, tmp_path)
    assert sorted(written) == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": "nothing"}, "no column 'nothing'"),
        ({"segments": "nothing"}, "no column 'nothing'"),
        ({"years": 0}, "'years' parameter"),
        ({"growth": {"*": -1.0}}, "above -1"),
    ],
)
def test_questions_that_cannot_be_asked(small: dict[str, Any], change: dict[str, Any], words: str) -> None:
    options = {"value": "worth", **change}
    with pytest.raises(OptionError, match=words):
        tg.advise(small["territories"], small["hybrid"], **options)


def test_other_accounts_are_refused(small: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="must be of the same accounts: 4 are in one only"):
        tg.advise(small["hybrid"].territories, small["hybrid"], value="worth")
