"""How each account is covered: by territory or as a named account, and by whom.

The smallest table that says it: `account_id`, `motion`, `owner`, `team`; whoever is not in it is covered by
territory, by the rep of its territory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from territory_geo.analyze.kpis.alignment import require_column
from territory_geo.errors import DataError
from territory_geo.geodata import ids

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.alignment import Alignment

MOTIONS = ("territory", "account")
"""The ways of selling; more may come, each with KPIs of its own."""

COLUMNS = ("account_id", "motion", "owner", "team")


def coverage_table(
    alignment: Alignment, coverage: pd.DataFrame | None = None, *, owner: str | None = None
) -> pd.DataFrame:
    """Return how each account is covered.

    Parameters
    ----------
    alignment : Alignment
        The accounts and their territories.
    coverage : DataFrame, optional
        `account_id`, `motion` (territory, account), and optionally `owner` (who looks after it) and `team`; accounts
        that are not in it are covered by territory. It may hold only the named accounts.
    owner : str, optional
        Column of the accounts that says who looks after those covered by territory. Left out: the rep whose
        territory it is, where territories are called by reps; else nobody is known.

    Returns
    -------
    DataFrame
        One row per account, in their order: `account_id` (text), `territory`, `motion`, `owner`, `team`; empty
        text where nobody is known.

    Raises
    ------
    DataError
        If an account comes twice or is not in the plan, a motion is unknown, or a column is missing.
    """
    members = alignment.accounts
    keys = ids.texts(members["id"])
    territory = members["territory"].to_numpy(dtype=object)
    table = pd.DataFrame({"account_id": keys, "territory": territory, "motion": "territory", "owner": "", "team": ""})
    if owner is not None:
        require_column(members, owner, "owner")
        table["owner"] = [text.strip() for text in ids.texts(members[owner])]
    elif alignment.by_rep:
        table["owner"] = territory
    if coverage is None:
        return table
    given = _checked(coverage, keys)
    at = pd.Index(keys).get_indexer(pd.Index(given["account_id"].to_numpy(dtype=object)))
    for name in ("motion", "owner", "team"):
        if name in given:
            new, old = given[name].to_numpy(dtype=object), table[name].to_numpy(dtype=object).copy()
            # An empty owner leaves the account with whoever has its territory.
            old[at] = np.where(new == "", old[at], new)
            table[name] = old
    return table


def _checked(coverage: pd.DataFrame, keys: np.ndarray) -> pd.DataFrame:
    missing = [name for name in ("account_id", "motion") if name not in coverage.columns]
    if missing:
        raise DataError(
            f"The coverage has no column {missing[0]!r}. It needs account_id and motion, and may have owner and team. "
            f"Its columns: {', '.join(map(str, coverage.columns))}."
        )
    table = pd.DataFrame(
        {name: [t.strip() for t in ids.texts(coverage[name])] for name in COLUMNS if name in coverage.columns}
    ).astype(object)
    problems = []
    wrong = ~table["motion"].isin(MOTIONS)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        problems.append(
            f"row {row + 1}: motion {table['motion'].iat[row]!r} is none of {', '.join(MOTIONS)} "
            f"({int(wrong.sum())} rows)"
        )
    twice = table["account_id"].duplicated()
    if twice.any():
        row = int(np.flatnonzero(twice)[0])
        problems.append(
            f"row {row + 1}: account {table['account_id'].iat[row]!r} comes twice ({int(twice.sum())} rows)"
        )
    strange = ~table["account_id"].isin(set(keys))
    if strange.any():
        row = int(np.flatnonzero(strange)[0])
        problems.append(
            f"row {row + 1}: account {table['account_id'].iat[row]!r} is not in the plan ({int(strange.sum())} rows)"
        )
    if problems:
        raise DataError(f"The coverage cannot be used: {'; '.join(problems)}. Mend these rows.")
    return table
