"""Columns of numbers that nobody adds up: ids, postcodes, phone numbers, years, codes, coordinates.

They are told by name, are no measures unless asked for, and the findings say so.
"""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.geodata.labels import label_of


@pytest.mark.parametrize(
    ("name", "values", "what"),
    [
        ("ZIP", [60601, 2471], "a postcode"),
        ("BillingPostalCode", [60601, 2471], "a postcode"),
        ("PLZ", [80331, 10115], "a postcode"),
        ("Code postal", [75001, 13001], "a postcode"),
        ("ship_to_zip", [60601, 2471], "a postcode"),
        ("Phone", [3125550100, 3125550101], "a phone number"),
        ("Business Phone Number", [3125550100, 3125550101], "a phone number"),
        ("Telefon", [89123456, 30123456], "a phone number"),
        ("fax", [3125550100, 3125550101], "a phone number"),
        ("Year", [2019, 2024], "a year"),
        ("YearBuilt", [1925, 1999], "a year"),
        ("founded", [1925.0, None], "a year"),
        ("Baujahr", [1925, 0], "a year"),
        ("customer_since", [2009, 2024], "a year"),
        ("FIPS", [17031, 6037], "a code of the census"),
        ("county_fips", [17031, 6037], "a code of the census"),
        ("GEOID20", [17031, 6037], "a code of the census"),
        ("CountyCode", [31, 37], "a code of the census"),
        ("OwnerId", [7, 8], "an id"),
        ("parent account number", [7, 8], "an id"),
        ("Hausnummer", [7, 8], "an id"),
        ("NAICS code", [441, 442], "an id"),
        ("siret", [10000000000000, 10000000000007], "an id"),
        ("X_COORD", [1170000, 1170001], "a coordinate"),
        ("billing_latitude", [41.6, 41.7], "a coordinate"),
    ],
)
def test_numbers_that_nobody_sums(name: str, values: list[float], what: str) -> None:
    assert label_of(pd.Series(values, name=name)) == what


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("visits_per_year", [12, 4]),
        ("Besuche/Jahr", [12, 4]),
        ("revenue_last_year", [2000, 2100]),
        ("year", [3, 12]),  # years of service: no number of a year
        ("founded", [0, 1]),
        ("number_of_orders", [1, 2]),
        ("paid", [100, 200]),  # ends in the letters of id
        ("zip_lines_sold", [1, 2]),
        ("phones_sold", [1, 2]),
        ("stores", [1, 2]),
        ("population", [1, 2]),
        ("potential_usd", [1, 2]),
        ("mobile_visits", [1, 2]),
        ("Umsatz", [1, 2]),
        ("sales_2019", [1, 2]),
        ("Umsatz 2023", [2000, 2100]),
    ],
)
def test_amounts_stay_amounts(name: str, values: list[float]) -> None:
    assert label_of(pd.Series(values, name=name)) is None


TABLE = pd.DataFrame(
    {
        "account_id": ["a", "b", "c"], "lon": [-90.0, -90.1, -90.2], "lat": [40.0, 40.1, 40.2],
        "zip": [60601, 60602, 60603], "phone": [3125550100, 3125550101, 3125550102], "year_built": [1990, 2001, 1975],
        "fips": [17031, 17031, 17043], "order_id": [1, 1, 2], "sales": [10.0, 20.0, 30.0],
    }
)  # fmt: skip
SAID = "zip (a postcode), phone (a phone number), year_built (a year), fips (a code of the census), order_id (an id)"


def said(units: tg.BasicUnits) -> list[str]:
    return units.findings.loc[units.findings["rule"] == "numbers not summed", "example"].tolist()


def test_they_are_no_measures_of_points_and_hexagons_unless_asked_for() -> None:
    accounts = tg.read_accounts(TABLE)
    for units in (tg.BasicUnits.from_accounts(accounts), tg.BasicUnits.from_hexagons(accounts, resolution=5)):
        assert units.measures == ("sales", "accounts")
        assert said(units) == [SAID]
    asked = tg.BasicUnits.from_accounts(accounts, measures=["zip", "sales"])
    assert asked.measures == ("zip", "sales", "accounts")
    assert asked.frame["zip"].sum() == 60601 + 60602 + 60603
    assert said(asked) == []


def test_nothing_is_said_where_every_number_is_summed() -> None:
    units = tg.BasicUnits.from_accounts(tg.read_accounts(TABLE[["account_id", "lon", "lat", "sales"]]))
    assert said(units) == []


def test_areas_and_accounts_in_them() -> None:
    areas = gpd.GeoDataFrame(
        {"geoid": [1, 2], "statefp": [17, 17], "people": [5, 6]},
        geometry=[shapely.box(-90.15, 39, -89, 41), shapely.box(-91, 39, -90.15, 41)],
        crs=4326,
    )
    alone = tg.BasicUnits.from_areas(areas)
    assert alone.measures == ("people", "accounts")
    assert said(alone) == ["statefp (a code of the census)"]
    joined = tg.BasicUnits.from_areas(areas, accounts=tg.read_accounts(TABLE))
    assert joined.measures == ("sales", "accounts", "people")
    assert said(joined) == ["statefp (a code of the census)", SAID]


def test_a_column_that_was_left_out_can_be_balanced_once_it_is_named() -> None:
    accounts = tg.read_accounts(TABLE)
    with pytest.raises(tg.OptionError, match=r"'zip' is a column that was not summed: .*measures=\['zip'\]"):
        tg.TerritoryProblem(tg.BasicUnits.from_accounts(accounts), n_territories=2, balance={"zip": 0.5})
    units = tg.BasicUnits.from_accounts(accounts, measures=["zip"])
    assert tg.TerritoryProblem(units, n_territories=2, balance={"zip": 0.5}).balance


def test_gaps_in_them_are_no_missing_amounts() -> None:
    table = TABLE.assign(zip=[60601.0, None, 60603.0], year_built=[1990.0, None, 1975.0], sales=[1.0, None, 3.0])
    report = tg.read_accounts(table).report()
    assert report.loc[report["rule"] == "missing_measure", "example"].tolist() == ["row 2: sales is missing"]


def test_how_far_a_place_may_be_off_is_no_measure() -> None:
    accounts = tg.read_accounts(pd.DataFrame({"cust no": [1, 2], "zip": ["02139", "02140"], "sales": [3, 4]}))
    assert accounts.columns["id"] == "cust no"
    assert tg.BasicUnits.from_accounts(accounts).measures == ("sales", "accounts")


def test_an_unknown_measure_lists_only_columns_to_add_up() -> None:
    with pytest.raises(
        tg.DataError,
        match=r"There is no measure 'sale'\. Did you mean 'sales'\? Columns that can be measures: sales, accounts",
    ):
        tg.BasicUnits.from_accounts(tg.read_accounts(TABLE), measures=["sale"])


def test_where_no_row_can_be_used_the_commonest_reason_is_told() -> None:
    table = pd.DataFrame({"id": range(9), "Easting": [None, *range(545305, 545313)], "Northing": [None] + [416774] * 8})
    with pytest.raises(tg.DataError, match=r"No row of the DataFrame can be used, such as row 2: .* projection"):
        tg.BasicUnits.from_accounts(tg.read_accounts(table))
