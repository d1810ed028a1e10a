"""Reps: a sales manager keeps twenty to two hundred people in a table and wants all its faults at once.

Right means: the table that ships reads as it is, ids are text, and one error lists every fault by row.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError
from territory_geo.geodata.samples import data_path

GOOD = pd.DataFrame(
    {
        "rep_id": ["R1", "R2"],
        "name": ["Ann", "Ben <b>"],
        "lon": [-71.2, -73.9],
        "lat": [42.3, 40.6],
        "capacity_hours": [1600, 1200.5],
    }
)


def test_the_reps_that_ship() -> None:
    reps = tg.read_reps(data_path("reps.csv"))
    assert len(reps) == 24
    assert reps.frame.index.name == "rep_id"
    assert reps.frame.index[0] == "R01"
    assert reps.frame.crs == "EPSG:4326"
    assert list(reps.frame.columns) == ["name", "home", "lat", "lon", "role", "capacity_hours", "skills", "geometry"]
    assert reps.frame["capacity_hours"].sum() == 36_960
    assert reps.frame["skills"]["R01"] == "controls;filtration;pumps"
    assert (reps.frame.geometry["R01"].x, reps.frame.geometry["R01"].y) == (-71.20922, 42.33704)
    assert repr(reps) == "<Reps: 24 people, 36,960 hours a year>"


def test_a_data_frame_with_any_index() -> None:
    reps = tg.read_reps(GOOD.set_index(pd.Index([5, 5])))
    assert reps.frame.index.tolist() == ["R1", "R2"]
    assert reps.frame.geometry.x.tolist() == [-71.2, -73.9]
    assert "Ben &lt;b&gt;" in reps._repr_html_()


@pytest.mark.parametrize(("ids", "text"), [([1, 2], ["1", "2"]), (["01", "1"], ["01", "1"]), ([1.0, 2.0], ["1", "2"])])
def test_ids_are_text(ids: list[object], text: list[str]) -> None:
    assert tg.read_reps(GOOD.assign(rep_id=ids)).frame.index.tolist() == text


def test_ids_in_a_file_keep_their_zeros_and_exponents(tmp_path: Path) -> None:
    path = tmp_path / "reps.csv"
    path.write_text("rep_id;Longitude;Latitude\n1E5;1;2\n12;3;4\n", encoding="utf-8")
    reps = tg.read_reps(path)
    assert reps.frame.index.tolist() == ["1E5", "12"]
    assert repr(reps).startswith("<Reps: 2 people")


def test_every_fault_at_once() -> None:
    table = pd.DataFrame(
        {
            "rep_id": ["R1", "R1", None, "R4", "R5", "R6"],
            "lon": [1, 181, 1, "home", None, 0],
            "lat": [1, 1, 1, 1, 1, 0],
            "capacity_hours": [1600, -5, 1600, 0, "full", 1600],
        }
    )
    with pytest.raises(DataError) as error:
        tg.read_reps(table)
    assert str(error.value) == (
        "the DataFrame cannot be used: "
        "row 2: the id 'R1' is already used in row 1; row 2: lon 181 is outside -180 to 180; "
        "row 2: capacity_hours -5 is negative; row 3: the id is missing; row 4: lon 'home' is not a number; "
        "row 4: capacity_hours 0 is not positive; row 5: lon is missing; row 5: capacity_hours 'full' is not a number; "
        "row 6: the coordinates are (0, 0), which stands for 'unknown'."
    )


@pytest.mark.parametrize(
    ("gone", "message"),
    [
        ("rep_id", "has no column 'rep_id'. Its columns: name, lon, lat"),
        ("lat", "has no column 'lat': each rep's home needs"),
    ],
)
def test_missing_columns(gone: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        tg.read_reps(GOOD.drop(columns=gone))


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        tg.read_reps(tmp_path / "reps.csv")


def test_capacity_may_be_left_out() -> None:
    reps = tg.read_reps(GOOD.drop(columns="capacity_hours"))
    assert repr(reps) == "<Reps: 2 people>"
