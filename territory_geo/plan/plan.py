"""The answer: an immutable assignment of units to territories, over the problem it answers.

Every table about it is computed when first asked for and kept; a change makes a new plan.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.clean import id_text
from territory_geo.plan import measures, metrics
from territory_geo.plan.matching import matched_names
from territory_geo.plan.problem import TerritoryProblem

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    from matplotlib.axes import Axes

    from territory_geo.plan.verify import Verification

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TerritoryPlan:
    """Territories over a problem.

    Parameters
    ----------
    problem : TerritoryProblem
        What was asked.
    labels : Series
        Index `unit` (the units' ids), values territory ids as text, name `territory`.
    provenance : mapping
        How the plan came to be: status, seed, iterations, runtime_s, objective, version.

    Raises
    ------
    DataError
        If the labels do not give every unit of the problem exactly one territory.
    """

    problem: TerritoryProblem
    labels: pd.Series
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._match_labels()
        if self.problem.work is not None and len(self.territory_ids) == self.problem.n_territories:
            # Hours that depend on the territories are those of these territories.
            object.__setattr__(self, "problem", measures.evaluated(self.problem, self.codes))
            self.__dict__.pop("centers", None)

    def _match_labels(self) -> None:
        if self.labels.index.equals(self.problem.units.frame.index) and self.labels.notna().all():
            # The units' own ids in their own order: nothing to match.
            values = self.labels.to_numpy(dtype=object)
            if not all(type(name) is str for name in pd.unique(values)):
                values = np.array(list(map(str, values)), dtype=object)
            index = self.labels.index.rename("unit")
            labels = pd.Series(values.copy(), index=index, dtype=object, name="territory")
            return object.__setattr__(self, "labels", labels)
        given = self.labels.index.map(id_text)
        if not given.is_unique:
            twice = given[given.duplicated()][0]
            raise DataError(f"The labels give unit {twice} more than one territory.")
        missing = sorted(set(self.problem.units.ids) - set(given))
        extra = sorted(set(given) - set(self.problem.units.ids))
        if missing or extra:
            what = f"leave out {len(missing)} units, such as {missing[0]}" if missing else f"name {extra[0]}, no unit"
            raise DataError(f"The labels {what}. Every unit needs exactly one territory.")
        if self.labels.isna().any():
            raise DataError(f"The labels give unit {given[int(self.labels.isna().argmax())]} no territory.")
        ordered = self.labels.copy()
        ordered.index = given
        values = ordered.reindex(self.problem.units.ids).astype(str).to_numpy(dtype=object)
        index = self.problem.units.frame.index.rename("unit")
        object.__setattr__(self, "labels", pd.Series(values, index=index, name="territory", dtype=object))

    @classmethod
    def from_codes(cls, problem: TerritoryProblem, codes: Ints, provenance: Mapping[str, Any]) -> TerritoryPlan:
        """Return the plan of territory numbers; named territories come first, the rest are named T01, T02, …

        The numbering of the unnamed runs from the north-west to the south-east, by their centres. With a current
        alignment the reps of today get, of the territories that differ by name only, those that match theirs best.
        """
        named: list[str | None] = [*problem.named_territories]
        named += [None] * (problem.n_territories - len(named))
        taken = set(problem.named_territories)
        if problem.alignment is not None and problem.reps is None:
            named = matched_names(problem, codes)
            taken |= set(problem.alignment.reps)
        centers = metrics.centers_of(problem, codes)
        places = problem.units.plane.to_plane(centers.xy)
        rest = np.array([t for t, name in enumerate(named) if name is None], dtype=np.int64)
        rest = rest[np.lexsort((rest, places[rest, 0] - places[rest, 1]))]
        width = max(2, len(str(problem.n_territories)))
        names = np.array(named, dtype=object)
        unused = (name for i in count(1) if (name := f"T{i:0{width}d}") not in taken)
        for number in rest:
            names[number] = next(unused)
        plan = cls(problem, pd.Series(names[codes], index=problem.units.frame.index), provenance)
        if (np.bincount(codes, minlength=len(names)) > 0).all():
            # What a plan looks up when asked is known already, in the order of other numbers.
            order = np.argsort(names.astype(str))
            plan.__dict__["territory_ids"] = names[order].tolist()
            plan.__dict__["codes"] = np.argsort(order)[codes].astype(np.int64)
            plan.__dict__["centers"] = centers.taken(order)
        return plan

    @classmethod
    def from_current(cls, problem: TerritoryProblem) -> TerritoryPlan:
        """Return today's alignment as a plan, whatever its state: split, unbalanced, with another number of reps.

        Parameters
        ----------
        problem : TerritoryProblem
            With `current`.

        Returns
        -------
        TerritoryPlan
            A unit that holds accounts of several reps is drawn with the one who has most of them, a unit of nobody
            with the nearest unit that is somebody's; `provenance` counts both (`shared_units`,
            `accounts_in_shared_units_of_others`, `units_of_nobody`). Disruption is counted on accounts all the same.
            Where the reps of today are not the territories that are asked for, the plan answers the same question
            for today's reps, without constraints (`provenance["other_problem"]`); trips that would start at homes
            then start at the best unit.

        Raises
        ------
        OptionError
            If the problem has no current alignment.
        """
        from territory_geo.plan.today import current_plan

        return current_plan(problem)

    @cached_property
    def territory_ids(self) -> list[str]:
        """The territories' ids, sorted."""
        return sorted(self.labels.unique())

    @cached_property
    def codes(self) -> Ints:
        """The position in `territory_ids` of each unit's territory, shape (n,)."""
        codes: Ints = np.searchsorted(np.array(self.territory_ids), self.labels.to_numpy(dtype=str)).astype(np.int64)
        return codes

    @cached_property
    def centers(self) -> metrics.Centers:
        """Where each territory's trips start, in the order of `territory_ids`."""
        if len(self.territory_ids) != self.problem.n_territories:
            raise DataError(f"The plan has {len(self.territory_ids)} territories, not {self.problem.n_territories}.")
        return metrics.centers_of(self.problem, self.codes)

    @cached_property
    def accounts(self) -> gpd.GeoDataFrame:
        """One row per accepted input row: `row`, `id`, `unit`, `territory`, the source's columns, a point."""
        members = self.problem.units.members
        territory = members["unit"].map(self.labels)
        rest = [c for c in members.columns if c not in ("row", "id", "unit")]
        return members[["row", "id", "unit", *rest]].assign(territory=territory)[
            ["row", "id", "unit", "territory", *[c for c in rest if c != "territory"]]
        ]

    @cached_property
    def territories(self) -> gpd.GeoDataFrame:
        """One row per territory: sizes, each measure with target and deviation, travel, centre, area, shape.

        The geometry is EPSG:4326 where the units are geographic, else in the units' plane. `travel_km` is
        the weighted mean distance to the centre, `travel_hours` the driving time where the problem's distance knows
        it, `parts` the number of polygons of the shape.
        """
        from territory_geo.plan.tables import territory_table

        return territory_table(self)

    def summary(self) -> pd.DataFrame:
        """Return one row per balanced measure: target, least, most and largest deviation over the territories."""
        return metrics.balance_table(self.problem, self.codes)

    def disruption(self, measures: Sequence[str] | None = None, per: str = "plan") -> pd.DataFrame:
        """Return how much changes rep: one row per measure and group, with `held`, `moved` and `share`.

        Parameters
        ----------
        measures : sequence of str, optional
            Numeric columns of the accounts; left out: accounts, revenue, potential, what is balanced or has a budget.
        per : str, default "plan"
            "plan", "territory" (each rep of today), or a column such as "segment" (each tier).

        Raises
        ------
        OptionError
            If the problem has no current alignment.
        """
        if self.problem.alignment is None:
            raise OptionError("The problem does not say who has what today: give current=, a column of the accounts.")
        return metrics.disruption_table(self, measures, per)

    def constraints(self) -> pd.DataFrame:
        """Return one row per constraint: `id`, `statement`, what it comes to (`value`), `limit`, and its `cost`."""
        return metrics.constraint_table(self)

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The plan's figures: balance per measure, travel in km and hours, whether every territory is in one piece."""
        from territory_geo.plan.tables import plan_metrics

        return plan_metrics(self)

    def workload(self) -> pd.DataFrame:
        """Return the hours of each territory by kind; see `plan.measures.workload_table`.

        Raises
        ------
        OptionError
            If the problem says nothing of a workload.
        """
        return measures.workload_table(self.problem, self.codes, self.territory_ids)

    def verify(self) -> Verification:
        """Check the plan anew from tables: complete, exclusive, in one piece, in balance, constraints kept."""
        from territory_geo.plan.verify import verify_plan

        return verify_plan(self)

    def move(self, units: Any, to: str) -> TerritoryPlan:
        """Return a new plan with some units in another territory; constraints are not enforced, only `verify` tells.

        Parameters
        ----------
        units : id or sequence of ids
            Account or unit ids; where accounts on one spot form one unit, all of them move.
        to : str
            An existing territory.
        """
        ids = [id_text(u) for u in ([units] if isinstance(units, str) or not isinstance(units, Sequence) else units)]
        unit_of = self.problem.units.unit_of
        strangers = [u for u in ids if u not in unit_of]
        if strangers:
            raise OptionError(f"No account or unit has the id {', '.join(strangers[:5])}.")
        if to not in self.territory_ids:
            raise OptionError(f"There is no territory {to!r}. Territories: {', '.join(self.territory_ids)}.")
        labels = self.labels.copy()
        labels[np.isin(self.problem.units.ids, [unit_of[u] for u in ids])] = to
        return replace(self, labels=labels, provenance={**self.provenance, "status": "edited"})

    def explore(self, **options: Any) -> folium.Map:
        """Return the plan as an interactive map that opens without a network; see `render.map.plan_map`.

        Several plans on one map: `territory_geo.explore`.
        """
        from territory_geo.render.map import plan_map

        return plan_map(self, **options)

    def plot(self, by: str = "territory", **options: Any) -> Axes:
        """Return the plan as a figure for slides, a matplotlib axis; see `render.figure.plot`."""
        from territory_geo.render.figure import plot

        return plot(self, by, **options)

    def report(self, path: str | os.PathLike[str], **options: Any) -> list[str]:
        """Write the plan's report, a page that prints, and its workbook; see `render.report.report`."""
        from territory_geo.render.report import report

        return report(self, path, **options)

    def write(self, path: str | os.PathLike[str], **options: Any) -> list[str]:
        """Write the plan's files and map into a folder, or one file for another program; see `render.export.write`."""
        from territory_geo.render.export import write

        return write(self, path, **options)

    def save(self, directory: str | os.PathLike[str]) -> None:
        """Save the plan with its problem, so that `load_plan` gives it back; see `plan.storage`."""
        from territory_geo.plan.storage import save_plan

        save_plan(self, directory)

    def diff(self, other: TerritoryPlan) -> str:
        """Say in plain text what is different in another plan: data, search, parameters, accounts; see `plan.text`."""
        from territory_geo.plan.text import diff_text

        return diff_text(self, other)

    def _worst(self) -> dict[str, float]:
        """Return the largest deviation per measure, a share."""
        table = self.summary()
        return {str(name): float(share) for name, share in zip(table["measure"], table["max_deviation"], strict=True)}

    def __repr__(self) -> str:
        worst = ", ".join(f"{name} {100 * share:.1f} %" for name, share in self._worst().items())
        return (
            f"<TerritoryPlan: {len(self.labels):,} units in {len(self.territory_ids)} territories, "
            f"largest deviation {worst}>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.plan.tables import plan_html

        return plan_html(self)
