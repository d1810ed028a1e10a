"""Plans made comparable: the same accounts in the same order, and who has each of them in every plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.ids import texts
from territory_geo.plan.current import owners_of
from territory_geo.plan.matching import best_matching
from territory_geo.plan.plan import TerritoryPlan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]

MATCHES = ("auto", "names", "accounts")
"""How territories of different plans are told to be the same."""


@dataclass(frozen=True, eq=False)
class Side:
    """One plan of a comparison.

    Parameters
    ----------
    name : str
        What the user calls it.
    plan : TerritoryPlan
    member : int array, shape (accounts,)
        The row of each common account in the plan's own members.
    unit : int array, shape (accounts,)
        The row of its unit.
    holder : int array, shape (accounts,)
        The position in `holders` of who has it, -1 for nobody. Of today's alignment that is the account's own rep,
        whatever territory its unit is drawn in.
    holders : list of str
        Territory ids; for today's alignment also reps whose accounts all lie in units drawn for others.
    base : list of str
        For each holder, the holder of the first plan that it corresponds to; empty where there is none.
    by_name : bool
        Whether those were found by name.
    """

    name: str
    plan: TerritoryPlan
    member: Ints
    unit: Ints
    holder: Ints
    holders: list[str]
    base: list[str] = field(default_factory=list)
    by_name: bool = True

    @cached_property
    def called(self) -> list[str]:
        """What each holder is called: by name its own name, else that of the first plan's, "… (new)" without one."""
        if self.by_name:
            return self.holders
        return [old or f"{own} (new)" for own, old in zip(self.holders, self.base, strict=True)]

    @cached_property
    def territory(self) -> Ints:
        """The position in the plan's `territory_ids` of each common account, shape (accounts,)."""
        codes: Ints = self.plan.codes[self.unit]
        return codes


@dataclass(frozen=True, eq=False)
class Sides:
    """All plans of a comparison; the first one is what the others are compared with.

    Parameters
    ----------
    sides : tuple of Side
    ids : array of text, shape (accounts,)
        The accounts that all plans have.
    by_name : bool
        Whether territories of the same name are the same; else they were matched by the accounts that they share.
    notes : tuple of str
        What the reader has to know.
    """

    sides: tuple[Side, ...]
    ids: Texts
    by_name: bool
    notes: tuple[str, ...]

    @property
    def first(self) -> Side:
        """The plan that the others are compared with."""
        return self.sides[0]

    @cached_property
    def held(self) -> Bools:
        """Which accounts somebody has in the first plan, shape (accounts,)."""
        return self.first.holder >= 0

    def moved(self, side: Side) -> Bools:
        """Return which accounts have another holder than in the first plan, shape (accounts,)."""
        number = {name: i for i, name in enumerate(self.first.holders)}
        same = np.array([*(number.get(name, -2) for name in side.base), -2], dtype=np.int64)
        moved: Bools = self.held & (same[side.holder] != self.first.holder)
        return moved


def sides_of(plans: Mapping[str, TerritoryPlan], match: str = "auto") -> Sides:
    """Return plans made comparable.

    Parameters
    ----------
    plans : mapping of name to TerritoryPlan
        The first is what the others are compared with.
    match : {"auto", "names", "accounts"}
        "names": territories of the same name are the same. "accounts": those that share most accounts, one to one.
        "auto": by name where every plan's territories are named after reps (`reps` or `current` of its problem).

    Raises
    ------
    OptionError, DataError
        If there is no plan, something is no plan, or the plans have no account in common.
    """
    if not isinstance(plans, Mapping) or not plans:
        raise OptionError(
            "The 'plans' parameter must be a mapping of names to plans, such as {'today': today, 'proposed': plan}. "
            f"Got {plans!r} instead."
        )
    for name, plan in plans.items():
        if not isinstance(plan, TerritoryPlan):
            what = "solution.plan" if hasattr(plan, "plan") else "a TerritoryPlan"
            raise OptionError(
                f"The plan {str(name)!r} must be a TerritoryPlan. Got {type(plan).__name__}: give {what}."
            )
    if match not in MATCHES:
        raise OptionError(f"The 'match' parameter must be one of {MATCHES}. Got {match!r} instead.")
    ids, rows, notes = _common(plans)
    by_name = match == "names" or (match == "auto" and all(_of_reps(plan) for plan in plans.values()))
    sides: list[Side] = []
    units: dict[int, Ints] = {}
    for (name, plan), member in zip(plans.items(), rows, strict=True):
        side = _side(str(name), plan, member, units)
        first = sides[0] if sides else side
        base = _same_names(side, first) if by_name else _matched(side, first)
        sides.append(replace(side, base=base, by_name=by_name))
    return Sides(tuple(sides), ids, by_name, tuple(notes))


def _of_reps(plan: TerritoryPlan) -> bool:
    return plan.problem.reps is not None or plan.problem.current is not None


def _common(plans: Mapping[str, TerritoryPlan]) -> tuple[Texts, list[Ints], list[str]]:
    """Return the ids that all plans have, in the first one's order, and where each plan has them."""
    found: dict[int, Texts] = {}
    lists = []
    for plan in plans.values():
        members = plan.problem.units.members
        lists.append(found.setdefault(id(members), texts(members["id"])))
    first = lists[0]
    if all(other is first or np.array_equal(other, first) for other in lists[1:]):
        return first, [np.arange(len(first))] * len(lists), []
    common = pd.Index(first, dtype=object)
    for other in lists[1:]:
        common = common[common.isin(other)]
    if common.empty:
        raise DataError("The plans have no account in common: their ids differ. Compare plans of the same accounts.")
    notes = []
    for name, own in zip(plans, lists, strict=True):
        if alone := len(own) - len(common):
            notes.append(f"{alone:,} of {len(own):,} accounts of {name} are not in all plans; they are left out of "
                         f"everything that is counted account by account.")  # fmt: skip
    return common.to_numpy(dtype=object), [pd.Index(own, dtype=object).get_indexer(common) for own in lists], notes


def _side(name: str, plan: TerritoryPlan, member: Ints, known: dict[int, Ints]) -> Side:
    problem = plan.problem
    units = problem.units
    if id(units.members) not in known:
        own = pd.Index(units.ids, dtype=object).get_indexer(pd.Index(texts(units.members["unit"]), dtype=object))
        known[id(units.members)] = own[member].astype(np.int64)
    unit = known[id(units.members)]
    if plan.provenance.get("status") != "current" or problem.current is None:
        return Side(name, plan, member, unit, plan.codes[unit], plan.territory_ids)
    owner = owners_of(units, problem.current)[member]
    holders = sorted({*plan.territory_ids, *owner} - {""})
    number: dict[Any, int] = {rep: i for i, rep in enumerate(holders)} | {"": -1}
    return Side(name, plan, member, unit, np.array([number[rep] for rep in owner], dtype=np.int64), holders)


def _same_names(side: Side, first: Side) -> list[str]:
    known = set(first.holders)
    return [name if name in known else "" for name in side.holders]


def _matched(side: Side, first: Side) -> list[str]:
    """Return the holder of the first plan with whom each shares most accounts, each given away once."""
    both = (side.holder >= 0) & (first.holder >= 0)
    kept = np.zeros((len(side.holders), len(first.holders)))
    np.add.at(kept, (side.holder[both], first.holder[both]), 1.0)
    found = best_matching(kept)
    return [first.holders[i] if i >= 0 else "" for i in found]
