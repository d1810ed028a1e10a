"""Growth over the years: how the hours rise with the segments, and when and where the next rep is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.homes import Homes, Towns, known_towns
from territory_geo.demand.workload import UnitWork, Workload
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.reps import Reps
from territory_geo.geodata.units import BasicUnits

Floats = NDArray[np.float64]

MOST_PER_YEAR = 1_000
"""Reps that one year can add before something must be wrong."""


def project_growth(
    units: BasicUnits,
    reps: Reps,
    *,
    growth: Mapping[str, float],
    years: int = 5,
    towns: pd.DataFrame,
    workload: Workload | None = None,
    capacity_hours: float | None = None,
    segment: str = "segment",
) -> pd.DataFrame:
    """Project the hours over the years, and hire whenever they no longer suffice.

    Parameters
    ----------
    units : BasicUnits
        The accounts today.
    reps : Reps
        The sales force today; each has its `capacity_hours`, or what the rules say.
    growth : mapping of segment to share
        Growth of the number of accounts a year: 0.05 is 5 % more each year. Each segment needs one; "*" is the rest.
    years : int, default 5
        How far.
    towns : DataFrame
        Where reps can live: `name`, `lon`, `lat`.
    workload : Workload, optional
        How hours follow.
    capacity_hours : float, optional
        Of a new rep; left out: the mean.
    segment : str
        Column of the accounts.

    Returns
    -------
    DataFrame
        A row per year from 0: `year`, `accounts` (as many as today's stand for), `hours`, `capacity`, `utilisation`,
        `reps`, `hired` (how many in that year), `homes` (where, the first one first).

    Raises
    ------
    DataError, OptionError
        If a segment has no growth rate, or a rate is −100 % or less.

    Notes
    -----
    More accounts lie closer: the way from one to the next falls with the square root of their number.
    """
    workload = workload or Workload()
    work = known_towns(workload.of(units, reps), towns)
    if isinstance(years, bool) or not isinstance(years, (int, np.integer)) or years < 1:
        raise OptionError(f"The 'years' parameter must be an int of at least 1. Got {years!r} instead.")
    known = "capacity_hours" in reps.frame
    hours = reps.frame["capacity_hours"].astype(float) if known else None
    usual = workload.rules.capacity_hours() if hours is None else float(hours.mean())
    total = usual * len(reps) if hours is None else float(hours.sum())
    new = usual if capacity_hours is None else float(capacity_hours)
    if not new > 0:
        raise OptionError(f"The 'capacity_hours' parameter must be a number above 0. Got {capacity_hours!r} instead.")
    rate, count = _rates(units, growth, segment)
    points = reps.frame.geometry
    places = [(str(rep), float(p.x), float(p.y)) for rep, p in zip(reps.frame.index, points, strict=True)]
    rows = []
    there = Towns.among(work, towns)
    for year in range(int(years) + 1):
        now = grown(work, rate, year)
        homes, around = Homes(now, places), None
        hired: list[str] = []
        while float(homes.hours.sum()) > total * (1 + 1e-9):
            around = around or there.with_work(now)
            name, x, y, _ = homes.best_next(around)
            homes = homes.with_home(name, x, y)
            hired.append(name)
            total += new
            if len(hired) > MOST_PER_YEAR:
                raise OptionError(
                    f"Year {year} would need more than {MOST_PER_YEAR:,} new reps. Check the growth rates: 6 % a year "
                    f"is 0.06."
                )
        places, needed = homes.places, float(homes.hours.sum())
        rows.append(
            {
                "year": year, "accounts": float((count * (1 + rate) ** year).sum()), "hours": needed,
                "capacity": total, "utilisation": needed / total, "reps": len(places), "hired": len(hired),
                "homes": ", ".join(hired),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def grown(work: UnitWork, rate: Floats, years: float) -> UnitWork:
    """Return the work of units after some years at a rate a year each, shape (n,)."""
    factor = (1.0 + rate) ** years
    return replace(
        work, stops=work.stops * factor, visits=work.visits * factor, visit_hours=work.visit_hours * factor,
        remote_hours=work.remote_hours * factor, hop_hours=work.hop_hours / np.sqrt(factor),
    )  # fmt: skip


def _rates(units: BasicUnits, growth: Mapping[str, float], segment: str) -> tuple[Floats, Floats]:
    """Return the growth rate of each unit, weighted by its accounts' visits, and its number of accounts."""
    members = units.members
    bad = {name: rate for name, rate in growth.items() if not (np.isfinite(rate) and rate > -1)}
    if bad or not growth:
        raise OptionError(
            f"The 'growth' must give shares a year above -1, such as {{'smb': 0.05}}. Got {dict(growth)!r}."
        )
    if segment not in members:
        if set(growth) != {"*"}:
            raise DataError(
                f"The accounts have no column {segment!r}. Name another, or give one rate for all: {{'*': …}}."
            )
        rates = np.full(len(members), float(growth["*"]))
    else:
        found = members[segment].map(lambda name: growth.get(str(name), growth.get("*", np.nan)))
        rates = found.to_numpy(dtype=float)
        lost = sorted(set(members[segment][np.isnan(rates)].astype(str)))
        if lost:
            raise DataError(f"There is no growth rate for {', '.join(lost[:5])}. Add them, or '*' for the rest.")
    row = units.frame.index.get_indexer(pd.Index(members["unit"]))
    count = np.bincount(row, minlength=len(units)).astype(float)
    sums = np.bincount(row, rates, minlength=len(units))
    return np.divide(sums, count, out=np.zeros(len(units)), where=count > 0), count
