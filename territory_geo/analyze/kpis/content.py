"""Account KPIs of content: how often something is shown or sent, and to how many accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from territory_geo.analyze.kpis.definition import Floats, Kpi, Parts

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period


def _shown(facts: Facts, period: Period) -> Floats:
    """Return how many activities with a piece of content each account had in a period, shape (n,)."""
    activities = facts.rows("activities")
    return facts.per_account("activities", activities.within(period) & ~activities.has("content", ""))


def _usage(facts: Facts, period: Period) -> Parts:
    all_of_them = facts.rows("activities").within(period)
    return facts.of_accounts(_shown(facts, period), facts.per_account("activities", all_of_them))


def _reach(facts: Facts, period: Period) -> Parts:
    return facts.share_of_accounts(_shown(facts, period) > 0)


KPIS = (
    Kpi(
        "content_usage", "Contacts with content", "account", "share",
        "activities with a piece of content / activities in the period", ("activities.content", "activities.date"),
        "material that fits the account's question", _usage, over="activities", interval="jackknife",
        needs=("activities.content", "activities.date"),
    ),
    Kpi(
        "content_reach", "Accounts reached with content", "account", "share",
        "accounts that were shown or sent a piece of content in the period / accounts",
        ("activities.content", "activities.date"), "material for accounts that got none yet", _reach, over="accounts",
        interval="wilson", needs=("activities.content", "activities.date"),
    ),
)  # fmt: skip
