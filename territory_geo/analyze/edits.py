"""Manual edits of a plan: moves, locks and challenges, each kept or refused with reasons, the effect before and after.

A plan is never changed; the edited one is a new plan, and what was kept can enter the next solve as locks.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from territory_geo.analyze.explain.explain import next_best
from territory_geo.analyze.explain.trial import Judged, Trial
from territory_geo.analyze.explain.words import HAIR
from territory_geo.errors import OptionError
from territory_geo.plan.constraints import Constraint
from territory_geo.plan.edits import ACTIONS, Edit, Statement, constraints_on, read_edits
from territory_geo.plan.metrics import disruption_table
from territory_geo.plan.metrics.costs import penalties
from territory_geo.plan.plan import TerritoryPlan
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.tables import travel_figures

COLUMNS = ["row", "id", "action", "from", "to", "outcome", "why", "objective_change", "accounts", "reason", "by"]


@dataclass(frozen=True, eq=False)
class EditReport:
    """What became of a table of edits.

    Parameters
    ----------
    before, plan : TerritoryPlan
        The plan as it was, and with the edits that were kept.
    table : DataFrame
        A row per edit: `row`, `id`, `action`, `from`, `to`, `outcome` ("kept" or "refused"), `why`, `objective_change`
        (of that edit by itself, on the plan as it was then; NaN where nothing was tried), `accounts` (how many move
        with it: all on one spot, or in one area), `reason` and `by` as given.
    """

    before: TerritoryPlan
    plan: TerritoryPlan
    table: pd.DataFrame

    @cached_property
    def effect(self) -> pd.DataFrame:
        """What the edits come to, a row per figure: `before`, `after`, `change`."""
        before, after = _figures(self.before), _figures(self.plan)
        table = pd.DataFrame({"before": before, "after": after}).rename_axis("figure")
        return table.assign(change=table["after"] - table["before"])

    def locks(self, actions: Sequence[str] = ("lock",)) -> list[Constraint]:
        """Return edits that were kept, as constraints for the next solve.

        Parameters
        ----------
        actions : sequence of str, default ("lock",)
            Which ones: add "move" and "challenge" to keep what was moved where it is.
        """
        strange = [action for action in actions if action not in ACTIONS]
        if strange or isinstance(actions, str):
            raise OptionError(f"The 'actions' parameter must be of {', '.join(ACTIONS)}. Got {actions!r} instead.")
        mine = self.table[(self.table["outcome"] == "kept") & self.table["action"].isin(list(actions))]
        kept = mine.drop_duplicates("id", keep="last")
        statements = [
            Statement((id_,), to, False, f"row {row}")
            for id_, to, row in kept[["id", "to", "row"]].itertuples(index=False)
        ]
        return constraints_on(self.plan.problem.units, statements)

    def problem(self, actions: Sequence[str] = ("lock",)) -> TerritoryProblem:
        """Return the plan's problem with what was kept as locks: what to solve next."""
        problem = self.plan.problem
        return replace(problem, constraints=[*problem.constraints, *self.locks(actions)])

    def __repr__(self) -> str:
        counts = self.table["outcome"].value_counts()
        return f"<EditReport: {counts.get('kept', 0)} edits kept, {counts.get('refused', 0)} refused>"

    def _repr_html_(self) -> str:
        from territory_geo.html import definition_table

        counts = self.table["outcome"].value_counts()
        entries = {name: f"{counts.get(name, 0):,} edits" for name in ("kept", "refused")}
        shown = self.table[["row", "id", "action", "from", "to", "outcome", "why"]]
        return definition_table("Edits", entries, shown) + definition_table("Effect", {}, self.effect.reset_index())


def apply_edits(
    plan: TerritoryPlan, edits: str | os.PathLike[str] | pd.DataFrame | Sequence[Edit], *, enforce: bool = True
) -> EditReport:
    """Apply a table of manual edits to a plan.

    Parameters
    ----------
    plan : TerritoryPlan
    edits : path, DataFrame or sequence of Edit
        `id,action,to,reason,by`. **move** puts an account into another territory. **lock** does the same where it is
        not there yet, and keeps it there in the next solve; without `to`, where it is. **challenge** asks for a move
        that has to pay: it is kept only where the plan costs no more afterwards; without `to`, the next-best
        territory is asked for.
    enforce : bool, default True
        Whether an edit that breaks a constraint, or breaks one more than the plan does, is refused. Otherwise it is
        kept, and `why` says what it breaks.

    Returns
    -------
    EditReport

    Raises
    ------
    DataError
        If the table cannot be read.

    Notes
    -----
    Edits are tried in the order of their rows, each on the plan with those before it. Those that a constraint refused
    are tried again as long as others were kept: two accounts that change places need not be in a lucky order. Accounts
    of one unit move together. Only one edit of a unit can be kept; a later one that says otherwise is refused.

    Examples
    --------
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"id": list("abcd"), "x": [0, 1000, 3000, 4000], "y": 0, "visits": [1, 1, 1, 1]})
    >>> units = tg.BasicUnits.from_table(table, id="id", x="x", y="y", measures=["visits"])
    >>> problem = tg.TerritoryProblem(units, n_territories=2, balance={"visits": 0.5})
    >>> plan = tg.TerritoryPlan(problem, pd.Series(["W", "W", "E", "E"], index=list("abcd")))
    >>> wanted = pd.DataFrame({"id": ["b", "a"], "action": "move", "to": "E"})
    >>> report = apply_edits(plan, wanted)
    >>> report.table[["id", "outcome"]].to_numpy().tolist()
    [['b', 'kept'], ['a', 'refused']]
    >>> report.table["why"].iat[1]
    "W would be empty; E's visits would be 4, above their cap of 3"
    """
    listed = read_edits(edits) if isinstance(edits, (str, os.PathLike, pd.DataFrame)) else list(edits)
    rows: dict[int, dict[str, object]] = {}
    said: dict[str, Edit] = {}
    trial, waiting = Trial(plan), list(enumerate(listed))
    while waiting:
        again = []
        for i, edit in waiting:
            trial, rows[i], retry = _tried(trial, edit, said, enforce)
            if retry:
                again.append((i, edit))
        waiting = again if len(again) < len(waiting) else []
    table = pd.DataFrame([rows[i] for i in range(len(listed))], columns=COLUMNS)
    state = trial.plan
    if state is not plan:
        kept = int((table["outcome"] == "kept").sum())
        state = replace(state, provenance={**state.provenance, "edits_kept": kept, "edits_refused": len(table) - kept})
    return EditReport(plan, state, table)


def _tried(trial: Trial, edit: Edit, said: dict[str, Edit], enforce: bool) -> tuple[Trial, dict[str, object], bool]:
    """Return the plan after an edit, its row of the table, and whether it may be tried again later."""
    plan = trial.plan
    row: dict[str, object] = {
        "row": edit.row, "id": edit.id, "action": edit.action, "from": "", "to": edit.to, "outcome": "refused",
        "why": "", "objective_change": np.nan, "accounts": 0, "reason": edit.reason, "by": edit.by,
    }  # fmt: skip
    unit = plan.problem.units.unit_of.get(edit.id)
    if unit is None:
        return trial, row | {"why": "no account or unit has this id"}, False
    u = plan.problem.units.ids.index(unit)
    now = str(plan.labels.iloc[u])
    row |= {"from": now, "accounts": int(plan.problem.units.frame["accounts"].iloc[u])}
    to = edit.to or now
    if not edit.to and edit.action == "challenge":
        to = plan.territory_ids[int(next_best(trial, np.array([u]), [set()], None)[0])]
    row["to"] = to
    if to not in plan.territory_ids:
        return trial, row | {"why": f"there is no territory {to}: {', '.join(plan.territory_ids)}"}, False
    first = said.setdefault(unit, replace(edit, to=to))
    if first.row != edit.row and first.to != to:
        return trial, row | {"why": f"row {first.row} says {first.to}, for it or an account on its spot"}, False
    if to == now:
        said[unit] = replace(edit, to=to)
        return trial, row | {"outcome": "kept", "why": "it is there already", "objective_change": 0.0}, False
    judged = trial.judged(np.array([u]), np.array([plan.territory_ids.index(to)]))
    row["objective_change"] = float(judged.change[0])
    travel = float(trial.travels.now.sum())
    why, blocked = _verdict(judged, travel, enforce)
    empty = "no territory empty" in judged.ids(0)
    loses = edit.action == "challenge" and judged.change[0] > HAIR * travel
    if (blocked and enforce) or empty or loses:
        if first.row == edit.row:
            del said[unit]
        return trial, row | {"why": why}, blocked
    moved = plan.move(unit, to)
    return Trial(moved), row | {"outcome": "kept", "why": why}, False


def _verdict(judged: Judged, travel: float, enforce: bool) -> tuple[str, bool]:
    """Return what is to be said of an edit, and whether a constraint is broken."""
    reasons = judged.reasons(0)
    blocked = bool(reasons)
    share = judged.change[0] / travel if travel > 0 else 0.0
    size = f"{_percent(abs(share))} of all travel"
    costs = f"costs {size} more" if share > HAIR else f"saves {size}" if share < -HAIR else "costs nothing"
    ways = f"{judged.km_then[0]:,.1f} km from its centre instead of {judged.km_now[0]:,.1f}"
    if not blocked:
        return f"{costs}: {ways}", False
    return ("; ".join(reasons) if enforce else f"breaks: {'; '.join(reasons)}"), True


def _percent(share: float) -> str:
    """Return a share as a percentage that a person would write."""
    value = 100 * share
    if value < 0.01:
        return "less than 0.01 %"
    return f"{value:,.{0 if value >= 10 else 1 if value >= 1 else 2}f} %"


def _figures(plan: TerritoryPlan) -> pd.Series:
    """Return the figures of a plan that edits change."""
    travel = travel_figures(plan)
    found = {f"{row.measure}, largest deviation": float(str(row.max_deviation)) for row in plan.summary().itertuples()}
    found["mean km to the centre"] = float(travel["mean_km"])
    if "mean_hours" in travel:
        found["mean hours to the centre"] = float(travel["mean_hours"])
    found["objective"] = float(travel["objective"]) + sum(penalties(plan).values())
    if plan.problem.alignment is not None:
        table = disruption_table(plan)
        found |= {f"{row.measure} changing rep": float(str(row.share)) for row in table.itertuples()}
    check = plan.verify()
    found["checks that fail"] = float(len(check.failures))
    return pd.Series(found, dtype=float)
