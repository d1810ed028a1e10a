"""How many reps: the hours that the work takes against the hours there are, and what one rep more or less brings.

Capacity is pooled: `solve` shares the work out by each rep's hours, so that what counts is the hours in all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.changes import fewest_changes, held_by
from territory_geo.analyze.homes import Homes, Towns, known_towns, spread_homes
from territory_geo.analyze.response import Curve, Response, checked
from territory_geo.demand.workload import Workload
from territory_geo.errors import OptionError
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]

MOST_REPS = 2_000
"""Where looking for the number of reps ends."""


@dataclass(frozen=True, eq=False)
class Sizing:
    """What a sales force of each size can do.

    Parameters
    ----------
    needed : int
        Reps whose hours cover all visits.
    current : int
        Reps to start from.
    sweep : DataFrame
        A row per number of reps, see `size_force`.
    next_home : (name, x, y, hours saved)
        Where one rep more than today should live.
    uncovered : DataFrame
        Accounts (units) that today's hours do not reach, least valuable first: `unit`, `hours`, `value`,
        `value_per_hour`, `covered` (share of its visits).
    value : str
        The measure that says what an account is worth.
    capacity_hours : float
        Hours of a rep.
    """

    needed: int
    current: int
    sweep: pd.DataFrame
    next_home: tuple[str, float, float, float]
    uncovered: pd.DataFrame
    value: str
    capacity_hours: float

    def plot(self) -> Figure:
        """Return a figure: hours needed and there are, and what each rep brings.

        Raises
        ------
        MissingDependency
            If matplotlib is not installed.
        """
        from territory_geo.render.charts.sizing import sizing_figure

        return sizing_figure(self)

    def __repr__(self) -> str:
        return (
            f"<Sizing: {self.needed} reps needed for all visits, {self.current} today leave {len(self.uncovered):,} "
            f"accounts short; next home {self.next_home[0]}>"
        )

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        name, _, _, saved = self.next_home
        entries = {
            "reps needed": str(self.needed), "reps today": str(self.current),
            "hours of a rep": f"{self.capacity_hours:,.0f}", "next home": f"{name}, saves {saved:,.0f} hours a year",
        }  # fmt: skip
        return definition_table("Size of the sales force", entries, self.sweep.reset_index())


def size_force(
    units: BasicUnits,
    *,
    workload: Workload | None = None,
    value: str,
    reps: Reps | None = None,
    n_reps: int | None = None,
    towns: pd.DataFrame,
    capacity_hours: float | None = None,
    response: Curve | None = None,
    span: int = 3,
    current: str | pd.Series | Mapping[str, str] | None = None,
    tolerance: float = 0.1,
) -> Sizing:
    """Say how many reps the work needs, and what each one brings.

    Parameters
    ----------
    units : BasicUnits
        The accounts, with visits and minutes.
    workload : Workload, optional
        How hours follow; left out, the usual rules.
    value : str
        Measure of what accounts are worth, such as "potential_usd".
    reps : Reps, optional
        Today's reps, with homes and perhaps capacity_hours (the mean counts for further ones).
    n_reps : int, optional
        Today's number of reps where no reps are given; left out: as many as are needed. They then live where that
        saves most hours.
    towns : DataFrame
        Where reps can live: `name`, `lon`, `lat`; ``samples.us_towns()`` for the United States.
    capacity_hours : float, optional
        Hours a year of a rep; left out: the mean of the reps', else what the rules say.
    response : callable, optional
        From shares of visits made to shares of potential won; left out: `Response()`.
    span : int, default 3
        Reps more and less than today to look at.
    current : str, Series or mapping, optional
        Who has each account today, as in `TerritoryProblem`; it needs `reps`. The sweep then tells disruption.
    tolerance : float, default 0.1
        How far from the fair share of visit hours a rep may be, where disruption is told.

    Returns
    -------
    Sizing
        Its `sweep` has, per number of `reps` (index): `hours` needed and `capacity`, `utilisation` (share),
        `driving_hours`, `visits_covered` and `potential_covered` (shares), `won` (value by the response curve),
        `marginal_won` (of the last rep), `change` (which home is new, or given up); with `current` also `changes_rep`
        and `value_changes_rep`: shares of accounts, and of their value, that change rep at least (`fewest_changes`).

    Raises
    ------
    OptionError, DataError
        If an option is unusable, or accounts or towns lack a column.

    References
    ----------
    Talley 1961 (workload build-up); Zoltners & Sinha 2005 (sales territory alignment).
    """
    curve = checked(response or Response())
    if reps is None and n_reps is not None:
        _whole("n_reps", n_reps, 1)
    _whole("span", span, 0)
    if not 0 <= tolerance < 1:
        raise OptionError(f"The 'tolerance' parameter must be a share from 0 to below 1. Got {tolerance!r} instead.")
    if value not in units.measures:
        raise OptionError(f"There is no measure {value!r} (value). Measures: {', '.join(units.measures)}.")
    if current is not None and reps is None:
        raise OptionError("The 'current' parameter needs today's reps: give reps=read_reps(…) with their ids.")
    workload = workload or Workload()
    work = known_towns(workload.of(units, reps), towns)
    capacity = _capacity(workload, reps, capacity_hours)
    places = Towns.among(work, towns)
    if reps is not None:
        homes = Homes(work, _places(reps))
    else:
        homes = spread_homes(
            work, places, lambda k, hours: k == n_reps if n_reps is not None else hours <= k * capacity * (1 + 1e-9)
        )
        short = len(homes.places) < n_reps if n_reps is not None else homes.hours.sum() > capacity * len(homes.places)
        if short:
            raise OptionError(
                f"{len(homes.places)} towns are too few for the reps that are asked for or needed. Give more towns."
            )
    today = len(homes.places)
    steps = {today: (homes, "")}
    fewer, more = homes, homes
    for k in range(today - 1, max(0, today - span - 1), -1):
        fewer, gone = fewer.without_cheapest()
        steps[k] = (fewer, f"without {gone}")
    for k in range(today + 1, today + span + 1):
        name, x, y, _ = more.best_next(places)
        more = more.with_home(name, x, y)
        steps[k] = (more, f"with {name}")
    own = _own_hours(reps, capacity)
    worth = np.nan_to_num(units.frame[value].to_numpy(dtype=float))
    held = None if current is None or reps is None else held_by(reps, units, workload, current, value)
    rows = []
    for k, (there, change) in sorted(steps.items()):
        each = _each_hours(there, own, capacity)
        moved = {}
        if held is not None:
            moved = dict(zip(("changes_rep", "value_changes_rep"), fewest_changes(held, each, tolerance), strict=True))
        rows.append({"reps": k, **_row(there, sum(each.values()), worth, curve), **moved, "change": change})
    sweep = pd.DataFrame(rows).set_index("reps")
    sweep.insert(len(sweep.columns) - 1, "marginal_won", sweep["won"].diff())
    share = covered(homes.hours, worth, sum(_each_hours(homes, own, capacity).values()))
    return Sizing(
        needed=_needed(homes, more, places, lambda there: sum(_each_hours(there, own, capacity).values())),
        current=today,
        sweep=sweep,
        next_home=homes.best_next(places),
        uncovered=_uncovered(units, homes.hours, worth, share),
        value=value,
        capacity_hours=capacity,
    )


def covered(hours: Floats, worth: Floats, capacity: float) -> Floats:
    """Return the share of each account's visits that capacity reaches, most value per hour first, shape (n,).

    Examples
    --------
    >>> covered(np.array([10.0, 10.0, 10.0]), np.array([3.0, 1.0, 2.0]), 15.0).tolist()
    [1.0, 0.0, 0.5]
    """
    rate = np.where(hours > 0, worth / np.where(hours > 0, hours, 1.0), np.inf)
    order = np.argsort(-rate, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(hours[order])[:-1]])
    needed = np.where(hours[order] > 0, hours[order], 1.0)
    share = np.empty(len(hours))
    share[order] = np.where(hours[order] > 0, np.clip((capacity - before) / needed, 0.0, 1.0), 1.0)
    return share


def _row(homes: Homes, capacity: float, worth: Floats, curve: Curve) -> dict[str, Any]:
    hours, parts = homes.hours, homes.parts()
    share = covered(hours, worth, capacity)
    visits, total = homes.work.visits, max(float(worth.sum()), 1e-12)
    return {
        "hours": float(hours.sum()), "capacity": capacity,
        "utilisation": float(hours.sum()) / capacity if capacity > 0 else np.inf,
        "driving_hours": float((parts["driving_hours"] * share).sum()),
        "visits_covered": float(visits @ share) / max(float(visits.sum()), 1e-12),
        "potential_covered": float(worth @ share) / total,
        "won": float(worth @ curve(share)),
    }  # fmt: skip


def _needed(homes: Homes, more: Homes, towns: Towns, available: Callable[[Homes], float]) -> int:
    """Return the number of reps at which hours needed and hours available meet, from today's homes on."""

    def enough(there: Homes) -> bool:
        return float(there.hours.sum()) <= available(there) * (1 + 1e-9)

    there = homes
    if not enough(homes):
        while len(there.places) < MOST_REPS:
            k = len(there.places)
            place = more.places[k] if k < len(more.places) else there.best_next(towns)[:3]
            there = there.with_home(*place)
            if enough(there):
                return len(there.places)
        raise OptionError(f"More than {MOST_REPS:,} reps would be needed. Check visits, minutes and capacity_hours.")
    while len(there.places) > 1:
        fewer, _ = there.without_cheapest()
        if not enough(fewer):
            break
        there = fewer
    return len(there.places)


def _uncovered(units: BasicUnits, hours: Floats, worth: Floats, share: Floats) -> pd.DataFrame:
    short = np.flatnonzero(share < 1 - 1e-9)
    table = pd.DataFrame(
        {
            "unit": np.array(units.ids, dtype=object)[short], "hours": hours[short], "value": worth[short],
            "value_per_hour": worth[short] / hours[short], "covered": share[short],
        }
    )  # fmt: skip
    return table.sort_values("value_per_hour", kind="stable", ignore_index=True)


def _capacity(workload: Workload, reps: Reps | None, given: float | None) -> float:
    if given is not None:
        if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 < given < np.inf:
            raise OptionError(f"The 'capacity_hours' parameter must be a number above 0. Got {given!r} instead.")
        return float(given)
    if reps is not None and "capacity_hours" in reps.frame:
        return float(reps.frame["capacity_hours"].astype(float).mean())
    return workload.rules.capacity_hours()


def _own_hours(reps: Reps | None, usual: float) -> dict[str, float]:
    """Return the hours a year of each of today's reps: their own where the table has them, else the usual ones."""
    if reps is None:
        return {}
    known = "capacity_hours" in reps.frame
    hours = reps.frame["capacity_hours"].astype(float).tolist() if known else [usual] * len(reps)
    return dict(zip(map(str, reps.frame.index), hours, strict=True))


def _each_hours(homes: Homes, own: Mapping[str, float], usual: float) -> dict[str, float]:
    """Return the hours of whoever lives in each home, of new reps the usual; several may live in one town."""
    names = [name if name in own else f"new {i}: {name}" for i, (name, *_) in enumerate(homes.places)]
    return {name: own.get(name, usual) for name in names}


def _places(reps: Reps) -> list[tuple[str, float, float]]:
    points = reps.frame.geometry
    return [(str(rep), float(p.x), float(p.y)) for rep, p in zip(reps.frame.index, points, strict=True)]


def _whole(name: str, value: int, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise OptionError(f"The {name!r} parameter must be an int of at least {least}. Got {value!r} instead.")
