"""Towns with their population and ZIP centroids, both from GeoNames, reduced to what the package uses.

What is left out is counted and asserted here; what looks wrong but stays is listed in README.md.
"""

from __future__ import annotations

import io
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from us_topology import LOWER48, STATES

NEW_YORK_COUNTIES = ("36005", "36047", "36061", "36081", "36085")
NEW_YORK_BOROUGHS = ("Brooklyn", "Manhattan", "Queens", "Staten Island", "The Bronx")
BOROUGHS_POPULATION = 8_394_289
TOWNS_POPULATION = 261_013_430


def build_towns(cities: bytes, counties: gpd.GeoDataFrame) -> pd.DataFrame:
    """Towns of the lower 48: geonameid, name, state, lat, lon, population."""
    rows = [
        (str(c["geonameid"]), c["name"], c["admin1code"], c["latitude"], c["longitude"], c["population"])
        for c in json.loads(cities).values()
        if c["countrycode"] == "US" and c["admin1code"] in LOWER48
    ]
    columns = ["geonameid", "name", "state", "lat", "lon", "population"]
    towns = pd.DataFrame(rows, columns=columns).sort_values("geonameid", key=lambda ids: ids.astype(int))
    assert len(towns) == 21_408, f"{len(towns)} towns"
    # Seventeen entries are court houses, town offices and the like, with no inhabitants.
    towns = towns[towns["population"] > 0]
    assert len(towns) == 21_391, f"{len(towns)} towns with inhabitants"
    towns = _without_new_york_double_count(towns, counties).reset_index(drop=True)

    assert len(towns) == 21_246, f"{len(towns)} towns after New York"
    assert set(towns["state"]) == LOWER48
    assert towns["geonameid"].is_unique
    assert not towns.duplicated(["name", "state", "lat", "lon"]).any(), "a town is listed twice"
    assert towns["lat"].between(24, 50).all()
    assert towns["lon"].between(-125, -66).all()
    assert towns["population"].sum() == TOWNS_POPULATION, f"{towns['population'].sum()} inhabitants"
    return towns


def _without_new_york_double_count(towns: pd.DataFrame, counties: gpd.GeoDataFrame) -> pd.DataFrame:
    """Keep the five boroughs of New York City; drop the city and the neighbourhoods inside of the boroughs.

    GeoNames counts the inhabitants of the city three times: as a city, as boroughs and as neighbourhoods. The
    boroughs are the level that is complete and still says where in the city people live.
    """
    new_york = towns[towns["state"] == "NY"]
    shapes = counties[counties["state"] == "NY"]
    points = shapely.points(new_york[["lon", "lat"]])
    # The nearest county, not the containing one: some neighbourhoods lie just off the simplified shore.
    (at, county), _ = shapes.sindex.nearest(points, return_all=False, return_distance=True)
    in_city = new_york.iloc[at[shapes["id"].isin(NEW_YORK_COUNTIES).to_numpy()[county]]]
    boroughs = in_city[in_city["name"].isin(NEW_YORK_BOROUGHS)]
    assert sorted(boroughs["name"]) == sorted(NEW_YORK_BOROUGHS), boroughs
    assert boroughs["population"].sum() == BOROUGHS_POPULATION
    dropped = in_city.drop(index=boroughs.index)
    assert "New York City" in set(dropped["name"])
    assert len(dropped) == 145, f"{len(dropped)} entries of New York City dropped"
    return towns.drop(index=dropped.index)


def build_zips(table: bytes) -> pd.DataFrame:
    """ZIP codes of the 50 states and DC: zip (text), place, state, lat, lon (degrees)."""
    text = {1: str, 2: str, 4: str}
    zips = pd.read_csv(
        io.BytesIO(table), sep="\t", header=None, usecols=[*text, 9, 10], dtype=text, keep_default_na=False
    )
    zips.columns = pd.Index(["zip", "place", "state", "lat", "lon"])
    assert len(zips) == 41_490, f"{len(zips)} ZIP codes"
    # 511 military codes have no state and lie abroad or nowhere; two belong to the Marshall Islands.
    zips = zips[zips["state"].isin(set(STATES.values()))].sort_values("zip").reset_index(drop=True)
    assert len(zips) == 40_977, f"{len(zips)} ZIP codes of the states and DC"
    assert zips["zip"].is_unique
    assert zips["zip"].str.fullmatch(r"\d{5}").all()
    assert zips["lat"].between(18, 72).all()
    # Wake Island, Hawaii, and the western Aleutians lie beyond the 180th meridian.
    assert (zips["lon"].between(-180, -66) | zips["lon"].between(166, 180)).all()
    return zips


def town_weights(towns: pd.DataFrame, counties: gpd.GeoDataFrame) -> np.ndarray:
    """Population per town, scaled down where the towns of a county sum to more than the county's inhabitants.

    GeoNames lists parts of towns beside the towns in many cities, with no mark to tell them by; the census
    total of the county keeps such places from attracting too many of the synthetic accounts.
    """
    points = shapely.points(towns[["lon", "lat"]])
    (at, county), _ = counties.sindex.nearest(points, return_all=False, return_distance=True)
    position = np.empty(len(towns), dtype=np.int64)
    position[at] = county
    population = towns["population"].to_numpy(dtype=np.float64)
    listed = np.bincount(position, weights=population, minlength=len(counties))
    share = np.minimum(1.0, counties["population"].to_numpy() / np.maximum(listed, 1.0))
    return population * share[position]
