"""A real extract from end to end: the shops of central Helsinki as customers, on driving time.

Data: © OpenStreetMap contributors, ODbL 1.0; see tests/data/README.md.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import osmium
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.geodata.distance import GreatCircle

EXTRACT = Path(__file__).resolve().parents[2] / "data" / "helsinki.osm.pbf"


@pytest.fixture(scope="module")
def shops() -> pd.DataFrame:
    """Every node and way with a shop=* tag, ways at the mean of their nodes."""
    rows = []
    reader = osmium.FileProcessor(str(EXTRACT), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    for thing in reader.with_filter(osmium.filter.KeyFilter("shop")):
        if isinstance(thing, osmium.osm.Node):
            name, places = f"n{thing.id}", [(thing.lon, thing.lat)]
        else:
            name = f"w{thing.id}"
            places = [(node.lon, node.lat) for node in thing.nodes if node.location.valid()]
        rows.append((name, thing.tags.get("shop"), *np.mean(places, axis=0)))
    return pd.DataFrame(rows, columns=["id", "shop", "lon", "lat"])


@pytest.fixture(scope="module")
def network() -> tg.RoadNetwork:
    return tg.RoadNetwork.from_osm(EXTRACT)


@pytest.fixture(scope="module")
def units(shops: pd.DataFrame) -> tg.BasicUnits:
    return tg.BasicUnits.from_accounts(tg.read_accounts(shops))


@pytest.fixture(scope="module")
def matrix(network: tg.RoadNetwork, units: tg.BasicUnits) -> tg.DistanceMatrix:
    return network.matrix(units, snap_km=0.3)


def test_the_network_is_that_of_the_town(network):
    report = network.report.set_index("what")
    assert 20 < report.loc["roads kept", "km"] < 30
    assert report.loc["ways not for cars", "count"] > 1000
    assert report.loc["ways closed to cars: access=private", "count"] > 0
    assert not [what for what in report.index if what.startswith("limits not understood")]


def test_every_shop_is_near_a_road(network, units, shops):
    assert len(shops) == 512
    off = network.travel(units, snap_km=0.3).places["off_km"]
    assert len(off) == len(units)
    assert off.median() < 0.05
    with pytest.raises(tg.DataError, match=r"places are more than 0.01 km from a road"):
        network.matrix(units, snap_km=0.01)


def test_no_road_is_shorter_than_the_straight_line_and_nobody_is_faster_than_allowed(network, units, matrix):
    met = network.travel(units, snap_km=0.3).places[["road_lon", "road_lat"]].to_numpy()
    a, b = np.triu_indices(len(met), 1)
    straight = GreatCircle().between(met[a], met[b])
    assert (matrix.km[a, b] >= straight * 0.999).all()
    fastest = network.pieces.kmh.max()
    assert (matrix.hours >= matrix.km / fastest - 1e-12).all()
    # Fastest paths obey the triangle inequality.
    hours = matrix.hours
    for middle in range(0, len(met), 37):
        assert (hours <= hours[:, [middle]] + hours[[middle], :] + 1e-12).all()


def test_balanced_territories_on_driving_time(units, matrix, tmp_path):
    problem = tg.TerritoryProblem(
        units,
        tg.ContiguityGraph.from_units(units),
        n_territories=6,
        balance={"accounts": 0.1},
        objective=tg.Travel(distance=matrix.by("hours")),
    )
    solution = tg.solve(problem, stop=tg.MaxIterations(10), seed=1)
    plan = solution.plan
    assert plan is not None
    assert plan.verify().ok
    travel = plan.metrics["travel"]
    by_hand = 0.0
    rows = matrix.rows(units.ids)
    trips = matrix.trip(rows[:, None], rows[None, :], "hours")
    for t in range(6):
        members = np.flatnonzero(plan.codes == t)
        by_hand += (trips[np.ix_(members, members)] * problem.weight[members]).sum(axis=1).min()
    assert travel["minimised"] == "hours"
    assert travel["objective"] == pytest.approx(by_hand)
    assert travel["objective"] == pytest.approx(solution.objective)
    assert travel["mean_hours"] == pytest.approx(by_hand / problem.weight.sum())
    # Less driving than territories that were made for straight lines.
    other = tg.TerritoryProblem(units, problem.graph, n_territories=6, balance={"accounts": 0.1})
    straight = tg.solve(other, stop=tg.MaxIterations(10), seed=1).plan
    assert straight is not None
    judged = tg.TerritoryPlan(problem, straight.labels, {})
    assert travel["objective"] < judged.metrics["travel"]["objective"]

    plan.write(tmp_path / "out")
    written = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["travel"]
    assert written["minimised"] == "hours"
    assert {"mean_km", "max_km", "mean_hours", "max_hours"} <= set(written)
    assert "mean driving time" in (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
    plan.save(tmp_path / "saved")
    loaded = tg.load_plan(tmp_path / "saved")
    assert loaded.metrics == plan.metrics
    assert loaded.problem.distance.measure == "hours"


def test_calibration_brings_straight_lines_to_the_roads(network, units, matrix):
    fit = tg.calibrate(network, units, sample=150, seed=3, snap_km=0.3)
    assert 1.2 < fit.distance.detour < 2.5
    assert fit.trips > 20_000
    # Sums are what matters for a territory: right within a few per cent, on trips that were not fitted.
    assert fit.errors["total"].abs().max() < 0.05
    assert fit.errors.loc["hours", "median"] < 0.4
    again = tg.calibrate(network, units, sample=150, seed=3, snap_km=0.3)
    assert again.distance == fit.distance
    # On all shops, most of which were not in the sample, hours add up as well.
    a, b = np.nonzero(~np.eye(len(units), dtype=bool))
    guess = fit.distance.hours_between(units.xy[a], units.xy[b])
    assert guess.sum() == pytest.approx(matrix.hours.sum(), rel=0.08)
    naive = GreatCircle(speed=tg.SpeedProfile()).hours_between(units.xy[a], units.xy[b])
    assert abs(naive.sum() - matrix.hours.sum()) > 3 * abs(guess.sum() - matrix.hours.sum())
