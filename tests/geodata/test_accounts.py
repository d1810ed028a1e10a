"""Accounts: sales ops hands in a customer list and must be able to say, for each line, what became of it.

Right means: every row is either in the frame or in the rejects with its number, id and a reason in words, columns
play the role that a person would give them, and places are where they were, whatever the file's format.
"""

from __future__ import annotations

from pathlib import Path

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

BAD_ROWS = [  # lon, lat, id, reason
    (None, 1.0, "a", "lon is missing"),
    (1.0, float("nan"), "b", "lat is missing"),
    ("  ", 1.0, "c", "lon is missing"),
    ("east", 1.0, "d", "lon 'east' is not a number"),
    ("2,3,5", 1.0, "e", "lon '2,3,5' is not a number"),
    (float("inf"), 1.0, "f", "lon 'inf' is not a number"),
    (180.5, 1.0, "g", "lon 180.5 is outside -180 to 180"),
    (1.0, -90.1, "h", "lat -90.1 is outside -90 to 90"),
    (48.86, 235.0, "i", "lat 235 is outside -90 to 90"),  # swapped and without its point
    (0.0, 0.0, "j", "the coordinates are (0, 0), which stands for 'unknown'"),
    ("0", " 0.0 ", "k", "the coordinates are (0, 0), which stands for 'unknown'"),
    (1.0, 1.0, None, "the id is missing"),
    (1.0, 1.0, " ", "the id is missing"),
    (1.0, 1.0, "good", "the id 'good' is already used in row 1"),
]


@pytest.mark.parametrize(("lon", "lat", "id_", "reason"), BAD_ROWS)
def test_every_reason(lon: object, lat: object, id_: object, reason: str) -> None:
    table = pd.DataFrame({"id": ["good", id_], "lon": [2.0, lon], "lat": [3.0, lat]}, dtype=object)
    accounts = tg.read_accounts(table)
    assert accounts.rejects.to_dict("records") == [{"row": 2, "id": id_ or "", "reason": reason}]
    assert accounts.frame["row"].tolist() == [1]
    assert accounts.rows_read == 2
    assert accounts.report().query("severity == 'error'")["rows"].sum() == 1


def test_all_reasons_together_are_counted_in_the_report() -> None:
    rows = [(2.0, 3.0, "good", ""), *BAD_ROWS]
    table = pd.DataFrame([row[:3] for row in rows], columns=["lon", "lat", "id"], dtype=object)
    accounts = tg.read_accounts(table)
    assert accounts.rejects["row"].tolist() == list(range(2, len(rows) + 1))
    assert accounts.rejects["reason"].tolist() == [row[3] for row in BAD_ROWS]
    report = accounts.report()
    refused = report[report["action"] == "rejected"].set_index("rule")["rows"].to_dict()
    assert refused == {
        "missing_coordinate": 3,
        "unreadable_coordinate": 3,
        "out_of_range": 3,
        "zero_coordinate": 2,
        "missing_id": 2,
        "duplicate_id": 1,
    }
    assert "row 5: lon 'east' is not a number" in report["example"].tolist()
    assert "lon &#x27;east&#x27;" in accounts._repr_html_()


def test_a_duplicate_of_a_rejected_row_is_used() -> None:
    table = pd.DataFrame({"id": [7, 7, 7], "lon": [999, 1, 2], "lat": [1, 1, 1]})
    accounts = tg.read_accounts(table)
    assert accounts.frame["row"].tolist() == [2]
    assert accounts.rejects["reason"].tolist()[1] == "the id '7' is already used in row 2"


@pytest.mark.parametrize(
    ("ids", "text", "refused"),
    [
        ([1, "1", 1.0], ["1"], [2, 3]),  # one id, three ways to write it
        ([1.0, 2.0, np.nan], ["1", "2"], [3]),
        ([1.5, 2, 3], ["1.5", "2", "3"], []),
        (["01", "1", "001"], ["01", "1", "001"], []),
        ([pd.NaT, pd.NA, None], ["1", "2", "3"], []),  # an empty column is none: row numbers
        (pd.array([5, None, 6], dtype="Int64"), ["5", "6"], [2]),
        (np.array([1, 2, 3], dtype="float32"), ["1", "2", "3"], []),
        (pd.Categorical(["b", "a", "b"]), ["b", "a"], [3]),
    ],
)
def test_ids_of_all_kinds(ids: object, text: list[str], refused: list[int]) -> None:
    accounts = tg.read_accounts(pd.DataFrame({"id": ids, "lon": [1, 2, 3], "lat": [1, 1, 1]}))
    units = tg.BasicUnits.from_accounts(accounts) if text else None
    assert accounts.rejects["row"].tolist() == refused
    assert (sorted(units.ids) if units else []) == sorted(text)


anything = st.one_of(
    st.none(),
    st.floats(-200, 200),
    st.floats(),
    st.integers(-200, 200),
    st.sampled_from(["", " ", "x", "1", "-1.5", "0", "nan", "1e3", "1\u00b2"]),
)
any_id = st.one_of(
    st.none(), st.integers(0, 3), st.floats(0, 3), st.sampled_from(["", "1", "a", "01", " "]), st.floats()
)


@given(st.lists(st.tuples(any_id, anything, anything), max_size=8), st.sampled_from(["EPSG:4326", None]))
def test_no_row_is_lost_whatever_it_holds(rows: list[tuple[object, object, object]], crs: str | None) -> None:
    table = pd.DataFrame(rows, columns=["id", "lon", "lat"], dtype=object)
    accounts = tg.read_accounts(table, crs=crs)
    used, refused = accounts.frame, accounts.rejects
    assert sorted([*used["row"], *refused["row"]]) == list(range(1, len(rows) + 1))
    assert accounts.rows_read == len(used) + len(refused) == len(rows)
    assert refused["reason"].map(bool).all()
    assert np.isfinite(used.geometry.x).all()
    assert np.isfinite(used.geometry.y).all()
    for row, x, y in zip(used["row"], used.geometry.x, used.geometry.y, strict=True):
        _, lon, lat = rows[row - 1]
        assert (x, y) == (float(lon), float(lat))  # type: ignore[arg-type]
    if crs:
        assert used.geometry.x.abs().le(180).all()
        assert used.geometry.y.abs().le(90).all()


# ------------------------------------------------------------------ which column is what


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            ["Account-ID", "Longitude", "LATITUDE", "Company Name"],
            ["Account-ID", "Longitude", "LATITUDE", "Company Name"],
        ),
        (["id", "lng", "lat", "x"], ["id", "lng", "lat", None]),
        (["Customer No", "x", "y", "firma"], ["Customer No", "x", "y", "firma"]),
        (["what", "BillingLongitude", "BillingLatitude", "n"], [None, "BillingLongitude", "BillingLatitude", None]),
        (["id", "account_id", "lon", "lat"], ["account_id", "lon", "lat", None]),
    ],
)
def test_columns_are_recognised(columns: list[str], expected: list[str | None]) -> None:
    table = pd.DataFrame([[1, 2, 3, 4], [5, 6, 7, 8]], columns=columns)
    accounts = tg.read_accounts(table)
    assert [accounts.columns[role] for role in ("id", "lon", "lat", "name")] == expected
    said = accounts.report().query("rule == 'column'")["example"].tolist()
    guesses = zip(expected, ("id", "lon", "lat", "name"), strict=True)
    assert set(said) == {f"{column} is the {role}" for column, role in guesses if column}


def test_columns_can_be_named() -> None:
    table = pd.DataFrame({"id": [1, 1], "lon": [9, 9], "lat": [9, 9], "key": ["a", "b"], "e": [1, 2], "n": [3, 4]})
    accounts = tg.read_accounts(table, id="key", lon="e", lat="n", name="id")
    assert accounts.frame["id"].tolist() == ["a", "b"]
    assert accounts.frame.geometry.x.tolist() == [1.0, 2.0]
    assert accounts.columns == {"id": "key", "name": "id", "rep": None, "lon": "e", "lat": "n"}
    with pytest.raises(DataError, match=r"has no column 'east' \(asked for as lon\). Its columns: id, lon, lat"):
        tg.read_accounts(table, lon="east")


def test_missing_coordinates_name_the_columns_and_the_remedy() -> None:
    with pytest.raises(DataError, match=r"no column that looks like lat .* Its columns: id, lon. Name it with lat=…"):
        tg.read_accounts(pd.DataFrame({"id": [1], "lon": [1]}))


def test_without_an_id_column_row_numbers_are_the_ids() -> None:
    accounts = tg.read_accounts(pd.DataFrame({"lon": [1, 2], "lat": [1, 99], "who": ["a", "b"]}))
    assert accounts.frame["id"].tolist() == [1]
    assert accounts.rejects["id"].tolist() == ["2"]
    said = accounts.report().set_index("rule").loc["no_id_column"]
    assert (said["severity"], said["action"]) == ("warning", "row numbers are the ids")


def test_a_postcode_is_an_id_only_where_no_two_share_it() -> None:
    shared = pd.DataFrame({"zip": ["02134", "02134"], "lon": [1, 2], "lat": [1, 1]})
    assert tg.read_accounts(shared).frame["id"].tolist() == [1, 2]
    assert len(tg.read_accounts(shared, id="zip").rejects) == 1
    single = pd.DataFrame({"zip": ["02134", "02135"], "lon": [1, 2], "lat": [1, 1]})
    assert tg.read_accounts(single).frame["id"].tolist() == ["02134", "02135"]


def test_columns_of_the_source_that_are_called_as_ours_are_kept() -> None:
    table = pd.DataFrame(
        {
            "row": ["r1", "r2"],
            "id": ["i1", "i2"],
            "unit": ["u1", "u2"],
            "geometry": ["POINT (1 2)", "POINT (3 4)"],
            "territory": ["t1", "t2"],
            "account_id": ["a1", "a2"],
            "row_source": [1, 2],
            "lon": [1, 2],
            "lat": [1, 2],
        }
    )
    accounts = tg.read_accounts(table)
    frame = accounts.frame
    assert frame["row"].tolist() == [1, 2]
    assert frame["id"].tolist() == frame["account_id"].tolist() == ["a1", "a2"]
    assert frame["row_source_"].tolist() == ["r1", "r2"]
    assert frame["id_source"].tolist() == ["i1", "i2"]
    assert frame["unit_source"].tolist() == ["u1", "u2"]
    assert frame["geometry_source"].tolist() == ["POINT (1 2)", "POINT (3 4)"]
    assert frame["territory"].tolist() == ["t1", "t2"]
    renamed = accounts.report().query("rule == 'renamed_column'")
    assert renamed["action"].tolist() == [
        "renamed row_source_", "renamed id_source", "renamed unit_source", "renamed geometry_source",
    ]  # fmt: skip
    members = tg.BasicUnits.from_accounts(accounts).members
    assert members["unit"].tolist() == ["a1", "a2"]
    assert members["unit_source"].tolist() == ["u1", "u2"]


@pytest.mark.parametrize("name", ["row", "id", "unit", "geometry", "territory"])
def test_an_id_column_may_have_any_name(name: str) -> None:
    accounts = tg.read_accounts(pd.DataFrame({name: ["a", "b"], "lon": [1, 2], "lat": [1, 2]}), id=name)
    assert accounts.frame["id"].tolist() == ["a", "b"]
    assert accounts.frame["row"].tolist() == [1, 2]
    units = tg.BasicUnits.from_accounts(accounts)
    assert units.ids == ["a", "b"]


def test_column_names_that_are_no_text_or_come_twice() -> None:
    numbered = pd.DataFrame([[5, 1, 2]])
    assert tg.read_accounts(numbered, id="0", lon="1", lat="2").frame["id"].tolist() == [5]
    with pytest.raises(DataError, match="has the column 'a' more than once"):
        tg.read_accounts(pd.DataFrame([[1, 2, 3, 4]], columns=["lon", "lat", "a", "a"]))


# ------------------------------------------------------------------ coordinates


def test_planar_metres() -> None:
    table = pd.DataFrame({"id": [1, 2, 3], "x": [0, 500_000, "?"], "y": [0, 5_000_000, 1]})
    accounts = tg.read_accounts(table, crs=None)
    assert accounts.frame.crs is None
    assert accounts.frame.geometry.x.tolist() == [0, 500_000]  # the origin is a place like any other
    assert accounts.rejects["reason"].tolist() == ["x is missing ('?')"]


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32633", "EPSG:25833", "EPSG:4258", "ESRI:54030"])
def test_tables_in_other_reference_systems(crs: str) -> None:
    where = gpd.GeoSeries([shapely.Point(13.4, 52.5), shapely.Point(14.0, 51.0)], crs=4326).to_crs(crs)
    accounts = tg.read_accounts(pd.DataFrame({"id": [1, 2], "x": where.x, "y": where.y}), crs=crs)
    assert accounts.frame.crs == "EPSG:4326"
    np.testing.assert_allclose(accounts.frame.geometry.x, [13.4, 14.0], atol=1e-6)
    np.testing.assert_allclose(accounts.frame.geometry.y, [52.5, 51.0], atol=1e-6)


@pytest.mark.parametrize("crs", ["EPSG:999999", "Atlantis", "EPSG:4978", 7.5])
def test_reference_systems_that_are_none(crs: object) -> None:
    with pytest.raises(
        OptionError, match=rf"The 'crs' parameter must be .*Got .*{'WGS 84' if crs == 'EPSG:4978' else crs}"
    ):
        tg.read_accounts(pd.DataFrame({"lon": [1], "lat": [1]}), crs=crs)  # type: ignore[arg-type]


def test_any_index_will_do() -> None:
    table = pd.DataFrame({"id": list("abc"), "lon": [1, 999, 3], "lat": [1, 1, 1]}, index=[9, 9, 2])
    before = table.copy()
    accounts = tg.read_accounts(table)
    assert accounts.frame.index.tolist() == [0, 1]
    assert accounts.frame["row"].tolist() == [1, 3]
    assert accounts.rejects["row"].tolist() == [2]
    pd.testing.assert_frame_equal(table, before)


def test_no_rows() -> None:
    columns = {"id": [], "lon": [], "lat": [], "name": [], "revenue": pd.Series(dtype=float)}
    accounts = tg.read_accounts(pd.DataFrame(columns))
    assert (len(accounts), accounts.rows_read) == (0, 0)
    with pytest.raises(DataError, match="No row of the DataFrame can be used"):
        tg.BasicUnits.from_accounts(accounts)


def test_the_demo_accounts_are_all_used() -> None:
    accounts = tg.read_accounts(data_path("accounts.csv"))
    assert (len(accounts), len(accounts.rejects)) == (5000, 0)
    assert accounts.columns == {
        "id": "account_id",
        "name": "name",
        "rep": "current_rep",
        "lon": "lon",
        "lat": "lat",
    }
    assert accounts.source == "accounts.csv"
    assert len(accounts.sha256) == 64
    assert accounts.frame["zip"].str.fullmatch(r"\d{5}").all()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "does not exist. Check the spelling"),
        ("book.xlsx", r"book.xlsx cannot be read as a workbook"),
        ("book.docx", r"the ending '.docx' is not known. Readable are .csv"),
    ],
)
def test_files_that_are_not_there_or_not_known(tmp_path: Path, name: str, message: str) -> None:
    if name != "none.csv":
        (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(DataError, match=message):
        tg.read_accounts(tmp_path / name)


def test_geodataframe_in_another_crs_with_points_missing() -> None:
    shapes = [shapely.Point(2, 48), None, shapely.Point(), shapely.box(0, 0, 1, 1), shapely.Point(-71, 42, 9)]
    frame = gpd.GeoDataFrame({"id": list("abcde")}, geometry=shapes, crs=4326).to_crs(3857)
    accounts = tg.read_accounts(frame.rename_geometry("where"))
    assert accounts.frame["row"].tolist() == [1, 5]
    assert accounts.frame.crs == "EPSG:4326"
    assert accounts.frame.geometry.name == "geometry"
    np.testing.assert_allclose(accounts.frame.geometry.y, [48, 42])
    assert set(accounts.rejects["reason"]) == {
        "the geometry is missing", "the geometry is a Polygon, not a point", "the geometry is an empty Point",
    }  # fmt: skip
    assert accounts.rejects["row"].tolist() == [2, 3, 4]
    with pytest.raises(DataError, match="has no geometries"):
        tg.read_accounts(gpd.GeoDataFrame({"id": [1]}))
