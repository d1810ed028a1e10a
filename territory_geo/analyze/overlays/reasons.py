"""Why no whole territories can be shared out as asked, in words, and what would do: each remedy was tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from territory_geo.analyze.overlays.question import OverlayQuestion
from territory_geo.optimize.arrays import ProblemArrays
from territory_geo.optimize.nested import Choices, TooMany, choices_of, exact_cover, least_widening
from territory_geo.optimize.nested.choice import group_loads
from territory_geo.plan.constraints import Bounds

Ints = NDArray[np.int64]

WORK = 5.0
"""Deterministic seconds for each cover that is tried as a remedy."""
FURTHER = 3
"""How many more or fewer specialists are tried."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What was asked of an overlay of whole territories.

    Parameters
    ----------
    question : OverlayQuestion
    arrays : ProblemArrays
    group : int array, shape (n,)
        Position in the base's territories of each unit's.
    span : (int, int)
    seed : int
    pressed : callable
        Tells whether somebody asked to stop: then no further remedy is tried.
    """

    question: OverlayQuestion
    arrays: ProblemArrays
    group: Ints
    span: tuple[int, int]
    seed: int
    pressed: Callable[[], bool]

    @property
    def names(self) -> list[str]:
        """The territories below."""
        return self.question.base.territory_ids

    @property
    def count(self) -> int:
        """How many specialists."""
        return self.question.problem.n_territories

    def choices(self, span: tuple[int, int], *, bounded: bool = True) -> Choices:
        """Return what may be chosen with another span, or without bounds."""
        return choices_of(self.arrays, self.group, len(self.names), span, bounded=bounded, priced=False)

    def covers(self, choices: Choices) -> bool:
        """Tell whether a cover was found."""
        found = exact_cover(choices, work=WORK, seed=self.seed, pressed=self.pressed, priced=False)
        return found.chosen is not None


def miscount(count: int, below: int, span: tuple[int, int]) -> tuple[str, tuple[str, ...]] | None:
    """Return why numbers alone forbid it, and what numbers would do; None where they fit.

    Parameters
    ----------
    count : int
        Specialists.
    below : int
        Territories that they share.
    span : (int, int)

    Examples
    --------
    >>> miscount(5, 24, (2, 3))[1]
    ('8 to 12 specialists', '4 to 5 territories for each')
    """
    if count * span[0] <= below <= count * span[1]:
        return None
    reason = (
        f"{count} specialists with {_each(span)} territories each share {_each((count * span[0], count * span[1]))}, "
        f"but there are {below}"
    )
    fewest, most = math.ceil(below / span[1]), below // span[0]
    remedies = [f"{_each((fewest, most))} specialists"] if fewest <= most else []
    if count <= below:
        remedies.append(f"{_each((below // count, math.ceil(below / count)))} territories for each")
    return reason, tuple(remedies)


def impossible(asked: Asked) -> tuple[str, tuple[str, ...]]:
    """Return why there is no cover within bounds, and what would do."""
    within = asked.choices(asked.span)
    reached = within.reached()
    if reached.all():
        text = (
            f"each of the {len(asked.names)} territories is in some set of {_each(asked.span)} neighbours within "
            f"bounds, but no {asked.count} of these sets hold each territory once"
        )
    else:
        lost = [name for name, there in zip(asked.names, reached, strict=True) if not there]
        text = _why_lost(asked, int(np.flatnonzero(~reached)[0]), lost)
    return text, tuple(_remedies(asked))


def _why_lost(asked: Asked, group: int, lost: list[str]) -> str:
    """Say what comes nearest for the first of the territories that are in no set within bounds."""
    measure = next(iter(asked.question.problem.balance))
    load = group_loads(asked.arrays, asked.group, len(asked.names))[:, 0, 0]
    lower, upper = float(asked.arrays.lower[:, 0].min()), float(asked.arrays.upper[:, 0].max())
    allowed = f"{lower:,.6g} to {upper:,.6g} {measure}"
    if load[group] > upper:
        return f"{lost[0]} alone holds {load[group]:,.6g} {measure}, allowed are {allowed}"
    none = f"{_listed(lost)} {'is' if len(lost) == 1 else 'are'} in no set of {_each(asked.span)} neighbours"
    try:
        every = asked.choices(asked.span, bounded=False)
    except TooMany:
        return f"{none} within {allowed}"
    mine = [c for c, s in enumerate(every.which) if group in every.sets[s]]
    if not mine:
        return f"{lost[0]} has too few neighbours: it is in no set of {_each(asked.span)} that is in one piece"
    of = f" of {lost[0]}" if len(lost) > 1 else ""
    if len(lost) == len(asked.names):
        none, of, mine = f"no set of {_each(asked.span)} neighbours is", "", list(range(len(every.which)))
    best = every.sets[every.which[min(mine, key=lambda c: float(every.lack[c]))]]
    return (
        f"{none} within {allowed}; the nearest{of} is {' + '.join(asked.names[g] for g in best)} with "
        f"{float(load[list(best)].sum()):,.6g}"
    )


def _remedies(asked: Asked) -> Iterator[str]:
    """Yield what would do, the tolerance first, then other numbers, then other spans."""
    for tried in (_wider, _number, _span):
        if asked.pressed():
            return
        try:
            yield from tried(asked)
        except TooMany:
            continue


def _wider(asked: Asked) -> Iterator[str]:
    """Yield the least tolerance that would do, all bounds widened alike."""
    more = least_widening(asked.choices(asked.span, bounded=False), work=WORK, seed=asked.seed, pressed=asked.pressed)
    if more is None or asked.pressed():
        return
    balance, said = asked.question.problem.balance, []
    if any(not isinstance(limit, Bounds) and limit + more > 1 for limit in balance.values()):
        return  # a tolerance is a share up to 1
    for name, limit in balance.items():
        if isinstance(limit, Bounds):
            said.append(f"{name} {limit} and {_percent(more)} of the mean on either side")
        else:
            said.append(f"{name} ±{_percent(limit + more)} instead of ±{100 * limit:g} %")
    yield " and ".join(said)


def _number(asked: Asked) -> Iterator[str]:
    """Yield the nearest other numbers of specialists that would do."""
    problem, span, below = asked.question.problem, asked.span, len(asked.names)
    if problem.reps is not None:
        return
    for step in range(1, FURTHER + 1):
        found = []
        for count in (asked.count - step, asked.count + step):
            if count < 1 or miscount(count, below, span) is not None or asked.pressed():
                continue
            sides = [replace(problem, n_territories=count).bounds(name) for name in problem.balance]
            lower, target, upper = (np.column_stack(side) for side in zip(*sides, strict=True))
            other = replace(asked, arrays=replace(asked.arrays, lower=lower, target=target, upper=upper))
            if other.covers(other.choices(span)):
                found.append(str(count))
        if found:
            yield f"{' or '.join(found)} specialists instead of {asked.count}"
            return


def _span(asked: Asked) -> Iterator[str]:
    """Yield the spans next to the one asked for that would do."""
    least, most = asked.span
    for span in ((least, most + 1), (max(1, least - 1), most), (max(1, least - 1), most + 1)):
        if span != asked.span and asked.covers(asked.choices(span)):
            yield f"{_each(span)} territories for each instead of {_each(asked.span)}"
            return


def _each(span: tuple[int, int]) -> str:
    return f"{span[0]}" if span[0] == span[1] else f"{span[0]} to {span[1]}"


def _percent(share: float) -> str:
    """Return a share in percent, rounded up to a tenth, so that what it says is enough."""
    return f"{math.ceil(share * 1000 - 1e-6) / 10:g} %"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
