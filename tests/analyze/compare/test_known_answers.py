"""A comparison against figures worked out by hand on eight accounts, and against what plans say of themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg


def test_today_has_nothing_that_moves(plans: dict[str, tg.TerritoryPlan]) -> None:
    found = tg.compare({"today": plans["today"]})
    assert found.plans.at["today", "accounts_moved"] == 0
    assert found.plans.at["today", "relationships_kept"] == 1
    assert found.moves().empty
    assert list(found.moves().columns[:4]) == ["plan", "id", "from", "to"]


def test_what_changes_rep_is_counted_on_accounts(plans: dict[str, tg.TerritoryPlan]) -> None:
    """Seven accounts have a rep; e goes to R1, and h, whose spot is drawn for R2, goes with it to R2."""
    found = tg.compare(plans)
    row = found.plans.loc["wide"]
    # The matching of spots to reps is today's: g and h are one unit, one account each of R2 and R1, R1 by id.
    owner = plans["today"].labels["g"]
    lost = "h" if owner == "R2" else "g"
    moves = found.moves("wide").set_index("id")
    assert sorted(moves.index) == ["e", lost]
    assert (moves.at["e", "from"], moves.at["e", "to"]) == ("R2", "R1")
    assert row["accounts_moved"] == pytest.approx(2 / 7)
    revenue = {"g": 500.0, "h": 600.0}[lost]
    # Revenue of the prospect b is none; nobody has d: 100 + 200 + 400 + 300 + 500 + 600.
    assert row["revenue_usd_moved"] == pytest.approx((400 + revenue) / 2100)
    # Customers with a rep: a c e f g h.
    assert row["relationships_kept"] == pytest.approx(4 / 6)
    assert row["visit_hours_moved"] == pytest.approx(20 / 90)
    plan = plans["wide"].disruption(["accounts", "revenue_usd"]).set_index("measure")["share"]
    assert row["accounts_moved"] == pytest.approx(plan["accounts"])
    assert row["revenue_usd_moved"] == pytest.approx(plan["revenue_usd"])


def test_tiers_add_up(plans: dict[str, tg.TerritoryPlan]) -> None:
    table = tg.compare(plans).disruption
    wide = table[(table["plan"] == "wide") & (table["measure"] == "accounts")].set_index("tier")
    # Big: a c e g; small: b f h, and d of nobody.
    assert wide.loc["big", "held"] == 4
    assert wide.loc["small", "held"] == 3
    for column in ("held", "moved", "kept"):
        assert wide.loc["big", column] + wide.loc["small", column] == wide.loc["", column]
    by_plan = tg.compare(plans, tier="state").disruption
    assert set(by_plan["tier"]) == {"", "E", "W"}


def test_reps_gain_lose_and_keep(plans: dict[str, tg.TerritoryPlan]) -> None:
    found = tg.compare(plans)
    reps = found.reps[found.reps["plan"] == "wide"].set_index("rep")
    total = reps[["accounts_kept", "accounts_gained", "accounts_lost"]].sum()
    assert total["accounts_kept"] == 5
    # d, whom nobody had, is a gain and nobody's loss.
    assert total["accounts_gained"] == 3
    assert total["accounts_lost"] == 2
    assert reps.at["R1", "accounts"] + reps.at["R2", "accounts"] == 8


def test_containers_are_split(plans: dict[str, tg.TerritoryPlan]) -> None:
    found = tg.compare(plans)
    for name, plan in plans.items():
        owner = dict(zip(plan.accounts["id"], plan.accounts["territory"], strict=True))
        parts = {state: len({owner[id_] for id_ in ids}) for state, ids in (("W", "abcd"), ("E", "efgh"))}
        row = found.splits[found.splits["plan"] == name].iloc[0]
        assert (row["column"], row["containers"]) == ("state", 2)
        assert row["further"] == sum(parts.values()) - 2 == found.plans.at[name, "state_split"]
        assert row["divided"] == sum(count > 1 for count in parts.values())
    assert tg.compare(plans, containers=[]).splits.empty


def test_balance_travel_and_shape_are_those_of_the_plans(plans: dict[str, tg.TerritoryPlan]) -> None:
    found = tg.compare(plans)
    for name, plan in plans.items():
        row = found.plans.loc[name]
        assert row["visit_hours_deviation"] == pytest.approx(plan.summary()["max_deviation"].iloc[0])
        assert row["mean_km"] == pytest.approx(plan.metrics["travel"]["mean_km"])
        assert row["max_km"] == pytest.approx(plan.metrics["travel"]["max_km"])
        assert row["overlap_nearer"] == pytest.approx(plan.metrics["overlap"]["nearer"])
        assert row["overlap_hulls"] == pytest.approx(plan.metrics["overlap"]["hulls"])
        mine = found.territories[found.territories["plan"] == name].set_index("territory")
        np.testing.assert_allclose(mine["mean_km"], plan.territories["travel_km"])
        np.testing.assert_allclose(mine["visit_hours"], plan.territories["visit_hours"])
        shapes = plan.territories.geometry
        np.testing.assert_allclose(mine["polsby_popper"], 4 * np.pi * shapes.area / shapes.length**2, rtol=1e-9)
        within = mine["visit_hours"].between(40, 60).mean()
        assert row["visit_hours_within"] == pytest.approx(within)


def test_trips_and_money(problem: tg.TerritoryProblem) -> None:
    """From home, ways are known: R1 at 0, R2 at 6 km on the line."""
    homes = tg.read_reps(pd.DataFrame({"rep_id": ["R1", "R2"], "lon": [0, 6000], "lat": [0, 0]}), crs=None)
    asked = tg.TerritoryProblem(
        problem.units, problem.graph, balance=problem.balance, current="rep", reps=homes,
        objective=tg.Travel(center="home"),
    )  # fmt: skip
    plan = tg.TerritoryPlan(asked, pd.Series(["R1"] * 4 + ["R2"] * 3, index=list("abcdefg")))
    found = tg.compare({"plan": plan}, loss_rate=0.1, km_cost=0.5, hour_cost=40.0)
    km = 2 * (10 * 1 + 20 * np.sqrt(5) + 10 * 3 + 10 * 2 + 20 * np.sqrt(2))
    row = found.plans.loc["plan"]
    assert row["trip_km"] == pytest.approx(km)
    assert row["travel_cost"] == pytest.approx(0.5 * km + 40 * row["trip_hours"])
    assert row["cost"] == pytest.approx(row["travel_cost"])
    today = tg.TerritoryPlan.from_current(problem)
    moved = tg.compare({"today": today, "plan": plan}, loss_rate=0.1)
    assert moved.plans.at["plan", "revenue_at_risk"] == pytest.approx(0.1 * 600)
    assert "travel_cost" not in moved.plans


def test_coverage_is_what_the_hours_reach(plans: dict[str, tg.TerritoryPlan]) -> None:
    """Each visit lasts an hour, so that a rep's hours are visits; 30 of them reach what they reach."""
    found = tg.compare(plans, capacity_hours=30)
    mine = found.territories[found.territories["plan"] == "today"].set_index("territory")
    for name, row in mine.iterrows():
        assert row["covered_visits"] == pytest.approx(min(1.0, 30 / row["visit_hours"])), name
    assert tg.compare(plans).plans["covered_visits"].isna().all()
    assert any("capacity_hours" in note for note in tg.compare(plans).notes)
    assert (tg.compare(plans, capacity_hours=1000).plans["covered_accounts"] == 1).all()


def test_territories_without_reps_are_matched_by_their_accounts() -> None:
    """The same three pieces under other names: nothing moves, whatever they are called."""
    table = pd.DataFrame({"id": list("abcdef"), "x": range(0, 6000, 1000), "y": 0, "visits": 1})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    asked = tg.TerritoryProblem(units, n_territories=3, balance={"visits": 0.5})
    one = tg.TerritoryPlan(asked, pd.Series(["T1", "T1", "T2", "T2", "T3", "T3"], index=list("abcdef")))
    other = tg.TerritoryPlan(asked, pd.Series(["T3", "T3", "T1", "T1", "T2", "T2"], index=list("abcdef")))
    found = tg.compare({"one": one, "other": other})
    assert found.plans.at["other", "accounts_moved"] == 0
    matches = found.territories.set_index(["plan", "territory"])["matches"]
    assert matches["other"].to_dict() == {"T1": "T2", "T2": "T3", "T3": "T1"}
    assert tg.compare({"one": one, "other": other}, match="names").plans.at["other", "accounts_moved"] == 1
    # What moves is told in the first plan's names.
    swapped = other.move("a", "T1")
    move = tg.compare({"one": one, "swapped": swapped}).moves().iloc[0]
    assert (move["id"], move["from"], move["to"]) == ("a", "T1", "T2")
    assert move["reason"].startswith("Moves from T1 to T2")
    # Greedily T1 would take its 2 of 3; the best in all keeps 4 of 6.
    two = tg.TerritoryProblem(units, n_territories=2, balance={"visits": 1.0})
    fewer = tg.TerritoryPlan(two, pd.Series(["T1"] * 3 + ["T2"] * 3, index=list("abcdef")))
    found = tg.compare({"one": one, "fewer": fewer})
    assert found.plans.at["fewer", "accounts_moved"] == pytest.approx(2 / 6)
    moves = found.moves("fewer")
    assert moves["id"].tolist() == ["c", "d"]
    assert "no territory in this plan" in moves["reason"].iloc[0]


def test_accounts_are_told_one_by_one(plans: dict[str, tg.TerritoryPlan]) -> None:
    found = tg.compare(plans)
    table = found.accounts[found.accounts["plan"] == "wide"].set_index("id")
    assert len(found.accounts) == 16
    assert table["moves"].sum() == 2
    assert (table.at["e", "was"], table.at["e", "now"]) == ("R2", "R1")
    assert pd.isna(table.at["d", "was"])
    km = found.plans.at["wide", "max_km"]
    assert table["km"].max() == pytest.approx(km)


def test_plans_of_other_accounts_are_compared_on_those_they_share(
    plans: dict[str, tg.TerritoryPlan], accounts: pd.DataFrame
) -> None:
    fewer = tg.BasicUnits.from_accounts(tg.read_accounts(accounts.iloc[:7], crs=None), land=None)
    asked = tg.TerritoryProblem(fewer, n_territories=2, balance={"visit_hours": 0.5}, current="rep")
    found = tg.compare({**plans, "old": tg.TerritoryPlan.from_current(asked)})
    assert len(found.sides.ids) == 7
    assert any("1 of 8 accounts of today are not in all plans" in note for note in found.notes)


BAD = [
    # (plans or options, what the message says)
    ({"plans": {}}, "must be a mapping of names to plans"),
    ({"plans": {"a": 3}}, "The plan 'a' must be a TerritoryPlan. Got int"),
    ({"loss_rate": 1.5}, "'loss_rate' parameter must be a share from 0 to 1 .* Got 1.5"),
    ({"km_cost": -1}, "'km_cost' parameter must be a number of at least 0. Got -1"),
    ({"containers": "state"}, r"write \['state'\]"),
    ({"match": "best"}, "'match' parameter must be one of"),
    ({"measures": ["beds"]}, r"'measures' parameter must be a list of .*visit_hours.* Got \['beds'\]"),
    ({"measures": []}, r"'measures' parameter must be a list"),
]


@pytest.mark.parametrize(("asked", "words"), BAD, ids=[words for _, words in BAD])
def test_what_cannot_be_compared_is_named(asked: dict, words: str, plans: dict[str, tg.TerritoryPlan]) -> None:
    with pytest.raises(tg.OptionError, match=words):
        tg.compare(**({"plans": plans} | asked))
    with pytest.raises(tg.DataError, match="no column 'grade' \\(in tier\\)"):
        tg.compare(plans, tier="grade")
    with pytest.raises(tg.OptionError, match="No plan is called 'none'"):
        tg.compare(plans).moves("none")


def test_each_plan_is_measured_once(plans: dict[str, tg.TerritoryPlan], monkeypatch: pytest.MonkeyPatch) -> None:
    """Work grows with the plans, not with their pairs: ways measured are a few per account and plan."""
    counted = [0]
    between = tg.Planar.between

    def counting(self: tg.Planar, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        counted[0] += len(np.atleast_2d(a))
        return between(self, a, b)

    for plan in plans.values():
        plan.centers  # noqa: B018  # known beforehand, as after a search
    monkeypatch.setattr(tg.Planar, "between", counting)
    tg.compare(plans)
    two = counted[0]
    assert two <= 3 * 2 * 7
    tg.compare({**plans, **{f"again {i}": plans["wide"] for i in range(4)}})
    assert counted[0] - two == 3 * two


def test_hours_of_reps_are_those_of_each_plan(accounts: pd.DataFrame) -> None:
    """Driving depends on whose an account is: what reps hold adds up to what the plan says, not to today's hours."""
    units = tg.BasicUnits.from_accounts(tg.read_accounts(accounts.assign(rep=list("AABBABAB")), crs=None), land=None)
    problem = tg.TerritoryProblem(
        units, n_territories=2, balance={"workload": 1.0}, workload=tg.Workload(), current="rep",
        constraints=[tg.Together(["g", "h"])],
    )  # fmt: skip
    today = tg.TerritoryPlan.from_current(problem)
    apart = tg.TerritoryPlan(problem, pd.Series(list("AAAABBBB"), index=list("abcdefgh")).reindex(units.ids))
    comparison = tg.compare({"today": today, "apart": apart})
    reps = comparison.reps.set_index(["plan", "rep"])["workload"]
    assert reps.loc["apart"].to_dict() == pytest.approx(apart.workload()["workload"].to_dict())
    assert reps.loc["apart"].sum() < reps.loc["today"].sum()
