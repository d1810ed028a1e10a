"""Visits laid into the days of a few weeks: who is visited when, and where each night is spent.

The clock of a week runs through working hours only: five days of eight hours are 2,400 minutes in a row. A drive may
go on the next morning, a visit may not; to be at home in the evening is a stop of its own that a week may leave out
for the price of a night away.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from territory_geo.demand.rules import WorkRules
from territory_geo.demand.tours.stops import Stops, Weeks
from territory_geo.demand.tours.week_model import TICKS, WeekModel
from territory_geo.errors import DataError
from territory_geo.geodata.distance import Distance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_ROUNDS, MOST_PER_VISIT = 2_000, 250
"""Rounds of the search, unless asked otherwise: so many, and visits × visits / 160 for each visit, at most so many
each: 200 visits take as many as ten seconds allow, fewer are soon done."""
SPARSE, MOST_MORE = 16, 1.5
"""Where weeks hold fewer visits than that a round takes less time and most is far away: at most so many times as many
rounds, in proportion."""


def plan_weeks(
    home: Floats,
    stops: Stops,
    rules: WorkRules,
    *,
    n_weeks: int,
    geographic: bool = True,
    distance: Distance | None = None,
    rounds: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
) -> Weeks:
    """Lay visits into weeks with little driving and few nights away.

    Parameters
    ----------
    home : array, shape (2,)
        Where weeks start and end.
    stops : Stops
        The visits.
    rules : WorkRules
        Hours, nights, speed.
    n_weeks : int
        How many weeks there are.
    geographic : bool, default True
        Degrees, or planar metres; not looked at where a distance is given.
    distance : Distance, optional
        How long one drives; left out: that of the rules.
    rounds : int, optional
        Of the search; left out: `usual_rounds`, and if visits are left, a second search of half as many. The
        same number gives the same weeks.
    seconds : float, optional
        Ends the search earlier; what comes out then depends on the machine.
    seed : int, default 0
        Of every random choice.

    Returns
    -------
    Weeks
        With the visits that did not fit in `left`.

    Raises
    ------
    DataError
        If a visit is longer than a day.

    Examples
    --------
    Two visits of an hour each, an hour's drive to the first and one more to the second:

    >>> stops = Stops(np.array([[3e4, 0.0], [6e4, 0.0]]), np.array([60.0, 60.0]), np.zeros((2, 2), dtype=int))
    >>> from territory_geo.geodata.distance import Planar
    >>> from territory_geo.geodata.speed import SpeedProfile
    >>> rules = WorkRules(distance=Planar(speed=SpeedProfile(kmh=(30,), upto_km=())))
    >>> weeks = plan_weeks(np.zeros(2), stops, rules, n_weeks=1, geographic=False)
    >>> weeks.drive_hours, weeks.nights
    (4.0, [])

    References
    ----------
    Christiaens & Vanden Berghe 2020 (slack induction by string removals). OR-Tools' routing library, given the same
    weeks, leaves out more visits (`python -m benchmarks routes` compares them): its moves hardly pass from a week with
    nights away to one without.
    """
    distance = rules.on(geographic=geographic) if distance is None else distance
    day = round(rules.day_hours * 60 * TICKS)
    service = np.round(stops.minutes * TICKS).astype(np.int64)
    long = np.flatnonzero(service > day)
    if long.size:
        raise DataError(
            f"{long.size:,} visits are longer than a day of {rules.day_hours:g} hours, the first takes "
            f"{stops.minutes[long[0]]:g} minutes. Split them, or lengthen the day."
        )
    reasons = _hopeless(home, stops, rules, n_weeks, service, day, distance)
    possible = np.array([v for v in range(len(stops)) if v not in reasons], dtype=np.int64)
    weeks = WeekModel(home, stops.taken(possible), rules, n_weeks, service[possible], day, distance)
    usual = usual_rounds(len(possible), n_weeks)
    found = weeks.solved(rounds or usual, seconds, seed)
    if len(found.left) and rounds is None and seconds is None:
        # What one search leaves another one often finds room for.
        found = min(found, weeks.solved(usual // 2, None, seed, attempt=1), key=weeks.cost)
    reasons |= dict.fromkeys(possible[found.left].tolist(), "no time left")
    left = sorted(reasons)
    return replace(
        found, visit=possible[found.visit], left=np.array(left, dtype=np.int64), reasons=[reasons[v] for v in left]
    )


def usual_rounds(visits: int, n_weeks: int = 1) -> int:
    """Return how many rounds a search takes unless asked otherwise.

    >>> usual_rounds(80), usual_rounds(200), usual_rounds(400)
    (5200, 52000, 102000)
    >>> usual_rounds(200, 4), usual_rounds(200, 15), usual_rounds(200, 40)
    (52000, 62000, 77000)
    """
    more = min(MOST_MORE, max(1.0, SPARSE * n_weeks / max(1, visits)))
    return LEAST_ROUNDS + int(more * min(visits**3 // 160, MOST_PER_VISIT * visits))


def _hopeless(
    home: Floats, stops: Stops, rules: WorkRules, n_weeks: int, service: Ints, day: int, distance: Distance
) -> dict[int, str]:
    """Return the visits that no week could hold, were it the only one, and why."""
    if not len(stops):
        return {}
    alone = WeekModel(home, stops, rules, n_weeks, service, day, distance)
    found: dict[int, str] = {}
    for v in range(len(stops)):
        spans = slice(int(alone.first[v]), int(alone.first[v + 1]))
        opens, closes = alone.opens[spans], alone.closes[spans]
        if not len(opens):
            found[v] = "closed"
            continue
        way, longest, reached = int(alone.travel[0, v + 1]), day * (rules.max_nights + 1), False
        for leaving in range(0, day * rules.days_per_week, day):
            start = np.maximum(opens, leaving + way)
            start = start[start <= closes]
            last = min(leaving + longest, day * rules.days_per_week)
            reached |= bool(len(start)) and int(start[0]) + int(service[v]) + way <= last
        if not reached:
            found[v] = "out of reach"
    return found
