"""Today and any number of plans, side by side: one comparison, told per plan, territory, rep and account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from territory_geo.analyze.compare import changes
from territory_geo.analyze.compare.options import HOURS, CompareOptions, account_table, containers_of, tier_of
from territory_geo.analyze.compare.plans import plan_figures
from territory_geo.analyze.compare.sides import Side, Sides, sides_of
from territory_geo.analyze.compare.territories import territory_figures
from territory_geo.errors import OptionError
from territory_geo.plan import metrics
from territory_geo.plan.plan import TerritoryPlan


@dataclass(frozen=True, eq=False)
class Comparison:
    """Plans side by side; made by `compare`.

    Parameters
    ----------
    plans : DataFrame
        A row per plan (index `plan`): `status`, `territories`, `accounts`; per balanced measure ``…_deviation`` (the
        largest, a share) and ``…_within`` (territories within their bounds, a share; empty where the plan does not
        balance it); `pieces` (territories in more than one piece); travel, overlap, compactness and coverage as in
        `territories`; ``…_moved`` (share that changes rep of each measure), `relationships_kept`; ``…_split``
        (further territories of containers); `revenue_at_risk`, `travel_cost`, `cost` where prices are given.
    territories : DataFrame
        A row per plan and territory: `matches` (the territory of the first plan, empty for a new one) and its figures.
    reps : DataFrame
        A row per plan and rep: what is held, kept, gained, lost.
    disruption : DataFrame
        A row per plan, tier (empty: all) and measure.
    splits : DataFrame
        A row per plan and column of containers.
    base : str
        The first plan, which the others are compared with.
    measures : tuple of str
        Whose balance is told.
    options : CompareOptions
    notes : tuple of str
        What the reader has to know: what was left out, and why.
    """

    plans: pd.DataFrame
    territories: pd.DataFrame
    reps: pd.DataFrame
    disruption: pd.DataFrame
    splits: pd.DataFrame
    base: str
    measures: tuple[str, ...]
    options: CompareOptions
    notes: tuple[str, ...]
    sides: Sides = field(repr=False)
    values: pd.DataFrame = field(repr=False)

    def side(self, plan: str) -> Side:
        """Return what is known of a plan of this name.

        Raises
        ------
        OptionError
            If no plan has it.
        """
        for side in self.sides.sides:
            if side.name == plan:
                return side
        raise OptionError(f"No plan is called {plan!r}. Plans: {', '.join(map(str, self.plans.index))}.")

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """A row per plan and account: territory, who had it, who has it, whether it moves, km, nearer elsewhere."""
        tables = []
        for side in self.sides.sides:
            plan = side.plan
            km = metrics.travel_km(plan.problem, plan.codes, plan.centers)
            nearer = metrics.nearer_elsewhere(plan.problem, plan.codes, plan.centers)
            tables.append(changes.account_rows(self.sides, side, km, nearer))
        names = [side.name for side in self.sides.sides]
        whole = pd.concat(tables, ignore_index=True)
        codes = np.repeat(np.arange(len(names)), [len(table) for table in tables])
        whole.insert(0, "plan", changes.named(codes, names))
        return whole

    def moves(self, plan: str | None = None, *, reasons: bool = True) -> pd.DataFrame:
        """Return the accounts that change hands: one row per account, by id.

        Parameters
        ----------
        plan : str, optional
            Its name; left out, of all plans but the first.
        reasons : bool, default True
            Whether to say why: each move is undone on trial, which takes longer than the list.

        Returns
        -------
        DataFrame
            `plan`, `id`, `from`, `to`, then revenue and the other measures, and `reason`.

        Raises
        ------
        OptionError
            If no plan has the name.
        """
        chosen = self.sides.sides[1:] if plan is None else [self.side(plan)]
        tables = [self._moves(side, reasons) for side in chosen]
        filled = [table for table in tables if len(table)] or tables[:1]
        return pd.concat(filled, ignore_index=True) if filled else self._moves(self.sides.first, reasons)

    def _moves(self, side: Side, reasons: bool) -> pd.DataFrame:
        table = changes.move_rows(self.sides, side, self.values)
        if reasons:
            from territory_geo.analyze.explain.moves import move_reasons

            table["reason"] = move_reasons(side, table)
        return table

    def __repr__(self) -> str:
        names = ", ".join(map(str, self.plans.index))
        return f"<Comparison of {names} with {self.base}: {len(self.sides.ids):,} accounts>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        shown = self.plans.dropna(axis=1, how="all").T.rename_axis("figure").reset_index()
        entries = {"compared with": self.base, "accounts": f"{len(self.sides.ids):,}"}
        entries |= {f"note {i}": note for i, note in enumerate(self.notes, 1)}
        for name in shown.columns[1:]:
            shown[name] = [_short(cell) for cell in shown[name]]
        return definition_table("Comparison", entries, shown)


def _short(cell: Any) -> str:
    if isinstance(cell, (bool, np.bool_, str)):
        return str(cell)
    return "" if cell is None or cell != cell else f"{float(cell):,.4g}" if abs(cell) < 1000 else f"{float(cell):,.0f}"


def compare(
    plans: Mapping[str, TerritoryPlan],
    *,
    loss_rate: float | None = None,
    km_cost: float | None = None,
    hour_cost: float | None = None,
    measures: Sequence[str] | None = None,
    tier: str | None = None,
    containers: Sequence[str] | None = None,
    capacity_hours: float | None = None,
    shapes: bool | None = None,
    match: str = "auto",
) -> Comparison:
    """Compare plans of the same accounts: balance, travel, compactness, overlap, coverage, what changes rep, money.

    Parameters
    ----------
    plans : mapping of name to TerritoryPlan
        The first is what the others are compared with: usually `TerritoryPlan.from_current(problem)`. Plans may have
        different numbers of territories, tolerances, constraints.
    loss_rate : float, optional
        Share of the revenue that changes rep which you expect to be at risk, 0 to 1; left out, none is told.
    km_cost, hour_cost : float, optional
        What a kilometre and an hour on the way cost, in the accounts' currency; left out, no cost of travel is told.
        Kilometres are those of `trip_km`; hours are the workload's driving hours, else `trip_hours`.
    measures : sequence of str, optional
        Whose balance is told; left out, all that one of the plans balances.
    tier : str, optional
        Column of the accounts whose values are told apart; left out, "tier" or "segment" where there is one.
    containers : sequence of str, optional
        Columns of what should stay whole; left out, "state", "county" and those of `KeepWhole` constraints.
    capacity_hours : float, optional
        Hours a year of each territory's rep; left out, those of the reps or of the workload's rules. Without any,
        coverage is not known.
    shapes : bool, optional
        Whether territories' shapes are drawn, for the Polsby-Popper measure; left out, up to 20,000 units.
    match : {"auto", "names", "accounts"}
        Which territories of two plans are the same: those of one name, or those that share most accounts, one to one.
        "auto": by name where every plan's territories are named after reps.

    Returns
    -------
    Comparison
        `plans`, `territories`, `reps`, `disruption`, `splits`, `accounts` and `moves()`, all tidy tables.

    Raises
    ------
    OptionError, DataError
        If an option is out of range, a column is not there, or the plans have no account in common.

    Notes
    -----
    Units are km, hours and shares from 0 to 1. An account changes rep where another rep has it than in the first
    plan; against today's alignment that is its own rep, also where its unit is shared. Accounts of nobody have nobody
    to lose. Where the first plan's rep has no territory any more, the account changes rep all the same. Relationships
    are customers (not prospects) with their rep. `overlap_nearer` is the share of trips to places that lie nearer to
    another territory's centre; `overlap_hulls` the mean share of the smaller of two account hulls that lies in the
    other. Compactness: `hull_reock` is the area of the accounts' hull over that of the smallest circle around it;
    `polsby_popper` is 4π × area / outline² of the shape on the map. Coverage: the share of visits, and of accounts
    with all their visits, that the rep's hours reach, most potential per hour first.
    O(n log n) per plan, beside what the plan's own centres cost.

    Examples
    --------
    >>> table = pd.DataFrame({"id": list("abcd"), "x": [0, 1, 8, 9], "y": 0, "visits": 1, "rep": list("RRRS")})
    >>> import territory_geo as tg
    >>> units = tg.BasicUnits.from_accounts(tg.read_accounts(table, crs=None), land=None)
    >>> problem = tg.TerritoryProblem(units, n_territories=2, balance={"visits": 0.1}, current="rep")
    >>> today = tg.TerritoryPlan.from_current(problem)
    >>> comparison = compare({"today": today, "even": today.move("c", "S")})
    >>> comparison.plans[["visits_deviation", "accounts_moved"]].round(2).to_numpy().tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    >>> comparison.moves()[["id", "from", "to"]].to_numpy().tolist()
    [['c', 'R', 'S']]
    """
    options = CompareOptions(
        loss_rate, km_cost, hour_cost, tier, containers, capacity_hours, shapes, match
    )  # fmt: skip
    sides = sides_of(plans, match)
    names = _measures(sides, measures)
    first = sides.first.plan
    values, missing = account_table(first)
    values = values.iloc[sides.first.member].reset_index(drop=True)
    territories = _territories(sides, names, options)
    disruption = changes.disruption(sides, values, tier_of(first, options))
    splits = changes.splits(sides, containers_of(first, options))
    notes = list(sides.notes)
    if missing:
        notes.append(f"{', '.join(missing)}: not counted in what changes rep, values of some accounts are missing or "
                     f"negative.")  # fmt: skip
    notes += _unknown(territories, options)
    table = plan_figures(sides, names, territories, disruption, splits, options)
    reps = changes.holders(sides, [_own_hours(side, values) for side in sides.sides])
    return Comparison(table, territories, reps, disruption, splits, sides.first.name, tuple(names), options,
                      tuple(notes), sides, values)  # fmt: skip


def _own_hours(side: Side, values: pd.DataFrame) -> pd.DataFrame:
    """Return what accounts are worth, with the hours that they take in this plan: driving depends on whose they are."""
    if side.plan.problem.work is None:
        return values
    own = account_table(side.plan)[0].iloc[side.member].reset_index(drop=True)
    return values.assign(**{name: own[name] for name in HOURS if name in values and name in own})


def _measures(sides: Sides, measures: Sequence[str] | None) -> list[str]:
    if measures is None:
        return list(dict.fromkeys(m for side in sides.sides for m in side.plan.problem.balance))
    there = {str(c) for side in sides.sides for c in side.plan.problem.units.measures} | {"accounts"}
    strange = [name for name in measures if name not in there]
    if strange or not measures or isinstance(measures, str):
        raise OptionError(
            f"The 'measures' parameter must be a list of measures of the plans: {', '.join(sorted(there))}. "
            f"Got {measures!r} instead."
        )
    return list(dict.fromkeys(measures))


def _territories(sides: Sides, names: list[str], options: CompareOptions) -> pd.DataFrame:
    tables = []
    for side in sides.sides:
        table = territory_figures(side.plan, names, options).reset_index()
        base = dict(zip(side.holders, side.base, strict=True))
        table.insert(0, "plan", side.name)
        table.insert(2, "matches", [base[name] for name in table["territory"]])
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _unknown(territories: pd.DataFrame, options: CompareOptions) -> list[str]:
    """Return what could not be told, and what would change that."""
    notes = []
    if territories["covered_visits"].isna().all():
        needed = "" if territories["hours"].notna().any() else "visit hours or a workload, and "
        notes.append(f"Coverage is not known: it needs {needed}the hours that a rep has a year (capacity_hours).")
    if territories["polsby_popper"].isna().any() and options.shapes is None:
        notes.append("The Polsby-Popper measure is left out for plans of more than 20,000 units (shapes=True).")
    if territories["trip_km"].isna().all():
        notes.append("Kilometres a year are not known: the accounts have no column visits_per_year.")
    return notes
