"""Shapes for display: simplified together, no gaps, no slivers, and unpacked as they were packed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from territory_geo.render.shapes import (
    NEAR,
    Frame,
    neighbour_graph,
    pack_shape,
    polygonal,
    simplify_coverage,
)


def wiggly_halves(points: int = 400) -> Any:
    """Two halves of a square that share one wiggly border."""
    y = np.linspace(0, 10, points)
    border = np.column_stack([5 + 0.3 * np.sin(9 * y) + 0.02 * np.sin(300 * y), y])
    left = shapely.Polygon([(0, 0), *border, (0, 10)])
    right = shapely.Polygon([*border[::-1], (10, 0), (10, 10)][::-1])
    return np.array([left, right], dtype=object)


def cells(n: int = 60, seed: int = 0) -> Any:
    """Voronoi cells clipped to a square."""
    rng = np.random.default_rng(seed)
    parts = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(rng.random((n, 2)) * 10)))
    return polygonal(shapely.set_precision(shapely.intersection(parts, shapely.box(0, 0, 10, 10)), 1e-9))


def unpack(packed: list[list[list[int]]], grid: float) -> Any:
    rings = [[np.cumsum(np.reshape(ring, (-1, 2)), axis=0) * grid for ring in polygon] for polygon in packed]
    return shapely.MultiPolygon([(shell, holes) for shell, *holes in rings])


@pytest.mark.parametrize("shapes", [wiggly_halves(), cells()], ids=["halves", "cells"])
def test_no_gaps_no_overlaps(shapes: Any) -> None:
    simple = simplify_coverage(shapes, tolerance=0.05, grid=0.01)
    assert shapely.area(simple).sum() == pytest.approx(100, abs=0.02)
    assert shapely.area(shapely.union_all(simple)) == pytest.approx(shapely.area(simple).sum(), abs=1e-6)
    assert shapely.coverage_is_valid(simple)
    assert np.array_equal(shapely.get_num_interior_rings(shapely.union_all(simple)), 0)


def test_details_go_but_corners_stay() -> None:
    simple = simplify_coverage(wiggly_halves(), tolerance=0.2, grid=0.01)
    assert shapely.get_num_coordinates(simple).sum() < 200
    assert shapely.bounds(simple[0])[[0, 1, 3]].tolist() == [0, 0, 10]


def test_borders_with_float_noise_are_snapped() -> None:
    noise = np.random.default_rng(1).normal(0, 1e-10, (16, 4))
    squares = [shapely.box(*(np.array([i, j, i + 1, j + 1]) + noise[4 * i + j])) for i in range(4) for j in range(4)]
    shapes = np.array(squares, dtype=object)
    assert not shapely.coverage_is_valid(shapes)
    simple = simplify_coverage(shapes, tolerance=0.01, grid=0.001)
    assert shapely.coverage_is_valid(simple)
    graph = neighbour_graph(simple, frame=Frame.around(simple, geographic=False))
    assert sum(weight == 1 for _, _, weight in graph.edges.data("weight")) == 24


def test_a_shape_that_touches_itself_is_mended_first() -> None:
    # A ring that runs along one line twice, as decoding a quantised file leaves it.
    spike = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1), (0.5, 2), (0.5, 1), (0, 1)])
    shapes = np.array([spike, shapely.box(1, 0, 2, 1)], dtype=object)
    assert not shapely.is_valid(shapes).all()
    simple = simplify_coverage(shapes, tolerance=0.001, grid=0.001)
    assert shapely.is_valid(simple).all()
    assert shapely.area(simple).tolist() == [1, 1]


def test_shapes_that_overlap_are_left_as_they_are() -> None:
    shapes = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)], dtype=object)
    simple = simplify_coverage(shapes, tolerance=0.5, grid=0.001)
    assert shapely.equals(simple, shapes).all()


def test_empty_and_odd_shapes() -> None:
    odd = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.Point(5, 5)])
    shapes = polygonal([odd, None, shapely.Point(1, 1), shapely.box(1, 0, 2, 1)])
    simple = simplify_coverage(shapes, tolerance=0.01, grid=0.01)
    assert shapely.area(simple).tolist() == [1, 0, 0, 1]
    assert [pack_shape(shape, grid=0.01) != [] for shape in simple] == [True, False, False, True]
    empty = polygonal([None])
    assert shapely.is_empty(simplify_coverage(empty, tolerance=1, grid=1)).all()
    assert Frame.around(empty, geographic=True).extent == 1


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(-3, -2, 4, 7),
        shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(2, 2), (2, 4), (4, 4), (4, 2)]]),
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 7)]),
    ],
)
def test_unpacked_as_packed(shape: Any) -> None:
    assert unpack(pack_shape(shape, grid=0.5), 0.5).equals(shape)


def test_rings_below_the_grid_vanish() -> None:
    shape = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(2, 2), (2, 2.1), (2.1, 2.1)]])
    assert len(pack_shape(shape, grid=1)[0]) == 1
    assert pack_shape(shapely.box(0.1, 0.1, 0.2, 0.2), grid=1) == []
    assert pack_shape(shapely.Polygon(), grid=1) == []


def test_neighbours_share_a_border_and_others_come_close() -> None:
    #   2 3
    #   0 1   4: apart by less than the eye's distance; 5: far away
    boxes = [(0, 0, 1, 1), (1, 0, 2, 1), (0, 1, 1, 2), (1, 1, 2, 2), (2.003, 0, 3, 1), (9, 9, 10, 10)]
    shapes = np.array([shapely.box(*box) for box in boxes], dtype=object)
    graph = neighbour_graph(shapes, frame=Frame.around(shapes, geographic=False))
    weights = {(u, v): w for u, v, w in graph.edges.data("weight")}
    shared = {(0, 1): 1, (0, 2): 1, (1, 3): 1, (2, 3): 1}
    assert weights == {**shared, (0, 3): NEAR, (1, 2): NEAR, (1, 4): NEAR, (3, 4): NEAR}


def test_frame_keeps_alaska_together() -> None:
    shapes = np.array([shapely.box(172, 51, 180, 53), shapely.box(-180, 51, -130, 71)], dtype=object)
    frame = Frame.around(shapes, geographic=True)
    assert frame.bounds == (-188, 51, -130, 71)
    assert shapely.total_bounds(frame.place(shapes)).tolist() == [-188, 51, -130, 71]
    assert not Frame.around(shapes, geographic=False).wraps


@pytest.mark.parametrize(("extent", "grid"), [(58.0, 1e-4), (6000.0, 0.01), (2e6, 10.0), (0.5, 1e-6)])
def test_grid_is_a_power_of_ten(extent: float, grid: float) -> None:
    frame = Frame((0, 0, extent, extent / 2), geographic=False)
    assert frame.grid == pytest.approx(grid)
    assert frame.grid < frame.tolerance < extent / 1000
