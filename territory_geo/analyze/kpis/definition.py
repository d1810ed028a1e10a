"""What a KPI is: sums over accounts, and how they become a figure; its words for the page of definitions.

Sums first, division last: the company's figure comes from the same sums as the territories', so that totals agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts
    from territory_geo.analyze.kpis.period import Period

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Sums = Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class Parts:
    """What adds up to a KPI, row by row.

    Parameters
    ----------
    subject : int array, shape (m,)
        To which account (or person without account) each row belongs, as `Facts` numbers them.
    values : mapping of str to float array, shape (m,)
        The columns that are summed.
    note : str
        What has to be said of the figure, such as rows that could not count.
    """

    subject: Ints
    values: Mapping[str, NDArray[Any]]
    note: str = ""


def ratio(sums: Sums) -> Floats:
    """Return top / over; NaN where there is nothing to divide by."""
    return divided(sums["top"], sums["over"])


def total(sums: Sums) -> Floats:
    """Return the sum itself."""
    return np.asarray(sums["top"], dtype=float)


def divided(top: Floats, over: Floats) -> Floats:
    """Return a quotient, NaN where the divisor is 0: a figure that is not there is not 0."""
    top, over = np.asarray(top, dtype=float), np.asarray(over, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(over == 0, np.nan, top / np.where(over == 0, 1.0, over))


@dataclass(frozen=True, eq=False)
class Kpi:
    """One KPI.

    Parameters
    ----------
    name, title : str
        For tables, for people.
    model : {"territory", "account", "both"}
        Which way of selling it measures.
    unit : str
        share (0–1), count, days, hours, per day, points, money, money per day, or ratio.
    formula, moves : str
        In words, and what moves it.
    source : tuple of str
        Fields it is made from, such as "orders.amount".
    over : str
        What it is divided by, in words, for the note where that is 0; empty where nothing is divided.
    parts : callable (Facts, Period) → Parts
        The rows to sum.
    combine : callable (sums) → array
        From sums to figures.
    interval : {"wilson", "poisson", "jackknife", "none"}
        How uncertain it is: a share of counts, a count of events, a mean or quotient, or a total that is no sample.
    better : {"higher", "lower", "neither"}
        Which way is good.
    needs : tuple of str
        Fields without which it cannot be worked out: "orders.amount", "accounts.visits_per_year" and so on.
    looks_back : bool
        Whether it compares with the period before, which must be in the data then.
    signed : bool
        Whether it may be below 0; else the interval ends there.
    extensive : bool
        Whether it grows with the number of accounts though it is no plain sum.
    flow : bool
        Whether it adds up over time, so that a target for a year is shared out over its months.
    pooled : tuple of str
        Sums that one account by itself cannot say, such as how many stay: those of all named accounts are taken.
    reference : str
        Where a method comes from.
    """

    name: str
    title: str
    model: str
    unit: str
    formula: str
    source: tuple[str, ...]
    moves: str
    parts: Callable[[Facts, Period], Parts] = field(repr=False)
    combine: Callable[[Sums], Floats] = field(default=ratio, repr=False)
    over: str = ""
    interval: str = "none"
    better: str = "higher"
    needs: tuple[str, ...] = ()
    looks_back: bool = False
    signed: bool = False
    extensive: bool = False
    flow: bool = False
    pooled: tuple[str, ...] = ()
    reference: str = ""

    @property
    def comparable(self) -> bool:
        """Whether the company's figure is a yardstick for its parts: a sum is none."""
        return self.combine is not total and not self.extensive

    @property
    def tables(self) -> list[str]:
        """The tables of the CRM that it reads."""
        return sorted({name.split(".")[0] for name in self.needs} - {"accounts"})
