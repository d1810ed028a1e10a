"""Each kind of constraint, checked from tables with code of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from territory_geo.geodata.ids import texts
from territory_geo.plan.constraints import (
    AccountRange,
    Apart,
    DisruptionBudget,
    Forbid,
    HomeInside,
    KeepWhole,
    Lock,
    MaxRadius,
    Together,
)
from territory_geo.plan.verify.changes import changes_of, shares_changed
from territory_geo.plan.verify.reach import too_far
from territory_geo.plan.verify.result import TOLERANCE, Verification

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Owners = Mapping[str, str]


def check_rules(result: Verification, problem: TerritoryProblem, owner: Owners) -> None:
    """Check the problem's constraints: `owner` says which territory each unit is in."""
    if pairs := [c for c in problem.constraints if isinstance(c, (Lock, Forbid))]:
        result.add("constraints", _pairs(pairs, owner), f"locks and bans kept: {len(pairs)}")
    if groups := problem.of_kind(Together):
        result.add("together", _parted(groups, owner), f"groups kept together: {len(groups)}")
    if apart := problem.of_kind(Apart):
        result.add("apart", _joined(apart, owner), f"groups kept apart: {len(apart)}")
    if radius := problem.of_kind(MaxRadius):
        least = min(radius, key=lambda c: c.km)
        result.add("radius", too_far(problem, owner, least.km), f"all within {least.km:g} km of their centres")
    if ranges := problem.of_kind(AccountRange):
        result.add("accounts per territory", _miscounted(problem, ranges, owner), "within their range")
    if whole := [c for c in problem.of_kind(KeepWhole) if c.limit is not None]:
        result.add("containers", _divided(problem, whole, owner), "divided no more than allowed")
    if problem.of_kind(HomeInside):
        result.add("homes", _away_from_home(problem, owner), "each inside its territory")
    if budgets := problem.of_kind(DisruptionBudget):
        result.add("disruption", _disrupted(problem, budgets, owner), "within its budgets")


def _pairs(pairs: Iterable[Lock | Forbid], owner: Owners) -> Iterator[str]:
    for constraint in pairs:
        for unit in constraint.units:
            if (owner.get(unit) == constraint.territory) != isinstance(constraint, Lock):
                yield f"{constraint} (unit {unit} is in {owner.get(unit) or None})"


def _parted(groups: Iterable[Together], owner: Owners) -> Iterator[str]:
    for group in groups:
        found = sorted({owner.get(unit) or "none" for unit in group.units})
        if len(found) > 1:
            yield f"{group} (they are in {', '.join(found)})"


def _joined(groups: Iterable[Apart], owner: Owners) -> Iterator[str]:
    for group in groups:
        first: dict[str, str] = {}
        for unit in group.units:
            territory = owner.get(unit, "")
            if territory and territory in first:
                yield f"{group} (unit {first[territory]} and unit {unit} are both in {territory})"
            first.setdefault(territory, unit)


def _miscounted(problem: TerritoryProblem, ranges: Iterable[AccountRange], owner: Owners) -> Iterator[str]:
    territory = [owner.get(unit, "") for unit in problem.units.ids]
    counts = problem.units.frame["accounts"].astype(float).groupby(np.array(territory, dtype=object)).sum()
    for allowed in ranges:
        for name, count in counts.items():
            if name and not allowed.lower <= count <= allowed.upper:
                yield f"{name} holds {count:,.6g} accounts, allowed {allowed.lower:,} to {allowed.upper:,}"


def _divided(problem: TerritoryProblem, wholes: Iterable[KeepWhole], owner: Owners) -> Iterator[str]:
    members = problem.units.members
    territory = pd.Series([owner.get(unit, "") for unit in texts(members["unit"])], dtype=object)
    for whole in wholes:
        container = pd.Series([text.strip() for text in texts(members[whole.column])], dtype=object)
        counts = territory[container != ""].groupby(container).nunique()
        further = int((counts - 1).sum())
        if whole.limit is not None and further > whole.limit:
            worst = str(counts.idxmax())
            yield (
                f"{whole.id}: {further} further territories, allowed {whole.limit} "
                f"({worst} lies in {int(counts[worst])} territories)"
            )


def _away_from_home(problem: TerritoryProblem, owner: Owners) -> Iterator[str]:
    assert problem.reps is not None
    units = problem.units
    spots = shapely.points(units.plane.to_plane(units.xy))
    land = ~units.on_their_own
    shapes = np.where(land, units.shapes, shapely.Point()) if land.any() else spots
    for rep, place in problem.reps.frame.geometry.items():
        spot = shapely.Point(*units.plane.to_plane(np.array([[place.x, place.y]]))[0])
        apart = shapely.distance(shapes, spot)
        nearest = units.ids[int(np.nanargmin(apart))]
        if owner.get(nearest) != rep:
            yield f"the home of {rep} is in unit {nearest}, which is in {owner.get(nearest) or None}"


def _disrupted(problem: TerritoryProblem, budgets: Iterable[DisruptionBudget], owner: Owners) -> Iterator[str]:
    changes = changes_of(problem, [owner.get(unit, "") for unit in texts(problem.units.members["unit"])])
    for budget in budgets:
        for measure, cap in budget.caps:
            for group, (moved, held) in shares_changed(problem, changes, measure, budget.per).items():
                if moved > cap * held + TOLERANCE * held:
                    whose = f" of {group}" if group else ""
                    yield f"{100 * moved / held:.4g} % of {measure}{whose} changes rep, allowed {100 * cap:g} %"
