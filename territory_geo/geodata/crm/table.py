"""One table of a CRM: its rows, what was refused and what was noticed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from territory_geo.geodata.clean.ledger import summary


@dataclass(frozen=True, eq=False)
class CrmTable:
    """A validated table.

    Parameters
    ----------
    name : str
        contacts, activities, opportunities, orders, leads or people.
    frame : DataFrame
        One row per accepted record, sorted by id and row, so that the order of the source never matters: `row`
        (1 is the first record), then the fields of that table. Ids are text, empty where there is none; dates are
        times without a zone; amounts are in the CRM's currency.
    rejects : DataFrame
        One row per refused record: `row`, `id`, `reason`.
    findings : DataFrame
        Everything noticed: `row`, `id`, `rule`, `severity`, `finding`, `action`.
    columns : dict
        Which column of the source is which field; None where the source has none.
    source, sha256 : str
        Where it came from.
    """

    name: str
    frame: pd.DataFrame
    rejects: pd.DataFrame
    findings: pd.DataFrame
    columns: dict[str, str | None]
    source: str
    sha256: str

    @property
    def rows_read(self) -> int:
        """How many records the source holds."""
        return len(self.frame) + len(self.rejects)

    def has(self, field: str) -> bool:
        """Tell whether the source has a column for a field."""
        return self.columns.get(field) is not None

    def report(self) -> pd.DataFrame:
        """Return what was found: one line per rule and action, as `Accounts.report` does."""
        return summary(self.findings)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return f"<CrmTable {self.name}: {len(self):,} of {self.rows_read:,} rows used, {len(self.rejects):,} rejected>"
