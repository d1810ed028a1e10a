"""The data that ships: what its tables promise, and that the files are the ones that were built."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from territory_geo.errors import DataError
from territory_geo.geodata import samples

ACCOUNT_COLUMNS = [
    "account_id", "name", "kind", "segment", "industry", "product_line", "parent_id", "city", "state", "zip",
    "lat", "lon", "revenue_usd", "potential_usd", "visits_per_year", "visit_minutes", "current_rep",
]  # fmt: skip


@pytest.fixture(scope="module")
def accounts() -> pd.DataFrame:
    """Return the synthetic accounts."""
    return samples.demo_accounts()


@pytest.fixture(scope="module")
def reps() -> pd.DataFrame:
    """Return the synthetic reps."""
    return samples.demo_reps()


def test_built_files_are_as_in_the_manifest() -> None:
    script = Path(samples.__file__).parents[2] / "data" / "build.py"
    if not script.is_file():
        pytest.skip("the build script is in a checkout only")
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all as in manifest.json" in done.stdout


def test_unknown_data_file_lists_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"accounts\.csv.*us\.topojson.*Got 'account\.csv' instead"):
        samples.data_path("account.csv")


def test_data_left_out_of_an_installation_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(samples, "__file__", str(tmp_path / "territory_geo" / "geodata" / "samples.py"))
    with pytest.raises(DataError, match="Install the package again"):
        samples.data_path("accounts.csv")


def test_data_of_an_installed_wheel_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(samples, "__file__", str(tmp_path / "territory_geo" / "geodata" / "samples.py"))
    for folder in (tmp_path / "territory_geo" / "_data", tmp_path / "data"):
        folder.mkdir(parents=True)
        (folder / "us.topojson").touch()
    assert samples.data_path("us.topojson") == (tmp_path / "territory_geo" / "_data" / "us.topojson").resolve()


def test_counties() -> None:
    lower48, every = samples.us_counties(), samples.us_counties(lower48=False)
    assert (len(lower48), len(every)) == (3_108, 3_220)
    assert lower48.crs == 4326
    assert lower48.columns.tolist() == samples.COUNTY_COLUMNS
    assert every["id"].is_monotonic_increasing
    assert every["id"].str.fullmatch(r"\d{5}").all()
    assert every["state"].nunique() == 52
    assert lower48["population"].sum() == 322_538_633
    assert every["population"].sum() == 328_016_242
    los_angeles = lower48.set_index("id").loc["06037"]
    assert los_angeles["name"] == "Los Angeles County"
    assert los_angeles["population"] == 10_081_570
    assert every.set_index("id").loc["35013", "name"] == "Doña Ana County"
    assert (every[["population", "households", "median_income", "labor_force"]] > 0).all(axis=None)


def test_outline_is_one_valid_land_mask() -> None:
    every, lower48 = (samples.us_outline(lower48=flag).geometry.iloc[0] for flag in (False, True))
    assert every.is_valid
    assert lower48.is_valid
    assert shapely.contains_xy(every, -157.86, 21.31), "Honolulu"
    assert not shapely.contains_xy(lower48, -157.86, 21.31)
    assert shapely.contains_xy(lower48, [-98.5, -90.0], [39.8, 25.0]).tolist() == [True, False], "Kansas, the Gulf"


def test_towns_count_new_york_once() -> None:
    towns = samples.us_towns()
    assert len(towns) == 21_246
    assert towns["population"].sum() == 261_013_430
    assert towns["geonameid"].is_unique
    new_york = towns[towns["state"] == "NY"]
    assert "New York City" not in set(new_york["name"])
    assert "Harlem" not in set(new_york["name"])
    boroughs = new_york["name"].isin(["Brooklyn", "Manhattan", "Queens", "Staten Island", "The Bronx"])
    assert new_york.loc[boroughs, "population"].sum() == 8_394_289
    assert towns["state"].nunique() == 49


def test_zip_codes_are_text() -> None:
    zips = samples.us_zips()
    assert len(zips) == 40_977
    assert zips["zip"].is_unique
    assert zips["zip"].str.fullmatch(r"\d{5}").all()
    place = zips.set_index("zip").loc["10001"]
    assert (place["state"], round(place["lat"], 1), round(place["lon"], 1)) == ("NY", 40.7, -74.0)


def test_accounts_keep_their_promises(accounts: pd.DataFrame) -> None:
    assert accounts.columns.tolist() == ACCOUNT_COLUMNS
    assert accounts["account_id"].tolist() == [f"A{number:05d}" for number in range(1, 5_001)]
    assert accounts["name"].is_unique
    assert accounts["zip"].isin(samples.us_zips()["zip"]).all()
    assert set(accounts["kind"]) == {"customer", "prospect"}
    assert (accounts["kind"] == "customer").mean() == pytest.approx(0.45, abs=0.02)
    assert accounts["industry"].nunique() == 8
    assert accounts["product_line"].nunique() == 3
    assert (accounts["potential_usd"] >= accounts["revenue_usd"]).all()
    assert ((accounts["revenue_usd"] == 0) == (accounts["kind"] == "prospect")).all()
    assert (accounts["visits_per_year"] >= 1).all()
    assert (accounts["visit_minutes"] >= 30).all()
    assert not accounts.drop(columns="parent_id").isna().any(axis=None)
    known = set(zip(samples.us_towns()["name"], samples.us_towns()["state"], strict=True))
    assert set(zip(accounts["city"], accounts["state"], strict=True)) <= known


def test_parents_exist_and_form_no_chains(accounts: pd.DataFrame) -> None:
    parents = accounts["parent_id"].dropna()
    assert len(parents) == 300
    by_id = accounts.set_index("account_id")
    assert parents.isin(by_id.index).all()
    assert by_id.loc[parents, "parent_id"].isna().all()


def test_accounts_lie_in_their_state_and_some_coincide(accounts: pd.DataFrame) -> None:
    points = shapely.points(accounts[["lon", "lat"]].to_numpy())
    outline = samples.us_outline().geometry.iloc[0]
    shapely.prepare(outline)
    assert shapely.contains(outline, points).all()
    counties = samples.us_counties()
    at, county = counties.sindex.query(points, predicate="within")
    assert (counties["state"].to_numpy()[county] == accounts["state"].to_numpy()[at]).all()
    assert 0.02 < accounts.duplicated(["lat", "lon"], keep=False).mean() < 0.05


def test_reps_and_the_current_alignment(accounts: pd.DataFrame, reps: pd.DataFrame) -> None:
    assert reps["rep_id"].tolist() == [f"R{number:02d}" for number in range(1, 25)]
    assert reps["name"].is_unique
    assert reps["home"].is_unique
    assert set(";".join(reps["skills"]).split(";")) == set(accounts["product_line"])
    assert set(accounts["current_rep"]) == set(reps["rep_id"])
    hours = (accounts["visits_per_year"] * accounts["visit_minutes"] / 60).groupby(accounts["current_rep"]).sum()
    deviation = hours / hours.mean() - 1
    assert deviation.min() == pytest.approx(-0.5, abs=0.05)
    assert 0.6 < deviation.max() < 0.95
    assert np.isclose(hours.sum(), 17_234.58, atol=0.01)


def test_the_crm_of_the_synthetic_company_fits_its_accounts(accounts: pd.DataFrame) -> None:
    crm = samples.demo_crm()
    assert (len(crm.rejects), crm.currency) == (0, "USD")
    assert (crm.findings["severity"] == "info").all()
    orders = crm["orders"]
    sold = orders[orders["date"] >= "2025-01-01"].groupby("account_id")["amount"].sum()
    revenue = accounts.set_index("account_id")["revenue_usd"]
    assert (sold.reindex(revenue.index, fill_value=0) == revenue).all()
    coverage = samples.demo_coverage()
    largest = accounts.sort_values(["potential_usd", "account_id"], ascending=[False, True]).head(40)
    assert set(coverage["account_id"]) == set(largest["account_id"])
    assert set(coverage["owner"]) <= set(crm["people"]["person_id"])
    assert set(crm["activities"]["contact_id"]) - {""} <= set(crm["contacts"]["contact_id"])
    named = crm["opportunities"].merge(orders, left_on=["account_id", "closed"], right_on=["account_id", "date"])
    won = crm["opportunities"]["stage"] == "won"
    assert set(crm["opportunities"].loc[won, "opportunity_id"]) <= set(named["opportunity_id"]), (
        "what is won is ordered"
    )
