"""What sorts accounts into segments: rules with thresholds, or a score against the ideal-customer profile.

Both only say what is asked for; `segments.py` applies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from territory_geo.errors import OptionError

SEGMENTS = ("named", "enterprise", "mid-market", "smb")
"""Segments from the top; the last takes whatever meets nothing above it."""
COMBINE = ("sum", "max", "mean", "distinct")
"""How a family's figure comes from its members."""

Combine = Literal["sum", "max", "mean", "distinct"]

_USUAL: dict[str, Combine] = {
    "deal_size_usd": "max",
    "cycle_days": "max",
    "growth": "mean",
    "product_line": "distinct",
    "products": "distinct",
    "industry": "distinct",
}


def combination(name: str, combine: Mapping[str, Combine]) -> Combine:
    """Return how a measure is combined over a family: as stated, as usual for the name, else the sum."""
    return combine.get(name, _USUAL.get(name, "sum"))


def _check_combine(combine: Mapping[str, Combine]) -> None:
    wrong = [f"{name}: {how!r}" for name, how in combine.items() if how not in COMBINE]
    if wrong:
        raise OptionError(f"The 'combine' parameter must be one of {', '.join(COMBINE)}. Got {'; '.join(wrong)}.")


def _check_segments(given: Mapping[str, object], what: str) -> None:
    allowed = SEGMENTS[:-1]
    strange = [name for name in given if name not in allowed]
    order = [allowed.index(name) for name in given if name in allowed]
    if strange or not given or order != sorted(order):
        raise OptionError(
            f"The '{what}' parameter must name some of {', '.join(allowed)}, in this order; all other accounts are "
            f"{SEGMENTS[-1]}. Got {', '.join(map(str, given)) or 'none'}."
        )


@dataclass(frozen=True)
class SegmentRules:
    r"""Thresholds: an account is in the first segment whose rule it meets, else small (smb).

    Parameters
    ----------
    thresholds : mapping of str to mapping of str to number
        For each segment from the top, the least figure of each measure (a column of the accounts).
    needs : {"any", "all"} or int, default "any"
        How many of a segment's thresholds an account must reach.
    combine : mapping of str to {"sum", "max", "mean", "distinct"}, optional
        How a family's figure comes from its members; "distinct" counts different entries, such as products. Left out:
        the largest `deal_size_usd` and `cycle_days`, the mean `growth`, the number of `products`, else the sum.

    Examples
    --------
    >>> rules = SegmentRules({"named": {"revenue_usd": 500_000}, "enterprise": {"revenue_usd": 100_000}})
    >>> print("\n".join(rules.in_words()))
    named: revenue_usd of at least 500,000
    enterprise: revenue_usd of at least 100,000
    smb: everything else
    """

    thresholds: Mapping[str, Mapping[str, float]]
    needs: Literal["any", "all"] | int = "any"
    combine: Mapping[str, Combine] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_segments(self.thresholds, "thresholds")
        _check_combine(self.combine)
        for segment, least in self.thresholds.items():
            wrong = [f"{name}: {value!r}" for name, value in least.items() if not _is_number(value)]
            if wrong or not least:
                raise OptionError(
                    f"The thresholds of {segment!r} must be numbers, at least one. Got {'; '.join(wrong) or 'none'}."
                )
            if self.needs not in ("any", "all") and not (_is_count(self.needs) and 1 <= int(self.needs) <= len(least)):
                raise OptionError(
                    f"The 'needs' parameter must be 'any', 'all' or a whole number from 1 to the {len(least)} "
                    f"thresholds of {segment!r}. Got {self.needs!r}."
                )

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that are looked at, in the order in which they are first named."""
        return tuple(dict.fromkeys(name for least in self.thresholds.values() for name in least))

    def check_order(self) -> None:
        """Raise `OptionError` where nobody can be in a segment, because whoever reaches it is in the one above."""
        for (upper, more), (lower, less) in pairwise(self.thresholds.items()):
            if self.needs == "any" and all(name in more and more[name] <= less[name] for name in less):
                raise OptionError(
                    f"Nobody can be {lower!r}: whoever reaches its thresholds reaches those of {upper!r}, which comes "
                    f"first. Give {upper!r} the higher ones."
                )

    def required(self, segment: str) -> int:
        """Return how many thresholds of a segment an account must reach."""
        count = len(self.thresholds[segment])
        return {"any": 1, "all": count}[self.needs] if isinstance(self.needs, str) else int(self.needs)

    def in_words(self) -> list[str]:
        """Return the rules as sentences, from the top."""
        lines = []
        for segment, least in self.thresholds.items():
            parts = [f"{name} of at least {value:,.10g}" for name, value in least.items()]
            need = self.required(segment)
            if need == len(parts):
                text = " and ".join(parts)
            elif need == 1:
                text = " or ".join(parts)
            else:
                text = f"at least {need} of: {'; '.join(parts)}"
            lines.append(f"{segment}: {text}")
        return [*lines, f"{SEGMENTS[-1]}: everything else"]


@dataclass(frozen=True)
class Trait:
    """One line of the ideal-customer profile.

    Parameters
    ----------
    weight : float
        Share of the score, relative to the other traits.
    low, high : float, optional
        The figure that scores nothing and the one that scores in full; between them the score grows evenly. With
        `low` above `high`, small figures score: a sales cycle of 30 days rather than 300.
    among : tuple of str, optional
        Instead of figures: entries of the column that score in full, all others nothing.
    """

    weight: float
    low: float | None = None
    high: float | None = None
    among: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (_is_number(self.weight) and self.weight > 0):
            raise OptionError(f"The 'weight' parameter must be a number above 0. Got {self.weight!r}.")
        figures = _is_number(self.low) and _is_number(self.high) and self.low != self.high
        if figures == bool(self.among) or (self.among and (self.low, self.high) != (None, None)):
            raise OptionError(
                "A trait has either two different numbers 'low' and 'high', or entries in 'among'. "
                f"Got low={self.low!r}, high={self.high!r}, among={self.among!r}."
            )

    def in_words(self, name: str, total: float) -> str:
        """Return what the trait asks, with its part of a score of 100."""
        points = f"{100 * self.weight / total:.3g} of 100 points"
        if self.among:
            return f"{name} is {' or '.join(self.among)}: {points}"
        return f"{name}: none at {self.low:,.10g}, {points} at {self.high:,.10g}"


@dataclass(frozen=True)
class IdealProfile:
    r"""The ideal customer: traits that add up to a score from 0 to 100, and the scores that make a segment.

    Parameters
    ----------
    traits : mapping of str to Trait
        For each column of the accounts, what scores.
    cuts : mapping of str to number
        The least score of each segment, from the top and falling.
    combine : mapping, optional
        As in `SegmentRules`.

    Examples
    --------
    >>> ideal = IdealProfile(
    ...     {"potential_usd": Trait(3, 0, 200_000), "industry": Trait(1, among=("utilities",))}, {"named": 80}
    ... )
    >>> print("\n".join(ideal.in_words()))
    named: a score of at least 80
    smb: everything else
    potential_usd: none at 0, 75 of 100 points at 200,000
    industry is utilities: 25 of 100 points
    """

    traits: Mapping[str, Trait]
    cuts: Mapping[str, float]
    combine: Mapping[str, Combine] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_segments(self.cuts, "cuts")
        _check_combine(self.combine)
        values = list(self.cuts.values())
        falling = all(_is_number(v) and 0 <= v <= 100 for v in values) and all(a > b for a, b in pairwise(values))
        if not falling:
            raise OptionError(
                f"The 'cuts' parameter must be scores from 100 to 0, falling. Got {', '.join(map(str, values))}."
            )
        if not self.traits:
            raise OptionError("The 'traits' parameter must have at least one trait. Got none.")

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that are looked at."""
        return tuple(self.traits)

    def in_words(self) -> list[str]:
        """Return cuts and traits as sentences."""
        total = sum(trait.weight for trait in self.traits.values())
        lines = [f"{segment}: a score of at least {cut:,.10g}" for segment, cut in self.cuts.items()]
        lines.append(f"{SEGMENTS[-1]}: everything else")
        return lines + [trait.in_words(name, total) for name, trait in self.traits.items()]


def _is_number(value: object) -> bool:
    return (
        isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool) and np.isfinite(value)
    )


def _is_count(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)
