"""Computed rows on disk: used again, bounded, and never trusted when damaged."""

from __future__ import annotations

import os

import numpy as np
import pytest

import territory_geo as tg
from territory_geo.geodata.roads.cache import SUFFIX

PRIMARY = {"highway": "primary"}
NODES = {1: (0, 0), 2: (4, 0), 3: (9, 0)}
THREE = {"a": (0, 0), "b": (4, 0), "c": (9, 0)}


@pytest.fixture
def network(osm):
    return tg.RoadNetwork.from_osm(osm(NODES, [([1, 2, 3], PRIMARY), ([2, 1], {"highway": "service"})]))


def test_rows_are_computed_when_asked_for_and_then_kept(network, places, tmp_path):
    folder = tmp_path / "rows"
    travel = network.travel(places(THREE), cache=folder)
    assert travel.searched == 0
    km, _ = travel.rows(["b"])
    assert km.round(3).tolist() == [[4, 0, 5]]
    assert travel.searched == len(list(folder.iterdir())) == 1
    again = network.travel(places(THREE), cache=folder)
    matrix = again.matrix("hours")
    assert again.searched == 2
    assert matrix.km.tolist() == network.matrix(places(THREE)).km.tolist()
    third = network.travel(places(THREE), cache=folder)
    assert third.matrix().hours.tolist() == matrix.hours.tolist()
    assert third.searched == 0


def test_other_places_or_roads_have_rows_of_their_own(network, osm, places, tmp_path):
    cache = tg.RowCache(tmp_path / "rows")
    network.matrix(places(THREE), cache=cache)
    other = network.travel(places({**THREE, "c": (8, 0)}), cache=cache)
    assert other.matrix().km[0, 2] == pytest.approx(8, abs=1e-3)
    assert other.searched == 3
    faster = {**PRIMARY, "maxspeed": "100"}
    roads = tg.RoadNetwork.from_osm(osm(NODES, [([1, 2, 3], faster)], "faster.osm"))
    travel = roads.travel(places(THREE), cache=cache)
    assert travel.matrix().hours[0, 2] == pytest.approx(9 / 85, rel=1e-4)
    assert travel.searched == 3


@pytest.mark.parametrize("damage", ["empty", "half", "flipped", "no archive", "other shape", "other content"])
def test_a_damaged_row_is_computed_anew(network, places, tmp_path, damage):
    cache = tg.RowCache(tmp_path)
    true = network.travel(places(THREE), cache=cache).matrix().km.tolist()
    path = sorted(tmp_path.glob(f"*{SUFFIX}"))[1]
    whole = path.read_bytes()
    if damage == "other shape":
        with path.open("wb") as file:
            np.savez(file, row=np.zeros((2, 7)))
    elif damage == "other content":
        with path.open("wb") as file:
            np.savez(file, line=np.zeros((2, 3)))
    else:
        middle = len(whole) // 2
        broken = {
            "empty": b"",
            "half": whole[:middle],
            "flipped": whole.replace(np.float64(true[1][0]).tobytes(), np.float64(1.0).tobytes()),
            "no archive": b"kilometres",
        }[damage]
        assert broken != whole
        path.write_bytes(broken)
    travel = network.travel(places(THREE), cache=cache)
    assert travel.matrix().km.tolist() == true
    assert (travel.searched, cache.damaged) == (1, 1)
    assert network.travel(places(THREE), cache=cache).matrix().km.tolist() == true
    assert cache.damaged == 1


def test_the_folder_stays_within_its_limit(tmp_path):
    cache = tg.RowCache(tmp_path, limit_mb=0.01)
    row = np.zeros((2, 100))
    (tmp_path / "mine.npz").write_bytes(b"x" * 50_000)
    for i in range(10):
        cache.put("key", i, row)
        os.utime(tmp_path / f"key-{i:07d}{SUFFIX}", ns=(i, i))
    assert cache.get("key", 0, 100) is not None  # used just now: no longer the oldest
    size = (tmp_path / f"key-0000000{SUFFIX}").stat().st_size
    fitting = 10_000 // size
    assert cache.trim() == 10 - fitting
    kept = sorted(int(path.name[4:11]) for path in tmp_path.glob(f"*{SUFFIX}"))
    assert kept == [0, *range(10 - fitting + 1, 10)]
    assert (tmp_path / "mine.npz").exists()
    assert cache.trim() == 0


def test_half_written_files_of_a_killed_run_go(tmp_path):
    cache = tg.RowCache(tmp_path)
    old, young = (tmp_path / f".key-000000{i}{SUFFIX}.{i}" for i in range(2))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert cache.trim() == 0
    assert (old.exists(), young.exists()) == (False, True)


def test_a_cache_smaller_than_the_table_changes_nothing(network, places, tmp_path):
    cache = tg.RowCache(tmp_path, limit_mb=0.0005)
    true = network.matrix(places(THREE)).km.tolist()
    assert network.matrix(places(THREE), cache=cache).km.tolist() == true
    assert network.matrix(places(THREE), cache=cache).km.tolist() == true


def test_unusable_folders_and_limits(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(tg.DataError, match="cannot hold computed rows"):
        tg.RowCache(tmp_path / "file")
    with pytest.raises(tg.OptionError, match="'limit_mb' parameter must be a positive number"):
        tg.RowCache(tmp_path, limit_mb=0)
    cache = tg.RowCache(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(tg.DataError, match="cannot be written"):
        cache.put("key", 0, np.zeros((2, 1)))
