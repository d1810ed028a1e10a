"""Hexagons of the H3 grid: the same cells whatever the data, accounts joined, none lost."""

from __future__ import annotations

from typing import Any

import h3
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.units.hexagons import hexagon_pairs, hexagon_shapes

PARIS = (2.3522, 48.8566)


def read(places: list[tuple[float, float]], **columns: Any) -> tg.Accounts:
    frame = pd.DataFrame(places, columns=["lon", "lat"], dtype=float)
    frame.insert(0, "id", [f"k{i}" for i in range(len(places))])
    return tg.read_accounts(frame.assign(**columns))


def test_accounts_go_to_the_cell_that_h3_says() -> None:
    accounts = read([PARIS, (2.3523, 48.8566), (2.6, 48.9)], sales=[1, 2, 4])
    units = tg.BasicUnits.from_hexagons(accounts, resolution=6, empty=False)
    assert units.members["unit"].tolist() == [
        h3.latlng_to_cell(lat, lon, 6) for lon, lat in [PARIS, PARIS, (2.6, 48.9)]
    ]
    assert sorted(units.frame["sales"]) == [3, 4]
    assert units.kind == "hexagons"
    assert units.hexagon_resolution == 6
    for shape, point in zip(units.frame.geometry[units.members["unit"]], units.members.geometry, strict=True):
        assert shape.covers(point)


def test_hexagons_without_accounts_fill_the_land_between() -> None:
    accounts = read([PARIS, (3.5, 48.9)])
    units = tg.BasicUnits.from_hexagons(accounts, resolution=6)
    assert len(units) > 20
    assert units.frame["accounts"].sum() == 2
    graph = tg.ContiguityGraph.from_units(units)
    assert graph.n_components == 1
    assert len(graph.bridges) == 0
    assert set(graph.edges["kind"]) == {"grid"}
    apart = tg.ContiguityGraph.from_units(tg.BasicUnits.from_hexagons(accounts, resolution=6, empty=False))
    assert apart.edges["kind"].tolist() == ["bridge"]


def test_neighbours_are_the_grids_and_agree_with_the_shapes() -> None:
    ids = sorted(h3.grid_disk(h3.latlng_to_cell(48.8566, 2.3522, 5), 3))
    pairs = hexagon_pairs(ids)
    assert len(ids) == 37
    assert len(pairs) == 90  # 3 n (n + 1) / 2 edges per ring summed: 9 n² + 3 n for n = 3
    shapes = shapely.set_precision(hexagon_shapes(ids), 1e-7)
    for u, v in pairs:
        assert shapely.intersection(shapes[u], shapes[v]).length > 0


def test_a_pentagon_has_five_neighbours() -> None:
    pentagon = h3.get_pentagons(4)[0]
    ids = sorted(h3.grid_disk(pentagon, 1))
    pairs = hexagon_pairs(ids)
    assert int((pairs == ids.index(pentagon)).any(axis=1).sum()) == 5


def test_cells_across_the_180_degree_meridian_stay_whole() -> None:
    units = tg.BasicUnits.from_hexagons(read([(179.99, -17.0), (-179.99, -17.0), (179.5, -17.2)]), resolution=4)
    assert np.ptp(units.frame.geometry.bounds[["minx", "maxx"]].to_numpy(), axis=1).max() < 2
    areas = shapely.area(units.shapes) / 1e6
    assert areas.max() < 3 * areas.min()
    graph = tg.ContiguityGraph.from_units(units)
    assert graph.edges["length_km"].max() < 100


def test_auto_takes_a_resolution_and_says_which() -> None:
    accounts = tg.read_accounts(tg.samples.demo_accounts())
    units = tg.BasicUnits.from_hexagons(accounts, measures=["visit_hours"])
    assert units.hexagon_resolution == 4
    assert len(units) <= 10_000
    said = units.findings.set_index("rule")
    assert said.loc["resolution", "example"].startswith("4: about 1,770 km²")
    assert said.loc["land mask", "example"] == "the shipped outline of the United States"
    assert len(units.members) + len(units.rejects) == 5000


def test_named_accounts_over_hexagons() -> None:
    units = tg.BasicUnits.from_hexagons(read([PARIS, (2.4, 48.9), (2.5, 48.9)]), resolution=6, own_units=["k1"])
    assert units.kind == "mixed"
    assert units.own_units == ("k1",)
    edges = tg.ContiguityGraph.from_units(units).edges
    assert {"grid", "inside", "near"} == set(edges["kind"])
    around = h3.latlng_to_cell(48.9, 2.4, 6)
    neighbours = ((edges["kind"] == "grid") & ((edges["u"] == around) | (edges["v"] == around))).sum()
    assert ((edges["u"] == "k1") | (edges["v"] == "k1")).sum() == 1 + neighbours > 2


@pytest.mark.parametrize(
    ("resolution", "message"),
    [(16, "from 0 .* to 15"), (-1, "from 0"), ("six", "'auto' or a whole number"), (2.5, "'auto'"), (True, "'auto'")],
)
def test_unknown_resolutions(resolution: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        tg.BasicUnits.from_hexagons(read([PARIS]), resolution=resolution)


def test_too_many_hexagons_and_planar_accounts() -> None:
    with pytest.raises(OptionError, match=r"Resolution 10 gives about [\d,]+ hexagons .* leave out hexagons without"):
        tg.BasicUnits.from_hexagons(read([PARIS, (9.0, 50.0), (5.0, 45.0)]), resolution=10)
    flat = tg.read_accounts(pd.DataFrame({"id": [1], "x": [0], "y": [0]}), crs=None)
    with pytest.raises(DataError, match="need longitude and latitude, not planar metres"):
        tg.BasicUnits.from_hexagons(flat)


places = st.tuples(st.floats(-180, 180), st.floats(-89, 89))


@settings(max_examples=25)
@given(st.lists(places, min_size=1, max_size=8), st.integers(0, 4), st.sets(st.integers(0, 7), max_size=2))
def test_no_row_is_lost(spots: list[tuple[float, float]], resolution: int, own: set[int]) -> None:
    named = [f"k{i}" for i in own if i < len(spots) and spots[i] != (0, 0)]
    good = [spot for spot in spots if spot != (0, 0)]
    if not good:
        return
    units = tg.BasicUnits.from_hexagons(
        read(spots, sales=range(len(spots))), resolution=resolution, empty=False, own_units=named
    )
    assert sorted([*units.members["row"], *units.rejects["row"]]) == list(range(1, len(spots) + 1))
    assert units.frame["accounts"].sum() == len(units.members)
    assert units.frame["sales"].sum() == units.members["sales"].sum()
    assert tg.ContiguityGraph.from_units(units).n_components == 1
