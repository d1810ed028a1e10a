"""Account KPIs of content: how often something is shown or sent, and to how many accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from territory_geo.analyze.kpis.definition import Kpi, Parts

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period


def _usage(facts: Facts, period: Period) -> Parts:
    activities = facts.rows("activities")
    ours = activities.within(period)
    shown = ours & ~activities.has("content", "")
    made = facts.counted(activities.subject[ours])[: facts.n]
    return Parts(facts.everyone, {"top": facts.counted(activities.subject[shown])[: facts.n], "over": made})


def _reach(facts: Facts, period: Period) -> Parts:
    activities = facts.rows("activities")
    shown = activities.within(period) & ~activities.has("content", "")
    reached = facts.counted(activities.subject[shown])[: facts.n] > 0
    return Parts(facts.everyone, {"top": reached.astype(float), "over": np.ones(facts.n)})


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
