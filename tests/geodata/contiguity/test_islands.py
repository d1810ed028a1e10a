"""Islands, bridges and barriers: a planner decides what joins and what parts, and is told of each.

Right means: the four policies do what they say on a case drawn by hand, a stated ferry joins, a river parts, and
whatever was added or cut is listed with its length.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.errors import DataError, OptionError

KM = 1000.0


def areas(shapes: list[Any], ids: str) -> tg.BasicUnits:
    return tg.BasicUnits.from_areas(gpd.GeoDataFrame({"id": list(ids)}, geometry=shapes))


def row(*starts: float) -> tg.BasicUnits:
    """Squares of one kilometre side by side; a to z from the west."""
    shapes = [shapely.box(x * KM, 0, (x + 1) * KM, KM) for x in starts]
    return areas(shapes, "abcdefgh"[: len(starts)])


def listed(graph: tg.ContiguityGraph) -> list[str]:
    return [f"{u}-{v} {kind}" for u, v, kind in graph.edges[["u", "v", "kind"]].to_numpy()]


ARCHIPELAGO = row(0, 1, 2, 5, 7)  # a mainland of three, and two islands: e is nearer to d than to the mainland


def test_attach_leads_to_the_largest_part_and_bridge_the_shortest_way() -> None:
    attached = tg.ContiguityGraph.from_units(ARCHIPELAGO, islands="attach")
    assert listed(attached) == ["a-b border", "b-c border", "c-d attach", "c-e attach"]
    assert attached.bridges["length_km"].tolist() == [3.0, 5.0]
    bridged = tg.ContiguityGraph.from_units(ARCHIPELAGO, islands="bridge")
    assert listed(bridged) == ["a-b border", "b-c border", "c-d bridge", "d-e bridge"]
    said = bridged.report().set_index("rule").loc["parts that touch nothing"]
    assert (said["rows"], said["example"]) == (2, "c to d, 3.0 km, the longest")


def test_stated_bridges_come_first_and_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "ferries.csv"
    path.write_text("u,v,name\nb,e,Ferry\na,b,Bridge\n", encoding="utf-8")
    graph = tg.ContiguityGraph.from_units(ARCHIPELAGO, bridges=path)
    assert listed(graph) == ["a-b border", "b-c border", "b-e stated", "d-e bridge"]
    assert graph.bridges["kind"].tolist() == ["stated", "bridge"]
    said = graph.report().set_index("rule").loc["bridges stated"]
    assert (said["rows"], said["example"]) == (2, "1 of them touch anyway")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"u": ["a"]}, "need the columns u and v; missing: v"),
        ({"u": ["a", "q"], "v": ["b", "b"]}, "row 2: 'q' is neither a unit nor an account"),
        ({"u": ["a"], "v": ["a"]}, "row 1: both ends lie in unit 'a'"),
        ({"u": [None], "v": ["a"]}, "row 1: '' is neither"),
    ],
)
def test_unusable_bridges(table: dict[str, list[Any]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        tg.ContiguityGraph.from_units(ARCHIPELAGO, bridges=pd.DataFrame(table))


def test_bridges_by_accounts() -> None:
    """People know their customers: an account stands for the area it lies in."""
    table = pd.DataFrame({"id": ["x1", "x2"], "x": [500.0, 7500.0], "y": [500.0, 500.0]})
    shapes = [shapely.box(x * KM, 0, (x + 1) * KM, KM) for x in (0, 7)]
    units = tg.BasicUnits.from_areas(
        gpd.GeoDataFrame({"id": list("ab")}, geometry=shapes), accounts=tg.read_accounts(table, crs=None)
    )
    graph = tg.ContiguityGraph.from_units(units, islands="fail", bridges=pd.DataFrame({"u": ["x1"], "v": ["x2"]}))
    assert listed(graph) == ["a-b stated"]


# ------------------------------------------------------------------ barriers

GRID = areas([shapely.box(x * KM, y * KM, (x + 1) * KM, (y + 1) * KM) for y in range(2) for x in range(3)], "abcdef")
# d e f
# a b c
RIVER = gpd.GeoDataFrame(geometry=[shapely.LineString([(1000, -500), (1000, 2500)])])


def test_a_river_parts_what_lies_on_its_sides() -> None:
    graph = tg.ContiguityGraph.from_units(GRID, barriers=RIVER, islands="allow")
    assert graph.n_components == 2
    assert graph.cut[["u", "v", "kind"]].to_numpy().tolist() == [["a", "b", "border"], ["d", "e", "border"]]
    assert graph.cut["length_km"].tolist() == [1.0, 1.0]
    with pytest.raises(DataError, match="2 units touch nothing else of the largest part, such as a, d"):
        tg.ContiguityGraph.from_units(GRID, barriers=RIVER, islands="fail")


def test_a_river_with_a_bridge() -> None:
    bridge = pd.DataFrame({"u": ["d"], "v": ["e"]})
    graph = tg.ContiguityGraph.from_units(GRID, barriers=RIVER, bridges=bridge, islands="fail")
    assert graph.n_components == 1
    assert graph.bridges["kind"].tolist() == ["stated"]
    assert len(graph.cut) == 2


def test_bridges_cross_barriers_last() -> None:
    """c lies 2 km from b beyond a wall, and farther from d around it: the way around is taken."""
    shapes = [shapely.box(0, 0, KM, KM), shapely.box(KM, 0, 2 * KM, KM), shapely.box(3 * KM, 0, 4 * KM, KM)]
    shapes.append(shapely.box(0, KM, KM, 6 * KM))  # d, north of a
    wall = gpd.GeoDataFrame(geometry=[shapely.LineString([(2500, -9000), (2500, 1200)])])
    graph = tg.ContiguityGraph.from_units(areas(shapes, "abcd"), barriers=wall)
    assert listed(graph) == ["a-b border", "a-d border", "c-d bridge"]
    closed = gpd.GeoDataFrame(geometry=[shapely.LineString([(2500, -9000), (2500, 90_000)])])
    assert listed(tg.ContiguityGraph.from_units(areas(shapes, "abcd"), barriers=closed))[-1] == "b-c bridge"


def test_a_lake_parts_points_but_not_the_ways_around_it() -> None:
    """Eight points around a lake: opposite shores are no neighbours, the next one along the shore is."""
    places = [(x, y) for x in (0, 10_000, 20_000) for y in (0, 10_000, 20_000) if (x, y) != (10_000, 10_000)]
    table = pd.DataFrame(places, columns=["x", "y"]).assign(id=list("abcdefgh"))
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table, crs=None))
    lake = gpd.GeoDataFrame(geometry=[shapely.box(1000, 1000, 19_000, 19_000)])
    dry = tg.ContiguityGraph.from_units(units)
    wet = tg.ContiguityGraph.from_units(units, barriers=lake)
    across = {("b", "d"), ("d", "e"), ("b", "g"), ("e", "g"), ("b", "e"), ("d", "g")}
    assert {(u, v) for u, v in zip(dry.edges["u"], dry.edges["v"], strict=True)} & across
    assert not {(u, v) for u, v in zip(wet.edges["u"], wet.edges["v"], strict=True)} & across
    assert len(wet.pairs) == 8  # a ring
    assert wet.n_components == 1


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), "holds no line and no polygon"),
        (RIVER.set_crs(4326), "is in longitude and latitude, the units are in planar metres"),
        (pd.DataFrame({"a": [1]}), "has no geometries"),
    ],
)
def test_unusable_barriers(layer: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        tg.ContiguityGraph.from_units(GRID, barriers=layer)


def test_barriers_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "river.geojson"
    squares = [shapely.box(x / 100, 0, (x + 1) / 100, 0.01) for x in range(3)]
    units = tg.BasicUnits.from_areas(gpd.GeoDataFrame({"id": list("abc")}, geometry=squares, crs=4326))
    line = shapely.LineString([(0.01, -1), (0.01, 1)])
    gpd.GeoDataFrame({"name": ["Rhine", "a town"]}, geometry=[line, shapely.Point(0, 0)], crs=4326).to_file(path)
    graph = tg.ContiguityGraph.from_units(units, barriers=path)
    assert listed(graph) == ["a-b bridge", "b-c border"]
    said = graph.report().set_index("rule").loc["cut by barriers"]
    assert (said["rows"], said["example"]) == (1, "1 lines, 0 areas, 1 shapes that are none")


# ------------------------------------------------------------------ rules


def test_queen_takes_corners_and_short_borders_can_be_left_out() -> None:
    assert len(tg.ContiguityGraph.from_units(GRID).pairs) == 7
    queen = tg.ContiguityGraph.from_units(GRID, rule="queen")
    assert len(queen.pairs) == 7 + 4
    shapes = [(0, 0, 1000, 1000), (1000, 0, 2000, 1000), (1000, 1000, 2000, 2000), (0, 900, 1000, 2000)]
    stairs = areas([shapely.box(*shape) for shape in shapes[:3]] + [shapely.box(0, 1000, 1000, 2000)], "abcd")
    assert len(tg.ContiguityGraph.from_units(stairs, min_border_km=0.999).pairs) == 4
    notch = areas([shapely.box(0, 0, 1000, 1000), shapely.box(1000, 950, 2000, 2000)], "ab")
    assert listed(tg.ContiguityGraph.from_units(notch)) == ["a-b border"]
    assert listed(tg.ContiguityGraph.from_units(notch, min_border_km=0.1)) == ["a-b bridge"]
    assert listed(tg.ContiguityGraph.from_units(notch, min_border_km=0.1, rule="queen")) == ["a-b bridge"]


def test_four_corners_with_queen() -> None:
    path = tg.samples.data_path("us.topojson")
    units = tg.BasicUnits.from_areas(path, layer="states")
    names = units.members.set_index("id")["name"].to_dict()
    edges = tg.ContiguityGraph.from_units(units, islands="allow", rule="queen").edges
    pairs = {frozenset((names[u], names[v])) for u, v in zip(edges["u"], edges["v"], strict=True)}
    assert frozenset(("Utah", "New Mexico")) in pairs
    assert frozenset(("Arizona", "Colorado")) in pairs


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "bishop"}, r"'rule' parameter must be one of \('rook', 'queen'\). Got 'bishop'"),
        ({"min_border_km": -1}, "'min_border_km' parameter must be a number of at least 0"),
    ],
)
def test_unknown_rules(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        tg.ContiguityGraph.from_units(GRID, **options)


def test_rules_for_areas_are_refused_for_points() -> None:
    table = pd.DataFrame({"id": [1, 2], "x": [0, 1], "y": [0, 1]})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table, crs=None))
    with pytest.raises(OptionError, match="are for areas; these units are none"):
        tg.ContiguityGraph.from_units(units, rule="queen")


def test_overlaps_are_reported() -> None:
    units = areas(
        [shapely.box(0, 0, 1000, 1000), shapely.box(900, 0, 2000, 1000), shapely.box(2000, 0, 3000, 1000)], "abc"
    )
    said = tg.ContiguityGraph.from_units(units).report().set_index("rule")
    assert said.loc["shapes overlap", "rows"] == 2
    clean = tg.ContiguityGraph.from_units(GRID).report()
    assert "shapes overlap" not in set(clean["rule"])


# ------------------------------------------------------------------ outside of the United States


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(13.4, 52.5), (151.2, -33.9), (179.9, -17.0), (-178.0, -18.0), (139.7, 35.7), (-46.6, -23.5), (25.0, 69.0)],
)
def test_points_anywhere_are_joined_and_the_mask_is_said_to_be_none(lon: float, lat: float) -> None:
    """Berlin, Sydney, Fiji from both sides of the 180° meridian, Tokyo, São Paulo, Lapland."""
    steps = [(x, y) for x in range(5) for y in range(4)]
    turned = [(lon + 0.1 * x + 180) % 360 - 180 for x, _ in steps]
    table = pd.DataFrame({"id": range(20), "lon": turned, "lat": [lat + 0.1 * y for _, y in steps]})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table))
    graph = tg.ContiguityGraph.from_units(units)
    assert graph.n_components == 1
    assert len(graph.bridges) == 0
    assert graph.edges["length_km"].max() < 25
    assert units.mask == "none, the surroundings of the points"
    assert graph.report()["example"][0] == "cells, land mask: none, the surroundings of the points"


def test_points_in_the_united_states_say_so() -> None:
    accounts = tg.read_accounts(tg.samples.demo_accounts().head(200))
    assert tg.BasicUnits.from_accounts(accounts).mask == "the shipped outline of the United States"
    assert tg.BasicUnits.from_accounts(accounts, land=None).mask.startswith("none")
    assert tg.BasicUnits.from_accounts(accounts, land=shapely.box(-130, 20, -60, 55)).mask == "a given polygon"
