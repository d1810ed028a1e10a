"""Groups from tables: accounts that a column keeps together, accounts that a file keeps apart."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from territory_geo.errors import DataError
from territory_geo.geodata.clean import id_text
from territory_geo.geodata.ids import texts
from territory_geo.geodata.readers.tables import read_delimited
from territory_geo.plan.constraints import Apart, Together

if TYPE_CHECKING:
    from territory_geo.geodata.units import BasicUnits

PAIR, GROUP = ("a", "b"), ("id", "group")
"""Columns of a file of accounts to keep apart: two ids a row, or an id and the group that it is in."""


def together_by(units: BasicUnits, column: str) -> list[Together]:
    """Return a group for each value of a column: accounts that share it stay together.

    Parameters
    ----------
    units : BasicUnits
        Their members are the accounts (or areas).
    column : str
        Such as "parent_id". Where a value is itself an account's id, that account (the head office) belongs to the
        group. Rows without a value are in none, and a value of a single account makes none.

    Raises
    ------
    DataError
        If there is no such column, or no two accounts share a value.
    """
    members = units.members
    if column not in members.columns or column == members.geometry.name:
        known = [str(c) for c in members.columns if c not in ("row", "unit", "geometry")]
        raise DataError(f"There is no column {column!r} (in together). Columns: {', '.join(known)}.")
    ids = texts(members["id"])
    values = np.array([text.strip() for text in texts(members[column])], dtype=object)
    groups: dict[str, dict[str, None]] = {}
    for id_, value in zip(ids, values, strict=True):
        if value:
            groups.setdefault(value, {})[id_] = None
    for head in sorted(set(groups) & set(ids)):
        groups[head][head] = None
    found = [
        Together(sorted(group), name=f"{column} {value}") for value, group in sorted(groups.items()) if len(group) > 1
    ]
    if not found:
        raise DataError(
            f"No two accounts share a value of {column!r} (in together): there is nothing to keep together."
        )
    return found


def read_apart(path: str | os.PathLike[str]) -> list[Apart]:
    """Read accounts to keep apart.

    Parameters
    ----------
    path : path
        CSV or TSV with the columns `a` and `b` (two ids a row that must not share a territory), or `id` and `group`
        (all ids of a group are pairwise apart).

    Raises
    ------
    DataError
        If the file or its columns are missing, a row lacks an id, or a group has a single one; each row is named.
    """
    file = Path(path)
    if not file.is_file():
        raise DataError(f"{file} {'is a folder' if file.exists() else 'does not exist'}. Name a table of accounts.")
    table = read_delimited(file)
    columns = next((pair for pair in (PAIR, GROUP) if set(pair) <= set(table.columns)), None)
    if columns is None:
        raise DataError(
            f"{file} has the columns {', '.join(map(str, table.columns))}. Accounts to keep apart need the columns "
            f"a, b (two ids a row) or id, group."
        )
    rows = [tuple(id_text(value).strip() for value in row) for row in zip(*(table[c] for c in columns), strict=True)]
    problems = [f"row {i}: {columns[row.index('')]} is missing" for i, row in enumerate(rows, 1) if "" in row]
    groups: dict[str, list[str]] = {}
    for i, (first, second) in enumerate(rows, 1):
        if columns == PAIR:
            groups[f"{file.name} row {i}"] = [first, second]
        else:
            groups.setdefault(f"{file.name} group {second}", []).append(first)
    if not problems:
        problems = [f"{name.removeprefix(file.name + ' ')}: needs two different ids" for name, ids in groups.items()
                    if len(set(ids)) < 2]  # fmt: skip
    if problems:
        raise DataError(f"{file} cannot be used:\n" + "\n".join(f"  {line}" for line in problems[:10]))
    return [Apart(ids, name=name) for name, ids in groups.items()]
