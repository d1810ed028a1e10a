"""KML and Shapefiles field by field, against the public descriptions of both formats.

KML: the schema of OGC 12-007 (elements, their order, patterns of values). Shapefiles: ESRI's technical description of
1998 (headers, record numbers, lengths in 16-bit words, rings) and the dBASE III table beside them.
"""

from __future__ import annotations

import re
import struct
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

import territory_geo as tg
from territory_geo.errors import DataError

SPACE = "{http://www.opengis.net/kml/2.2}"
# What an element may hold, in the order of the schema (of what is optional, all that we might write).
CHILDREN = {
    "kml": ["Document"],
    "Document": ["name", "visibility", "open", "description", "Style", "Schema", "Folder", "Placemark"],
    "Folder": ["name", "visibility", "open", "description", "Placemark"],
    "Placemark": ["name", "visibility", "description", "styleUrl", "ExtendedData", "Point", "Polygon", "MultiGeometry"],
    "Style": ["IconStyle", "LabelStyle", "LineStyle", "PolyStyle", "BalloonStyle", "ListStyle"],
    "IconStyle": ["color", "colorMode", "scale", "heading", "Icon", "hotSpot"],
    "LineStyle": ["color", "colorMode", "width"],
    "PolyStyle": ["color", "colorMode", "fill", "outline"],
    "ExtendedData": ["Data"],
    "Data": ["displayName", "value"],
    "Point": ["extrude", "altitudeMode", "coordinates"],
    "LinearRing": ["extrude", "tessellate", "altitudeMode", "coordinates"],
    "Polygon": ["extrude", "tessellate", "altitudeMode", "outerBoundaryIs", "innerBoundaryIs"],
    "outerBoundaryIs": ["LinearRing"],
    "innerBoundaryIs": ["LinearRing"],
    "MultiGeometry": ["Point", "LineString", "LinearRing", "Polygon"],
}


def test_kml_has_the_elements_of_the_schema_in_its_order(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan.kml")
    root = ET.parse(tmp_path / "plan.kml").getroot()
    kinds = set()
    for node in root.iter():
        tag = node.tag.removeprefix(SPACE)
        kinds.add(tag)
        if tag in CHILDREN:
            order = CHILDREN[tag]
            places = [order.index(child.tag.removeprefix(SPACE)) for child in node]
            assert places == sorted(places), tag
            assert not (node.text or "").strip()
        else:
            assert len(node) == 0, tag
    assert {"kml", "Style", "IconStyle", "Placemark", "Data", "Polygon", "Point"} <= kinds
    ids = [style.attrib["id"] for style in root.iter(f"{SPACE}Style")]
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in ids)
    assert {node.text for node in root.iter(f"{SPACE}styleUrl")} <= {f"#{name}" for name in ids}
    assert all(re.fullmatch("[0-9a-f]{8}", str(node.text)) for node in root.iter(f"{SPACE}color"))
    assert {node.text for node in root.iter(f"{SPACE}visibility")} == {"0", "1"}
    assert all(set(node.attrib) == {"name"} for node in root.iter(f"{SPACE}Data"))
    for node in root.iter(f"{SPACE}coordinates"):
        for place in str(node.text).split(" "):
            lon, lat = map(float, place.split(","))
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90


def test_kml_rings_are_closed_and_turn_as_they_should(plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan.kml")
    root = ET.parse(tmp_path / "plan.kml").getroot()
    rings = 0
    for side, sign in (("outerBoundaryIs", 1), ("innerBoundaryIs", -1)):
        for node in root.iter(f"{SPACE}{side}"):
            text = str(node.findtext(f"{SPACE}LinearRing/{SPACE}coordinates"))
            xy = np.array([place.split(",") for place in text.split(" ")], dtype=float)
            assert len(xy) >= 4
            assert (xy[0] == xy[-1]).all()
            assert np.sign(_area(xy)) == sign  # the outer one against the clock
            rings += 1
    assert rings >= 3


def _area(xy: np.ndarray) -> float:
    """Return the area inside a closed ring, negative where it runs with the clock."""
    moved = xy - xy[0]
    return float(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(moved))) / 2


@pytest.mark.parametrize(("name", "kind"), [("plan", 5), ("plan_accounts", 1)])
def test_the_shapes_and_their_index_agree(name: str, kind: int, plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan.shp")
    shapes, index = (tmp_path / f"{name}.shp").read_bytes(), (tmp_path / f"{name}.shx").read_bytes()
    for data in (shapes, index):
        code, *unused, words = struct.unpack(">7i", data[:28])
        version, shape = struct.unpack("<2i", data[28:36])
        assert (code, unused, 2 * words, version, shape) == (9994, [0] * 5, len(data), 1000, kind)
    boxes = []
    count = (len(index) - 100) // 8
    for i in range(count):
        offset, words = struct.unpack(">2i", index[100 + 8 * i : 108 + 8 * i])
        number, same = struct.unpack(">2i", shapes[2 * offset : 2 * offset + 8])
        body = shapes[2 * offset + 8 : 2 * offset + 8 + 2 * words]
        assert (number, same) == (i + 1, words)
        assert struct.unpack("<i", body[:4]) == (kind,)
        if kind == 1:
            assert len(body) == 20
            boxes.append(struct.unpack("<2d", body[4:]) * 2)
            continue
        boxes.append(struct.unpack("<4d", body[4:36]))
        parts, points = struct.unpack("<2i", body[36:44])
        assert len(body) == 44 + 4 * parts + 16 * points
        starts = [*struct.unpack(f"<{parts}i", body[44 : 44 + 4 * parts]), points]
        xy = np.frombuffer(body[44 + 4 * parts :]).reshape(-1, 2)
        rings = [xy[a:b] for a, b in pairwise(starts)]
        assert all(len(ring) >= 4 and (ring[0] == ring[-1]).all() for ring in rings)
        assert _area(rings[0]) < 0  # the outer one with the clock
    west, south, east, north = np.array(boxes).T
    assert struct.unpack("<4d", shapes[36:68]) == (west.min(), south.min(), east.max(), north.max())
    assert count == len(plan.territories if kind == 5 else plan.accounts)
    assert 2 * sum(struct.unpack(">2i", index[-8:])) + 8 == len(shapes)


@pytest.mark.parametrize("name", ["plan", "plan_accounts"])
def test_the_table_beside_keeps_the_limits_of_dbase(name: str, plan: tg.TerritoryPlan, tmp_path: Path) -> None:
    plan.write(tmp_path / "plan.shp")
    data = (tmp_path / f"{name}.dbf").read_bytes()
    count, start, width = struct.unpack("<IHH", data[4:12])
    assert data[0] == 3
    assert data[start - 1] == 0x0D
    fields = [data[at : at + 32] for at in range(32, start - 1, 32)]
    assert 1 <= len(fields) <= 255
    assert width == 1 + sum(field[16] for field in fields)
    assert len(data) - start - count * width in (0, 1)  # an end of file sign or none
    names = [field[:11].split(b"\0")[0].decode("ascii") for field in fields]
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,9}", field) for field in names)
    assert len({field.lower() for field in names}) == len(names)
    for field in fields:
        kind, length, decimals = chr(field[11]), field[16], field[17]
        assert kind in "CNFLD"
        assert length <= 254
        assert kind not in "NF" or decimals <= max(0, length - 2)
    assert {data[start + i * width] for i in range(count)} == {0x20}  # none of them deleted
    assert (tmp_path / f"{name}.cpg").read_text() == "UTF-8"


def test_a_table_that_is_too_wide_is_refused(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": ["a", "b"], "lon": [-93.0, -91.0], "lat": 42.0})
    table = pd.concat([table, pd.DataFrame({f"c{i}": [1, 2] for i in range(256)})], axis=1)
    units = tg.BasicUnits.from_accounts(tg.read_accounts(table))
    problem = tg.TerritoryProblem(units, n_territories=2, balance={"accounts": 1.0})
    plan = tg.TerritoryPlan(problem, pd.Series(["x", "y"], index=units.frame.index))
    with pytest.raises(DataError, match="A Shapefile holds 255 columns, the territories have "):
        plan.write(tmp_path / "wide.shp")
