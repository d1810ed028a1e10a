"""advise(): three designs solved, compared in money, explained by evidence, projected over years of growth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from territory_geo.analyze.advisor.designs import Design, hybrid_design, team_design, territory_design
from territory_geo.analyze.advisor.evidence import account_figures, evidence, in_words
from territory_geo.analyze.advisor.money import COMPANY, outcome, projection, turning_points
from territory_geo.analyze.advisor.terms import MODELS, AdviceTerms
from territory_geo.demand.segments import Segments
from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.crm import CRM
from territory_geo.geodata.ids import id_text
from territory_geo.optimize.stop import MaxIterations, Stop
from territory_geo.plan.hybrid.problem import HybridProblem
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.progress import Progress, silent

DEFAULT_STOP = MaxIterations(30)
CLOSE = 0.01
"""Lead, as a share of the best model's contribution, below which models are called equal."""


@dataclass(frozen=True, eq=False)
class Advice:
    """Which model fits, and why.

    Parameters
    ----------
    models : dict of str to str
        For each segment and for the "company": territory, account-based or hybrid.
    table : DataFrame
        A row per segment and model: see `outcome` in `money.py`.
    evidence : DataFrame
        A row per segment, see `COLUMNS` in `evidence.py`.
    turning : DataFrame
        What would have to be otherwise for another model to be as good: see `turning_points`.
    projection : DataFrame
        A row per year and model with today's people: see `projection`.
    reasons : dict of str to dict
        For each segment: `for`, `against`, `turns` as sentences.
    designs : dict of str to Design
        The three plans, each with its status.
    terms : AdviceTerms
        What was assumed.
    notes : tuple of str
        What is not known.
    """

    models: dict[str, str]
    table: pd.DataFrame
    evidence: pd.DataFrame
    turning: pd.DataFrame
    projection: pd.DataFrame
    reasons: dict[str, dict[str, list[str]]]
    designs: dict[str, Design]
    terms: AdviceTerms
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """The advice as sentences, one paragraph for the company and one for each segment."""
        parts = []
        for segment in [COMPANY, *(name for name in self.models if name != COMPANY)]:
            why = self.reasons[segment]
            lines = [f"{segment[:1].upper()}{segment[1:]}: {self.models[segment]}."]
            for head, name in (("For it", "for"), ("Against it", "against"), ("It would turn", "turns")):
                lines += [f"  {head}: {text}." for text in why[name]]
            parts.append("\n".join(lines))
        return "\n".join([*parts, *(f"Not known: {note}." for note in self.notes)])

    def __repr__(self) -> str:
        others = ", ".join(f"{name} {model}" for name, model in self.models.items() if name != COMPANY)
        return f"<Advice: {self.models[COMPANY]} for the company; {others}>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        shown = self.table[self.table["segment"] == COMPANY].drop(columns=["segment", "depth_won", "depth_lost"])
        return definition_table("Advice", dict(self.models), shown)


def advise(
    territories: TerritoryProblem,
    hybrid: HybridProblem,
    *,
    value: str,
    segments: Segments | str = "segment",
    crm: CRM | None = None,
    growth: Mapping[str, float] | None = None,
    years: int = 3,
    terms: AdviceTerms | None = None,
    stop: Stop | None = None,
    turns: int = 4,
    exchanges: int = 2,
    gap: float = 0.02,
    work: float = 5.0,
    seed: int = 0,
    progress: Progress | None = None,
) -> Advice:
    """Say for each segment and for the company whether territories, account teams or both fit, and why.

    Parameters
    ----------
    territories : TerritoryProblem
        Of all accounts, with reps: the territory model.
    hybrid : HybridProblem
        Of the same accounts, the named ones with teams. The account-based model is its roles and everybody's hours.
    value : str
        Column of the accounts that says what each is worth a year, such as "potential_usd".
    segments : Segments or str, default "segment"
        Or the column. Named accounts are the segment "named", whatever it says.
    crm : CRM, optional
        Contacts (stakeholders) and opportunities (deal size, cycle).
    growth : mapping of segment to share, optional
        Growth of the number of accounts a year; "*" is the rest. Left out: 5 % for all.
    years : int, default 3
        How far to look.
    terms : AdviceTerms, optional
        Prices, margin, and what only a team reaches.
    stop, turns, exchanges, gap, work, seed, progress
        For the searches, as in `solve`, `solve_teams` and `solve_hybrid`; 30 iterations for each territory search.

    Returns
    -------
    Advice

    Raises
    ------
    OptionError, DataError
        If the two problems are not of the same accounts, or an account has no value or segment.

    Notes
    -----
    Three designs are solved and checked; each is judged by what it wins less what it costs, account by account: value
    × margin × response to the share of its work that hours reach, without what only a team reaches where there is no
    team, less hours and travel. A segment's model is how the best design for it serves the segment.
    """
    terms, told = terms or AdviceTerms(), progress or silent
    rates = dict(growth) if growth is not None else {"*": 0.05}
    if isinstance(years, bool) or not isinstance(years, (int, np.integer)) or years < 1:
        raise OptionError(f"The 'years' parameter must be an int of at least 1. Got {years!r} instead.")
    if not rates or not all(np.isfinite(rate) and rate > -1 for rate in rates.values()):
        raise OptionError(f"The 'growth' must give shares a year above -1, such as {{'smb': 0.05}}. Got {rates!r}.")
    notes: list[str] = []
    members = territories.units.members
    members = members.set_index(pd.Index([id_text(name) for name in members["id"]], name="account")).sort_index()
    facts = _facts(members, hybrid, value, segments)
    facts = facts.join(account_figures(members, crm, notes))
    facts["beyond"] = terms.beyond_one_rep(facts["stakeholders"].to_numpy(dtype=float))
    rule = stop or DEFAULT_STOP
    told("advise", 0.0, "territories for all accounts")
    found = [territory_design(territories, hybrid, facts["value"], rule, seed, told)]
    told("advise", 0.35, "teams for as many accounts as hours reach")
    found.append(team_design(members, hybrid, facts["value"], gap=gap, work=work, seed=seed, progress=told))
    told("advise", 0.6, "teams and territories out of the same hours")
    options = {"stop": rule, "turns": turns, "exchanges": exchanges, "gap": gap, "work": work, "seed": seed}
    found.append(hybrid_design(hybrid, facts["value"], told, **options))
    designs = {design.model: design for design in found}
    notes += [f"the {d.model} model has no plan: {d.reason}" for d in found if d.plan is None]
    if all(design.plan is None for design in found):
        raise DataError(f"None of the three models has a plan: {'; '.join(notes[-3:])}.")
    table = outcome(found, facts, terms)
    figures = evidence(facts, members, designs["territory"], rates)
    turning = turning_points(table, terms)
    years_table = projection(found, facts, rates, int(years), terms)
    models = {str(segment): _model(part) for segment, part in table.groupby("segment", sort=False)}
    order = [COMPANY, *(name for name in models if name != COMPANY)]
    models = {name: models[name] for name in order}
    reasons = {name: _reasons(name, models[name], table, figures, turning, years_table, terms) for name in models}
    return Advice(models, table, figures, turning, years_table, reasons, designs, terms, tuple(notes))


def _facts(members: pd.DataFrame, hybrid: HybridProblem, value: str, segments: Segments | str) -> pd.DataFrame:
    """Return segment and value of each account, or say what does not fit."""
    both = set(map(id_text, hybrid.territories.units.members["id"])) | set(map(str, hybrid.teams.accounts.index))
    odd = sorted(both ^ set(members.index))
    if odd:
        raise OptionError(
            f"The two problems must be of the same accounts: {len(odd):,} are in one only, such as "
            f"{', '.join(odd[:5])}."
        )
    if value not in members.columns:
        raise OptionError(
            f"The accounts have no column {value!r} (value). Columns: {', '.join(map(str, members.columns))}."
        )
    worth = pd.to_numeric(members[value], errors="coerce")
    bad = worth.index[~(worth >= 0)]
    if len(bad):
        raise DataError(f"{value} is missing, negative or no number for {len(bad):,} accounts, such as {bad[0]}.")
    if isinstance(segments, Segments):
        named = segments.frame["segment"].reindex(members.index)
    elif segments in members.columns:
        named = members[segments].astype(str)
    else:
        raise OptionError(f"The accounts have no column {segments!r} (segments). Give Segments or name another column.")
    lost = named.index[named.isna()]
    if len(lost):
        raise DataError(f"{len(lost):,} accounts have no segment, such as {lost[0]}.")
    inside = members.index.isin(hybrid.teams.accounts.index)
    return pd.DataFrame({"segment": named.where(~inside, "named"), "value": worth.astype(float)}, index=members.index)


def _model(part: pd.DataFrame) -> str:
    """Return how the best design serves a segment."""
    ranked = part.dropna(subset=["contribution"]).sort_values("contribution", ascending=False, kind="stable")
    best = ranked.iloc[0]
    if best["teams"] == 0:
        return MODELS[0]
    return MODELS[1] if best["teams"] == best["accounts"] or best["model"] == MODELS[1] else MODELS[2]


def _reasons(
    segment: str, model: str, table: pd.DataFrame, figures: pd.DataFrame, turning: pd.DataFrame, years: pd.DataFrame,
    terms: AdviceTerms,
) -> dict[str, list[str]]:  # fmt: skip
    """Return what speaks for a model, against it, and what would turn the comparison."""
    part = table[table["segment"] == segment].dropna(subset=["contribution"])
    ranked = part.sort_values("contribution", ascending=False, kind="stable")
    best = ranked.iloc[0]
    team, area = in_words(figures, segment)
    gains, loses = (area, team) if model == MODELS[0] else (team, area)
    pro, contra, turns = list(gains), list(loses), []
    for _, other in ranked.iloc[1:].iterrows():
        if segment != COMPANY and other["teams"] == best["teams"]:
            continue  # serves the segment alike
        lead = best["contribution"] - other["contribution"]
        pro.append(
            f"{_money(lead)} a year ahead of the {other['model']} design: a margin of {_money(best['won'])} at a cost "
            f"of {_money(best['cost'])}, there {_money(other['won'])} at {_money(other['cost'])}"
        )
        if other["cost"] < best["cost"]:
            contra.append(f"the {other['model']} design costs {_money(best['cost'] - other['cost'])} a year less")
        if other["covered_share"] > best["covered_share"] + 0.005:
            contra.append(
                f"the {other['model']} design covers {100 * other['covered_share']:.0f} % of the value, this one "
                f"{100 * best['covered_share']:.0f} %"
            )
    for row in turning[turning["segment"] == segment].to_dict("records"):
        second, price, factor = str(row["second"]), float(row["cost_per_hour"]), float(row["beyond_factor"])
        if np.isfinite(price):
            more = "more" if price > terms.cost_per_hour else "less"
            turns.append(f"to {second} once an hour costs {more} than {price:,.0f} (here {terms.cost_per_hour:,.0f})")
        if np.isfinite(factor):
            turns.append(f"to {second} if what only teams reach were {factor:.2f} times as much")
        if float(row["lead"]) < CLOSE * abs(float(best["contribution"])):
            turns.append(f"easily: {second} is within {100 * CLOSE:.0f} % of it")
        if not (np.isfinite(price) or np.isfinite(factor)):
            turns.append(f"to {second} at no price of an hour, and whatever only teams reach")
    if segment == COMPANY:
        turns += _later(years)
        full = years[(years["model"] == best["model"]) & (years["use_share"] > 1)]
        if len(full):
            first = full.iloc[0]
            contra.append(
                f"hours run out in year {first['year']:.0f}: {first['people_needed']:,.0f} people are needed then"
            )
    return {"for": pro, "against": contra, "turns": turns}


def _later(years: pd.DataFrame) -> list[str]:
    """Return in which year another model is ahead, with today's people."""
    best = years.loc[years.groupby("year")["contribution"].idxmax()].set_index("year")["model"]
    changed = [year for year in best.index if best[year] != best.iloc[0]]
    if not changed:
        return []
    return [f"to {best[changed[0]]} in year {changed[0]}, as accounts grow and people do not"]


def _money(amount: float) -> str:
    """Return an amount as people say it: 1.2 million, 340 thousand."""
    size = abs(amount)
    if size >= 1e6:
        return f"{amount / 1e6:,.2f} million"
    return f"{amount / 1e3:,.0f} thousand" if size >= 1e4 else f"{amount:,.0f}"
