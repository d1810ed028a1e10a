"""What a team consists of: roles with their hours and what they ask of a person, and the prices of a poor fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from territory_geo.errors import OptionError

DUTIES = ("owns", "supports", "informed")
"""What a role does for an account."""

Need = Literal["must", "ignore"] | float
"""Whether something is asked for: for certain, not at all, or at a price as a share of the account's revenue."""


@dataclass(frozen=True)
class TeamRole:
    """One role of an account team.

    Parameters
    ----------
    name : str
        As in the people's column `role`.
    hours : float or str
        Hours a year for each account, or the column of the accounts that says so.
    further_hours, further_trips : float, optional
        The same for the accounts of a family besides its first, which is the one of most revenue. Left out: as the
        first.
    duty : {"owns", "supports", "informed"}, default "supports"
        What the role does. Exactly one role owns.
    per_product : bool, default False
        One person for each product of the account, such as a specialist; else one person for all of them.
    products : tuple of str, optional
        Only accounts with one of these products need the role. Left out, all accounts do (with `per_product`, all
        that have products).
    skills, industry, language : {"must", "ignore"} or float, optional
        Whether a person must know the products, the industry, the language; a number is a price where it is not so, as
        a share of the account's revenue. Left out: "must" for skills and language, 0.02 for the industry, as far as
        both tables have the columns.
    most_hours_apart : float, optional
        Most hours between the time zones of person and account.
    revenue_at_risk : float, default 0.05
        Share of the account's revenue that is at risk where someone else takes the role over.
    trips : float or str, default 0
        Trips a year from the person's home to each account, or the column that says so.
    most_accounts : int, optional
        Most accounts for each person in this role; the people's column `max_accounts` limits all roles together.
    even : float, default 0
        Price of uneven loads among the people of the role, in currency a year: what it costs where the fullest of them
        has all hours taken (by all that they do in teams), and half of it where that is half of them. The dearer, the
        more changes and travel are accepted for the sake of an even spread; a price that is small beside other costs,
        such as 1, only chooses among teams that cost the same. 0: loads may be as uneven as hours allow.
    current : str, optional
        Column of the accounts with the person who has the role today. Left out: ``current_`` and the name.

    Examples
    --------
    >>> TeamRole("customer success", hours=40, trips=2).current_column
    'current_customer_success'
    """

    name: str
    hours: float | str
    duty: Literal["owns", "supports", "informed"] = "supports"
    per_product: bool = False
    products: tuple[str, ...] = ()
    skills: Need | None = None
    industry: Need | None = None
    language: Need | None = None
    most_hours_apart: float | None = None
    revenue_at_risk: float = 0.05
    trips: float | str = 0.0
    most_accounts: int | None = None
    current: str | None = None
    further_hours: float | None = None
    further_trips: float | None = None
    even: float = 0.0

    def __post_init__(self) -> None:
        problems = []
        if not (isinstance(self.name, str) and self.name.strip()):
            problems.append(f"'name' must be text. Got {self.name!r}")
        if self.duty not in DUTIES:
            problems.append(f"'duty' must be one of {', '.join(DUTIES)}. Got {self.duty!r}")
        for name, value in (("hours", self.hours), ("trips", self.trips)):
            if not (isinstance(value, str) and value) and not _amount(value):
                problems.append(f"{name!r} must be a number of at least 0 or the name of a column. Got {value!r}")
        for name in ("skills", "industry", "language"):
            need = getattr(self, name)
            if need not in (None, "must", "ignore") and not _amount(need):
                problems.append(f"{name!r} must be 'must', 'ignore' or a share of at least 0. Got {need!r}")
        for name in ("further_hours", "further_trips"):
            if getattr(self, name) is not None and not _amount(getattr(self, name)):
                problems.append(f"{name!r} must be a number of at least 0. Got {getattr(self, name)!r}")
        if self.most_hours_apart is not None and not _amount(self.most_hours_apart):
            problems.append(f"'most_hours_apart' must be a number of at least 0. Got {self.most_hours_apart!r}")
        if not _amount(self.even):
            problems.append(f"'even' must be a number of at least 0. Got {self.even!r}")
        if not (_amount(self.revenue_at_risk) and self.revenue_at_risk <= 1):
            problems.append(f"'revenue_at_risk' must be a share from 0 to 1. Got {self.revenue_at_risk!r}")
        whole = isinstance(self.most_accounts, (int, np.integer)) and not isinstance(self.most_accounts, bool)
        if self.most_accounts is not None and not (whole and self.most_accounts >= 0):
            problems.append(f"'most_accounts' must be a whole number of at least 0. Got {self.most_accounts!r}")
        if isinstance(self.products, str):
            problems.append(f"'products' must be a tuple of texts. Got {self.products!r}")
        if problems:
            raise OptionError(f"The role {self.name!r} cannot be used: {'; '.join(problems)}.")

    @property
    def current_column(self) -> str:
        """The column with today's person."""
        return self.current or f"current_{self.name.strip().lower().replace(' ', '_').replace('-', '_')}"


@dataclass(frozen=True)
class TeamPrices:
    """What travel costs.

    Parameters
    ----------
    per_km : float, default 0.4
        Currency per kilometre of a trip, there and back.
    per_trip_hour : float, default 0
        Currency per hour on the road; the hours themselves always count against the person's capacity.
    most_hours_one_way : float, default 6
        No way takes longer than this: farther away, one flies.
    """

    per_km: float = 0.4
    per_trip_hour: float = 0.0
    most_hours_one_way: float = 6.0

    def __post_init__(self) -> None:
        for name in ("per_km", "per_trip_hour", "most_hours_one_way"):
            if not _amount(getattr(self, name)):
                raise OptionError(
                    f"The {name!r} parameter must be a number of at least 0. Got {getattr(self, name)!r}."
                )


def usual_roles() -> tuple[TeamRole, ...]:
    """Return the usual team: account executive, customer success, marketing partner, a specialist for each product.

    Examples
    --------
    >>> [role.name for role in usual_roles()]
    ['account executive', 'customer success', 'marketing partner', 'specialist']
    """
    return (
        TeamRole(
            "account executive", 120, "owns", skills="ignore", trips=8, revenue_at_risk=0.10, further_hours=8,
            further_trips=0.5,
        ),
        TeamRole(
            "customer success", 60, skills="ignore", trips=3, revenue_at_risk=0.05, further_hours=6, further_trips=0.5
        ),
        TeamRole(
            "marketing partner", 20, "informed", skills="ignore", trips=1, revenue_at_risk=0.01, further_hours=1,
            further_trips=0,
        ),
        TeamRole(
            "specialist", 30, per_product=True, trips=2, revenue_at_risk=0.02, further_hours=4, further_trips=0.25
        ),
    )  # fmt: skip


def check_roles(roles: Sequence[TeamRole]) -> tuple[TeamRole, ...]:
    """Return the roles, or say why they make no team."""
    found = tuple(roles)
    strange = [role for role in found if not isinstance(role, TeamRole)]
    names = [role.name for role in found if isinstance(role, TeamRole)]
    owners = [role.name for role in found if isinstance(role, TeamRole) and role.duty == "owns"]
    whole = [r.name for r in found if isinstance(r, TeamRole) and r.duty == "owns" and (r.per_product or r.products)]
    if strange or len(set(names)) < len(names):
        raise OptionError(f"The 'roles' parameter must be TeamRole objects, each name once. Got {found!r}.")
    if len(owners) != 1 or whole:
        raise OptionError(
            "Exactly one role must own each account, whatever its products, so that nobody has to ask who does. "
            f"Owners: {', '.join(owners) or 'none'}{'; it depends on products' if whole else ''}."
        )
    return found


def _amount(value: object) -> bool:
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return bool(number and np.isfinite(value) and value >= 0)  # type: ignore[call-overload, operator]
