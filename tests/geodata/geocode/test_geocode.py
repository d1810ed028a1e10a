"""Geocoding: an account list with postcodes becomes points, and says how good each is.

Right means: known codes land where the table says, damaged ones (zeros lost, ZIP+4, a country's prefix) are
understood and counted, unknown ones are refused with the reason, and no row is lost.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.distance import GreatCircle
from territory_geo.geodata.geocode import geocode_table

HOLTSVILLE = (-73.0451, 40.8154)

# country, code, place, state name, state, county …, lat, lon, accuracy
GERMAN = [
    ("DE", "01067", "Dresden", "Sachsen", "SN", 51.06, 13.72),
    ("DE", "80331", "München", "Bayern", "BY", 48.137, 11.575),
    ("DE", "80333", "München", "Bayern", "BY", 48.147, 11.567),
    ("DE", "99999", "Nirgendwo", "Hessen", "HE", 50.0, 9.0),
    ("DE", "99999", "Irgendwo", "Hessen", "HE", 50.0, 9.2),
]
BRITISH = [
    ("GB", "SW1A", "London", "England", "ENG", 51.501, -0.142),
    ("GB", "M1", "Manchester", "England", "ENG", 53.48, -2.24),
]


def write(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    lines = [f"{c}\t{p}\t{n}\t{s}\t{k}\t\t\t\t\t{lat}\t{lon}\t4" for c, p, n, s, k, lat, lon in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rules(found: tg.Geocoded) -> dict[str, int]:
    return dict(zip(found.findings["rule"], found.findings["rows"], strict=True))


def test_zip_codes_as_people_write_them() -> None:
    codes = ["00501", 501, "501", "00501-1234", "005011234", 501.0, " 00501 ", "501.0", "5011234"]
    found = tg.geocode(pd.DataFrame({"id": range(9), "ZIP Code": pd.Series(codes, dtype=object)}))
    assert found.hit_rate == 1
    assert found.table[["lon", "lat"]].to_numpy().tolist() == [list(HOLTSVILLE)] * 9
    assert set(found.table["place_accuracy"]) == {"postcode"}
    assert set(found.table["place_error_km"]) == {5.9}
    assert rules(found)["postcode: leading zeros were lost"] == 4
    assert rules(found)["postcode: four more digits were left out"] == 3
    example = found.report().set_index("rule").loc["postcode: leading zeros were lost", "example"]
    assert example == "row 2: 501"


def test_misses_are_counted_and_refused_with_the_reason() -> None:
    table = pd.DataFrame({"id": list("abcd"), "zip": ["10001", "00000", None, "ABC"]})
    found = tg.geocode(table)
    assert found.hit_rate == 0.25
    assert repr(found) == "<Geocoded: 4 rows, 25.0 % found, 3 not>"
    assert found.rejects["row"].tolist() == [2, 3, 4]
    assert found.rejects["reason"].tolist() == [
        "the postcode '00000' is not among the ZIP codes that ship (GeoNames)",
        "the postcode is missing",
        "the postcode 'ABC' is not among the ZIP codes that ship (GeoNames)",
    ]
    accounts = tg.read_accounts(found.table)
    assert (len(accounts), accounts.rejects["row"].tolist()) == (1, [2, 3, 4])
    assert "place_error_km" in accounts.frame
    assert "25.0 %" in found._repr_html_()


def test_towns_stand_in_for_unknown_postcodes() -> None:
    table = pd.DataFrame(
        {
            "zip": ["", "99999", "10001", "", "", "", ""],
            "city": ["St. Louis", "Boise", "Chicago", "New York", "Springfield", "Nowhere", "Boston"],
            "state": ["Missouri", "ID", "IL", "NY", "IL", "TX", ""],
        }
    )
    found = tg.geocode(table)
    assert found.table["place_accuracy"].tolist() == ["town", "town", "postcode", "town", "town", "none", "none"]
    towns = tg.samples.us_towns()
    for row, name, state in ((0, "St. Louis", "MO"), (1, "Boise", "ID"), (4, "Springfield", "IL")):
        place = towns[(towns["name"].isin([name, "Saint Louis"])) & (towns["state"] == state)].iloc[0]
        assert found.table[["lon", "lat"]].iloc[row].tolist() == [place["lon"], place["lat"]]
    # New York City stands in the towns as its boroughs; its postcodes give its place.
    lon, lat = found.table[["lon", "lat"]].iloc[3]
    assert (lon, lat) == pytest.approx((-73.98, 40.75), abs=0.05)
    assert found.rejects["reason"].tolist() == [
        "the postcode is missing; the town 'Nowhere, TX' is not among the towns that ship (GeoNames)",
        "the postcode is missing; the state is missing",
    ]
    assert rules(found)["unknown postcode, known town"] == 1
    assert rules(found)["postcode and state disagree"] == 1


def test_several_towns_of_one_name_are_said() -> None:
    found = tg.geocode(pd.DataFrame({"town": ["Mount Vernon", "Mt Vernon"], "state": ["AL", "AL"]}))
    assert found.table["place_accuracy"].tolist() == ["one of several towns"] * 2
    assert found.table["lat"].tolist() == [31.08518] * 2  # the larger of the two
    assert found.table["place_error_km"].tolist() == pytest.approx([413] * 2, abs=3)  # the other may be meant
    assert rules(found)["several towns of that name"] == 2


def test_rows_with_coordinates_keep_them() -> None:
    table = pd.DataFrame({"zip": ["10001", "10001", "10001"], "lon": [1.5, None, "x"], "lat": [2.5, 3.0, 4.0]})
    found = tg.geocode(table)
    assert found.table["lon"].iloc[0] == 1.5
    assert found.table["place_accuracy"].tolist() == ["given", "postcode", "postcode"]
    assert found.table["place_error_km"].tolist() == [0, 5.9, 5.9]


# ------------------------------------------------------------------ other countries


@pytest.mark.parametrize("archive", [False, True])
def test_a_geonames_file(archive: bool, tmp_path: Path) -> None:
    path = write(tmp_path / "DE.txt", GERMAN)
    if archive:
        path = tmp_path / "DE.zip"
        with zipfile.ZipFile(path, "w") as made:
            made.write(tmp_path / "DE.txt", "DE.txt")
            made.writestr("readme.txt", "about")
    table = pd.DataFrame({"PLZ": ["80331", 1067, "D-80333", "99999", "12345"]})
    found = tg.geocode(table, postal_file=path)
    assert found.table["lat"].tolist()[:3] == [48.137, 51.06, 48.147]
    # Two places of one code: the middle, and the error reaches both.
    assert found.table[["lon", "lat"]].iloc[3].tolist() == pytest.approx([9.1, 50.0], abs=1e-3)
    half = GreatCircle().between(np.array([[9.0, 50.0]]), np.array([[9.1, 50.0]]))[0]
    assert found.table["place_error_km"].iloc[3] >= half
    apart = GreatCircle().between(np.array([[11.575, 48.137]]), np.array([[11.567, 48.147]]))[0]
    assert found.table["place_error_km"].iloc[0] == pytest.approx(apart, abs=0.06)
    assert found.rejects["reason"].tolist() == [f"the postcode '12345' is not among {path.name}"]
    assert rules(found)["postcode: with a country prefix"] == 1
    assert rules(found)["postcode: leading zeros were lost"] == 1


def test_towns_of_a_geonames_file(tmp_path: Path) -> None:
    path = write(tmp_path / "DE.txt", GERMAN)
    table = pd.DataFrame({"Ort": ["MÜNCHEN", "Dresden", "Dresden"], "Bundesland": ["Bayern", "", "BY"]})
    found = tg.geocode(table, postal_file=path)
    assert found.table["place_accuracy"].tolist() == ["town", "town", "none"]
    assert found.table["lat"].iloc[0] == pytest.approx((48.137 + 48.147) / 2, abs=1e-4)


def test_codes_whose_end_names_a_street(tmp_path: Path) -> None:
    path = write(tmp_path / "GB.txt", BRITISH)
    found = tg.geocode(pd.DataFrame({"postcode": ["SW1A 1AA", "sw1a1aa", "M1", "EC1A 1BB"]}), postal_file=path)
    assert found.table["place_accuracy"].tolist() == ["postcode district", "postcode district", "postcode", "none"]
    assert rules(found)["postcode: only the district is known"] == 2


def test_several_countries_need_a_name(tmp_path: Path) -> None:
    path = write(tmp_path / "all.txt", GERMAN + BRITISH)
    table = pd.DataFrame({"postcode": ["80331"]})
    with pytest.raises(OptionError, match=r"holds 2 countries \(DE, GB\). Name one with country="):
        tg.geocode(table, postal_file=path)
    assert tg.geocode(table, postal_file=path, country="de").hit_rate == 1
    with pytest.raises(OptionError, match=r"holds no postcodes of 'FR'. It holds DE, GB"):
        tg.geocode(table, postal_file=path, country="FR")
    with pytest.raises(OptionError, match=r"Only postcodes of the United States ship. For 'DE', give a GeoNames"):
        tg.geocode(table, country="DE")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b,c\n1,2,3\n", "has 1 columns. A GeoNames postal file has 12 columns"),
        ("", "cannot be read: No columns"),
        (
            "\t".join(["DE", "1", "x", "", "", "", "", "", "", "ninety", "9", "4"]) + "\n",
            "line 1: the lat 'ninety' is none",
        ),
        ("\t".join(["DE", "1", "x", "", "", "", "", "", "", "91", "9", "4"]) + "\n", "line 1: the lat '91' is none"),
    ],
)
def test_files_that_are_none(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        tg.geocode(pd.DataFrame({"zip": ["1"]}), postal_file=path)


def test_missing_columns_and_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no column that looks like a postcode or a town. Its columns: id, where"):
        tg.geocode(pd.DataFrame({"id": [1], "where": ["x"]}))
    with pytest.raises(DataError, match=r"no column 'PC' \(asked for as postcode\)"):
        tg.geocode(pd.DataFrame({"zip": [1]}), postcode="PC")
    with pytest.raises(DataError, match=r"does not exist. Name a GeoNames postal file"):
        tg.geocode(pd.DataFrame({"zip": [1]}), postal_file=tmp_path / "no.txt")


def test_a_file_of_accounts(tmp_path: Path) -> None:
    path = tmp_path / "crm.csv"
    path.write_text("id,Billing Zip/Postal Code\n1,02139\n", encoding="utf-8")
    assert tg.geocode(path).table["lat"].iloc[0] == pytest.approx(42.36, abs=0.02)


def test_zip_points_of_the_demo_accounts_are_as_near_as_stated() -> None:
    """The demo's ZIP is that of the nearest point, so that its distances lie below the stated ones."""
    accounts = tg.samples.demo_accounts()
    found = tg.geocode(accounts.drop(columns=["lon", "lat"]))
    assert found.hit_rate == 1
    off = GreatCircle().between(found.table[["lon", "lat"]].to_numpy(), accounts[["lon", "lat"]].to_numpy())
    assert np.quantile(off, 0.9) < 5.9
    stacked = tg.BasicUnits.from_accounts(tg.read_accounts(found.table))
    assert len(stacked) < len(stacked.members) == 5000  # accounts of one ZIP share a spot
    assert tg.ContiguityGraph.from_units(stacked).n_components == 1


cells = st.one_of(st.none(), st.integers(0, 99_999), st.sampled_from(["10001", "", "x", "2139-1"]), st.text(max_size=6))


@given(st.lists(cells, min_size=1, max_size=15))
def test_no_row_is_lost(codes: list[Any]) -> None:
    places = geocode_table(pd.DataFrame({"zip": pd.Series(codes, dtype=object)}))
    assert len(places.lon) == len(codes)
    for i in range(len(codes)):
        assert (i in places.reasons) == np.isnan(places.lon[i]) == (places.accuracy[i] == "none")
    assert places.hit_rate == pytest.approx(1 - len(places.reasons) / len(codes))
