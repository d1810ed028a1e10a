"""The data sets that ship: real counties, outline, towns and ZIP codes, and a synthetic company's tables.

Sources, vintages, licences and the lines of attribution are in ``data/README.md``, which ships with them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from territory_geo.errors import DataError
from territory_geo.geodata.readers.topojson import read_topojson

if TYPE_CHECKING:
    from territory_geo.geodata.crm import CRM

COUNTY_COLUMNS = [
    "id",
    "name",
    "state",
    "population",
    "households",
    "median_income",
    "labor_force",
    "geometry",
]


def data_path(name: str) -> Path:
    """Path of a file that ships, in an installed package or in a checkout.

    Parameters
    ----------
    name : str
        File name, for example ``"accounts.csv"``.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    DataError
        There is no such file, or the data did not come with the package.

    Examples
    --------
    >>> data_path("reps.csv").name
    'reps.csv'
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_data", package.parent / "data"):
        # A folder called data beside the package is ours only if the outline is in it.
        if not (folder / "us.topojson").is_file():
            continue
        names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.suffix not in (".py", ".json"))
        if name not in names:
            raise DataError(f"data file must be one of {', '.join(names)}. Got {name!r} instead.")
        return folder / name
    raise DataError(
        f"{name!r} was not found: the data that ships is neither in {package / '_data'} nor in "
        f"{package.parent / 'data'}. Install the package again, from its wheel or a complete checkout."
    )


def us_counties(*, lower48: bool = True) -> gpd.GeoDataFrame:
    """US counties (2017) with census figures (ACS 2015-2019).

    Parameters
    ----------
    lower48 : bool, default True
        Only the 48 contiguous states and DC (3,108 counties); else all 50 states, DC and Puerto Rico (3,220).

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326, ordered by ``id`` (FIPS code, text), with ``name``, ``state`` (postal code),
        ``population``, ``households``, ``median_income`` (USD a year), ``labor_force``. The shapes are the
        source's own: 22 of the 3,220 touch themselves (20 in the lower 48), and Falls Church (51610) is
        squeezed to a line without area.

    Examples
    --------
    >>> counties = us_counties()
    >>> len(counties), int(counties["population"].sum())
    (3108, 322538633)
    """
    table = read_topojson(data_path("us.topojson"), "counties_lower48" if lower48 else "counties")
    return table[COUNTY_COLUMNS].set_crs(4326)


def us_outline(*, lower48: bool = False) -> gpd.GeoDataFrame:
    """Outline of the United States, as a land mask.

    Parameters
    ----------
    lower48 : bool, default False
        Leave out Alaska, Hawaii and Puerto Rico.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326, one row with ``id``, ``name`` and a valid MultiPolygon, accurate to about 300 m.

    Examples
    --------
    >>> [round(float(degrees)) for degrees in us_outline(lower48=True).total_bounds]
    [-125, 25, -67, 49]
    """
    table = read_topojson(data_path("us.topojson"), "nation").set_crs(4326)
    if lower48:
        # No part lies across the borders of this box, so whole parts are kept or left out.
        parts = shapely.get_parts(table.geometry.to_numpy())
        inside = shapely.contains(shapely.box(-125.5, 24.0, -66.0, 50.0), parts)
        table = table.set_geometry([shapely.multipolygons(parts[inside])], crs=4326)
    return table


def us_towns() -> pd.DataFrame:
    """Towns of the lower 48 with their inhabitants (GeoNames).

    Returns
    -------
    pandas.DataFrame
        ``geonameid`` (text), ``name``, ``state`` (postal code), ``lat``, ``lon`` (degrees), ``population``.
        New York City stands as its five boroughs; in other large cities, parts of the town are listed beside
        it (see ``data/README.md``), so sums over the table count some people twice.

    Examples
    --------
    >>> len(us_towns())
    21246
    """
    return _table("towns.csv.gz", text=["geonameid", "name", "state"])


def us_zips() -> pd.DataFrame:
    """ZIP codes of the 50 states and DC as points (GeoNames).

    Returns
    -------
    pandas.DataFrame
        ``zip`` (text, with leading zeros), ``place``, ``state`` (postal code), ``lat``, ``lon`` (degrees).

    Examples
    --------
    >>> us_zips()["zip"].iloc[0]
    '00501'
    """
    return _table("zips.csv.gz", text=["zip", "place", "state"])


def demo_accounts() -> pd.DataFrame:
    """Customers and prospects of a synthetic company on real towns of the lower 48: 5,000 rows.

    Returns
    -------
    pandas.DataFrame
        ``account_id``, ``name``, ``kind`` (customer, prospect), ``segment`` (enterprise, mid-market, smb),
        ``industry``, ``product_line``, ``parent_id`` (missing unless a subsidiary), ``city``, ``state``,
        ``zip`` (text), ``lat``, ``lon`` (degrees), ``revenue_usd``, ``potential_usd`` (USD a year),
        ``visits_per_year``, ``visit_minutes``, ``current_rep``.

    Examples
    --------
    >>> demo_accounts()["segment"].value_counts().to_dict()
    {'smb': 3500, 'mid-market': 1200, 'enterprise': 300}
    """
    numbers = {"lat", "lon", "revenue_usd", "potential_usd", "visits_per_year", "visit_minutes"}
    header = pd.read_csv(data_path("accounts.csv"), nrows=0).columns
    table = _table("accounts.csv", text=[column for column in header if column not in numbers])
    table["parent_id"] = table["parent_id"].where(table["parent_id"] != "")
    return table


def demo_reps() -> pd.DataFrame:
    """Sales reps of the synthetic company: 24 rows.

    Returns
    -------
    pandas.DataFrame
        ``rep_id``, ``name``, ``home`` ("City, ST"), ``lat``, ``lon`` (degrees, of the home), ``role``,
        ``capacity_hours`` (a year), ``skills`` (product lines, joined by ``;``).

    Examples
    --------
    >>> int(demo_reps()["capacity_hours"].sum())
    36960
    """
    return _table("reps.csv", text=["rep_id", "name", "home", "role", "skills"])


def demo_crm() -> CRM:
    """Two years (2024, 2025) of contacts, activities, opportunities, orders and leads of the synthetic company.

    Returns
    -------
    CRM
        Beside `demo_accounts`: orders of 2025 sum to each account's ``revenue_usd``. `people` are the reps, eight
        account executives and four managers, with their yearly cost.

    Examples
    --------
    >>> demo_crm()
    <CRM: 8,493 contacts, 30,122 activities, 6,338 opportunities, 12,363 orders, 2,000 leads, 36 people; 0 rejected;
     amounts in USD>
    """
    from territory_geo.geodata.crm import read_crm

    return read_crm(
        contacts=data_path("crm_contacts.csv.gz"),
        activities=data_path("crm_activities.csv.gz"),
        opportunities=data_path("crm_opportunities.csv.gz"),
        orders=data_path("crm_orders.csv.gz"),
        leads=data_path("crm_leads.csv.gz"),
        people=data_path("crm_people.csv"),
    )


def demo_coverage() -> pd.DataFrame:
    """The 40 named accounts of the synthetic company and who looks after each.

    Returns
    -------
    pandas.DataFrame
        ``account_id``, ``motion`` (account), ``owner`` (of `people`), ``team``; all other accounts are covered by
        territory.

    Examples
    --------
    >>> demo_coverage()["owner"].str[:2].value_counts().to_dict()
    {'AE': 32, 'R1': 5, 'R2': 2, 'R0': 1}
    """
    return _table("crm_coverage.csv", text=["account_id", "motion", "owner", "team"])


def demo_targets() -> pd.DataFrame:
    """What the synthetic company aims at: revenue of each person, and figures for everybody.

    Returns
    -------
    pandas.DataFrame
        ``kpi`` (as on the pages), ``value`` (text, such as "80 %"), ``per`` (year, or empty), ``level``, ``key``.

    Examples
    --------
    >>> demo_targets().head(2).values.tolist()
    [['Revenue', '110,000,000', 'year', 'company', ''], ['New customers', '220', 'year', 'company', '']]
    """
    return _table("crm_targets.csv", text=["kpi", "value", "per", "level", "key"])


def demo_team() -> pd.DataFrame:
    """People of the synthetic company who look after named accounts: 18 rows.

    Returns
    -------
    pandas.DataFrame
        As `demo_reps`, with ``industries`` (joined by ``;``) and ``max_accounts`` (text, empty where there is no
        limit); the roles are account executive, customer success, marketing partner and specialist.

    Examples
    --------
    >>> demo_team()["role"].value_counts().to_dict()
    {'account executive': 8, 'customer success': 4, 'marketing partner': 3, 'specialist': 3}
    """
    return _table("team.csv", text=["rep_id", "name", "home", "role", "skills", "industries", "max_accounts"])


def _table(name: str, *, text: list[str]) -> pd.DataFrame:
    # Nothing counts as missing: "NA" and the like may be text, and the files have no gaps among the numbers.
    return pd.read_csv(data_path(name), dtype=dict.fromkeys(text, str), keep_default_na=False)
