"""What sums rule out: totals, caps and floors of the balanced measures and of the number of accounts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory_geo.plan.check.blocks import Blocks
from territory_geo.plan.check.words import SLACK, Finding, amount, precise
from territory_geo.plan.constraints import AccountRange, KeepWhole
from territory_geo.plan.measures import depends
from territory_geo.plan.places import containers
from territory_geo.plan.steps import nearest_multiples

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Limits:
    """What each territory may hold of a measure: shapes (units,) and (territories,)."""

    name: str
    values: Floats
    lower: Floats
    target: Floats
    upper: Floats


def limits_of(problem: TerritoryProblem) -> list[Limits]:
    """Return the limits of all account ranges and balanced measures but those that depend on the territory."""
    found = [
        Limits(name, problem.units.frame[name].to_numpy(dtype=float), *problem.bounds(name))
        for name in problem.balance
        if not depends(problem, name)
    ]
    counts = problem.units.frame["accounts"].to_numpy(dtype=float)
    for range_ in problem.of_kind(AccountRange):
        lower, upper = (np.full(problem.n_territories, float(side)) for side in (range_.lower, range_.upper))
        found.append(Limits("accounts", counts, lower, counts.sum() * problem.shares, upper))
    return found


def about_measures(problem: TerritoryProblem, blocks: Blocks) -> Iterator[Finding]:
    """Yield totals and targets, and the sums that cannot be within their limits."""
    k = problem.n_territories
    for name in filter(partial(depends, problem), problem.balance):
        hours = amount(problem.units.frame[name].sum())
        text = f"about {hours} hours; driving depends on the territories, so that nothing is certain"
        yield f"{name}: total", text, "note"
    for limits in limits_of(problem):
        name, values, lower, target, upper = limits.name, limits.values, limits.lower, limits.target, limits.upper
        total, cap, floor, most = float(values.sum()), float(upper.max()), float(lower.sum()), float(upper.sum())
        allowed = f"{amount(lower.min())} to {amount(cap)}"
        each = f"{amount(target[0])} per territory"
        if target.min() != target.max():
            each = f"{amount(target.min())} to {amount(target.max())} per territory by capacity"
        yield f"{name}: total", f"{amount(total)}, {each}, allowed {allowed}", "fine"
        above = np.flatnonzero(values > cap * (1 + SLACK))
        for i in above[np.argsort(-values[above], kind="stable")][:5]:
            text = f"unit {problem.units.ids[i]} alone is {amount(values[i])} of an allowed {amount(cap)} {name}"
            yield f"{name}: unit above the cap", text, "impossible"
        if above.size > 5:
            yield f"{name}: units above the cap", f"{above.size} units in all exceed the cap", "note"
        if total > most * (1 + SLACK):
            text = f"{name} is {amount(total)} in all, {k} territories may hold {amount(most)} at most"
            yield f"{name}: total above the caps", text, "impossible"
        if total < floor * (1 - SLACK):
            text = f"{name} is {amount(total)} in all, {k} territories must hold {amount(floor)} at least"
            yield f"{name}: total below the floors", text, "impossible"
        alike = lower.min() == lower.max() and upper.min() == upper.max()
        if alike and floor * (1 - SLACK) <= total <= most * (1 + SLACK):
            yield from _whole_steps(name, values, float(lower[0]), float(upper[0]), k)
        yield from _held_load(problem, limits, blocks)
        yield from _container_load(problem, limits)


def _whole_steps(name: str, values: Floats, lower: float, upper: float, k: int) -> Iterator[Finding]:
    """Sums are multiples of what the values are multiples of; a very narrow tolerance may hold too few of them."""
    missed = nearest_multiples(values, lower, upper, k)
    if missed is None:
        return
    step, below, above = missed
    share = float(values.sum()) / k
    needed = max(share - below, above - share) / share
    digits = 1 - math.floor(math.log10(needed)) if needed > 0 else 0
    text = (
        f"{name} comes in steps of {precise(step)}: {precise(values.sum())} in all cannot be shared among {k} "
        f"territories of {precise(lower)} to {precise(upper)}; the sums nearest to equal shares are {precise(below)} "
        f"and {precise(above)}, a tolerance of {math.ceil(needed * 10**digits) / 10**digits:g}"
    )
    yield f"{name}: whole steps", text, "impossible"


def _held_load(problem: TerritoryProblem, limits: Limits, blocks: Blocks) -> Iterator[Finding]:
    """What must be in one territory must not exceed its cap."""
    name, cap = limits.name, float(limits.upper.max())
    for rows, why in blocks.groups():
        load = float(limits.values[rows].sum())
        if len(rows) > 1 and load > cap * (1 + SLACK):
            text = f"{len(rows)} units are {amount(load)} of an allowed {amount(cap)} {name} together, but {why}"
            yield f"{name}: group above the cap", text, "impossible"
    for t, (territory, rows) in enumerate(blocks.held_rows.items()):
        load, most = float(limits.values[rows].sum()), float(limits.upper[t])
        if len(rows) and load > most * (1 + SLACK):
            how = "locked to" if len(rows) == len(blocks.pinned_rows[territory]) else "held in"
            text = f"the {len(rows)} units {how} {territory} are {amount(load)} of an allowed {amount(most)} {name}"
            yield f"{name}: locked above the cap", text, "impossible"


def _container_load(problem: TerritoryProblem, limits: Limits) -> Iterator[Finding]:
    """Containers above the cap are divided, whatever is asked."""
    cap = float(limits.upper.max())
    for whole in problem.of_kind(KeepWhole):
        if not whole.limit or cap <= 0:
            continue
        needed = 0
        for rows in containers(problem.units, whole.column).values():
            needed += max(0, math.ceil(float(limits.values[rows].sum()) / cap * (1 - SLACK)) - 1)
        if needed > whole.limit:
            text = (
                f"{whole.id} allows {whole.limit} further territories, but of {limits.name} with at most {amount(cap)} "
                f"per territory there are at least {needed}"
            )
            yield f"{limits.name}: containers above the cap", text, "impossible"
