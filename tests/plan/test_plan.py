"""The answer: names, tables and figures of a plan that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import shapely

import territory_geo as tg


@pytest.fixture(scope="module")
def plan() -> tg.TerritoryPlan:
    """Six squares of a kilometre in a row, the last three heavier, cut in the middle; ids are numbers.

    1 2 3 | 4 5 6
    """
    import geopandas as gpd

    squares = [shapely.box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(6)]
    areas = gpd.GeoDataFrame({"id": range(1, 7), "load": [1, 1, 1, 2, 2, 2], "name": list("abcdef")}, geometry=squares)
    units = tg.BasicUnits.from_areas(areas)
    problem = tg.TerritoryProblem(units, tg.ContiguityGraph.from_units(units), n_territories=2, balance={"load": 0.4})
    return tg.TerritoryPlan(problem, pd.Series(dict.fromkeys((1, 2, 3), "T01") | dict.fromkeys((4, 5, 6), "T02")))


def test_labels_keep_the_units_own_ids(plan):
    assert plan.labels.index.tolist() == [1, 2, 3, 4, 5, 6]
    assert plan.labels.index.name == "unit"
    assert plan.territory_ids == ["T01", "T02"]


def test_a_copy_with_another_provenance_matches_no_id_again(plan, monkeypatch):
    def matched(_):
        raise AssertionError("the labels of a plan are in the units' order already")

    monkeypatch.setattr("territory_geo.plan.plan.id_text", matched)
    again = replace(plan, provenance={"status": "feasible"})
    assert again.labels.equals(plan.labels)
    assert again.labels.index.name == "unit"


def test_territories_table(plan):
    table = plan.territories
    assert table.index.tolist() == ["T01", "T02"]
    assert table["units"].tolist() == table["accounts"].tolist() == [3, 3]
    assert table["load"].tolist() == [3, 6]
    assert table["load_target"].tolist() == [4.5, 4.5]
    assert table["load_deviation"].tolist() == pytest.approx([-1 / 3, 1 / 3])
    assert table["center"].tolist() == [2, 5]
    assert table["travel_km"].tolist() == pytest.approx([2 / 3, 2 / 3])
    assert table["max_km"].tolist() == [1.0, 1.0]
    assert table["area_km2"].tolist() == pytest.approx([3.0, 3.0])
    assert table["parts"].tolist() == [1, 1]
    assert table.geometry.iloc[0].equals(shapely.box(0, 0, 3000, 1000))
    assert table.crs is None


def test_figures(plan):
    figures = plan.metrics
    assert figures["balance"]["load"]["max_deviation"] == pytest.approx(1 / 3)
    assert figures["travel"]["mean_km"] == pytest.approx(2 / 3)
    assert figures["travel"]["objective"] == pytest.approx(6.0)
    assert figures["contiguous"] is True
    summary = plan.summary()
    assert summary.loc[0, ["measure", "total", "least", "most"]].tolist() == ["load", 9, 3, 6]
    assert repr(plan) == "<TerritoryPlan: 6 units in 2 territories, largest deviation load 33.3 %>"


def test_accounts_are_the_input_rows(plan):
    accounts = plan.accounts
    assert list(accounts.columns[:4]) == ["row", "id", "unit", "territory"]
    assert accounts["row"].tolist() == [1, 2, 3, 4, 5, 6]
    assert accounts["territory"].tolist() == ["T01"] * 3 + ["T02"] * 3
    assert accounts["name"].tolist() == list("abcdef")


def test_moving_a_unit_makes_a_new_plan(plan):
    moved = plan.move(3, "T02")
    assert plan.labels[3] == "T01"
    assert moved.labels[3] == "T02"
    assert moved.provenance["status"] == "edited"
    assert not moved.verify().ok
    assert "T01 holds 2" in moved.verify().failures[0]
    assert plan.move([2, 3], "T02").verify().passed("one piece")
    assert not plan.move("5", "T01").verify().passed("one piece")
    with pytest.raises(tg.OptionError, match="No account or unit has the id 9"):
        plan.move(9, "T01")
    with pytest.raises(tg.OptionError, match=r"no territory .T09.\. Territories: T01, T02"):
        plan.move(1, "T09")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.drop(1), "leave out 1 units, such as 1"),
        (lambda s: pd.concat([s, pd.Series({99: "T01"})]), "name 99, no unit"),
        (lambda s: pd.concat([s, pd.Series({1: "T02"})]), "give unit 1 more than one territory"),
        (lambda s: s.mask(s.index == 4), "give unit 4 no territory"),
    ],
)
def test_labels_that_do_not_fit_are_refused(plan, change, words):
    with pytest.raises(tg.DataError, match=words):
        tg.TerritoryPlan(plan.problem, change(plan.labels))


def test_named_territories_keep_their_names_and_the_rest_are_numbered(plan):
    problem = tg.TerritoryProblem(
        plan.problem.units,
        plan.problem.graph,
        n_territories=3,
        balance={"load": 1},
        constraints=[tg.Lock(6, "T01")],
    )
    named = tg.TerritoryPlan.from_codes(problem, pd.Series([2, 2, 1, 1, 0, 0]).to_numpy(), {})
    assert named.labels.tolist() == ["T02", "T02", "T03", "T03", "T01", "T01"]


def test_units_on_one_spot_can_be_drawn():
    """Planar rows that share a place stay units of their own and still give shapes that cover the land."""
    frame = pd.DataFrame({"id": list("abcd"), "x": [0, 0, 5000, 9000], "y": [0, 0, 0, 0], "load": [1] * 4})
    units = tg.BasicUnits.from_table(frame, id="id", x="x", y="y", measures=["load"])
    problem = tg.TerritoryProblem(units, tg.ContiguityGraph.from_units(units), n_territories=2, balance={"load": 0.0})
    plan = tg.solve(problem).plan
    assert plan.labels["a"] == plan.labels["b"]
    assert (plan.territories["area_km2"] > 0).all()
