"""Account KPI of engagement: points for each contact, by channel, that fade with time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from territory_geo.analyze.kpis.definition import Kpi, Parts
from territory_geo.geodata.crm.words import CHANNELS

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period

_DAY = np.timedelta64(1, "D")


def points_of(facts: Facts, period: Period, channels: tuple[str, ...] = CHANNELS) -> np.ndarray:
    """Return each account's points at the end of a period, shape (n,).

    A contact on the last day counts in full, one a half-life earlier half; contacts before the period count too.
    """
    activities, options = facts.rows("activities"), facts.options
    codes, names = activities.codes("channel")
    wanted = np.array([options.channel_weights.get(n, 0.0) if n in channels else 0.0 for n in names], dtype=float)
    weight = wanted[codes] if len(names) else np.zeros(0)
    age = period.last_day.to_datetime64().astype("datetime64[D]") - activities.column("date").astype("datetime64[D]")
    days = age / _DAY
    kept = np.flatnonzero((days >= 0) & (weight > 0))
    points = weight[kept] * 0.5 ** (days[kept] / options.half_life_days)
    return facts.summed(activities.subject[kept], points)


def _of(*channels: str) -> Callable[[Facts, Period], Parts]:
    def parts(facts: Facts, period: Period) -> Parts:
        return facts.of_accounts(points_of(facts, period, channels), np.ones(facts.n))

    return parts


def _kpi(name: str, title: str, channels: tuple[str, ...], which: str) -> Kpi:
    # Of a channel that the data never has, nothing is known: its engagement is missing, not 0.
    seen = channels if len(channels) == 1 else ()
    return Kpi(
        name, title, "account", "points",
        f"mean over accounts of the sum over {which} up to the period's end of points of the channel × "
        "0.5 ^ (days before the end / half-life); 90 days and 10 points in person, 6 video, 4 phone, 3 event, "
        "1 email, web and other unless set",
        ("activities.channel", "activities.type", "activities.date"),
        "contacts that are recent, and of the kind that counts",
        _of(*channels), over="accounts", interval="jackknife",
        needs=("activities.date", "activities.type", *(f"activities.channel={name}" for name in seen)),
    )  # fmt: skip


KPIS = (
    _kpi("engagement", "Engagement", CHANNELS, "contacts"),
    *(
        _kpi(f"engagement_{channel.replace(' ', '_')}", f"Engagement, {channel}", (channel,), f"{channel} contacts")
        for channel in CHANNELS
        if channel != "other"
    ),
)
