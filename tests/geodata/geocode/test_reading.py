"""Tables without coordinates, from the file to the plan: places come from postcodes and towns.

Right means: codes land where the shipped table says, each row says how near it is, misses are rejects with the
reason, coordinates that are there stay, and nothing is guessed that was not asked for.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import territory_geo as tg
from territory_geo.cli import app
from territory_geo.errors import DataError, OptionError

CAMBRIDGE, HOLTSVILLE = (-71.1042, 42.3647), (-73.0451, 40.8154)
"""02139 and 00501 in the ZIP codes that ship."""

GERMAN = "DE\t{code}\t{place}\tBayern\tBY\t\t\t\t\t{lat}\t{lon}\t4\n"


def places(accounts: tg.Accounts) -> list[tuple[float, float]]:
    return list(zip(accounts.frame.geometry.x, accounts.frame.geometry.y, strict=True))


def call(*arguments: object) -> Any:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def bavaria(tmp_path: Path) -> Path:
    """A postal file of GeoNames with two towns."""
    path = tmp_path / "DE.txt"
    munich = GERMAN.format(code="80331", place="München", lat=48.137, lon=11.575)
    path.write_text(munich + GERMAN.format(code="90402", place="Nürnberg", lat=49.45, lon=11.08), encoding="utf-8")
    return path


def test_postcodes_place_the_rows_and_say_how_near() -> None:
    table = pd.DataFrame({"id": [1, 2, 3], "zip": ["02139", "501", "00000"], "visits": [4, 5, 6]})
    accounts = tg.read_accounts(table)
    assert places(accounts) == [CAMBRIDGE, HOLTSVILLE]
    assert accounts.frame[["accuracy", "error_km"]].to_numpy().tolist() == [["postcode", 5.9]] * 2
    assert accounts.rejects.to_numpy().tolist() == [
        [3, "3", "the postcode '00000' is not among the ZIP codes that ship (GeoNames)"]
    ]
    report = accounts.report().set_index("rule")
    assert report.loc["geocoded", "example"].startswith("2 of 3 rows have a place (66.7 %): 2 by postcode (half lie")
    assert report.loc["postcode_form", "row_numbers"] == "2"
    assert (accounts.columns["postcode"], accounts.columns["lon"]) == ("zip", None)
    assert (accounts.rows_read, len(accounts.rejected_places)) == (3, 0)


def test_columns_of_the_source_make_room() -> None:
    table = pd.DataFrame({"id": [1], "zip": ["02139"], "accuracy": ["high"], "error_km": [1], "error_km_source": [2]})
    frame = tg.read_accounts(table).frame
    names = ["accuracy", "accuracy_source", "error_km", "error_km_source_", "error_km_source"]
    assert frame[names].iloc[0].tolist() == ["postcode", "high", 5.9, 1, 2]
    assert tg.read_accounts(pd.DataFrame({"id": [1], "lon": [1.0], "lat": [2.0]})).frame.get("accuracy") is None


def test_towns_need_their_state() -> None:
    accounts = tg.read_accounts(pd.DataFrame({"id": [1], "city": ["Boise"], "state": ["Idaho"]}))
    assert accounts.frame["accuracy"].tolist() == ["town"]
    with pytest.raises(DataError, match=r"no column that looks like lon .*, or a postcode, or a town and its state"):
        tg.read_accounts(pd.DataFrame({"id": [1], "city": ["Boise"]}))


def test_rows_on_one_postcode_are_no_finding() -> None:
    """Forty accounts of one ZIP code lie on its point: that says nothing about them, nor do equal names."""
    table = pd.DataFrame({"id": range(40), "name": ["Chain"] * 40, "zip": ["02139"] * 40})
    report = tg.read_accounts(table).report()
    assert report[report["rows"] > 0].empty
    assert set(report["severity"]) == {"info"}


def test_coordinates_that_are_there_stay_and_gaps_are_filled_where_asked() -> None:
    table = pd.DataFrame(
        {
            "id": [1, 2, 3, 4],
            "lat": [42.0, None, 0, "x"],
            "lon": [-71.0, None, 0, -71],
            "zip": ["501", "501", "2139", ""],
        }
    )
    left = tg.read_accounts(table)
    assert left.rejects["row"].tolist() == [2, 3, 4]
    assert "accuracy" not in left.frame
    filled = tg.read_accounts(table, postcode="zip")
    assert places(filled) == [(-71.0, 42.0), HOLTSVILLE, CAMBRIDGE]
    assert filled.frame["accuracy"].tolist() == ["given", "postcode", "postcode"]
    assert filled.frame["error_km"].tolist() == [0, 5.9, 5.9]
    assert filled.rejects["reason"].tolist() == ["the postcode is missing"]
    said = filled.report().set_index("rule").loc["geocoded", "example"]
    assert said.startswith("2 of 3 rows without coordinates have a place (66.7 %)")


def test_a_misspelt_coordinate_is_not_passed_over() -> None:
    table = pd.DataFrame({"id": [1], "zip": ["02139"], "lattitude": [42.0], "longitudes": [-71.0]})
    with pytest.raises(DataError, match="Did you mean 'longitudes'"):
        tg.read_accounts(table)
    assert places(tg.read_accounts(table, postcode="zip")) == [CAMBRIDGE]


def test_other_countries(bavaria: Path) -> None:
    table = pd.DataFrame({"Kundennummer": [1, 2, 3], "PLZ": ["80331", 90402, "10115"], "Country": ["DE", "", "DE"]})
    accounts = tg.read_accounts(table, postal_file=bavaria)
    assert places(accounts) == [(11.575, 48.137), (11.08, 49.45)]
    assert accounts.rejects["reason"].tolist() == ["the postcode '10115' is not among DE.txt"]
    with pytest.raises(DataError, match="'PLZ' looks like postcodes from outside the United States"):
        tg.read_accounts(table.drop(columns="Country"))
    with pytest.raises(OptionError, match="holds no postcodes of 'FR'"):
        tg.read_accounts(table, postal_file=bavaria, country="FR")
    assert len(tg.read_accounts(table.assign(Country="AT"), postal_file=bavaria)) == 0
    assert len(tg.read_accounts(table.loc[2:, ["PLZ"]], country="US")) == 1  # 10115 is a block in New York, too


def test_options_that_do_not_fit_are_refused() -> None:
    points = gpd.GeoDataFrame({"zip": ["02139"]}, geometry=gpd.points_from_xy([1], [2]), crs=4326)
    with pytest.raises(OptionError, match="postcode cannot be used here, a geographic source carries its own points"):
        tg.read_accounts(points, postcode="zip")
    table = pd.DataFrame({"x": [1.0], "y": [2.0], "zipcode": ["02139"]})
    with pytest.raises(OptionError, match="country cannot be used here, coordinates are planar metres"):
        tg.read_accounts(table, crs=None, country="US")
    with pytest.raises(DataError, match=r"no column 'zip code' \(asked for as postcode\). Did you mean 'zipcode'"):
        tg.read_accounts(table, postcode="zip code")


def test_a_design_from_postcodes_by_call_command_and_study(tmp_path: Path) -> None:
    codes = tg.samples.us_zips().query("state == 'CT'")["zip"].head(60).tolist()
    table = pd.DataFrame({"id": range(61), "Zip Code": [*codes, "00000"]})
    plan = tg.design(table, n_territories=3, balance={"accounts": 0.2}, stop=tg.MaxIterations(5)).plan
    assert plan is not None
    assert len(plan.accounts) == 60
    path = tmp_path / "zips.csv"
    table.rename(columns={"Zip Code": "where"}).to_csv(path, index=False)
    arguments = ("-k", 3, "--balance", "accounts:0.2", "--iterations", 5)
    failed = call("design", path, *arguments, "--out", tmp_path / "a")
    assert failed.exit_code == 2
    assert "Name it with --lon or --postcode." in failed.stderr
    made = call("design", path, *arguments, "--out", tmp_path / "a", "--postcode", "where", "--country", "US")
    assert made.exit_code == 0, made.stderr
    study = tmp_path / "study.toml"
    study.write_text(
        '[data]\naccounts = "zips.csv"\npostcode = "where"\n[design]\nterritories = 3\nbalance = { accounts = 0.2 }\n'
        "[search]\niterations = 5\n",
        encoding="utf-8",
    )
    assert call("run", study, "--out", tmp_path / "b").exit_code == 0
    for folder in ("a", "b"):
        counts = json.loads((tmp_path / folder / "plan.json").read_text(encoding="utf-8"))["input"]
        assert (counts["rows_read"], counts["rows_used"], counts["rows_rejected"]) == (61, 60, 1)
    read = call("check", path, "--out", tmp_path / "c", "--postcode", "where")
    assert "geocoded: 60 of 61 rows have a place (98.4 %)" in read.stdout
    assert "place_not_found" in (tmp_path / "c" / "findings.csv").read_text(encoding="utf-8")


def test_the_study_says_where_a_postal_file_is(bavaria: Path) -> None:
    (bavaria.parent / "kunden.csv").write_text("id,PLZ\n1,80331\n2,90402\n", encoding="utf-8")
    study = bavaria.parent / "study.toml"
    study.write_text(
        '[data]\naccounts = "kunden.csv"\npostal_file = "DE.txt"\ncountry = "DE"\n[design]\nterritories = 1\n'
        "balance = { accounts = 0.2 }\n",
        encoding="utf-8",
    )
    made = call("run", study, "--out", bavaria.parent / "out")
    assert made.exit_code == 0, made.stderr


codes = st.one_of(st.none(), st.integers(0, 99_999), st.sampled_from(["10001", "", "2139-1"]), st.text(max_size=6))
numbers = st.one_of(st.none(), st.sampled_from([0.0, 42.0, "x"]))


@given(st.lists(st.tuples(codes, numbers, numbers), min_size=1, max_size=12), st.booleans())
def test_no_row_is_lost(rows: list[Any], alone: bool) -> None:
    table = pd.DataFrame(rows, columns=["zip", "lon", "lat"], dtype=object)
    table = table[["zip"]] if alone else table
    accounts = tg.read_accounts(table, postcode="zip")
    held = [*accounts.frame["row"], *accounts.rejects["row"]]
    assert sorted(held) == list(range(1, len(rows) + 1))
    assert accounts.frame["error_km"].notna().all()
    assert not (accounts.frame["accuracy"] == "none").any()
