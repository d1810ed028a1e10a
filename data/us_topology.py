"""us.topojson: the county atlas, cut to the 50 states, DC and Puerto Rico, with ACS 2019 figures per county.

Arcs stay shared, quantised and unchanged, so that neighbours can be read from them; only unused ones go.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np

STATES = {
    "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", "10": "DE",
    "11": "DC", "12": "FL", "13": "GA", "15": "HI", "16": "ID", "17": "IL", "18": "IN", "19": "IA",
    "20": "KS", "21": "KY", "22": "LA", "23": "ME", "24": "MD", "25": "MA", "26": "MI", "27": "MN",
    "28": "MS", "29": "MO", "30": "MT", "31": "NE", "32": "NV", "33": "NH", "34": "NJ", "35": "NM",
    "36": "NY", "37": "NC", "38": "ND", "39": "OH", "40": "OK", "41": "OR", "42": "PA", "44": "RI",
    "45": "SC", "46": "SD", "47": "TN", "48": "TX", "49": "UT", "50": "VT", "51": "VA", "53": "WA",
    "54": "WV", "55": "WI", "56": "WY", "72": "PR",
}  # fmt: skip
"""FIPS code → postal code of the states whose counties ship."""

LOWER48 = frozenset(STATES.values()) - {"AK", "HI", "PR"}
"""Postal codes of the 48 contiguous states and DC."""

ACS_FIELDS = {
    "population": "B01003_001E",
    "households": "B28002_001E",
    "median_income": "B19013_001E",
    "labor_force": "B23025_003E",
}
Json = dict[str, Any]


def build_topology(atlas: bytes, acs: bytes) -> Json:
    """Return the topology with the layers counties_lower48, counties, states and nation."""
    source = json.loads(atlas)
    figures = county_figures(acs)
    counties = [_county(f, figures) for f in _sorted(source["objects"]["counties"]) if f["id"][:2] in STATES]
    missing = figures.keys() ^ {county["id"] for county in counties}
    assert not missing, f"counties of only one of atlas and ACS: {sorted(missing)}"
    assert len(counties) == 3_220, f"{len(counties)} counties"

    states = [
        {**f, "properties": {"name": f["properties"]["name"], "state": STATES[f["id"]]}}
        for f in _sorted(source["objects"]["states"])
        if f["id"] in STATES
    ]
    assert len(states) == 52, f"{len(states)} states"
    used = {arc for county in counties for ring in _rings(county) for arc in map(_positive, ring)}
    nation = source["objects"]["nation"]["geometries"][0]
    # Parts of the nation made of arcs that no kept county has are the other island territories.
    nation["arcs"] = [part for part in nation["arcs"] if _positive(part[0][0]) in used]
    nation.update(id="US", properties={"name": "United States"})
    _mend_double_arc(states, nation, source["arcs"])
    _check_outlines(counties, states, nation)

    lower48 = [county for county in counties if county["properties"]["state"] in LOWER48]
    assert len(lower48) == 3_108, f"{len(lower48)} counties in the lower 48"
    layers = {"counties_lower48": lower48, "counties": counties, "states": states, "nation": [nation]}
    return _compact(layers, source["arcs"], source["transform"])


def county_figures(acs: bytes) -> dict[str, Json]:
    """ACS 2015-2019 estimates per county FIPS code, with the county's name."""
    header, *rows = json.loads(acs)
    figures: dict[str, Json] = {}
    for row in rows:
        record = dict(zip(header, row, strict=True))
        fips = record["state"] + record["county"]
        assert fips not in figures, f"ACS lists county {fips} twice"
        numbers = {name: int(record[field]) for name, field in ACS_FIELDS.items()}
        # The ACS codes "not available" as large negative numbers.
        assert min(numbers.values()) > 0, f"county {fips}: {numbers}"
        figures[fips] = {"name": record["NAME"].rpartition(", ")[0], **numbers}
    assert sum(f["population"] for f in figures.values()) == 328_016_242
    return figures


def _county(feature: Json, figures: dict[str, Json]) -> Json:
    found = figures[feature["id"]]
    numbers = {name: found[name] for name in ACS_FIELDS}
    properties = {"name": found["name"], "state": STATES[feature["id"][:2]], **numbers}
    return {"type": feature["type"], "arcs": feature["arcs"], "id": feature["id"], "properties": properties}


def _mend_double_arc(states: list[Json], nation: Json, arcs: list[Any]) -> None:
    """Mend the one arc that the atlas's own merge got wrong.

    The outline of Hardin County, Illinois, runs twice along an arc of 95 m. The atlas dropped that arc from
    the state's ring, which is therefore open, and made it a stray two-point hole of the nation.
    """
    (part,) = [part for part in nation["arcs"] if not all(_closed(ring, arcs) for ring in part)]
    (stray,) = [ring for ring in part if not _closed(ring, arcs)]
    assert len(stray) == 1, f"the stray hole is more than an arc: {stray}"
    part.remove(stray)
    (ring,) = [ring for state in states for ring in _rings(state) if not _closed(ring, arcs)]
    arc = stray[0]
    ring.append(arc if _end(arcs, ring[-1]) == _end(arcs, ~arc) else ~arc)
    assert _closed(ring, arcs), "the stray arc does not close the open ring"


def _check_outlines(counties: list[Json], states: list[Json], nation: Json) -> None:
    """Assert that the outlines consist of the arcs that just one of their counties has."""
    for outline in (*states, nation):
        mine = [county for county in counties if outline is nation or county["id"][:2] == outline["id"]]
        uses = Counter(_positive(arc) for county in mine for ring in _rings(county) for arc in ring)
        once = {arc for arc, count in uses.items() if count == 1}
        arcs = {_positive(arc) for ring in _rings(outline) for arc in ring}
        # Illinois alone differs, by the mended arc.
        assert len(arcs ^ once) == (outline["id"] == "17"), f"outline of {outline['id']}: {arcs ^ once}"


def _compact(layers: dict[str, list[Json]], arcs: list[Any], transform: Json) -> Json:
    """Renumber the arcs in the order of their first use and drop the others."""
    number: dict[int, int] = {}

    def renumber(nested: Any) -> Any:
        if isinstance(nested, list):
            return [renumber(item) for item in nested]
        new = number.setdefault(_positive(nested), len(number))
        return new if nested >= 0 else ~new

    objects = {
        name: {
            "type": "GeometryCollection",
            "geometries": [{**f, "arcs": renumber(f["arcs"])} for f in features],
        }
        for name, features in layers.items()
    }
    kept = [arcs[old] for old in number]
    grid = np.vstack([np.cumsum(arc, axis=0) for arc in kept])
    corners = np.array([grid.min(axis=0), grid.max(axis=0)]) * transform["scale"] + transform["translate"]
    bbox = [round(float(value), 6) for value in corners.ravel()]
    return {"type": "Topology", "bbox": bbox, "transform": transform, "objects": objects, "arcs": kept}


def _sorted(layer: Json) -> list[Json]:
    return sorted(layer["geometries"], key=lambda feature: str(feature["id"]))


def _rings(feature: Json) -> list[list[int]]:
    if feature["type"] == "Polygon":
        return list(feature["arcs"])
    return [ring for polygon in feature["arcs"] for ring in polygon]


def _positive(arc: int) -> int:
    return arc if arc >= 0 else ~arc


def _end(arcs: list[Any], arc: int) -> tuple[int, ...]:
    """Last grid point of an arc in its direction of use."""
    points = np.cumsum(arcs[_positive(arc)], axis=0)
    return tuple(int(value) for value in points[-1 if arc >= 0 else 0])


def _closed(ring: list[int], arcs: list[Any]) -> bool:
    return _end(arcs, ring[-1]) == _end(arcs, ~ring[0])
