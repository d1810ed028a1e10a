"""Geographic files: a planner opens what a GIS or a CRM exported, points or areas, in any common format.

Right means: the same rows in the same order with the same ids, at the same longitudes and latitudes (to a
centimetre), whichever format and reference system carried them; a file that says two things is refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

import territory_geo as tg
from territory_geo.errors import DataError
from territory_geo.geodata.readers.vectors import holds_areas, is_topojson, read_areas_and_arcs, read_vector
from territory_geo.geodata.samples import data_path

PLACES = [(-71.06, 42.36), (2.35, 48.86), (151.21, -33.87)]
CENTIMETRE = 1e-7


@pytest.fixture
def points() -> gpd.GeoDataFrame:
    """Three cities with ids that start with a zero."""
    table = {"account_id": ["01", "02", "03"], "sales": [5, 7, 9]}
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(place) for place in PLACES], crs=4326)


def write(frame: gpd.GeoDataFrame, path: Path) -> Path:
    if path.suffix.endswith("parquet"):
        frame.to_parquet(path)
    elif path.name.endswith(".shp.zip"):
        frame.to_file(path, driver="ESRI Shapefile")
    else:
        frame.to_file(path)
    return path


def feature(geometry: Any, id_: Any = None, **properties: Any) -> dict[str, Any]:
    ids = {} if id_ is None else {"id": id_}
    return {"type": "Feature", **ids, "properties": properties, "geometry": geometry}


def geojson(path: Path, features: list[dict[str, Any]], **more: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": features}))
    return path


POINT = {"type": "Point", "coordinates": [1.0, 2.0]}


@pytest.mark.parametrize("name", ["p.geojson", "p.json", "p.gpkg", "p.shp", "p.shp.zip", "p.parquet", "p.geoparquet"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32619"])
def test_points_of_every_format_and_crs(points: gpd.GeoDataFrame, tmp_path: Path, name: str, crs: str) -> None:
    if crs == "EPSG:32619":
        points = points.iloc[:1]  # a UTM zone holds Boston only
    path = write(points.to_crs(crs), tmp_path / name)
    accounts = tg.read_accounts(path)
    assert accounts.frame["id"].tolist() == points["account_id"].tolist()
    assert accounts.frame["sales"].tolist() == points["sales"].tolist()
    assert accounts.frame.crs == "EPSG:4326"
    got = np.column_stack([accounts.frame.geometry.x, accounts.frame.geometry.y])
    np.testing.assert_allclose(got, PLACES[: len(points)], atol=CENTIMETRE)
    assert len(accounts.rejects) == 0
    assert accounts.source == name
    assert len(accounts.sha256) == 64


def test_points_of_a_topojson(tmp_path: Path) -> None:
    geometries = [
        {"type": "Point", "coordinates": list(place), "id": f"0{i}", "properties": {"sales": i}}
        for i, place in enumerate(PLACES)
    ]
    layer = {"type": "GeometryCollection", "geometries": [*geometries, {"type": None, "id": "09"}]}
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"type": "Topology", "arcs": [], "objects": {"cities": layer}}))
    accounts = tg.read_accounts(path)
    assert accounts.frame["id"].tolist() == ["00", "01", "02"]
    assert accounts.frame.geometry.x.tolist() == [x for x, _ in PLACES]
    assert accounts.rejects.to_dict("records") == [{"row": 4, "id": "09", "reason": "the geometry is missing"}]


def test_files_without_a_crs_are_planar(points: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """A shapefile whose .prj was left behind."""
    points = points.set_geometry([shapely.Point(5e5, 5e6 + i) for i in range(3)], crs=32631)
    path = write(points, tmp_path / "p.shp")
    path.with_suffix(".prj").unlink()
    accounts = tg.read_accounts(path)
    assert accounts.frame.crs is None
    assert accounts.frame.geometry.y.tolist() == [5e6, 5e6 + 1, 5e6 + 2]


@pytest.mark.parametrize("ids", [[77, 5], ["077", "5"]])
def test_ids_of_geojson_features(tmp_path: Path, ids: list[Any]) -> None:
    """GDAL keeps ids that are text as a column and drops those that are numbers."""
    path = geojson(tmp_path / "p.geojson", [feature(POINT, id_, n=1) for id_ in ids])
    accounts = tg.read_accounts(path)
    assert accounts.frame["id"].tolist() == ids
    assert accounts.columns["id"] == "id"


def test_an_id_among_the_properties_wins(tmp_path: Path) -> None:
    path = geojson(tmp_path / "p.geojson", [feature(POINT, 77, account_id="a"), feature(POINT, 78, account_id="b")])
    assert tg.read_accounts(path).frame["id"].tolist() == ["a", "b"]


def test_features_without_ids_are_numbered_and_one_without_is_refused(tmp_path: Path) -> None:
    path = geojson(tmp_path / "p.geojson", [feature(POINT, n=1), feature(None, n=2)])
    accounts = tg.read_accounts(path)
    assert accounts.frame["id"].tolist() == [1]
    assert accounts.rejects["row"].tolist() == [2]
    path = geojson(tmp_path / "q.geojson", [feature(POINT, 4, n=1), feature(POINT, n=2)])
    accounts = tg.read_accounts(path)
    assert accounts.frame["id"].tolist() == [4]
    assert accounts.rejects["reason"].tolist() == ["the id is missing"]


def test_geojson_that_speaks_of_topology_is_geojson(tmp_path: Path) -> None:
    path = geojson(tmp_path / "p.json", [feature(POINT, "a", topic="Topology")], name="Topology")
    assert not is_topojson(path)
    assert tg.read_accounts(path).frame["id"].tolist() == ["a"]
    assert read_areas_and_arcs(path)[1] is None


def test_layers(points: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    points.to_file(path, layer="east")
    points.iloc[:2].to_file(path, layer="west")
    with pytest.raises(DataError, match=r"holds the layers 'east', 'west'. Say which one with layer=…"):
        tg.read_accounts(path)
    with pytest.raises(DataError, match=r"has no layer 'north'. It holds 'east', 'west'"):
        tg.read_accounts(path, layer="north")
    assert len(tg.read_accounts(path, layer="west")) == 2


def test_tables_beside_the_one_layer_are_overlooked(points: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """QGIS stores its styles as a table in the GeoPackage."""
    path = tmp_path / "p.gpkg"
    points.to_file(path, layer="cities")
    pyogrio.write_dataframe(pd.DataFrame({"styleQML": ["<qgis/>"]}), path, layer="layer_styles", driver="GPKG")
    assert len(tg.read_accounts(path)) == 3


def test_layers_of_a_topojson() -> None:
    with pytest.raises(DataError, match="holds the layers 'counties_lower48', 'counties', 'states', 'nation'"):
        read_vector(data_path("us.topojson"))
    states = read_vector(data_path("us.topojson"), layer="states")
    assert len(states) == 52
    assert states.crs == "EPSG:4326"


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    for name in ("p.gpkg", "p.geojson", "p.parquet", "p.shp"):
        path = tmp_path / name
        path.write_bytes(b"this is not what the name says")
        with pytest.raises(DataError, match=rf"{name} cannot be read"):
            read_vector(path)
    with pytest.raises(DataError, match="does not exist"):
        read_vector(tmp_path / "none.gpkg")


def test_tables_without_geometries_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"id": [1]}).to_parquet(tmp_path / "p.parquet")
    with pytest.raises(DataError, match=r"p.parquet cannot be read"):
        read_vector(tmp_path / "p.parquet")


def test_points_or_areas(points: gpd.GeoDataFrame, tmp_path: Path) -> None:
    assert not holds_areas(write(points, tmp_path / "p.gpkg"))
    areas = points.set_geometry([shapely.box(x, y, x + 1, y + 1) for x, y in PLACES], crs=4326)
    assert holds_areas(write(areas, tmp_path / "a.gpkg"))
    assert not holds_areas(geojson(tmp_path / "none.geojson", []))
