"""Who gets territories in a study: its reps, without those who leave, with those who join."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.errors import DataError

if TYPE_CHECKING:
    from territory_geo.geodata.reps import Reps
    from territory_geo.geodata.units import BasicUnits
    from territory_geo.plan.constraints import Constraint
    from territory_geo.study.asked import Design


def force_of(asked: Design, units: BasicUnits, base: Path) -> Reps | None:
    """Return the reps of a study's file as they will be, or None where it names no file.

    Raises
    ------
    DataError
        If one who leaves is not there, one who joins is, or hours are given for some reps alone.
    """
    from territory_geo.geodata.reps import Reps, read_reps

    if asked.reps is None:
        return None
    crs = "EPSG:4326" if units.geographic else None
    reps = read_reps(base / asked.reps, crs=crs)
    reps = reps if asked.role is None else reps.with_role(asked.role)
    known = list(reps.frame.index)
    _known(asked.remove_rep, known, asked.reps)
    frame = reps.frame[~reps.frame.index.isin(asked.remove_rep)]
    if asked.add_rep:
        there = [rep.rep_id for rep in asked.add_rep if rep.rep_id in known]
        if there:
            raise DataError(f"add_rep: {there[0]!r} is in {asked.reps} already. Give who joins another id.")
        rows = [rep.model_dump(exclude_none=True) for rep in asked.add_rep]
        with_hours = ["capacity_hours" in row for row in rows]
        if set(with_hours) != {"capacity_hours" in frame}:
            verb = "have none" if "capacity_hours" not in frame else "have hours"
            raise DataError(
                f"add_rep: the reps of {asked.reps} {verb} (capacity_hours). Give it for all who join, or for nobody."
            )
        frame = pd.concat([frame, read_reps(pd.DataFrame(rows), crs=crs).frame])
    if not len(frame):
        raise DataError(f"remove_rep: nobody of {asked.reps} is left. Name only those who leave.")
    return Reps(frame)


def current_of(asked: Design, units: BasicUnits) -> str | pd.Series | None:
    """Return who has what today; without a file of reps, nobody has what those who leave have.

    Raises
    ------
    DataError
        If one who leaves has nothing today.
    """
    if asked.current is None or asked.reps is not None or not asked.remove_rep:
        return asked.current
    from territory_geo.geodata.ids import texts
    from territory_geo.plan.current import owners_of

    owner = pd.Series(owners_of(units, asked.current), index=texts(units.members["id"]), dtype=object)
    _known(asked.remove_rep, sorted(set(owner) - {""}), f"the column {asked.current}")
    return owner.where(~owner.isin(asked.remove_rep), "")


def homes_of_new(asked: Design, units: BasicUnits) -> list[Constraint]:
    """Return what gives those who join a territory of their own around their homes, without a file of reps."""
    from territory_geo.plan.constraints import Lock

    if asked.reps is not None or not asked.add_rep:
        return []
    places = units.plane.to_plane(units.xy)
    found: list[Constraint] = []
    for rep in asked.add_rep:
        home = units.plane.to_plane(np.array([[rep.lon, rep.lat]]))[0]
        nearest = units.ids[int(np.hypot(*(places - home).T).argmin())]
        found.append(Lock([nearest], rep.rep_id, name=f"home of {rep.rep_id}"))
    return found


def _known(leaving: list[str], known: list[str], where: str) -> None:
    lost = [name for name in leaving if name not in known]
    if lost:
        raise DataError(f"remove_rep: there is no rep {lost[0]!r} in {where}. Reps are {', '.join(map(str, known))}.")
