"""Designs on real roads from the command line and from a study: the shops of central Helsinki, on driving time.

Data: © OpenStreetMap contributors, ODbL 1.0; see tests/data/README.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import territory_geo as tg
from territory_geo.cli import app
from territory_geo.errors import DataError
from territory_geo.study import checked_study

EXTRACT = Path(__file__).resolve().parent / "data" / "helsinki.osm.pbf"


def call(*arguments: object) -> Any:
    """Run the command in this process: `.exit_code`, `.stdout`, `.stderr`."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighty places in the centre of Helsinki."""
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"id": [f"s{i:02d}" for i in range(80)]})
    frame["lon"], frame["lat"] = random.uniform(24.935, 24.955, 80), random.uniform(60.164, 60.174, 80)
    path = tmp_path_factory.mktemp("shops") / "shops.csv"
    frame.to_csv(path, index=False)
    return path


def design(shops: Path, out: Path, *options: object) -> Any:
    return call(
        "design", shops, "-k", 4, "--balance", "accounts:0.1", "--iterations", 5, "--roads", EXTRACT, "--out", out,
        *options,
    )  # fmt: skip


def test_driving_hours_on_roads(shops: Path, tmp_path: Path) -> None:
    done = design(shops, tmp_path / "out", "--minimise", "hours", "--roads-cache", tmp_path / "cache")
    assert done.exit_code == 0, done.stderr
    assert "Driving: fastest ways between all 80 places on 24 km of roads in helsinki.osm.pbf; hours are" in done.stdout
    assert "OpenStreetMap contributors, ODbL 1.0" in done.stdout
    record = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert record["travel"]["minimised"] == "hours"
    assert [line["rule"] for line in record["findings"]] == ["driving", "neighbours"]
    assert "OpenStreetMap contributors, ODbL 1.0" in (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
    # The figures are those of the network itself.
    units = tg.BasicUnits.from_accounts(tg.read_accounts(shops))
    hours = tg.RoadNetwork.from_osm(EXTRACT).matrix(units, measure="hours", cache=tmp_path / "cache")
    labels = pd.read_csv(tmp_path / "out" / "assignments.csv").set_index("unit")["territory"]
    rows = hours.rows(units.ids)
    trips = hours.trip(rows[:, None], rows[None, :])
    total = 0.0
    for _, members in labels.loc[list(units.ids)].reset_index().groupby("territory").indices.items():
        total += trips[np.ix_(members, members)].sum(axis=1).min()
    assert record["travel"]["mean_hours"] == pytest.approx(total / 80)


def test_too_many_places_for_a_table_of_ways(shops: Path, tmp_path: Path) -> None:
    done = design(shops, tmp_path / "out", "--minimise", "hours", "--most-on-roads", 79)
    assert done.exit_code == 0, done.stderr
    said = next(line for line in done.stdout.splitlines() if line.startswith("Driving: straight lines × 1."))
    assert "80 places are more than 79" in said
    assert "km are minimised, hours are told" in said
    record = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert record["travel"]["minimised"] == "km"
    assert 0 < record["travel"]["mean_hours"] < 0.2
    same = design(shops, tmp_path / "again", "--minimise", "hours", "--most-on-roads", 79)
    assert same.exit_code == 0
    written = [(tmp_path / name / "assignments.csv").read_bytes() for name in ("out", "again")]
    assert written[0] == written[1]


def test_a_study_says_the_same(shops: Path, tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(
        f'''name = "shops"
[data]
accounts = "{shops.as_posix()}"
[design]
territories = 4
balance = {{ accounts = 0.1 }}
roads = "{EXTRACT.as_posix()}"
minimise = "hours"
[search]
iterations = 5
''',
        encoding="utf-8",
    )
    ran = call("run", tmp_path / "study.toml", "--out", tmp_path / "study")
    assert ran.exit_code == 0, ran.stderr
    assert design(shops, tmp_path / "command", "--minimise", "hours").exit_code == 0
    written = [(tmp_path / name / "assignments.csv").read_bytes() for name in ("study", "command")]
    assert written[0] == written[1]


def test_places_that_no_road_is_near_are_named(shops: Path, tmp_path: Path) -> None:
    done = design(shops, tmp_path / "out", "--snap-km", 0.001)
    assert done.exit_code == 2
    assert "are more than 0.001 km from a road of the network: s" in done.stderr
    assert "--snap-km" in done.stderr
    assert not (tmp_path / "out").exists()


REFUSED = [
    ({"minimise": "hours"}, "minimise hours needs roads or distances"),
    ({"roads": "a.pbf", "distances": "b.csv"}, "distances and roads cannot be given together"),
    ({"roads": "a.pbf", "detour": 1.3}, "roads and detour cannot be given together: roads have theirs in them"),
    ({"snap_km": 2.0}, "snap_km needs roads"),
    ({"roads_cache": "c", "snap_km": 2.0}, "roads_cache and snap_km need roads"),
    ({"roads": "a.pbf", "center": "centroid"}, "center centroid lies on no road"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_options_that_do_not_fit(options: dict[str, Any], message: str) -> None:
    asked = {"territories": 3, "balance": {"accounts": 0.1}, **options}
    with pytest.raises(DataError, match=message):
        checked_study({"data": {"accounts": "x.csv"}, "design": asked}, "The study")


def test_land_and_the_way_a_text_is_written_reach_the_design(tmp_path: Path) -> None:
    places = pd.DataFrame({"id": range(8), "lon": [0.1, 0.3, 0.6, 0.9, 2.1, 2.3, 2.6, 2.9], "lat": [0.2, 0.8] * 4})
    places.to_csv(tmp_path / "places.csv", index=False, sep="^", encoding="utf-8")
    shores = [[[w, 0], [w + 1, 0], [w + 1, 1], [w, 1], [w, 0]] for w in (0, 2)]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}} for ring in shores
    ]
    content = {"type": "FeatureCollection", "features": features}
    (tmp_path / "land.geojson").write_text(json.dumps(content), encoding="utf-8")
    done = call(
        "design", tmp_path / "places.csv", "-k", 2, "--balance", "accounts:0", "--delimiter", "^",
        "--land", tmp_path / "land.geojson", "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert "1 bridge joins parts that do not touch." in done.stdout
    assert "No land mask" not in done.stdout
    shapes = json.loads((tmp_path / "out" / "territories.geojson").read_text(encoding="utf-8"))["features"]
    spans = [np.ptp(np.array(shape["geometry"]["coordinates"][0])[..., 0].ravel()) for shape in shapes]
    assert max(spans) < 1.01
    checked = call(
        "check", tmp_path / "places.csv", "--delimiter", "^", "--land", tmp_path / "land.geojson",
        "--out", tmp_path / "checked",
    )  # fmt: skip
    assert "land: land.geojson" in checked.stdout
