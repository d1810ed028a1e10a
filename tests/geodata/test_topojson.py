"""TopoJSON: tiny topologies worked out by hand, and the counties that ship."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from territory_geo.errors import DataError
from territory_geo.geodata.readers.topojson import list_layers, read_topojson, shared_arc_edges
from territory_geo.geodata.samples import data_path

Json = dict[str, Any]

# Two unit squares side by side, sharing the arc 0 from (1, 0) up to (1, 1):
#
#   (0,1)---(1,1)---(2,1)
#     |  a    |   b   |
#   (0,0)---(1,0)---(2,0)
SHARED = [[1, 0], [1, 1]]
LEFT = [[1, 1], [0, 1], [0, 0], [1, 0]]
RIGHT = [[1, 0], [2, 0], [2, 1], [1, 1]]
SQUARES: list[Json] = [
    {"type": "Polygon", "arcs": [[0, 1]], "id": "a", "properties": {"people": 3}},
    {"type": "Polygon", "arcs": [[2, -1]], "id": "b", "properties": {"people": 5}},
]


def topology(geometries: list[Json], arcs: list[Any] | None = None, **more: Any) -> Json:
    """Return a topology with one layer, by default over the arcs of the two squares."""
    layer = {"type": "GeometryCollection", "geometries": geometries}
    return {"type": "Topology", "objects": {"layer": layer}, "arcs": arcs or [SHARED, LEFT, RIGHT], **more}


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Return a function that writes a topology and gives its path."""

    def to_file(content: Any) -> Path:
        path = tmp_path / "shapes.topojson"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return to_file


def test_two_squares_share_a_reversed_arc(write: Any) -> None:
    table = read_topojson(write(topology(SQUARES)))
    assert table.columns.tolist() == ["id", "people", "geometry"]
    assert table["id"].tolist() == ["a", "b"]
    assert table["people"].tolist() == [3, 5]
    assert table.crs is None
    assert table.geometry[0].wkt == "POLYGON ((1 0, 1 1, 0 1, 0 0, 1 0))"
    assert table.geometry[1].wkt == "POLYGON ((1 0, 2 0, 2 1, 1 1, 1 0))"
    assert table.attrs == {"collapsed_rings": 0, "closed_rings": 0}


def test_quantised_arcs_are_differences_and_points_are_not(write: Any) -> None:
    # Grid steps of 0.5 and 0.25, origin at (10, 20).
    content = topology(
        [
            {"type": "LineString", "arcs": [0]},
            {"type": "LineString", "arcs": [-1]},
            {"type": "Point", "coordinates": [4, 8]},
            {"type": "MultiPoint", "coordinates": [[0, 0], [2, 4]]},
        ],
        arcs=[[[2, 4], [2, 0], [-1, 4]]],
        transform={"scale": [0.5, 0.25], "translate": [10, 20]},
    )
    shapes = [shape.wkt for shape in read_topojson(write(content)).geometry]
    assert shapes == [
        "LINESTRING (11 21, 12 21, 11.5 22)",
        "LINESTRING (11.5 22, 12 21, 11 21)",
        "POINT (12 22)",
        "MULTIPOINT ((10 20), (11 21))",
    ]


def test_all_other_kinds_of_shape(write: Any) -> None:
    hole = [[0.25, 0.25], [0.5, 0.75], [0.75, 0.25], [0.25, 0.25]]
    content = topology(
        [
            {"type": "MultiLineString", "arcs": [[0, 1], [2]], "id": 7},
            {"type": "MultiPolygon", "arcs": [[[0, 1], [3]], [[2, -1]]]},
            {"type": None},
            {"type": "Polygon", "arcs": []},
            {"type": "MultiPolygon", "arcs": []},
        ],
        arcs=[SHARED, LEFT, RIGHT, hole],
    )
    table = read_topojson(write(content))
    lines, polygons, nothing, *empty = table.geometry
    assert lines.wkt == "MULTILINESTRING ((1 0, 1 1, 0 1, 0 0, 1 0), (1 0, 2 0, 2 1, 1 1))"
    assert polygons.area == 2 - 0.125
    assert len(polygons.geoms[0].interiors) == 1
    assert nothing is None
    assert all(shape.is_empty for shape in empty)
    assert table["id"].iloc[0] == "7", "ids are text"
    assert table["id"].iloc[1:].isna().all()


def test_a_layer_may_be_a_single_shape_and_a_crs_may_be_named(write: Any) -> None:
    crs = {"type": "name", "properties": {"name": "EPSG:3857"}}
    content = {**topology([], crs=crs), "objects": {"one": SQUARES[0]}}
    table = read_topojson(write(content), "one")
    assert len(table) == 1
    assert table.crs == 3857


def test_properties_never_collide_with_id_or_geometry(write: Any) -> None:
    properties = {"id": "other", "geometry": "none", "name": "A"}
    table = read_topojson(write(topology([{**SQUARES[0], "properties": properties}])))
    assert table.columns.tolist() == ["id", "id_property", "geometry_property", "name", "geometry"]


def test_rings_squeezed_by_quantisation_are_left_out_and_counted(write: Any) -> None:
    speck = [[0, 0], [0.1, 0], [0, 0]]
    content = topology(
        [
            {"type": "MultiPolygon", "arcs": [[[0, 1]], [[3]]]},
            {"type": "Polygon", "arcs": [[2, -1], [3]]},
            {"type": "Polygon", "arcs": [[3]]},
        ],
        arcs=[SHARED, LEFT, RIGHT, speck],
    )
    table = read_topojson(write(content))
    assert table.attrs["collapsed_rings"] == 2
    assert [shape.area for shape in table.geometry] == [1, 1, 0]
    last = table.geometry.iloc[2]
    assert not last.is_empty, "what has nothing else keeps its place"
    assert not last.is_valid


def test_an_open_ring_is_closed_and_counted(write: Any) -> None:
    table = read_topojson(write(topology([{"type": "Polygon", "arcs": [[1]]}])))
    assert table.attrs["closed_rings"] == 1
    assert table.geometry[0].area == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "must be a 'Topology' .* Got 'list'"),
        ({"type": "FeatureCollection", "features": []}, "Got 'FeatureCollection' instead"),
        ({"type": "Topology", "arcs": []}, "must be a 'Topology' with objects and arcs"),
        # An arc that is not there.
        (topology([{"type": "Polygon", "arcs": [[9]]}]), "layer 'layer' cannot be decoded"),
        (topology([{"type": "LineString", "arcs": [-9]}]), "layer 'layer' cannot be decoded"),
        # The second arc begins elsewhere than the first one ends.
        (topology([{"type": "Polygon", "arcs": [[0, 2]]}]), "does not begin where the one before it ends"),
        # Members that are missing or of the wrong kind.
        (topology([{"type": "Polygon"}]), "KeyError"),
        (topology([{"type": "Point", "coordinates": ["x", 1]}]), "cannot be decoded"),
        # A collection within the layer.
        (topology([{"type": "GeometryCollection", "geometries": [], "id": "q"}]), "feature 'q': a shape"),
    ],
)  # fmt: skip
def test_unusable_files_are_named_with_the_reason(write: Any, content: Any, message: str) -> None:
    path = write(content)
    with pytest.raises(DataError, match=message) as caught:
        read_topojson(path)
    assert str(path) in str(caught.value)


def test_unknown_and_unnamed_layers_list_the_available_ones(write: Any) -> None:
    path = data_path("us.topojson")
    assert list_layers(path) == ["counties_lower48", "counties", "states", "nation"]
    with pytest.raises(DataError, match="'counties_lower48', 'counties', 'states', 'nation'; got 'county' instead"):
        read_topojson(path, "county")
    with pytest.raises(DataError, match="none was named"):
        shared_arc_edges(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.topojson: cannot be read"):
        list_layers(tmp_path / "none.topojson")


def test_edges_of_the_squares_and_of_an_arc_used_three_times(write: Any) -> None:
    u, v = shared_arc_edges(write(topology(SQUARES)))
    assert (u.tolist(), v.tolist()) == ([0], [1])
    lines = [{"type": "LineString", "arcs": [i]} for i in (0, -1, 0, 1)]
    u, v = shared_arc_edges(write(topology(lines)))
    assert list(zip(u.tolist(), v.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    u, v = shared_arc_edges(write(topology([{"type": "Point", "coordinates": [0, 0]}])))
    assert len(u) == len(v) == 0


def test_counties_share_their_borders() -> None:
    path = data_path("us.topojson")
    u, v = shared_arc_edges(path, "counties_lower48")
    assert u.dtype == v.dtype == np.int64
    assert len(u) == 8_710
    assert (u < v).all()
    ids = read_topojson(path, "counties_lower48")["id"]
    alone = np.setdiff1d(np.arange(len(ids)), np.concatenate([u, v]))
    assert ids[alone].tolist() == ["25019", "53055"], "Nantucket and San Juan are islands"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("layer", ["counties", "states", "nation"])
def test_shapes_agree_with_gdal(layer: str) -> None:
    path = data_path("us.topojson")
    ours = read_topojson(path, layer)
    theirs = pyogrio.read_dataframe(path, layer=layer)
    same = shapely.equals_exact(ours.geometry.to_numpy(), theirs.geometry.to_numpy(), 1e-9)
    # GDAL empties Falls Church, which is squeezed to a line; here it keeps its place.
    assert ours["id"][~same].tolist() == (["51610"] if layer == "counties" else [])
    assert (~ours.is_valid).sum() == {"counties": 22 + 1, "states": 0, "nation": 0}[layer]
