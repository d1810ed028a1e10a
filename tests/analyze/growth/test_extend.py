"""New markets and new reps: who changes, who must not, what the budget allows, worked out by hand on strips."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError, OptionError


def strip(n: int, **columns: object) -> pd.DataFrame:
    """n accounts in a row, one every 10 km, one visit each unless said otherwise.

    A  A  A  B  B  B  C  C  C  |  new ones in the east
    """
    table = pd.DataFrame({"id": [f"a{i:02d}" for i in range(n)], "x": np.arange(n) * 1e4, "y": 0.0, "visits": 1.0})
    return table.assign(revenue=100.0, **columns)


def units_of(table: pd.DataFrame) -> tg.BasicUnits:
    return tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits", "revenue"])


def plan_of(units: tg.BasicUnits, owner: list[str], tolerance: float = 0.1, **more: object) -> tg.TerritoryPlan:
    graph = tg.ContiguityGraph.from_units(units)
    problem = tg.TerritoryProblem(units, graph, n_territories=len(set(owner)), balance={"visits": tolerance}, **more)
    return tg.TerritoryPlan(problem, pd.Series(owner, index=units.ids))


def new_rep(name: str, x: float) -> tg.Reps:
    return tg.read_reps(pd.DataFrame({"rep_id": [name], "lon": [x], "lat": [0.0]}), crs=None)


STOP = tg.MaxIterations(10)


@pytest.fixture(scope="module")
def four() -> tg.TerritoryPlan:
    """Sixteen accounts in a row, four territories of four: A, B, C, D from the west."""
    return plan_of(units_of(strip(16)), list("AAAABBBBCCCCDDDD"))


def test_a_new_market_goes_to_the_only_neighbour_and_nobody_else_changes(four):
    grown = tg.extend_plan(four, units=units_of(strip(18)), disruption={"accounts": 0.5}, stop=STOP)
    assert grown.neighbours == ("D",)
    assert "".join(grown.plan.labels) == "AAAABBBBCCCCDDDDDD"
    table = grown.changes()
    assert table.loc["D"].tolist() == [4, 6, 0, 2, 0]
    assert table.drop("D")[["came", "new", "gone"]].to_numpy().sum() == 0
    assert grown.moves().to_numpy().tolist() == [["a16", "", "D"], ["a17", "", "D"]]
    assert grown.plan.verify().ok


def test_a_new_rep_takes_from_neighbours_only(four):
    # The home is with B: A and C touch it, D does not. 12 accounts for four: three each.
    grown = tg.extend_plan(four, reps=new_rep("N", 4.4e4), disruption={"accounts": 1.0}, stop=STOP)
    assert grown.neighbours == ("A", "B", "C")
    labels = grown.plan.labels
    assert labels.iloc[12:].tolist() == ["D"] * 4
    assert labels.value_counts().to_dict() == {"A": 3, "B": 3, "C": 3, "N": 3, "D": 4}
    assert labels["a04"] == "N"
    moves = grown.moves()
    # AAANNNBBBCCCDDDD: the new rep gets one of A's and two of B's, B one of C's.
    assert moves["from"].value_counts().to_dict() == {"B": 2, "A": 1, "C": 1}
    assert len(moves) == grown.changes()["came"].sum()
    check = grown.plan.verify()
    assert check.ok
    assert {c.territory for c in grown.plan.problem.of_kind(tg.Lock)} == {"D"}


def test_a_market_and_a_rep_at_once_keep_all_customers_where_they_are(four):
    # Four new accounts in the east for a new rep who lives there: nobody has to give anything away.
    grown = tg.extend_plan(
        four, units=units_of(strip(20)), reps=new_rep("N", 18.2e4), disruption={"revenue": 0.0}, stop=STOP
    )
    assert "".join(grown.plan.labels) == "AAAABBBBCCCCDDDDNNNN"
    assert grown.plan.disruption(["accounts"])["moved"].tolist() == [0.0]


def test_the_budget_counts_what_everybody_holds(four):
    # N takes three accounts at least, A, B, C shift among each other: 3 of 16 accounts is less than a fifth.
    grown = tg.extend_plan(four, reps=new_rep("N", 1e4), disruption={"accounts": 0.25}, stop=STOP)
    if grown.plan is not None:
        assert grown.plan.disruption(["accounts"])["share"].iloc[0] <= 0.25
    tight = tg.extend_plan(four, reps=new_rep("N", 4.4e4), disruption={"accounts": 0.05}, stop=STOP)
    assert tight.plan is None
    assert tight.reason
    assert "no plan" in repr(tight)
    with pytest.raises(OptionError, match="There is no new plan"):
        tight.changes()


def test_what_is_locked_stays_and_hours_settle():
    table = strip(16, visits_per_year=12, visit_minutes=60)
    flat = tg.SpeedProfile(kmh=(60,), upto_km=())
    work = tg.Workload(tg.WorkRules(distance=tg.Planar(speed=flat)))
    units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits_per_year", "visits", "revenue"])
    problem = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), n_territories=4, balance={"workload": 0.3}, workload=work,
        constraints=[tg.Lock("a07", "B"), tg.Lock("a15", "D")],
    )  # fmt: skip
    plan = tg.TerritoryPlan(problem, pd.Series(list("AAAABBBBCCCCDDDD"), index=units.ids))
    grown = tg.extend_plan(plan, reps=new_rep("N", 4.1e4), disruption={"accounts": 1.0}, stop=STOP)
    assert grown.plan is not None
    assert grown.plan.labels["a07"] == "B"
    assert grown.plan.labels.iloc[12:].tolist() == ["D"] * 4
    assert grown.plan.verify().passed("workload")
    hours = grown.plan.workload()["workload"].drop("D")
    assert np.abs(hours / hours.mean() - 1).max() <= 0.3


def test_reps_with_homes_and_hours_of_their_own():
    units = units_of(strip(12))
    force = pd.DataFrame({"rep_id": list("ABC"), "lon": [1e4, 5e4, 9e4], "lat": 0.0, "capacity_hours": [100] * 3})
    problem = tg.TerritoryProblem(
        units, tg.ContiguityGraph.from_units(units), balance={"visits": 0.3}, reps=tg.read_reps(force, crs=None),
        objective=tg.Travel(center="home"),
    )  # fmt: skip
    plan = tg.TerritoryPlan(problem, pd.Series(list("AAAABBBBCCCC"), index=units.ids))
    half = pd.DataFrame({"rep_id": ["N"], "lon": [10.9e4], "lat": 0.0, "capacity_hours": [50]})
    grown = tg.extend_plan(plan, reps=tg.read_reps(half, crs=None), disruption={"accounts": 1.0}, stop=STOP)
    # N's neighbours are C and B: eight accounts for 250 hours, 3.2 each and 1.6 for half a rep.
    assert grown.neighbours == ("B", "C")
    assert grown.plan.labels.value_counts().to_dict() == {"A": 4, "B": 3, "C": 3, "N": 2}
    with pytest.raises(DataError, match="Some reps have capacity_hours"):
        tg.extend_plan(plan, reps=new_rep("M", 1e4), disruption={"accounts": 1.0})


def test_what_cannot_be_is_said(four):
    more = {"disruption": {"accounts": 1.0}, "stop": STOP}
    with pytest.raises(OptionError, match="Nothing is new"):
        tg.extend_plan(four, **more)
    with pytest.raises(OptionError, match="a territory 'A' already"):
        tg.extend_plan(four, reps=new_rep("A", 0.0), **more)
    with pytest.raises(DataError, match="lack 2 accounts of the plan, such as a14"):
        tg.extend_plan(four, units=units_of(strip(14)), **more)
    with pytest.raises(DataError, match="There is no number 'gold'"):
        tg.extend_plan(four, reps=new_rep("N", 0.0), disruption={"gold": 0.1}, stop=STOP)
    pair = pd.DataFrame({"rep_id": ["N", "M"], "lon": [0.0, 10.0], "lat": 0.0})
    with pytest.raises(DataError, match="same unit as another new rep"):
        tg.extend_plan(four, reps=tg.read_reps(pair, crs=None), **more)


def test_a_new_account_on_an_old_spot_changes_its_owner_and_who_touches_him(four):
    # "A00" lies where a00 lies: nobody but A and B has to do with it.
    table = pd.concat([strip(16), strip(16).iloc[[0]].assign(id="A00")]).rename(columns={"x": "lon", "y": "lat"})
    accounts = tg.read_accounts(table, crs=None)
    units = tg.BasicUnits.from_accounts(accounts, measures=["visits", "revenue"], land=None)
    old = tg.read_accounts(table[:16], crs=None)
    plan = plan_of(
        tg.BasicUnits.from_accounts(old, measures=["visits", "revenue"], land=None), list("AAAABBBBCCCCDDDD"), 0.3
    )
    grown = tg.extend_plan(plan, units=units, disruption={"accounts": 0.2}, stop=STOP)
    assert grown.neighbours in (("A",), ("A", "B"))
    assert grown.plan.accounts.set_index("id")["territory"][["A00", "a00"]].nunique() == 1
    assert grown.plan.labels.loc[["a08", "a15"]].tolist() == ["C", "D"]
    assert grown.changes()["new"].sum() == 1


def test_a_new_state_on_a_map_touches_only_its_neighbours():
    """Six by six accounts in nine blocks; four new accounts beyond the south-east corner touch one block only."""
    x, y = np.meshgrid(np.arange(6), np.arange(6))
    table = pd.DataFrame({"id": [f"g{i:02d}" for i in range(36)], "x": x.ravel() * 1e4, "y": y.ravel() * 1e4})
    table = table.assign(visits=1.0, revenue=10.0)
    owner = [f"{c}{r}" for r, c in zip((y.ravel() // 2).tolist(), (x.ravel() // 2).tolist(), strict=True)]
    units = units_of(table)
    old = plan_of(units, owner, 0.3)
    far = pd.DataFrame({"id": ["n1", "n2"], "x": [6e4, 7e4], "y": [0.0, 0.0], "visits": 1.0, "revenue": 10.0})
    grown = tg.extend_plan(old, units=units_of(pd.concat([table, far])), disruption={"revenue": 0.2}, stop=STOP)
    assert set(grown.neighbours) < set(owner)
    stays = ~np.isin(owner, grown.neighbours)
    before = old.labels[stays]
    assert grown.plan.labels.reindex(before.index).equals(before)
    assert grown.plan.verify().ok
