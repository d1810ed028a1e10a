"""A part of a problem as a problem of its own: some units, the edges between them, what the constraints say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.geodata.contiguity import ContiguityGraph
from territory_geo.geodata.ids import texts
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan.constraints import Apart, Constraint, DisruptionBudget, Forbid, Lock, Together

Bools = NDArray[np.bool_]

_BY_ROW = ("on_their_own", "xy", "shapes")
"""What units work out once, row by row; what it was for all of them it stays for some."""


def part_of_units(units: BasicUnits, chosen: Bools) -> BasicUnits:
    """Return some of the units as they are: with their members, in their plane, with the cells they have among all."""
    ids = texts(units.frame.index)[chosen]
    mine = np.isin(texts(units.members["unit"]).astype(str), ids.astype(str))
    part = replace(
        units, frame=units.frame[chosen], members=units.members[mine], rejects=units.rejects.iloc[:0],
        own_units=tuple(id_ for id_ in units.own_units if id_ in set(ids)), known_edges=None,
    )  # fmt: skip
    part.__dict__.update({key: getattr(units, key)[chosen] for key in _BY_ROW}, plane=units.plane)
    return part


def part_of_graph(graph: ContiguityGraph, part: BasicUnits, chosen: Bools) -> ContiguityGraph:
    """Return the edges between the chosen units."""
    number = np.cumsum(chosen) - 1
    inside = chosen[graph.pairs].all(axis=1)
    return ContiguityGraph(part, number[graph.pairs[inside]], graph.kinds[inside])


def part_of_constraints(
    constraints: Sequence[Constraint], inside: set[str], territories: set[str]
) -> tuple[Constraint, ...]:
    """Return what constraints say of some units and territories; what only speaks of others is left out.

    Disruption budgets are left out too: whoever takes a part says what may move in it.
    """
    kept: list[Constraint] = []
    for one in constraints:
        if isinstance(one, DisruptionBudget):
            continue
        if isinstance(one, (Lock, Forbid)):
            units = tuple(unit for unit in one.units if unit in inside)
            if units and one.territory in territories:
                kept.append(type(one)(units, one.territory, name=one.name))
        elif isinstance(one, (Together, Apart)):
            units = tuple(unit for unit in one.units if unit in inside)
            if len(units) > 1:
                kept.append(type(one)(units, name=one.name))
        else:
            kept.append(one)
    return tuple(kept)


def accounts_of(labels: pd.Series, units: BasicUnits) -> pd.Series:
    """Return the territory of each account of labelled units: index account id, as text."""
    members = units.members
    by_unit = dict(zip(units.ids, labels.tolist(), strict=True))
    owner = [by_unit[unit] for unit in texts(members["unit"])]
    return pd.Series(owner, index=texts(members["id"]), dtype=object)
