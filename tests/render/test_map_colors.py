"""Colours of territories on graphs with known needs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from territory_geo.render.colors import DARK_LAND, LAND, PALETTE, color_territories, dark, distances, extended
from territory_geo.render.look import shared_colors
from territory_geo.render.shapes import Frame, neighbour_graph

# In OKLab, in the least favourable kind of vision: 0.02 is just noticeable, and borders are white besides.
PLAIN = 0.05


def lattice(side: int, *, corners: bool = False) -> nx.Graph:
    """A side × side grid; with corners, diagonal neighbours come close (weight below 1)."""
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(side, side), ordering="sorted")
    nx.set_edge_attributes(graph, 1.0, "weight")
    if corners:
        for i in range(side - 1):
            for j in range(side - 1):
                a = i * side + j
                graph.add_edge(a, a + side + 1, weight=0.3)
                graph.add_edge(a + 1, a + side, weight=0.3)
    return graph


def county_like(n: int, seed: int) -> nx.Graph:
    """The neighbours of n Voronoi cells of random points: planar, about six each, like counties."""
    points = np.random.default_rng(seed).random((n, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    return neighbour_graph(cells, frame=Frame.around(cells, geographic=False))


def nearest(graph: nx.Graph, colors: list[str]) -> float:
    apart = distances(colors)
    return min(float(apart[u, v]) for u, v, w in graph.edges.data("weight", default=1.0) if w >= 1)


@pytest.mark.parametrize(
    "graph",
    [lattice(5), lattice(10, corners=True), county_like(24, 1), county_like(200, 2), nx.wheel_graph(9)],
    ids=["lattice", "lattice with corners", "24 cells", "200 cells", "wheel"],
)
def test_neighbours_are_plainly_different(graph: nx.Graph) -> None:
    colors = color_territories(graph)
    assert len(colors) == graph.number_of_nodes()
    assert set(colors) <= set(PALETTE)
    assert nearest(graph, colors) >= PLAIN


def test_the_whole_palette_is_used() -> None:
    assert len(set(color_territories(county_like(60, 3)))) >= 7


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_neighbours_never_share_a_colour(n: int, seed: int) -> None:
    graph = nx.gnp_random_graph(n, 0.2, seed=seed)
    colors = color_territories(graph)
    assert all(colors[u] != colors[v] for u, v in graph.edges)
    assert colors == color_territories(graph)


def test_order_of_edges_does_not_matter() -> None:
    graph = county_like(40, 4)
    turned = nx.Graph()
    turned.add_nodes_from(range(40))
    turned.add_weighted_edges_from([(v, u, w) for u, v, w in graph.edges.data("weight")][::-1])
    assert color_territories(graph) == color_territories(turned)


@pytest.mark.parametrize("n", [1, 15, 60])
def test_more_neighbours_than_colours(n: int) -> None:
    assert len(set(color_territories(nx.complete_graph(n)))) == n


def test_hues_are_not_given_up_for_shades_where_another_order_of_colouring_does_without() -> None:
    graph = nx.gnp_random_graph(24, 0.6, seed=116)
    assert max(nx.greedy_color(graph, strategy="saturation_largest_first").values()) == len(PALETTE)
    colors = color_territories(graph)
    assert set(colors) <= set(PALETTE)
    assert all(colors[u] != colors[v] for u, v in graph.edges)


def test_no_territory_no_colour() -> None:
    assert color_territories(nx.Graph()) == []


def test_palette_stays_apart_in_four_kinds_of_vision() -> None:
    apart = distances(PALETTE)
    assert apart[~np.eye(len(PALETTE), dtype=bool)].min() > PLAIN
    assert np.allclose(np.diag(apart), 0)


def test_dark_shade_is_darker() -> None:
    assert dark("#ffffff") == "#9b9ea5"
    assert extended(["#000000"], 2) != ["#000000", "#000000"]


@pytest.mark.parametrize("land", [LAND, DARK_LAND])
def test_the_palette_stays_apart_on_light_and_dark_land(land: str) -> None:
    apart = distances(PALETTE, land=land)
    assert apart[np.triu_indices(len(PALETTE), 1)].min() > PLAIN


def test_a_territory_of_two_plans_has_one_colour_that_no_neighbour_of_either_has() -> None:
    # a–b and b–c touch today; a–c and c–d touch in the plan.
    today, plan = nx.Graph([(0, 1), (1, 2)]), nx.Graph([(0, 1), (1, 2)])
    for graph in (today, plan):
        nx.set_edge_attributes(graph, 1.0, "weight")
    (a, b, c), (a_too, c_too, d) = shared_colors([["a", "b", "c"], ["a", "c", "d"]], [today, plan])
    assert (a, c) == (a_too, c_too)
    assert len({a, b, c}) == 3
    assert d != c
