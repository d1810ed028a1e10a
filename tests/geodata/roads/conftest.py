"""Small road networks written as OpenStreetMap files, so that every answer is known by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import pytest

KM = 1.0 / 111.19508023353285
"""Degrees along the equator, or a meridian, that are one kilometre."""

Nodes = Mapping[int, tuple[float, float]]
Way = tuple[Sequence[int], Mapping[str, str]]


@pytest.fixture
def osm(tmp_path: Path) -> Callable[[Nodes, Sequence[Way]], Path]:
    """Write an extract: nodes in kilometres east and north of 10° E on the equator, ways with tags."""

    def write(nodes: Nodes, ways: Sequence[Way], name: str = "small.osm") -> Path:
        lines = [
            f'<node id="{i}" version="1" lon="{10 + x * KM!r}" lat="{y * KM!r}"/>'
            for i, (x, y) in sorted(nodes.items())
        ]
        for number, (refs, tags) in enumerate(ways, 1):
            inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
            inner += "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
            lines.append(f'<way id="{number}" version="1">{inner}</way>')
        path = tmp_path / name
        path.write_text('<?xml version="1.0"?><osm version="0.6">' + "".join(lines) + "</osm>", encoding="utf-8")
        return path

    return write


@pytest.fixture
def places() -> Callable[[Mapping[str, tuple[float, float]]], gpd.GeoDataFrame]:
    """Return a table of points from ids and kilometres east and north."""

    def made(points: Mapping[str, tuple[float, float]]) -> gpd.GeoDataFrame:
        xy = list(points.values())
        geometry = gpd.points_from_xy([10 + x * KM for x, _ in xy], [y * KM for _, y in xy])
        return gpd.GeoDataFrame(index=list(points), geometry=geometry, crs="EPSG:4326")

    return made
