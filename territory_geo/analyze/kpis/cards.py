"""What is behind the figures of one named account: contacts by channel, its people, its deals, its products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from territory_geo.analyze.kpis.covered import uncovered, unknown
from territory_geo.analyze.kpis.engagement import points_of
from territory_geo.analyze.kpis.facts import Facts
from territory_geo.analyze.kpis.influence import influence_map
from territory_geo.analyze.kpis.market import market_of
from territory_geo.analyze.kpis.options import KpiOptions
from territory_geo.analyze.kpis.portfolio import bought, bought_before, states
from territory_geo.analyze.kpis.revenue import revenue_of
from territory_geo.analyze.kpis.table import chosen_period
from territory_geo.analyze.kpis.velocity import open_at_end
from territory_geo.errors import DataError
from territory_geo.geodata import ids
from territory_geo.geodata.columns import did_you_mean
from territory_geo.geodata.crm.words import CHANNELS

if TYPE_CHECKING:
    import networkx as nx

    from territory_geo.analyze.kpis.alignment import Alignment
    from territory_geo.analyze.kpis.period import Period
    from territory_geo.geodata.crm import CRM
    from territory_geo.plan.plan import TerritoryPlan


@dataclass(frozen=True, eq=False)
class AccountCard:
    """One account.

    Parameters
    ----------
    account, name, owner, team, territory : str
        Who it is and who looks after it; empty where that is not known.
    engagement : DataFrame
        One row per channel that the activities have: `channel`, `points` at the period's end, `previous` (at the end of
        the period before, missing where the activities do not reach back to it), `contacts` in the period, `last`
        (day of the last one, missing where there was none).
    people : networkx.DiGraph or None
        From `influence_map`; None where no contact is known.
    deals : DataFrame
        Open at the period's end, then won or lost in it: `opportunity_id`, `product`, `stage`, `amount`, `created`,
        `closed`, `days` (from creation to the decision, or to the period's end).
    products : DataFrame
        One row per product: `product`, `amount`, `previous`, `state` (as in `white_space`).
    room : float
        What it could buy more in the period, in money; missing without a market measure.
    """

    account: str
    name: str
    owner: str
    team: str
    territory: str
    engagement: pd.DataFrame
    people: nx.DiGraph | None
    deals: pd.DataFrame
    products: pd.DataFrame
    room: float


def account_cards(
    plan: TerritoryPlan | Alignment,
    crm: CRM,
    *,
    accounts: Sequence[Any] | None = None,
    period: Any = None,
    against: str = "before",
    coverage: pd.DataFrame | None = None,
    owner: str | None = None,
    options: KpiOptions | None = None,
) -> list[AccountCard]:
    """Return what is behind the figures of each named account.

    Parameters
    ----------
    plan, crm, period, against, coverage, owner, options
        As in `kpis`.
    accounts : sequence of str, optional
        Ids; left out, the accounts that `coverage` names.

    Returns
    -------
    list of AccountCard
        In the order of ids. Parts whose table was not given are empty.

    Raises
    ------
    DataError
        If an account is not in the plan.
    OptionError
        If the period cannot be used.
    """
    facts = Facts(plan, crm, coverage=coverage, owner=owner, options=options or KpiOptions())
    when = chosen_period(period, crm, against)
    mine = facts.subjects.iloc[: facts.n]
    known = pd.Index(mine["account_id"])
    if accounts is None:
        places = np.flatnonzero((mine["motion"] == "account").to_numpy())
    else:
        asked = sorted({text.strip() for text in ids.texts(pd.Series(list(accounts), dtype=object))})
        places = known.get_indexer(pd.Index(asked, dtype=object))
        if (places < 0).any():
            strange = asked[int(np.flatnonzero(places < 0)[0])]
            raise DataError(f"Account {strange!r} is not in the plan.{did_you_mean(strange, known[:5000])}")
    names = ids.texts(facts.members["name"]) if "name" in facts.members else np.full(facts.n, "", dtype=object)
    room = np.full(facts.n, np.nan)
    if not (facts.missing(("accounts.market", "orders.amount")) or unknown(crm, ["orders"], when)):
        room = np.maximum(0.0, market_of(facts, when)[0] - revenue_of(facts, when))
    met = set(crm["contacts"]["account_id"]) if "contacts" in crm else set()
    channels, deals, products = _channels(facts, when), _deals(facts, when), _products(facts, when)
    cards = []
    for place in places.tolist():
        row = mine.iloc[place]
        account = str(row["account_id"])
        cards.append(
            AccountCard(
                account, str(names[place]), str(row["owner"]), str(row["team"]), str(row["territory"]),
                channels(place), influence_map(crm, account, period=when) if account in met else None,
                deals[deals["_subject"] == place].drop(columns="_subject").reset_index(drop=True),
                products(place), float(room[place]),
            )
        )  # fmt: skip
    return cards


def _channels(facts: Facts, when: Period) -> Any:
    """Return a function from an account's place to its contacts by channel."""
    if facts.missing(("activities.date", "activities.type")) or unknown(facts.crm, ["activities"], when):
        return lambda place: pd.DataFrame(columns=["channel", "points", "previous", "contacts", "last"])
    activities = facts.rows("activities")
    inside, before_end = activities.within(when), activities.column("date") < when.stop.to_datetime64()
    there = [name for name in CHANNELS if activities.has("channel", name).any()]
    told_before = not uncovered(facts.crm, ["activities"], when.previous, to_its_end=False)
    rows = []
    for name in there:
        chosen = activities.has("channel", name)
        last = pd.Series(activities.column("date")[chosen & before_end]).groupby(
            activities.subject[chosen & before_end]
        ).max()  # fmt: skip
        before = points_of(facts, when.previous, (name,)) if told_before else np.full(facts.n, np.nan)
        count = facts.per_account("activities", chosen & inside)
        rows.append((points_of(facts, when, (name,)), before, count, last))

    def of(place: int) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "channel": there,
                "points": [points[place] for points, _, _, _ in rows],
                "previous": [points[place] for _, points, _, _ in rows],
                "contacts": [int(count[place]) for _, _, count, _ in rows],
                "last": pd.to_datetime([last.get(place, pd.NaT) for _, _, _, last in rows]).normalize(),
            }
        )

    return of


def _deals(facts: Facts, when: Period) -> pd.DataFrame:
    """Return the opportunities open at the end of a period, or decided in it, of all accounts."""
    columns = ["opportunity_id", "product", "stage", "amount", "created", "closed"]
    if "opportunities" not in facts.crm:
        return pd.DataFrame(columns=[*columns, "days", "_subject"])
    deals = facts.rows("opportunities")
    is_open = open_at_end(facts, when)
    decided = deals.within(when, "closed") & ~deals.has("stage", "open")
    chosen = np.flatnonzero(is_open | decided)
    table = deals.frame.iloc[chosen][columns].assign(_subject=deals.subject[chosen])
    waiting = is_open[chosen]
    # What was decided after the period was open in it.
    table["stage"] = np.where(waiting, "open", table["stage"])
    table["closed"] = table["closed"].where(~waiting)
    table["days"] = (table["closed"].fillna(when.last_day).dt.normalize() - table["created"].dt.normalize()).dt.days
    order = {"_decided": ~waiting, "_ago": (when.stop - table["closed"]).dt.days.fillna(0), "_size": -table["amount"]}
    return table.assign(**order).sort_values([*order, "opportunity_id"]).drop(columns=list(order))


def _products(facts: Facts, when: Period) -> Any:
    """Return a function from an account's place to what it buys of each product."""
    if facts.missing(("orders.amount", "orders.date", "orders.product")) or unknown(facts.crm, ["orders"], when):
        return lambda place: pd.DataFrame(columns=["product", "amount", "previous", "state"])
    now, offered, _ = bought(facts, when)
    before = bought_before(facts, when)
    state = states(now, before)
    before = np.full(now.shape, np.nan) if before is None else before
    return lambda place: pd.DataFrame(
        {"product": offered, "amount": now[place], "previous": before[place], "state": state[place]}
    )
