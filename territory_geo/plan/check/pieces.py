"""What separate parts of the contiguity graph rule out, where territories are to be in one piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from territory_geo.plan.check.blocks import Blocks
from territory_geo.plan.check.words import SLACK, Finding, amount
from territory_geo.plan.measures import depends

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem


def about_pieces(problem: TerritoryProblem, blocks: Blocks) -> Iterator[Finding]:
    """Yield what is known of the contiguity graph, and what its separate parts rule out."""
    graph = problem.graph
    if graph is None:
        return
    yield "contiguity", repr(graph)[1:-1], "fine"
    if len(graph.bridges):
        listed = ", ".join(f"{row.u}–{row.v} ({row.length_km:.3g} km)" for row in graph.bridges.head(5).itertuples())
        many = len(graph.bridges)
        said = "1 bridge joins" if many == 1 else f"{many:,} bridges join"
        yield "bridges", f"{said} parts that do not touch: {listed}", "note"
    if graph.n_components > problem.n_territories:
        text = (
            f"the contiguity graph has {graph.n_components} separate parts, more than {problem.n_territories} "
            f"territories in one piece can cover (islands='bridge' joins them)"
        )
        yield "separate parts", text, "impossible"
    elif graph.n_components > 1:
        yield from _part_counts(problem)
        yield from _torn(problem, blocks)


def _part_counts(problem: TerritoryProblem) -> Iterator[Finding]:
    """Each separate part needs a whole number of territories, and these must add up."""
    assert problem.graph is not None
    parts, k = problem.graph.components, problem.n_territories
    for name in problem.balance:
        if depends(problem, name):
            continue
        values = problem.units.frame[name].to_numpy(dtype=float)
        bounds = problem.bounds(name)
        lower, upper = float(bounds[0].min()), float(bounds[2].max())
        least = most = 0
        for part in range(problem.graph.n_components):
            load = float(values[parts == part].sum())
            count = int((parts == part).sum())
            low = max(1, int(np.ceil(load / upper * (1 - SLACK)))) if upper > 0 else 1
            high = min(count, int(np.floor(load / lower * (1 + SLACK)))) if lower > 0 else count
            if low > high:
                first = problem.units.ids[int(np.argmax(parts == part))]
                text = (
                    f"the separate part around unit {first} holds {amount(load)} {name}, which no number of "
                    f"territories of {amount(lower)} to {amount(upper)} can share"
                )
                yield f"{name}: separate part", text, "impossible"
            least, most = least + low, most + high
        if not least <= k <= most:
            text = f"the separate parts need {least} to {most} territories for {name}, {k} were asked for"
            yield f"{name}: separate parts", text, "impossible"


def _torn(problem: TerritoryProblem, blocks: Blocks) -> Iterator[Finding]:
    """What must be in one territory, and so in one piece, cannot lie in two separate parts."""
    assert problem.graph is not None
    part, ids = problem.graph.components, problem.units.ids
    for rows, why in [*blocks.groups(), *blocks.pinned()]:
        if len(np.unique(part[rows])) > 1:
            other = rows[int(np.argmax(part[rows] != part[rows[0]]))]
            text = f"units {ids[rows[0]]} and {ids[other]} lie in separate parts of the graph, but {why}"
            yield "together in separate parts", text, "impossible"
