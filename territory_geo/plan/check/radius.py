"""What a largest distance from the centre rules out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.plan.check.blocks import Blocks
from territory_geo.plan.check.words import SLACK, Finding
from territory_geo.plan.constraints import MaxRadius

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_PAIRS = 50_000_000
"""Distances measured for a proof; above it the search has to find out."""


def about_radius(problem: TerritoryProblem, blocks: Blocks) -> Iterator[Finding]:
    """Yield what the smallest of the radii makes impossible."""
    radii = problem.of_kind(MaxRadius)
    if not radii:
        return
    radius = min(radii, key=lambda c: c.km)
    if problem.objective.center == "home":
        yield from _from_homes(problem, blocks, radius)
    else:
        yield from _groups_too_wide(problem, blocks, radius)
        yield from _too_many_places(problem, radius)


def _from_homes(problem: TerritoryProblem, blocks: Blocks, radius: MaxRadius) -> Iterator[Finding]:
    """Each unit needs a home within reach, and a pinned one its own rep's."""
    ids, reps = problem.units.ids, problem.named_territories
    rows = np.arange(len(ids))
    nearest, which = np.full(len(ids), np.inf), np.zeros(len(ids), dtype=np.int64)
    for t in range(len(reps)):
        ways = _ways_to_home(problem, rows, t)
        which, nearest = np.where(ways < nearest, t, which), np.minimum(nearest, ways)
    lost = np.flatnonzero(nearest > radius.km * (1 + SLACK))
    if lost.size:
        worst = int(lost[np.argmax(nearest[lost])])
        text = (
            f"{lost.size:,} units lie more than {radius.km:g} km from every home, such as unit {ids[worst]}: the "
            f"nearest ({reps[which[worst]]}'s) is {nearest[worst]:,.1f} km away, the least radius that could do"
        )
        yield "radius: out of reach", text, "impossible"
    for t, (rep, held) in enumerate(blocks.held_rows.items()):
        ways = _ways_to_home(problem, held, t)
        if len(ways) and ways.max() > radius.km * (1 + SLACK):
            far = int(np.argmax(ways))
            text = f"unit {ids[held[far]]} must be in {rep}, {ways[far]:,.1f} km from its home, allowed {radius.km:g}"
            yield "radius: held out of reach", text, "impossible"


def _groups_too_wide(problem: TerritoryProblem, blocks: Blocks, radius: MaxRadius) -> Iterator[Finding]:
    """What must be in one territory needs a place from which all of it is within reach."""
    n = len(problem.units)
    for rows, why in [*blocks.groups(), *blocks.pinned()]:
        if len(rows) < 2 or len(rows) * n > MOST_PAIRS:
            continue
        if problem.objective.center == "unit":
            reach = np.zeros(n)
            for row in rows.tolist():
                reach = np.maximum(reach, _ways(problem, np.arange(n), row))
            least = float(reach.min())
        else:
            # A centroid may lie anywhere, but never within reach of two places that are farther apart than twice it.
            least = max(float(_ways(problem, rows, row).max()) for row in rows.tolist()) / 2
        if least > radius.km * (1 + SLACK):
            text = (
                f"no centre has the {len(rows)} units around {problem.units.ids[rows[0]]} within {radius.km:g} km, but "
                f"{why}; {np.ceil(least):g} km would be the least"
            )
            yield "radius: group too wide", text, "impossible"


def _too_many_places(problem: TerritoryProblem, radius: MaxRadius) -> Iterator[Finding]:
    """More places than territories, no two of which can share a centre (straight lines keep the triangle's rule)."""
    n, k = len(problem.units), problem.n_territories
    if isinstance(problem.distance, DistanceMatrix) or n * k > MOST_PAIRS:
        return
    chosen = [0]
    apart = _ways(problem, np.arange(n), 0)
    while len(chosen) <= k and float(apart.max()) > 2 * radius.km * (1 + SLACK):
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, _ways(problem, np.arange(n), chosen[-1]))
    if len(chosen) > k:
        listed = ", ".join(problem.units.ids[i] for i in chosen[:5])
        text = (
            f"{len(chosen)} units, such as {listed}, are pairwise more than {2 * radius.km:g} km apart: with a radius "
            f"of {radius.km:g} km no two of them share a centre, and there are {k} territories"
        )
        yield "radius: too few territories", text, "impossible"


def _ways(problem: TerritoryProblem, rows: Ints, to: int) -> Floats:
    distance, units = problem.distance, problem.units
    if isinstance(distance, DistanceMatrix):
        places = distance.rows(units.ids)
        return distance.trip(places[rows], np.full(len(rows), places[to]), "km")
    return distance.between(units.xy[rows], np.repeat(units.xy[[to]], len(rows), axis=0))


def _ways_to_home(problem: TerritoryProblem, rows: Ints, t: int) -> Floats:
    distance, units = problem.distance, problem.units
    if isinstance(distance, DistanceMatrix):
        home = distance.rows([problem.named_territories[t]], "reps")[0]
        return distance.trip(distance.rows(units.ids)[rows], np.full(len(rows), home), "km")
    assert problem.homes is not None
    return distance.between(units.xy[rows], np.repeat(problem.homes[[t]], len(rows), axis=0))
