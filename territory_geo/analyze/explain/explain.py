"""Why each account is where it is: the next-best territory, what it would cost, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.analyze.explain import words
from territory_geo.analyze.explain.trial import Judged, Trial
from territory_geo.errors import OptionError
from territory_geo.geodata.ids import id_text, texts
from territory_geo.plan.current import account_values, owners_of
from territory_geo.plan.metrics import minimised

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_WAYS = 100_000_000
"""Ways up to which every territory is tried; beyond, the nearest ones, those that touch, and today's."""
NEAREST = 8
"""Territories that are tried then."""


def explain(plan: TerritoryPlan, accounts: Any = None, *, territories: int | None = None) -> pd.DataFrame:
    """Say for each account why it stays with its territory, or why it moves from its rep of today.

    Parameters
    ----------
    plan : TerritoryPlan
        With as many territories as its problem asks for.
    accounts : id or ids, optional
        Of accounts or units; left out, all accounts.
    territories : int, optional
        Of how many territories, the nearest ones, the next best is sought (those that touch, and today's, besides).
        Left out: all of them, up to a hundred million ways; then 8.

    Returns
    -------
    DataFrame
        A row per account, in the order of the plan's accounts: `id`, `unit`, `territory`, `was` (its rep today, empty
        where nobody says), `moves`; of the move to the `next_best` territory, the one with the least objective:
        `objective_change` (in the objective's unit, prices of soft constraints included; negative: the plan would cost
        less), `objective_share` (of the plan's travel), `km` and `next_km` (to the centres, now and then),
        `deviation` and `next_deviation` (the largest of both territories from their targets), `accounts_change`
        and `revenue_change` (what more changes rep of today, empty where nobody says), `blocked_by` (ids of the
        constraints it would break); `stay_change` and `stay_blocked_by`: the same of not moving from today's rep;
        `sentence`.

    Raises
    ------
    OptionError
        If an account is unknown.
    DataError
        If the plan has another number of territories than its problem.

    Notes
    -----
    Every move is re-evaluated by itself: sums per territory are kept, centres are chosen anew, each constraint is
    judged again. A constraint stands in the way where the move breaks it, or breaks it more than the plan does. The
    accounts of a unit move together. Where overlap has a price (`OverlapCost`) territories are ranked without it; the
    price counts in what the move to the next best costs. Ways measured: accounts × territory for each territory
    tried, and territory² for the sums.

    Examples
    --------
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"id": list("abcd"), "x": [0, 1000, 3000, 4000], "y": 0, "visits": [2, 1, 1, 2]})
    >>> units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> problem = tg.TerritoryProblem(units, n_territories=2, balance={"visits": 0.0})
    >>> plan = tg.TerritoryPlan(problem, pd.Series(["W", "E", "W", "E"], index=list("abcd")))
    >>> explain(plan, "b")["sentence"].item()
    "Stays with E: W is nearer (1 km, not 3), but W's visits would be 4, above their cap of 3."
    """
    members = plan.problem.units.members
    rows = asked_rows(plan, accounts)
    position = pd.Index(plan.problem.units.ids, dtype=object)
    unit = position.get_indexer(pd.Index(texts(members["unit"].iloc[rows]), dtype=object)).astype(np.int64)
    trial = Trial(plan)
    was = _was(plan)
    every, back = np.unique(unit, return_inverse=True)
    table = pd.DataFrame({"id": members["id"].iloc[rows].to_numpy(), "unit": members["unit"].iloc[rows].to_numpy()})
    table["territory"] = plan.labels.to_numpy()[unit]
    table["was"] = was[rows]
    there = set(plan.territory_ids)
    table["moves"] = [bool(old) and old != now for old, now in zip(table["was"], table["territory"], strict=True)]
    if len(plan.territory_ids) == 1:
        return table.assign(sentence=[words.only(name) for name in table["territory"]])
    today = [was[i] if was[i] in there else "" for i in rows]
    best = next_best(trial, every, _extra(plan, unit, today), territories)
    judged = trial.judged(every, best)
    back_rows = np.flatnonzero(table["moves"].to_numpy() & np.array([bool(name) for name in today]))
    number = {name: t for t, name in enumerate(plan.territory_ids)}
    home = trial.judged(unit[back_rows], np.array([number[today[i]] for i in back_rows], dtype=np.int64))
    total = float(trial.travels.now.sum())
    table = _figures(plan, table, judged, back, rows, total)
    table["stay_change"], table["stay_blocked_by"] = np.nan, ""
    table.loc[back_rows, "stay_change"] = home.change
    table.loc[back_rows, "stay_blocked_by"] = ["; ".join(home.ids(i)) for i in range(len(back_rows))]
    stay = dict(zip(back_rows.tolist(), range(len(back_rows)), strict=True))
    hair = words.HAIR * max(total, 1e-300)
    knows = plan.problem.current is not None
    sentences = []
    for i, (j, now, old) in enumerate(zip(back, table["territory"], table["was"], strict=True)):
        if i in stay:
            sentences.append(said_of_move(home, stay[i], old, now, hair))
        elif table["moves"].iat[i]:
            sentences.append(words.gone(old, now))
        elif knows and not old:
            sentences.append(words.new(now))
        else:
            other = plan.territory_ids[best[j]]
            gain = bool(judged.change[j] < -hair)
            reasons = judged.reasons(j) if gain else []
            sentences.append(words.stays(now, other, judged.km_now[j], judged.km_then[j], gain, reasons))
    table["sentence"] = sentences
    table.attrs["objective_unit"] = (
        f"{minimised(plan.problem)}{'²' * (plan.problem.objective.power == 2)} × {plan.problem.weight_name or 'unit'}"
    )
    return table


def said_of_move(home: Judged, i: int, was: str, now: str, hair: float) -> str:
    """Say why an account moves; trial `i` is its way back."""
    loss = bool(home.change[i] > hair)
    return words.moves(was, now, home.km_now[i], home.km_then[i], loss, home.reasons(i))


def asked_rows(plan: TerritoryPlan, accounts: Any) -> Ints:
    """Return the rows of the accounts that are asked for, in their order; ids of units stand for all of theirs."""
    members = plan.problem.units.members
    if accounts is None:
        return np.arange(len(members))
    given = [accounts] if isinstance(accounts, str) or not isinstance(accounts, Iterable) else list(accounts)
    wanted = {id_text(value) for value in given}
    own, unit = texts(members["id"]), texts(members["unit"])
    known = set(own)
    strangers = sorted(wanted - known - set(unit))
    if strangers:
        raise OptionError(f"No account or unit has the id {', '.join(strangers[:5])}.")
    chosen = np.array([o in wanted or (u in wanted and u not in known) for o, u in zip(own, unit, strict=True)])
    return np.flatnonzero(chosen)


def next_best(trial: Trial, unit: Ints, extra: list[set[int]], territories: int | None) -> Ints:
    """Return the code of the territory, of those tried, where each unit would cost least, shape (units,).

    Ties go to the first id.
    """
    k, n = trial.travels.k, len(trial.plan.codes)
    codes = trial.plan.codes
    near = k if territories is None and len(unit) * n <= MOST_WAYS else territories or NEAREST
    if near >= k - 1:
        pairs = [(i, t) for i in range(len(unit)) for t in range(k) if t != codes[unit[i]]]
    else:
        places, xy = trial.plan.centers.xy, trial.plan.problem.units.xy
        straight = trial.plan.problem.straight
        apart = np.column_stack([straight.between(xy[unit], np.broadcast_to(p, (len(unit), 2))) for p in places])
        apart[np.arange(len(unit)), codes[unit]] = np.inf
        nearest = np.argsort(apart, axis=1, kind="stable")[:, :near]
        pairs = sorted(
            (i, int(t)) for i in range(len(unit))
            for t in {*nearest[i].tolist(), *extra[i], *trial.touching(int(unit[i]))} - {int(codes[unit[i]])}
        )  # fmt: skip
    who, to = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    _, change = trial.ranked(unit[who], to)
    # Rounding must not choose between equal territories.
    hair = 1e-12 * float(trial.travels.now.sum())
    order = np.lexsort((to, np.round(change / hair) if hair > 0 else change, who))
    _, first = np.unique(who[order], return_index=True)
    best: Ints = to[order][first]
    return best


def _was(plan: TerritoryPlan) -> NDArray[np.object_]:
    """Return who has each account today, shape (members,), empty where nobody does or nobody says."""
    units = plan.problem.units
    if plan.problem.current is None:
        return np.full(len(units.members), "", dtype=object)
    return owners_of(units, plan.problem.current)


def _extra(plan: TerritoryPlan, unit: Ints, today: list[str]) -> list[set[int]]:
    """Return, per unit in order, the territories of its reps of today."""
    number = {name: t for t, name in enumerate(plan.territory_ids)}
    found: dict[int, set[int]] = {int(u): set() for u in np.unique(unit)}
    for u, name in zip(unit.tolist(), today, strict=True):
        if name:
            found[u].add(number[name])
    return [found[u] for u in sorted(found)]


def _figures(
    plan: TerritoryPlan, table: pd.DataFrame, judged: Judged, back: Ints, rows: Ints, total: float
) -> pd.DataFrame:
    """Return the table with what the move to the next best comes to."""
    names = np.array(plan.territory_ids, dtype=object)
    ids = ["; ".join(judged.ids(j)) for j in range(len(judged.change))]
    table = table.assign(
        next_best=names[judged.trials.to][back],
        objective_change=judged.change[back],
        objective_share=judged.change[back] / total if total > 0 else 0.0,
        km=judged.km_now[back],
        next_km=judged.km_then[back],
        deviation=judged.deviation_now[back],
        next_deviation=judged.deviation_then[back],
        accounts_change=np.nan,
        revenue_change=np.nan,
        blocked_by=np.array(ids, dtype=object)[back],
    )
    if plan.problem.current is not None:
        before = table["was"].to_numpy() != table["territory"].to_numpy()
        after = table["was"].to_numpy() != table["next_best"].to_numpy()
        step = np.where(table["was"].to_numpy() == "", 0.0, after.astype(float) - before.astype(float))
        table["accounts_change"] = step
        members = plan.problem.units.members
        revenue = next((str(c) for c in members.columns if str(c).startswith("revenue")), None)
        if revenue is not None and bool(np.isfinite(pd.to_numeric(members[revenue], errors="coerce")).all()):
            table["revenue_change"] = step * account_values(plan.problem.units, revenue)[rows]
    return table
