"""Where the day goes: the share of travel, and visits a day in the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.analyze.kpis.definition import Kpi, Parts

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period


def _travel_share(facts: Facts, period: Period) -> Parts:
    activities = facts.rows("activities")
    ours = activities.within(period) & activities.has("type", "visit", "meeting")
    travel, at_work = activities.column("travel_minutes")[ours], activities.column("minutes")[ours]
    known = ~(np.isnan(travel) | np.isnan(at_work))
    subject = activities.subject[ours][known]
    driven, spent = facts.summed(subject, travel[known]), facts.summed(subject, at_work[known])
    lost = int((~known).sum())
    note = f"in the whole plan, {lost:,} visits without both times do not count" if lost else ""
    return facts.of_accounts(driven, driven + spent, note)


def _calls_per_day(facts: Facts, period: Period) -> Parts:
    activities = facts.rows("activities")
    ours = activities.within(period) & activities.has("type", "visit")
    who, _ = activities.codes("rep_id")
    day = activities.column("date")[ours].astype("datetime64[D]").astype(np.int64)
    # A day in the field is shared by its visits, so that the days of territories add up to those of the company.
    key = who[ours] * np.int64(100_000_000) + day
    _, of_day, visits = np.unique(key, return_inverse=True, return_counts=True)
    days = facts.summed(activities.subject[ours], 1.0 / visits[of_day])
    return facts.of_accounts(facts.per_account("activities", ours), days)


KPIS = (
    Kpi(
        "travel_share", "Share of travel", "territory", "share",
        "minutes of travel / (minutes of travel + minutes of visit), over visits and meetings with both",
        ("activities.travel_minutes", "activities.minutes"), "shorter ways: compact territories, visits in tours",
        _travel_share, over="minutes", interval="jackknife", better="lower",
        needs=("activities.travel_minutes", "activities.minutes", "activities.date", "activities.type"),
    ),
    Kpi(
        "calls_per_day", "Visits a day in the field", "territory", "per day",
        "visits / days on which the same person made any; a day with visits in two territories is shared by its visits",
        ("activities.rep_id", "activities.date"), "tours; appointments close to each other", _calls_per_day,
        over="days in the field", interval="jackknife",
        needs=("activities.rep_id", "activities.date", "activities.type"),
    ),
)  # fmt: skip
