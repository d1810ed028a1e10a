"""When to stop: small immutable rules, combined with ``|`` (the first that is met stops).

Rules that count iterations make a run repeatable; rules that look at the clock do not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from territory_geo.errors import OptionError


@dataclass
class Clock:
    """How far a run has come.

    Parameters
    ----------
    iterations : int
        Improvement rounds finished.
    since_better : int
        Rounds since the best plan last became better.
    feasible : bool
        Whether a plan within all constraints is known.
    started : float
        `time.monotonic()` at the start.
    gap : float
        Share by which the best plan may still be above the best possible; 1 until a bound is known.
    """

    iterations: int = 0
    since_better: int = 0
    feasible: bool = False
    started: float = 0.0
    gap: float = 1.0

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started


class Stop:
    """Base of all stopping rules."""

    def share(self, clock: Clock) -> float:
        """Return how much of the budget is used, 1.0 or more when it is time to stop."""
        raise NotImplementedError

    def met(self, clock: Clock) -> bool:
        """Tell whether it is time to stop."""
        return self.share(clock) >= 1.0

    def __or__(self, other: Stop) -> Stop:
        """Return a rule that stops when either does."""
        if not isinstance(other, Stop):
            raise OptionError(f"Only stopping rules can be joined, such as MaxRuntime(10). Got {other!r} instead.")
        return _First((*rules(self), *rules(other)))


def budget(stop: Stop, several: tuple[object, int] | None) -> dict[str, str | int]:
    """Return what a plan's provenance says of the search's budget: the stopping rule, and how many starts."""
    return {"stop": str(stop)} if several is None else {"stop": str(stop), "starts": several[1]}


def rules(rule: Stop) -> tuple[Stop, ...]:
    """Return the single rules that a combined one consists of."""
    return rule.rules if isinstance(rule, _First) else (rule,)


def joined(parts: Sequence[Stop]) -> Stop:
    """Return a rule that stops as soon as one of several single rules does."""
    return parts[0] if len(parts) == 1 else _First(tuple(parts))


def shortened(stop: Stop, seconds: float) -> Stop:
    """Return a rule with so many seconds less in each time limit, but at least half of it."""
    shorter = [
        MaxRuntime(max(rule.seconds - seconds, rule.seconds / 2)) if isinstance(rule, MaxRuntime) else rule
        for rule in rules(stop)
    ]
    return joined(shorter)


def time_used(stop: Stop, clock: Clock) -> float:
    """Return the used share of a rule's time limit, 0 where it has none."""
    limits = [rule for rule in rules(stop) if isinstance(rule, MaxRuntime)]
    return max((rule.share(clock) for rule in limits), default=0.0)


def seconds_left(stop: Stop, clock: Clock) -> float:
    """Return how many seconds a rule leaves, infinitely many where no clock decides."""
    return min((rule.seconds - clock.seconds for rule in rules(stop) if isinstance(rule, MaxRuntime)), default=math.inf)


def _check(name: str, value: float, integer: bool) -> None:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not value > 0
        or (integer and value != int(value))
    ):
        kind = "an int of at least 1" if integer else "a number above 0"
        raise OptionError(f"The parameter of {name} must be {kind}. Got {value!r} instead.")


@dataclass(frozen=True)
class MaxIterations(Stop):
    """Stop after so many improvement rounds. Same seed, same plan.

    Examples
    --------
    >>> MaxIterations(0)
    Traceback (most recent call last):
    territory_geo.errors.OptionError: The parameter of MaxIterations must be an int of at least 1. Got 0 instead.
    """

    iterations: int

    def __post_init__(self) -> None:
        _check("MaxIterations", self.iterations, integer=True)

    def share(self, clock: Clock) -> float:
        """Return how much of the budget is used."""
        return clock.iterations / self.iterations


@dataclass(frozen=True)
class MaxRuntime(Stop):
    """Stop after so many seconds, checking the plan included; the round that runs is finished first."""

    seconds: float

    def __post_init__(self) -> None:
        _check("MaxRuntime", self.seconds, integer=False)

    def share(self, clock: Clock) -> float:
        """Return how much of the budget is used."""
        return clock.seconds / self.seconds


@dataclass(frozen=True)
class NoImprovement(Stop):
    """Stop once so many rounds in a row brought nothing better, and a plan is known."""

    iterations: int

    def __post_init__(self) -> None:
        _check("NoImprovement", self.iterations, integer=True)

    def share(self, clock: Clock) -> float:
        """Return how much of the budget is used."""
        return clock.since_better / self.iterations if clock.feasible else 0.0


@dataclass(frozen=True)
class FirstFeasible(Stop):
    """Stop at the first plan within all constraints."""

    def share(self, clock: Clock) -> float:
        """Return how much of the budget is used."""
        return 1.0 if clock.feasible else 0.0


@dataclass(frozen=True)
class GapBelow(Stop):
    """Stop once the plan is proven to be within this share of the best possible.

    The bound is worked on along with the search: seconds for hundreds of units, a minute for thousands; above 5,000
    there is none. It leaves contiguity out, and for centroids it is only half of the one for best units, so a small
    gap may be out of reach: combine this rule with one that ends every search.

    Examples
    --------
    >>> stop = GapBelow(0.02) | MaxRuntime(60)
    """

    share_of_travel: float

    def __post_init__(self) -> None:
        _check("GapBelow", self.share_of_travel, integer=False)
        if self.share_of_travel >= 1:
            raise OptionError(
                f"The parameter of GapBelow must be a share below 1, such as 0.05 for 5 %. "
                f"Got {self.share_of_travel!r} instead."
            )

    def share(self, clock: Clock) -> float:
        """Return 1.0 once the gap is small enough: how far away that is cannot be told."""
        return 1.0 if clock.feasible and clock.gap <= self.share_of_travel else 0.0


@dataclass(frozen=True)
class _First(Stop):
    rules: tuple[Stop, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.rules))

    def share(self, clock: Clock) -> float:
        """Return how much of the budget is used."""
        return max(rule.share(clock) for rule in self.rules)
