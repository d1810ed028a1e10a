"""Whether what a problem names fits its units: reps for each territory, measures that are there and can be summed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.reps import Reps
from territory_geo.plan.constraints import Forbid, Lock

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem


def check_reps(problem: TerritoryProblem, reps: Reps) -> None:
    """Raise `OptionError` where the reps cannot be those of the problem's territories."""
    if not isinstance(reps, Reps):
        raise OptionError(f"The 'reps' must be Reps, from read_reps('reps.csv'). Got {reps!r} instead.")
    if problem.n_territories != len(reps):
        raise OptionError(
            f"There are {len(reps)} reps for {problem.n_territories} territories: each rep gets one. Leave "
            f"n_territories out, or choose among the reps, such as reps.with_role('territory rep')."
        )
    known = set(reps.frame.index)
    named = [c for c in problem.constraints if isinstance(c, (Lock, Forbid)) and c.territory not in known]
    if named:
        strangers = sorted({c.territory for c in named})
        first = str(named[0]) if named[0].name is None else f"{named[0].name}: {named[0]}"
        raise OptionError(
            f"The constraints name {', '.join(strangers[:5])}: no rep has such an id (first in {first}). With reps, "
            f"territories carry the reps' ids: {', '.join(sorted(known)[:5])}, …"
        )
    if (reps.frame.crs is not None) != problem.units.geographic:
        where = ("degrees", "a plane") if reps.frame.crs is not None else ("a plane", "degrees")
        raise OptionError(f"The reps' homes are in {where[0]}, the units in {where[1]}. Read both the same way.")


def check_measure(problem: TerritoryProblem, name: str, where: str) -> None:
    """Raise `OptionError` where there is no such measure, `DataError` where its values cannot be used."""
    units = problem.units
    if name not in units.measures:
        left_out = name in units.members.columns
        why = (
            f" {name!r} is a column that was not summed: build the units with measures=[{name!r}]." if left_out else ""
        )
        raise OptionError(
            f"There is no measure {name!r} (in {where}). Measures: {', '.join(units.measures)}.{why * left_out}"
        )
    values = units.frame[name].to_numpy(dtype=float)
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        listed = ", ".join(units.ids[i] for i in bad[:5])
        raise DataError(
            f"Measure {name!r} is missing or negative for {bad.size} units, such as {listed}. Build the units with "
            f"measures=[{name!r}] to turn those rows into rejects."
        )
    if where == "balance" and values.sum() <= 0:
        raise DataError(f"Measure {name!r} is zero for every unit: there is nothing to balance.")
