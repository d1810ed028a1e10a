"""Basic units of points and tables: an analyst expects to get each account back in one unit, and sums that add up.

Right means: accounts on one spot move together, every sum is the sum of the members, no row is lost to a measure
that it lacks without saying so, and the order of the rows changes nothing.
"""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.errors import DataError
from territory_geo.geodata.topology import voronoi_cells
from territory_geo.geodata.units import table as tables

# Five accounts on three spots of a small plane:
#
#   y=1000   a10            b2 b1
#   y=0      a9  a2
TABLE = pd.DataFrame(
    {
        "id": ["b2", "a10", "b1", "a9", "a2"],
        "x": [2000, 0, 2000, 0, 1000],
        "y": [1000, 1000, 1000, 0, 0],
        "sales": [1.5, 10, 2.25, 100, 1000],
        "city": ["B", "A", "B", "A", "A"],
    }
)


def read(table: pd.DataFrame) -> tg.Accounts:
    return tg.read_accounts(table, crs=None)


def test_accounts_on_one_spot_are_one_unit_and_come_apart_again() -> None:
    units = tg.BasicUnits.from_accounts(read(TABLE))
    assert units.ids == ["a10", "a2", "a9", "b1"]  # in the order of text; the first id of a spot is its name
    assert units.frame.index.name == "unit"
    assert units.frame["sales"].tolist() == [10, 1000, 100, 3.75]
    assert units.frame["accounts"].tolist() == [1, 1, 1, 2]
    assert units.measures == ("sales", "accounts")
    members = units.members
    assert members["row"].tolist() == [1, 2, 3, 4, 5]
    assert members["id"].tolist() == TABLE["id"].tolist()
    assert members["unit"].tolist() == ["b1", "a10", "b1", "a9", "a2"]
    assert members["city"].tolist() == TABLE["city"].tolist()
    assert members.geometry.x.tolist() == TABLE["x"].tolist()
    assert units.xy.tolist() == [[0, 1000], [1000, 0], [0, 0], [2000, 1000]]
    assert repr(units) == "<BasicUnits: 4 points from 5 rows (0 rejected), measures: sales, accounts>"
    assert "1,114" in units._repr_html_()
    assert not units.geographic


def test_all_accounts_on_one_spot() -> None:
    units = tg.BasicUnits.from_accounts(tg.read_accounts(pd.DataFrame({"lon": [5] * 7, "lat": [50] * 7})))
    assert len(units) == 1
    assert units.frame["accounts"].tolist() == [7]
    assert len(units.members) == 7


@pytest.mark.parametrize("gap", [0.0, 1e-13, 1e-11, 1e-10])
def test_a_geocoders_noise_is_no_distance(gap: float) -> None:
    """Points a hair apart share a spot: as units of their own they would have no cells, and no neighbours."""
    table = pd.DataFrame({"id": list("abcd"), "lon": [10, 10 + gap, 11, 12], "lat": [50, 50, 50, 50.5]})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table))
    assert units.members["unit"].tolist() == ["a", "a", "c", "d"]
    assert tg.ContiguityGraph.from_units(units).n_components == 1


@pytest.mark.parametrize("gap", [1e-8, 1e-7, 1e-5])
def test_next_doors_are_two_units(gap: float) -> None:
    table = pd.DataFrame({"id": list("abcd"), "lon": [10, 10 + gap, 11, 12], "lat": [50, 50, 50, 50.5]})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table))
    graph = tg.ContiguityGraph.from_units(units)
    assert len(units) == 4
    assert ("a", "b") in set(zip(graph.edges["u"], graph.edges["v"], strict=True))


@pytest.mark.parametrize(
    ("ids", "dtype"),
    [([3, 20, 100], "i"), (["3", "20", "100"], "O"), ([3.5, 20.0, 100.0], "f")],
)
def test_ids_keep_their_type_and_sort_as_text(ids: list[object], dtype: str) -> None:
    accounts = tg.read_accounts(pd.DataFrame({"id": ids, "lon": [1, 2, 3], "lat": [1, 2, 4]}))
    units = tg.BasicUnits.from_accounts(accounts)
    assert units.ids == ["100", "20", "3" if dtype != "f" else "3.5"]
    if dtype != "O":
        assert units.frame.index.dtype.kind == units.members["unit"].dtype.kind == dtype
    assert set(units.members["unit"]) == set(units.frame.index)


def test_text_ids_that_look_like_numbers_stay_text_in_frames() -> None:
    units = tg.BasicUnits.from_accounts(
        tg.read_accounts(pd.DataFrame({"id": ["01", "1"], "lon": [1, 2], "lat": [1, 2]}))
    )
    assert units.frame.index.tolist() == ["01", "1"]


# ------------------------------------------------------------------ measures

LACKING = pd.DataFrame(
    {
        "id": list("abcdefg"),
        "x": range(7),
        "y": [0] * 7,
        "sales": [1, None, -2, "n/a", " ", float("inf"), 7],
    }
)
REASONS = [
    "sales is missing",
    "sales -2 is negative",
    "sales 'n/a' is not a number",
    "sales is missing",
    "sales 'inf' is not a number",
]


def test_rows_that_lack_an_asked_measure_are_rejected_with_the_reason() -> None:
    units = tg.BasicUnits.from_accounts(read(LACKING), measures=["sales"])
    assert units.rejects["row"].tolist() == [2, 3, 4, 5, 6]
    assert units.rejects["id"].tolist() == list("bcdef")
    assert units.rejects["reason"].tolist() == REASONS
    assert units.ids == ["a", "g"]
    assert units.frame["sales"].tolist() == [1.0, 7.0]
    assert units.members["row"].tolist() == [1, 7]


def test_rows_are_kept_when_the_measure_is_not_asked_for() -> None:
    table = LACKING.assign(sales=pd.to_numeric(LACKING["sales"], errors="coerce").replace(np.inf, np.nan))
    units = tg.BasicUnits.from_accounts(read(table))
    assert len(units.members) == 7
    assert len(units.rejects) == 0
    assert units.measures == ("sales", "accounts")
    assert units.frame["sales"].isna().tolist() == [False, True, False, True, True, True, False]
    other = tg.BasicUnits.from_accounts(read(LACKING), measures=["accounts"])
    assert other.measures == ("accounts",)
    assert len(other.members) == 7


def test_rejects_of_places_and_of_measures_come_in_the_order_of_rows() -> None:
    table = LACKING.assign(x=[0, 1, 2, "?", 4, 5, 6])
    units = tg.BasicUnits.from_accounts(read(table), measures=["sales"])
    assert units.rejects["row"].tolist() == [2, 3, 4, 5, 6]
    assert units.rejects["reason"][2] == "x is missing ('?')"


def test_no_row_left() -> None:
    with pytest.raises(DataError, match=r"No row of the DataFrame can be used, such as row 1: sales -1 is negative"):
        tg.BasicUnits.from_accounts(read(TABLE.assign(sales=-1)), measures=["sales"])


def test_unknown_measures_list_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"no measure 'revenue'. Columns that can be measures: sales, accounts"):
        tg.BasicUnits.from_accounts(read(TABLE), measures=["revenue"])


def test_places_ids_and_flags_are_no_measures() -> None:
    table = pd.DataFrame(
        {"customer_no": [1, 2], "lng": [1.0, 2.0], "y": [1.0, 2.0], "key": [True, False], "id": [3, 4], "n": [5, 6]}
    )
    accounts = tg.read_accounts(table)
    assert tg.BasicUnits.from_accounts(accounts).measures == ("n", "accounts")
    asked = tg.BasicUnits.from_accounts(accounts, measures=["n", "n", "lng"])
    assert asked.measures == ("n", "lng", "accounts")


def test_visit_hours_are_built_in() -> None:
    table = TABLE.assign(visits_per_year=[12, 6, 0, 4, 1], visit_minutes=[60, 30, 45, 90, None])
    units = tg.BasicUnits.from_accounts(read(table), measures=["sales"])
    assert units.measures == ("sales", "accounts", "visit_hours")
    hours = units.frame["visit_hours"]
    assert hours[["a10", "a9", "b1"]].tolist() == [3.0, 6.0, 12.0]
    assert np.isnan(hours["a2"])
    strict = tg.BasicUnits.from_accounts(read(table), measures=["visit_hours"])
    assert strict.rejects.to_dict("records") == [{"row": 5, "id": "a2", "reason": "visit_hours is missing"}]


def test_own_visit_hours_win() -> None:
    table = TABLE.assign(visits_per_year=1, visit_minutes=60, visit_hours=[5, 6, 7, 8, 9])
    units = tg.BasicUnits.from_accounts(read(table))
    assert units.frame["visit_hours"].tolist() == [6, 9, 8, 12]


@pytest.mark.parametrize(
    ("own", "asked", "expected"),
    [
        ([1, 2, 3, 4, 5], None, [2, 5, 4, 4]),  # a list of places that says how many accounts each holds
        (["Acme", "B", "C", "D", "E"], None, [1, 1, 1, 2]),  # a name: our own count stands
        ([1, 2, None, 4, 5], None, [1, 1, 1, 2]),
        ([1, 2, "", 4, 5], ["accounts"], [2, 5, 4, 1]),  # asked for: the row without it is rejected
    ],
)
def test_own_column_accounts(own: list[object], asked: list[str] | None, expected: list[float]) -> None:
    units = tg.BasicUnits.from_accounts(read(TABLE.assign(accounts=own)), measures=asked)
    assert units.frame["accounts"].tolist() == expected
    assert len(units.rejects) == (asked is not None)
    assert ("accounts_source" in units.members) == (expected == [1, 1, 1, 2])


# ------------------------------------------------------------------ tables


def test_from_table_keeps_rows_on_one_spot_apart() -> None:
    units = tg.BasicUnits.from_table(TABLE, id="id", x="x", y="y", measures=["sales"])
    assert units.kind == "table"
    assert units.ids == ["a10", "a2", "a9", "b1", "b2"]
    assert units.frame["sales"].tolist() == [10, 1000, 100, 2.25, 1.5]
    assert units.members["unit"].tolist() == units.members["id"].tolist()
    shapes = units.shapes
    assert [shape.is_empty for shape in shapes] == [False, False, False, False, True]
    geographic = tg.BasicUnits.from_table(
        TABLE.assign(x=[1, 2, 3, 4, 181]), id="id", x="x", y="y", crs="EPSG:4326", measures=["sales"]
    )
    assert geographic.geographic
    assert geographic.ids == ["a9"]
    assert geographic.rejects["row"].tolist() == [1, 2, 3, 5]  # latitudes of a thousand degrees, a longitude of 181


def test_from_table_names_what_is_missing() -> None:
    with pytest.raises(DataError, match="has no column 'east'"):
        tg.BasicUnits.from_table(TABLE, id="id", x="east", y="y", measures=["sales"])
    with pytest.raises(DataError, match="no measure 'profit'"):
        tg.BasicUnits.from_table(TABLE, id="id", x="x", y="y", measures=["profit"])


# ------------------------------------------------------------------ any order, any table

rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(0, 1e6)), min_size=1, max_size=12
)  # few spots, so that many coincide


@given(rows, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing_and_sums_add_up(rows: list[tuple[int, int, float]], random: Random) -> None:
    table = pd.DataFrame(rows, columns=["x", "y", "sales"])
    table.insert(0, "id", [f"k{i}" for i in range(len(rows))])
    shuffled = table.iloc[random.sample(range(len(rows)), len(rows))]
    units = tg.BasicUnits.from_accounts(read(table))
    other = tg.BasicUnits.from_accounts(read(shuffled))
    pd.testing.assert_frame_equal(units.frame, other.frame, check_exact=True)
    assert dict(zip(units.members["id"], units.members["unit"], strict=True)) == dict(
        zip(other.members["id"], other.members["unit"], strict=True)
    )
    assert units.frame["accounts"].sum() == len(rows)
    assert units.frame["sales"].sum() == pytest.approx(table["sales"].sum())
    assert len(units) == len(table[["x", "y"]].drop_duplicates())
    for unit, group in units.members.groupby("unit"):
        assert units.frame.loc[unit, "sales"] == pytest.approx(group["sales"].sum())
        assert (group.geometry == units.frame.geometry[unit]).all()


def test_plans_of_the_same_accounts_share_their_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr(tables, "voronoi_cells", lambda *given: made.append(given) or voronoi_cells(*given))
    tables._remembered.cache_clear()
    frame = pd.DataFrame({"id": list("abcd"), "x": [0.0, 900, 0, 950], "y": [0.0, 0, 800, 870], "visits": 1.0})
    first, second, third = (
        tg.BasicUnits.from_table(one, id="id", x="x", y="y", measures=["visits"])
        for one in (frame, frame.sample(frac=1, random_state=1), frame.assign(x=frame["x"] + [0, 0, 0, 1.0]))
    )
    assert [cell.equals(other) for cell, other in zip(first.shapes, second.shapes, strict=True)] == [True] * 4
    assert len(made) == 1
    assert not all(cell.equals(other) for cell, other in zip(first.shapes, third.shapes, strict=True))
    assert len(made) == 2
    tables._remembered.cache_clear()
