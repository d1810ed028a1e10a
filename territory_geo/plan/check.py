"""What arithmetic alone can tell about a problem, before any search.

Every "impossible" here is a proof; its words go into the solution's reason.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.plan.constraints import Forbid, Lock
from territory_geo.plan.measures import depends
from territory_geo.plan.steps import nearest_multiples

if TYPE_CHECKING:
    from territory_geo.plan.problem import TerritoryProblem

Finding = tuple[str, str, str]

SLACK = 1e-9
"""Share by which a bound may be passed by rounding alone."""


def amount(value: float) -> str:
    """Return a measure's value for a message: thousands separated, no needless decimals.

    >>> amount(10081570.0), amount(12.345)
    ('10,081,570', '12.3')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:,.1f}"


def precise(value: float) -> str:
    """Return a measure's value for a message in which small differences matter.

    >>> precise(1436.116666666), precise(12.0), precise(10081570)
    ('1,436.1167', '12', '10,081,570')
    """
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def findings(problem: TerritoryProblem) -> pd.DataFrame:
    """Return the table of `TerritoryProblem.check`."""
    rows = [*_measures(problem), *_pieces(problem), *_named(problem)]
    return pd.DataFrame(rows, columns=["finding", "detail", "verdict"])


def impossibility(problem: TerritoryProblem) -> str | None:
    """Return the reasons why no plan can exist, in words, or None where arithmetic sees none."""
    table = findings(problem)
    reasons = table.loc[table["verdict"] == "impossible", "detail"]
    return "; ".join(reasons) if len(reasons) else None


def _measures(problem: TerritoryProblem) -> Iterator[Finding]:
    k = problem.n_territories
    for name in problem.balance:
        values = problem.units.frame[name].to_numpy(dtype=float)
        lower, target, upper = problem.bounds(name)
        if depends(problem, name):
            text = f"about {amount(values.sum())} hours; driving depends on the territories, so that nothing is certain"
            yield f"{name}: total", text, "note"
            continue
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
        yield from _locked_load(problem, name, values, upper)


def _whole_steps(name: str, values: np.ndarray, lower: float, upper: float, k: int) -> Iterator[Finding]:
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


def _locked_load(problem: TerritoryProblem, name: str, values: np.ndarray, upper: np.ndarray) -> Iterator[Finding]:
    if not any(isinstance(c, Lock) for c in problem.constraints):
        return
    position = {id_: i for i, id_ in enumerate(problem.units.ids)}
    for territory, cap in zip(problem.named_territories, upper, strict=False):
        locked = {u for c in problem.constraints if isinstance(c, Lock) and c.territory == territory for u in c.units}
        load = sum(values[position[u]] for u in locked)
        if load > cap * (1 + SLACK):
            text = (
                f"the {len(locked)} units locked to {territory} are {amount(load)} of an allowed {amount(cap)} {name}"
            )
            yield f"{name}: locked above the cap", text, "impossible"


def _pieces(problem: TerritoryProblem) -> Iterator[Finding]:
    graph = problem.graph
    if graph is None:
        return
    yield "contiguity", repr(graph)[1:-1], "fine"
    if len(graph.bridges):
        listed = ", ".join(f"{row.u}–{row.v} ({row.length_km:.3g} km)" for row in graph.bridges.head(5).itertuples())
        yield "bridges", f"{len(graph.bridges)} bridges join parts that do not touch: {listed}", "note"
    if graph.n_components > problem.n_territories:
        text = (
            f"the contiguity graph has {graph.n_components} separate parts, more than {problem.n_territories} "
            f"territories in one piece can cover (islands='bridge' joins them)"
        )
        yield "separate parts", text, "impossible"
    elif graph.n_components > 1:
        yield from _part_counts(problem)


def _part_counts(problem: TerritoryProblem) -> Iterator[Finding]:
    """Each separate part needs a whole number of territories, and these must add up."""
    assert problem.graph is not None
    parts, k = problem.graph.components, problem.n_territories
    for name in problem.balance:
        if depends(problem, name):
            continue
        values = problem.units.frame[name].to_numpy(dtype=float)
        bounds = problem.bounds(name)
        lower, upper = float(bounds[0].min()), float(bounds[2].max())
        least = most = 0
        for part in range(problem.graph.n_components):
            load = float(values[parts == part].sum())
            count = int((parts == part).sum())
            low = max(1, int(np.ceil(load / upper * (1 - SLACK)))) if upper > 0 else 1
            high = min(count, int(np.floor(load / lower * (1 + SLACK)))) if lower > 0 else count
            if low > high:
                first = problem.units.ids[int(np.argmax(parts == part))]
                text = (
                    f"the separate part around unit {first} holds {amount(load)} {name}, which no number of "
                    f"territories of {amount(lower)} to {amount(upper)} can share"
                )
                yield f"{name}: separate part", text, "impossible"
            least, most = least + low, most + high
        if not least <= k <= most:
            text = f"the separate parts need {least} to {most} territories for {name}, {k} were asked for"
            yield f"{name}: separate parts", text, "impossible"


def _named(problem: TerritoryProblem) -> Iterator[Finding]:
    home: dict[str, Lock] = {}
    out: dict[tuple[str, str], Forbid] = {}
    for constraint in problem.constraints:
        for unit in constraint.units:
            if isinstance(constraint, Forbid):
                out[unit, constraint.territory] = constraint
            elif unit in home and home[unit].territory != constraint.territory:
                text = f"unit {unit} is locked to {home[unit].territory} and to {constraint.territory}"
                yield "locks in conflict", text, "impossible"
            else:
                home[unit] = constraint
    for unit, lock in home.items():
        if (unit, lock.territory) in out:
            yield (
                "lock and forbid",
                f"unit {unit} is locked to {lock.territory} and kept out of it",
                "impossible",
            )
    barred: dict[str, int] = {}
    for unit, _ in out:
        barred[unit] = barred.get(unit, 0) + 1
    for unit, count in barred.items():
        if count >= problem.n_territories:
            yield "kept out of all", f"unit {unit} is kept out of every territory", "impossible"
