"""What each design brings and costs, by segment and over years of growth, and where the comparison would turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from territory_geo.analyze.advisor.designs import Design
from territory_geo.analyze.advisor.terms import AdviceTerms
from territory_geo.analyze.sizing import covered

COMPANY = "company"
"""What stands for all segments together."""


def outcome(designs: Sequence[Design], facts: pd.DataFrame, terms: AdviceTerms) -> pd.DataFrame:
    """Return a row per segment (and the company) and model.

    Parameters
    ----------
    designs : sequence of Design
    facts : DataFrame
        Index the accounts; `segment`, `value`, `beyond` (share of the value that only a team reaches).
    terms : AdviceTerms

    Returns
    -------
    DataFrame
        `segment`, `model`, `accounts`, `teams` (accounts with a team), `covered_share` (of the value), `hours`,
        `travel`, `cost` (hours and travel), `won` (margin on what is sold), `depth_won`,
        `depth_lost` (what only teams reach: in it, or not), `contribution` (won − cost); missing where the
        model has no plan.
    """
    rows = []
    for design in designs:
        table = design.accounts
        reached = table["covered"].to_numpy(dtype=float)
        won = terms.response(np.nan_to_num(reached)) * facts["value"].to_numpy() * terms.margin
        beyond = facts["beyond"].to_numpy()
        team = table["team"].to_numpy(dtype=bool)
        lines = pd.DataFrame(
            {
                "accounts": 1, "teams": team.astype(int), "worth": facts["value"].to_numpy(),
                "covered": reached * facts["value"].to_numpy(), "hours": table["hours"].to_numpy(),
                "travel": table["travel"].to_numpy(), "won": np.where(team, won, won * (1 - beyond)),
                "depth_won": np.where(team, won * beyond, 0.0), "depth_lost": np.where(team, 0.0, won * beyond),
            }
        )  # fmt: skip
        sums = lines.groupby(facts["segment"].to_numpy(), sort=False).sum()
        sums.loc[COMPANY] = lines.sum()
        sums["cost"] = sums["hours"] * terms.cost_per_hour + sums["travel"]
        sums["covered_share"] = sums["covered"] / sums["worth"].where(sums["worth"] > 0)
        sums["contribution"] = sums["won"] - sums["cost"]
        if design.plan is None:
            blank = ["covered_share", "hours", "travel", "cost", "won", "depth_won", "depth_lost", "contribution"]
            sums[blank] = np.nan
        rows.append(sums.assign(model=design.model).rename_axis("segment").reset_index())
    names = [
        "segment", "model", "accounts", "teams", "covered_share", "hours", "travel", "cost", "won", "depth_won",
        "depth_lost", "contribution",
    ]  # fmt: skip
    found = pd.concat(rows, ignore_index=True)[names]
    return found.astype({"accounts": int, "teams": int})


def turning_points(table: pd.DataFrame, terms: AdviceTerms) -> pd.DataFrame:
    """Return for each segment what would have to be otherwise for another way of serving it to be as good.

    Returns
    -------
    DataFrame
        `segment`, `best`, `second`, `lead` (currency a year), `cost_per_hour` at which both are equal (missing where no
        price does it), `beyond_factor` (what only teams reach, times this).
    """
    rows = []
    for segment, part in table.dropna(subset=["contribution"]).groupby("segment", sort=False):
        ranked = part.sort_values("contribution", ascending=False, kind="stable")
        if len(ranked) < 2:
            continue
        best = ranked.iloc[0]
        # Two designs that serve the segment alike say nothing about the model: the next one that does otherwise counts.
        others = ranked[ranked["teams"] != best["teams"]]
        second = (others if len(others) else ranked.iloc[1:]).iloc[0]
        lead = float(best["contribution"] - second["contribution"])
        more = float(best["hours"] - second["hours"])
        price = terms.cost_per_hour + lead / more if abs(more) > 1e-9 else np.nan
        # Both contributions are straight lines in what only teams reach.
        slope = float(best["depth_lost"] - second["depth_lost"])
        factor = 1 + lead / slope if abs(slope) > 1e-9 else np.nan
        rows.append(
            (
                segment, best["model"], second["model"], lead, price if price >= 0 else np.nan,
                factor if factor >= 0 else np.nan,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["segment", "best", "second", "lead", "cost_per_hour", "beyond_factor"])


def projection(
    designs: Sequence[Design], facts: pd.DataFrame, growth: Mapping[str, float], years: int, terms: AdviceTerms
) -> pd.DataFrame:
    """Return what each model comes to with today's people while accounts grow, and how many people it would take.

    Returns
    -------
    DataFrame
        `year`, `model`, `hours_needed` (to serve what is served today, grown), `capacity`, `use_share`, `people` (there
        are), `people_needed`, `covered_share` (of the value of that year), `cost`, `contribution`, with today's people.

    Notes
    -----
    Accounts of a segment stand for (1 + growth) ** year as many. Where hours no longer reach, accounts of least
    value for an hour are left out first.
    """
    rate = facts["segment"].map(lambda name: growth.get(name, growth.get("*", 0.0))).to_numpy(dtype=float)
    value, beyond = facts["value"].to_numpy(), facts["beyond"].to_numpy()
    rows = []
    for design in designs:
        if design.plan is None:
            continue
        table = design.accounts
        team, today = table["team"].to_numpy(dtype=bool), table["covered"].to_numpy(dtype=float)
        for year in range(years + 1):
            factor = (1 + rate) ** year
            needed = table["hours"].to_numpy() * factor
            reached = covered(needed, value * factor, design.capacity)
            share = today * reached
            won = terms.margin * value * factor * terms.response(share) * np.where(team, 1.0, 1.0 - beyond)
            cost = float((needed * reached).sum()) * terms.cost_per_hour
            cost += float((table["travel"].to_numpy() * factor * reached).sum())
            mean = design.capacity / design.people
            rows.append(
                (
                    year, design.model, float(needed.sum()), design.capacity, float(needed.sum()) / design.capacity,
                    design.people, int(np.ceil(needed.sum() / mean - 1e-9)),
                    float((share * value * factor).sum() / (value * factor).sum()), cost, float(won.sum()) - cost,
                )
            )  # fmt: skip
    names = [
        "year", "model", "hours_needed", "capacity", "use_share", "people", "people_needed", "covered_share", "cost",
        "contribution",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names)
