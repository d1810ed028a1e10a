"""Road networks with answers known by hand."""

from __future__ import annotations

import sys
from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest

import territory_geo as tg
from territory_geo.geodata.roads import extract

PRIMARY = {"highway": "primary"}  # 65 km/h
SQUARE = {1: (0, 0), 2: (10, 0), 3: (10, 10), 4: (0, 10)}


def test_a_one_way_ring_is_driven_round(osm, places):
    path = osm(SQUARE, [([1, 2, 3, 4, 1], {**PRIMARY, "oneway": "yes", "maxspeed": "60"})])
    network = tg.RoadNetwork.from_osm(path)
    table = places({"south": (5, 0), "east": (10, 5), "west": (0, 5)})
    matrix = network.matrix(table)
    # 60 km/h signed, of which 85 % are driven: 51 km/h.
    assert matrix.ids == ("south", "east", "west")
    assert matrix.km.round(3).tolist() == [[0, 10, 30], [30, 0, 20], [10, 20, 0]]
    assert matrix.hours == pytest.approx(matrix.km / 51.0)
    # There and back is once round, whichever two.
    assert matrix.trip([0, 0, 1], [1, 2, 2]) == pytest.approx([20, 20, 20], abs=1e-3)


def test_against_the_direction_of_the_way(osm, places):
    path = osm(SQUARE, [([1, 2, 3, 4, 1], {**PRIMARY, "oneway": "-1"})])
    matrix = tg.RoadNetwork.from_osm(path).matrix(places({"south": (5, 0), "east": (10, 5)}))
    assert matrix.km.round(3).tolist() == [[0, 30], [10, 0]]


def test_a_roundabout_is_one_way_without_saying_so(osm, places):
    # A small square roundabout, counter-clockwise, with a dead-end arm on its east and on its west side.
    nodes = {1: (-1, 0), 2: (0, -1), 3: (1, 0), 4: (0, 1), 5: (6, 0), 6: (-6, 0)}
    ways = [([1, 2, 3, 4, 1], {**PRIMARY, "junction": "roundabout"}), ([3, 5], PRIMARY), ([6, 1], PRIMARY)]
    network = tg.RoadNetwork.from_osm(osm(nodes, ways))
    matrix = network.matrix(places({"east": (6, 0), "west": (-6, 0), "north": (0, 1), "south": (0, -1)}))
    side = 2**0.5
    km = matrix.km
    assert km[0, 1] == pytest.approx(10 + 2 * side, abs=1e-3)
    assert km[1, 0] == pytest.approx(10 + 2 * side, abs=1e-3)
    assert km[2, 3] == pytest.approx(2 * side, abs=1e-3)
    assert km[1, 3] == pytest.approx(5 + side, abs=1e-3)
    assert km[3, 1] == pytest.approx(5 + 3 * side, abs=1e-3)
    # The roundabout's other corners only give it its shape: one road closes it on either side.
    assert repr(network) == f"<RoadNetwork: 4 junctions, 4 roads, {10 + 4 * side:.1f} km>"


def test_the_largest_connected_part_is_kept_and_the_rest_reported(osm, places):
    nodes = {**SQUARE, 5: (20, 20), 6: (21, 20), 7: (12, 10)}
    ways = [
        ([1, 2, 3, 4, 1], PRIMARY),
        ([5, 6], PRIMARY),  # touches nothing
        ([3, 7], {**PRIMARY, "oneway": "yes"}),  # no way back
        ([1, 3], {"highway": "footway"}),
        ([1, 3], {**PRIMARY, "access": "private"}),
        ([2, 3], {**PRIMARY, "maxspeed": "brisk"}),
    ]
    network = tg.RoadNetwork.from_osm(osm(nodes, ways))
    report = network.report.set_index("what")
    left_out = "roads left out: not reached there and back from the largest connected part"
    assert report.loc["roads kept", "km"] == pytest.approx(50, abs=1e-3)
    assert report.loc[left_out].tolist() == [2, pytest.approx(3, abs=1e-3)]
    assert report["count"].drop(["roads kept", left_out]).to_dict() == {
        "limits not understood: maxspeed=brisk": 1,
        "ways closed to cars: access=private": 1,
        "ways not for cars": 1,
    }
    with pytest.raises(
        tg.DataError, match=r"1 of 2 places are more than 1 km from a road of the network: far \(1\d\.\d"
    ):
        network.matrix(places({"near": (0, 0), "far": (20, 20)}))


def test_the_fastest_path_and_its_kilometres(osm, places):
    # Straight through at walking pace, or round on the main road: 10 km at 6 km/h against 30 km at 65 km/h.
    ways = [([1, 4], {"highway": "residential", "maxspeed": "walk"}), ([1, 2, 3, 4], PRIMARY)]
    matrix = tg.RoadNetwork.from_osm(osm(SQUARE, ways)).matrix(places({"a": (0, 0), "b": (0, 10)}))
    assert matrix.km[0, 1] == pytest.approx(30, abs=1e-3)
    assert matrix.hours[0, 1] == pytest.approx(30 / 65, abs=1e-4)
    slow = {"primary": 10.0}
    matrix = tg.RoadNetwork.from_osm(osm(SQUARE, ways), class_kmh=slow).matrix(places({"a": (0, 0), "b": (0, 10)}))
    assert matrix.km[0, 1] == pytest.approx(10, abs=1e-3)
    assert matrix.hours[0, 1] == pytest.approx(10 / (0.85 * 6), abs=1e-2)


def test_miles_per_hour(osm, places):
    path = osm({1: (0, 0), 2: (10, 0)}, [([1, 2], {**PRIMARY, "maxspeed": "50 mph"})])
    matrix = tg.RoadNetwork.from_osm(path).matrix(places({"a": (0, 0), "b": (10, 0)}))
    assert matrix.hours[0, 1] == pytest.approx(10 / (0.85 * 80.4672), rel=1e-4)


def test_parallel_roads_count_as_the_faster_one(osm, places):
    nodes = {1: (0, 0), 2: (10, 0), 3: (5, 1), 4: (5, -2)}
    ways = [([1, 3, 2], {"highway": "residential"}), ([1, 4, 2], PRIMARY)]
    network = tg.RoadNetwork.from_osm(osm(nodes, ways))
    matrix = network.matrix(places({"a": (0, 0), "b": (10, 0)}))
    assert matrix.km[0, 1] == pytest.approx(2 * 29**0.5, abs=1e-3)


def test_places_on_one_road_meet_each_other_directly(osm, places):
    path = osm({1: (0, 0), 2: (10, 0)}, [([1, 2], PRIMARY)])
    table = places({"c": (7, 0.3), "a": (2, 0), "b": (2, -0.5), "end": (10, 0)})
    travel = tg.RoadNetwork.from_osm(path).travel(table)
    assert travel.places["off_km"].tolist() == pytest.approx([0.3, 0.0, 0.5, 0.0], abs=0.005)
    km, hours = travel.rows(["a", "end"])
    assert km == pytest.approx(np.array([[5, 0, 0, 8], [3, 8, 8, 0]]), abs=1e-3)
    assert hours == pytest.approx(km / 65)
    with pytest.raises(tg.OptionError, match="no place z in"):
        travel.rows(["z"])


def test_nobody_stops_on_a_motorway(osm, places):
    nodes = {1: (0, 0), 2: (10, 0), 3: (5, 0.8), 4: (0, 0.8), 5: (10, 0.8)}
    ways = [([1, 2], {"highway": "motorway", "oneway": "no"}), ([1, 4, 3, 5, 2], {"highway": "residential"})]
    network = tg.RoadNetwork.from_osm(osm(nodes, ways))
    assert network.travel(places({"a": (5, 0.1)})).places["off_km"].tolist() == pytest.approx([0.7], abs=0.01)
    alone = tg.RoadNetwork.from_osm(osm(nodes, ways[:1], "motorway.osm"))
    with pytest.raises(tg.DataError, match="only motorways and trunk roads"):
        alone.travel(places({"a": (5, 0.1)}))


def test_ways_that_leave_the_extract_are_cut_there(osm, places):
    path = osm({1: (0, 0), 2: (1, 0), 4: (3, 0), 5: (4, 0)}, [([1, 2, 3, 4, 5], PRIMARY), ([2, 4], PRIMARY)])
    network = tg.RoadNetwork.from_osm(path)
    assert network.report.set_index("what").loc["nodes missing in the extract: the way is cut there", "count"] == 1
    assert network.matrix(places({"a": (0, 0), "b": (4, 0)})).km[0, 1] == pytest.approx(4, abs=1e-3)


def scattered(osm, rng):
    """A random town: a grid of streets of many classes, some one-way, some missing."""
    side = 7
    nodes = {
        10 * i + j + 1: (i + rng.uniform(-0.3, 0.3), j + rng.uniform(-0.3, 0.3))
        for i in range(side)
        for j in range(side)
    }
    ways = []
    for i in range(side):
        for j in range(side):
            for other in ((i + 1, j), (i, j + 1)):
                if max(other) < side and rng.random() < 0.9:
                    tags = {"highway": str(rng.choice(["primary", "residential", "service", "tertiary"]))}
                    tags |= {"oneway": str(rng.choice(["yes", "-1", "no", "no"]))}
                    ways.append(([10 * i + j + 1, 10 * other[0] + other[1] + 1], tags))
    return nodes, ways


@pytest.mark.parametrize("seed", range(5))
def test_as_networkx_finds_it(osm, places, seed):
    rng = np.random.default_rng(seed)
    nodes, ways = scattered(osm, rng)
    network = tg.RoadNetwork.from_osm(osm(nodes, ways))
    pieces = network.pieces
    graph = nx.DiGraph()
    for road in range(len(pieces.km)):
        u, v, km = int(pieces.start[road]), int(pieces.end[road]), float(pieces.km[road])
        for a, b, kmh in ((u, v, pieces.kmh[road, 0]), (v, u, pieces.kmh[road, 1])):
            if kmh > 0 and not (graph.has_edge(a, b) and graph[a][b]["hours"] <= km / kmh):
                graph.add_edge(a, b, hours=km / kmh, km=km)
    assert nx.is_strongly_connected(graph)
    points = gpd.GeoDataFrame(
        index=[f"p{i}" for i in range(len(pieces.junctions))],
        geometry=gpd.points_from_xy(*pieces.junctions.T),
        crs="EPSG:4326",
    )
    matrix = network.matrix(points)
    for a in range(0, len(points), 5):
        hours, paths = nx.single_source_dijkstra(graph, a, weight="hours")
        for b in range(len(points)):
            assert matrix.hours[a, b] == pytest.approx(hours[b], abs=1e-12)
            assert matrix.km[a, b] == pytest.approx(nx.path_weight(graph, paths[b], "km"), abs=1e-9)


def test_places_along_roads_as_networkx_finds_it(osm, places):
    # The same town, with places in the middle of streets, against a graph in which every street is cut there.
    rng = np.random.default_rng(11)
    nodes, ways = scattered(osm, rng)
    network = tg.RoadNetwork.from_osm(osm(nodes, ways))
    pieces = network.pieces
    chosen = rng.choice(len(pieces.km), size=12, replace=False)
    middle = (pieces.lonlat[pieces.offsets[chosen]] + pieces.lonlat[pieces.offsets[chosen + 1] - 1]) / 2
    points = gpd.GeoDataFrame(index=range(12), geometry=gpd.points_from_xy(*middle.T), crs="EPSG:4326")
    matrix = network.matrix(points)
    graph = nx.DiGraph()

    def join(a, b, hours):
        if not (graph.has_edge(a, b) and graph[a][b]["hours"] <= hours):
            graph.add_edge(a, b, hours=hours)

    for road in range(len(pieces.km)):
        ends = [("n", int(pieces.start[road])), ("n", int(pieces.end[road]))]
        stops = [ends[0], *[("p", int(i)) for i in np.flatnonzero(chosen == road)], ends[1]]
        for a, b in pairwise(stops):
            km = pieces.km[road] / (len(stops) - 1)
            for u, v, kmh in ((a, b, pieces.kmh[road, 0]), (b, a, pieces.kmh[road, 1])):
                if kmh > 0:
                    join(u, v, km / kmh)
    for a in range(12):
        hours = nx.single_source_dijkstra_path_length(graph, ("p", a), weight="hours")
        assert matrix.hours[a] == pytest.approx([hours["p", b] for b in range(12)], rel=1e-5)


def test_neither_the_order_of_ways_nor_of_places_matters(osm, places):
    rng = np.random.default_rng(3)
    nodes, ways = scattered(osm, rng)
    one = tg.RoadNetwork.from_osm(osm(nodes, ways))
    other = tg.RoadNetwork.from_osm(osm(nodes, ways[::-1], "turned.osm"))
    assert one.fingerprint == other.fingerprint
    table = places({f"p{i}": tuple(rng.uniform(0, 6, 2)) for i in range(30)})
    order = rng.permutation(30)
    first, second = one.matrix(table), one.matrix(table.iloc[order])
    assert first.hours[np.ix_(order, order)] == pytest.approx(second.hours, abs=1e-12)


def test_unusable_files_and_options(osm, places, tmp_path):
    with pytest.raises(tg.DataError, match="does not exist"):
        tg.RoadNetwork.from_osm(tmp_path / "none.osm.pbf")
    wrong = tmp_path / "roads.shp"
    wrong.write_text("")
    with pytest.raises(tg.DataError, match=r"no OpenStreetMap extract by its name. Allowed endings: .osm.pbf"):
        tg.RoadNetwork.from_osm(wrong)
    for name, content in (("broken.osm.pbf", b"not a pbf"), ("broken.osm", b"<osm><node"), ("empty.osm", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(tg.DataError, match="cannot be read as OpenStreetMap data"):
            tg.RoadNetwork.from_osm(path)
    with pytest.raises(tg.DataError, match="holds no road that a car may use \\(1 other ways\\)"):
        tg.RoadNetwork.from_osm(osm({1: (0, 0), 2: (1, 0)}, [([1, 2], {"highway": "steps"})]))
    with pytest.raises(tg.DataError, match="no roads on which one can drive there and back"):
        tg.RoadNetwork.from_osm(osm({1: (0, 0), 2: (1, 0)}, [([1, 2], {**PRIMARY, "oneway": "yes"})]))
    path = osm({1: (0, 0), 2: (1, 0)}, [([1, 2], PRIMARY)])
    with pytest.raises(tg.OptionError, match=r"names the class 'path'. Allowed are motorway"):
        tg.RoadNetwork.from_osm(path, class_kmh={"path": 5})
    with pytest.raises(tg.OptionError, match="'class_kmh' of 'primary' must be a positive number"):
        tg.RoadNetwork.from_osm(path, class_kmh={"primary": 0})
    network, table = tg.RoadNetwork.from_osm(path), places({"a": (0, 0)})
    with pytest.raises(tg.OptionError, match="'measure' parameter must be one of"):
        network.matrix(table, measure="miles")
    with pytest.raises(tg.OptionError, match="'snap_km' parameter must be a positive number"):
        network.matrix(table, snap_km=0)
    with pytest.raises(tg.OptionError, match="in a plane without a coordinate reference system"):
        network.matrix(table.set_crs(None, allow_override=True))
    with pytest.raises(tg.OptionError, match="Got dict instead"):
        network.matrix({"a": (0, 0)})
    with pytest.raises(tg.OptionError, match="must be points"):
        network.matrix(table.set_geometry(table.force_3d().envelope.map(lambda p: p.buffer(0.1)).set_crs(4326)))
    with pytest.raises(tg.DataError, match="Two places have the id a"):
        network.travel(table, table)
    with pytest.raises(tg.DataError, match="no places"):
        network.travel(table.iloc[:0])


def test_without_osmium_the_install_line_is_given(osm, monkeypatch):
    path = osm({1: (0, 0), 2: (1, 0)}, [([1, 2], PRIMARY)])
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(tg.MissingDependency, match=r"pip install 'territory-geo\[roads\]'"):
        extract.read_ways(path)


def test_places_may_come_in_any_coordinates(osm, places):
    network = tg.RoadNetwork.from_osm(osm({1: (0, 0), 2: (10, 0)}, [([1, 2], PRIMARY)]))
    table = places({"a": (1, 0.1), "b": (7, 0)})
    assert network.matrix(table.to_crs(3857)).km == pytest.approx(network.matrix(table).km, abs=1e-6)


def test_nodes_on_one_spot_do_not_break_a_road(osm, places):
    nodes = {1: (0, 0), 2: (5, 0), 3: (5, 0), 4: (10, 0)}
    ways = [([1, 2], PRIMARY), ([2, 3], PRIMARY), ([3, 4], PRIMARY)]
    matrix = tg.RoadNetwork.from_osm(osm(nodes, ways)).matrix(places({"a": (0, 0), "b": (10, 0), "c": (5, 0.1)}))
    assert matrix.km[0].round(3).tolist() == [0, 10, 5]
    assert matrix.hours == pytest.approx(matrix.km / 65)
