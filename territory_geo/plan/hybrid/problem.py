"""The question of hybrid selling: a geography without its named accounts, their teams, and people who may do both.

A person with the same id on both sides is one person with one amount of hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata.accounts import Accounts
from territory_geo.geodata.families import account_table
from territory_geo.geodata.ids import id_text
from territory_geo.geodata.reps import Reps
from territory_geo.plan.constraints import Bounds
from territory_geo.plan.measures import NAME
from territory_geo.plan.problem import TerritoryProblem
from territory_geo.plan.teams.problem import TeamProblem

SAME = 1e-9
"""Share by which two amounts of hours may differ through rounding."""


@dataclass(frozen=True, eq=False)
class HybridProblem:
    """Who looks after the named accounts, and who has which territory of all others, out of the same hours?

    Parameters
    ----------
    territories : TerritoryProblem
        Of the accounts that are not named, with `reps` who have `capacity_hours`. A rep's fair load is the same share
        of their hours as everybody's, teams included: who works for named accounts gets a smaller territory.
    teams : TeamProblem
        Of the named accounts. Who is also among the reps has what the territory leaves.
    hours : str, default "workload"
        The balanced measure of the territories that is hours a year, such as "visit_hours".
    per_visit_km : float, default 0.4
        Currency for each kilometre between an account and where its visits start, per visit: what makes travel in
        territories comparable with the cost of teams.

    Raises
    ------
    OptionError, DataError
        If the two sides do not fit together: a named account lies in the geography, a person has two capacities, the
        hours are not balanced or have absolute bounds.

    Examples
    --------
    >>> import territory_geo as tg
    >>> table = pd.DataFrame({"account_id": list("abN"), "x": [0, 9, 1], "y": 0, "visit_hours": [10, 10, 0]})
    >>> people = pd.DataFrame({"rep_id": ["P", "Q"], "lon": [0, 9], "lat": 0, "capacity_hours": 40,
    ...     "role": ["rep;executive", "rep;executive"]})
    >>> reps = tg.read_reps(people, crs=None)
    >>> units = tg.BasicUnits.from_table(table[:2], id="account_id", x="x", y="y", measures=["visit_hours"])
    >>> geography = tg.TerritoryProblem(units, reps=reps, balance={"visit_hours": 0.5})
    >>> teams = tg.TeamProblem(table[2:], reps, [tg.TeamRole("executive", 4, "owns")])
    >>> HybridProblem(geography, teams, hours="visit_hours")
    <HybridProblem: 2 units into 2 territories, 1 named accounts, 2 people of whom 2 may do both>
    """

    territories: TerritoryProblem
    teams: TeamProblem
    hours: str = NAME
    per_visit_km: float = 0.4

    def __post_init__(self) -> None:
        for name, kind in (("territories", TerritoryProblem), ("teams", TeamProblem)):
            if not isinstance(getattr(self, name), kind):
                raise OptionError(f"The '{name}' parameter must be a {kind.__name__}. Got {getattr(self, name)!r}.")
        price = self.per_visit_km
        if isinstance(price, bool) or not isinstance(price, (int, float)) or not 0 <= price < np.inf:
            raise OptionError(f"The 'per_visit_km' parameter must be a number of at least 0. Got {price!r}.")
        reps = self.territories.reps
        if reps is None or "capacity_hours" not in reps.frame:
            raise OptionError("The territories need reps with capacity_hours: TerritoryProblem(…, reps=read_reps(…)).")
        limit = self.territories.balance.get(self.hours)
        if limit is None or isinstance(limit, Bounds):
            raise OptionError(
                f"The 'hours' parameter must be a measure that the territories balance by a share of the target. "
                f"Got {self.hours!r}; balanced are {', '.join(self.territories.balance)}."
            )
        both = sorted(set(self.teams.accounts.index) & set(map(id_text, self.territories.units.members["id"])))
        if both:
            raise DataError(
                f"{len(both):,} named accounts are in the geography as well, such as {', '.join(both[:5])}. Named "
                f"accounts leave it: split_named(accounts, named) gives both parts."
            )
        here = reps.frame["capacity_hours"].astype(float)
        wrong = [
            f"{name}: {here[name]:g} hours as a rep, {self.teams.capacity[name]:g} in teams"
            for name in self.shared
            if abs(here[name] - self.teams.capacity[name]) > SAME * here[name]
        ]
        if wrong:
            raise DataError(f"A person has one amount of hours, whatever they do: {'; '.join(wrong[:10])}.")

    @cached_property
    def shared(self) -> tuple[str, ...]:
        """Who has a territory and may be on teams, sorted."""
        reps = self.territories.named_territories
        return tuple(sorted(set(reps) & set(map(str, self.teams.people.index))))

    @cached_property
    def capacity(self) -> pd.Series:
        """Hours a year of each rep, in the order of the territories' ids."""
        assert self.territories.reps is not None
        hours = self.territories.reps.frame["capacity_hours"].astype(float)
        found: pd.Series = hours.loc[list(self.territories.named_territories)]
        return found

    def use(self, team_hours: Mapping[str, float], territory_hours: float | None = None) -> float:
        """Return the share of all reps' hours that is needed: for teams and for the geography.

        Parameters
        ----------
        team_hours : mapping of person to hours
        territory_hours : float, optional
            Of the whole geography. Left out: what its measure sums to.
        """
        there = self._territory_hours if territory_hours is None else territory_hours
        mine = sum(float(team_hours.get(name, 0.0)) for name in self.capacity.index)
        return (there + mine) / float(self.capacity.sum())

    @cached_property
    def _territory_hours(self) -> float:
        return float(self.territories.units.frame[self.hours].sum())

    def left(self, team_hours: Mapping[str, float], territory_hours: float | None = None) -> pd.Series:
        """Return each rep's fair hours in the territory: the common share of their hours, without what teams take."""
        mine = np.array([float(team_hours.get(name, 0.0)) for name in self.capacity.index])
        found: pd.Series = self.use(team_hours, territory_hours) * self.capacity - mine
        return found

    def geography(
        self, team_hours: Mapping[str, float], territory_hours: float | None = None
    ) -> TerritoryProblem | str:
        """Return the territories' problem once teams have taken their hours, or why there is none.

        The tolerance of the hours is never so wide that a rep could have more than their capacity.
        """
        use, left = self.use(team_hours, territory_hours), self.left(team_hours, territory_hours)
        if use > 1 + SAME:
            return (
                f"territories and teams take {100 * use:,.1f} % of the reps' {self.capacity.sum():,.0f} hours a year: "
                f"{(use - 1) * self.capacity.sum():,.0f} hours are missing"
            )
        crowded = [str(name) for name in left.index[left <= SAME * self.capacity]]
        if crowded:
            return f"teams take the whole share of {', '.join(crowded[:5])}: nothing is left for a territory"
        tolerance = self.territories.balance[self.hours]
        assert not isinstance(tolerance, Bounds)
        assert self.territories.reps is not None
        # No upper bound above what a rep has: left × (1 + tolerance) + teams must stay within their hours.
        room = float((self.capacity * max(0.0, 1 - use) / left).min())
        balance = dict(self.territories.balance) | {self.hours: min(float(tolerance), room)}
        frame = self.territories.reps.frame
        return replace(
            self.territories, reps=Reps(frame.assign(capacity_hours=left.reindex(frame.index))), balance=balance
        )

    def __repr__(self) -> str:
        people = set(self.territories.named_territories) | set(map(str, self.teams.people.index))
        return (
            f"<HybridProblem: {len(self.territories.units):,} units into {self.territories.n_territories} territories, "
            f"{len(self.teams.accounts):,} named accounts, {len(people):,} people of whom {len(self.shared)} may do "
            f"both>"
        )


def split_named(accounts: Accounts, named: object) -> tuple[pd.DataFrame, Accounts]:
    """Take the named accounts out of the geography.

    Parameters
    ----------
    accounts : Accounts
    named : iterable of ids, or Segments
        Segments give those whose segment is named.

    Returns
    -------
    (DataFrame, Accounts)
        The named accounts for `TeamProblem`, and all others for `BasicUnits`.

    Raises
    ------
    DataError
        If an id is not there, or nothing would be left on one side.
    """
    from territory_geo.demand.segments import Segments

    table = account_table(accounts)
    chosen = named.accounts("named") if isinstance(named, Segments) else list(map(id_text, named))  # type: ignore[call-overload]
    strange = sorted(set(chosen) - set(table.index))
    if strange:
        raise DataError(f"There is no account {', '.join(strange[:10])}. Named accounts are ids of the accounts.")
    mask = table.index.isin(chosen)
    if mask.all() or not mask.any():
        raise DataError(
            f"{mask.sum():,} of {len(table):,} accounts are named: a hybrid plan needs some that are and some that are "
            f"not. Change the thresholds."
        )
    rest = replace(accounts, frame=accounts.frame[~mask])
    picked = table[mask]
    return picked.drop(columns=["id", "account_id"], errors="ignore").assign(account_id=picked.index.to_numpy()), rest


__all__ = ["HybridProblem", "split_named"]
