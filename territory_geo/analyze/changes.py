"""The fewest changes of rep that a sales force of another size needs, before any territory is drawn.

A lower bound: accounts may be divided, and may go anywhere. No plan with fair shares can do with less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.demand.workload import Workload
from territory_geo.errors import DataError
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits
from territory_geo.plan.current import owners_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Current = str | pd.Series | Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Held:
    """What today's reps hold, account by account.

    Parameters
    ----------
    reps : tuple of str
        Today's reps.
    owner : int array, shape (m,)
        Position in `reps` of each account's rep; negative where it has none, or one who is gone.
    hours : array, shape (m,)
        Hours of visits of each account a year.
    value : array, shape (m,)
        What each is worth.
    """

    reps: tuple[str, ...]
    owner: Ints
    hours: Floats
    value: Floats


def fewest_changes(held: Held, capacity: Mapping[str, float], tolerance: float) -> tuple[float, float]:
    """Return the least share of accounts, and of their value, that must change rep.

    Parameters
    ----------
    held : Held
        Today's alignment.
    capacity : mapping of name to hours
        The reps there will be, today's by their ids. Their fair shares of the visit hours are in proportion.
    tolerance : float
        How far a rep may be from the fair share.

    Notes
    -----
    Accounts of reps who leave must change. Whoever holds more than the share and the tolerance must give the rest
    away; and if that, with what is free, does not bring everybody up to the share less the tolerance, others must give
    the difference. The count takes accounts with most hours first, the value those with least value per hour; the last
    one in part.

    Examples
    --------
    Two reps with four alike accounts each; a third one needs 8 / 3 less a tenth, 2.4 of them:

    >>> held = Held(("A", "B"), np.repeat([0, 1], 4), np.ones(8), np.ones(8))
    >>> share, value = fewest_changes(held, {"A": 1.0, "B": 1.0, "C": 1.0}, 0.1)
    >>> round(share, 9), round(value, 9)
    (0.3, 0.3)
    """
    mine = held.owner >= 0
    if not mine.any():
        return 0.0, 0.0
    stays = np.array([name in capacity for name in held.reps], dtype=bool)
    kept = mine & stays[np.where(mine, held.owner, 0)]
    target = float(held.hours.sum()) / sum(capacity.values())
    has = np.bincount(held.owner[kept], held.hours[kept], minlength=len(held.reps))
    give = np.zeros(len(held.reps))
    lacking = 0.0
    for name, hours in capacity.items():
        least, most = target * hours * (1 - tolerance), target * hours * (1 + tolerance)
        load = float(has[held.reps.index(name)]) if name in held.reps else 0.0
        lacking += max(0.0, least - load)
        if name in held.reps:
            give[held.reps.index(name)] = max(0.0, load - most)
    free = float(held.hours[~kept].sum())
    further = max(0.0, lacking - free - float(give.sum()))
    leaving = mine & ~kept
    # A tiny number keeps accounts without visits last: moving them frees nobody.
    per_account = 1.0 / np.maximum(held.hours, 1e-12)
    per_hour = held.value / np.maximum(held.hours, 1e-12)
    shares = []
    for weight, dear in ((np.ones(len(held.hours)), per_account), (held.value, per_hour)):
        total = float(weight[mine].sum())
        moved = float(weight[leaving].sum()) + _cheapest(held, kept, give, further, dear, weight)
        shares.append(moved / total if total > 0 else 0.0)
    return shares[0], shares[1]


def _cheapest(held: Held, kept: NDArray[np.bool_], give: Floats, further: float, dear: Floats, weight: Floats) -> float:
    """Return the least weight of accounts with so many hours: of each rep, and further ones of anybody's."""
    moved, part = 0.0, np.zeros(len(held.hours))
    groups: list[tuple[Ints, float]] = [
        (np.flatnonzero(kept & (held.owner == rep)), float(hours)) for rep, hours in enumerate(give) if hours > 0
    ]
    for rows, hours in [*groups, (np.flatnonzero(kept), further)]:
        rows = rows[held.hours[rows] > 0]
        order = rows[np.argsort(dear[rows], kind="stable")]
        room = held.hours[order] * (1 - part[order])
        before = np.concatenate([[0.0], np.cumsum(room)[:-1]])
        taken = np.clip(hours - before, 0.0, room)
        moved += float((taken / held.hours[order]) @ weight[order])
        part[order] += taken / held.hours[order]
    return moved


def held_by(reps: Reps, units: BasicUnits, workload: Workload, current: Current, value: str) -> Held:
    """Return what today's reps hold.

    Raises
    ------
    DataError
        If no account's rep of today is among them.
    """
    members = units.members
    visits, minutes = (members[name].to_numpy(dtype=float) for name in (workload.visits, workload.minutes))
    worth = np.nan_to_num(members[value].to_numpy(dtype=float)) if value in members else np.ones(len(members))
    number = {str(name): i for i, name in enumerate(reps.frame.index)}
    owner = np.array([number.get(str(name), -1) for name in owners_of(units, current)], dtype=np.int64)
    if not (owner >= 0).any():
        raise DataError("No account's rep of today (current) is among the reps. Both must name them by the same ids.")
    return Held(tuple(number), owner, visits * minutes / 60.0, worth)
