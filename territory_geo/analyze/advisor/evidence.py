"""Evidence for each segment, in numbers: density, driving, concentration, deals, stakeholders, growth, hours.

A figure is missing where the data does not have it, and `notes` says so; none is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from territory_geo.analyze.advisor.designs import Design
from territory_geo.analyze.advisor.money import COMPANY
from territory_geo.geodata.crm import CRM
from territory_geo.plan.plan import TerritoryPlan

COLUMNS = {
    "accounts": "accounts",
    "value_share": "share of all value",
    "top_share": "share of the segment's value in its largest tenth of accounts",
    "near_km": "km from an account to the next of the segment, half of them nearer",
    "home_km": "km from the rep's home, half of them nearer",
    "deal_size": "amount of a deal won, half of them smaller",
    "cycle_days": "days from opening a deal to winning it, half of them shorter",
    "stakeholders": "stakeholders for each account, mean",
    "prospects_share": "share of accounts that do not buy yet",
    "growth_share": "growth of the number of accounts a year",
    "hours_share": "share of the territory model's hours",
}
"""What is looked at, in words."""


def account_figures(members: pd.DataFrame, crm: CRM | None, notes: list[str]) -> pd.DataFrame:
    """Return stakeholders, deal size and cycle of each account, index `account`; missing where nothing is known."""
    found = pd.DataFrame({"stakeholders": np.nan, "deal_size": np.nan, "cycle_days": np.nan}, index=members.index)
    if "kind" in members.columns:
        found["prospect"] = members["kind"].astype(str).str.casefold().to_numpy() != "customer"
    else:
        found["prospect"] = np.nan
        notes.append("the accounts have no column 'kind': who buys already was not looked at")
    if crm is not None and "contacts" in crm:
        counts = crm["contacts"]["account_id"].astype(str).value_counts()
        found["stakeholders"] = counts.reindex(members.index).to_numpy(dtype=float)
    elif "stakeholders" in members.columns:
        found["stakeholders"] = pd.to_numeric(members["stakeholders"], errors="coerce").to_numpy(dtype=float)
    else:
        notes.append("there are no contacts: what only a team reaches is the assumed share of every account")
    if crm is not None and "opportunities" in crm:
        deals = crm["opportunities"]
        won = deals[deals["stage"] == "won"]
        days = (pd.to_datetime(won["closed"]) - pd.to_datetime(won["created"])).dt.days
        grouped = won.assign(days=days).groupby(won["account_id"].astype(str))[["amount", "days"]].median()
        found[["deal_size", "cycle_days"]] = grouped.reindex(members.index).to_numpy(dtype=float)
    else:
        for name in ("deal_size", "cycle_days"):
            column = "deal_size_usd" if name == "deal_size" and "deal_size_usd" in members.columns else name
            if column in members.columns:
                found[name] = pd.to_numeric(members[column], errors="coerce").to_numpy(dtype=float)
            else:
                notes.append(
                    f"there are no opportunities and no column {column!r}: {name.replace('_', ' ')} is not known"
                )
    return found


def evidence(
    facts: pd.DataFrame, members: pd.DataFrame, territory: Design, growth: Mapping[str, float]
) -> pd.DataFrame:
    """Return a row per segment and one for the company, with `COLUMNS`.

    Parameters
    ----------
    facts : DataFrame
        Index the accounts: `segment`, `value`, and what `account_figures` found.
    members : DataFrame
        Index the accounts; a point each.
    territory : Design
        Of the territory model: hours, and the ways from the reps' homes.
    growth : mapping of segment to share
    """
    rows = {}
    points = np.column_stack([members.geometry.x, members.geometry.y])
    xyz = _globe(points) if members.crs is not None else points / 1000
    home = _home_km(territory, members)
    hours = territory.accounts["hours"].reindex(facts.index)
    for segment in [*facts["segment"].drop_duplicates(), COMPANY]:
        mine = np.ones(len(facts), dtype=bool) if segment == COMPANY else (facts["segment"] == segment).to_numpy()
        part, worth = facts[mine], np.sort(facts["value"].to_numpy()[mine])[::-1]
        tenth = max(1, round(len(worth) / 10))
        near = np.nan
        if mine.sum() > 1:
            near = float(np.median(cKDTree(xyz[mine]).query(xyz[mine], k=2)[0][:, 1]))
        rates = part["segment"].map(lambda name: growth.get(name, growth.get("*", 0.0))).astype(float)
        rows[segment] = {
            "accounts": int(mine.sum()),
            "value_share": float(worth.sum() / max(facts["value"].sum(), 1e-12)),
            "top_share": float(worth[:tenth].sum() / max(worth.sum(), 1e-12)),
            "near_km": near,
            "home_km": float(home[mine].median()) if home is not None else np.nan,
            "deal_size": float(part["deal_size"].median()),
            "cycle_days": float(part["cycle_days"].median()),
            "stakeholders": float(part["stakeholders"].mean()),
            "prospects_share": float(part["prospect"].astype(float).mean()),
            "growth_share": float(rates.mean()),
            "hours_share": float(hours[mine].sum() / max(hours.sum(), 1e-12)) if hours.notna().any() else np.nan,
        }
    return pd.DataFrame(rows).T.rename_axis("segment").astype({"accounts": int})[list(COLUMNS)]


def _globe(lonlat: np.ndarray) -> np.ndarray:
    """Return points on a globe, km: chords are near enough to ways between neighbours."""
    lon, lat = np.radians(lonlat).T
    return 6371.0 * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _home_km(territory: Design, members: pd.DataFrame) -> pd.Series | None:
    """Return how far each account is from where its rep's trips start."""
    from territory_geo.plan import metrics

    plan = territory.plan
    if not isinstance(plan, TerritoryPlan):
        return None
    km = metrics.travel_km(plan.problem, plan.codes, plan.centers)
    row = plan.problem.units.frame.index.get_indexer(pd.Index(members["unit"]))
    return pd.Series(km[row], index=members.index)


def in_words(figures: pd.DataFrame, segment: str) -> tuple[list[str], list[str]]:
    """Return what speaks for teams and what for territories in a segment, each against the company's figure."""
    rows = {str(n): r for n, r in zip(figures.index, figures.to_dict("records"), strict=True)}
    mine, all_ = rows[segment], rows[COMPANY]
    team: list[str] = []
    area: list[str] = []

    def say(name: str, text: str, high_is_team: bool, least: float = 1.25) -> None:
        here, there = float(mine[name]), float(all_[name])
        if not (np.isfinite(here) and np.isfinite(there)) or min(here, there) <= 0 or segment == COMPANY:
            return
        ratio = here / there
        if ratio >= least or ratio <= 1 / least:
            (team if (ratio > 1) == high_is_team else area).append(text)

    say(
        "stakeholders",
        f"{mine['stakeholders']:.1f} stakeholders for each account, {all_['stakeholders']:.1f} over all accounts",
        True,
    )
    say("deal_size", f"a deal is {mine['deal_size']:,.0f}, {all_['deal_size']:,.0f} over all accounts", True)
    say("cycle_days", f"a deal takes {mine['cycle_days']:,.0f} days, {all_['cycle_days']:,.0f} over all accounts", True)
    say(
        "near_km",
        f"the next account of the segment is {mine['near_km']:,.0f} km away, {all_['near_km']:,.0f} km over all "
        f"accounts",
        True,
    )
    per_account = mine["value_share"] / mine["accounts"] / (all_["value_share"] / all_["accounts"])
    if segment != COMPANY and per_account >= 1.25:
        team.append(f"{100 * mine['value_share']:.0f} % of all value lies in {mine['accounts']:,.0f} accounts")
    elif segment != COMPANY and per_account <= 0.8:
        area.append(f"{100 * mine['value_share']:.0f} % of all value is spread over {mine['accounts']:,.0f} accounts")
    say(
        "prospects_share",
        f"{100 * mine['prospects_share']:.0f} % do not buy yet, {100 * all_['prospects_share']:.0f} % over all "
        f"accounts",
        False,
    )
    return team, area
