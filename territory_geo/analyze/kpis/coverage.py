"""Territory KPIs of presence: accounts that were seen, required visits that were made, visits and meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.kpis.definition import Floats, Kpi, Parts, total

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts, Rows
    from territory_geo.analyze.kpis.period import Period

MET = ("visit", "meeting", "demo")
"""Kinds of activity in which somebody is met."""


def met(activities: Rows) -> NDArray[np.bool_]:
    """Tell in which activities somebody was met, on site or on a screen."""
    return activities.has("type", *MET)


def _made(facts: Facts, period: Period, *types: str) -> Floats:
    """Return how many activities of these kinds each account had in a period, shape (n,)."""
    activities = facts.rows("activities")
    return facts.per_account("activities", activities.within(period) & activities.has("type", *types))


def _account_coverage(facts: Facts, period: Period) -> Parts:
    return facts.share_of_accounts(_made(facts, period, *MET, "call") > 0)


def _visit_coverage(facts: Facts, period: Period) -> Parts:
    required = facts.account(facts.options.visits)
    assert required is not None
    unknown = int((~(required >= 0)).sum())
    wanted = np.where(required >= 0, required, 0.0) * period.years
    note = (
        f"in the whole plan, {unknown:,} accounts have no number of required visits and do not count" if unknown else ""
    )
    return facts.of_accounts(np.minimum(_made(facts, period, "visit", "meeting"), wanted), wanted, note)


def _visits(facts: Facts, period: Period) -> Parts:
    return facts.of_accounts(_made(facts, period, "visit"))


def _meetings(facts: Facts, period: Period) -> Parts:
    return facts.of_accounts(_made(facts, period, *MET))


def _meeting_conversion(facts: Facts, period: Period) -> Parts:
    activities, opportunities = facts.rows("activities"), facts.rows("opportunities")
    meetings = activities.within(period) & met(activities)
    last = np.iinfo(np.int64).max
    first = np.full(facts.n, last, dtype=np.int64)
    days = activities.column("date").astype("datetime64[D]").astype(np.int64)
    np.minimum.at(first, activities.subject[meetings], days[meetings])
    created = opportunities.column("created").astype("datetime64[D]").astype(np.int64)
    after = opportunities.within(period, "created") & (created >= first[opportunities.subject])
    were_met = first < last
    return facts.of_accounts((facts.per_account("opportunities", after) > 0) & were_met, were_met)


KPIS = (
    Kpi(
        "account_coverage", "Accounts reached", "territory", "share",
        "accounts with a visit, meeting, demonstration or call in the period / all accounts",
        ("activities.type", "activities.date"), "reaching accounts that nobody has spoken to for long",
        _account_coverage, over="accounts", interval="wilson", needs=("activities.date", "activities.type"),
    ),
    Kpi(
        "visit_coverage", "Required visits made", "territory", "share",
        "sum over accounts of the visits made, at most those required / sum of required visits "
        "(required a year × length of the period); visits beyond the required ones make up for no other account",
        ("activities.type", "activities.date", "accounts.visits_per_year"),
        "visiting the accounts that fall short; fewer hours of travel; a call policy that the hours allow",
        _visit_coverage, over="required visits", interval="jackknife",
        needs=("activities.date", "activities.type", "accounts.visits_per_year"),
    ),
    Kpi(
        "visits", "Visits", "territory", "count", "visits in the period",
        ("activities.type", "activities.date"), "time in the field", _visits, total, interval="poisson",
        needs=("activities.date", "activities.type"), flow=True,
    ),
    Kpi(
        "meetings", "Meetings", "territory", "count", "visits, meetings and demonstrations in the period",
        ("activities.type", "activities.date"), "asking for them", _meetings, total, interval="poisson",
        needs=("activities.date", "activities.type"), flow=True,
    ),
    Kpi(
        "meeting_conversion", "Meetings that led to an opportunity", "territory", "share",
        "accounts met in the period with an opportunity created on or after the first meeting, within the period / "
        "accounts met in the period",
        ("activities.date", "opportunities.created"), "whom one meets, and what is offered there",
        _meeting_conversion, over="accounts that were met", interval="wilson",
        needs=("activities.date", "activities.type", "opportunities.created"),
    ),
)  # fmt: skip
