"""Activity measures that depend on the territory: the workload, whose driving hours follow from where trips start.

A plan always carries the hours of its own territories; `verify` works them out again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from territory_geo.demand.workload import UnitWork, Workload
from territory_geo.errors import OptionError
from territory_geo.geodata.placed import PlacedTable
from territory_geo.plan import metrics

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NAME = "workload"
"""What the measure is called."""

_KEPT = ("ids", "unit_of", "on_their_own", "xy", "plane", "cells", "shapes")
"""What units work out once and a new column does not change."""


def depends(problem: TerritoryProblem, measure: str) -> bool:
    """Tell whether a measure depends on the territories."""
    return problem.workload is not None and measure == NAME


def prepared(problem: TerritoryProblem) -> tuple[BasicUnits, UnitWork]:
    """Return the units with a first guess of the hours, and the work they are.

    Raises
    ------
    OptionError
        If `workload` is no Workload, or the units have a measure of that name already.
    """
    if not isinstance(problem.workload, Workload):
        raise OptionError(f"The 'workload' must be a Workload(…). Got {problem.workload!r} instead.")
    if NAME in problem.units.measures:
        raise OptionError(
            f"The units have a measure {NAME!r} of their own. Leave out workload=…, or rename the column: one of both "
            f"would be balanced without a word about the other."
        )
    work = _driven(problem).of(problem.units, problem.reps)
    return with_hours(problem.units, work.hours(_guess(problem, work))), work


def _driven(problem: TerritoryProblem) -> Workload:
    """Return the workload with the objective's distance, where that knows hours and the rules name no other."""
    assert problem.workload is not None
    distance, rules = problem.objective.distance, problem.workload.rules
    told = getattr(distance, "hours", None) is not None or getattr(distance, "speed", None) is not None
    if rules.distance is not None or not told:
        return problem.workload
    return replace(problem.workload, rules=replace(rules, distance=distance))


def _guess(problem: TerritoryProblem, work: UnitWork) -> Floats:
    """Return hours from home before there is a plan: to the nearest home, or 2/3 of a round territory's radius."""
    n = len(problem.units)
    if problem.homes is not None:
        nearest: Floats = work.stem_hours(problem.homes[:, None, :]).min(axis=1)
        return nearest
    area = float(shapely.area(problem.units.shapes).sum()) / problem.n_territories
    metres = 2.0 / 3.0 * np.sqrt(area / np.pi)
    middle = problem.units.plane.to_plane(problem.units.xy).mean(axis=0)
    points = shapely.points(np.array([middle, middle + np.array([metres, 0.0])]))
    ends = shapely.get_coordinates(problem.units.plane.shapes_from_plane(points))
    straight = work.distance.straight if isinstance(work.distance, PlacedTable) else work.distance
    return np.full(n, float(straight.hours_between(ends[:1], ends[1:])[0]))


def with_hours(units: BasicUnits, hours: Floats) -> BasicUnits:
    """Return the units with the hours as a measure; shapes and places are not worked out again."""
    measures = units.measures if NAME in units.measures else (*units.measures, NAME)
    return with_columns(units, frame=units.frame.assign(**{NAME: hours}), measures=measures)


def with_columns(units: BasicUnits, **tables: Any) -> BasicUnits:
    """Return the same units with other columns in `frame` or `members`; shapes and places are not worked out again."""
    changed = replace(units, **tables)
    changed.__dict__.update({key: units.__dict__[key] for key in _KEPT if key in units.__dict__})
    return changed


def without_hours(units: BasicUnits) -> BasicUnits:
    """Return the units as they were before `with_hours`."""
    return replace(
        units, frame=units.frame.drop(columns=NAME), measures=tuple(name for name in units.measures if name != NAME)
    )


def stem_hours(problem: TerritoryProblem, codes: Ints) -> Floats:
    """Return the hours from each unit to where its territory's trips start, shape (n,)."""
    assert problem.work is not None
    centers = metrics.centers_of(problem, codes)
    return problem.work.stem_hours(centers.xy[codes])


def evaluated(problem: TerritoryProblem, codes: Ints) -> TerritoryProblem:
    """Return the problem with the hours of these territories: what a plan of it holds."""
    assert problem.work is not None
    return replace(problem, units=with_hours(problem.units, problem.work.hours(stem_hours(problem, codes))))


def home_table(problem: TerritoryProblem) -> Floats | None:
    """Return the hours of each unit with each rep, shape (n, k), or None where trips do not start at homes."""
    if problem.work is None or problem.objective.center != "home" or problem.homes is None:
        return None
    return problem.work.hours(problem.work.stem_hours(problem.homes[:, None, :]))


def workload_table(problem: TerritoryProblem, codes: Ints, names: list[str]) -> pd.DataFrame:
    """Return the hours of each territory by kind: visits, desk, driving, nights, and who cannot be reached.

    Returns
    -------
    DataFrame
        Index `territory`; `visits`, `visit_hours`, `remote_hours`, `driving_hours`, `night_hours`, `admin_hours`,
        `workload` (the sum of the hours), `nights` a year, `unreachable` (units farther than the longest trip).
    """
    if problem.work is None:
        raise OptionError(
            "The problem has no workload: TerritoryProblem(…, workload=Workload()) says how hours follow."
        )
    parts = problem.work.parts(stem_hours(problem, codes))
    parts.insert(0, "visits", problem.work.visits)
    parts["unreachable"] = (~parts.pop("reachable")).astype(int)
    table = parts.groupby(codes).sum()
    table.index = pd.Index(names, name="territory")
    return table
