"""Families of accounts: a parent and its subsidiaries, however many steps lie between them."""

from __future__ import annotations

import pandas as pd

from territory_geo.errors import DataError
from territory_geo.geodata.columns import plain
from territory_geo.geodata.ids import texts

KNOWN = (
    "parent_id", "segment", "products", "product_line", "industry", "language", "time_zone", "utc_offset",
    "revenue_usd", "revenue",
)  # fmt: skip
"""Columns that are known whatever their capitals and spaces, such as "Product Line"."""


def account_table(accounts: object) -> pd.DataFrame:
    """Return accounts as a plain table whose index is the ids as text.

    Parameters
    ----------
    accounts : Accounts or DataFrame
        Of a DataFrame, ids are the column `account_id` or `id`; where it has both, they must agree. Columns of `KNOWN`
        that are written otherwise ("Product Line") are there under both names.

    Raises
    ------
    DataError
        If there is no such column, or an id is missing or used twice; all of them are named at once.
    """
    from territory_geo.geodata.accounts import Accounts

    table = accounts.frame if isinstance(accounts, Accounts) else accounts
    if not isinstance(table, pd.DataFrame):
        raise DataError(f"Accounts must be Accounts (read_accounts) or a DataFrame. Got {type(table).__name__}.")
    # Accounts call the id `id`, whatever the source called it.
    names = ("id", "account_id") if isinstance(accounts, Accounts) else ("account_id", "id")
    column = next((name for name in names if name in table.columns), None)
    if column is None:
        raise DataError(
            f"The accounts have no column 'account_id' or 'id'. Columns: {', '.join(map(str, table.columns))}."
        )
    ids = pd.Series(texts(table[column]))
    if not isinstance(accounts, Accounts) and {"id", "account_id"} <= set(table.columns):
        other = texts(table["id"])
        if (other != ids.to_numpy()).any():
            raise DataError("The accounts have ids in both columns, 'account_id' and 'id', and they differ: drop one.")
    problems = [f"row {i + 1}: the id is missing" for i in ids.index[ids == ""]]
    problems += [f"row {i + 1}: id {ids[i]!r} is already used" for i in ids.index[ids.duplicated() & (ids != "")]]
    if problems:
        raise DataError(f"The accounts cannot be used: {'; '.join(problems)}.")
    found = pd.DataFrame(table).set_axis(pd.Index(ids.to_numpy(dtype=object), name="account"), axis=0)
    return found.assign(**{name: found[other] for name, other in _otherwise(found).items()})


def _otherwise(table: pd.DataFrame) -> dict[str, object]:
    """Return known columns that exactly one column is with other capitals or spaces, and which."""
    written: dict[str, list[object]] = {}
    for column in table.columns:
        written.setdefault(plain(str(column)), []).append(column)
    return {n: written[n][0] for n in KNOWN if n not in table.columns and len(written.get(n, [])) == 1}


def families(table: pd.DataFrame, parent: str = "parent_id") -> pd.Series:
    """Return the family of each account: the smallest id among all accounts joined by parents.

    Parameters
    ----------
    table : DataFrame
        Index the ids as text. Without the column `parent`, every account is its own family.
    parent : str, default "parent_id"
        Column with the parent's id; empty where there is none. A parent that is not in the table still joins its
        subsidiaries.

    Returns
    -------
    Series of str
        Named `family`, on the index of `table`. The name of a family does not depend on the order of rows.

    Examples
    --------
    >>> table = pd.DataFrame({"parent_id": ["", "A", "B", "X", "X"]}, index=["A", "B", "C", "D", "E"])
    >>> families(table).tolist()
    ['A', 'A', 'A', 'D', 'D']
    """
    ids = table.index.tolist()
    above = {name: name for name in ids}

    def head(name: str) -> str:
        while above[name] != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    if parent in table.columns:
        for name, other in zip(ids, texts(table[parent]), strict=True):
            if other:
                above.setdefault(other, other)
                above[head(name)] = head(other)
    smallest: dict[str, str] = {}
    for name in sorted(ids):
        smallest.setdefault(head(name), name)
    return pd.Series([smallest[head(name)] for name in ids], index=table.index, name="family", dtype=object)
