"""The land mask: a user gives points only, and expects territories to end at the coast, not in the sea or in Mexico.

Right means: in the United States the shipped outline, near the points; elsewhere their surroundings; or what is given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.land import land_around
from territory_geo.geodata.plane import LocalPlane

US = [(-122.4, 37.7), (-87.6, 41.8), (-74.2, 40.7), (-95.4, 29.8), (-104.9, 39.7), (-82.5, 27.9)]
EUROPE = [(2.35, 48.86), (13.40, 52.52), (9.19, 45.46), (-3.7, 40.4)]
GULF_OF_MEXICO = (-89.0, 28.5)


def mask(places: list[tuple[float, float]], land: Any = "auto", *, geographic: bool = True) -> tuple[Any, LocalPlane]:
    xy = np.array(places, dtype=float)
    plane = LocalPlane.around(xy, geographic=geographic)
    return land_around(xy, plane, land), plane


def holds(land: Any, plane: LocalPlane, place: tuple[float, float]) -> bool:
    return bool(shapely.contains_xy(land, *plane.to_plane(np.array([place]))[0]))


def test_points_in_the_united_states_end_at_the_coast() -> None:
    land, plane = mask(US)
    hull, _ = mask(US, None)
    assert holds(hull, plane, GULF_OF_MEXICO)
    assert not holds(land, plane, GULF_OF_MEXICO)
    assert all(holds(land, plane, place) for place in US)
    assert 4e6 < land.area / 1e6 < 7.9e6
    assert land.is_valid


def test_accounts_of_one_state_do_not_reach_from_coast_to_coast() -> None:
    bay = [(-122.42, 37.77), (-121.89, 37.34), (-122.27, 37.87), (-121.29, 37.96)]
    land, plane = mask(bay)
    assert all(holds(land, plane, place) for place in bay)
    assert land.area / 1e6 < 25_000
    assert not holds(land, plane, (-104.9, 39.7))


@pytest.mark.parametrize("places", [EUROPE, [*US, *EUROPE], [(-149.9, 61.2), (-157.9, 21.3)]])
def test_elsewhere_it_is_the_surroundings(places: list[tuple[float, float]]) -> None:
    land, plane = mask(places)
    points = plane.to_plane(np.array(places))
    hull = shapely.convex_hull(shapely.multipoints(points))
    width = np.ptp(points, axis=0).max()
    assert shapely.contains_properly(land, hull)
    assert shapely.hausdorff_distance(land.exterior, hull) == pytest.approx(width / 20, rel=0.02)
    assert mask(places, None)[0].equals(land)


def test_planar_points_are_nowhere_on_earth() -> None:
    land, _ = mask([(-100.0, 40.0), (-90.0, 40.0)], geographic=False)
    assert land.bounds == pytest.approx((-101, 39, -89, 41))


def test_a_given_polygon_is_taken_as_it_is() -> None:
    iberia = shapely.box(-10, 36, 3, 44)
    land, plane = mask(EUROPE, iberia)
    assert holds(land, plane, (-5, 40))
    assert not holds(land, plane, (2.35, 48.86))
    # Its northern border follows the parallel, which is no straight line in the plane.
    assert all(holds(land, plane, (lon, 43.999)) for lon in np.linspace(-9.9, 2.9, 60))
    planar = mask([(0, 0), (9, 9)], shapely.box(-1, -1, 5, 5), geographic=False)[0]
    assert planar.equals(shapely.box(-1, -1, 5, 5))


@pytest.mark.parametrize("land", ["sea", 7, shapely.Point(0, 0), shapely.Polygon(), [shapely.box(0, 0, 1, 1)]])
def test_other_land_is_refused(land: Any) -> None:
    with pytest.raises(
        OptionError,
        match=r"The 'land' parameter must be 'auto', None, a polygon, or a file or GeoDataFrame of polygons\. Got",
    ):
        mask(US, land)


def test_cities_around_lake_michigan_are_no_neighbours_across_it() -> None:
    cities = pd.DataFrame(
        {
            "id": ["Milwaukee", "Muskegon", "Chicago", "Kalamazoo", "Madison"],
            "lon": [-87.91, -86.25, -87.65, -85.59, -89.40],
            "lat": [43.04, 43.23, 41.85, 42.29, 43.07],
        }
    )
    accounts = tg.read_accounts(cities)
    auto = tg.ContiguityGraph.from_units(tg.BasicUnits.from_accounts(accounts)).edges
    dry = tg.ContiguityGraph.from_units(tg.BasicUnits.from_accounts(accounts, land=None)).edges
    across = ("Milwaukee", "Muskegon")
    assert across in set(zip(dry["u"], dry["v"], strict=True))
    assert across not in set(zip(auto["u"], auto["v"], strict=True))
    assert ("Chicago", "Kalamazoo") in set(zip(auto["u"], auto["v"], strict=True))
    assert "bridge" not in set(auto["kind"])


# ------------------------------------------------------------------ land that the user brings

# Two squares of a degree each with a sound of a degree between them, at the equator; the third is far away.
SHORES = [shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1), shapely.box(40, 40, 50, 50)]
TOWNS = pd.DataFrame(
    {
        "id": ["a1", "a2", "a3", "b1", "b2", "b3", "ship"],
        "lon": [0.2, 0.5, 0.8, 2.2, 2.5, 2.8, 1.5],
        "lat": [0.5, 0.2, 0.8, 0.5, 0.8, 0.2, 0.5],
    }
)


@pytest.fixture(params=["gpkg", "geojson", "another system"])
def land_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    shapes = gpd.GeoDataFrame({"name": ["west", "east", "far"]}, geometry=SHORES, crs=4326)
    path = tmp_path / ("land.geojson" if request.param == "geojson" else "land.gpkg")
    (shapes.to_crs(3857) if request.param == "another system" else shapes).to_file(path)
    return path


def test_land_from_a_file_finds_the_ship_and_parts_the_shores(land_file: Path) -> None:
    accounts = tg.read_accounts(TOWNS, land=land_file)
    found = accounts.findings.query("rule == 'off_land'")
    assert found["id"].tolist() == ["ship"]
    assert "55.6 km off" in found["finding"].iloc[0]  # half a degree on the equator
    said = accounts.findings.query("rule == 'land'")["finding"].tolist()
    assert said == [land_file.name]
    units = tg.BasicUnits.from_accounts(tg.read_accounts(TOWNS.iloc[:6], land=land_file))
    assert units.mask == "a given polygon"
    edges = tg.ContiguityGraph.from_units(units).edges
    across = [(u, v, kind) for u, v, kind in edges[["u", "v", "kind"]].itertuples(index=False) if u[0] != v[0]]
    assert [kind for *_, kind in across] == ["bridge"]
    # Land far beyond the accounts is none of theirs; that nearby is, to a quarter of their extent.
    assert shapely.get_parts(units.land).size == 2
    assert units.land.area == pytest.approx(2.0, rel=1e-3)


def test_hexagons_end_at_the_land_of_their_accounts(land_file: Path) -> None:
    accounts = tg.read_accounts(TOWNS.iloc[:6], land=land_file)
    units = tg.BasicUnits.from_hexagons(accounts, resolution=5)
    middle = units.frame.geometry.to_crs(3857).centroid.to_crs(4326)
    assert not ((middle.x > 1.2) & (middle.x < 1.8)).any()


def test_what_is_known_of_the_land_is_said() -> None:
    def said(**options: Any) -> str:
        findings = tg.read_accounts(TOWNS, **options).findings.query("rule == 'land'")
        return "; ".join(findings["finding"])

    assert said().startswith("none: the one that ships is of the United States; name yours with land=")
    assert said(land=None) == "none: the check is switched off"
    assert said(crs=None).startswith("none: planar coordinates need one of their own")
    assert said(land=shapely.box(0, 0, 3, 1)) == "a given polygon"


def test_planar_land_for_planar_places() -> None:
    table = TOWNS.assign(lon=TOWNS["lon"] * 1e5, lat=TOWNS["lat"] * 1e5)
    shapes = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1e5, 1e5), shapely.box(2e5, 0, 3e5, 1e5)])
    accounts = tg.read_accounts(table, crs=None, land=shapes)
    found = accounts.findings.query("rule == 'off_land'")
    assert found["finding"].tolist() == ["x 150,000, y 50,000 is 50.0 km off the land mask"]
    with pytest.raises(
        OptionError, match=r"must fit the accounts, which are in planar metres. the given land has long"
    ):
        tg.read_accounts(table, crs=None, land=shapes.set_crs(3857))
    with pytest.raises(OptionError, match=r"must fit the accounts, which are in longitude and latitude"):
        tg.read_accounts(TOWNS, land=shapes)


def test_land_that_is_none() -> None:
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0], [0]), crs=4326)
    with pytest.raises(DataError, match="the given land holds no polygon"):
        tg.read_accounts(TOWNS, land=points)
    elsewhere = gpd.GeoDataFrame(geometry=SHORES[2:], crs=4326)
    with pytest.raises(OptionError, match="lies nowhere near the accounts"):
        tg.BasicUnits.from_accounts(tg.read_accounts(TOWNS, land=elsewhere))


def test_a_plan_keeps_its_land(land_file: Path, tmp_path: Path) -> None:
    units = tg.BasicUnits.from_accounts(tg.read_accounts(TOWNS.iloc[:6], land=land_file))
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"accounts": 0.0})
    plan = tg.solve(problem, seed=1).plan
    assert plan is not None
    plan.save(tmp_path / "kept")
    again = tg.load_plan(tmp_path / "kept")
    assert again.problem.units.land.equals(units.land)
    assert again.territories.geometry.to_wkt().tolist() == plan.territories.geometry.to_wkt().tolist()
