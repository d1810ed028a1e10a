"""A sales force over the accounts: who has which, and which products its people know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.ids import id_text
from territory_geo.geodata.reps import Reps
from territory_geo.plan.teams.tables import entries

Team = dict[str, list[str]]
"""The people of a force at each account."""
Owner = Mapping[str, str] | pd.Series | pd.DataFrame
"""Who has each account."""


@dataclass(frozen=True, eq=False)
class SalesForce:
    """One sales force over the accounts.

    Parameters
    ----------
    name : str
    owner : mapping or Series of account to person, or DataFrame
        Who has each account, such as the column `territory` of a plan's `accounts`; a DataFrame has `account` and
        `person`, so that an account may have several. Accounts that are not there, or empty, have nobody.
    people : Reps
        With `skills`: the products that each person knows, parted by semicolons.
    direct : bool, default False
        Whether this is the direct force, which owns the accounts; the others are overlays.
    sells : bool, default True
        Whether the force sells; one that only advises is in nobody's way.
    products : tuple of str, optional
        Products that the force is there for. Left out: whatever its people know.
    ground : mapping, Series or DataFrame, optional
        Like `owner`, for all accounts in the territories of an overlay, also those it has nothing to sell to: whom
        its people work with is counted there. Left out: the accounts of `owner`.
    """

    name: str
    owner: Owner
    people: Reps
    direct: bool = False
    sells: bool = True
    products: tuple[str, ...] = ()
    ground: Owner | None = None

    def team(self) -> pd.DataFrame:
        """Return `account`, `person`: a row each, empty ones left out."""
        return self._pairs(self.owner)

    def grounds(self) -> pd.DataFrame:
        """Return the same of the ground, where it is stated."""
        return self.team() if self.ground is None else self._pairs(self.ground)

    def _pairs(self, owner: Owner) -> pd.DataFrame:
        if isinstance(owner, pd.DataFrame):
            missing = [name for name in ("account", "person") if name not in owner.columns]
            if missing:
                raise DataError(f"The owners of {self.name!r} have no column {' and no column '.join(missing)}.")
            pairs = list(zip(owner["account"], owner["person"], strict=True))
        else:
            pairs = list(owner.items())
        found = sorted({(id_text(account), id_text(person)) for account, person in pairs})
        return pd.DataFrame([pair for pair in found if pair[1]], columns=["account", "person"])

    def skills(self) -> dict[str, frozenset[str]]:
        """Return the products that each person knows and the force is there for."""
        if "skills" not in self.people.frame.columns:
            raise DataError(f"The people of {self.name!r} have no column 'skills', the products that each one knows.")
        held = entries(self.people.frame["skills"])
        wanted = frozenset(product.strip().casefold() for product in self.products)
        return {
            person: has & wanted if wanted else has
            for person, has in zip(map(id_text, self.people.frame.index), held, strict=True)
        }


def team_of(force: SalesForce, products: Mapping[str, frozenset[str]]) -> Team:
    """Return the people of a force at each account."""
    return _team(force, force.team(), products)


def ground_of(force: SalesForce, products: Mapping[str, frozenset[str]]) -> Team:
    """Return the people of a force on whose ground each account lies."""
    return _team(force, force.grounds(), products)


def _team(force: SalesForce, table: pd.DataFrame, products: Mapping[str, frozenset[str]]) -> Team:
    team: Team = {}
    known = set(map(id_text, force.people.frame.index))
    strange = sorted(set(table["person"]) - known)
    lost = sorted(set(table["account"]) - set(products))
    if strange or lost:
        raise DataError(
            f"The owners of {force.name!r} name "
            + " and ".join(
                f"{what} that the table does not have: {', '.join(ids[:10])}"
                for what, ids in (("people", strange), ("accounts", lost))
                if ids
            )
            + "."
        )
    for account, person in zip(table["account"], table["person"], strict=True):
        team.setdefault(account, []).append(person)
    return team
