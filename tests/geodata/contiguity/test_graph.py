"""The contiguity graph: a planner wants territories in one piece, and to be told of every leap over water.

Right means: neighbours share a border (not a corner), the published counts of US counties come out, and bridges are
few, the shortest possible, and listed. Small cases are compared with all possibilities.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.contiguity import shared_border_pairs
from territory_geo.geodata.contiguity.borders import _have_common_segment
from territory_geo.geodata.samples import data_path, us_counties

NANTUCKET, SAN_JUAN = "25019", "53055"


def areas(shapes: list[Any], ids: list[Any] | None = None) -> tg.BasicUnits:
    ids = [f"{i:04d}" for i in range(len(shapes))] if ids is None else ids
    return tg.BasicUnits.from_areas(gpd.GeoDataFrame({"id": ids}, geometry=shapes))


def table(places: list[tuple[float, float]], ids: list[Any] | None = None) -> tg.BasicUnits:
    frame = pd.DataFrame(places, columns=["x", "y"])
    frame["id"] = [chr(97 + i) for i in range(len(places))] if ids is None else ids
    return tg.BasicUnits.from_table(frame, id="id", x="x", y="y", measures=["accounts"])


def listed(graph: tg.ContiguityGraph) -> list[str]:
    return [f"{u}-{v} {kind}" for u, v, kind in graph.edges[["u", "v", "kind"]].to_numpy()]


# ------------------------------------------------------------------ areas


def noisy_squares(side: int, step: float, noise: float) -> list[Any]:
    """A grid of squares, each corner computed on its own, as after a reprojection."""
    rng = np.random.default_rng(0)

    def square(x: int, y: int) -> Any:
        west, south = x * step, y * step
        corners = np.array([(west, south), (west + step, south), (west + step, south + step), (west, south + step)])
        return shapely.Polygon(corners + rng.uniform(-noise, noise, corners.shape))

    return [square(x, y) for x in range(side) for y in range(side)]


@pytest.mark.parametrize(("step", "noise"), [(0.1, 0.0), (0.1, 1e-9), (1000.0, 1e-6), (1e-3, 1e-12)])
def test_grid_of_squares_with_noisy_edges(step: float, noise: float) -> None:
    """Built loosely this grid falls into 153 parts, built strictly into 25."""
    units = areas(noisy_squares(40, step, noise))
    graph = tg.ContiguityGraph.from_units(units, islands="allow")
    assert graph.n_components == 1
    assert len(graph.pairs) == 2 * 40 * 39
    apart = np.abs(units.xy[graph.pairs[:, 0]] - units.xy[graph.pairs[:, 1]]).sum(axis=1)
    np.testing.assert_allclose(apart, step, rtol=1e-4)  # beside or above, never across a corner
    assert (graph.edges["kind"] == "border").all()
    assert repr(graph) == "<ContiguityGraph of 1,600 nodes, 3,120 edges, 1 component, 0 isolates, 0 bridges>"


def test_corners_do_not_touch_and_borders_of_any_length_do() -> None:
    """
    b | c      c's lower border is a's and half of d's
    --+---
    a | d | e  e lies apart from c, corner to corner with none
    """
    shapes = [(0, 0, 1, 1), (0, 1, 1, 2), (1, 1, 1.01, 2), (1, 0, 2, 1), (2, 0, 3, 1)]
    graph = tg.ContiguityGraph.from_units(areas([shapely.box(*s) for s in shapes], list("abcde")))
    assert listed(graph) == ["a-b border", "a-d border", "b-c border", "c-d border", "d-e border"]


def test_enclave_and_overlap_are_neighbours() -> None:
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    graph = tg.ContiguityGraph.from_units(areas([ring, shapely.box(3, 3, 6, 6), shapely.box(8, 0, 12, 9)]))
    assert graph.pairs.tolist() == [[0, 1], [0, 2]]


def test_shared_border_pairs_by_brute_force() -> None:
    rng = np.random.default_rng(5)
    shapes = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in rng.integers(1, 5, (25, 4))], dtype=object)
    by_hand = [
        [i, j] for i, j in itertools.combinations(range(25), 2) if shapely.intersection(shapes[i], shapes[j]).length > 0
    ]
    assert shared_border_pairs(shapes).tolist() == by_hand


@pytest.fixture(scope="module")
def counties() -> tg.ContiguityGraph:
    """The lower 48 as they ship, from the arcs that counties share."""
    units = tg.BasicUnits.from_areas(data_path("us.topojson"), layer="counties_lower48", measures=["population"])
    return tg.ContiguityGraph.from_units(units)


@pytest.mark.parametrize("multi", [False, True])
def test_common_segments_are_seen_in_multipolygons_too(multi: bool) -> None:
    """Two squares side by side have one, across a corner none; most files hold multipolygons only."""
    shapes = np.array([shapely.box(x, y, x + 1, y + 1) for x, y in ((0, 0), (1, 0), (1, 1))], dtype=object)
    if multi:
        shapes = np.array([shapely.MultiPolygon([shape]) for shape in shapes], dtype=object)
    pairs = np.array([[0, 1], [0, 2], [1, 2]])
    assert _have_common_segment(shapes, pairs).tolist() == [True, False, True]


def test_counties_from_arcs(counties: tg.ContiguityGraph) -> None:
    assert counties.n_components == 1
    assert (counties.edges["kind"] == "border").sum() == 8710
    bridges = counties.bridges
    assert len(bridges) == 2
    assert len(counties.pairs) == 8712
    ends = [{u, v} for u, v in zip(bridges["u"], bridges["v"], strict=True)]
    assert [{NANTUCKET, SAN_JUAN} & pair for pair in ends] == [{NANTUCKET}, {SAN_JUAN}]
    assert bridges["length_km"].between(20, 100).all()
    assert repr(counties) == "<ContiguityGraph of 3,108 nodes, 8,712 edges, 1 component, 0 isolates, 2 bridges>"
    assert NANTUCKET in counties._repr_html_()


def test_counties_from_shapes_agree_with_arcs(counties: tg.ContiguityGraph) -> None:
    graph = tg.ContiguityGraph.from_units(tg.BasicUnits.from_areas(us_counties()), islands="allow")
    by_shape = set(zip(graph.edges["u"], graph.edges["v"], strict=True))
    arcs = counties.edges.query("kind == 'border'")
    by_arc = set(zip(arcs["u"], arcs["v"], strict=True))
    assert abs(len(by_shape) - 8710) <= 2
    # All three lie at Alameda (06001), whose outline touches itself: mending it takes away two narrow spits.
    assert by_arc - by_shape == {("06001", "06075"), ("06001", "06099")}
    assert by_shape - by_arc == {("06077", "06085")}
    assert graph.n_isolates == 2
    assert graph.n_components == 3
    with pytest.raises(DataError, match=r"2 units touch nothing else of the largest part, such as 25019, 53055"):
        tg.ContiguityGraph.from_units(tg.BasicUnits.from_areas(us_counties()), islands="fail")


def test_states_from_arcs() -> None:
    units = tg.BasicUnits.from_areas(data_path("us.topojson"), layer="states")
    edges = tg.ContiguityGraph.from_units(units, islands="allow").edges
    names = units.members.set_index("id")["name"].to_dict()
    pairs = {frozenset((names[u], names[v])) for u, v in zip(edges["u"], edges["v"], strict=True)}
    assert frozenset(("Utah", "Colorado")) in pairs
    assert frozenset(("Utah", "New Mexico")) not in pairs  # Four Corners
    assert {name for pair in pairs if "Maine" in pair for name in pair} == {"Maine", "New Hampshire"}


def test_rejected_areas_leave_the_other_arcs(tmp_path: Path) -> None:
    """The arcs name rows of the file: a row that is refused must not shift them.

    Squares z | y | x, before them a row without a shape, after them a twin of y.
    """
    arcs = [
        [[1, 1], [0, 1], [0, 0], [1, 0]],  # z's own
        [[1, 0], [1, 1]],  # z and y
        [[2, 0], [2, 1]],  # y and x
        [[1, 1], [2, 1]],
        [[1, 0], [2, 0]],
        [[2, 0], [3, 0], [3, 1], [2, 1]],  # x's own
    ]
    rings = {"z": [0, 1], "y": [4, 2, ~3, ~1], "x": [5, ~2]}
    shapes: list[dict[str, Any]] = [{"type": None, "id": "w"}]
    shapes += [{"type": "Polygon", "id": key, "arcs": [ring]} for key, ring in rings.items()]
    shapes += [{"type": "Polygon", "id": "y", "arcs": [rings["y"]]}]
    layer = {"type": "GeometryCollection", "geometries": shapes}
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps({"type": "Topology", "arcs": arcs, "objects": {"areas": layer}}))
    units = tg.BasicUnits.from_areas(path)
    assert units.rejects["row"].tolist() == [1, 5]
    assert units.known_edges is not None
    assert listed(tg.ContiguityGraph.from_units(units)) == ["x-y border", "y-z border"]


# ------------------------------------------------------------------ islands and bridges

SEPARATE = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(5, 0, 6, 1), shapely.box(20, 0, 21, 1)]


def test_policies_for_islands() -> None:
    units = areas(SEPARATE, list("abcd"))
    bridged = tg.ContiguityGraph.from_units(units)
    assert listed(bridged) == ["a-b border", "b-c bridge", "c-d bridge"]
    assert bridged.bridges["length_km"].tolist() == [0.004, 0.015]
    assert bridged.n_components == 1
    left = tg.ContiguityGraph.from_units(units, islands="allow")
    assert listed(left) == ["a-b border"]
    assert (left.n_components, left.n_isolates, len(left.bridges)) == (3, 2, 0)
    assert repr(left) == "<ContiguityGraph of 4 nodes, 1 edges, 3 components, 2 isolates, 0 bridges>"
    with pytest.raises(DataError, match=r"2 units touch nothing else .* such as c, d. Use islands='bridge'"):
        tg.ContiguityGraph.from_units(units, islands="fail")
    whole = tg.ContiguityGraph.from_units(areas(SEPARATE[:2]), islands="fail")
    assert whole.n_components == 1


def test_unknown_policy() -> None:
    units = areas(SEPARATE)
    message = r"The 'islands' parameter must be one of \('bridge', 'attach', 'allow', 'fail'\). Got 'join' instead"
    with pytest.raises(OptionError, match=message):
        tg.ContiguityGraph.from_units(units, islands="join")
    with pytest.raises(OptionError, match=message):
        tg.ContiguityGraph.from_edges(units, pd.DataFrame({"u": [], "v": []}), islands="join")


places = st.tuples(st.integers(0, 9), st.integers(0, 9))


@given(st.lists(places, min_size=2, max_size=9), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=5))
def test_bridges_are_the_shortest(spots: list[tuple[int, int]], links: list[tuple[int, int]]) -> None:
    """Kruskal over all pairs gives the least total; points on one spot and points in a line are among the cases."""
    units = table([(1000.0 * x, 1000.0 * y) for x, y in spots])
    links = [(u, v) for u, v in links if u < len(spots) and v < len(spots)]
    edges = pd.DataFrame([(units.ids[u], units.ids[v]) for u, v in links], columns=["u", "v"])
    graph = tg.ContiguityGraph.from_edges(units, edges, islands="bridge")
    part = list(range(len(spots)))

    def join(u: int, v: int) -> bool:
        old, new = part[u], part[v]
        part[:] = [new if p == old else p for p in part]
        return old != new

    for u, v in links:
        join(u, v)
    pairs = sorted(
        itertools.combinations(range(len(spots)), 2),
        key=lambda pair: np.hypot(*(units.xy[pair[0]] - units.xy[pair[1]])),
    )
    shortest = [np.hypot(*(units.xy[u] - units.xy[v])) / 1000 for u, v in pairs if join(u, v)]
    assert graph.n_components == 1
    assert sorted(graph.bridges["length_km"]) == pytest.approx(shortest, abs=1e-3)


def test_a_stacked_table() -> None:
    units = table([(0, 0), (0, 0), (5000, 0), (0, 0)])
    graph = tg.ContiguityGraph.from_units(units)
    assert listed(graph) == ["a-b cell", "a-c cell", "a-d cell"]
    assert graph.edges["length_km"].tolist() == [0, 5, 0]
    assert tg.ContiguityGraph.from_units(table([(3, 3)] * 4)).n_components == 1


# ------------------------------------------------------------------ given edges


def test_given_edges_once_each_without_loops_in_order() -> None:
    units = table([(0, 0), (1, 0), (2, 0)])
    edges = pd.DataFrame(
        {"u": ["c", "a", "b", "b"], "v": ["b", "a", "a", "c"], "kind": ["cell", "x", "border", "y"]}, index=[4, 4, 4, 4]
    )
    graph = tg.ContiguityGraph.from_edges(units, edges)
    assert listed(graph) == ["a-b border", "b-c cell"]  # the first of two decides
    assert graph.matrix.toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    assert listed(tg.ContiguityGraph.from_edges(units, edges[["u", "v"]])) == ["a-b given", "b-c given"]


def test_given_edges_by_number_or_text() -> None:
    units = table([(0, 0), (1, 0), (2, 0)], ids=[7, 10, 9])
    assert units.ids == ["10", "7", "9"]
    for ends in ([7, 9], [7.0, 9.0], ["7", "9"]):
        graph = tg.ContiguityGraph.from_edges(units, pd.DataFrame({"u": ends[:1], "v": ends[1:]}))
        assert listed(graph) == ["7-9 given"]


def test_no_edges_at_all() -> None:
    units = table([(0, 0), (1, 0), (3, 0)])
    nothing = pd.DataFrame({"u": [], "v": []})
    assert tg.ContiguityGraph.from_edges(units, nothing).n_components == 3
    assert listed(tg.ContiguityGraph.from_edges(units, nothing, islands="bridge")) == ["a-b bridge", "b-c bridge"]
    with pytest.raises(DataError, match="2 units touch nothing else"):
        tg.ContiguityGraph.from_edges(units, nothing, islands="fail")


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ({"u": ["a", "q"], "v": ["z", "b"]}, r"2 ids that are no units, such as 'q', 'z'"),
        ({"u": ["a", None], "v": ["b", "b"]}, r"1 ids that are no units, such as ''"),
        ({"from": ["a"], "v": ["b"]}, r"need the columns u and v; missing: u"),
    ],
)
def test_unusable_edges(edges: dict[str, list[Any]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        tg.ContiguityGraph.from_edges(table([(0, 0), (1, 0)]), pd.DataFrame(edges))


def test_a_saved_graph_reads_back() -> None:
    units = areas(SEPARATE, list("abcd"))
    graph = tg.ContiguityGraph.from_units(units)
    again = tg.ContiguityGraph.from_edges(units, graph.edges)
    pd.testing.assert_frame_equal(again.edges, graph.edges)
    assert len(again.bridges) == 2
