"""Files for maps, read back without the library that wrote them: SQLite, JSON, XML, and dBASE by its bytes."""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
import shapely

import territory_geo as tg
from territory_geo.errors import DataError, OptionError
from territory_geo.render.export.kml import SPACE
from territory_geo.render.export.shapefile import short_names
from territory_geo.render.look import look_of

KML = f"{{{SPACE}}}"


def dbf(path: Path) -> tuple[list[str], list[list[str]]]:
    """Read a dBASE table by its bytes: header of 32, then 32 for each field, records of fixed width in UTF-8."""
    data = path.read_bytes()
    count, start, width = struct.unpack("<IHH", data[4:12])
    fields, at = [], 32
    while data[at] != 0x0D:
        fields.append((data[at : at + 11].split(b"\0")[0].decode("ascii"), data[at + 16]))
        at += 32
    rows = []
    for i in range(count):
        row, at = [], start + i * width + 1
        for _, length in fields:
            row.append(data[at : at + length].decode("utf-8").strip())
            at += length
        rows.append(row)
    return [name for name, _ in fields], rows


def geometry(blob: bytes) -> shapely.Geometry:
    """Return the shape of a GeoPackage's blob: magic, version, flags, srs, an envelope, then well-known binary."""
    assert blob[:2] == b"GP"
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
    return shapely.from_wkb(blob[8 + envelope :])


def test_a_geopackage_holds_three_layers(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    file = tmp_path / "new" / "plan.gpkg"
    for _ in range(2):  # the second replaces the first
        assert plan.write(file) == []
    with sqlite3.connect(file) as base:
        layers = base.execute("select table_name, srs_id from gpkg_contents order by 1").fetchall()
        rows = base.execute("select territory, rep, visits, geom from territories order by 1").fetchall()
        count, least = base.execute("select count(*), min(id) from accounts").fetchone()
    base.close()
    assert layers == [("accounts", 4326), ("centers", 4326), ("territories", 4326)]
    assert [row[:3] for row in rows] == [
        ("R1", "Ann <i>West</i>", plan.territories["visits"]["R1"]),
        ("R2", "Bo Middle", plan.territories["visits"]["R2"]),
        ("R3", "Cy East", plan.territories["visits"]["R3"]),
    ]
    assert {geometry(row[3]).geom_type for row in rows} == {"MultiPolygon"}
    for row, shape in zip(rows, plan.territories.geometry, strict=True):
        assert geometry(row[3]).equals(shape)
    assert (count, least) == (42, "001A00000000000")


def test_a_plane_goes_into_a_geopackage_and_not_into_degrees(flat: tg.TerritoryPlan, tmp_path: Path) -> None:
    flat.write(tmp_path / "flat.gpkg")
    with sqlite3.connect(tmp_path / "flat.gpkg") as base:
        srs = base.execute("select distinct srs_id from gpkg_contents").fetchall()
    base.close()
    assert all(code not in (4326,) for (code,) in srs)
    for name in ("flat.geojson", "flat.kml"):
        with pytest.raises(DataError, match=r"planar metres.*\.gpkg"):
            flat.write(tmp_path / name)


def test_geojson_is_as_its_standard_says(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan.geojson")
    found = json.loads((tmp_path / "plan.geojson").read_text(encoding="utf-8"))
    assert "crs" not in found
    assert [f["properties"]["territory"] for f in found["features"]] == ["R1", "R2", "R3"]
    west, south, east, north = found["bbox"]
    assert -98 < west < east < -89
    assert 40 < south < north < 44
    for feature in found["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        for part in shapely.get_parts(shape):
            assert shapely.is_ccw(shapely.get_exterior_ring(part))
    plan.write(tmp_path / "accounts.geojson", layer="accounts")
    accounts = json.loads((tmp_path / "accounts.geojson").read_text(encoding="utf-8"))["features"]
    first = plan.accounts.iloc[0]
    assert accounts[0]["properties"]["name"] == first["name"]
    assert accounts[0]["geometry"]["coordinates"] == pytest.approx([first.geometry.x, first.geometry.y])
    with pytest.raises(OptionError, match="one of territories, accounts, centers"):
        plan.write(tmp_path / "x.geojson", layer="rivers")


def test_a_shapefile_tells_what_it_had_to_shorten(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    notes = plan.write(tmp_path / "plan.shp")
    assert "plan_accounts.shp: 1 texts are longer than 254 bytes and were cut." in notes
    assert any("visits_target to visits_tg" in note and "plan_fields.csv" in note for note in notes)
    assert (tmp_path / "plan.cpg").read_text() == "UTF-8"
    assert (tmp_path / "plan.prj").read_text().startswith("GEOGCS")
    names, rows = dbf(tmp_path / "plan.dbf")
    assert max(map(len, names)) <= 10
    assert [row[0] for row in rows] == ["R1", "R2", "R3"]
    assert float(rows[0][names.index("visits")]) == plan.territories["visits"]["R1"]
    names, rows = dbf(tmp_path / "plan_accounts.dbf")
    assert len(rows) == 42
    assert [row[names.index("name")] for row in rows][:5] == list(plan.accounts["name"][:5])
    assert rows[7][names.index("long_name")] == "ä" * 127  # 254 bytes, cut between two letters
    table = pd.read_csv(tmp_path / "plan_fields.csv")
    accounts = table[table["file"] == "plan_accounts.shp"]
    assert dict(zip(accounts["name"], accounts["field"], strict=True))["long_name_of_a_column"] == "long_name"
    # The shapes: a header of 100 bytes that says polygons (5).
    assert struct.unpack("<i", (tmp_path / "plan.shp").read_bytes()[32:36]) == (5,)


def test_short_names_differ_also_where_case_does_not_count() -> None:
    names = ["Revenue 2024", "revenue_2025", "REVENUE_2026", "Größe", "Größe!", "", "visit_hours_target"]
    short = short_names(names)
    assert list(short.values()) == ["Revenue_20", "revenue_2", "REVENUE_3", "Groe", "Groe_2", "field", "visit_h_tg"]
    assert len({name.lower() for name in short.values()}) == len(names)


def test_kml_has_the_maps_colours_and_the_texts_by_the_letter(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    assert plan.write(tmp_path / "plan.kml", title="A & B") == []
    root = ET.parse(tmp_path / "plan.kml").getroot()
    assert root.find(f"{KML}Document/{KML}name").text == "A & B"  # type: ignore[union-attr]
    folders = root.findall(f"{KML}Document/{KML}Folder")
    assert [folder.findtext(f"{KML}name") for folder in folders] == ["Territories", "Accounts", "Centers"]
    assert [len(folder.findall(f"{KML}Placemark")) for folder in folders] == [3, 42, 3]
    named = [mark.findtext(f"{KML}name") for mark in folders[1].findall(f"{KML}Placemark")]
    assert named == list(plan.accounts["name"])
    fill = look_of(plan).fills[0]
    color = root.findtext(f"{KML}Document/{KML}Style/{KML}PolyStyle/{KML}color")
    assert color == f"9e{fill[5:7]}{fill[3:5]}{fill[1:3]}"
    lon, lat = root.findtext(f".//{KML}Point/{KML}coordinates").split(",")  # type: ignore[union-attr]
    assert (float(lon), float(lat)) == pytest.approx((plan.accounts["lon"].iloc[0], plan.accounts["lat"].iloc[0]))


def test_control_characters_are_counted_on_their_way_into_xml(flat: tg.TerritoryPlan, tmp_path: Path) -> None:
    table = pd.DataFrame({"id": ["a\x00", "b"], "lon": [-93.0, -91.0], "lat": 42.0})
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table))
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"accounts": 1.0})
    made = tg.TerritoryPlan(problem, pd.Series(["x\x07", "y"], index=units.frame.index))
    notes = made.write(tmp_path / "c.kml")
    assert len(notes) == 1
    assert "control characters, which XML cannot hold, were left out" in notes[0]
    ET.parse(tmp_path / "c.kml")


@pytest.mark.parametrize("name", ["plan.html", "plan.csv", "plan.json"])
def test_endings_that_are_something_else_are_explained(name: str, plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"not written as .*Endings: \.gpkg"):
        plan.write(tmp_path / name)


def test_formats_say_what_they_take(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="'format' parameter must be one of folder, gpkg"):
        plan.write(tmp_path / "plan", format="dwg")
    with pytest.raises(OptionError, match="'gpkg' does not take all of title"):
        plan.write(tmp_path / "plan.gpkg", title="x")
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        plan.write(tmp_path / "file" / "plan.gpkg")
