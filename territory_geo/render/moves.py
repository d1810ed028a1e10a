"""Who changes rep, account by account and from whom to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.geodata.ids import texts
from territory_geo.plan.current import GONE, owners_of
from territory_geo.plan.metrics import changes_rep

if TYPE_CHECKING:
    from territory_geo.plan.plan import TerritoryPlan

CHANGES, LEFT = "changes rep", "rep has left"
"""Why an account moves: from one rep to another, or from one who has no territory any more."""


def moves_of(plan: TerritoryPlan) -> pd.DataFrame:
    """Return the accounts that get another rep than today's.

    Parameters
    ----------
    plan : TerritoryPlan
        Of a problem with a current alignment; without one the table is empty.

    Returns
    -------
    DataFrame
        `id`, `from`, `to`, `why` (`CHANGES` or `LEFT`) and `position` (in `plan.accounts`), in the order of
        `plan.accounts`. Accounts of nobody do not move.
    """
    alignment = plan.problem.alignment
    if alignment is None or plan.problem.current is None:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in ("id", "from", "to", "why", "position")})
    gone = alignment.owner == GONE
    rows = np.flatnonzero(changes_rep(plan) | gone)
    accounts = plan.accounts
    return pd.DataFrame(
        {
            "id": texts(accounts["id"])[rows],
            "from": owners_of(plan.problem.units, plan.problem.current)[rows],
            "to": accounts["territory"].to_numpy(dtype=object)[rows],
            "why": np.where(gone[rows], LEFT, CHANGES),
            "position": rows,
        }
    )


def exchanges(moves: pd.DataFrame) -> pd.DataFrame:
    """Return how many accounts go from whom to whom, the largest exchange first: `from`, `to`, `accounts`."""
    counts = moves.groupby(["from", "to"], sort=True).size().rename("accounts").reset_index()
    return counts.sort_values(["accounts", "from", "to"], ascending=[False, True, True], ignore_index=True)
