"""For whom a KPI is told: the company, territories, regions, reps, teams, managers, named accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory_geo.errors import OptionError
from territory_geo.geodata import ids

if TYPE_CHECKING:
    from territory_geo.analyze.kpis.facts import Facts

ACCOUNT = "account"
"""The level of the named accounts, one by one."""

LEVELS = ("company", "territory", "rep", "team", "manager", ACCOUNT)
"""Levels that are always known; any column of the accounts is one more, such as state."""

NOBODY = "(none)"
"""The key of accounts without a rep, team, manager or region."""


@dataclass(frozen=True, eq=False)
class Groups:
    """One level.

    Parameters
    ----------
    level : str
        Its name.
    keys : list of str
        Sorted.
    codes : int array, shape (subjects,)
        Position of each subject's key; -1 where it has nothing to count.
    """

    level: str
    keys: list[str]
    codes: NDArray[np.int64]


def levels_of(facts: Facts, by: Sequence[str] | None) -> list[Groups]:
    """Return the levels that are asked for; left out, all that are known.

    Raises
    ------
    OptionError
        If a level is neither known nor a column of the accounts.
    """
    asked = list(LEVELS) if by is None else [by] if isinstance(by, str) else list(by)
    present = np.zeros(len(facts.subjects), dtype=bool)
    present[: facts.n] = True
    if "leads" in facts.crm:
        present[facts.rows("leads").subject] = True
    found = []
    for level in asked:
        if level == "company":
            found.append(Groups(level, ["company"], np.where(present, 0, -1).astype(np.int64)))
            continue
        name = {"rep": "owner"}.get(level, level)
        if level == ACCOUNT:
            named = (facts.subjects["motion"] == "account").to_numpy()
            if named.any():
                keys = facts.subjects["account_id"].to_numpy(dtype=object)[named]
                found.append(Groups(level, [str(key) for key in keys], np.where(named, np.cumsum(named) - 1, -1)))
            elif by is not None:
                facts.notes.append("Nothing is known of the level account: a coverage table says which are named.")
            continue
        if level in LEVELS:
            column = facts.subjects[name].to_numpy(dtype=object)
        elif level in facts.members.columns:
            own = np.array([text.strip() for text in ids.texts(facts.members[level])], dtype=object)
            column = np.concatenate([own, np.full(len(facts.subjects) - facts.n, "", dtype=object)])
        else:
            columns = ", ".join(str(c) for c in facts.members.columns if c not in ("row", "unit", "geometry"))
            raise OptionError(
                f"The 'by' parameter takes {', '.join(LEVELS)} or a column of the accounts ({columns}). "
                f"Got {level!r} instead."
            )
        if not (column[: facts.n] != "").any():
            facts.notes.append(f"Nothing is known of the level {level}: {_REMEDY.get(level, 'the column is empty')}.")
            continue
        texts = pd.Series(np.where(column == "", NOBODY, column), dtype=object).where(present)
        codes, present_keys = pd.factorize(texts, sort=True)
        found.append(Groups(level, [str(key) for key in present_keys], codes.astype(np.int64)))
    return found


_REMEDY = {
    "rep": "give owner='current_rep' or the column that names who looks after an account, or plan with reps",
    "team": "give a coverage table with team, or people with team to read_crm",
    "manager": "give people with manager to read_crm",
}
