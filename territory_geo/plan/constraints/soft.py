"""What may be broken at a price: containers split, borders drawn, territories overlapping.

Prices are in kilometres of mean travel: with cost=0.5, one split (one km of border, …) is as bad as half a kilometre
more from the centre on the weighted mean of all units. A plan's whole cost is its travel plus these
(`plan.metrics.penalties`); where hours are minimised the prices are hours, and with ``power=2`` square kilometres.
"""

from __future__ import annotations

from dataclasses import dataclass

from territory_geo.errors import OptionError
from territory_geo.plan.constraints.named import Named, amount_of

BORDERS = ("km", "edges")
"""How borders are counted."""
OVERLAPS = ("nearer", "hulls")
"""The two definitions of overlap."""


@dataclass(frozen=True, init=False)
class KeepWhole(Named):
    """Containers, such as states, that are divided among territories only where it pays.

    Parameters
    ----------
    column : str
        Column of the accounts (or areas) that names each one's container; rows without a value are in none. A unit
        that holds accounts of several containers is part of all of them.
    cost : float
        Price of each further territory in which a container lies, in km of mean travel; ``inf`` forbids it.
    limit : int, optional
        Most further territories in all; left out, as many as are paid for.
    name : str, optional
        What messages call it.

    Examples
    --------
    >>> print(KeepWhole("state", cost=0.5))
    each further territory of a state costs 0.5 of mean travel
    """

    column: str
    cost: float
    limit: int | None
    name: str | None

    def __init__(self, column: str, cost: float, limit: int | None = None, *, name: str | None = None) -> None:
        price = amount_of(cost, "cost", "KeepWhole", infinite=True)
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
            raise OptionError(
                f"The 'limit' of a KeepWhole must be a whole number of at least 0. Got {limit!r} instead."
            )
        if not isinstance(column, str) or not column:
            raise OptionError(f"The 'column' of a KeepWhole must be a column's name, such as 'state'. Got {column!r}.")
        # Forbidding each split is a limit of none; what is left to pay is nothing.
        if price == float("inf"):
            price, limit = 0.0, 0
        self._keep(column=column, cost=price, limit=limit, name=name)

    @property
    def _usual_id(self) -> str:
        return f"keep_whole:{self.column}"

    def __str__(self) -> str:
        if self.limit == 0:
            return f"each {self.column} lies in one territory"
        most = "" if self.limit is None else f", and there are at most {self.limit:,} of them"
        return f"each further territory of a {self.column} costs {self.cost:g} of mean travel{most}"


@dataclass(frozen=True, init=False)
class BorderLength(Named):
    """Borders between territories, at a price.

    Parameters
    ----------
    cost : float
        In km of mean travel, for each kilometre of border (or each edge).
    by : {"km", "edges"}, default "km"
        "km": the length of the borders that units of different territories share in the contiguity graph, measured on
        their shapes (for points their cells) in the equal-area plane; neighbours without a common border, such as
        those joined by a bridge, add nothing. "edges": the number of pairs of neighbours in different territories.
    name : str, optional
        What messages call it.

    Examples
    --------
    >>> print(BorderLength(cost=0.001))
    each km of border between territories costs 0.001 of mean travel
    """

    cost: float
    by: str
    name: str | None

    def __init__(self, cost: float, by: str = "km", *, name: str | None = None) -> None:
        if by not in BORDERS:
            raise OptionError(f"The 'by' of a BorderLength must be one of {BORDERS}. Got {by!r} instead.")
        self._keep(cost=amount_of(cost, "cost", "BorderLength"), by=by, name=name)

    @property
    def _usual_id(self) -> str:
        return f"border_length:{self.by}"

    def __str__(self) -> str:
        what = "km of border between territories" if self.by == "km" else "pair of neighbours in different territories"
        return f"each {what} costs {self.cost:g} of mean travel"


@dataclass(frozen=True, init=False)
class OverlapCost(Named):
    """Overlap of territories, at a price.

    Parameters
    ----------
    cost : float
        In km of mean travel, for an overlap of 1 (all of it); an overlap of 0.1 costs a tenth.
    by : {"nearer", "hulls"}, default "nearer"
        "nearer": the share of trips (the objective's weight) of units that lie nearer to another territory's centre
        than to their own. "hulls": the mean over all pairs of territories of the share of the smaller one's account
        hull that lies in the other one's.
    name : str, optional
        What messages call it.

    Examples
    --------
    >>> print(OverlapCost(cost=5))
    trips to units that are nearer to another centre cost 5 of mean travel, times their share
    """

    cost: float
    by: str
    name: str | None

    def __init__(self, cost: float, by: str = "nearer", *, name: str | None = None) -> None:
        if by not in OVERLAPS:
            raise OptionError(f"The 'by' of an OverlapCost must be one of {OVERLAPS}. Got {by!r} instead.")
        self._keep(cost=amount_of(cost, "cost", "OverlapCost"), by=by, name=name)

    @property
    def _usual_id(self) -> str:
        return f"overlap:{self.by}"

    def __str__(self) -> str:
        what = "trips to units that are nearer to another centre cost"
        if self.by == "hulls":
            what = "account hulls that intersect cost"
        return f"{what} {self.cost:g} of mean travel, times their share"
