"""Which units touch by themselves, before any bridge: one way per kind of unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from territory_geo.geodata.contiguity.borders import area_pairs, coverage_faults
from territory_geo.geodata.land import land_around
from territory_geo.geodata.notices import finding
from territory_geo.geodata.topology import delaunay_pairs, voronoi_cells
from territory_geo.geodata.units.locate import locate

if TYPE_CHECKING:
    from territory_geo.geodata.contiguity.barriers import Barriers
    from territory_geo.geodata.units import BasicUnits

Ints = NDArray[np.int64]
Findings = list[dict[str, object]]

OVERLAP_WORTH_SAYING = 1e-6
"""Share of all area from which overlaps of the shapes are reported; below, it is the noise of mending."""


def touching(
    units: BasicUnits, *, rule: str, min_border_km: float, barriers: Barriers | None
) -> tuple[Ints, list[str], Findings]:
    """Return the pairs of units that touch (sorted positions, shape (e, 2)), the kind of each, and findings."""
    if units.kind == "points":
        return _cells(units, barriers)
    if units.kind == "table":
        pairs = delaunay_pairs(units.plane.to_plane(units.xy))
        return pairs, ["cell"] * len(pairs), [finding("neighbours", len(pairs), "cells, land mask: none", "used")]
    land = np.flatnonzero(~units.on_their_own)
    shapes = np.array(units.frame.geometry.to_numpy(), dtype=object)[land]
    if units.hexagon_resolution is not None:
        from territory_geo.geodata.units.hexagons import hexagon_pairs

        pairs, kind = hexagon_pairs([units.ids[i] for i in land]), "grid"
        said = [finding("neighbours", len(pairs), f"hexagon grid, resolution {units.hexagon_resolution}", "used")]
    else:
        known = _known_pairs(units, land)
        pairs = area_pairs(shapes, known, rule=rule, min_border_km=min_border_km, plane=units.plane)
        kind, said = "border", _on_borders(units, land, shapes, pairs, known, rule, min_border_km)
    pairs = land[pairs]
    if units.kind != "mixed":
        return pairs, [kind] * len(pairs), said
    more, kinds = _own_units(units, land, shapes, pairs)
    if len(more):
        text = "touch the area they lie in and its neighbours"
        said.append(finding("accounts on their own", len(units.own_units), text, "edges inside and near"))
    return np.vstack([pairs, more]), [kind] * len(pairs) + kinds, said


def _cells(units: BasicUnits, barriers: Barriers | None) -> tuple[Ints, list[str], Findings]:
    cells = units.cells
    if barriers is not None and len(barriers.solid):
        land = barriers.without(land_around(units.xy, units.plane, units.land))
        cells = voronoi_cells(units.plane.to_plane(units.xy), land)
    said = [finding("neighbours", len(cells.pairs), f"cells, land mask: {units.mask}", "used")]
    return cells.pairs, ["cell"] * len(cells.pairs), said


def _on_borders(
    units: BasicUnits, land: Ints, shapes: Any, pairs: Ints, known: Ints | None, rule: str, min_border_km: float
) -> Findings:
    how = f"shared borders ({rule})" if known is None else f"shared arcs of the file ({rule})"
    how += f", from {min_border_km:g} km" if min_border_km > 0 else ""
    said = [finding("neighbours", len(pairs), how, "used")]
    if known is None:
        wrong, share = coverage_faults(shapes)
        if len(wrong) and share > OVERLAP_WORTH_SAYING:
            text = f"{units.ids[land[wrong[0]]]}; {100 * share:.2g} % of the area"
            said.append(finding("shapes overlap", len(wrong), text, "overlapping areas are neighbours"))
    return said


def _own_units(units: BasicUnits, land: Ints, shapes: Any, pairs: Ints) -> tuple[Ints, list[str]]:
    """Return the edges of accounts on their own: to the area they lie in, and to the areas around it.

    With the area alone, such an account could never belong to another territory than its surroundings.
    """
    own = np.flatnonzero(units.on_their_own)
    found = locate(units.xy[own], shapes, [units.ids[i] for i in land], geographic=units.geographic)
    inside = found.holding > 0
    around: dict[int, list[int]] = {}
    for u, v in pairs.tolist():
        around.setdefault(u, []).append(v)
        around.setdefault(v, []).append(u)
    edges, kinds = [], []
    for unit, area in zip(own[inside].tolist(), land[found.area[inside]].tolist(), strict=True):
        edges.append(sorted((unit, area)))
        kinds.append("inside")
        for other in sorted(around.get(area, [])):
            edges.append(sorted((unit, other)))
            kinds.append("near")
    return np.array(edges, dtype=np.int64).reshape(-1, 2), kinds


def _known_pairs(units: BasicUnits, land: Ints) -> Ints | None:
    """Return the neighbours that the source itself states, as sorted positions among the areas."""
    if units.known_edges is None:
        return None
    position = {units.ids[i]: at for at, i in enumerate(land.tolist())}
    ends = [units.known_edges[c].map(position).to_numpy(dtype=np.int64) for c in ("u", "v")]
    pairs: Ints = np.unique(np.sort(np.column_stack(ends), axis=1), axis=0)
    return pairs
