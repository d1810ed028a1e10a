"""The question: which units, how many territories, what is balanced and how tightly, what is minimised.

A problem is immutable and checks itself when it is made; `check()` adds what arithmetic alone can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.contiguity import ContiguityGraph
from territory_geo.geodata.distance import Distance, GreatCircle, Planar
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan.constraints import Bounds, Constraint, Forbid, Lock

Floats = NDArray[np.float64]

CENTERS = ("unit",)


@dataclass(frozen=True)
class Travel:
    """Minimise the weighted travel from each unit to the centre of its territory.

    Parameters
    ----------
    distance : Distance, optional
        `GreatCircle` or `Planar`; left out: the one that fits the units' coordinates.
    power : {1, 2}, default 1
        1: kilometres; 2: square kilometres, which punishes long ways and rounds the territories.
    weight : str or None, default "auto"
        The measure that counts each unit's trips; "auto" is the first balanced measure, None counts each
        unit once.
    center : {"unit"}, default "unit"
        Where trips start: the unit of the territory from which travel to its other units is least.
    """

    distance: Distance | None = None
    power: int = 1
    weight: str | None = "auto"
    center: str = "unit"

    def __post_init__(self) -> None:
        if self.power not in (1, 2):
            raise OptionError(f"The 'power' parameter of Travel must be 1 or 2. Got {self.power!r} instead.")
        if self.center not in CENTERS:
            raise OptionError(
                f"The 'center' parameter of Travel must be one of {CENTERS}. Got {self.center!r} instead."
            )


@dataclass(frozen=True, eq=False)
class TerritoryProblem:
    """A territory design problem.

    Parameters
    ----------
    units : BasicUnits
        What is assigned.
    graph : ContiguityGraph or None
        Which units touch; None does not ask for territories in one piece.
    n_territories : int
        How many territories, 1 to the number of units.
    balance : mapping of measure to share or Bounds
        How far a territory may lie from the mean, as a share of it (0.1 is ±10 %), or absolute `Bounds`.
    objective : Travel
        What is minimised.
    constraints : sequence of Lock, Forbid
        What is insisted on.

    Raises
    ------
    OptionError, DataError
        Naming the option or the units, what is allowed and what came.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": list("abcd"), "x": [0, 1, 2, 3], "y": [0, 0, 0, 0], "visits": [5, 5, 4, 6]})
    >>> units = BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> problem = TerritoryProblem(units, n_territories=2, balance={"visits": 0.1})
    >>> problem
    <TerritoryProblem: 4 units into 2 territories, visits ±10 %, contiguity not asked for, 0 constraints>
    """

    units: BasicUnits
    graph: ContiguityGraph | None = None
    n_territories: int = field(kw_only=True)
    balance: Mapping[str, float | Bounds] = field(kw_only=True)
    objective: Travel = field(default_factory=Travel, kw_only=True)
    constraints: Sequence[Constraint] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        n, k = len(self.units), self.n_territories
        if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or not 1 <= k <= n:
            raise OptionError(
                f"The 'n_territories' parameter must be an int in the range [1, {n}], the number of units. "
                f"Got {k!r} instead."
            )
        if self.graph is not None and self.graph.unit_ids != self.units.ids:
            raise OptionError("The graph was built from other units. Build it with ContiguityGraph.from_units(units).")
        if not self.balance:
            raise OptionError("The 'balance' parameter must name at least one measure, such as {\"accounts\": 0.1}.")
        for name, limit in self.balance.items():
            self._check_measure(name, "balance")
            if not isinstance(limit, Bounds) and not (np.isfinite(limit) and 0 <= limit <= 1):
                raise OptionError(
                    f"The tolerance of {name!r} must be a share from 0 to 1 (0.1 is ±10 %). Got {limit!r}."
                )
        if self.weight_name is not None:
            self._check_measure(self.weight_name, "weight")
        object.__setattr__(self, "balance", dict(self.balance))
        object.__setattr__(self, "constraints", tuple(self._on_units(c) for c in self.constraints))
        if len(self.named_territories) > k:
            raise OptionError(
                f"The constraints name {len(self.named_territories)} territories "
                f"({', '.join(self.named_territories[:5])}{', …' if len(self.named_territories) > 5 else ''}), "
                f"but n_territories is {k}."
            )

    def _on_units(self, constraint: Constraint) -> Constraint:
        """Return a constraint in the ids of units: what is said of an account holds for the unit it lies in."""
        if not isinstance(constraint, (Lock, Forbid)):
            raise OptionError(f"A constraint must be a Lock or a Forbid. Got {constraint!r} instead.")
        unit_of = self.units.unit_of
        strangers = [id_ for id_ in constraint.units if id_ not in unit_of]
        if strangers:
            raise DataError(f"Constraint {constraint.id}: no account or unit has the id {', '.join(strangers[:5])}.")
        return type(constraint)([unit_of[id_] for id_ in constraint.units], constraint.territory)

    def _check_measure(self, name: str, where: str) -> None:
        if name not in self.units.measures:
            raise OptionError(f"There is no measure {name!r} (in {where}). Measures: {', '.join(self.units.measures)}.")
        values = self.units.frame[name].to_numpy(dtype=float)
        bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        if bad.size:
            listed = ", ".join(self.units.ids[i] for i in bad[:5])
            raise DataError(
                f"Measure {name!r} is missing or negative for {bad.size} units, such as {listed}. Build the units with "
                f"measures=[{name!r}] to turn those rows into rejects."
            )
        if where == "balance" and values.sum() <= 0:
            raise DataError(f"Measure {name!r} is zero for every unit: there is nothing to balance.")

    @property
    def weight_name(self) -> str | None:
        """The measure that weighs travel, or None when each unit counts once."""
        return next(iter(self.balance)) if self.objective.weight == "auto" else self.objective.weight

    @cached_property
    def weight(self) -> Floats:
        """Trips per unit, shape (n,)."""
        if self.weight_name is None:
            return np.ones(len(self.units))
        weight: Floats = self.units.frame[self.weight_name].to_numpy(dtype=float)
        return weight

    @cached_property
    def distance(self) -> Distance:
        """How kilometres are measured."""
        if self.objective.distance is not None:
            return self.objective.distance
        return GreatCircle() if self.units.geographic else Planar()

    @cached_property
    def named_territories(self) -> tuple[str, ...]:
        """The territory ids that constraints name, sorted."""
        return tuple(sorted({c.territory for c in self.constraints}))

    def bounds(self, measure: str) -> tuple[float, float, float]:
        """Return (lower, target, upper) of a territory's share of a measure, in the measure's unit."""
        total = float(self.units.frame[measure].sum())
        target = total / self.n_territories
        limit = self.balance[measure]
        if isinstance(limit, Bounds):
            return limit.lower, target, limit.upper
        return target * (1 - limit), target, target * (1 + limit)

    def check(self) -> pd.DataFrame:
        """Return what arithmetic alone tells: `finding`, `detail`, `verdict` (fine, note, impossible).

        An "impossible" is a proof that no plan exists; `solve` then answers `infeasible` with its words.
        """
        from territory_geo.plan.check import findings

        return findings(self)

    def __repr__(self) -> str:
        asked = ", ".join(
            f"{name} {limit}" if isinstance(limit, Bounds) else f"{name} ±{100 * limit:g} %"
            for name, limit in self.balance.items()
        )
        pieces = "contiguity not asked for" if self.graph is None else "each in one piece"
        return (
            f"<TerritoryProblem: {len(self.units):,} units into {self.n_territories} territories, {asked}, {pieces}, "
            f"{len(self.constraints)} constraints>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"units": f"{len(self.units):,} {self.units.kind}", "territories": str(self.n_territories)}
        entries |= {"travel weight": self.weight_name or "each unit once", "distance": repr(self.distance)}
        entries |= {c.id: str(c) for c in self.constraints}
        return definition_table("Territory problem", entries, self.check())
