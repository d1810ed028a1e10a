"""The question: which units, how many territories, what is balanced and how tightly, what is minimised.

A problem is immutable and checks itself when it is made; `check()` adds what arithmetic alone can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.demand.workload import UnitWork, Workload
from territory_geo.errors import OptionError
from territory_geo.geodata.contiguity import ContiguityGraph
from territory_geo.geodata.distance import Distance, GreatCircle, Planar
from territory_geo.geodata.matrix import DistanceMatrix
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan import places
from territory_geo.plan.constraints import Bounds, Constraint, DisruptionBudget, Forbid, Lock
from territory_geo.plan.current import CurrentAlignment, alignment_of, owners_of
from territory_geo.plan.fit import check_measure, check_reps
from territory_geo.plan.measures import depends, prepared
from territory_geo.plan.objective import Travel
from territory_geo.plan.resolve import resolved

if TYPE_CHECKING:
    from territory_geo.plan.budget import BudgetTerm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = TypeVar("Kind")


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
    constraints : sequence of constraints
        What is insisted on, and what has a price: `Lock`, `Forbid`, `Together`, `Apart`, `MaxRadius`, `AccountRange`,
        `KeepWhole`, `HomeInside`, `BorderLength`, `OverlapCost`, `DisruptionBudget`; several of a kind all hold.
    reps : Reps, optional
        Who gets the territories, one each: territories carry the reps' ids. Where the reps have `capacity_hours`, each
        territory's target is in proportion to them: half the hours, half the load.
    current : str, Series or mapping, optional
        Who has each account today: a column of the accounts, or account id → rep id (unit id → rep id, such as the
        labels of an earlier plan, where it names every unit). Without `reps`, territories carry the ids of today's
        reps: all of them where there are enough territories; else those that the plan's territories match best.
    workload : Workload, optional
        How hours follow from visits and places. Then there is a measure ``workload``, hours a year with driving and
        nights away; it depends on where a territory's trips start, and `solve` settles it. Rules without a distance
        of their own take the objective's, where that knows hours.
    work : UnitWork, optional
        What `workload` says of the units; worked out where it is left out.

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
    current: str | pd.Series | Mapping[str, str] | None = field(default=None, kw_only=True)
    workload: Workload | None = field(default=None, kw_only=True)
    work: UnitWork | None = field(default=None, kw_only=True, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.objective, Travel):
            raise OptionError(
                f"The 'objective' must be a Travel, such as Travel(power=2). Got {self.objective!r} instead."
            )
        if self.reps is not None:
            if self.n_territories == 0 and isinstance(self.reps, Reps):
                object.__setattr__(self, "n_territories", len(self.reps))
            check_reps(self, self.reps)
        if self.workload is not None and self.work is None:
            units, work = prepared(self)
            object.__setattr__(self, "units", units)
            object.__setattr__(self, "work", work)
            object.__setattr__(self, "workload", work.workload)
        # A column that is not there is told here, not where the alignment is first needed.
        _ = self.alignment
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
            check_measure(self, name, "balance")
            if not isinstance(limit, Bounds) and not (np.isfinite(limit) and 0 <= limit <= 1):
                raise OptionError(
                    f"The tolerance of {name!r} must be a share from 0 to 1 (0.1 is ±10 %). Got {limit!r}."
                )
        if self.weight_name is not None:
            check_measure(self, self.weight_name, "weight")
        object.__setattr__(self, "balance", dict(self.balance))
        object.__setattr__(self, "constraints", tuple(resolved(self, c) for c in self.constraints))
        if self.objective.center == "home" and self.reps is None:
            raise OptionError("Travel from home needs homes: give reps=read_reps(...), one for each territory.")
        if isinstance(self.distance, DistanceMatrix):
            self.distance.rows(self.units.ids)
            if self.objective.center == "home":
                self.distance.rows(self.named_territories, "reps")
        if len(self.named_territories) > k:
            raise OptionError(
                f"The constraints{' and the current reps' * (self.alignment is not None)} name "
                f"{len(self.named_territories)} territories "
                f"({', '.join(self.named_territories[:5])}{', …' if len(self.named_territories) > 5 else ''}), "
                f"but n_territories is {k}."
            )

    @property
    def weight_name(self) -> str | None:
        """The measure that weighs travel, or None when each unit counts once."""
        if self.objective.weight != "auto":
            return self.objective.weight
        first = next(iter(self.balance))
        # Driving must not weigh driving: trips count by visits.
        return self.trips if depends(self, first) else first

    @property
    def trips(self) -> str | None:
        """The measure that counts visits, where the units have it: what "auto" weighs travel by beside a workload."""
        name = None if self.workload is None else self.workload.visits
        return name if name in self.units.measures else None

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
    def alignment(self) -> CurrentAlignment | None:
        """Who has what today, or None where `current` is not given; see `plan.current`."""
        if self.current is None:
            return None
        reps = None if self.reps is None else tuple(self.reps.frame.index)
        return alignment_of(self.units, owners_of(self.units, self.current), reps)

    @cached_property
    def named_territories(self) -> tuple[str, ...]:
        """The ids that are known before the search, sorted.

        Those of the reps; else those that constraints name and, where there are enough territories for all of
        them, those of today's reps.
        """
        if self.reps is not None:
            return tuple(sorted(self.reps.frame.index))
        named = {c.territory for c in self.constraints if isinstance(c, (Lock, Forbid))}
        if self.alignment is not None and len(self.alignment.reps) <= self.n_territories:
            named |= set(self.alignment.reps)
        return tuple(sorted(named))

    @property
    def fixed_names(self) -> tuple[str, ...]:
        """The named territories that differ from each other by more than a name, sorted.

        Those of `reps`, those that locks and bans name, and with a disruption budget those of today's reps. All other
        names can be given to any territory at the end of a search (`plan.matching`).
        """
        if self.reps is not None or self.of_kind(DisruptionBudget):
            return self.named_territories
        return tuple(sorted({c.territory for c in self.constraints if isinstance(c, (Lock, Forbid))}))

    @cached_property
    def territory_reps(self) -> Ints:
        """The position in `alignment.reps` of each named territory's rep, -1 for one who holds nothing today."""
        position = {} if self.alignment is None else {rep: i for i, rep in enumerate(self.alignment.reps)}
        return np.array([position.get(name, -1) for name in self.named_territories], dtype=np.int64)

    @cached_property
    def budget_terms(self) -> tuple[BudgetTerm, ...]:
        """The caps and prices of all disruption budgets, each a sum over units; see `plan.budget`."""
        from territory_geo.plan.budget import budget_terms

        return budget_terms(self)

    def of_kind(self, kind: type[Kind]) -> list[Kind]:
        """Return the constraints of one kind, in the order given."""
        return [constraint for constraint in self.constraints if isinstance(constraint, kind)]

    @cached_property
    def home_units(self) -> Ints | None:
        """The row of the unit of each rep's home, in the order of `named_territories`, shape (k,)."""
        return None if self.homes is None else places.home_units(self.units, self.homes)

    @cached_property
    def border_km(self) -> Floats:
        """The length of the border between the units of each pair of the graph, km, shape (e,)."""
        return places.border_lengths(self)

    @cached_property
    def price_scale(self) -> float:
        """What a price in km of mean travel is multiplied with to stand beside the objective: the sum of weights."""
        return float(self.weight.sum()) or 1.0

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
