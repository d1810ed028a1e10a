"""Basic units of areas: counties, postcode areas, tracts, as a statistics office publishes them, faults included.

Right means: each area is a unit under its own id, with its numbers; a shape that cannot be used is refused by row
and reason, one that can be mended is mended and listed; and an area never disappears because it is squeezed flat.
"""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.errors import DataError
from territory_geo.geodata.plane import LocalPlane
from territory_geo.geodata.readers.vectors import holds_areas
from territory_geo.geodata.samples import data_path, us_counties
from territory_geo.geodata.topology import clean_polygons, inner_points

UNITED_KINGDOM = "EPSG:27700"


def squares(count: int, **columns: Any) -> gpd.GeoDataFrame:
    """A row of unit squares, ids a, b, c, …, planar."""
    shapes = [shapely.box(i, 0, i + 1, 1) for i in range(count)]
    return gpd.GeoDataFrame({"code": [chr(97 + i) for i in range(count)], **columns}, geometry=shapes)


@pytest.fixture(scope="module")
def counties() -> tg.BasicUnits:
    """The lower 48 by shapes alone: a GeoDataFrame knows nothing of arcs."""
    return tg.BasicUnits.from_areas(us_counties())


def test_each_area_is_a_unit() -> None:
    units = tg.BasicUnits.from_areas(squares(3, people=[5, 6, 7], name=["A", "B", "C"]).iloc[::-1])
    assert units.kind == "areas"
    assert units.ids == ["a", "b", "c"]
    assert units.frame["people"].tolist() == [5, 6, 7]
    assert units.measures == ("people", "accounts")
    assert units.frame["accounts"].tolist() == [1, 1, 1]
    members = units.members
    assert members["row"].tolist() == [1, 2, 3]
    assert members["unit"].tolist() == members["id"].tolist() == ["c", "b", "a"]
    assert members["name"].tolist() == ["C", "B", "A"]
    assert (members.geometry.x.tolist(), members.geometry.y.tolist()) == ([2.5, 1.5, 0.5], [0.5] * 3)
    assert units.xy.tolist() == [[0.5, 0.5], [1.5, 0.5], [2.5, 0.5]]
    assert units.frame.geometry.area.tolist() == [1, 1, 1]
    assert not units.geographic
    assert units.mended_shapes == ()


BAD_SHAPES = [
    None,
    shapely.Polygon(),
    shapely.LineString([(0, 0), (1, 1)]),
    shapely.Point(0, 0),
    shapely.GeometryCollection([shapely.box(0, 0, 1, 1)]),
]


@pytest.mark.parametrize("shape", BAD_SHAPES)
def test_shapes_that_are_no_area(shape: Any) -> None:
    areas = squares(3)
    areas.loc[1, "geometry"] = shape
    units = tg.BasicUnits.from_areas(areas)
    assert units.ids == ["a", "c"]
    reason = "the shape is missing, empty or no polygon"
    assert units.rejects.to_dict("records") == [{"row": 2, "id": "b", "reason": reason}]


def test_ids_missing_and_repeated_and_measures_lacking() -> None:
    areas = squares(6, people=[1, 2, None, -4, 5, 6])
    areas["code"] = ["a", "a", "c", "d", None, "f"]
    units = tg.BasicUnits.from_areas(areas, measures=["people"])
    assert units.ids == ["a", "f"]
    assert units.rejects["row"].tolist() == [2, 3, 4, 5]
    assert units.rejects["reason"].tolist() == [
        "the id 'a' is already used in row 1",
        "people is missing",
        "people -4 is negative",
        "the id is missing",
    ]
    assert len(tg.BasicUnits.from_areas(areas).members) == 4


def test_bow_tie_is_mended_and_listed() -> None:
    areas = squares(2, people=[1, 2])
    # Two triangles that meet in (0.5, 0.5), drawn in one stroke.
    areas.loc[0, "geometry"] = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    units = tg.BasicUnits.from_areas(areas)
    assert units.mended_shapes == ("a",)
    assert units.frame.geometry.is_valid.all()
    assert units.frame.geometry["a"].area == pytest.approx(0.5)
    assert len(units.rejects) == 0
    assert tg.ContiguityGraph.from_units(units).pairs.tolist() == [[0, 1]]


def test_an_area_squeezed_flat_keeps_its_place_and_its_neighbours(counties: tg.BasicUnits) -> None:
    assert len(counties) == 3108
    assert len(counties.mended_shapes) == 21  # 20 touch themselves, one has no area
    assert "51610" in counties.mended_shapes
    falls_church = counties.frame.geometry["51610"]
    assert falls_church.area == 0
    assert falls_church.length > 0
    x, y = counties.xy[counties.ids.index("51610")]
    assert (x, y) == pytest.approx((-77.17, 38.88), abs=0.02)
    graph = tg.ContiguityGraph.from_units(counties, islands="allow")
    edges = graph.edges[(graph.edges["u"] == "51610") | (graph.edges["v"] == "51610")]
    assert {*edges["u"], *edges["v"]} == {"51610", "51013", "51059"}  # Arlington and Fairfax
    assert len(counties.shapes) == 3108


def test_mending_leaves_only_polygons_and_lines(counties: tg.BasicUnits) -> None:
    kinds = set(shapely.get_type_id(counties.frame.geometry.to_numpy()).tolist())
    assert kinds <= {1, 3, 5, 6}  # make_valid alone leaves collections, which crash other builders
    assert counties.frame.geometry.is_valid.all()


def test_places_lie_inside_even_where_the_centroid_does_not(counties: tg.BasicUnits) -> None:
    shapes = counties.frame.geometry.to_numpy()
    points = shapely.points(counties.xy)
    assert (shapely.distance(points, shapes) < 1e-9).all()
    assert 5 <= (~shapely.contains(shapes, shapely.centroid(shapes))).sum() <= 20


def test_inner_point_of_a_ring_and_of_a_crescent() -> None:
    ring = shapely.Point(0, 0).buffer(2).difference(shapely.Point(0, 0).buffer(1))
    shapes = np.array([ring, shapely.box(0, 0, 2, 4), shapely.LineString([(0, 0), (2, 0)])], dtype=object)
    xy = inner_points(shapes)
    assert shapely.contains_xy(ring, *xy[0])
    assert xy[1].tolist() == [1, 2]
    assert 0 <= xy[2, 0] <= 2


def test_another_crs_is_converted_and_areas_are_true() -> None:
    # The square kilometre of the British grid around Trafalgar Square's east.
    grid = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.box(530e3, 180e3, 531e3, 181e3)], crs=UNITED_KINGDOM)
    units = tg.BasicUnits.from_areas(grid)
    assert units.frame.crs == "EPSG:4326"
    assert units.xy[0] == pytest.approx((-0.12, 51.51), abs=0.01)
    assert shapely.area(units.shapes[0]) == pytest.approx(1e6, rel=2e-3)  # the grid's own scale is 0.9996


def test_local_plane_keeps_areas_and_comes_back() -> None:
    plane = LocalPlane.around(np.array([[-125.0, 25.0], [-67.0, 49.0]]), geographic=True)
    assert (plane.lon, plane.lat) == (-96.0, 37.0)
    cell = shapely.segmentize(shapely.box(-80, 30, -79, 31), 0.01)
    there = plane.shapes_to_plane(np.array([cell], dtype=object))
    # A degree square at 30–31° N by the formula of the sphere, within the flattening of the Earth.
    sphere = np.radians(1) * (np.sin(np.radians(31)) - np.sin(np.radians(30))) * 6371.0088**2
    assert shapely.area(there[0]) / 1e6 == pytest.approx(sphere, rel=5e-3)
    back = plane.shapes_from_plane(there)[0]
    assert back.equals_exact(cell, 1e-6)
    here = LocalPlane.around(np.array([[3.0, 4.0]]), geographic=False)
    assert here.to_plane(np.array([[3.0, 4.0]])).tolist() == [[3.0, 4.0]]


def test_an_area_smaller_than_the_precision_grid_stays() -> None:
    tiny = shapely.box(200_000, 0, 200_000.01, 0.01)
    shapes = [shapely.box(0, 0, 1e5, 1e5), shapely.box(1e5, 0, 2e5, 1e5), tiny]
    units = tg.BasicUnits.from_areas(gpd.GeoDataFrame({"id": list("abc")}, geometry=shapes))
    assert units.frame.geometry["c"].equals(tiny)
    assert tg.ContiguityGraph.from_units(units).n_components == 1


def test_clean_polygons_refuses_what_is_none() -> None:
    with pytest.raises(DataError, match=r"2 shapes are missing, empty or no polygon, the first in row 2"):
        clean_polygons(np.array([shapely.box(0, 0, 1, 1), None, shapely.Point(0, 0)], dtype=object))


def test_sources_that_are_no_areas() -> None:
    with pytest.raises(DataError, match="the areas has no geometries"):
        tg.BasicUnits.from_areas(pd.DataFrame({"id": [1]}))  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"no column that looks like an id. Its columns: people, geometry"):
        tg.BasicUnits.from_areas(squares(2, people=[1, 2]).drop(columns="code"))
    with pytest.raises(DataError, match=r"No row of the areas can be used, such as row 1: the shape is missing"):
        tg.BasicUnits.from_areas(gpd.GeoDataFrame({"id": [1]}, geometry=[None]))


def test_geometry_and_id_columns_of_any_name() -> None:
    areas = squares(2, row=[8, 9], id=["x", "y"], unit=["p", "q"]).rename_geometry("where")
    units = tg.BasicUnits.from_areas(areas, id="unit")
    assert units.ids == ["p", "q"]
    assert units.members["row"].tolist() == [1, 2]
    assert units.members["row_source"].tolist() == [8, 9]
    assert units.members["id_source"].tolist() == ["x", "y"]
    assert units.measures == ("accounts",)


def test_formats_of_areas(tmp_path: Path) -> None:
    areas = squares(3, people=[1, 2, 3]).set_crs(4326)
    for name in ("a.geojson", "a.gpkg", "a.shp", "a.parquet"):
        path = tmp_path / name
        areas.to_parquet(path) if name.endswith("parquet") else areas.to_file(path)
        units = tg.BasicUnits.from_areas(path, measures=["people"])
        assert (units.ids, units.source, len(units.sha256)) == (["a", "b", "c"], name, 64)
        assert units.frame["people"].tolist() == [1, 2, 3]
        assert tg.ContiguityGraph.from_units(units).pairs.tolist() == [[0, 1], [1, 2]]


def test_topojson_by_path_takes_neighbours_from_arcs() -> None:
    units = tg.BasicUnits.from_areas(data_path("us.topojson"), layer="counties_lower48", measures=["population"])
    assert (len(units), len(units.rejects)) == (3108, 0)
    assert units.frame["population"].sum() == 322_538_633
    assert units.known_edges is not None
    assert len(units.known_edges) == 8710


def test_topojson_whose_shapes_share_no_arc_is_read_by_shape(tmp_path: Path) -> None:
    """Some writers give each shape its own arcs; that two squares touch is then in their coordinates only."""
    arcs = [[[i, 0], [i + 1, 0], [i + 1, 1], [i, 1], [i, 0]] for i in range(3)]
    geometries = [{"type": "Polygon", "arcs": [[i]], "id": chr(97 + i)} for i in range(3)]
    layer = {"type": "GeometryCollection", "geometries": geometries}
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps({"type": "Topology", "arcs": arcs, "objects": {"areas": layer}}))
    graph = tg.ContiguityGraph.from_units(tg.BasicUnits.from_areas(path))
    assert graph.edges[["u", "v", "kind"]].to_numpy().tolist() == [["a", "b", "border"], ["b", "c", "border"]]


@pytest.mark.parametrize("packing", ["gz", "zip"])
def test_areas_in_an_archive(packing: str, tmp_path: Path) -> None:
    plain = tmp_path / "squares.geojson"
    squares = gpd.GeoDataFrame(
        {"id": ["a", "b"], "people": [1, 2]}, geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], crs=4326
    )
    squares.to_file(plain)
    packed = tmp_path / f"squares.geojson.{packing}"
    if packing == "gz":
        packed.write_bytes(gzip.compress(plain.read_bytes()))
    else:
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(plain, plain.name)
    units = tg.BasicUnits.from_areas(packed)
    assert units.frame["people"].to_dict() == {"a": 1.0, "b": 2.0}
    assert units.source == packed.name
    assert holds_areas(packed)
