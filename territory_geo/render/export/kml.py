"""KML for globes and phones: territories in the map's colours, accounts and centres in folders that can be switched.

Written with the standard library's XML, which escapes every text.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from territory_geo.html import readable
from territory_geo.render.export.folder import DEGREE_DECIMALS, named_failures
from territory_geo.render.export.shapes import fresh
from territory_geo.render.export.tables import layers, needs_degrees
from territory_geo.render.look import look_of

if TYPE_CHECKING:
    import geopandas as gpd

    from territory_geo.plan.plan import TerritoryPlan

SPACE = "http://www.opengis.net/kml/2.2"
# Characters that XML 1.0 cannot hold, whatever is done to them.
_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_kml(plan: TerritoryPlan, path: str | os.PathLike[str], *, title: str | None = None) -> list[str]:
    """Write a KML file with folders for the territories, the accounts and the centres.

    Parameters
    ----------
    plan : TerritoryPlan
        Must be geographic.
    path : path
        Ends in .kml; an earlier file is replaced.
    title : str, optional
        Name of the document.

    Returns
    -------
    list of str
        How many characters XML cannot hold were left out.

    Notes
    -----
    Of the format: OGC KML 2.3 (12-007r2), whose namespace is that of 2.2. Colours are aabbggrr; coordinates are
    longitude,latitude in EPSG:4326.
    """
    needs_degrees(plan, "KML")
    writer = _Writer()
    root = ET.Element("kml", {"xmlns": SPACE})
    document = ET.SubElement(root, "Document")
    writer.text(document, "name", title or "Territory plan")
    fills = dict(zip(plan.territory_ids, look_of(plan).fills, strict=True))
    for number, (territory, fill) in enumerate(fills.items()):
        # In the order that the schema asks for: icon, line, polygon.
        style = ET.SubElement(document, "Style", {"id": f"t{number}"})
        icon = ET.SubElement(style, "IconStyle")
        writer.text(icon, "color", _color(fill, 255))
        writer.text(icon, "scale", "0.6")
        writer.text(ET.SubElement(style, "LineStyle"), "color", _color("#ffffff", 255))
        writer.text(ET.SubElement(style, "PolyStyle"), "color", _color(fill, 158))
        writer.styles[territory] = f"#t{number}"
    for name, table in layers(plan).items():
        folder = ET.SubElement(document, "Folder")
        writer.text(folder, "name", name.capitalize())
        writer.text(folder, "visibility", "0" if name in ("accounts", "areas") else "1")
        writer.placemarks(folder, table, label="id" if "id" in table.columns else "territory")
    file = fresh(path)
    with named_failures(file), file.open("wb") as stream:
        ET.ElementTree(root).write(stream, encoding="utf-8", xml_declaration=True)
    if not writer.dropped:
        return []
    return [f"{file.name}: {writer.dropped:,} control characters, which XML cannot hold, were left out."]


class _Writer:
    """Adds placemarks, and counts what cannot be written."""

    def __init__(self) -> None:
        self.styles: dict[str, str] = {}
        self.dropped = 0

    def clean(self, text: object) -> str:
        kept, dropped = _FORBIDDEN.subn("", str(text))
        self.dropped += dropped
        return kept

    def text(self, parent: ET.Element, tag: str, text: object) -> None:
        ET.SubElement(parent, tag).text = self.clean(text)

    def placemarks(self, folder: ET.Element, table: gpd.GeoDataFrame, label: str) -> None:
        columns = [name for name in table.columns if name != table.geometry.name]
        shown = {name: readable(table[name]) for name in columns}
        titles = table["name"].fillna(table[label]) if "name" in columns else table[label]
        for i, shape in enumerate(table.geometry.array):
            mark = ET.SubElement(folder, "Placemark")
            self.text(mark, "name", titles.iloc[i])
            self.text(mark, "styleUrl", self.styles[str(table["territory"].iloc[i])])
            data = ET.SubElement(mark, "ExtendedData")
            for name in columns:
                entry = ET.SubElement(data, "Data", {"name": self.clean(name)})
                self.text(entry, "value", shown[name][i])
            self.shape(mark, shape)

    def shape(self, parent: ET.Element, shape: Any) -> None:
        parts = shapely.get_parts(shape)
        home = ET.SubElement(parent, "MultiGeometry") if len(parts) != 1 else parent
        for part in parts:
            if part.geom_type == "Point":
                self.text(ET.SubElement(home, "Point"), "coordinates", _coordinates(part))
                continue
            polygon = ET.SubElement(home, "Polygon")
            rings = shapely.get_rings(shapely.orient_polygons(part))
            for i, ring in enumerate(rings):
                boundary = ET.SubElement(polygon, "outerBoundaryIs" if i == 0 else "innerBoundaryIs")
                self.text(ET.SubElement(boundary, "LinearRing"), "coordinates", _coordinates(ring))


def _coordinates(shape: Any) -> str:
    xy = np.round(shapely.get_coordinates(shape), DEGREE_DECIMALS)
    return " ".join(f"{x:.{DEGREE_DECIMALS}f},{y:.{DEGREE_DECIMALS}f}" for x, y in xy)


def _color(color: str, opacity: int) -> str:
    """Return ``#rrggbb`` as KML writes it: opacity, blue, green, red."""
    return f"{opacity:02x}{color[5:7]}{color[3:5]}{color[1:3]}"
