"""Cells of points: a planner sees territories as areas on land, although the data are dots.

Right means: the cells fill the land exactly, each place belongs to its nearest point unless water cuts it off, and two
points are neighbours only where one can drive from cell to cell. Small lands are drawn by hand, in kilometres.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

import territory_geo as tg
from territory_geo.errors import DataError
from territory_geo.geodata.contiguity import shared_border_pairs
from territory_geo.geodata.samples import us_towns
from territory_geo.geodata.topology import Cells, delaunay_pairs, dissolve, same_spot, voronoi_cells

KM = 1000.0


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(west * KM, south * KM, east * KM, north * KM)


def units_at(places: dict[str, tuple[float, float]], land: object = None) -> tg.BasicUnits:
    table = pd.DataFrame([(k, x * KM, y * KM) for k, (x, y) in places.items()], columns=["id", "x", "y"])
    return tg.BasicUnits.from_accounts(tg.read_accounts(table, crs=None), land=land)


def edges(units: tg.BasicUnits, islands: str = "allow") -> list[str]:
    table = tg.ContiguityGraph.from_units(units, islands=islands).edges
    return [
        f"{u}{v}" + ("~" if kind == "bridge" else "") for u, v, kind in zip(table.u, table.v, table.kind, strict=True)
    ]


def square_km(cells: Cells) -> list[float]:
    return (shapely.area(cells.shapes) / KM**2).round(6).tolist()


CORNERS = {"a": (20.0, 20.0), "b": (80.0, 20.0), "c": (20.0, 90.0), "d": (80.0, 90.0)}


def test_four_points_on_plain_land() -> None:
    """Cells meet at x=50 and y=55; the four meet in one point, which makes a and d no neighbours."""
    units = units_at(CORNERS, box(0, 0, 100, 100))
    assert edges(units) == ["ab", "ac", "bd", "cd"]
    assert square_km(units.cells) == [2750, 2750, 2250, 2250]
    assert (units.cells.moved_parts, units.cells.island_parts) == (0, 0)


def test_cells_do_not_touch_across_a_channel() -> None:
    """A channel from the south, x 48–52, y 0–80: a and b see each other across water only.

    c | d      y > 80: land all the way
    c ~ d
    a ~ b
    """
    land = box(0, 0, 100, 100).difference(box(48, -1, 52, 80))
    units = units_at(CORNERS, land)
    assert edges(units) == ["ac", "bd", "cd"]
    assert square_km(units.cells) == [48 * 55, 48 * 55, 2250 - 2 * 25, 2250 - 2 * 25]
    assert tg.ContiguityGraph.from_units(units).n_components == 1


def test_a_lake_between_all_leaves_a_ring() -> None:
    """A lake across the middle, where the four cells meet, does not part them."""
    units = units_at(CORNERS, box(0, 0, 100, 100).difference(box(40, 45, 60, 65)))
    assert edges(units) == ["ab", "ac", "bd", "cd"]
    assert square_km(units.cells) == [2650, 2650, 2150, 2150]


def test_a_channel_all_the_way_needs_a_bridge() -> None:
    land = box(0, 0, 100, 100).difference(box(48, -1, 52, 101))
    units = units_at(CORNERS, land)
    assert edges(units) == ["ac", "bd"]
    assert edges(units, "bridge") == ["ab~", "ac", "bd"]  # both are 60 km; the first by id
    with pytest.raises(DataError, match=r"2 units touch nothing else of the largest part, such as b, d"):
        tg.ContiguityGraph.from_units(units, islands="fail")


def test_the_far_shore_of_a_bay_belongs_to_who_lives_there() -> None:
    """The bisector x=64.5 gives a strip of b's land to a, who would have to swim: b has it all."""
    units = units_at({"a": (39, 50), "b": (90, 50)}, box(0, 0, 40, 100).union(box(60, 0, 100, 100)))
    cells = units.cells
    assert square_km(cells) == [4000, 4000]
    assert cells.shapes[1].equals(box(60, 0, 100, 100))
    assert (cells.moved_parts, cells.island_parts) == (1, 0)
    assert edges(units) == []
    bridge = tg.ContiguityGraph.from_units(units).bridges
    assert bridge.to_dict("records") == [{"u": "a", "v": "b", "kind": "bridge", "length_km": 51.0}]


def test_strips_handed_over_one_after_the_other() -> None:
    """c lives on the far shore; a's strip borders b's strip only, and b's strip borders c."""
    far = box(60, 0, 70, 100)
    units = units_at({"a": (39, 20), "b": (39, 50), "c": (65, 90)}, box(0, 0, 40, 100).union(far))
    assert units.cells.shapes[2].equals(far)
    assert (units.cells.moved_parts, units.cells.island_parts) == (3, 0)  # c's part of the near shore is b's
    assert edges(units, "bridge") == ["ab", "bc~"]


def test_an_island_stays_with_its_nearest_point() -> None:
    island = box(45, 50, 47, 52)
    units = units_at({"a": (20, 50), "b": (20, 10)}, box(0, 0, 40, 100).union(island))
    cells = units.cells
    assert (cells.moved_parts, cells.island_parts) == (0, 1)
    assert cells.shapes[0].geom_type == "MultiPolygon"
    assert shapely.area(cells.shapes).sum() == pytest.approx(4004 * KM**2)
    assert edges(units) == ["ab"]


def test_a_point_off_the_mask_is_still_on_the_map() -> None:
    """A real island that the mask does not have gets a small disc, and its own bridge."""
    units = units_at({"a": (10, 10), "b": (30, 10), "s": (60, 10)}, box(0, 0, 40, 20))
    disc = units.cells.shapes[2]
    assert disc.contains(shapely.Point(60 * KM, 10 * KM))
    assert disc.area == pytest.approx(np.pi * 2**2 * KM**2, rel=0.02)
    assert edges(units, "bridge") == ["ab", "bs~"]


def test_land_far_wider_than_the_points_is_filled() -> None:
    land = box(-5000, -3000, 4000, 6000)
    units = units_at({"a": (0, 0), "b": (1, 0), "c": (0, 1)}, land)
    assert shapely.area(units.cells.shapes).sum() == pytest.approx(land.area, rel=1e-12)
    assert edges(units) == ["ab", "ac", "bc"]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"a": (5, 5)}, []),
        ({"a": (5, 5), "b": (9, 5)}, ["ab"]),
        ({"a": (0, 0), "b": (4, 0), "c": (0, 3)}, ["ab", "ac", "bc"]),
        ({"a": (0, 0), "b": (1, 0), "c": (2, 0), "d": (7, 0)}, ["ab", "bc", "cd"]),  # in a line
        ({"a": (0, 0), "b": (1, 2), "c": (2, 4), "d": (3, 6)}, ["ab", "bc", "cd"]),  # in a slanted line
    ],
)
def test_few_points_and_lines(places: dict[str, tuple[float, float]], expected: list[str]) -> None:
    units = units_at(places)
    assert edges(units) == expected
    shapes = units.cells.shapes
    assert all(shape.contains(shapely.Point(xy)) for shape, xy in zip(shapes, units.xy, strict=True))
    assert shapely.coverage_is_valid(shapes)


def test_points_on_a_lattice_have_rook_neighbours() -> None:
    """Everywhere four cells meet in one point; that is no border."""
    units = units_at({f"{x}{y}": (x, y) for x in range(6) for y in range(6)}, box(-1, -1, 6, 6))
    pairs = units.cells.pairs
    apart = np.abs(units.xy[pairs[:, 0]] - units.xy[pairs[:, 1]]).sum(axis=1)
    assert (apart == KM).all()
    assert len(pairs) == 2 * 6 * 5


def test_a_stack_of_points_has_no_cells_but_delaunay_edges() -> None:
    xy = np.array([[0, 0], [5, 5], [0, 0], [9, 0], [0, 0]]) * KM
    with pytest.raises(DataError, match="Points on one spot have no cells of their own"):
        voronoi_cells(xy, box(-1, -1, 10, 10))
    assert delaunay_pairs(xy).tolist() == [[0, 1], [0, 2], [0, 3], [0, 4], [1, 3]]
    assert delaunay_pairs(xy[[0, 2, 4]]).tolist() == [[0, 1], [0, 2]]
    assert delaunay_pairs(xy[:1]).tolist() == []


def test_points_at_sea_beside_each_other() -> None:
    """Their islands overlap, and are shared out by the bisector."""
    cells = units_at({"a": (10, 10), "s": (60, 10), "t": (61, 10)}, box(0, 0, 40, 20)).cells
    assert shapely.coverage_is_valid(cells.shapes)
    assert cells.pairs.tolist() == [[1, 2]]
    assert cells.shapes[1].contains(shapely.Point(60 * KM, 10 * KM))
    assert not cells.shapes[1].contains(shapely.Point(60.6 * KM, 10 * KM))


@pytest.mark.parametrize("gap", [1e-3, 3e-3, 1e-2, 1e-1, 1.0])
def test_neighbours_nearer_than_the_diagram_resolves(gap: float) -> None:
    """Twins a centimetre apart on a continent: Qhull drops some, which leaves them no cell, but a neighbour."""
    rng = np.random.default_rng(7)
    xy = rng.uniform(0, 4000 * KM, (300, 2))
    angle = rng.uniform(0, 2 * np.pi, 300)
    twins = xy + gap * np.column_stack([np.cos(angle), np.sin(angle)])
    units = units_at({f"{i:03d}": (x / KM, y / KM) for i, (x, y) in enumerate(np.vstack([xy, twins, twins + gap]))})
    cells = units.cells
    empty = shapely.is_empty(cells.shapes)
    assert shapely.coverage_is_valid(cells.shapes[~empty])
    land = shapely.union_all(cells.shapes)
    assert shapely.area(cells.shapes).sum() == pytest.approx(land.area, rel=1e-12)
    assert land.geom_type == "Polygon"
    assert tg.ContiguityGraph.from_units(units, islands="allow").n_components == 1
    linked = delaunay_pairs(units.xy)
    assert set(linked.ravel().tolist()) == set(range(len(units)))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12), st.floats(0, 1e-12))
def test_same_spot_is_the_first_of_equals(places: list[tuple[int, int]], noise: float) -> None:
    xy = np.array(places, dtype=float)
    expected = [places.index(place) for place in places]
    noisy = xy + np.linspace(-noise, noise, xy.size).reshape(xy.shape) * (len(set(places)) > 1)
    assert same_spot(noisy).tolist() == expected


coordinates = st.tuples(st.integers(0, 60), st.integers(0, 60))
lakes = st.lists(st.tuples(coordinates, st.integers(1, 40), st.integers(1, 40)), max_size=4)


# A cell that touches land along a line as well as in an area.
@example([(25, 14), (40, 11), (48, 7)], [((44, 0), 1, 8)])
@given(st.lists(coordinates, min_size=1, max_size=15, unique=True), lakes)
def test_cells_fill_any_land_exactly(
    places: list[tuple[int, int]], lakes: list[tuple[tuple[int, int], int, int]]
) -> None:
    land = box(-3, -3, 63, 63)
    for (x, y), width, height in lakes:
        land = land.difference(box(x - 0.5, y - 0.5, x + width, y + height))
    xy = np.array(places, dtype=float) * KM
    assume(shapely.contains_xy(land, xy[:, 0], xy[:, 1]).all())
    cells = voronoi_cells(xy, land)
    assert shapely.is_valid(cells.shapes).all()
    assert shapely.area(cells.shapes).sum() == pytest.approx(land.area, rel=1e-9)
    assert shapely.union_all(cells.shapes).symmetric_difference(land).area < 10.0  # square metres
    assert shapely.coverage_is_valid(cells.shapes)
    assert shapely.contains_xy(cells.shapes, xy[:, 0], xy[:, 1]).all()
    # Neighbours share a border on the map; only places handed over across water may touch unasked.
    touching = {tuple(pair) for pair in shared_border_pairs(cells.shapes).tolist()}
    pairs = {tuple(pair) for pair in cells.pairs.tolist()}
    assert pairs <= touching
    if cells.moved_parts == cells.island_parts == 0:
        short = [(a, b) for a, b in touching - pairs if shapely.intersection(*cells.shapes[[a, b]]).length > 1.0]
        assert short == []
    if not lakes:
        spots = np.random.default_rng(0).uniform(-3 * KM, 63 * KM, (200, 2))
        nearest = cKDTree(xy).query(spots)[1]
        owner = shapely.distance(cells.shapes[nearest], shapely.points(spots))
        assert owner.max() < 0.01


@pytest.mark.parametrize("seed", range(4))
def test_towns_anywhere_make_a_clean_map(seed: int) -> None:
    """Coasts, lakes, islands and places off the mask: cells still fit together and all towns are linked."""
    towns = us_towns()
    states = ["ME", "WA", "MI", "FL"]
    some = pd.concat([towns[towns["state"] == states[seed]], towns.sample(200 * seed, random_state=seed)])
    units = tg.BasicUnits.from_accounts(tg.read_accounts(some.drop_duplicates("geonameid"), id="geonameid"))
    assert shapely.coverage_is_valid(units.cells.shapes)
    assert shapely.is_valid(units.cells.shapes).all()
    assert tg.ContiguityGraph.from_units(units).n_components == 1


def test_dissolved_cells_have_no_slivers() -> None:
    xy = np.random.default_rng(1).uniform(0, 50 * KM, (400, 2))
    land = box(-1, -1, 51, 51).difference(box(20, 20, 22, 30))
    cells = voronoi_cells(xy, land)
    labels = (xy[:, 0] // (17 * KM)).astype(np.int64)
    shapes = dissolve(cells.shapes, labels, 4)
    assert shapely.is_valid(shapes[:3]).all()
    assert shapes[3].is_empty
    assert shapely.area(shapes).sum() == pytest.approx(land.area, rel=1e-12)
    assert shapely.coverage_is_valid(shapes[:3])
    assert shapely.get_num_interior_rings(shapely.union_all(shapes)) == 1
