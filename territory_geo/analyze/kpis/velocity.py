"""Account KPIs of deals: how many are won, how large they are, how long they take, how fast money flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.kpis.definition import Kpi, Parts, Sums, divided, total

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period

Bools = NDArray[np.bool_]
_DAY = np.timedelta64(1, "D")


def open_at_end(facts: Facts, period: Period) -> Bools:
    """Tell which opportunities are open at the end of a period."""
    deals = facts.rows("opportunities")
    stop = period.stop.to_datetime64()
    decided = ~deals.has("stage", "open")
    # Won or lost without a date: when is not known, so it is not open either.
    gone = decided & ~(deals.column("closed") >= stop)
    is_open: Bools = (deals.column("created") < stop) & ~gone
    return is_open


def _dealt(facts: Facts, period: Period) -> tuple[Bools, Bools, np.ndarray, str]:
    """Return which were won and which decided in the period, the days each took (NaN: not known), and a note."""
    deals = facts.rows("opportunities")
    decided = deals.within(period, "closed") & ~deals.has("stage", "open")
    days = (deals.column("closed").astype("datetime64[D]") - deals.column("created").astype("datetime64[D]")) / _DAY
    early = decided & (days < 0)
    note = (
        f"in the whole plan, {int(early.sum()):,} closed before they were created: no length is taken from them"
        if early.any()
        else ""
    )
    return decided & deals.has("stage", "won"), decided, np.where(days < 0, np.nan, days), note


def _win_rate(facts: Facts, period: Period) -> Parts:
    won, decided, _, _ = _dealt(facts, period)
    return facts.of_records("opportunities", decided, won)


def _deal_size(facts: Facts, period: Period) -> Parts:
    won, _, _, _ = _dealt(facts, period)
    amount = facts.rows("opportunities").column("amount")
    lost = int((won & np.isnan(amount)).sum())
    note = f"in the whole plan, {lost:,} won without an amount do not count" if lost else ""
    return facts.of_records("opportunities", won & ~np.isnan(amount), amount, note=note)


def _cycle(facts: Facts, period: Period) -> Parts:
    _, decided, days, note = _dealt(facts, period)
    return facts.of_records("opportunities", decided & ~np.isnan(days), days, note=note)


def _velocity(facts: Facts, period: Period) -> Parts:
    won, decided, days, note = _dealt(facts, period)
    deals = facts.rows("opportunities")
    amount = deals.column("amount")
    priced, timed = won & ~np.isnan(amount), decided & ~np.isnan(days)
    values = {
        "open": open_at_end(facts, period) * 1.0, "won": won * 1.0, "decided": decided * 1.0, "priced": priced * 1.0,
        "amount": np.where(priced, np.nan_to_num(amount), 0.0), "timed": timed * 1.0,
        "days": np.where(timed, np.nan_to_num(days), 0.0),
    }  # fmt: skip
    return Parts(deals.subject, values, note)


def _flow(sums: Sums) -> np.ndarray:
    rate = divided(sums["won"], sums["decided"])
    size, days = divided(sums["amount"], sums["priced"]), divided(sums["days"], sums["timed"])
    return divided(sums["open"] * rate * size, days)


def _pipeline(facts: Facts, period: Period) -> Parts:
    deals = facts.rows("opportunities")
    waiting, amount = open_at_end(facts, period), deals.column("amount")
    lost = int((waiting & np.isnan(amount)).sum())
    note = f"in the whole plan, {lost:,} open ones without an amount do not count" if lost else ""
    return facts.of_records("opportunities", waiting & ~np.isnan(amount), amount, mean=False, note=note)


_NEEDS = ("opportunities.stage", "opportunities.closed", "opportunities.created")
KPIS = (
    Kpi(
        "win_rate", "Opportunities won", "account", "share", "won / (won + lost), closed in the period",
        ("opportunities.stage", "opportunities.closed"), "which deals one enters; meeting who decides", _win_rate,
        over="opportunities closed", interval="wilson", needs=_NEEDS,
    ),
    Kpi(
        "deal_size", "Amount of a deal", "account", "money", "mean amount of opportunities won in the period",
        ("opportunities.amount", "opportunities.closed"), "more products in one deal", _deal_size,
        over="opportunities won", interval="jackknife", needs=(*_NEEDS, "opportunities.amount"),
    ),
    Kpi(
        "cycle_days", "Days from first step to decision", "account", "days",
        "mean days from creation to closing, of opportunities won or lost in the period",
        ("opportunities.created", "opportunities.closed"), "meeting who decides early; fewer steps", _cycle,
        over="opportunities closed", interval="jackknife", better="lower", needs=_NEEDS,
    ),
    Kpi(
        "deal_velocity", "Deal velocity", "account", "money per day",
        "opportunities open at the period's end × win rate × mean amount won / mean days from creation to decision "
        "(won and lost: the time that any of them stays in the pipeline)",
        ("opportunities.stage", "opportunities.amount", "opportunities.created", "opportunities.closed"),
        "more opportunities, won more often, larger, decided faster", _velocity, _flow,
        over="opportunities closed, or no deal won, or none with a length", interval="jackknife",
        needs=(*_NEEDS, "opportunities.amount"), extensive=True,
        reference="Little, J. D. C. (1961). A proof for the queuing formula L = λW. Operations Research 9.",
    ),
    Kpi(
        "open_pipeline", "Open pipeline", "account", "money",
        "sum of amounts of opportunities open at the period's end",
        ("opportunities.amount", "opportunities.stage"), "new opportunities", _pipeline, total,
        needs=(*_NEEDS, "opportunities.amount"),
    ),
)  # fmt: skip
