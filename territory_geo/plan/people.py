"""Whether a problem's reps fit it: as many as territories, known to the constraints, in the units' coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from territory_geo.errors import OptionError
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
    strangers = sorted({c.territory for c in problem.constraints if isinstance(c, (Lock, Forbid))} - known)
    if strangers:
        raise OptionError(
            f"The constraints name {', '.join(strangers[:5])}: no rep has such an id. "
            f"With reps, territories carry the reps' ids: {', '.join(sorted(known)[:5])}, …"
        )
    if (reps.frame.crs is not None) != problem.units.geographic:
        where = ("degrees", "a plane") if reps.frame.crs is not None else ("a plane", "degrees")
        raise OptionError(f"The reps' homes are in {where[0]}, the units in {where[1]}. Read both the same way.")
