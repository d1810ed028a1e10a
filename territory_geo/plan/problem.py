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
from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan.constraints import Bounds, Constraint, Forbid, Lock
from territory_geo.plan.objective import Travel

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TerritoryProblem:
    """A territory design problem.

    Parameters
    ----------
    units : BasicUnits
        What is assigned.
    graph : ContiguityGraph or None
        Which units touch; None does not ask for territories in one piece.
    n_territories : int, optional
        How many territories, 1 to the number of units; left out, one for each rep.
    balance : mapping of measure to share or Bounds
        How far a territory may lie from the mean, as a share of it (0.1 is ±10 %), or absolute `Bounds`.
    objective : Travel
        What is minimised.
    constraints : sequence of Lock, Forbid
        What is insisted on.
    reps : Reps, optional
        Who gets the territories, one each: territories carry the reps' ids. Where the reps have `capacity_hours`, each
        territory's target is in proportion to them: half the hours, half the load.

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
    n_territories: int = field(default=0, kw_only=True)
    balance: Mapping[str, float | Bounds] = field(kw_only=True)
    objective: Travel = field(default_factory=Travel, kw_only=True)
    constraints: Sequence[Constraint] = field(default=(), kw_only=True)
    reps: Reps | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.objective, Travel):
            raise OptionError(
                f"The 'objective' must be a Travel, such as Travel(power=2). Got {self.objective!r} instead."
            )
        if self.reps is not None:
            self._check_reps(self.reps)
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
        if self.objective.center == "home" and self.reps is None:
            raise OptionError("Travel from home needs homes: give reps=read_reps(...), one for each territory.")
        if isinstance(self.distance, DistanceMatrix):
            self.distance.rows(self.units.ids)
            if self.objective.center == "home":
                self.distance.rows(self.named_territories, "reps")
        if len(self.named_territories) > k:
            raise OptionError(
                f"The constraints name {len(self.named_territories)} territories "
                f"({', '.join(self.named_territories[:5])}{', …' if len(self.named_territories) > 5 else ''}), "
                f"but n_territories is {k}."
            )

    def _check_reps(self, reps: Reps) -> None:
        if not isinstance(reps, Reps):
            raise OptionError(f"The 'reps' must be Reps, from read_reps('reps.csv'). Got {reps!r} instead.")
        if self.n_territories == 0:
            object.__setattr__(self, "n_territories", len(reps))
        if self.n_territories != len(reps):
            raise OptionError(
                f"There are {len(reps)} reps for {self.n_territories} territories: each rep gets one. Leave "
                f"n_territories out, or choose among the reps, such as reps.with_role('territory rep')."
            )
        known = set(reps.frame.index)
        strangers = sorted({c.territory for c in self.constraints if isinstance(c, (Lock, Forbid))} - known)
        if strangers:
            raise OptionError(
                f"The constraints name {', '.join(strangers[:5])}: no rep has such an id. "
                f"With reps, territories carry the reps' ids: {', '.join(sorted(known)[:5])}, …"
            )
        if (reps.frame.crs is not None) != self.units.geographic:
            where = ("degrees", "a plane") if reps.frame.crs is not None else ("a plane", "degrees")
            raise OptionError(f"The reps' homes are in {where[0]}, the units in {where[1]}. Read both the same way.")

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
            left_out = name in self.units.members.columns
            why = (
                f" {name!r} is a column that was not summed: build the units with measures=[{name!r}]."
                if left_out
                else ""
            )
            raise OptionError(
                f"There is no measure {name!r} (in {where}). Measures: {', '.join(self.units.measures)}.{why}"
            )
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
    def distance(self) -> Distance | DistanceMatrix:
        """How kilometres are measured."""
        if self.objective.distance is not None:
            return self.objective.distance
        return self.straight

    @property
    def straight(self) -> Distance:
        """Straight lines that fit the units' coordinates, whatever the objective measures."""
        return GreatCircle() if self.units.geographic else Planar()

    @cached_property
    def named_territories(self) -> tuple[str, ...]:
        """The ids of the reps, or of the territories that constraints name, sorted."""
        if self.reps is not None:
            return tuple(sorted(self.reps.frame.index))
        return tuple(sorted({c.territory for c in self.constraints}))

    @cached_property
    def homes(self) -> Floats | None:
        """Where the reps live, in the units' coordinates and the order of `named_territories`, shape (k, 2)."""
        if self.reps is None:
            return None
        geometry = self.reps.frame.geometry.loc[list(self.named_territories)]
        return np.column_stack([geometry.x, geometry.y])

    @cached_property
    def shares(self) -> Floats:
        """Each territory's share of every measure, shape (k,), in the order of `named_territories` and the rest."""
        if self.reps is None or "capacity_hours" not in self.reps.frame:
            return np.full(self.n_territories, 1.0 / self.n_territories)
        hours = self.reps.frame["capacity_hours"].loc[list(self.named_territories)].to_numpy(dtype=float)
        share: Floats = hours / hours.sum()
        return share

    def bounds(self, measure: str) -> tuple[Floats, Floats, Floats]:
        """Return (lower, target, upper) of each territory's load, in the measure's unit, shape (k,) each.

        Territories come in the order of their ids where reps name them; else they are all alike.
        """
        target = float(self.units.frame[measure].sum()) * self.shares
        limit = self.balance[measure]
        if isinstance(limit, Bounds):
            return np.full(len(target), limit.lower), target, np.full(len(target), limit.upper)
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
            f"<TerritoryProblem: {len(self.units):,} units into {self.n_territories} territories"
            f"{'' if self.reps is None else ' of reps'}, {asked}, {pieces}, "
            f"{len(self.constraints)} constraints>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        entries = {"units": f"{len(self.units):,} {self.units.kind}", "territories": str(self.n_territories)}
        entries |= {"travel weight": self.weight_name or "each unit once", "distance": repr(self.distance)}
        entries |= {c.id: str(c) for c in self.constraints}
        return definition_table("Territory problem", entries, self.check())
