"""Which account is in which territory: of a plan, or as it is today, from a column of the accounts.

Figures need no more of a plan than that, so that today's alignment can be measured before there is any plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.errors import DataError, OptionError
from territory_geo.geodata import ids
from territory_geo.geodata.columns import did_you_mean

if TYPE_CHECKING:
    from territory_geo.geodata.accounts import Accounts
    from territory_geo.plan.plan import TerritoryPlan


_OURS = ("row", "unit", "geometry")


def require_column(members: pd.DataFrame, column: str, option: str) -> None:
    """Refuse a column that the accounts do not have.

    Raises
    ------
    DataError
        With the columns there are, and the one that is spelt like it.
    """
    if column in members.columns:
        return
    columns = [str(name) for name in members.columns if name not in _OURS]
    raise DataError(
        f"The accounts have no column {column!r} (asked for as {option}).{did_you_mean(column, columns)} "
        f"Their columns: {', '.join(columns)}."
    )


@dataclass(frozen=True, eq=False)
class Alignment:
    """Accounts and their territories.

    Parameters
    ----------
    accounts : DataFrame
        One row per account: `id`, `territory` (text, empty where there is none), the accounts' own columns.
    by_rep : bool
        Whether territories are called by the reps who hold them.

    Examples
    --------
    >>> from territory_geo.geodata.accounts import read_accounts
    >>> table = pd.DataFrame({"id": ["a", "b"], "lon": [-90, -91], "lat": [40, 41], "rep": ["R1", "R2"]})
    >>> Alignment.from_accounts(read_accounts(table), "rep")
    <Alignment: 2 accounts in 2 territories>
    """

    accounts: pd.DataFrame
    by_rep: bool = False

    def __post_init__(self) -> None:
        keys = pd.Series(ids.texts(self.accounts["id"]))
        if not keys.is_unique:
            raise DataError(
                f"Account {keys[keys.duplicated()].iloc[0]!r} has two rows. Each account needs exactly one."
            )

    @classmethod
    def of(cls, plan: TerritoryPlan | Alignment) -> Alignment:
        """Return the alignment of a plan.

        Raises
        ------
        OptionError
            If it is neither a plan nor an alignment.
        """
        if isinstance(plan, Alignment):
            return plan
        if not hasattr(plan, "problem") or not hasattr(plan, "accounts"):
            raise OptionError(
                "The 'plan' must be a TerritoryPlan, or an Alignment such as "
                f"Alignment.from_accounts(accounts, 'current_rep'). Got {type(plan).__name__} instead."
            )
        return cls(pd.DataFrame(plan.accounts), by_rep=plan.problem.reps is not None)

    @classmethod
    def from_accounts(cls, accounts: Accounts, territory: str | pd.Series, *, by_rep: bool = True) -> Alignment:
        """Return an alignment from a column of the accounts, or from a table of assignments.

        Parameters
        ----------
        accounts : Accounts
            From `read_accounts`.
        territory : str or Series
            Column with the territory or rep of each account; or territories by account id (index).
        by_rep : bool, default True
            Whether the territories are called by the reps who hold them.

        Raises
        ------
        DataError
            If there is no such column, an id comes twice in the table, or none of its ids is an account.
        """
        frame = pd.DataFrame(accounts.frame)
        if isinstance(territory, pd.Series):
            index = pd.Index(ids.texts(territory.index))
            if not index.is_unique:
                raise DataError(f"The assignments have account {index[index.duplicated()][0]!r} twice.")
            at = index.get_indexer(pd.Index(ids.texts(frame["id"])))
            if (at < 0).all():
                raise DataError("None of the accounts is in the assignments. Check that both use the same ids.")
            given = ids.texts(territory)
            texts = np.where(at >= 0, given[at], "").astype(object)
        else:
            require_column(frame, territory, "the territory")
            texts = np.array([text.strip() for text in ids.texts(frame[territory])], dtype=object)
        return cls(frame.assign(territory=texts), by_rep=by_rep)

    def __repr__(self) -> str:
        territories = set(self.accounts["territory"]) - {""}
        return f"<Alignment: {len(self.accounts):,} accounts in {len(territories):,} territories>"
