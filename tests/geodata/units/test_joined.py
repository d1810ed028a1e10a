"""Accounts joined to areas: each account in one area or in the rejects, and what was decided is said.

Right means: rows in = rows in units + rejects, sums add up, ties do not hang on the order of rows, an account at
sea goes to the nearest coast or is refused with the distance, and an area nobody lives in does not disappear.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.samples import data_path

KM = 1000.0


def read(places: list[tuple[float, float]], **columns: Any) -> tg.Accounts:
    frame = pd.DataFrame(places, columns=["x", "y"], dtype=float)
    frame.insert(0, "id", [f"k{i}" for i in range(len(places))])
    return tg.read_accounts(frame.assign(**columns), crs=None)


def squares(ids: list[Any] | None = None, **columns: Any) -> gpd.GeoDataFrame:
    """
    y=20 km   c | d        10 km wide each
    y=10 km   a | b
    """
    corners = [(0, 0), (10, 0), (0, 10), (10, 10)]
    shapes = [shapely.box(x * KM, y * KM, (x + 10) * KM, (y + 10) * KM) for x, y in corners]
    return gpd.GeoDataFrame({"id": list("abcd") if ids is None else ids, **columns}, geometry=shapes)


def rules(units: tg.BasicUnits) -> dict[str, int]:
    return dict(zip(units.findings["rule"], units.findings["rows"], strict=True))


def test_sums_and_areas_without_accounts() -> None:
    accounts = read([(1000, 1000), (2000, 2000), (15_000, 5000)], sales=[1.5, 2.0, 4.0])
    units = tg.BasicUnits.from_areas(squares(people=[7, 8, 9, 10]), accounts=accounts)
    assert units.kind == "areas"
    assert units.joined
    assert units.measures == ("sales", "accounts", "people")
    assert units.frame["sales"].to_dict() == {"a": 3.5, "b": 4.0, "c": 0.0, "d": 0.0}
    assert units.frame["accounts"].tolist() == [2, 1, 0, 0]
    assert units.frame["people"].tolist() == [7, 8, 9, 10]
    assert units.members["unit"].tolist() == ["a", "a", "b"]
    assert units.members.geometry.x.tolist() == [1000, 2000, 15_000]
    assert rules(units) == {"pieces without accounts": 2}
    assert not units.rows_are_areas


def test_ties_go_to_the_smallest_id_whatever_the_order_of_rows() -> None:
    # On the border of a and b, on the corner of all four, and in an overlap.
    places = [(10_000, 5000), (10_000, 10_000), (12_000, 12_000)]
    areas = squares()
    areas.loc[3, "geometry"] = shapely.box(10_000, 8000, 20_000, 20_000)  # d reaches into b
    places.append((15_000, 9000))
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        units = tg.BasicUnits.from_areas(areas.iloc[order], accounts=read(places))
        assert units.members["unit"].tolist() == ["a", "a", "d", "b"]
        assert rules(units)["on a border or in an overlap"] == 3
        text = units.findings.set_index("rule").loc["on a border or in an overlap", "example"]
        assert text == "row 1: 2 areas, taken for a"


def test_outside_goes_to_the_nearest_within_the_limit() -> None:
    accounts = read([(-4000, 5000), (-6000, 5000), (24_000, 25_000), (5000, 5000)])
    units = tg.BasicUnits.from_areas(squares(), accounts=accounts)
    assert units.members["unit"].tolist() == ["a", "a"]
    assert units.rejects["row"].tolist() == [2, 3]
    assert units.rejects["reason"].tolist() == [
        "the place lies in no area; the nearest, a, is 6.0 km away (allowed are 5 km)",
        "the place lies in no area; the nearest, d, is 6.4 km away (allowed are 5 km)",
    ]
    example = units.findings.set_index("rule").loc["outside of all areas", "example"]
    assert example == "row 1: 4.0 km from a, the farthest"
    assert len(tg.BasicUnits.from_areas(squares(), accounts=accounts, nearest_km=7).members) == 4
    strict = tg.BasicUnits.from_areas(squares(), accounts=accounts, nearest_km=0)
    assert strict.rejects["row"].tolist() == [1, 2, 3]


def test_equally_near_areas_the_smallest_id() -> None:
    apart = gpd.GeoDataFrame(
        {"id": ["z", "y"]}, geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(3000, 0, 4000, 1000)]
    )
    units = tg.BasicUnits.from_areas(apart, accounts=read([(2000, 500)]))
    assert units.members["unit"].tolist() == ["y"]


def test_accounts_in_a_refused_area_are_refused_with_its_reason() -> None:
    areas = squares(ids=["a", "b", "c", "a"], people=[1, -2, 3, 4])
    accounts = read([(5000, 5000), (15_000, 5000), (15_000, 15_000), (10_000, 5000)])
    units = tg.BasicUnits.from_areas(areas, accounts=accounts, measures=["people"])
    assert units.ids == ["a", "c"]
    assert units.rejects["reason"].tolist() == [
        "the place lies in area 'b' (row 2), refused: people -2 is negative",
        "the place lies in area 'a' (row 4), refused: the id 'a' is already used in row 1",
    ]
    assert units.refused_areas["row"].tolist() == [2, 4]
    assert units.members["unit"].tolist() == ["a", "a"]  # the last lies on the border of a and b: a is first


def test_ids_keep_their_type_in_tables_and_are_text_in_lists(tmp_path: Path) -> None:
    units = tg.BasicUnits.from_areas(squares(ids=[4, 30, 200, 1]), accounts=read([(5000, 5000), (15_000, 15_000)]))
    assert units.ids == ["1", "200", "30", "4"]
    assert units.frame.index.dtype.kind == units.members["unit"].dtype.kind == "i"
    graph = tg.ContiguityGraph.from_units(units)
    assert graph.edges["u"].dtype.kind == "i"
    assert set(graph.edges["u"]) | set(graph.edges["v"]) == {1, 4, 30, 200}
    problem = tg.TerritoryProblem(units, graph, n_territories=2, balance={"accounts": 0.0})
    plan = tg.solve(problem, stop=tg.MaxIterations(2)).plan
    assert plan is not None
    assert plan.labels.index.tolist() == [1, 200, 30, 4]
    assert set(plan.territories["center"]) <= {1, 200, 30, 4}
    plan.write(tmp_path / "out", save_graph=True)
    written = pd.read_csv(tmp_path / "out" / "units.csv", dtype=str)
    assert written["unit"].tolist() == ["1", "200", "30", "4"]  # all four, though two hold no account
    assert written["territory"].tolist() == plan.labels.tolist()
    assert len(pd.read_csv(tmp_path / "out" / "assignments.csv")) == 2


def test_measures_of_accounts_and_of_areas() -> None:
    accounts = read([(1000, 1000), (15_000, 5000)], sales=[1, 2], potential=[5, None])
    areas = squares(people=[1, 2, 3, 4], sales=[9, 9, 9, 9])
    units = tg.BasicUnits.from_areas(areas, accounts=accounts, measures=["sales", "people", "twice = people * 2"])
    assert units.frame["sales"].tolist() == [1, 2, 0, 0]  # a name that both have is the accounts'
    assert units.frame["twice"].tolist() == [2, 4, 6, 8]
    every = tg.BasicUnits.from_areas(areas, accounts=accounts)
    assert every.measures == ("sales", "potential", "accounts", "people", "sales_area")
    assert rules(every)["measure of both"] == 1
    assert np.isnan(every.frame["potential"]["b"])  # its only account has none: unknown, not nothing
    assert every.frame["potential"]["c"] == 0
    with pytest.raises(DataError, match=r"no measure 'profit', neither among the accounts' .* nor among the areas'"):
        tg.BasicUnits.from_areas(areas, accounts=accounts, measures=["profit"])


# ------------------------------------------------------------------ accounts on their own


def test_named_accounts_are_points_over_the_areas() -> None:
    accounts = read([(1000, 1000), (1000, 1000), (2000, 1000), (-90_000, 0)], sales=[1, 2, 4, 8])
    units = tg.BasicUnits.from_areas(squares(), accounts=accounts, own_units=["k0", "k1", "k3"])
    assert units.kind == "mixed"
    assert units.ids == ["a", "b", "c", "d", "k0", "k1", "k3"]  # on one spot, yet two: they may part
    assert units.own_units == ("k0", "k1", "k3")
    assert units.frame["sales"].tolist() == [4, 0, 0, 0, 1, 2, 8]
    assert units.members["unit"].tolist() == ["k0", "k1", "a", "k3"]
    assert len(units.rejects) == 0  # k3 is far from all areas, but needs none
    assert [shape.is_empty for shape in units.shapes] == [False] * 4 + [True] * 3
    assert units.xy[4].tolist() == [1000, 1000]
    graph = tg.ContiguityGraph.from_units(units, islands="allow")
    kinds = {(u, v): kind for u, v, kind in graph.edges[["u", "v", "kind"]].to_numpy()}
    assert kinds["a", "k0"] == "inside"
    assert kinds["b", "k0"] == kinds["c", "k0"] == "near"
    assert ("d", "k0") not in kinds
    assert graph.n_isolates == 1
    tg.BasicUnits.from_areas(squares(), accounts=accounts, own_units=["k3"])


def test_named_accounts_with_an_areas_id() -> None:
    frame = pd.DataFrame({"id": [4, 1], "x": [1000.0, 2000.0], "y": [1000.0, 1000.0]})
    units = tg.BasicUnits.from_areas(
        squares(ids=[1, 2, 3, 4]), accounts=tg.read_accounts(frame, crs=None), own_units=[4]
    )
    assert units.ids == ["1", "2", "3", "4", "4 (account)"]
    assert units.unit_of["4"] == "4 (account)"  # an account is meant where both have the id
    assert rules(units)["own unit with an area's id"] == 1


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"nearest_km": -1}, OptionError, "'nearest_km' parameter must be a number of at least 0"),
        ({"nearest_km": float("nan")}, OptionError, "'nearest_km'"),
        ({"own_units": "k0"}, OptionError, "must be a list of account ids"),
        ({"own_units": ["k9"]}, DataError, "1 of the own_units are no usable account, such as 'k9'"),
    ],
)
def test_unusable_options(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        tg.BasicUnits.from_areas(squares(), accounts=read([(1, 1)]), **options)


def test_what_cannot_be_joined() -> None:
    with pytest.raises(OptionError, match="names accounts, but there are none"):
        tg.BasicUnits.from_areas(squares(), own_units=["k0"])
    with pytest.raises(DataError, match="accounts are in planar metres and the areas in longitude and latitude"):
        tg.BasicUnits.from_areas(squares().set_crs(3857), accounts=read([(1, 1)]))
    with pytest.raises(DataError, match="No account of the DataFrame lies in an area of the areas, such as row 1"):
        tg.BasicUnits.from_areas(squares(), accounts=read([(1e6, 1e6)]))


def test_the_demo_accounts_in_their_counties() -> None:
    units = tg.BasicUnits.from_areas(
        data_path("us.topojson"), layer="counties_lower48", measures=["visit_hours"],
        accounts=tg.read_accounts(tg.samples.demo_accounts()),
    )  # fmt: skip
    assert len(units) == 3108
    assert len(units.members) + len(units.rejects) == 5000
    hours = (tg.samples.demo_accounts()["visits_per_year"] * tg.samples.demo_accounts()["visit_minutes"] / 60).sum()
    assert units.frame["visit_hours"].sum() == pytest.approx(hours)
    # The first two digits of a county's code are its state: the table's own column says the same.
    state = dict(zip(tg.samples.us_counties()["id"], tg.samples.us_counties()["state"], strict=True))
    agree = units.members["unit"].map(state) == units.members["state"]
    assert agree.mean() > 0.99
    assert len(tg.ContiguityGraph.from_units(units).pairs) == 8712


places = st.tuples(st.integers(-8, 28), st.integers(-8, 28))


@given(
    st.lists(places, min_size=1, max_size=12),
    st.sets(st.integers(0, 11), max_size=3),
    st.randoms(use_true_random=False),
)
def test_no_row_is_lost(spots: list[tuple[int, int]], own: set[int], random: Random) -> None:
    """Points on corners, borders, inside and far away; every row is in a unit or a reject, and sums add up."""
    table = pd.DataFrame([(x * KM, y * KM) for x, y in spots], columns=["x", "y"])
    table.insert(0, "id", [f"k{i}" for i in range(len(spots))])
    table["sales"] = np.arange(1.0, len(spots) + 1)
    named = [f"k{i}" for i in sorted(own) if i < len(spots)]
    shuffled = table.iloc[random.sample(range(len(spots)), len(spots))]
    if not named and all(shapely.box(0, 0, 20, 20).distance(shapely.Point(spot)) > 5 for spot in spots):
        with pytest.raises(DataError, match="No account of the DataFrame lies in an area"):
            tg.BasicUnits.from_areas(squares(), accounts=tg.read_accounts(table, crs=None))
        return
    units = tg.BasicUnits.from_areas(squares(), accounts=tg.read_accounts(table, crs=None), own_units=named)
    assert sorted([*units.members["row"], *units.rejects["row"]]) == list(range(1, len(spots) + 1))
    assert units.frame["sales"].sum() == units.members["sales"].sum()
    assert units.frame["accounts"].sum() == len(units.members)
    assert set(units.members["unit"]) <= set(units.frame.index)
    other = tg.BasicUnits.from_areas(squares(), accounts=tg.read_accounts(shuffled, crs=None), own_units=named)
    pd.testing.assert_frame_equal(units.frame, other.frame, check_exact=True)
    for row, unit in zip(units.members.itertuples(), units.members["unit"], strict=True):
        if row.id not in named:
            assert units.frame.geometry[unit].distance(row.geometry) <= 5 * KM
