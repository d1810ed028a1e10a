"""Straight lines fitted to roads whose detour and speed are known."""

from __future__ import annotations

import numpy as np
import pytest

import territory_geo as tg


@pytest.fixture
def line(osm):
    """A straight road of 100 km at 65 km/h."""
    return tg.RoadNetwork.from_osm(osm({1: (0, 0), 2: (100, 0)}, [([1, 2], {"highway": "primary"})]))


def test_a_straight_road_at_one_speed_is_found_exactly(line, places):
    rng = np.random.default_rng(0)
    table = places({f"p{i}": (x, 0.2) for i, x in enumerate(rng.uniform(0, 100, 40))})
    fit = tg.calibrate(line, table)
    assert fit.distance.detour == pytest.approx(1.0, abs=1e-3)
    assert fit.distance.speed.kmh == pytest.approx([65.0] * 3, rel=1e-3)
    assert fit.errors.to_numpy() == pytest.approx(np.zeros((2, 3)), abs=1e-3)
    assert fit.trips == 40 * 39
    assert repr(fit) == (
        "<Calibration: detour 1.00, 65, 65, 65 km/h; 1,560 trips, km: median error 0 %, nine of ten below 0 %; "
        "hours: median error 0 %, nine of ten below 0 %>"
    )


def test_a_grid_of_streets_has_the_detour_of_its_corners(osm, places):
    # Two sides of a right angle instead of the third: in the mean over all directions 4 / pi.
    side = 15
    nodes = {100 * i + j + 1: (i, j) for i in range(side) for j in range(side)}
    rows = [([100 * i + j + 1 for j in range(side)], {"highway": "primary"}) for i in range(side)]
    columns = [([100 * i + j + 1 for i in range(side)], {"highway": "primary"}) for j in range(side)]
    network = tg.RoadNetwork.from_osm(osm(nodes, rows + columns))
    table = places({str(i): node for i, node in nodes.items()})
    fit = tg.calibrate(network, table, sample=120, seed=1)
    assert fit.distance.detour == pytest.approx(4 / np.pi, abs=0.04)
    # The worst a straight street can be off by.
    assert fit.errors.loc["km", "p90"] < 4 / np.pi - 1 + 0.04


def test_the_sample_depends_on_the_seed_and_not_on_the_order_of_rows(line, places):
    rng = np.random.default_rng(0)
    table = places({f"p{i}": (x, 0.0) for i, x in enumerate(rng.uniform(0, 100, 60))})
    one = tg.calibrate(line, table, sample=10, seed=1)
    assert one.errors.equals(tg.calibrate(line, table.iloc[::-1], sample=10, seed=1).errors)
    assert one.distance == tg.calibrate(line, table.iloc[::-1], sample=10, seed=1).distance
    assert one.distance != tg.calibrate(line, table, sample=10, seed=2).distance


def test_unusable_samples(line, places):
    table = places({"a": (0, 0), "b": (0, 0), "c": (0, 0.1)})
    with pytest.raises(tg.DataError, match="Fewer than three places of the sample lie apart"):
        tg.calibrate(line, table)
    with pytest.raises(tg.OptionError, match="'sample' parameter must be an int of at least 3"):
        tg.calibrate(line, table, sample=2)
    with pytest.raises(tg.OptionError, match="'bands' parameter must be an int of at least 1"):
        tg.calibrate(line, table, bands=0)


def test_short_trips_are_found_slow(osm, places):
    # Fast main road; each of its places lies at the end of a slow dead end of 1 km.
    stations = range(0, 101, 5)
    nodes = {i + 1: (i, 0) for i in stations} | {1000 + i: (i, 1) for i in stations}
    ways = [([i + 1 for i in stations], {"highway": "primary", "maxspeed": "100"})]
    ways += [([i + 1, 1000 + i], {"highway": "residential", "maxspeed": "20"}) for i in stations]
    network = tg.RoadNetwork.from_osm(osm(nodes, ways))
    table = places({f"p{i}": (i, 1) for i in stations})
    fit = tg.calibrate(network, table)
    kmh = fit.distance.speed.kmh
    assert list(kmh) == sorted(kmh)
    # 17 km/h on the dead ends, 85 on the main road, where each straight kilometre counts with the detour.
    assert kmh[0] < 70
    assert 85 < kmh[-1] < 110
    assert fit.errors.loc["hours"].abs().max() < 0.2
    assert abs(fit.errors.loc["hours", "total"]) < 0.01
