"""What is said of each account: on a line of six, where each answer is seen by eye; and how much work it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.analyze.explain import words
from territory_geo.analyze.explain.trial import Trial


def line(**asked: object) -> tg.TerritoryProblem:
    """Six accounts, a kilometre apart, one visit each; today x has a b c, y has d e, nobody f; z is gone.

    a b c d e f
    """
    table = pd.DataFrame(
        {
            "id": list("abcdef"),
            "x": range(0, 6000, 1000),
            "y": 0,
            "visits": 1,
            "revenue_usd": [1, 2, 4, 8, 16, 32],
            "rep": ["x", "x", "x", "y", "z", None],
        }
    )
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table, crs=None), measures=["visits"], land=None)
    graph = tg.ContiguityGraph.from_edges(units, pd.DataFrame({"u": list("abcde"), "v": list("bcdef")}))
    return tg.TerritoryProblem(units, graph, **({"n_territories": 2, "balance": {"visits": 0.34}} | asked))


def plan_of(problem: tg.TerritoryProblem, labels: str) -> tg.TerritoryPlan:
    return tg.TerritoryPlan(problem, pd.Series(list(labels), index=list("abcdef")))


def test_who_is_nearest_stays() -> None:
    table = tg.explain(plan_of(line(), "xxxyyy")).set_index("id")
    assert table.at["c", "sentence"] == "Stays with x, 1.0 km from its centre: the next best, y, is 1.0 km away."
    row = table.loc["c"]
    assert (row["next_best"], row["blocked_by"]) == ("y", "")
    # From b and e 4 km; with c in y from a and d (or e) 1 + 1 + 1 + 2 = 5.
    assert row["objective_change"] == pytest.approx(1.0)
    assert row["objective_share"] == pytest.approx(0.25)
    assert (row["deviation"], row["next_deviation"]) == pytest.approx((0.0, 1 / 3))
    assert np.isnan(row["accounts_change"])
    assert table.attrs["objective_unit"] == "km × visits"
    assert table.at["a", "blocked_by"] == "one piece"


def test_a_cap_holds_back_and_is_named() -> None:
    """With four and two, d would rather be in y; x may not have fewer than 3.9, y not more than 2.1."""
    problem = line(balance={"visits": tg.Bounds(1.9, 4.0), "accounts": 1.0})
    table = tg.explain(plan_of(problem, "xxxxyy")).set_index("id")
    assert table.at["d", "sentence"].endswith("and nothing forbids it: a longer search may move it.")
    tight = line(balance={"visits": tg.Bounds(1.9, 4.0), "accounts": tg.Bounds(2, 4)}, constraints=[tg.Lock("d", "x")])
    said = tg.explain(plan_of(tight, "xxxxyy"), "d")["sentence"].item()
    assert said == "Stays with x: y is nearer (1 km, not 2), but it is locked to x."
    capped = line(balance={"visits": 0.34}, constraints=[tg.AccountRange(2, 2)])
    row = tg.explain(plan_of(capped, "xxxxyy"), "d").iloc[0]
    assert "y's accounts would be 3, above their cap of 2" in row["sentence"]
    assert row["blocked_by"] == "accounts:2-2"


def test_who_moves_is_put_back_on_trial() -> None:
    problem = line(current="rep", n_territories=2)
    table = tg.explain(plan_of(problem, "xxyyyy")).set_index("id")
    # c, of x today: with it x is at 3 and the plan costs 4 km, without 5.
    assert table.at["c", "sentence"] == (
        "Moves from x to y, though it could stay with x at no loss: a longer search may leave it there."
    )
    assert table.at["c", "stay_change"] == pytest.approx(-1.0)
    assert table.at["c", "stay_blocked_by"] == ""
    # Back in x nobody of today is disturbed: one account, four of revenue.
    assert (table.at["c", "accounts_change"], table.at["c", "revenue_change"]) == (-1.0, -4.0)
    assert table.at["e", "sentence"] == "Moves from z, who has no territory in this plan, to y."
    assert table.at["f", "sentence"] == "Goes to y: nobody has it today."
    assert table["moves"].tolist() == [False, False, True, False, True, False]
    held = line(current="rep", constraints=[tg.AccountRange(2, 2)])
    said = tg.explain(plan_of(held, "xxyyyy"), "c")["sentence"].item()
    assert said == "Moves from x to y: else x's accounts would be 3, above their cap of 2."


def test_accounts_are_asked_for_by_id() -> None:
    plan = plan_of(line(), "xxxyyy")
    assert tg.explain(plan, ["f", "a"])["id"].tolist() == ["a", "f"]
    with pytest.raises(tg.OptionError, match="No account or unit has the id zz"):
        tg.explain(plan, ["a", "zz"])
    alone = plan_of(line(n_territories=1, balance={"visits": 0.1}), "xxxxxx")
    assert tg.explain(alone, "a")["sentence"].item() == "Stays with x, the only territory."
    with pytest.raises(tg.DataError, match="The plan has 1 territories, not 2"):
        tg.explain(plan_of(line(), "xxxxxx"))


def test_distances_are_told_apart() -> None:
    assert "10.1 km, not 10.4" in words.stays("A", "B", 10.4, 10.1, True, [])
    assert "5.00 km both" in words._pair(5.001, 5.001) or "km both" in words._pair(5.001, 5.001)
    assert words._listed(["one", "two", "three"]) == "one (and 2 more reasons)"


@pytest.mark.parametrize("center", ["unit", "centroid"])
def test_work_grows_with_accounts_times_their_territories(center: str) -> None:
    """Ways measured: four times the accounts in territories of the same size are four times the ways."""
    counted = []
    for n, k in ((120, 6), (480, 24)):
        random = np.random.default_rng(2)
        table = pd.DataFrame({"id": range(n), "x": np.arange(n) * 100.0, "y": random.uniform(0, 50, n), "visits": 1})
        units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
        problem = tg.TerritoryProblem(
            units, n_territories=k, balance={"visits": 0.5}, objective=tg.Travel(center=center)
        )
        labels = pd.Series([f"T{i * k // n:02d}" for i in range(n)], index=units.frame.index)
        trial = Trial(tg.TerritoryPlan(problem, labels))
        unit = np.arange(n)
        trial.judged(unit, (trial.plan.codes + 1) % k)
        counted.append(trial.travels.ways.counted)
    assert counted[1] <= 4.4 * counted[0]
    assert counted[0] <= 8 * 120 * 20


def test_who_belongs_together_is_told_of_the_others():
    table = pd.DataFrame({"id": list("abcd"), "x": [0, 1, 8, 9], "y": 0.0, "visits": 1.0})
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    problem = tg.TerritoryProblem(
        units, None, n_territories=2, balance={"visits": 0.6}, constraints=[tg.Together(["a", "b"])],
        current=dict(zip("abcd", "BABB", strict=True)),
    )  # fmt: skip
    plan = tg.TerritoryPlan(problem, pd.Series(dict(zip("abcd", "AABB", strict=True))))
    assert "because it stays together with b." in tg.explain(plan, ["a"])["sentence"].item()
